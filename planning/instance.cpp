// Why a problem is made ready at all: the search looks at millions of places for a visit, and each
// look may cost a few dozen nanoseconds. So names become numbers, who may do what becomes a table
// of bytes, travel becomes one run of memory (and a transposed one where the ways differ, so that
// both neighbours of a visit are read in a row).
//
// Order matters in the constructor. Duties come first, since pins name them; then nodes, which
// collect the fronts that are pinned; then what is used up, which needs both; then facts
// (facts.cpp), which may move a duty's start, end and limit; only then is it decided who serves
// what, because that reads all of it. Weights come late: their unit is a typical leg, known when
// neighbours are. Last of all, pins that can't be kept are found by timing them.
//
// Duties are put into kinds because a fleet is mostly alike: a visit is tried in one empty tour of
// each kind. Whatever makes two duties different to anybody (hours, van, rights, promises by name,
// pins) must be among the numbers that are compared, or the search overlooks one of them.
//
// Cost: the tables are places² twice, the rights kinds × visits, neighbours visits² log; with 5,000
// visits that is most of the time before the first plan, and why it can be cancelled.
#include "planning/instance.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "planning/windows.hpp"

namespace mf::planning {
namespace {

constexpr std::uint32_t neighbours_max = 200;

double truncated(double value) { return std::floor(value * 10 + 1e-9) / 10; }

std::uint32_t number_of(std::map<std::string, std::uint32_t>& numbers, const std::string& name) {
  return numbers.emplace(name, static_cast<std::uint32_t>(numbers.size())).first->second;
}

}  // namespace

bool is_before(const Technician& who, std::size_t shift, std::size_t other) {
  const auto key = [&](std::size_t s) {
    return std::tuple(who.shifts[s].hours.from, who.shifts[s].hours.to, s);
  };
  return key(shift) < key(other);
}

void drop_breaks_before(Duty& duty, double moment) {
  for (std::size_t b = duty.breaks.size(); b-- > 0;) {
    if (duty.breaks[b].start.to >= moment) continue;
    duty.breaks.erase(duty.breaks.begin() + static_cast<std::ptrdiff_t>(b));
    duty.break_numbers.erase(duty.break_numbers.begin() + static_cast<std::ptrdiff_t>(b));
  }
}

LegTable::LegTable(const Travel& travel, bool truncates, std::size_t spare,
                   const Cancelled& is_cancelled)
    : size_(static_cast<std::uint32_t>(size(travel) + spare) + 1), truncates_(truncates) {
  time_.resize(std::size_t{size_} * size_);
  distance_.resize(std::size_t{size_} * size_);
  const auto known = static_cast<std::uint32_t>(size(travel));
  double ratio = -1;
  bool is_symmetric = true, has_ratio = true;
  for (std::uint32_t from = 0; from < known; ++from) {
    if (is_cancelled && is_cancelled()) return;
    for (std::uint32_t to = 0; to < known; ++to) {
      const auto leg = leg_of(travel, from, to);
      const auto at = std::size_t{from} * size_ + to;
      time_[at] = leg.time;
      distance_[at] = leg.distance;
      if (to < from)
        is_symmetric = is_symmetric && leg.time == time_[std::size_t{to} * size_ + from];
      if (leg.is_no_road()) continue;
      if (ratio < 0 && leg.time > 0) ratio = leg.distance / leg.time;
      has_ratio = has_ratio && std::abs(leg.distance - leg.time * ratio) <= 1e-12 * leg.distance;
    }
  }
  if (has_ratio && ratio > 0) {
    metres_per_second_ = ratio;
    distance_ = {};
  }
  if (is_symmetric) return;
  time_back_.resize(time_.size());
  for (std::uint32_t from = 0; from < size_; ++from)
    for (std::uint32_t to = 0; to < size_; ++to)
      time_back_[std::size_t{to} * size_ + from] = time_[std::size_t{from} * size_ + to];
}

Leg LegTable::leg_of(const Travel& travel, std::uint32_t from, std::uint32_t to) const {
  const auto leg = planning::leg(travel, from, to);
  return truncates_ ? Leg{truncated(leg.time), truncated(leg.distance)} : leg;
}

bool LegTable::add(const Travel& travel, std::uint32_t place) {
  return place + 1 < size_ && move(travel, place);
}

bool LegTable::move(const Travel& travel, std::uint32_t place) {
  for (std::uint32_t other = 0; other < size(travel); ++other)
    // First into the upper half, which the lower one is compared with.
    for (const auto& [from, to] : {std::pair{other, place}, std::pair{place, other}}) {
      const auto leg = leg_of(travel, from, to);
      const auto at = std::size_t{from} * size_ + to, back = std::size_t{to} * size_ + from;
      if (distance_.empty() && !leg.is_no_road() &&
          std::abs(leg.distance - leg.time * metres_per_second_) > 1e-9 * leg.distance)
        return false;
      if (time_back_.empty() && from > to && leg.time != time_[back]) return false;
      time_[at] = leg.time;
      if (!time_back_.empty()) time_back_[back] = leg.time;
      if (!distance_.empty()) distance_[at] = leg.distance;
    }
  return true;
}

Instance::Instance(const Problem& p, const Objective& o, Room room, const Cancelled& is_cancelled)
    : problem(p),
      objective(o),
      legs(p.travel, o.truncates_legs, room.places, is_cancelled),
      profile(p.profile),
      room_(room) {
  add_duties();
  add_nodes();
  add_supplies();
  take_facts_for_granted();
  decide_who_serves(is_cancelled);
  if (!room_.is_wanted) find_neighbours(is_cancelled);
  weigh();
  lose_impossible_pins();
}

void Instance::add_duties() {
  for (std::uint32_t t = 0; t < problem.technicians.size(); ++t) {
    technicians_.emplace(problem.technicians[t].id, t);
    for (std::uint32_t s = 0; s < problem.technicians[t].shifts.size(); ++s) {
      duty_of_[{t, s}] = static_cast<std::uint32_t>(duties.size());
      duties.push_back({.technician = t, .shift = s});
      fill_duty(duties.back());
    }
  }
  fixed.resize(duties.size());
  vehicles_max = problem.vehicles_max.value_or(duties.size());
}

void Instance::fill_duty(Duty& duty) {
  const auto& who = problem.technicians[duty.technician];
  const auto& shift = who.shifts[duty.shift];
  duty.start = static_cast<std::uint32_t>(who.start);
  duty.end = who.end ? static_cast<std::uint32_t>(*who.end) : legs.nowhere();
  duty.from = shift.hours.from;
  duty.to = shift.hours.to;
  duty.to_with_overtime = shift.hours.to + shift.overtime_max;
  duty.length = shift.hours.to - shift.hours.from;
  // Nobody is in two shifts at once: the later one waits, and overtime gives way.
  for (std::size_t s = 0; s < who.shifts.size(); ++s) {
    const auto& hours = who.shifts[s].hours;
    if (s == duty.shift || hours.to <= hours.from) continue;
    if (is_before(who, s, duty.shift)) duty.from = std::max(duty.from, hours.to);
    else duty.to_with_overtime = std::min(duty.to_with_overtime, std::max(duty.to, hours.from));
  }
  duty.speed = who.speed;
  duty.cost = who.cost;
  duty.break_numbers.resize(shift.breaks.size());
  std::iota(duty.break_numbers.begin(), duty.break_numbers.end(), 0U);
  std::ranges::stable_sort(duty.break_numbers, {}, [&](std::uint32_t b) {
    return std::pair(shift.breaks[b].start.to, shift.breaks[b].start.from);
  });
  duty.breaks.clear();
  std::erase_if(duty.break_numbers, [&](std::uint32_t b) {
    return shift.breaks[b].start.to < shift.breaks[b].start.from;
  });
  for (const auto b : duty.break_numbers) duty.breaks.push_back(shift.breaks[b]);
  drop_breaks_before(duty, duty.from);
}

void Instance::add_nodes() {
  visit_count = static_cast<std::uint32_t>(problem.visits.size());
  nodes.resize(visit_count + problem.depots.size());
  for (std::uint32_t v = 0; v < visit_count; ++v) fill_visit(v);
  for (std::size_t d = 0; d < problem.depots.size(); ++d) {
    const auto& depot = problem.depots[d];
    auto& node = nodes[visit_count + d];
    node.place = static_cast<std::uint32_t>(depot.place);
    node.duration = depot.duration;
    set_windows(node, std::span(&depot.hours, 1));
    node.is_depot = true;
  }
}

/// In the room the node had before, where that suffices.
void Instance::set_windows(Node& node, std::span<const Window> given) {
  const auto list = united(std::vector<Window>(given.begin(), given.end()));
  node.windows = static_cast<std::uint32_t>(list.size());
  if (node.windows > node.windows_room) {
    node.windows_at = static_cast<std::uint32_t>(windows.size());
    node.windows_room = node.windows;
    windows.resize(windows.size() + list.size());
  }
  std::ranges::copy(list, windows.begin() + node.windows_at);
  node.open = list.empty() ? -infinity : list.front().from;
  node.close = list.empty() ? infinity : list.back().to;
}

void Instance::fill_visit(std::uint32_t v) {
  const auto& visit = problem.visits[v];
  auto& node = nodes[v];
  node = {.place = static_cast<std::uint32_t>(visit.place),
          .windows_at = node.windows_at,
          .windows_room = node.windows_room,
          .duration = visit.duration};
  set_windows(node, visit.windows);
  node.release = visit.release;
  if (visit.due) node.due = *visit.due;
  node.lateness_weight = visit.lateness_weight;
  node.value = visit.value;
  if (visit.announced) {
    node.announced = visit.announced->start;
    const auto found = technicians_.find(visit.announced->technician);
    node.announced_technician =
        found == technicians_.end() ? Node::stranger : static_cast<std::int32_t>(found->second);
  }
  if (visit.pin) pin(v, *visit.pin);
}

void Instance::pin(std::uint32_t v, const Pin& pin) {
  auto& node = nodes[v];
  const auto who = technicians_.find(pin.technician);
  const auto duty = who == technicians_.end()
                        ? duty_of_.end()
                        : duty_of_.find({who->second, static_cast<std::uint32_t>(pin.shift)});
  if (duty == duty_of_.end()) {
    node.pinned_duty = Node::stranger;
    return;
  }
  node.pinned_duty = static_cast<std::int32_t>(duty->second);
  node.is_fixed = pin.place || pin.started;
  if (pin.started) {
    node.under_way = true;
    const Window now{*pin.started, *pin.started};
    set_windows(node, std::span(&now, 1));
  }
  if (!node.is_fixed) return;
  auto& front = fixed[duty->second];
  const auto before = [this](std::uint32_t a, std::uint32_t b) { return is_pinned_before(a, b); };
  front.insert(std::ranges::upper_bound(front, v, before), v);
  duties[duty->second].fixed = static_cast<std::uint32_t>(front.size());
}

void Instance::add_supplies() {
  for (const auto& v : problem.visits)
    dimensions = std::max(dimensions, static_cast<std::uint32_t>(v.demand.size()));
  for (const auto& v : problem.visits) {
    for (const auto& m : v.materials) number_of(items_, m.item);
    for (const auto& t : v.tools) number_of(tools_, t);
  }
  supplies = dimensions + static_cast<std::uint32_t>(items_.size());
  use.assign(nodes.size() * supplies, 0);
  has.assign(duties.size() * supplies, 0);
  offers.assign(problem.depots.size() * supplies, 0);
  needs_tools.resize(nodes.size());
  has_tools.resize(duties.size());
  offers_tools.resize(problem.depots.size());
  for (std::uint32_t v = 0; v < visit_count; ++v) fill_needs(v);
  for (std::uint32_t d = 0; d < duties.size(); ++d) fill_stock(d);
  for (std::size_t d = 0; d < problem.depots.size(); ++d) {
    std::fill_n(offers.begin() + static_cast<std::ptrdiff_t>(d * supplies), dimensions, 1);
    for (const auto& item : problem.depots[d].items)
      if (const auto found = items_.find(item); found != items_.end())
        offers[d * supplies + dimensions + found->second] = 1;
    offers_tools[d] = numbers_of_tools(problem.depots[d].tools);
  }
}

/// Names that no visit asks for don't matter.
Tools Instance::numbers_of_tools(const std::vector<std::string>& names) const {
  Tools set;
  for (const auto& name : names)
    if (const auto found = tools_.find(name); found != tools_.end()) set.set(found->second);
  return set;
}

void Instance::fill_needs(std::uint32_t v) {
  const auto& visit = problem.visits[v];
  const auto row = use.begin() + static_cast<std::ptrdiff_t>(std::size_t{v} * supplies);
  std::fill_n(row, supplies, 0);
  std::ranges::copy(visit.demand, row);
  for (const auto& m : visit.materials) row[dimensions + items_.at(m.item)] = m.quantity;
  needs_tools[v] = numbers_of_tools(visit.tools);
}

void Instance::fill_stock(std::uint32_t d) {
  const auto& who = problem.technicians[duties[d].technician];
  const auto row = has.begin() + static_cast<std::ptrdiff_t>(std::size_t{d} * supplies);
  std::fill_n(row, supplies, 0);
  std::copy_n(who.capacity.begin(), std::min<std::size_t>(dimensions, who.capacity.size()), row);
  for (const auto& s : who.stock)
    if (const auto found = items_.find(s.item); found != items_.end())
      row[dimensions + found->second] = s.quantity;
  has_tools[d] = numbers_of_tools(who.tools);
}

void Instance::find_neighbours(const Cancelled& is_cancelled) {
  neighbours_of_each_ = std::min(visit_count, neighbours_max);
  neighbours_.reserve(std::size_t{visit_count} * neighbours_of_each_);
  std::vector<std::uint32_t> order(visit_count);
  std::vector<double> near(visit_count);
  std::vector<double> lengths;
  for (std::uint32_t v = 0; v < visit_count; ++v) {
    if (is_cancelled && is_cancelled()) return;
    for (std::uint32_t w = 0; w < visit_count; ++w)
      near[w] = w == v ? -1
                       : std::min(legs.time(nodes[v].place, nodes[w].place),
                                  legs.time(nodes[w].place, nodes[v].place));
    std::iota(order.begin(), order.end(), 0U);
    const auto by_nearness = [&](std::uint32_t a, std::uint32_t b) {
      return near[a] != near[b] ? near[a] < near[b] : a < b;
    };
    std::ranges::partial_sort(order, order.begin() + neighbours_of_each_, by_nearness);
    neighbours_.insert(neighbours_.end(), order.begin(), order.begin() + neighbours_of_each_);
    const double length = visit_count > 1 ? near[order[std::min(visit_count, 6U) - 1]] : infinity;
    if (length < infinity) lengths.push_back(length);
  }
  if (lengths.empty()) return;
  std::ranges::nth_element(lengths,
                           lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2));
  unit = std::max(1e-3, lengths[lengths.size() / 2]);
}

/// A level outweighs the one below by `ratio` typical amounts of it. The level that measures the
/// way (distance, travel or working time) weighs 1, so that the search's temperature is one of
/// lengths.
void Instance::weigh() {
  constexpr double ratio = 20;
  const auto typical = [&](Term term) -> double {
    switch (term) {
      case Term::unserved: return 0.1;
      case Term::vehicles: return 0.2;
      case Term::unfairness: return 0.02;
      case Term::instability: return 10 * unit;
      default: return unit;
    }
  };
  // One speed for all: a metre weighs what its seconds do.
  const double metre = legs.nowhere() > 1 && legs.time(0, 1) > 0 && legs.time(0, 1) < infinity &&
                               legs.distance(0, 1) > 0
                           ? legs.time(0, 1) / legs.distance(0, 1)
                           : 1;
  std::size_t key = objective.levels.size() - 1;
  for (std::size_t i = 0; i < objective.levels.size(); ++i) {
    const auto term = objective.levels[i].term;
    if (term == Term::distance || term == Term::travel || term == Term::working_time) {
      key = i;
      break;
    }
  }
  for (std::size_t i = 0; i < objective.levels.size(); ++i) {
    const auto term = objective.levels[i].term;
    const double steps = static_cast<double>(key) - static_cast<double>(i);
    weights[static_cast<std::size_t>(term)] =
        term == Term::distance && i == key ? metre : unit / typical(term) * std::pow(ratio, steps);
    if (objective.weights)
      weights[static_cast<std::size_t>(term)] =
          (*objective.weights)[static_cast<std::size_t>(term)];
  }
  counts_delay =
      objective.has(Term::waiting) || objective.has(Term::working_time) ||
      objective.has(Term::tightness) || objective.has(Term::unfairness) ||
      objective.has(Term::instability) ||
      (objective.has(Term::travel) && !profile.is_flat());  // when a leg is driven matters
  const auto level_of = [&](Term term) {
    return std::ranges::find(objective.levels, term, &Level::term) - objective.levels.begin();
  };
  const auto delay = std::min(level_of(Term::waiting), level_of(Term::working_time));
  keeps_slack = level_of(Term::tightness) < delay;
  keeps_promises = level_of(Term::instability) < delay;
  waits_for_promises = keeps_promises && level_of(Term::instability) < level_of(Term::unfairness) &&
                       (profile.is_flat() || level_of(Term::instability) < level_of(Term::travel));
  places_waiting = !profile.is_flat() || (objective.has(Term::instability) && !keeps_promises) ||
                   (objective.has(Term::tightness) && !keeps_slack);
  evaluation = choose_evaluation();
}

/// A roster's technicians and visits may become others, with breaks or more windows.
Instance::Evaluation Instance::choose_evaluation() const {
  const bool is_simple =
      !room_.is_wanted && profile.is_flat() &&
      std::ranges::all_of(duties, [](const Duty& d) { return d.breaks.empty(); }) &&
      !objective.has(Term::lateness) && !objective.has(Term::overtime);
  if (!is_simple) return Evaluation::timing;
  if (!counts_delay && problem.depots.empty()) return Evaluation::legs;
  // With one window, and no due time that work isn't to be delayed beyond.
  const auto is_simple_visit = [](const Node& n) {
    return n.windows <= 1 && !n.under_way && n.due == infinity;
  };
  const bool has_durations = !objective.has(Term::tightness) && !objective.has(Term::unfairness) &&
                             !objective.has(Term::instability) &&
                             std::ranges::all_of(nodes, is_simple_visit);
  return has_durations ? Evaluation::durations : Evaluation::timing;
}

double Instance::begin_in_windows(const Node& node, double arrival) const {
  for (std::uint32_t w = 0; w < node.windows; ++w) {
    const auto& window = windows[node.windows_at + w];
    if (arrival <= window.to + rounding) return std::max(arrival, window.from);
  }
  return infinity;
}

double Instance::latest_in_windows(const Node& node, double bound) const {
  for (std::uint32_t w = node.windows; w-- > 0;) {
    const auto& window = windows[node.windows_at + w];
    if (bound >= window.from - rounding) return std::min(bound, window.to);
  }
  return -infinity;
}

double Instance::energy(const Score& score) const {
  double sum = 0;
  for (std::size_t i = 0; i < term_count; ++i) sum += weights[i] * score.values[i];
  return sum;
}

}  // namespace mf::planning
