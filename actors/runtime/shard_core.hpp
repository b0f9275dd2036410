#pragma once
// One shard as pure steps: batching, the journal's head, reactions and their cursor, timers.
// No CAF, no clock, no thread; reads what is durable (storage::Store's reading side), and hands
// commits to its host instead of calling the store.
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/runtime/entity_core.hpp"
#include "actors/runtime/runtime.hpp"
#include "storage/store.hpp"

namespace mf::runtime {

/// What became of an entity's proposal: give it to EntityCore::committed or commit_failed.
struct ProposalResult {
  EntityRef entity;
  bool committed = false;
  std::uint64_t seq = 0;
  std::string why;  ///< when not committed
};

/// A command of a reaction or a timer. Its reply goes to ShardCore::answered with the same ticket.
/// It may be lost or answered late: the shard sends it again after the command's deadline.
struct Dispatch {
  std::uint64_t ticket = 0;
  Command command;
};

/// Something an operator should look at; logged and counted by the host.
struct Alarm {
  std::string id;      ///< "reaction-refused", "reaction-too-old", "timer-refused", …
  std::string detail;
};

/// What the host has to do after a step, in this order of members.
struct ShardEffects {
  std::vector<ProposalResult> results;
  std::shared_ptr<const CommittedBatch> batch;  ///< for followers, after the results
  std::optional<storage::Commit> commit;        ///< hand to Store::commit
  std::vector<Dispatch> dispatches;
  std::vector<Alarm> alarms;
  bool find_out = false;    ///< the commit is uncertain: find out what is durable, then resolved()
  bool stepped_down = false;///< somebody else has written: close the shard, step_down() all entities
};

struct ShardLimits {
  std::size_t batch_bytes_max = 256 * 1024;
  std::size_t batch_entries_max = 512;
  std::size_t changes_bytes_max = 4 * 1024 * 1024;  ///< of one commit
  std::size_t waiting_max = 4096;                   ///< proposals; beyond: certain failure
  std::size_t done_max = 1024;                      ///< reactions done out of order
  std::size_t reactions_in_flight_max = 128;
  std::size_t reactions_loaded_max = 2048;          ///< more wait in the journal
  std::size_t timers_in_flight_max = 64;
  int timer_attempts_max = 8;                       ///< then it is left alone until a restart
  Duration dispatch_deadline = std::chrono::seconds(10);
  Duration backoff_min{100}, backoff_max = std::chrono::seconds(30);
  Duration cursor_every = std::chrono::seconds(1);
  Duration reaction_age_max = std::chrono::hours(24 * 7 - 12);  ///< before its dedup is dropped
};

/// One commit in flight; what is proposed meanwhile becomes the next batch. `clock` is the host's
/// clock; shard time = max(clock, time of the last batch).
class ShardCore {
 public:
  /// `epoch` is the ownership this core writes under; `incarnation` a random number per process
  /// life, so that attempts and tickets of two lives differ.
  ShardCore(ShardId shard, const Kinds& kinds, KeyRing& keys, const storage::Store& store,
            std::uint64_t epoch, std::uint64_t incarnation, ShardLimits limits = {});

  /// Reads where the journal stands and what is left to do. Call once, first.
  /// An error means the shard can't be opened (its journal is not what it should be).
  [[nodiscard]] Result<ShardEffects> recover(Timestamp clock);

  [[nodiscard]] Timestamp time(Timestamp clock) const { return std::max(clock, time_); }
  [[nodiscard]] Envelope envelope(Command command, ReplyTo reply_to, Timestamp clock);

  /// Proposals of one turn, at most one per entity until its result.
  [[nodiscard]] ShardEffects propose(std::vector<Proposal> proposals, Timestamp clock);
  /// What Store::on_results said about this shard.
  [[nodiscard]] ShardEffects finished(const storage::CommitResult& result, Timestamp clock);
  /// After `find_out`, with what is certainly durable and final: the uncertain commit is in it,
  /// is not and never will be, or somebody else has written (→ stepped_down).
  [[nodiscard]] ShardEffects resolved(const storage::Applied& applied, Timestamp clock);
  /// The reply to a dispatch. Unknown tickets are ignored.
  [[nodiscard]] ShardEffects answered(std::uint64_t ticket, const Reply& reply, Timestamp clock);
  /// Fires timers, repeats reactions, moves the cursor. Call at wake_at(), or more often.
  [[nodiscard]] ShardEffects due(Timestamp clock);
  /// When due() has something to do; on the scale of the host's clock.
  [[nodiscard]] std::optional<Timestamp> wake_at() const;
  /// The shard is not ours any more. Every step afterwards does nothing.
  void step_down();

  [[nodiscard]] ShardId shard() const { return shard_; }
  [[nodiscard]] std::uint64_t seq() const { return seq_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] bool is_uncertain() const { return uncertain_; }
  [[nodiscard]] bool has_stepped_down() const { return stepped_down_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t reactions_waiting() const { return reactions_.size(); }
  [[nodiscard]] std::string position() const { return position_text(shard_, seq_); }

 private:
  struct InFlight {
    std::vector<Proposal> proposals;
    std::uint64_t seq = 0;
    Hash256 chain;
    Timestamp time;
    storage::ReactionCursor cursor;
    std::map<std::string, std::uint64_t> counters;
    std::vector<storage::ReactionMark> letters;
    std::shared_ptr<CommittedBatch> batch;
  };
  struct Pending {        ///< a reaction that is not done
    Command command;
    int attempts = 0;
    bool sent = false;
    Timestamp next;       ///< sent: when its answer is overdue; else when to send it (again)
  };
  struct Firing {         ///< a timer that was sent, or has failed before
    storage::keys::TimerKey key;
    int attempts = 0;
    bool sent = false;
    Timestamp next;
  };
  struct Letter {         ///< a dead letter on its way into a batch
    std::string value;
  };

  void assemble(Timestamp clock);
  void add_changes(Proposal& proposal, storage::Commit& commit, std::uint32_t first_event);
  void add_counter(const Proposal& proposal, storage::Commit& commit);
  void add_records(const Proposal& proposal, std::uint32_t first_event);
  void on_committed(Timestamp clock);
  void on_failed(const std::string& why, Timestamp clock);
  void load_reactions(Timestamp clock);
  void load_reactions_of(const storage::Batch& batch, Timestamp clock);
  void add_reaction(const storage::ReactionMark& mark, const Reaction& reaction,
                    const storage::Entry& entry, const storage::Batch& batch);
  void send_reactions(Timestamp clock);
  void reaction_done(const storage::ReactionMark& mark);
  void bury(const storage::ReactionMark& mark, const std::string& alarm, const std::string& why);
  void advance_low();
  void reaction_answered(const storage::ReactionMark& mark, const Reply& reply, Timestamp clock);
  void timer_answered(std::uint64_t ticket, const Reply& reply, Timestamp clock);
  void fire_timers(Timestamp clock);
  void fire(Firing& firing, std::uint64_t ticket, Timestamp clock);
  [[nodiscard]] Duration backoff(int attempts) const;
  [[nodiscard]] std::uint64_t count_of(const std::string& name);
  [[nodiscard]] ShardEffects take() { return std::exchange(effects_, {}); }

  ShardId shard_;
  const Kinds& kinds_;
  KeyRing& keys_;
  const storage::Store& store_;
  std::uint64_t epoch_;
  ShardLimits limits_;
  std::uint64_t next_attempt_, next_ticket_;

  std::uint64_t seq_ = 0;
  Hash256 chain_;
  Timestamp time_;
  std::deque<Proposal> waiting_;
  std::optional<InFlight> in_flight_;
  bool uncertain_ = false, stepped_down_ = false;
  std::map<std::string, std::uint64_t> counters_;

  storage::ReactionCursor cursor_;
  std::set<storage::ReactionMark> done_;
  std::uint64_t loaded_to_ = 0;   ///< reactions of batches ≤ this are loaded or done
  std::map<storage::ReactionMark, Pending> reactions_;
  std::map<EntityRef, std::set<storage::ReactionMark>> by_target_;
  std::map<std::uint64_t, storage::ReactionMark> tickets_;
  std::map<storage::ReactionMark, std::uint64_t> ticket_of_;
  std::map<storage::ReactionMark, Letter> letters_;
  std::size_t reactions_in_flight_ = 0;
  bool cursor_dirty_ = false;
  Timestamp cursor_written_;

  std::map<std::uint64_t, Firing> firings_;
  std::optional<Timestamp> next_timer_;
  ShardEffects effects_;
};

}  // namespace mf::runtime
