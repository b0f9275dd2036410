#include "actors/client/client_checks.hpp"

namespace mf::client {
namespace {

/// Latitudes at which nobody has a connection: written there, the axes were taken for each other.
constexpr double inhabited_south = -60, inhabited_north = 80;

bool is_in(const Point& place, const std::optional<Point>& centre) {
  return centre && distance_m(place, *centre) <= zone_distance_max_m;
}

}  // namespace

void check_place(FieldCheck& check, const Point& place, const std::optional<Point>& zone_centre) {
  check.latitude("lat", place.lat).longitude("lon", place.lon);
  if (check.rejection()) return;
  const bool is_uninhabited = place.lat < inhabited_south || place.lat > inhabited_north;
  const Point swapped{place.lon, place.lat};
  const bool is_far = zone_centre && !is_in(place, zone_centre);
  check.that("lat", !is_null_island(place), "null_island", "0, 0 is no place"_en)
      .that("lat", !(is_far && is_in(swapped, zone_centre)) && !is_uninhabited, "axes_swapped",
            "latitude and longitude were taken for each other"_en)
      .that("lon", !(is_far && is_in({place.lat, -place.lon}, zone_centre)), "sign_missing",
            "west of Greenwich longitudes are negative"_en)
      .that("lat", !(is_far && is_in({-place.lat, place.lon}, zone_centre)), "sign_missing",
            "south of the equator latitudes are negative"_en)
      .that("lat", !is_far, "far_from_zone", "more than 100 km from the centre of its zone"_en);
}

bool is_doubtful(const Point& place, const std::optional<Point>& zone_centre) {
  return zone_centre && distance_m(place, *zone_centre) > zone_distance_max_m / 2;
}

}  // namespace mf::client
