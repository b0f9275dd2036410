// The rows are the truth and memory is only what is being done about them. A row goes with the
// batch that ends its deadline, and nothing else ends it: neither that its command was sent, nor
// what was answered. So a firing asks for its row before each try and after each answer, and after
// a restart all that are left are simply found again (recover()).
//
// `next_` is where a scan has to begin: no row that is not firing is due earlier. What lies before
// it are rows that are firing, and tombstones of those that have fired, which would cost a look
// each.
//
// Two kinds of failure. A fault is nobody's: the try is repeated for ever, with growing pauses up
// to a bound. A refusal (a no, a yes without effect, a broken step) is a bug of that entity: an
// alarm, and after some of them the row is left alone until a restart, or until its entity arms the
// same deadline again, which is then another one.
//
// Two scales of time. Whether a row is due is judged by shard time; when to try again, by the
// host's clock. A clock that was set back makes what it had found due wait for its time once more,
// and draws all tries that were put off to now, as they may be hours ahead of it.
#include "actors/shard/timer_queue.hpp"

#include <algorithm>

namespace mf::shard {

using storage::Family;
namespace keys = storage::keys;

CommandId firing_id(const EntityRef& ref, const Deadline& deadline) {
  return blake2b_128({"timer", to_string(ref.kind), ref.id, deadline.name,
                      std::to_string(to_millis(deadline.due))});
}

TimerQueue::TimerQueue(ShardId shard, const entity::Kinds& kinds, const storage::Store& store,
                       const ShardLimits& limits, std::uint64_t first_ticket)
    : shard_(shard), kinds_(kinds), store_(store), limits_(limits), next_ticket_(first_ticket) {}

void TimerQueue::look_at(Timestamp due) { next_ = next_ ? std::min(*next_, due) : due; }

void TimerQueue::added(Timestamp due) {
  look_at(due);
  // Armed again for the same time it is another deadline than the one that was left alone.
  std::erase_if(firings_, [&](const auto& item) {
    const auto& firing = item.second;
    if (!firing.is_left_alone || firing.due != due) return false;
    tickets_.erase(firing.ticket);
    --left_alone_;
    return true;
  });
}

bool TimerQueue::has_budget(Timestamp clock) {
  if (clock < window_ || clock >= window_ + std::chrono::seconds(1)) {
    window_ = clock;
    fired_in_window_ = 0;
  }
  return in_flight_ < limits_.timers_in_flight_max &&
         fired_in_window_ < limits_.timers_per_second_max;
}

std::vector<Dispatch> TimerQueue::fire(Timestamp now, Timestamp clock) {
  if (clock + std::chrono::seconds(1) < last_clock_)
    for (auto& [key, firing] : firings_)
      if (!firing.is_left_alone) firing.next = clock;
  last_clock_ = clock;
  if (next_ && *next_ <= now) collect(now, clock);

  std::vector<Dispatch> out;
  for (auto at = firings_.begin(); at != firings_.end();) {
    auto& [key, firing] = *at;
    if (firing.is_left_alone || firing.next > clock) {
      ++at;
      continue;
    }
    if (std::exchange(firing.is_sent, false)) --in_flight_;
    if (firing.due > now || !has_row(key)) {
      at = forget(at, now);
      continue;
    }
    if (has_budget(clock)) {
      firing.is_sent = true;
      ++in_flight_;
      ++fired_in_window_;
      firing.next = firing.command.deadline = clock + limits_.dispatch_deadline;
      out.push_back({firing.ticket, firing.command, firing.due});
    }
    ++at;
  }
  return out;
}

/// Done, or not due after all: the clock that found it due has been set back since.
TimerQueue::Firings::iterator TimerQueue::forget(Firings::iterator firing, Timestamp now) {
  if (firing->second.due > now) look_at(firing->second.due);
  if (firing->second.is_left_alone) --left_alone_;
  tickets_.erase(firing->second.ticket);
  return firings_.erase(firing);
}

bool TimerQueue::has_row(const std::string& key) const {
  return store_.get(Family::timers, key).has_value();
}

/// Takes due rows into firings_ and finds when the next one is due. Twice as many as may be in
/// flight: a firing that waits for its next try keeps its place, and as many refused ones as may be
/// in flight would otherwise hold up all that come behind them. Those left alone don't count.
void TimerQueue::collect(Timestamp now, Timestamp clock) {
  // Earlier rows are firing, or gone: their tombstones are not worth a look.
  const auto from = keys::timers_from(shard_, *next_);
  next_.reset();
  for (auto row = store_.scan(Family::timers, from, keys::end_of(keys::shard_prefix(shard_)));
       row->valid(); row->next()) {
    const std::string key(row->key());
    if (firings_.contains(key)) continue;
    const auto timer = keys::parse_timer(key);
    if (!timer) {
      alarms_.push_back({"timer-malformed", to_hex(key)});
      continue;
    }
    if (timer->due > now || firings_.size() - left_alone_ >= limits_.timers_in_flight_max * 2) {
      next_ = timer->due;
      return;
    }
    begin(key, clock);
  }
}

void TimerQueue::begin(const std::string& key, Timestamp clock) {
  const auto timer = keys::parse_timer(key);
  const auto id = firing_id(timer->ref, {timer->name, timer->due});
  auto& firing = firings_[key];
  firing.due = timer->due;
  firing.next = clock;
  auto command = system_command(kinds_.of(timer->ref.kind), timer->ref, timer->name, "{}", id,
                                entity::Origin::timer);
  if (!command) {
    firing.command.body.verb = timer->name;
    firing.command.target = timer->ref;
    firing.refusals = limits_.timer_attempts_max;
    return refused(firing, "no such verb");
  }
  firing.command = std::move(*command);
  firing.ticket = next_ticket_++;
  tickets_.emplace(firing.ticket, key);
}

bool TimerQueue::answered(std::uint64_t ticket, const entity::Reply& reply, Timestamp now,
                          Timestamp clock) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return false;
  const auto firing = firings_.find(found->second);
  auto& f = firing->second;
  if (std::exchange(f.is_sent, false)) --in_flight_;
  if (f.due > now || !has_row(firing->first)) {
    forget(firing, now);
    return true;
  }
  const auto* fault = std::get_if<entity::Fault>(&reply);
  if (!fault) {
    const auto* no = std::get_if<Rejection>(&reply);
    refused(f, no ? no->code : "it changed nothing");
  } else if (fault->code == entity::Fault::Code::internal) {
    refused(f, fault->detail);
  } else {
    ++f.faults;
  }
  f.next = clock + limits_.backoff(f.faults + f.refusals);
  return true;
}

/// A deadline that its own entity refuses is a bug there.
void TimerQueue::refused(Firing& firing, std::string why) {
  alarms_.push_back({"timer-refused", firing.command.body.verb + " of " + firing.command.target.id +
                                          ": " + std::move(why)});
  if (++firing.refusals < limits_.timer_attempts_max || firing.is_left_alone) return;
  firing.is_left_alone = true;
  ++left_alone_;
}

std::optional<Timestamp> TimerQueue::wake_at(Timestamp now) const {
  std::optional<Timestamp> wake;
  const auto consider = [&](Timestamp t) { wake = wake ? std::min(*wake, t) : t; };
  const bool is_full = in_flight_ >= limits_.timers_in_flight_max;
  if (next_ && firings_.size() - left_alone_ < limits_.timers_in_flight_max * 2)
    consider(*next_ <= now ? Timestamp{} : *next_);
  for (const auto& [key, firing] : firings_)
    if (!firing.is_left_alone && (firing.is_sent || !is_full)) consider(firing.next);
  if (wake && fired_in_window_ >= limits_.timers_per_second_max)
    wake = std::max(*wake, window_ + std::chrono::seconds(1));
  return wake;
}

}  // namespace mf::shard
