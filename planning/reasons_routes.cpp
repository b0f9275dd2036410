#include "planning/reasons_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "planning/timing.hpp"

namespace mf::planning {

Result<std::vector<NodeList>> nodes_of(const Instance& instance, const Plan& plan) {
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> duty_of;
  for (std::size_t d = 0; d < instance.duties.size(); ++d)
    duty_of[{instance.duties[d].technician, instance.duties[d].shift}] = d;
  std::vector<NodeList> nodes(instance.duties.size());
  std::vector<bool> is_served(instance.visit_count);
  for (std::size_t r = 0; r < plan.routes.size(); ++r) {
    const auto& route = plan.routes[r];
    const auto no = [r](std::string_view why) {
      return fail(ErrorCode::invalid_argument, fmt::format("routes.{}: {}", r, why));
    };
    const auto duty = duty_of.find({route.technician, route.shift});
    if (duty == duty_of.end()) return no("there is no such shift");
    auto& list = nodes[duty->second];
    if (!list.empty()) return no("another route is of the same shift");
    for (const auto& stop : route.stops) {
      if (stop.kind == StopKind::rest) continue;
      const bool is_visit = stop.kind == StopKind::visit;
      const auto count = is_visit ? instance.visit_count : instance.problem.depots.size();
      if (stop.which >= count) return no("there is no such stop");
      if (is_visit && is_served[stop.which]) return no("a visit is in the plan twice");
      if (is_visit) is_served[stop.which] = true;
      list.push_back(
          static_cast<std::uint32_t>(stop.which + (is_visit ? 0 : instance.visit_count)));
    }
  }
  return nodes;
}

NodeList without(const Instance& instance, Timing& timing, std::uint32_t duty,
                 std::span<const std::uint32_t> nodes, std::uint32_t visit) {
  NodeList rest;
  std::ranges::remove_copy(nodes, std::back_inserter(rest), visit);
  for (std::size_t i = 0; i < rest.size();) {
    if (!instance.is_depot(rest[i])) {
      ++i;
      continue;
    }
    auto fewer = rest;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (timing.carries(duty, fewer)) rest = std::move(fewer);
    else ++i;
  }
  return rest;
}

}  // namespace mf::planning
