// What has happened, and what was promised to people, as against the rules.
//
// A visit that is under way is a fact: whoever is at it got there, was allowed to and has what it
// takes, however the rules read now; its route ends when it ends. What is merely pinned to a place
// is a commitment that may have become impossible: the front of a route keeps as many of its
// pinned visits as can be done one after the other, the others are lost, each by itself. So one
// impossible commitment costs one visit and never the day.
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

void Instance::take_facts_for_granted(std::uint32_t d) {
  if (fixed[d].empty() || !nodes[fixed[d].front()].under_way) return;
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
  double free = node.open + work(duty, node);
  for (std::size_t b = duty.breaks.size(); b-- > 0;) {
    if (duty.breaks[b].start.to >= free) continue;
    duty.breaks.erase(duty.breaks.begin() + static_cast<std::ptrdiff_t>(b));
    duty.break_numbers.erase(duty.break_numbers.begin() + static_cast<std::ptrdiff_t>(b));
  }
  const double way_home = legs.time(node.place, duty.end);
  for (const auto& rest : duty.breaks)
    if (profile.arrival(free, way_home) > rest.start.to)
      free = std::max(free, rest.start.from) + rest.duration;
  duty.to_with_overtime = std::max(duty.to_with_overtime, profile.arrival(free, way_home));
}

void Instance::lose_impossible_pins() {
  Timing timing(*this);
  const auto is_out = [&](std::uint32_t d) {
    return !fixed[d].empty() && nodes[fixed[d].front()].under_way;
  };
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
      serves_[std::size_t{duties[d].kind} * visit_count + v] = 0;
    }
    if (!kept.empty() && !is_out(d)) ++driven;
    duties[d].lost = static_cast<std::uint32_t>(fixed[d].size() - kept.size());
    duties[d].fixed = static_cast<std::uint32_t>(kept.size());
    fixed[d] = std::move(kept);
  }
}

}  // namespace mf::planning
