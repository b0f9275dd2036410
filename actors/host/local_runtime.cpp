#include "actors/host/local_runtime.hpp"

#include <pthread.h>

#include <array>
#include <mutex>
#include <numeric>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/host.hpp"
#include "actors/host/reader_thread.hpp"
#include "actors/host/shards_actor.hpp"
#include "actors/host/views_actor.hpp"
#include "actors/views/lists/query.hpp"
#include "actors/views/timeline.hpp"
#include "base/guarded_thread.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

/// CAF calls all its workers "caf.multiplexer", of which operators know nothing.
class NameOfThreads final : public caf::thread_hook {
 public:
  void init(caf::actor_system&) override {}
  void thread_started() override {
    std::array<char, 16> name{};
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    name_thread(name.data() == std::string_view("caf.clock") ? "actor-clock" : "actors");
  }
  void thread_terminates() override {}
};

struct SystemConfig : caf::actor_system_config {
  explicit SystemConfig(unsigned threads) {
    // "sharing" leaves idle CPUs idle; 200 messages keep one busy actor from holding a worker.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", static_cast<std::size_t>(threads));
    set("scheduler.max-throughput", std::size_t{200});
    add_message_types<caf::id_block::microflow>();
    add_thread_hook<NameOfThreads>();
  }
};

HostLimits limits_of(const RuntimeOptions& options, std::uint16_t shards) {
  HostLimits limits;
  limits.commands_max = options.commands_max;
  limits.entities_max = std::max<std::size_t>(16, options.entities_max / shards);
  limits.entity_idle = options.entity_idle;
  limits.command_bytes_max = options.queued_command_bytes_max;
  limits.reads_max = options.queued_reads_max;
  limits.view_bytes_max = options.views_queue_bytes_max;
  limits.entity.queue_max = options.queued_per_entity_max;
  limits.shard.waiting_max = options.queued_per_shard_max;
  limits.shard.batch_entries_max = options.batch_commands_max;
  limits.shard.timers_per_second_max = options.timers_per_second;
  return limits;
}

/// About what a command takes in memory: its text, and the same parsed.
std::uint64_t size_of(const entity::Command& command) {
  constexpr std::uint64_t overhead = 512;
  return overhead + 2 * command.body.json.size() + command.body.justification.size();
}

/// "shard 5 is closed: …", and how many more.
std::string why_closed(const std::vector<ClosedShard>& closed) {
  auto text = "shard " + std::to_string(closed.front().shard) + " is closed: " + closed.front().why;
  if (closed.size() > 1) text += " (and " + std::to_string(closed.size() - 1) + " more)";
  return text;
}

constexpr unsigned views_max = 8;
constexpr std::uint64_t read_overhead = 512;

const entity::Fault overloaded{entity::Fault::Code::overloaded, "too much is waiting",
                               Duration{1000}};
const entity::Fault damaged{entity::Fault::Code::internal, "what is stored could not be read"};
const entity::Fault unreadable{entity::Fault::Code::unavailable,
                               "the disk refused to read; try again", Duration{1000}};
const entity::Fault stopping{entity::Fault::Code::unavailable, "the node is stopping",
                             Duration{2000}};

class CafRuntime final : public LocalRuntime {
 public:
  CafRuntime(const entity::Kinds& kinds, entity::KeyRing& keys, storage::Store& store,
             const Clock& clock, RuntimeOptions options)
      : host_(kinds, keys, store, clock, limits_of(options, store.shard_count())),
        config_(options.threads),
        system_(config_),
        reader_("reader", host_.limits.reads_max),
        view_reader_("view-reader", host_.limits.reads_max),
        all_shards_(store.shard_count()) {
    std::iota(all_shards_.begin(), all_shards_.end(), ShardId{0});
    host_.fatal = std::move(options.fatal);
    host_.catalogue.set(views::load_catalogue(store, kinds, store.shard_count()));
    for (unsigned i = 0; i < std::clamp(options.threads, 1u, views_max); ++i) {
      feeds_.push_back(
          std::make_unique<ViewFeed>(host_.limits.view_batches_max, host_.limits.view_bytes_max));
      views_.push_back(spawn_views(system_, host_, *feeds_.back(), view_reader_));
    }
    host_.on_batches = [this](const auto& batches) { feed_views(batches); };
    store.on_results([this](std::span<const storage::CommitResult> results) {
      std::vector<ShardMail> mails;
      mails.reserve(results.size());
      for (const auto& result : results) mails.push_back({result.shard, CommitResultMail{result}});
      host_.send(std::move(mails));
    });
    const auto owners = std::clamp<std::size_t>(options.threads, 1, all_shards_.size());
    for (std::size_t first = 0; first < owners; ++first)
      host_.owners.push_back(spawn_shards(system_, host_, first, owners));
    for (const auto shard : all_shards_) host_.send(shard, OpenMail{});
    collected_ = metrics::on_collect([this] { collect(); });
  }

  ~CafRuntime() override { stop(Duration{0}); }

  void submit(std::vector<TaggedCommand> commands, Sink& sink) override {
    std::vector<SubmitMail> by_shard(all_shards_.size());
    for (auto& [tag, command] : commands) {
      const auto bytes = size_of(command);
      if (host_.is_stopping) {
        Host::post(sink, tag, entity::Reply{stopping});
      } else if (!host_.commands.enter(bytes)) {
        Host::post(sink, tag, entity::Reply{overloaded});
      } else {
        const auto shard = host_.shard_of(command.target);
        by_shard[shard].commands.push_back({std::move(command), shard::ToSink{&sink, tag, bytes}});
      }
    }
    std::vector<ShardMail> mails;
    for (const auto shard : all_shards_)
      if (!by_shard[shard].commands.empty()) mails.push_back({shard, std::move(by_shard[shard])});
    host_.send(std::move(mails));
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
    auto pass = host_.reads.pass(read_overhead);
    if (!pass) return Host::post(sink, tag, views::TimelineReply{.fault = overloaded});
    const bool queued = reader_.run([=, this, &sink, pass = std::move(*pass)] {
      views::TimelineReply page;
      try {
        page = views::read_timeline(host_.store, host_.kinds, host_.keys, ref, after, limit, by);
      } catch (const storage::ReadFailed& e) {
        log::error(log::shard, "timeline-failed", {{"why", e.what()}});
        page = {.fault = unreadable};
      } catch (const std::exception& e) {
        log::error(log::shard, "timeline-failed", {{"why", e.what()}});
        page = {.fault = damaged};
      }
      Host::post(sink, tag, std::move(page));
    });
    if (!queued) Host::post(sink, tag, views::TimelineReply{.fault = overloaded});
  }

  void list(std::uint64_t tag, views::ListQuery query, entity::Viewpoint as, Sink& sink) override {
    // Without all shards a list would silently lack some: then none.
    if (const auto closed = host_.shard_states.closed(); !closed.empty())
      return Host::post(
          sink, tag,
          views::ListReply{.fault = entity::Fault{entity::Fault::Code::unavailable,
                                                  why_closed(closed), Duration{5000}}});
    const auto size = query.q.size() + query.cursor.size();
    read_list(tag, sink, size, "list-failed", [this, as, query = std::move(query)] {
      return views::list(host_.store, host_.kinds, all_shards_, query, as);
    });
  }

  void letters(std::uint64_t tag, const views::LettersQuery& query, Sink& sink) override {
    read_list(tag, sink, query.cursor.size(), "letters-failed",
              [this, query] { return views::read_letters(host_.store, all_shards_, query); });
  }

  void board(std::uint64_t tag, Id zone, Sink& sink) override {
    auto pass = host_.reads.pass(read_overhead);
    if (!pass) return Host::post(sink, tag, views::BoardReply{.counts = "{}", .fault = overloaded});
    auto& view = view_of_zone(zone);
    to_view(view, {BoardMail{tag, std::move(zone), &sink, std::move(*pass)}});
  }
  void watch_board(const Id& zone, Sink& sink, views::Pace pace) override {
    to_view(view_of_zone(zone), {WatchMail{zone, &sink, pace, true}});
  }
  void unwatch_board(const Id& zone, Sink& sink, views::Pace pace) override {
    to_view(view_of_zone(zone), {WatchMail{zone, &sink, pace, false}});
  }

  void consult(std::uint64_t tag, views::Question question, Sink& sink) override {
    auto pass = host_.reads.pass(read_overhead);
    if (!pass) return Host::post(sink, tag, views::ReadReply{.fault = overloaded});
    const bool queued = reader_.run(
        [=, this, &sink, question = std::move(question), pass = std::move(*pass)]() mutable {
          std::optional<views::ReadReply> known;
          try {
            const auto shard = host_.shard_of({EntityKind::work_order, question.order});
            known = views::find_order(question, host_.store, host_.kinds, shard);
          } catch (const std::exception& e) {
            log::error(log::live, "question-failed", {{"why", e.what()}});
            known = views::ReadReply{.fault = unreadable};
          }
          if (known) return Host::post(sink, tag, std::move(*known));
          const std::scoped_lock lock(adviser_mutex_);
          if (adviser_) adviser_->answer(tag, std::move(question), sink);
          else Host::post(sink, tag, views::ReadReply{.fault = nobody_advises});
        });
    if (!queued) Host::post(sink, tag, views::ReadReply{.fault = overloaded});
  }
  void set_adviser(Adviser* adviser) override {
    const std::scoped_lock lock(adviser_mutex_);
    adviser_ = adviser;
  }

  void tell(std::shared_ptr<const views::DispatchReport> report) override {
    dispatch_reports_.put(std::move(report));
  }
  std::shared_ptr<const views::DispatchReport> dispatch_report(const Id& zone) const override {
    return dispatch_reports_.get(zone);
  }

  void propose(const Id& zone, views::ProposalList proposals) override {
    proposal_book_.put(zone, proposals);
    to_view(view_of_zone(zone), {ProposalsMail{zone, std::move(proposals)}});
  }
  views::ProposalPtr proposal(const Id& zone, const Id& id) const override {
    return proposal_book_.find(zone, id);
  }

  void follow(Sink& sink) override { host_.add_follower(sink); }
  void unfollow(Sink& sink) override { host_.remove_follower(sink); }

  std::shared_ptr<const views::CatalogueView> catalogue() const override {
    return host_.catalogue.get();
  }
  const entity::Kinds& kinds() const override { return host_.kinds; }
  std::uint16_t shard_count() const override { return host_.store.shard_count(); }
  const std::string& era() const override { return host_.store.era(); }

  Health health() const override {
    Health health{.shards_owned = host_.shard_states.open(),
                  .shards = all_shards_.size(),
                  .queued_commands = host_.commands.count(),
                  .is_started = host_.shard_states.wait_until_decided(Duration{0}),
                  .closed = host_.shard_states.closed()};
    if (host_.is_stopping) {
      health.why_not = "the node is stopping";
    } else if (!health.closed.empty()) {
      health.why_not = why_closed(health.closed);
    } else if (!health.is_started) {
      health.why_not = std::to_string(health.shards - health.shards_owned) + " of " +
                       std::to_string(health.shards) + " shards are being opened";
    } else if (!host_.store.has_room()) {
      health.why_not = "the disk is nearly full: free space or grow it";
    } else if (auto why = host_.store.why_no_keys(); !why.empty()) {
      health.why_not = "keys of persons can't be written: " + why;
    }
    health.ready = health.why_not.empty();
    return health;
  }

  bool wait_until_recovered(Duration patience) override {
    return host_.shard_states.wait_until_decided(patience);
  }

  void stop(Duration patience) override {
    host_.is_stopping = true;
    if (std::exchange(is_stopped_, true)) return;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (host_.commands.count() > 0 && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(Duration{2});
    reader_.stop();
    view_reader_.stop();
    for (const auto shard : all_shards_) host_.send(shard, StopMail{});
    for (const auto& view : views_) to_view(view, {StopMail{}});
    system_.await_all_actors_done();
    after_all_turns();
    // No commit of an ended shard may call into a runtime that is gone.
    host_.store.on_results([](std::span<const storage::CommitResult>) {});
  }

  void wake() override {
    for (const auto shard : all_shards_) host_.send(shard, WakeMail{});
    for (const auto& view : views_) to_view(view, {WakeMail{}});
  }

 private:
  void collect() const {
    const auto set = [](const char* name, const char* help, std::uint64_t value) {
      metrics::gauge(name, help).set(static_cast<double>(value));
    };
    set("microflow_commands_queued", "Commands taken and not yet answered", host_.commands.count());
    set("microflow_commands_queued_bytes", "What they hold", host_.commands.bytes());
    set("microflow_reads_queued", "Reads taken and not yet answered", host_.reads.count());
    std::uint64_t batches = 0, bytes = 0, left_out = 0;
    for (const auto& feed : feeds_) {
      batches += feed->batches();
      bytes += feed->bytes();
      left_out += feed->left_out;
    }
    set("microflow_views_left_out", "Rows that found no room on boards or could not be read",
        left_out);
    set("microflow_views_lag_batches", "Committed batches that a view has not seen yet", batches);
    set("microflow_views_lag_bytes", "What they hold", bytes);
    count_letters();
  }

  void count_letters() const {
    constexpr double enough = 10'000;  // then what matters is that there are many
    double letters = 0;
    static_cast<void>(guarded("metrics", [&] {
      for (const auto shard : all_shards_) {
        const auto begin = storage::keys::dead_letters(shard);
        const auto scan =
            host_.store.scan(storage::Family::meta, begin, storage::keys::end_of(begin));
        for (; scan->valid() && letters < enough; scan->next()) ++letters;
      }
      metrics::gauge("microflow_dead_letters",
                     "Reactions their targets refused: see microflow journal letters")
          .set(letters);
    }));
  }

  /// How many batches all shards together have committed: what a list has seen at least.
  [[nodiscard]] std::uint64_t batches_applied() const {
    std::uint64_t total = 0;
    for (const auto shard : all_shards_) total += host_.store.applied(shard).seq;
    return total;
  }

  /// One page, read where reading may block.
  template <class Read>
  void read_list(std::uint64_t tag, Sink& sink, std::size_t size, std::string_view alarm,
                 Read read) {
    auto pass = host_.reads.pass(read_overhead + size);
    if (!pass) return Host::post(sink, tag, views::ListReply{.fault = overloaded});
    const bool queued =
        reader_.run([=, this, &sink, read = std::move(read), pass = std::move(*pass)] {
          const auto position = batches_applied();
          views::ListReply page;
          try {
            page = read();
          } catch (const storage::ReadFailed& e) {
            log::error(log::shard, alarm, {{"why", e.what()}});
            page = {.fault = unreadable};
          } catch (const std::exception& e) {
            log::error(log::shard, alarm, {{"why", e.what()}});
            page = {.fault = damaged};
          }
          page.position = "all-" + std::to_string(position);
          Host::post(sink, tag, std::move(page));
        });
    if (!queued) Host::post(sink, tag, views::ListReply{.fault = overloaded});
  }

  void send_read(ReadMail mail) {
    if (host_.is_stopping)
      return Host::post(*mail.sink, mail.tag, views::ReadReply{.fault = stopping});
    auto pass = host_.reads.pass(read_overhead + mail.body.size());
    if (!pass) return Host::post(*mail.sink, mail.tag, views::ReadReply{.fault = overloaded});
    mail.pass = std::move(*pass);
    const auto shard = host_.shard_of(mail.ref);
    host_.send(shard, std::move(mail));
  }

  [[nodiscard]] const caf::actor& view_of_zone(const Id& zone) const {
    return views_[view_of(zone, views_.size())];
  }
  static void to_view(const caf::actor& view, ViewsMail mail) {
    caf::anon_send(view, std::make_shared<ViewsMail>(std::move(mail)));
  }

  void feed_views(const Host::Batches& batches) {
    for (std::size_t i = 0; i < views_.size(); ++i) {
      if (!feeds_[i]->is_wanted) continue;
      BatchesMail mail;
      bool is_lost = false;
      for (const auto& batch : batches) {
        const auto bytes = host::size_of(*batch);
        const auto offer = feeds_[i]->offer(bytes);
        if (offer == ViewFeed::Offer::taken) mail.batches.push_back({batch, bytes});
        is_lost |= offer == ViewFeed::Offer::lost;
      }
      if (!mail.batches.empty()) to_view(views_[i], {std::move(mail)});
      if (is_lost) to_view(views_[i], {LossMail{}});
    }
  }

  Host host_;
  std::vector<std::unique_ptr<ViewFeed>> feeds_;
  SystemConfig config_;
  caf::actor_system system_;
  ReaderThread reader_, view_reader_;
  std::vector<ShardId> all_shards_;
  std::vector<caf::actor> views_;  // one per feed
  views::DispatchReports dispatch_reports_;
  views::ProposalBook proposal_book_;
  std::mutex adviser_mutex_;
  Adviser* adviser_ = nullptr;
  bool is_stopped_ = false;
  std::shared_ptr<void> collected_;  // the last one: its callback uses the others
};

}  // namespace

std::unique_ptr<LocalRuntime> start_runtime(const entity::Kinds& kinds, entity::KeyRing& keys,
                                            storage::Store& store, const Clock& clock,
                                            RuntimeOptions options) {
  return std::make_unique<CafRuntime>(kinds, keys, store, clock, std::move(options));
}

}  // namespace mf::host
