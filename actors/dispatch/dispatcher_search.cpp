// What becomes of spare time. The search runs elsewhere, on a part of the day as it was; what it
// finds is held against the board as it is by then, and taken only for what it still wins.
//
// An exchange is carried out in waves, for two technicians' agendas can't change at one moment: a
// move is sent when its time is free there. Where all wait for each other, one visit keeps its time
// and has nobody for a moment. Whatever comes in between ends the rest of it; each move stands for
// itself, and a visit that has nobody is placed as any other that has a time.
#include <algorithm>
#include <chrono>

#include "actors/dispatch/dispatcher.hpp"
#include "base/json_text.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// Of one zone: the node has one thread for all searches.
constexpr Duration search_every = 2s, nothing_to_search = 10s;
/// A search that was forgotten somewhere, and an exchange that does not get on.
constexpr Duration search_patience = 1min, exchange_patience = 10s;
/// The same part with another seed, while nothing changes there.
constexpr int rounds_max = 3;

bool overlaps(const Window& window, const TechnicianRow::Line& line) {
  return window.from < line.to && line.from < window.to;
}

std::string minutes(double seconds) { return std::to_string(static_cast<int>(seconds / 60)); }

}  // namespace

/// An order that nobody could do, and that may be given to somebody.
bool Dispatcher::is_unplaced(const OrderRow& order) const {
  const auto reason = waiting_.find(order.id);
  return order.stage == Stage::waiting && !is_left_to_people(order) && reason != waiting_.end() &&
         reason->second.reason != "not_yet" && !day_->is_assumed(order.id) &&
         !awaited_.contains(order.id);
}

void Dispatcher::use_spare_time(Timestamp now, Step& step) {
  take_exchange(now, step);
  if (step.commands.empty()) improve(now, step);
  if (step.commands.empty()) search(now, step);
}

void Dispatcher::search(Timestamp now, Step& step) {
  if (settings_.search <= Duration{0}) return;
  if (is_searching_ && now - searched_at_ < search_patience && now >= searched_at_) return;
  is_searching_ = false;
  const bool is_time = now >= search_at_ || search_at_ - now > nothing_to_search;
  if (is_time) search_at_ = now + (begin_search(now, step) ? search_every : nothing_to_search);
  step.wake_at = std::min(step.wake_at, search_at_);
}

/// Around what changed last, or was looked at least often. False: there is nothing.
bool Dispatcher::begin_search(Timestamp now, Step& step) {
  const auto earliest = now + settings_.frozen + search_patience;
  const Movable may_move = [&](const OrderRow& order) -> std::optional<std::set<Id>> {
    const bool is_plan = may_move_plan(order, now) && order.slot->from > earliest &&
                         !proposals_.contains(order.id) && !is_silent(order.technician);
    if (!is_plan && !is_unplaced(order)) return {};
    return not_again(order, now);
  };
  std::vector<const OrderRow*> unplaced;
  for (const auto& [id, waiting] : waiting_)
    if (const auto* order = picture_.order(id); order && is_unplaced(*order))
      unplaced.push_back(order);
  std::shared_ptr<SearchTask> task;
  const auto look = [&](const Id& id, const OrderRow* order, std::size_t mark) {
    auto& looked = looked_[id];
    if (looked.mark != mark) looked = {mark, 0};
    if (looked.rounds >= rounds_max) return false;
    const auto round = ++looked.rounds;
    auto part = day_->part_around(id, order, unplaced, may_move, earliest, now);
    if (!part) {
      looked.rounds = rounds_max;
      return false;
    }
    part->seed = static_cast<std::uint64_t>(round);
    task = std::make_shared<SearchTask>(std::move(*part));
    return true;
  };
  for (const auto* order : unplaced)
    if (look(order->id, order, static_cast<std::size_t>(order->version))) break;
  if (!task)
    for (const auto& id : day_->technicians())
      if (look(id, nullptr, day_->mark_of(id))) break;
  if (!task) return false;
  // Everybody in it was looked at, too.
  for (const auto& who : task->problem.technicians) {
    const auto mark = day_->mark_of(who.id);
    auto& looked = looked_[who.id];
    if (looked.mark != mark) looked = {mark, 0};
    looked.rounds = std::max(looked.rounds, static_cast<int>(task->seed));
  }
  is_searching_ = true;
  searched_at_ = now;
  step.search = std::move(task);
  return true;
}

void Dispatcher::take(std::vector<Exchange> found) {
  if (!std::exchange(is_searching_, false) || mode_ == Mode::off) return;
  found_.assign(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

/// The next one that still wins enough.
void Dispatcher::take_exchange(Timestamp now, Step& step) {
  begin_thinking();
  while (!found_.empty() && !exchange_) {
    const auto exchange = std::move(found_.front());
    found_.pop_front();
    const auto is_as_it_was = [&](const Move& move) {
      const auto* order = picture_.order(move.order);
      return order && order->version == move.version && !proposals_.contains(move.order) &&
             (move.from.empty() ? is_unplaced(*order) : may_move_plan(*order, now)) &&
             move.slot.from - now > settings_.frozen && !is_silent(move.to);
    };
    // Of a proposal each change must make sense alone.
    const bool is_too_much = mode_ == Mode::suggest && exchange.moves.size() > 1;
    if (is_too_much || !std::ranges::all_of(exchange.moves, is_as_it_was)) continue;
    const auto before = day_->cost_of(*picture_.order(exchange.moves.front().order), now);
    const auto saved = day_->exchange(exchange.moves, now);
    if (!saved) continue;
    auto gain = saved->cost();
    for (const auto& move : exchange.moves) {
      const auto* order = picture_.order(move.order);
      // Somebody for an order that had nobody is worth what the search took it for.
      if (move.from.empty()) gain += unplaced_cost * weight_of(order->priority);
      else gain -= change_cost(move, order->slot);
    }
    if (mode_ == Mode::suggest || gain < exchange_gain_min)
      for (const auto& move : exchange.moves) day_->forget(move.order, now);
    if (gain < exchange_gain_min) continue;
    if (mode_ == Mode::suggest) {
      const auto& move = exchange.moves.front();
      const Terms adds{before.travel - saved->travel, before.lateness - saved->lateness,
                       before.wait - saved->wait};
      act(*picture_.order(move.order), "improved", "schedule", {move.to, move.slot, adds}, false,
          now, step, "saves " + minutes(gain) + " min", gain);
      return;
    }
    exchange_ = {exchange.moves, {}, {}, gain, exchange.moves.size(), now};
  }
  if (exchange_) go_on(now, step);
}

/// The next wave, when the last one is seen on the board.
void Dispatcher::go_on(Timestamp now, Step& step) {
  auto& e = *exchange_;
  const auto is_open = [&](const Id& order) {
    return awaited_.contains(order) ||
           std::ranges::any_of(sent_, [&](const auto& item) { return item.second.order == order; });
  };
  if (std::ranges::any_of(e.done, is_open)) return;
  if (std::ranges::any_of(e.left, [&](const Move& move) { return is_open(move.order); })) return;
  if (e.left.empty()) return end_exchange();
  const auto is_as_it_was = [&](const Move& move) {
    const auto* order = picture_.order(move.order);
    return order && order->version == move.version && picture_.technician(move.to);
  };
  if (now - e.since > exchange_patience || now < e.since ||
      !std::ranges::all_of(e.left, is_as_it_was))
    return end_exchange();
  std::vector<Move> free;
  const Move* in_the_way = nullptr;
  for (const auto& move : e.left) {
    bool is_free = true;
    for (const auto& line : picture_.technician(move.to)->agenda) {
      if (line.order == move.order) continue;
      const auto other = std::ranges::find(e.left, line.order, &Move::order);
      const bool will_leave = other != e.left.end();
      // What stays was looked at with its ways; what will leave was not.
      if (!overlaps(move.slot, line) && !(will_leave && is_too_near(move, line))) continue;
      is_free = false;
      const bool is_aside = std::ranges::find(e.aside, line.order) != e.aside.end();
      if (will_leave && !is_aside) in_the_way = &*other;
    }
    if (is_free) free.push_back(move);
  }
  if (free.empty() && in_the_way) {
    e.since = now;
    return set_aside(*in_the_way, now, step);
  }
  for (const auto& move : free) carry_out(move, now, step);
  if (!free.empty()) e.since = now;
  step.wake_at = std::min(step.wake_at, now + 1s);
}

/// No time for the way between the two.
bool Dispatcher::is_too_near(const Move& move, const TechnicianRow::Line& line) {
  const auto gap = move.slot.from >= line.to ? move.slot.from - line.to : line.from - move.slot.to;
  const auto way = day_->way(picture_.order(move.order)->site, picture_.order(line.order)->site);
  return static_cast<double>(gap.count()) / 1000 < way;
}

/// The day has it as done already. Where something has yet to leave, the board is not so far: what
/// came in there would be without time for the way, for good if the rest is not done.
bool Dispatcher::must_wait_for_exchange(const OrderRow& order, const Choice& choice) const {
  if (!exchange_ || is_in_exchange(order.id)) return false;
  if (order.technician == choice.technician && order.slot == choice.slot) return false;
  return std::ranges::find(exchange_->left, choice.technician, &Move::from) !=
         exchange_->left.end();
}

/// What is left of it is not done; what others should have given way to is looked at again.
void Dispatcher::end_exchange() {
  if (const auto memory = memory_.find(exchange_->urgent); memory != memory_.end())
    memory->second.is_done &= exchange_->left.empty();
  exchange_.reset();
}

void Dispatcher::carry_out(const Move& move, Timestamp now, Step& step) {
  const auto& e = *exchange_;
  const auto* order = picture_.order(move.order);
  Choice choice{.technician = move.to, .slot = move.slot, .adds = {}};
  choice.adds.wait = static_cast<double>((move.slot.from - now).count()) / 1000;
  choice.adds.lateness = lateness_of(*order, move.slot.to);
  if (e.urgent == move.order) {
    ++(move.from.empty() ? figures_.insertions : figures_.repairs);
    const bool has_visit = order->stage == Stage::offered || order->stage == Stage::accepted;
    const bool is_offer = is_near(move.slot.from, false, now) && may_offer(move.to);
    return act(*order,
               !move.from.empty() ? "replanned"
               : is_offer         ? "offered"
                                  : "planned",
               has_visit  ? "reassign"
               : is_offer ? "assign"
                          : "schedule",
               choice, false, now, step, "late", e.gain);
  }
  if (!e.urgent.empty()) {
    ++figures_.repairs;
    return act(*order, "gave_way", "schedule", choice, false, now, step, e.why);
  }
  auto why = "saves " + minutes(e.gain) + " min";
  if (e.count > 1) why += " in " + std::to_string(e.count) + " changes";
  ++figures_.improvements;
  act(*order, "improved", "schedule", choice, false, now, step, std::move(why),
      e.gain / static_cast<double>(e.count));
}

/// It keeps its time, and its technician's agenda is free for another.
void Dispatcher::set_aside(const Move& move, Timestamp now, Step& step) {
  exchange_->aside.push_back(move.order);
  const auto* order = picture_.order(move.order);
  std::string body = "{\"from\":\"";
  append_rfc3339(body, order->slot->from);
  body += "\",\"to\":\"";
  append_rfc3339(body, order->slot->to);
  body += "\"}";
  step.commands.push_back({++last_tag_, move.order, "schedule", std::move(body), order->version});
  sent_[last_tag_] = {move.order, {}, "schedule", order->version};
  note(&step, {.at = now,
               .did = "set_aside",
               .order = move.order,
               .technician = move.from,
               .code = order->code,
               .technician_name = {},
               .why = "for an exchange",
               .slot = order->slot});
}

/// A command of it was carried out.
void Dispatcher::moved(const Sent& sent, std::uint64_t version) {
  if (!exchange_) return;
  auto& left = exchange_->left;
  const auto found = std::ranges::find(left, sent.order, &Move::order);
  if (found == left.end()) return;
  if (sent.technician.empty()) {
    found->version = version;
    return;
  }
  exchange_->done.push_back(sent.order);
  left.erase(found);
}

bool Dispatcher::is_in_exchange(const Id& order) const {
  return exchange_ &&
         std::ranges::find(exchange_->left, order, &Move::order) != exchange_->left.end();
}

}  // namespace mf::dispatch
