#pragma once
// A whole node's runtime without a disk and a gateway: real actors, all kinds, a clock that stands.
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "actors/host/local_runtime.hpp"
#include "node/waiting_sink.hpp"
#include "storage/memory/memory_store.hpp"

namespace mf::test {

class ManualClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp{Duration{ms_.load()}}; }
  void advance(Duration by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'795'000'000'000};
};

/// Follows every batch and counts the types of its events.
class Follower final : public host::Sink {
 public:
  void post(std::vector<host::TaggedAnswer>) override {}
  void post(std::shared_ptr<const shard::CommittedBatch> batch) override;
  void post(std::shared_ptr<const views::BoardDelta> delta) override;
  /// Waits until a delta of this zone satisfies it.
  [[nodiscard]] bool saw_delta(const std::function<bool(const views::BoardDelta&)>& fits);
  /// Waits until `count` events of this type have come.
  [[nodiscard]] bool saw(const std::string& type, int count = 1);

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::string, int> types_;
  std::vector<std::shared_ptr<const views::BoardDelta>> deltas_;
};

/// A store in memory whose disk fails when the test says so.
class FlawedStore final : public storage::MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::optional<std::string> get(storage::Family family, std::string_view key) const override;
  std::unique_ptr<storage::Scan> scan(storage::Family family, std::string begin,
                                      std::string end) const override;
  void commit(storage::Commit commit) override;
  /// From now on this entity's stored state is not what was written.
  void corrupt(const EntityRef& ref);

  std::atomic<bool> refuses_reads{false}, refuses_commits{false}, is_full{false};
  std::atomic<bool> refuses_keys{false};
  [[nodiscard]] bool has_room() const override { return !is_full; }
  [[nodiscard]] std::string why_no_keys() const override { return refuses_keys ? "no room" : ""; }
  std::atomic<int> shard_without_timers{-1};  ///< the timers of this shard can't be read

 private:
  mutable std::mutex mutex_;
  std::string corrupt_key_;
};

class House {
 public:
  explicit House(host::RuntimeOptions options = {});
  ~House();

  using Json = nlohmann::json;
  /// `id`: its command id as text; empty is a new one.
  entity::Command command(const EntityRef& target, std::string_view verb, const Json& body,
                          const Principal& by, const std::string& id = {});
  /// Runs a command to its reply. `id`: its command id as text; empty is a new one.
  entity::Reply run(const EntityRef& target, std::string_view verb, const Json& body,
                    const Principal& by, const std::string& id = {});
  entity::Reply run(entity::Command command);
  /// The same, and it must be a yes.
  entity::Outcome yes(const EntityRef& target, std::string_view verb, const Json& body,
                      const Principal& by, const std::string& id = {});
  Json view(const EntityRef& target, const Principal& by);
  views::TimelineReply timeline(const EntityRef& target, const Principal& by);
  views::ListReply list(views::ListQuery query);
  views::BoardReply board(const Id& of);
  views::ReadReply consult(views::Question question);
  views::ReadReply candidates(const Id& order, const Principal& by) {
    return consult({.order = order, .by = by});
  }
  /// The answer of the entity's owner to a question by the node itself.
  views::ReadReply ask(const EntityRef& target, const std::string& query, const Json& body);
  /// Advances the clock and lets everything due happen.
  void pass(Duration time);
  /// Ends all actors and starts again over the same store.
  void restart();

  /// A zone, an order type, a technician on duty, a client with a site; and who they are.
  void found_company();
  Principal admin{"acc_admin", {Role::administrator}, {}, {}, {}, {}};
  Principal supervisor, ana, client;
  Id zone, type, technician, person, site;
  /// A new order of the client, its id.
  EntityRef order(const std::string& key);
  /// Triaged and offered to Ana.
  void offer(const EntityRef& order);

  ManualClock clock;
  Follower follower;
  FlawedStore store{8, "era-of-the-test"};
  host::LocalRuntime& runtime() { return *runtime_; }

 private:
  void start();
  host::RuntimeOptions options_;
  entity::Kinds kinds_;
  std::unique_ptr<entity::KeyRing> keys_;
  node::WaitingSink sink_;
  std::unique_ptr<host::LocalRuntime> runtime_;
};

}  // namespace mf::test
