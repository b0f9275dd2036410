#include "base/geo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mf {

double distance_m(const Point& a, const Point& b) {
  constexpr double degree = std::numbers::pi / 180;
  const auto half = [](double degrees) {
    const double s = std::sin(degrees * degree / 2);
    return s * s;
  };
  const double h = half(b.lat - a.lat) +
                   std::cos(a.lat * degree) * std::cos(b.lat * degree) * half(b.lon - a.lon);
  return 2 * earth_radius_m * std::asin(std::sqrt(std::min(1.0, h)));
}

bool is_null_island(const Point& point) {
  constexpr double near_m = 1'000;
  return distance_m(point, {0, 0}) < near_m;
}

bool is_uninhabited(const Point& point) {
  constexpr double south = -60, north = 80;
  return point.lat < south || point.lat > north;
}

}  // namespace mf
