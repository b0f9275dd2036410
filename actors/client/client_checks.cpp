#include "actors/client/client_checks.hpp"

namespace mf::client {
namespace {

bool is_in(const Point& place, const std::optional<Point>& centre) {
  return centre && distance_m(place, *centre) <= zone_distance_max_m;
}

}  // namespace

void check_place(FieldCheck& check, const Point& place, const std::optional<Point>& zone_centre) {
  check.place("", place);
  if (check.rejection()) return;
  const Point swapped{place.lon, place.lat};
  const bool is_far = zone_centre && !is_in(place, zone_centre);
  check.axes("lat", !(is_far && is_in(swapped, zone_centre)))
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
