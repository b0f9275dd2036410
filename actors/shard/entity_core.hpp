#pragma once
// One entity as pure steps: all it does, without the thread it does it on. No CAF, no clock, no
// thread; the only thing it touches is what is already durable (storage::Reader).
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "actors/shard/entity_steps.hpp"
#include "storage/records.hpp"
#include "storage/store.hpp"

namespace mf::shard {

//   queued ──► start ──known, refused──────────────► replied
//                │  (what needs nothing is decided at once)
//                ▼
//              asking ──a fault, its deadline────────► replied, claims released
//                │ the last answer
//                ▼
//              decide ──no───────────────────────────► replied, claims released
//                │ yes
//                ▼
//             proposed ──commit failed───────────────► replied, claims released
//                │ ▲ │ its deadline: "unknown" is replied,
//                │ └─┘ the commit is waited for all the same
//                ▼ committed
//       the copy is the state ───────────────────────► replied, claims in use

/// One command at a time: dedup → facts and claims → decide → apply to a copy → proposal → wait for
/// the commit → reply. Later commands wait in order; so does a duplicate of the running one, which
/// then finds its outcome. Every step may throw InvariantBroken (the command's fault): call
/// poisoned() then; or storage::ReadFailed (the disk's): read_failed(). `clock` is the host's
/// clock: deadlines are judged by it; what is decided, by shard_time().
class EntityCore {
 public:
  EntityCore(const entity::Kind& kind, entity::KeyRing& keys, const storage::Reader& reader,
             EntityRef ref, ShardId shard, EntityLimits limits = {});
  ~EntityCore();
  EntityCore(EntityCore&&) noexcept;

  /// Reads the stored state; an entity without one is empty, version 0. Call it first, and again
  /// after an error, while nothing runs or waits. On an error the entity is to be quarantined.
  [[nodiscard]] Status load();

  [[nodiscard]] EntityEffects receive(Envelope envelope, Timestamp clock);
  /// An answer to an ask that is no longer waited for is ignored.
  [[nodiscard]] EntityEffects answered(AskAnswer answer, Timestamp clock);
  /// The proposal is durable in batch `seq`.
  [[nodiscard]] EntityEffects committed(std::uint64_t seq, Timestamp clock);
  /// The proposal is certainly not durable and never will be. `why` travels to the caller.
  [[nodiscard]] EntityEffects commit_failed(const std::string& why, Timestamp clock);
  /// Answers the commands whose deadline has passed: nothing happened, or, once proposed, unknown
  /// (the commit goes on and is waited for).
  [[nodiscard]] EntityEffects expire(Timestamp clock);
  /// The earliest deadline of a command that is not answered yet.
  [[nodiscard]] std::optional<Timestamp> next_deadline() const;
  /// The shard is not ours any more: everybody hears it, nothing goes on. The core is dead then.
  [[nodiscard]] EntityEffects step_down();
  /// After a step threw: the running command is refused for good, the state read again, the queue
  /// goes on, past whatever in it throws as well. Returns also the effects of the step that threw.
  /// An error: the entity is to be quarantined; the effects
  /// of quarantine() then answer everybody.
  [[nodiscard]] Result<EntityEffects> poisoned(const std::string& why, Timestamp clock);
  /// What nobody can read: everybody hears `fault`. load() may mend it.
  [[nodiscard]] EntityEffects quarantine(const entity::Fault& fault);
  /// After a step threw ReadFailed: nobody's fault but ours. The running command is refused as
  /// `unavailable`, the queue goes on; the state in memory is what it was.
  [[nodiscard]] EntityEffects read_failed(const std::string& why, Timestamp clock);

  /// Entity::answer on the committed state. `claim_in_use` while a command is running or waiting is
  /// the rejection `busy`: its outcome could be a use. In a cluster the host must have confirmed
  /// its ownership before it passes the answer to that query on.
  [[nodiscard]] std::expected<std::string, Rejection> answer(std::string_view query,
                                                             std::string_view body_json,
                                                             const Principal& by,
                                                             Timestamp now) const;

  [[nodiscard]] const EntityRef& ref() const { return ref_; }
  /// The committed state; immutable, may be handed to any thread. Never null after load().
  [[nodiscard]] const std::shared_ptr<const entity::Entity>& state() const { return state_; }
  [[nodiscard]] std::uint64_t version() const { return header_.version; }
  /// "<shard>-<seq>" of the last change; "<shard>-0" for an entity without one.
  [[nodiscard]] std::string position() const;
  [[nodiscard]] bool is_idle() const { return !running_ && queue_.empty(); }
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  /// Of the running command; empty when none runs.
  [[nodiscard]] std::string trace() const;

 private:
  struct Running;
  void start_next(Timestamp clock);
  void start(Envelope envelope);
  [[nodiscard]] std::optional<entity::Reply> known_outcome(const entity::Command& command) const;
  [[nodiscard]] std::optional<entity::Outcome> created_outcome(
      const entity::Command& command) const;
  [[nodiscard]] std::optional<Rejection> version_mismatch(const entity::Command& command) const;
  [[nodiscard]] bool is_due(const entity::Command& firing) const;
  [[nodiscard]] entity::Fault refusal(const entity::Command& command, entity::Fault fault) const;
  void decide();
  void propose(std::vector<entity::EventBody> events);
  void refuse(const Rejection& no);
  void finish(entity::Reply reply, std::string claim = {});
  void release_claims();
  void fail_all_waiting(const entity::Fault& fault);
  [[nodiscard]] Status go_on_without_running(entity::Fault fault, Timestamp clock);
  void see(Timestamp clock);
  EntityEffects& effects() {
    if (!effects_) effects_ = std::make_unique<EntityEffects>();
    return *effects_;
  }
  [[nodiscard]] EntityEffects take() {
    auto taken = std::exchange(effects_, nullptr);
    return taken ? std::move(*taken) : EntityEffects{};
  }

  const entity::Kind& kind_;
  entity::KeyRing& keys_;
  const storage::Reader& reader_;
  EntityRef ref_;
  ShardId shard_;
  EntityLimits limits_;
  storage::StateHeader header_;
  std::shared_ptr<const entity::Entity> state_;
  std::unique_ptr<Running> running_;
  // Hundreds of thousands of entities are awake and idle: an empty deque takes 600 bytes, effects
  // a thousand.
  std::list<Envelope> queue_;
  Timestamp time_;  // the latest shard time it has heard of
  std::unique_ptr<EntityEffects> effects_;
};

}  // namespace mf::shard
