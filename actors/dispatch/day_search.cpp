// A part of the day for the search, and what it found held against the day as it is by then.
//
// A part is small on purpose: a handful of technicians near each other. Its problem is ready in a
// millisecond, what it changes can be carried out and understood, and a zone of hundreds is gone
// through part by part. What was promised keeps its technician and its time there; what may move
// is free within its order's windows, and remembers what was said.
#include <algorithm>
#include <cmath>

#include "actors/dispatch/day_state.hpp"

namespace mf::dispatch {
namespace {

constexpr std::size_t technicians_max = 8, visits_max = 100, unplaced_max = 4;
/// What has a technician must keep one, whatever is won by leaving it out: as much as a visit may
/// be worth to the planner.
constexpr double kept_value = 1e6;

Seconds up(Seconds at) { return std::ceil((at - 1e-3) / 60) * 60; }
Seconds down(Seconds at) { return std::floor((at + 1e-3) / 60) * 60; }

}  // namespace

class PartWriter {
 public:
  PartWriter(Day::State& day, const Movable& may_move, Timestamp earliest, Timestamp now)
      : day_(day), may_move_(may_move), earliest_(up(day.seconds(earliest))), now_(now) {
    task_.base = day.base;
    task_.problem.name = "part";
  }

  /// Of everybody whose day is in order, those who come nearest to these places.
  [[nodiscard]] std::vector<Id> nearest(const std::vector<std::size_t>& places) const {
    std::vector<std::pair<Seconds, const Id*>> near;
    for (const auto& [id, member] : day_.members) {
      if (!is_sound(member)) continue;
      const auto spots = places_of(member);
      auto best = planning::infinity;
      for (const auto from : places)
        for (const auto to : spots) best = std::min(best, day_.drive(from, to));
      near.emplace_back(best, &id);
    }
    const auto most = std::min(near.size(), technicians_max);
    std::ranges::partial_sort(near, near.begin() + static_cast<std::ptrdiff_t>(most), {},
                              [](const auto& item) { return std::pair(item.first, *item.second); });
    std::vector<Id> ids;
    for (std::size_t i = 0; i < most; ++i) ids.push_back(*near[i].second);
    return ids;
  }
  /// Where a technician begins and goes.
  [[nodiscard]] std::vector<std::size_t> places_of(const Day::State::Member& member) const {
    const auto& problem = day_.roster->problem();
    std::vector<std::size_t> places{problem.technicians[member.number].start};
    for (const auto& visit : member.visits)
      if (visit) places.push_back(problem.visits[*visit].place);
    return places;
  }
  [[nodiscard]] static bool is_sound(const Day::State::Member& member) {
    return member.is_made && !member.work.pieces.empty() &&
           std::ranges::all_of(member.visits, [](const auto& v) { return v.has_value(); });
  }

  void add_technician(const Id& id) {
    const auto& member = day_.members.at(id);
    const auto& had = day_.roster->problem().technicians[member.number];
    const auto number = task_.problem.technicians.size();
    planning::Technician who{.id = id, .start = place(had.start), .end = {}, .skills = had.skills};
    for (const auto& piece : member.work.pieces) {
      planning::Shift shift{
          .hours = {up(day_.seconds(std::max(piece.from, now_))), down(day_.seconds(piece.to))}};
      if (shift.hours.to < shift.hours.from) shift.hours = {};
      who.shifts.push_back(shift);
    }
    task_.problem.technicians.push_back(std::move(who));
    for (std::size_t piece = 0; piece < member.work.pieces.size(); ++piece) {
      planning::Route route{.technician = number, .shift = piece};
      for (const auto visit : day_.roster->visits_of(member.number, piece)) {
        const auto i = static_cast<std::size_t>(
            std::ranges::find(member.visits, std::optional(visit)) - member.visits.begin());
        if (i == member.visits.size()) continue;
        const auto start = *member.expected[i];
        const auto which = add_visit(id, member.work.fixed[i], visit, start);
        const auto end = start + task_.problem.visits[which].duration;
        route.stops.push_back({.which = which, .arrival = start, .start = start, .end = end});
      }
      if (!route.stops.empty()) task_.present.routes.push_back(std::move(route));
    }
  }

  void add_unplaced(const OrderRow& order) {
    const auto except = may_move_(order);
    if (!except) return;
    add_free(order, *except, unplaced_cost * weight_of(order.priority));
    has_work_ = true;
  }
  [[nodiscard]] bool is_big() const { return task_.visits.size() >= visits_max; }

  /// Nothing to plan anew: nullopt.
  [[nodiscard]] std::optional<SearchTask> take() {
    if (!has_work_ || task_.problem.technicians.empty()) return {};
    const auto size = places_.size();
    std::vector<double> times(size * size);
    for (std::size_t from = 0; from < size; ++from)
      for (std::size_t to = 0; to < size; ++to) {
        const auto time = from == to ? 0 : day_.drive(places_[from], places_[to]);
        times[from * size + to] = time < planning::infinity ? up(time) : time;
      }
    task_.problem.travel = planning::MatrixTravel(size, std::move(times));
    task_.problem.profile = day_.roster->problem().profile;  // both horizons begin at its base
    return std::move(task_);
  }

 private:
  std::size_t place(std::size_t of_day) {
    const auto [at, is_new] = local_.try_emplace(of_day, places_.size());
    if (is_new) {
      places_.push_back(of_day);
      task_.problem.places.push_back(day_.roster->problem().places[of_day]);
    }
    return at->second;
  }

  std::size_t add_visit(const Id& technician, const Fixed& fixed, std::size_t number,
                        Seconds start) {
    const auto* order = day_.picture.order(fixed.order);
    const bool is_known = order && !day_.assumed.contains(fixed.order);
    if (const auto except = is_known ? may_move_(*order) : std::nullopt) {
      const auto which = add_free(*order, *except, kept_value);
      task_.visits[which].slot = fixed.slot;
      task_.problem.visits[which].announced =
          planning::Announcement{technician, day_.seconds(fixed.slot.from)};
      has_work_ = true;
      return which;
    }
    const auto& had = day_.roster->problem().visits[number];
    const auto from = up(had.windows.front().from);
    planning::Visit visit{.id = had.id, .place = place(had.place)};
    visit.duration = up(had.windows.front().from + had.duration) - from;
    visit.windows = {{from, std::max(from, down(start + tolerance))}};
    visit.value = kept_value;
    visit.allowed = {technician};
    task_.problem.visits.push_back(std::move(visit));
    task_.visits.push_back({.order = fixed.order, .slot = fixed.slot});
    return task_.visits.size() - 1;
  }

  std::size_t add_free(const OrderRow& order, const std::set<Id>& except, double value) {
    auto visit = day_.visit_of(order, except, now_);
    visit.place = place(visit.place);
    visit.duration = up(visit.duration);
    visit.release = 0;
    visit.value = value;
    if (visit.windows.empty()) visit.windows = {{earliest_, day_.seconds(now_ + horizon)}};
    for (auto& window : visit.windows)
      window = {std::max(earliest_, up(window.from)), down(window.to)};
    // What may not begin any more after `earliest` has no window, and stays out.
    task_.problem.visits.push_back(std::move(visit));
    task_.visits.push_back({.order = order.id,
                            .version = order.version,
                            .slot = {},
                            .length = order.duration,
                            .may_move = true});
    return task_.visits.size() - 1;
  }

  Day::State& day_;
  const Movable& may_move_;
  const Seconds earliest_;
  const Timestamp now_;
  SearchTask task_;
  std::vector<std::size_t> places_;           ///< of the day, by the part's number
  std::map<std::size_t, std::size_t> local_;  ///< the other way
  bool has_work_ = false;
};

std::optional<SearchTask> Day::part_around(const Id& technician, const OrderRow* order,
                                           const std::vector<const OrderRow*>& unplaced,
                                           const Movable& may_move, Timestamp earliest,
                                           Timestamp now) {
  auto& s = *state_;
  PartWriter part(s, may_move, earliest, now);
  std::vector<std::size_t> around;
  if (order) {
    around = {s.place_of(order->site)};
  } else {
    const auto found = s.members.find(technician);
    if (found == s.members.end() || !PartWriter::is_sound(found->second)) return {};
    around = part.places_of(found->second);
  }
  for (const auto& id : part.nearest(around))
    if (!part.is_big()) part.add_technician(id);
  std::vector<std::pair<Seconds, const OrderRow*>> near;
  for (const auto* one : unplaced) {
    auto best = one == order ? -1 : planning::infinity;
    const auto place = s.place_of(one->site);
    for (const auto from : around) best = std::min(best, s.drive(from, place));
    near.emplace_back(best, one);
  }
  std::ranges::stable_sort(near, {}, [](const auto& item) { return item.first; });
  if (near.size() > unplaced_max) near.resize(unplaced_max);
  for (const auto& [drive, one] : near) part.add_unplaced(*one);
  return part.take();
}

Terms Day::State::terms_of(const Member& member, Timestamp now) const {
  Terms terms;
  for (std::size_t i = 0; i < member.work.fixed.size(); ++i) {
    const auto& fixed = member.work.fixed[i];
    const auto* order = picture.order(fixed.order);
    if (!order || !member.expected[i]) continue;
    const auto begins = timestamp(*member.expected[i]);
    terms.lateness += lateness_of(*order, begins + order->duration);
    terms.wait += *member.expected[i] - seconds(now);
  }
  const auto& problem = roster->problem();
  for (std::size_t piece = 0; piece < member.work.pieces.size(); ++piece) {
    auto from = problem.technicians[member.number].start;
    for (const auto visit : roster->visits_of(member.number, piece)) {
      terms.travel += drive(from, problem.visits[visit].place);
      from = problem.visits[visit].place;
    }
  }
  return terms;
}

std::optional<Terms> Day::exchange(const std::vector<Move>& moves, Timestamp now) {
  auto& s = *state_;
  std::map<Id, std::map<Id, Seconds>> before;  // by technician and order: when it begins
  std::map<Id, std::size_t> joining;
  std::set<Id> moved;
  Terms saved;
  for (const auto& move : moves) {
    moved.insert(move.order);
    if (move.from != move.to) ++joining[move.to];
    for (const auto& id : {move.from, move.to})
      if (!id.empty()) before.try_emplace(id);
  }
  const auto add = [&](const Id& id, double sign) {
    const auto terms = s.terms_of(s.members.at(id), now);
    saved.travel += sign * terms.travel;
    saved.lateness += sign * terms.lateness;
    saved.wait += sign * terms.wait;
  };
  for (auto& [id, begins] : before) {
    const auto found = s.members.find(id);
    if (found == s.members.end() || !PartWriter::is_sound(found->second)) return {};
    const auto& member = found->second;
    if (const auto more = joining.find(id);
        more != joining.end() && more->second > member.work.room)
      return {};
    for (std::size_t i = 0; i < member.work.fixed.size(); ++i)
      begins[member.work.fixed[i].order] = *member.expected[i];
    add(id, +1);
  }
  for (const auto& move : moves) {
    const auto* order = s.picture.order(move.order);
    const auto& skills = s.members.at(move.to).work.skills;
    if (!order || missing_skill(skills, order->skills) ||
        !allows_begin(order->windows, move.slot.from))
      return {};
  }
  for (const auto& move : moves) assume(move.order, move.to, move.slot, false, now);
  const auto is_kept = [&](const Id& id, const std::map<Id, Seconds>& begins) {
    const auto& member = s.members.at(id);
    for (std::size_t i = 0; i < member.work.fixed.size(); ++i) {
      const auto& fixed = member.work.fixed[i];
      if (!member.expected[i]) return false;
      const auto own = s.seconds(fixed.slot.from);
      auto latest = own + planning::rounding;
      if (const auto was = begins.find(fixed.order);
          !moved.contains(fixed.order) && was != begins.end())
        latest = std::max(was->second + planning::rounding, own + tolerance);
      if (*member.expected[i] > latest) return false;
    }
    return true;
  };
  const bool is_possible = std::ranges::all_of(
      before, [&](const auto& item) { return is_kept(item.first, item.second); });
  if (!is_possible) {
    for (const auto& move : moves) forget(move.order, now);
    return {};
  }
  for (const auto& [id, begins] : before) add(id, -1);
  return saved;
}

std::size_t Day::mark_of(const Id& technician) const {
  std::size_t mark = 0;
  const auto add = [&](std::size_t value) { mark = mark * 1'000'003 + value; };
  const auto found = state_->members.find(technician);
  if (found == state_->members.end()) return mark;
  for (const auto& fixed : found->second.work.fixed) {
    add(std::hash<Id>{}(fixed.order));
    add(static_cast<std::size_t>(to_millis(fixed.slot.from)));
  }
  return mark;
}

const std::vector<Id>& Day::technicians() const { return state_->ids; }

}  // namespace mf::dispatch
