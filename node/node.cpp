#include "node/node.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>

#include "actors/dispatch/dispatchers.hpp"
#include "actors/host/local_runtime.hpp"
#include "actors/shard/batch_reactions.hpp"
#include "actors/shard/entry_changes.hpp"
#include "actors/shard/rebuild.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/gateway.hpp"
#include "node/control_backup.hpp"
#include "node/control_socket.hpp"
#include "node/control_unlock.hpp"
#include "node/descriptors.hpp"
#include "node/erased_again.hpp"
#include "node/journal_fold.hpp"
#include "node/kinds.hpp"
#include "node/local_keys.hpp"
#include "node/node_clock.hpp"
#include "node/options.hpp"
#include "node/road_service.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/tools/unfinished_backup.hpp"

namespace mf::node {
namespace {

// How soon a start notices that it is to stop, and how often it says how far it is.
constexpr Duration recovery_look{100}, recovery_told_every = std::chrono::seconds(5);

class LocalNode final : public Node {
 public:
  LocalNode(const config::Config& config, PersonKeys keys)
      : config_(config), may_lose_keys_(keys == PersonKeys::accept_loss) {}
  ~LocalNode() override { stop(); }

  Status start(Doors doors, const FirstPassword& first_password, const std::stop_token& stopping) {
    if (auto opened = open_storage(); !opened) return opened;
    start_clock(doors);
    add_kinds();
    if (auto made = make_index(); !made) return made;
    runtime_ = host::start_runtime(
        kinds_, *keys_, *store_, *clock_,
        runtime_options(config_, [this](const std::string& why) { fail_with(why); }));
    if (auto recovered = recover(stopping); !recovered) return recovered;
    if (doors == Doors::closed) return {};
    auto own_door = door();
    erase_again(erased_, *store_, kinds_, own_door);
    gateway_ = std::make_unique<gateway::Gateway>(bounded_gateway_options(), *runtime_, *clock_);
    auto bound = gateway_->start();
    if (!bound) return std::unexpected(std::move(bound.error()).in("listening"));
    addresses_ = {bound->http, bound->admin};
    if (auto made = make_administrator(first_password); !made) return made;
    open_control();
    start_dispatch();
    return {};
  }

  Addresses addresses() const override { return addresses_; }
  host::Runtime& runtime() override { return *runtime_; }
  SystemDoor door() override { return {*runtime_, sink_, *clock_}; }
  bool has_failed() const override { return has_failed_; }

  Result<entity::Reaction> reaction_of(const storage::keys::DeadLetterKey& letter) override {
    const auto batch = store_->batch(letter.shard, letter.seq);
    if (!batch) return std::unexpected(batch.error());
    auto reactions = shard::reactions_of(*batch, kinds_, *keys_);
    if (!reactions) return std::unexpected(std::move(reactions.error()));
    if (letter.event >= reactions->size() || letter.reaction >= (*reactions)[letter.event].size())
      return fail(ErrorCode::not_found, "its event causes nothing of the kind");
    return std::move((*reactions)[letter.event][letter.reaction]);
  }

  void reload() override { gateway_->reload_tls(); }

  void stop() override {
    if (std::exchange(is_stopped_, true)) return;
    if (backups_) backups_->cancel();
    const auto patience = config_.node.drain_timeout_ms;
    const auto end = std::chrono::steady_clock::now() + patience;
    if (dispatchers_) dispatchers_->stop();
    if (gateway_) {
      gateway_->drain(patience);
      gateway_->stop();
    }
    const auto left = std::chrono::duration_cast<Duration>(end - std::chrono::steady_clock::now());
    if (runtime_) runtime_->stop(std::max(Duration{0}, left));
    control_.reset();
    shard_time_watched_.reset();
    store_.reset();  // commits what is queued; nobody waits for it any more
    runtime_.reset();
    gateway_.reset();
    dispatchers_.reset();
    road_asker_.reset();  // may wait for an answer of its service
  }

 private:
  Status open_storage() {
    auto options = rocks_options(config_, [this](const Error& error) { fail_with(error.message); });
    options.derived_format = shard::derived_format;
    options.open_rebuild = [this](const std::optional<storage::KeyMark>& noted) {
      return open_journal_fold(
          keys_directory(config_), noted,
          may_lose_keys_ ? storage::KeyFile::accepts_loss : storage::KeyFile::must_be_whole);
    };
    const bool has_lost_journal = !may_lose_keys_ &&
                                  !storage::has_journal(config_.storage.data_dir) &&
                                  storage::holds_persons(keys_directory(config_));
    if (has_lost_journal) return journal_is_gone();
    auto store = storage::open_rocks(options);
    if (!store) return std::unexpected(std::move(store.error()).in("opening the data directory"));
    store_ = std::move(*store);
    storage::remove_unfinished_backups(config_.storage.data_dir);
    auto opened = open_keys();
    if (!opened) return std::unexpected(std::move(opened.error()).in("opening the personal keys"));
    return {};
  }

  Status open_keys() {
    const auto noted = store_->noted_keys();
    if (!noted) return std::unexpected(noted.error());
    const auto file = key_file();
    // A start over an emptied directory may have made a journal, and been refused.
    if (file == storage::KeyFile::may_be_new && storage::holds_persons(keys_directory(config_)))
      return journal_is_gone();
    auto keys = storage::KeyStore::open(keys_directory(config_), file, *noted);
    if (!keys) return std::unexpected(std::move(keys.error()));
    // The installation's own secret lies with those of persons: outside journal and backups.
    auto tracking = (*keys)->get_or_create(storage::installation_secret);
    if (!tracking) return std::unexpected(std::move(tracking.error()).in("the tracking key"));
    tracking_key_.assign(tracking->begin(), tracking->end());
    erased_ = (*keys)->erased_at_open();
    ring_ = std::make_unique<storage::PersonalKeyRing>(std::move(*keys));
    if (const bool knows_less = *noted && ring_->mark()->destroyed < (*noted)->destroyed;
        knows_less)
      if (auto ok = destroy_again(*store_, *ring_); !ok) return ok;
    if (const auto mark = ring_->mark(); mark && mark != *noted)
      if (auto ok = store_->note_keys(*mark); !ok) return ok;
    store_->keep_keys_with(*ring_);
    keys_ = std::make_unique<LocalKeys>(*ring_);
    return {};
  }

  /// Keys of persons say that there was an installation: it must not begin anew unawares.
  [[nodiscard]] Status journal_is_gone() const {
    return fail(ErrorCode::not_found,
                "there are keys of persons in " + keys_directory(config_).string() + ", but " +
                    std::filesystem::path(config_.storage.data_dir).string() +
                    " has no journal. Restore a backup, or put the directory back; to begin a new "
                    "installation, move those keys away, or start once with --new-keys to go on "
                    "with them");
  }

  /// A journal without a batch needs no key yet.
  [[nodiscard]] storage::KeyFile key_file() const {
    if (may_lose_keys_) return storage::KeyFile::accepts_loss;
    for (ShardId shard = 0; shard < store_->shard_count(); ++shard)
      if (store_->applied(shard).seq > 0) return storage::KeyFile::must_be_whole;
    return storage::KeyFile::may_be_new;
  }

  Status make_index() {
    if (!store_->is_index_missing()) return {};
    return store_->make_index(shard::make_index_of(kinds_, *keys_));
  }

  void start_clock(Doors doors) {
    clock_ =
        std::make_unique<NodeClock>(NodeClock::Options{.data_dir = config_.storage.data_dir,
                                                       .newest = newest_batch(),
                                                       .trusts_wall = config_.node.trust_wall_clock,
                                                       .fires_timers = doors == Doors::open});
    shard_time_watched_ = metrics::on_collect([this] {
      const auto ahead = std::max(Duration{0}, newest_batch() - clock_->now());
      metrics::gauge("microflow_shard_time_ahead_seconds",
                     "How far the newest batch's time is ahead of the node's time")
          .set(static_cast<double>(ahead.count()) / 1000);
    });
  }

  [[nodiscard]] Timestamp newest_batch() const {
    Timestamp newest{};
    for (ShardId shard = 0; shard < store_->shard_count(); ++shard)
      newest = std::max(newest, store_->applied(shard).time);
    return newest;
  }

  void add_kinds() {
    auto orders = work_order_policy(config_);
    orders.tracking_key = tracking_key_;
    node::add_kinds(kinds_, std::move(orders));
    kinds_.open_with(*keys_);
  }

  /// A shard that does not open costs that shard; a node without any serves nobody.
  Status recover(const std::stop_token& stopping) {
    const auto begin = std::chrono::steady_clock::now();
    auto told = begin;
    while (!runtime_->wait_until_recovered(recovery_look)) {
      if (stopping.stop_requested()) return fail(ErrorCode::unavailable, "stopped while starting");
      const auto now = std::chrono::steady_clock::now();
      if (now - told < recovery_told_every) continue;
      told = now;
      const auto health = runtime_->health();
      log::info(
          log::node, "recovering",
          {{"open", health.shards_owned},
           {"closed", health.closed.size()},
           {"shards", health.shards},
           {"seconds", std::chrono::duration_cast<std::chrono::seconds>(now - begin).count()}});
    }
    const auto health = runtime_->health();
    if (health.shards_owned == 0) return fail(ErrorCode::unavailable, health.why_not);
    return {};
  }

  Status make_administrator(const FirstPassword& first_password) {
    auto door = this->door();
    auto made = ensure_administrator(door, first_password);
    if (made || runtime_->health().closed.empty()) return made;
    // An old installation has one; whether it is in the closed part, nobody can say now.
    log::error(log::node, "administrator-unknown", {{"why", made.error().message}});
    return {};
  }

  /// A node serves without it, too: on file systems that have no sockets.
  void open_control() {
    const std::filesystem::path data_dir = config_.storage.data_dir;
    backups_ = std::make_unique<ControlBackup>(*store_, data_dir, keys_directory(config_));
    control_ = std::make_unique<ControlSocket>();
    const auto opened = control_->open(data_dir, [this](std::string_view line) {
      if (auto answer = answer_unlock(door(), line); !answer.empty()) return answer;
      return backups_->answer(line);
    });
    if (!opened) log::warn(log::node, "control-not-open", {{"why", opened.error().message}});
  }

  /// No more connections than leave storage its files.
  gateway::GatewayOptions bounded_gateway_options() {
    auto options = gateway_options(config_);
    // Cookies of devices outlive the process: their proof hangs on the installation's own secret.
    options.passwords.device_key =
        std::string(blake2b_256({"device cookies", tracking_key_}).view());
    const auto descriptors = raise_descriptor_limit();
    const auto wanted = options.limits.connections;
    options.limits.connections = connections_within(descriptors, wanted);
    if (options.limits.connections < wanted)
      log::warn(log::node, "connections-lowered",
                {{"to", std::to_string(options.limits.connections)},
                 {"from", std::to_string(wanted)},
                 {"open_files", std::to_string(descriptors)}});
    return options;
  }

  void start_dispatch() {
    auto settings = dispatch_settings(config_);
    std::shared_ptr<dispatch::RoadCache> cache;
    if (!config_.travel.service.empty()) {
      cache = std::make_shared<dispatch::RoadCache>(
          dispatch::RoadCache::Limits{.keep = config_.travel.keep_ms}, *clock_);
      road_asker_ = std::make_unique<dispatch::RoadAsker>(cache, make_road_service(config_.travel));
    }
    settings.roads = dispatch::Roads(road_settings(config_.travel), std::move(cache));
    dispatchers_ = std::make_unique<dispatch::Dispatchers>(*runtime_, *clock_, settings);
  }

  void fail_with(const std::string& why) {
    if (!has_failed_.exchange(true)) log::error(log::node, "node-cannot-go-on", {{"why", why}});
  }

  config::Config config_;
  const bool may_lose_keys_;
  entity::Kinds kinds_;
  std::unique_ptr<storage::PersonalKeyRing> ring_;  ///< for the store's last commits, too
  std::unique_ptr<storage::RocksStore> store_;
  std::unique_ptr<LocalKeys> keys_;
  WaitingSink sink_;
  std::unique_ptr<NodeClock> clock_;
  std::shared_ptr<void> shard_time_watched_;
  std::unique_ptr<dispatch::RoadAsker> road_asker_;
  std::unique_ptr<dispatch::Dispatchers> dispatchers_;  ///< outlives the runtime, as a sink
  std::unique_ptr<host::LocalRuntime> runtime_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<ControlBackup> backups_;
  std::unique_ptr<ControlSocket> control_;
  Addresses addresses_;
  std::string tracking_key_;
  std::vector<std::string> erased_;  ///< whose keys were destroyed, as of the start
  std::atomic<bool> has_failed_{false};
  bool is_stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Node>> Node::start(const config::Config& config, Doors doors,
                                          FirstPassword first_password, PersonKeys keys,
                                          const std::stop_token& stopping) {
  first_password.rules = {
      config.auth.password_length_min,
      {static_cast<std::uint64_t>(config.auth.hash_memory), config.auth.hash_passes}};
  auto node = std::make_unique<LocalNode>(config, keys);
  if (auto started = node->start(doors, first_password, stopping); !started)
    return std::unexpected(std::move(started.error()));
  return node;
}

}  // namespace mf::node
