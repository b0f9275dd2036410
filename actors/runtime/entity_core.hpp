#pragma once
// One entity as pure steps: what an entity actor does, without the actor. No CAF, no clock, no
// thread; the only thing it touches is what is already durable (storage::Reader).
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/runtime/command.hpp"
#include "actors/runtime/entry_changes.hpp"
#include "actors/runtime/kind.hpp"
#include "storage/batch.hpp"
#include "storage/records.hpp"
#include "storage/store.hpp"

namespace mf::runtime {

/// Where an answer goes; opaque to the cores.
struct ReplyTo {
  std::uint64_t address = 0, tag = 0;
  auto operator<=>(const ReplyTo&) const = default;
};

/// A command as it is delivered to its entity. Made by ShardCore::envelope.
struct Envelope {
  Command command;
  ReplyTo reply_to;
  Timestamp now;              ///< shard time at delivery: never before the last batch's
  std::uint64_t attempt = 0;  ///< of this delivery, see Context::attempt
};

struct CommandReply {
  ReplyTo to;
  Reply reply;
  std::string claim;  ///< JSON; of a granted claim (Origin::claim), else empty
};

/// What a command has to know or hold first. The host asks `need.target` and gives the answer to
/// answered(), or never: then the command ends at its deadline.
/// A fact is Entity::answer of the target; a claim is a command (see claim_command).
struct Ask {
  std::uint64_t id = 0;
  Need need;
  CommandId command;  ///< whose ask this is
  Principal by;       ///< who sent that command
  std::uint64_t attempt = 0;
  Timestamp deadline;
  std::string trace;
};
struct AskAnswer {
  std::uint64_t ask = 0;
  std::uint64_t version = 0;                          ///< of the target
  std::variant<std::string, Rejection, Fault> value;  ///< JSON, its no, or: no answer to be had
};

/// A claim that was asked for and is not used: `release_claim {"token":…}`, best effort (the holder
/// finds out by itself otherwise). Goes out after the claim itself, in order.
struct Release {
  EntityRef target;
  std::string token;
  std::string trace;
};

/// One command's yes, on its way into the next batch. Everything but what only the batch knows.
struct Proposal : Transition {
  storage::Entry entry;  ///< events sealed
  std::vector<EventBody> events;
  std::vector<std::vector<Reaction>> reactions;  ///< per event
  std::shared_ptr<const Entity> after;
  Concerns before, concerns;
  std::size_t batch_bytes = 0, change_bytes = 0;  ///< about what it adds to the commit
};

/// What the host has to do after a step, in this order of members.
struct EntityEffects {
  std::vector<CommandReply> replies;
  std::vector<Ask> asks;
  std::vector<Release> releases;
  std::optional<Proposal> proposal;
};

struct EntityLimits {
  std::size_t queue_max = 256;                           ///< beyond: Fault overloaded
  std::size_t state_bytes_max = std::size_t{64} * 1024;  ///< beyond: rejection too_large
  std::size_t event_bytes_max = std::size_t{64} * 1024;
  std::size_t events_bytes_max = std::size_t{192} * 1024;  ///< all events of one command
  Duration occurred_age_max = std::chrono::hours(72);
  Duration occurred_ahead_max = std::chrono::minutes(2);
};

/// One command at a time: dedup → facts and claims → decide → apply to a copy → proposal → wait for
/// the commit → reply. Later commands wait in order; so does a duplicate of the running one, which
/// then finds its outcome. Every step may throw InvariantBroken (the command's fault): call
/// poisoned() then. `clock` is the host's clock: deadlines are judged by it; shard time is never
/// before it.
class EntityCore {
 public:
  EntityCore(const Kind& kind, KeyRing& keys, const storage::Reader& reader, EntityRef ref,
             ShardId shard, EntityLimits limits = {});
  ~EntityCore();
  EntityCore(EntityCore&&) noexcept;

  /// Reads the stored state; an entity without one is empty, version 0. Call once, first.
  /// On an error the entity is to be quarantined.
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
  [[nodiscard]] EntityEffects quarantine(const std::string& why);

  /// Entity::answer on the committed state. `claim_in_use` while a command is running or waiting is
  /// the rejection `busy`: its outcome could be a use. In a cluster the host must have confirmed
  /// its ownership before it passes the answer to that query on.
  [[nodiscard]] std::expected<std::string, Rejection> answer(std::string_view query,
                                                             std::string_view body_json,
                                                             const Principal& by,
                                                             Timestamp now) const;

  [[nodiscard]] const EntityRef& ref() const { return ref_; }
  /// The committed state; immutable, may be handed to any thread. Never null after load().
  [[nodiscard]] const std::shared_ptr<const Entity>& state() const { return state_; }
  [[nodiscard]] std::uint64_t version() const { return header_.version; }
  /// "<shard>-<seq>" of the last change; "<shard>-0" for an entity without one.
  [[nodiscard]] std::string position() const;
  [[nodiscard]] bool is_idle() const { return !running_ && queue_.empty(); }
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }

 private:
  struct Running;
  void start_next(Timestamp clock);
  void start(Envelope envelope);
  [[nodiscard]] std::optional<Reply> known_outcome(const Command& command) const;
  [[nodiscard]] std::optional<Outcome> created_outcome(const Command& command) const;
  [[nodiscard]] std::optional<Rejection> version_mismatch(const Command& command) const;
  [[nodiscard]] bool is_due(const Command& firing) const;
  void decide();
  void propose(std::vector<EventBody> events);
  void refuse(const Rejection& no);
  void finish(Reply reply, std::string claim = {});
  void release_claims();
  void fail_all_waiting(const Fault& fault);
  void see(Timestamp time) { time_ = std::max(time_, time); }
  EntityEffects& effects() {
    if (!effects_) effects_ = std::make_unique<EntityEffects>();
    return *effects_;
  }
  [[nodiscard]] EntityEffects take() {
    auto taken = std::exchange(effects_, nullptr);
    return taken ? std::move(*taken) : EntityEffects{};
  }

  const Kind& kind_;
  KeyRing& keys_;
  const storage::Reader& reader_;
  EntityRef ref_;
  ShardId shard_;
  EntityLimits limits_;
  storage::StateHeader header_;
  std::shared_ptr<const Entity> state_;
  std::unique_ptr<Running> running_;
  // Hundreds of thousands of entities are awake and idle: an empty deque takes 600 bytes, effects
  // a thousand.
  std::list<Envelope> queue_;
  Timestamp time_;  // the latest shard time it has heard of
  std::unique_ptr<EntityEffects> effects_;
};

/// The command of a claim ask, by the system, Origin::claim. The target's kind parses the body; an
/// error there is a rejection `invalid`, to be given to answered().
[[nodiscard]] std::expected<Command, Rejection> claim_command(const Ask& ask, const Kind& target);
/// The command of a release; nobody waits for its reply.
[[nodiscard]] std::expected<Command, Rejection> release_command(const Release& release,
                                                                const Kind& target,
                                                                Timestamp deadline);
/// A command by the system to another entity: reactions, timers, claims.
[[nodiscard]] std::expected<Command, Rejection> system_command(const Kind& target, EntityRef ref,
                                                               std::string_view verb,
                                                               std::string_view body_json,
                                                               CommandId id, Origin origin);
/// What Command::fingerprint is: of verb and body.
[[nodiscard]] std::uint64_t fingerprint_of(const CommandBody& body);
/// "<shard>-<seq>".
[[nodiscard]] std::string position_text(ShardId shard, std::uint64_t seq);

}  // namespace mf::runtime
