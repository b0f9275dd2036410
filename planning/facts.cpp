// What has happened, and what was promised to people, as against the rules.
//
// A visit that is under way is a fact: whoever is at it got there, was allowed to and has what it
// takes, however the rules read now; its route ends when it ends. It may have begun before the
// shift and last beyond it: what else there is to do waits for the shift, and the technician's
// other shifts keep clear of it. What is merely pinned to a place is a commitment that may have
// become impossible: the front of a route keeps as many of its pinned visits as can be done one
// after the other, the others are lost, each by itself. So one impossible commitment costs one
// visit and never the day.
#include <algorithm>
#include <tuple>

#include "planning/instance.hpp"
#include "planning/timing.hpp"

namespace mf::planning {

bool Instance::is_pinned_before(std::uint32_t a, std::uint32_t b) const {
  const auto key = [&](std::uint32_t v) {
    const auto& pin = *problem.visits[v].pin;
    return std::tuple(!pin.started, -pin.started.value_or(0), pin.place.value_or(0), v);
  };
  return key(a) < key(b);
}

bool Instance::is_out(std::uint32_t d) const {
  return !fixed[d].empty() && nodes[fixed[d].front()].under_way;
}

void Instance::take_facts_for_granted() {
  for (std::uint32_t first = 0, last = 0; first < duties.size(); first = last) {
    std::vector<std::uint32_t> shifts;
    for (; last < duties.size() && duties[last].technician == duties[first].technician; ++last)
      shifts.push_back(last);
    if (std::ranges::any_of(shifts, [&](auto d) { return is_out(d); }))
      keep_apart(std::move(shifts));
  }
}

/// Who is still at work in one shift begins the next when that has ended, and has ended the one
/// before when it began.
void Instance::keep_apart(std::vector<std::uint32_t> shifts) {
  const auto& who = problem.technicians[duties[shifts.front()].technician];
  std::ranges::sort(
      shifts, [&](auto a, auto b) { return is_before(who, duties[a].shift, duties[b].shift); });
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    if (!is_out(shifts[i])) continue;
    take_for_granted(shifts[i]);
    const auto began = nodes[fixed[shifts[i]].front()].open;
    for (std::size_t before = 0; before < i; ++before) {
      auto& duty = duties[shifts[before]];
      if (!is_out(shifts[before])) duty.to_with_overtime = std::min(duty.to_with_overtime, began);
    }
    for (std::size_t later = i + 1; later < shifts.size(); ++later) {
      auto& duty = duties[shifts[later]];
      duty.from = std::max(duty.from, duties[shifts[i]].to_with_overtime);
      drop_breaks_before(duty, duty.from);
    }
  }
}

void Instance::take_for_granted(std::uint32_t d) {
  const auto v = fixed[d].front();
  const auto& node = nodes[v];
  auto& duty = duties[d];
  if (legs.time(duty.start, node.place) == no_road) duty.start = node.place;
  if (legs.time(node.place, duty.end) == no_road) duty.end = legs.nowhere();
  for (std::uint32_t k = 0; k < supplies; ++k) {
    auto& used = use[std::size_t{v} * supplies + k];
    used = std::min(used, has[std::size_t{d} * supplies + k]);
  }
  needs_tools[v] = {};
  // Breaks that should have begun by the time it ends were taken before, or never will be.
  double free = free_after(duty, node);
  drop_breaks_before(duty, free);
  const double way_home = legs.time(node.place, duty.end);
  for (const auto& rest : duty.breaks)
    if (profile.arrival(free, way_home) > rest.start.to)
      free = std::max(free, rest.start.from) + rest.duration;
  duty.to_with_overtime = std::max(duty.to_with_overtime, profile.arrival(free, way_home));
}

void Instance::lose_impossible_pins() {
  Timing timing(*this);
  std::size_t driven = 0;
  for (std::uint32_t d = 0; d < duties.size(); ++d) driven += is_out(d) ? 1 : 0;
  vehicles_max = std::max(vehicles_max, driven);
  for (std::uint32_t d = 0; d < duties.size(); ++d) {
    const bool may_go = is_out(d) || driven < vehicles_max;
    std::vector<std::uint32_t> kept;
    for (const auto v : fixed[d]) {
      Score score;
      kept.push_back(v);
      const bool is_elsewhere = nodes[v].under_way && kept.size() > 1;
      if (may_go && !is_elsewhere && can_serve(duties[d].kind, v) &&
          timing.evaluate(d, kept, score))
        continue;
      kept.pop_back();
      nodes[v].is_lost = true;
      // A duty with pinned visits is its own kind.
      serves_[std::size_t{v} * kinds + duties[d].kind] = 0;
    }
    if (!kept.empty() && !is_out(d)) ++driven;
    duties[d].lost = static_cast<std::uint32_t>(fixed[d].size() - kept.size());
    duties[d].fixed = static_cast<std::uint32_t>(kept.size());
    fixed[d] = std::move(kept);
  }
}

}  // namespace mf::planning
