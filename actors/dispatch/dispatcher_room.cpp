// Urgent work and a day that is full. What is planned was told to clients, and is kept for them as
// long as nothing needs its place more. An order that would be late takes the place of planned ones
// that are less urgent, if its lateness weighs more than what they lose: each is given its own next
// best place first, and the whole is carried out as an exchange (dispatcher_search.cpp).
//
// It comes to rest: an order gives way to more urgent ones alone (is_more_urgent, which orders them
// all), so of all orders the most urgent that moves begins sooner, each time by what wins minutes.
#include <algorithm>

#include "actors/dispatch/dispatcher.hpp"

namespace mf::dispatch {
namespace {

double cost_of_nobody(const OrderRow& order) { return unplaced_cost * weight_of(order.priority); }

/// Said to whom it concerns, of a plan that gives way.
std::string why_of(const OrderRow& urgent, const Otherwise& otherwise) {
  const auto late = urgent.due ? otherwise.end - *urgent.due : Duration{0};
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(late).count();
  return "gives way to priority " + std::to_string(urgent.priority) + ", late by " +
         std::to_string(minutes) + " min";
}

}  // namespace

bool Dispatcher::may_give_way(const OrderRow& order, const OrderRow& to, Timestamp now) const {
  const auto memory = memory_.find(order.id);
  const bool is_let_alone = memory != memory_.end() &&
                            now < std::max(memory->second.not_before, memory->second.stays_until);
  return may_move_plan(order, now) && is_more_urgent(to, order) && !is_let_alone &&
         !proposals_.contains(order.id) && !day_->is_assumed(order.id) &&
         !awaited_.contains(order.id);
}

bool Dispatcher::make_room(const OrderRow& order, const std::set<Id>& except, const Choice* best,
                           Timestamp now, Step& step) {
  const bool is_late = !best || best->adds.lateness > 0;
  if (mode_ != Mode::automatic || !is_late) return false;
  const Otherwise otherwise{best ? best->adds.cost() : cost_of_nobody(order),
                            best ? best->slot.to : now + horizon};
  const auto rooms = day_->rooms(
      order, except, [&](const OrderRow& other) { return may_give_way(other, order, now); },
      otherwise, now);
  for (const auto& room : rooms) {
    if (exchange_) {
      memory_[order.id].is_done = false;
      step.wake_at = std::min(step.wake_at, now + std::chrono::seconds(1));
      return true;
    }
    const auto moves = moves_into(room, order, now);
    if (!moves) continue;
    // Whom it is taken from has lost it already, and may be somebody whose day is broken.
    auto judged = *moves;
    judged.back().from.clear();
    const auto saved = day_->exchange(judged, now);
    auto gain = otherwise.cost;
    if (saved) gain += saved->cost();
    for (const auto& move : *moves)
      if (move.order != order.id) gain -= change_cost(move, picture_.order(move.order)->slot);
    if (!saved || gain < exchange_gain_min) {
      if (saved)
        for (const auto& move : *moves) day_->forget(move.order, now);
      continue;
    }
    exchange_ = {*moves, {}, {}, gain, moves->size(), now, order.id, why_of(order, otherwise)};
    go_on(now, step);
    return true;
  }
  return false;
}

/// Where those go that give way, each to its own best place, with the urgent one in theirs; that
/// one comes last. nullopt: one of them has none. Nothing is assumed afterwards but what was.
std::optional<std::vector<Move>> Dispatcher::moves_into(const Room& room, const OrderRow& order,
                                                        Timestamp now) {
  std::vector<Move> moves;
  day_->assume(order.id, room.choice.technician, room.choice.slot, false, now);
  for (const auto& id : room.out) {
    const auto* other = picture_.order(id);
    day_->assume(id, "", *other->slot, false, now);
  }
  for (const auto& id : room.out) {
    const auto* other = picture_.order(id);
    const auto choices = day_->choices(*other, not_again(*other, now), now);
    if (choices.empty()) break;
    const auto& best = choices.front();
    day_->assume(id, best.technician, best.slot, false, now);
    moves.push_back({id, other->version, other->technician, best.technician, best.slot});
  }
  const bool is_complete = moves.size() == room.out.size();
  for (const auto& id : room.out) day_->forget(id, now);
  const bool is_somebodys = order.slot && !order.technician.empty();
  if (is_somebodys) day_->assume(order.id, "", *order.slot, false, now);
  else day_->forget(order.id, now);
  if (!is_complete) return {};
  const auto& choice = room.choice;
  moves.push_back({order.id, order.version, is_somebodys ? order.technician : Id(),
                   choice.technician, choice.slot});
  return moves;
}

}  // namespace mf::dispatch
