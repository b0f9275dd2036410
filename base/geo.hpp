#pragma once

namespace mf {

/// Degrees, WGS 84.
struct Point {
  double lat = 0, lon = 0;
};

inline constexpr double earth_radius_m = 6'371'008.8;  ///< the mean one (IUGG)

/// Metres along the great circle (haversine).
[[nodiscard]] double distance_m(const Point& a, const Point& b);

/// Where a number is written that is no place: 0, 0 in the sea off Africa, where a phone without a
/// fix and an empty form stand.
[[nodiscard]] bool is_null_island(const Point& point);

/// So far south or north that nobody has a connection there: written as a latitude, that is a
/// longitude, and the axes were taken for each other.
[[nodiscard]] bool is_uninhabited(const Point& point);

}  // namespace mf
