#include "actors/shard/reaction_queue.hpp"

#include <algorithm>
#include <array>

#include "actors/shard/batch_reactions.hpp"
#include "base/assert.hpp"
#include "storage/dead_letter.hpp"

namespace mf::shard {
namespace {

/// Rejections that say: what you want is so already.
constexpr std::array<std::string_view, 2> done_codes = {"claim_not_held", "already_done"};

/// `ordinal` tells apart several reactions of one event with the same target and verb. With the
/// era, a history that was repaired or restored never meets the answers of the one before; an empty
/// era is that of batches whose reactions an older program may have sent.
CommandId reaction_id(ShardId shard, std::string_view era, std::uint64_t seq, std::uint32_t event,
                      const entity::Reaction& reaction, int ordinal) {
  const auto number = std::to_string(shard), batch = std::to_string(seq),
             at = std::to_string(event), nth = std::to_string(ordinal);
  const auto kind = to_string(reaction.target.kind);
  if (era.empty())
    return blake2b_128(
        {"reaction", number, batch, at, kind, reaction.target.id, reaction.verb, nth});
  return blake2b_128(
      {"reaction of", era, number, batch, at, kind, reaction.target.id, reaction.verb, nth});
}

}  // namespace

ReactionQueue::ReactionQueue(ShardId shard, const entity::Kinds& kinds, entity::KeyRing& keys,
                             const storage::Store& store, const ShardLimits& limits,
                             std::uint64_t first_ticket)
    : shard_(shard),
      kinds_(kinds),
      keys_(keys),
      store_(store),
      limits_(limits),
      next_ticket_(first_ticket) {}

void ReactionQueue::recover(const storage::ReactionCursor& cursor) {
  low_ = loaded_to_ = cursor.low;
  done_ = {cursor.done.begin(), cursor.done.end()};
}

void ReactionQueue::add(std::uint64_t seq, const std::vector<CommittedEntry>& entries,
                        Timestamp clock) {
  if (loaded_to_ + 1 != seq || pending_.size() >= limits_.reactions_loaded_max) return;
  loaded_to_ = seq;
  std::uint32_t event = 0;
  for (const auto& entry : entries)
    for (const auto& reactions : entry.reactions)
      add_all({seq, event++, entry.trace, store_.era()}, reactions, clock);
  advance();
}

Status ReactionQueue::load(std::uint64_t seq, Timestamp clock) {
  while (loaded_to_ < seq && pending_.size() < limits_.reactions_loaded_max)
    if (auto loaded = load_batch(loaded_to_ + 1, clock); !loaded) return loaded;
  advance();
  return {};
}

Status ReactionQueue::load_batch(std::uint64_t seq, Timestamp clock) {
  const auto batch = store_.batch(shard_, seq);
  if (!batch) return std::unexpected(batch.error());
  const auto era = batch->format == 1 ? std::string{} : batch->era;
  // All of it is opened before any is queued: after an error the same batch is loaded again.
  const auto reactions = reactions_of(*batch, kinds_, keys_);
  if (!reactions) return std::unexpected(reactions.error());
  std::uint32_t event = 0;
  for (const auto& entry : batch->entries)
    for (std::size_t i = 0; i < entry.events.size(); ++i, ++event)
      add_all({seq, event, entry.trace, era}, (*reactions)[event], clock);
  loaded_to_ = seq;
  return {};
}

void ReactionQueue::add_all(const Cause& from, const std::vector<entity::Reaction>& reactions,
                            Timestamp clock) {
  for (std::size_t i = 0; i < reactions.size(); ++i) {
    const auto& reaction = reactions[i];
    const auto same =
        std::count_if(reactions.begin(), reactions.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const entity::Reaction& r) {
                        return r.target == reaction.target && r.verb == reaction.verb;
                      });
    const Mark mark{from.seq, from.event, static_cast<std::uint32_t>(i)};
    if (!done_.contains(mark)) add_one(mark, from, reaction, static_cast<int>(same), clock);
  }
}

void ReactionQueue::add_one(const Mark& mark, const Cause& from, const entity::Reaction& reaction,
                            int ordinal, Timestamp clock) {
  const auto id = reaction_id(shard_, from.era, from.seq, from.event, reaction, ordinal);
  auto command = system_command(kinds_.of(reaction.target.kind), reaction.target, reaction.verb,
                                reaction.body, id, entity::Origin::reaction);
  if (!command) {
    entity::Command unsent;
    unsent.id = id;
    unsent.target = reaction.target;
    unsent.body = {reaction.verb, nullptr, reaction.body, {}, {}, {}};
    bury(mark, unsent, "reaction-malformed", command.error().code + " " + command.error().field);
    return;
  }
  command->cause = storage::event_id(shard_, from.seq, from.event);
  command->trace = from.trace;
  auto& line = by_target_[reaction.target];
  line.push_back(mark);
  const auto ticket = next_ticket_++;
  tickets_.emplace(ticket, mark);
  pending_[mark] = {std::move(*command), ticket, 0, false, clock};
  if (line.size() == 1) schedule_.emplace(clock, mark);
}

/// Beyond the first unfinished batch only so much may be done ahead of it, for `done` is stored in
/// every batch header; the first batch itself has at most batch_reactions_max of them.
bool ReactionQueue::may_send(const Mark& mark) const {
  if (in_flight_ >= limits_.reactions_in_flight_max) return false;
  return mark.seq == low_ + 1 ||
         done_.size() + in_flight_ + limits_.batch_reactions_max < limits_.done_max;
}

void ReactionQueue::reschedule(const Mark& mark, Pending& pending, Timestamp next) {
  schedule_.erase({pending.next, mark});
  pending.next = next;
  schedule_.emplace(next, mark);
}

std::vector<Dispatch> ReactionQueue::send(Timestamp clock) {
  if (clock + std::chrono::seconds(1) < last_clock_) {
    // The clock was set back: what was planned on the old one would wait too long.
    schedule_.clear();
    for (auto& [target, line] : by_target_) {
      pending_.at(line.front()).next = clock;
      schedule_.emplace(clock, line.front());
    }
  }
  last_clock_ = clock;
  std::vector<Mark> ready;
  for (const auto& [when, mark] : schedule_) {
    if (when > clock) break;
    ready.push_back(mark);
  }
  if (ready.empty()) return {};
  const auto too_old = store_.older_than(shard_, limits_.reaction_age_max);
  std::vector<Dispatch> out;
  for (const auto& mark : ready) {
    auto& pending = pending_.at(mark);
    if (std::exchange(pending.is_sent, false)) --in_flight_;
    if (mark.seq <= too_old) {
      bury(mark, pending.command, "reaction-too-old", "its target may have forgotten it");
      done(mark);
      continue;
    }
    if (!may_send(mark)) continue;
    pending.is_sent = true;
    ++in_flight_;
    pending.command.deadline = clock + limits_.dispatch_deadline;
    reschedule(mark, pending, pending.command.deadline + limits_.backoff(pending.attempts++));
    out.push_back({pending.ticket, pending.command});
  }
  return out;
}

bool ReactionQueue::answered(std::uint64_t ticket, const entity::Reply& reply, Timestamp clock) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return false;
  const auto mark = found->second;
  auto& pending = pending_.at(mark);
  const auto* no = std::get_if<Rejection>(&reply);
  const auto* fault = std::get_if<entity::Fault>(&reply);
  if (fault && is_worth_retrying(*fault, pending.attempts)) {
    if (std::exchange(pending.is_sent, false)) --in_flight_;
    reschedule(mark, pending, clock + limits_.backoff(pending.attempts));
    return true;
  }
  if (no && std::ranges::find(done_codes, no->code) == done_codes.end())
    bury(mark, pending.command, "reaction-refused", no->code + " " + no->detail.in_english());
  if (fault)
    bury(mark, pending.command, "reaction-refused",
         std::string(to_string(fault->code)) + " " + fault->detail);
  done(mark);
  return true;
}

/// What broke its target may be mended by a repair, or by chance; not for ever.
bool ReactionQueue::is_worth_retrying(const entity::Fault& fault, int attempts) const {
  if (fault.code == entity::Fault::Code::internal) return attempts < limits_.reaction_attempts_max;
  return fault.code != entity::Fault::Code::idempotency_key_reused;
}

void ReactionQueue::done(const Mark& mark) {
  const auto found = pending_.find(mark);
  auto& pending = found->second;
  if (pending.is_sent) --in_flight_;
  schedule_.erase({pending.next, mark});
  tickets_.erase(pending.ticket);
  const auto line = by_target_.find(pending.command.target);
  MF_ASSERT(line->second.front() == mark, "a reaction was done out of order");
  line->second.pop_front();
  if (line->second.empty()) {
    by_target_.erase(line);
  } else {
    // It was queued by a clock that may have been set back since.
    const auto& next = line->second.front();
    auto& when = pending_.at(next).next;
    when = std::min(when, last_clock_);
    schedule_.emplace(when, next);
  }
  pending_.erase(found);
  done_.insert(mark);
  ++changes_;
  advance();
}

void ReactionQueue::bury(const Mark& mark, const entity::Command& command, std::string alarm,
                         const std::string& why) {
  letters_[mark] = {encode(storage::DeadLetter{{shard_, mark.seq, mark.event, mark.reaction},
                                               command.target,
                                               command.body.verb,
                                               why,
                                               command.id}),
                    ++changes_};
  alarms_.push_back({std::move(alarm), command.cause + " " + command.body.verb + " to " +
                                           command.target.id + ": " + why});
  if (!pending_.contains(mark)) done_.insert(mark);
}

void ReactionQueue::advance() {
  low_ = pending_.empty() ? loaded_to_ : std::min(loaded_to_, pending_.begin()->first.seq - 1);
  while (!done_.empty() && done_.begin()->seq <= low_) done_.erase(done_.begin());
}

storage::ReactionCursor ReactionQueue::cursor() const {
  return {low_, {done_.begin(), done_.end()}};
}

std::vector<storage::Change> ReactionQueue::letters() const {
  std::vector<storage::Change> changes;
  changes.reserve(letters_.size());
  for (const auto& [mark, letter] : letters_)
    changes.push_back({storage::Family::meta,
                       storage::keys::dead_letter(shard_, mark.seq, mark.event, mark.reaction),
                       letter.value});
  return changes;
}

void ReactionQueue::written() {
  written_ = assembled_;
  std::erase_if(letters_, [&](const auto& item) { return item.second.as_of <= written_; });
}

std::optional<Timestamp> ReactionQueue::wake_at() const {
  for (const auto& [when, mark] : schedule_)
    if (pending_.at(mark).is_sent || may_send(mark)) return when;
  return {};
}

}  // namespace mf::shard
