#include "actors/host/local_runtime.hpp"

#include <numeric>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include "actors/host/caf_types.hpp"
#include "actors/host/host.hpp"
#include "actors/host/reader_thread.hpp"
#include "actors/host/shard_actor.hpp"
#include "actors/host/views_actor.hpp"
#include "actors/views/lists/query.hpp"
#include "actors/views/timeline.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

struct SystemConfig : caf::actor_system_config {
  explicit SystemConfig(unsigned threads) {
    // "sharing" leaves idle CPUs idle; 200 messages keep one busy actor from holding a worker.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", static_cast<std::size_t>(threads));
    set("scheduler.max-throughput", std::size_t{200});
    add_message_types<caf::id_block::microflow>();
  }
};

HostLimits limits_of(const RuntimeOptions& options, std::uint16_t shards) {
  HostLimits limits;
  limits.commands_max = options.commands_max;
  limits.entities_max = std::max<std::size_t>(16, options.entities_max / shards);
  limits.entity_idle = options.entity_idle;
  limits.reads_max = options.queued_reads_max;
  limits.entity.queue_max = options.queued_per_entity_max;
  limits.shard.waiting_max = options.queued_per_shard_max;
  limits.shard.batch_entries_max = options.batch_commands_max;
  limits.shard.timers_per_second_max = options.timers_per_second;
  return limits;
}

std::uint64_t random_number() {
  const auto bytes = random_bytes(8);
  return xxh3_64(bytes);
}

void post_one(Sink& sink, std::uint64_t tag, Answered answer) {
  std::vector<TaggedAnswer> answers;
  answers.push_back({tag, std::move(answer)});
  sink.post(std::move(answers));
}

const entity::Fault overloaded{entity::Fault::Code::overloaded, "too much is waiting",
                               Duration{1000}};
const entity::Fault unreadable{entity::Fault::Code::internal, "what is stored could not be read"};
const entity::Fault stopping{entity::Fault::Code::unavailable, "the node is stopping",
                             Duration{2000}};

class CafRuntime final : public LocalRuntime {
 public:
  CafRuntime(const entity::Kinds& kinds, entity::KeyRing& keys, storage::Store& store,
             const Clock& clock, RuntimeOptions options)
      : host_(kinds, keys, store, clock, limits_of(options, store.shard_count())),
        config_(options.threads),
        system_(config_),
        reader_(host_.limits.reads_max),
        all_shards_(store.shard_count()) {
    std::iota(all_shards_.begin(), all_shards_.end(), ShardId{0});
    host_.incarnation = random_number();
    host_.fatal = std::move(options.fatal);
    host_.figures.watch_queue(host_.queued_commands);
    views_ = spawn_views(system_, host_, catalogue_);
    host_.on_batch = [this](const std::shared_ptr<const shard::CommittedBatch>& batch) {
      caf::anon_send(views_, std::make_shared<ViewsMail>(ViewsMail{batch}));
    };
    store.on_results([this](std::span<const storage::CommitResult> results) {
      for (const auto& result : results) host_.send(result.shard, {CommitResultMail{result}});
    });
    for (const auto shard : all_shards_) host_.shards.push_back(spawn_shard(system_, host_, shard));
    for (const auto shard : all_shards_) host_.send(shard, {OpenMail{}});
  }

  ~CafRuntime() override { stop(Duration{0}); }

  void submit(std::vector<TaggedCommand> commands, Sink& sink) override {
    std::vector<SubmitMail> by_shard(all_shards_.size());
    for (auto& [tag, command] : commands) {
      if (host_.is_stopping) {
        post_one(sink, tag, entity::Reply{stopping});
      } else if (host_.queued_commands.fetch_add(1) >= host_.limits.commands_max) {
        host_.queued_commands.fetch_sub(1);
        post_one(sink, tag, entity::Reply{overloaded});
      } else {
        const auto shard = host_.shard_of(command.target);
        by_shard[shard].commands.push_back({std::move(command), Host::reply_to_sink(sink, tag)});
      }
    }
    for (const auto shard : all_shards_)
      if (!by_shard[shard].commands.empty()) host_.send(shard, {std::move(by_shard[shard])});
  }

  void read(std::uint64_t tag, const EntityRef& ref, const Principal& by, Sink& sink) override {
    send_read({ref, by, {}, {}, tag, &sink});
  }

  void ask(std::uint64_t tag, const EntityRef& ref, std::string query, std::string body,
           const Principal& by, Sink& sink) override {
    send_read({ref, by, std::move(query), std::move(body), tag, &sink});
  }

  void timeline(std::uint64_t tag, const EntityRef& ref, std::uint64_t after, int limit,
                const Principal& by, Sink& sink) override {
    const bool queued = reader_.run([=, this, &sink] {
      views::TimelineReply page;
      try {
        page = views::read_timeline(host_.store, host_.kinds, host_.keys, ref, after, limit, by);
      } catch (const std::exception& e) {
        log::error(log::shard, "timeline-failed", {{"why", e.what()}});
        page = {.fault = unreadable};
      }
      post_one(sink, tag, std::move(page));
    });
    if (!queued) post_one(sink, tag, views::TimelineReply{.fault = overloaded});
  }

  void list(std::uint64_t tag, views::ListQuery query, entity::Viewpoint as, Sink& sink) override {
    const bool queued = reader_.run([=, this, &sink, query = std::move(query)] {
      const auto position = batches_applied();
      views::ListReply page;
      try {
        page = views::list(host_.store, host_.kinds, all_shards_, query, as);
      } catch (const std::exception& e) {
        log::error(log::shard, "list-failed", {{"why", e.what()}});
        page = {.fault = unreadable};
      }
      page.position = "all-" + std::to_string(position);
      post_one(sink, tag, std::move(page));
    });
    if (!queued) post_one(sink, tag, views::ListReply{.fault = overloaded});
  }

  void board(std::uint64_t tag, Id zone, Sink& sink) override {
    to_views({BoardMail{tag, std::move(zone), &sink}});
  }
  void watch_board(const Id& zone, Sink& sink) override {
    to_views({WatchMail{zone, &sink, true}});
  }
  void unwatch_board(const Id& zone, Sink& sink) override {
    to_views({WatchMail{zone, &sink, false}});
  }

  void candidates(std::uint64_t tag, const Id& order, const Principal& by, Sink& sink) override {
    to_views({CandidatesMail{tag, order, by, &sink}});
  }

  void follow(Sink& sink) override { host_.add_follower(sink); }
  void unfollow(Sink& sink) override { host_.remove_follower(sink); }

  std::shared_ptr<const views::CatalogueView> catalogue() const override {
    return catalogue_.get();
  }
  const entity::Kinds& kinds() const override { return host_.kinds; }
  std::uint16_t shard_count() const override { return host_.store.shard_count(); }
  const std::string& era() const override { return host_.store.era(); }

  Health health() const override {
    Health health{.shards_owned = host_.shards_ready,
                  .shards = all_shards_.size(),
                  .queued_commands = host_.queued_commands};
    if (host_.is_stopping) {
      health.why_not = "the node is stopping";
    } else if (health.shards_owned < health.shards) {
      health.why_not = std::to_string(health.shards - health.shards_owned) +
                       " shards are not open (see the log for shard-closed)";
    } else if (!host_.store.has_room()) {
      health.why_not = "the disk is nearly full: free space or grow it";
    }
    health.ready = health.why_not.empty();
    return health;
  }

  bool wait_until_ready(Duration patience) override {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (host_.shards_ready < all_shards_.size()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(Duration{2});
    }
    return true;
  }

  void stop(Duration patience) override {
    host_.is_stopping = true;
    if (std::exchange(is_stopped_, true)) return;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (host_.queued_commands > 0 && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(Duration{2});
    reader_.stop();
    for (const auto shard : all_shards_) host_.send(shard, {StopMail{}});
    to_views({StopMail{}});
    system_.await_all_actors_done();
    // No commit of an ended shard may call into a runtime that is gone.
    host_.store.on_results([](std::span<const storage::CommitResult>) {});
  }

  void wake() override {
    for (const auto shard : all_shards_) host_.send(shard, {WakeMail{}});
    to_views({WakeMail{}});
  }

 private:
  /// How many batches all shards together have committed: what a list has seen at least.
  [[nodiscard]] std::uint64_t batches_applied() const {
    std::uint64_t total = 0;
    for (const auto shard : all_shards_) total += host_.store.applied(shard).seq;
    return total;
  }

  void send_read(ReadMail mail) {
    if (host_.is_stopping)
      return post_one(*mail.sink, mail.tag, views::ReadReply{.fault = stopping});
    const auto shard = host_.shard_of(mail.ref);
    host_.send(shard, {std::move(mail)});
  }

  void to_views(ViewsMail mail) {
    caf::anon_send(views_, std::make_shared<ViewsMail>(std::move(mail)));
  }

  Host host_;
  CatalogueSlot catalogue_;
  SystemConfig config_;
  caf::actor_system system_;
  ReaderThread reader_;
  std::vector<ShardId> all_shards_;
  caf::actor views_;
  bool is_stopped_ = false;
};

}  // namespace

std::unique_ptr<LocalRuntime> start_runtime(const entity::Kinds& kinds, entity::KeyRing& keys,
                                            storage::Store& store, const Clock& clock,
                                            RuntimeOptions options) {
  return std::make_unique<CafRuntime>(kinds, keys, store, clock, std::move(options));
}

}  // namespace mf::host
