// Every step ends in the same place, step(): whatever woke the shard (proposals, a result, an
// answer, the time), what can go on goes on. Reactions that the journal holds are loaded, what is
// due is sent, and a batch is assembled (shard_batch.cpp) unless one is in flight. So no step has
// to know what its event sets free, and nothing is left waiting for an event that has been.
//
// One commit in flight, because the next batch needs this one's end: its hash, its counters, how
// far its cursor is. What is proposed meanwhile is simply the next batch: the longer a write takes,
// the more it saves. There is no queue of batches, only of proposals, with a bound in number and
// bytes; beyond it a proposal fails at once, which its caller hears.
//
// A commit ends in one of three ways, not two. Committed and failed are both known. Failed leaves
// no trace: position and counters are those of the batch before, and what the lost batch carried
// besides commands (cursor, dead letters, the new epoch) is still to be told, so the next one tells
// it. Unknown is neither: the batch stays in flight until resolved() compares what is durable with
// the two ends that there can be, ours and the one before. By hash and not by number, for a
// stranger's batch would have the same number; and where a stranger has written, this core must
// never write again.
//
// Three times: `now_` is what decisions and timers go by (shard_time.hpp); `time_` is the last
// batch's and never runs backwards; `batch_clock_` is the host's clock at the last batch, and only
// spaces out batches that carry nothing but a header.
//
// Tickets of reactions and timers begin half of all numbers apart, at a random place per process:
// an answer finds its queue by its number alone, and one to an earlier life finds nothing.
#include "actors/shard/shard_core.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.hpp"
#include "storage/records.hpp"

namespace mf::shard {
namespace {

constexpr Duration look_at_held_timers_every{1'000};

}  // namespace

ShardCore::ShardCore(ShardId shard, const entity::Kinds& kinds, entity::KeyRing& keys,
                     const storage::Store& store, std::uint64_t epoch, std::uint64_t incarnation,
                     ShardLimits limits)
    : shard_(shard),
      store_(store),
      epoch_(epoch),
      limits_(std::make_unique<const ShardLimits>(limits)),
      next_attempt_(incarnation),
      reactions_(shard, kinds, keys, store, *limits_, incarnation << 1),
      timers_(shard, kinds, store, *limits_, (incarnation << 1) + (std::uint64_t{1} << 63)) {}

Result<ShardEffects> ShardCore::recover(Timestamp clock) {
  const auto applied = store_.applied(shard_);
  if (epoch_ < applied.epoch)
    return fail(ErrorCode::unavailable, "opening shard " + std::to_string(shard_) +
                                            ": it is owned under epoch " +
                                            std::to_string(applied.epoch));
  seq_ = applied.seq;
  chain_ = applied.chain;
  time_ = now_ = applied.time;
  is_epoch_due_ = epoch_ > applied.epoch;
  reactions_.recover(applied.cursor);
  timers_.recover();
  if (auto loaded = reactions_.load(seq_, clock); !loaded)
    return std::unexpected(std::move(loaded.error()).in("opening shard " + std::to_string(shard_)));
  step(clock);
  return take();
}

Envelope ShardCore::envelope(entity::Command command, ReplyTo reply_to, Timestamp clock) {
  return {std::move(command), reply_to, time(clock), ++next_attempt_};
}

ShardEffects ShardCore::propose(std::vector<Proposal> proposals, Timestamp clock) {
  if (has_stepped_down_) return {};
  for (auto& proposal : proposals) {
    const auto bytes = waiting_bytes_ + proposal.change_bytes;
    if (waiting_.size() < limits_->waiting_max && bytes <= limits_->waiting_bytes_max) {
      waiting_bytes_ = bytes;
      waiting_.push_back(std::move(proposal));
    } else {
      effects_.results.push_back(
          {proposal.entry.entity, false, 0, "too many commands wait for this shard"});
    }
  }
  step(clock);
  return take();
}

ShardEffects ShardCore::finished(const storage::CommitResult& result, Timestamp clock) {
  if (has_stepped_down_ || !in_flight_ || is_uncertain_ || result.seq != in_flight_->seq) return {};
  switch (result.state) {
    case storage::CommitState::committed: on_committed(clock); break;
    case storage::CommitState::failed: on_failed(result.why); break;
    case storage::CommitState::unknown: is_uncertain_ = effects_.find_out = true; return take();
  }
  step(clock);
  return take();
}

ShardEffects ShardCore::resolved(const storage::Applied& applied, Timestamp clock) {
  if (has_stepped_down_ || !in_flight_ || !is_uncertain_) return {};
  is_uncertain_ = false;
  if (applied.seq == in_flight_->seq && applied.chain == in_flight_->chain) {
    on_committed(clock);
  } else if (applied.seq == seq_ && applied.chain == chain_) {
    on_failed("the commit was lost; nothing happened");
  } else {
    step_down();
    effects_.stepped_down = true;
    return take();
  }
  step(clock);
  return take();
}

ShardEffects ShardCore::answered(std::uint64_t ticket, const entity::Reply& reply,
                                 Timestamp clock) {
  if (has_stepped_down_) return {};
  if (!reactions_.answered(ticket, reply, clock))
    timers_.answered(ticket, reply, time(clock), clock);
  step(clock);
  return take();
}

ShardEffects ShardCore::due(Timestamp clock) {
  if (has_stepped_down_) return {};
  step(clock);
  return take();
}

std::vector<CommandId> ShardCore::commands_in_flight() const {
  std::vector<CommandId> commands;
  if (in_flight_)
    for (const auto& entry : in_flight_->entries) commands.push_back(entry.command);
  return commands;
}

void ShardCore::step_down() {
  has_stepped_down_ = true;
  waiting_.clear();
  waiting_bytes_ = 0;
  in_flight_.reset();
}

/// What every step ends with: whatever can go on goes on.
void ShardCore::step(Timestamp clock) {
  now_ = time(clock);
  if (auto loaded = reactions_.load(seq_, clock); !loaded)
    effects_.alarms.push_back({"journal-unreadable", loaded.error().message});
  std::ranges::move(reactions_.send(clock), std::back_inserter(effects_.dispatches));
  if (!timers_held_)
    std::ranges::move(timers_.fire(now_, clock), std::back_inserter(effects_.dispatches));
  std::ranges::move(reactions_.take_alarms(), std::back_inserter(effects_.alarms));
  std::ranges::move(timers_.take_alarms(), std::back_inserter(effects_.alarms));
  if (!in_flight_) assemble(clock);
}

/// A batch without events: after a takeover, or when only the cursor has moved.
bool ShardCore::is_header_due(Timestamp clock) const {
  return (is_epoch_due_ || reactions_.is_dirty()) &&
         (clock >= batch_clock_ + limits_->cursor_every || clock < batch_clock_);
}

std::vector<Proposal> ShardCore::next_proposals() {
  std::vector<Proposal> next;
  std::size_t bytes = 0, change_bytes = 0, reactions = 0;
  while (!waiting_.empty() && next.size() < limits_->batch_entries_max) {
    const auto& first = waiting_.front();
    bytes += first.batch_bytes;
    change_bytes += first.change_bytes;
    for (const auto& of_event : first.reactions) reactions += of_event.size();
    const bool fits = bytes <= limits_->batch_bytes_max &&
                      change_bytes <= limits_->changes_bytes_max &&
                      reactions <= limits_->batch_reactions_max;
    if (!fits && !next.empty()) break;
    waiting_bytes_ -= first.change_bytes;
    next.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return next;
}

std::optional<Timestamp> ShardCore::wake_at() const {
  if (has_stepped_down_) return {};
  auto wake = timers_.wake_at(now_);
  // It may be overdue: look again whether it is held any more, and not at once.
  if (wake && timers_held_) wake = std::max(*wake, now_ + look_at_held_timers_every);
  const auto consider = [&](Timestamp t) { wake = wake ? std::min(*wake, t) : t; };
  if (auto next = reactions_.wake_at()) consider(*next);
  if ((is_epoch_due_ || reactions_.is_dirty()) && !in_flight_)
    consider(batch_clock_ + limits_->cursor_every);
  return wake;
}

void ShardCore::on_committed(Timestamp clock) {
  auto done = std::move(*in_flight_);
  in_flight_.reset();
  seq_ = done.seq;
  chain_ = done.chain;
  time_ = done.time;
  for (auto& [name, n] : done.counters) counters_[name] = n;
  reactions_.written();
  reactions_.add(seq_, done.entries, clock);
  for (const auto& entry : done.entries) {
    for (const auto due : entry.new_timers) timers_.added(due);
    effects_.results.push_back({entry.entity, true, seq_, {}});
  }
  effects_.batch = std::move(done.batch);
}

void ShardCore::on_failed(const std::string& why) {
  for (const auto& entry : in_flight_->entries)
    effects_.results.push_back({entry.entity, false, 0, why});
  in_flight_.reset();
  is_epoch_due_ = store_.applied(shard_).epoch < epoch_;
}

}  // namespace mf::shard
