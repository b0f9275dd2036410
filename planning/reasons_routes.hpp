#pragma once
// A plan's routes as the instance's nodes, with and without one of their visits.
#include <span>
#include <vector>

#include "planning/instance.hpp"

namespace mf::planning {

class Timing;

using NodeList = std::vector<std::uint32_t>;

/// The plan's routes as nodes, by duty; `invalid_argument` where they aren't the instance's.
[[nodiscard]] Result<std::vector<NodeList>> nodes_of(const Instance& instance, const Plan& plan);

/// A route without one of its visits, nor the depots nobody needs any more.
[[nodiscard]] NodeList without(const Instance& instance, Timing& timing, std::uint32_t duty,
                               std::span<const std::uint32_t> nodes, std::uint32_t visit);

}  // namespace mf::planning
