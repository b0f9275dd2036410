#include "tests/planning/road.hpp"

#include <cmath>

namespace mf::planning {

Travel road(const std::vector<double>& at, Seconds seconds, double metres) {
  std::vector<double> times, distances;
  for (const double from : at)
    for (const double to : at) {
      times.push_back(seconds * std::abs(from - to));
      distances.push_back(metres * std::abs(from - to));
    }
  return MatrixTravel(at.size(), std::move(times), std::move(distances));
}

}  // namespace mf::planning
