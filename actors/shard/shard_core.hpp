#pragma once
// One shard as pure steps: batching, the journal's head, reactions and their cursor, timers.
// No CAF, no clock, no thread; reads what is durable (storage::Store's reading side), and hands
// commits to its host instead of calling the store.
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/shard/committed_batch.hpp"
#include "actors/shard/dispatch.hpp"
#include "actors/shard/entity_core.hpp"
#include "actors/shard/reaction_queue.hpp"
#include "actors/shard/shard_time.hpp"
#include "actors/shard/timer_queue.hpp"
#include "storage/store.hpp"

namespace mf::shard {

/// What became of an entity's proposal: give it to EntityCore::committed or commit_failed.
struct ProposalResult {
  EntityRef entity;
  bool committed = false;
  std::uint64_t seq = 0;
  std::string why;  ///< when not committed
};

/// What the host has to do after a step, in this order of members.
struct ShardEffects {
  std::vector<ProposalResult> results;
  std::shared_ptr<const CommittedBatch> batch;  ///< for followers, after the results
  std::optional<storage::Commit> commit;        ///< hand to Store::commit
  std::vector<Dispatch> dispatches;
  std::vector<Alarm> alarms;
  bool find_out = false;  ///< the commit is uncertain: find out what is durable, then resolved()
  bool stepped_down =
      false;  ///< somebody else has written: close the shard, step_down() all entities
};

//         a proposal, or a header is due
//   idle ───────────────────────────────► in flight ──committed, failed──► idle, or at once the
//                                           │                              next batch in flight
//                                           │ unknown (find_out)
//                                           ▼
//                                        uncertain ──resolved: it is in, or never will be──► as
//                                           │                      after committed, as after failed
//                                           │ resolved: somebody else has written
//                                           ▼
//   any ──step_down()────────────────► stepped down: every step does nothing
//
// Proposals are taken in all states but the last; reactions and timers go on in them as well.

/// One commit in flight; what is proposed meanwhile becomes the next batch. `clock` is the host's
/// clock. Decisions follow shard_time(); the times of batches never run backwards.
class ShardCore {
 public:
  /// `epoch` is the ownership this core writes under; `incarnation` a random number per process
  /// life, so that attempts and tickets of two lives differ.
  ShardCore(ShardId shard, const entity::Kinds& kinds, entity::KeyRing& keys,
            const storage::Store& store, std::uint64_t epoch, std::uint64_t incarnation,
            ShardLimits limits = {});

  /// Reads where the journal stands and what is left to do. Call once, first.
  /// An error means the shard can't be opened (its journal is not what it should be).
  [[nodiscard]] Result<ShardEffects> recover(Timestamp clock);

  /// Not before the last step's, so that what was found due stays due, unless the clock has been
  /// set back far: see shard_time(). The last batch counts only for the first step: its time may be
  /// that of a clock that was wrong.
  [[nodiscard]] Timestamp time(Timestamp clock) const {
    return shard_time(now_, clock, limits_->set_back_max);
  }
  [[nodiscard]] Envelope envelope(entity::Command command, ReplyTo reply_to, Timestamp clock);

  /// Proposals of one turn, at most one per entity until its result.
  [[nodiscard]] ShardEffects propose(std::vector<Proposal> proposals, Timestamp clock);
  /// What Store::on_results said about this shard.
  [[nodiscard]] ShardEffects finished(const storage::CommitResult& result, Timestamp clock);
  /// After `find_out`, with what is certainly durable and final: the uncertain commit is in it,
  /// is not and never will be, or somebody else has written (→ stepped_down).
  [[nodiscard]] ShardEffects resolved(const storage::Applied& applied, Timestamp clock);
  /// The reply to a dispatch. Unknown tickets are ignored.
  [[nodiscard]] ShardEffects answered(std::uint64_t ticket, const entity::Reply& reply,
                                      Timestamp clock);
  /// Fires timers, repeats reactions, moves the cursor. Call at wake_at(), or more often.
  [[nodiscard]] ShardEffects due(Timestamp clock);
  /// While the clock may be far off: no timer fires, all else goes on. Not yet at construction.
  void hold_timers(bool are_held) { timers_held_ = are_held; }
  /// When due() has something to do; on the scale of the host's clock.
  [[nodiscard]] std::optional<Timestamp> wake_at() const;
  /// Whose outcome is not known: once the core steps down nobody tells it.
  [[nodiscard]] std::vector<CommandId> commands_in_flight() const;
  /// The shard is not ours any more. Every step afterwards does nothing.
  void step_down();

  [[nodiscard]] ShardId shard() const { return shard_; }
  [[nodiscard]] std::uint64_t seq() const { return seq_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] bool is_uncertain() const { return is_uncertain_; }
  [[nodiscard]] bool has_stepped_down() const { return has_stepped_down_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t reactions_waiting() const { return reactions_.size(); }
  [[nodiscard]] std::string position() const { return entity::position_text(shard_, seq_); }

 private:
  struct InFlight {
    std::vector<CommittedEntry> entries;  ///< what is needed once they are durable
    std::uint64_t seq = 0;
    Hash256 chain;
    Timestamp time;
    std::map<std::string, std::uint64_t> counters;
    std::shared_ptr<CommittedBatch> batch;
  };
  void step(Timestamp clock);
  void assemble(Timestamp clock);
  [[nodiscard]] std::vector<Proposal> next_proposals();
  [[nodiscard]] bool is_header_due(Timestamp clock) const;
  [[nodiscard]] std::uint64_t count_of(const std::string& name);
  [[nodiscard]] Change change_of(Proposal& proposal, std::uint32_t first_event) const;
  void on_committed(Timestamp clock);
  void on_failed(const std::string& why);
  [[nodiscard]] ShardEffects take() { return std::exchange(effects_, {}); }

  ShardId shard_;
  const storage::Store& store_;
  std::uint64_t epoch_;
  std::unique_ptr<const ShardLimits> limits_;  // stays where it is when the core is moved
  std::uint64_t next_attempt_;

  std::uint64_t seq_ = 0;
  Hash256 chain_;
  Timestamp time_;  ///< of the last batch
  Timestamp now_;   ///< of the last step
  Timestamp batch_clock_;
  std::deque<Proposal> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::optional<InFlight> in_flight_;
  bool is_uncertain_ = false, has_stepped_down_ = false, is_epoch_due_ = false;
  bool timers_held_ = false;
  std::map<std::string, std::uint64_t> counters_;
  ReactionQueue reactions_;
  TimerQueue timers_;
  ShardEffects effects_;
};

}  // namespace mf::shard
