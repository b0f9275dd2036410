#pragma once
// Places on a straight road.
#include <vector>

#include "planning/travel.hpp"

namespace mf::planning {

/// `at`: each place's mark on the road. From one mark to the next it takes `seconds` and is
/// `metres` long.
Travel road(const std::vector<double>& at, Seconds seconds, double metres);

}  // namespace mf::planning
