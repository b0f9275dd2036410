#include <catch2/catch.hpp>

#include "base/geo.hpp"
#include "base/window.hpp"

using namespace mf;
using namespace std::chrono_literals;

TEST_CASE("geo: distances along the great circle") {
  CHECK(distance_m({6.25, -75.57}, {6.25, -75.57}) == 0);
  CHECK(distance_m({0, 0}, {0, 1}) == Approx(111'195).margin(1));
  CHECK(distance_m({90, 0}, {-90, 0}) == Approx(20'015'115).margin(1));
  CHECK(is_null_island({0.0001, -0.0001}));
  CHECK_FALSE(is_null_island({0, -75}));
  CHECK(is_uninhabited({-75.57, 6.24}));
  CHECK(is_uninhabited({81, 0}));
  CHECK_FALSE(is_uninhabited({78.2, 15.6}));    // Longyearbyen
  CHECK_FALSE(is_uninhabited({-54.8, -68.3}));  // Ushuaia
}

TEST_CASE("window: what touches or overlaps is one, in order") {
  const auto at = [](Duration d) { return Timestamp{d}; };
  const auto windows = joined({{at(14h), at(16h)},
                               {at(8h), at(10h)},
                               {at(10h), at(12h)},
                               {at(15h), at(15h + 30min)},
                               {at(20h), at(21h)}});
  CHECK(windows == std::vector<Window>{{at(8h), at(12h)}, {at(14h), at(16h)}, {at(20h), at(21h)}});
  CHECK(joined({}).empty());
}

TEST_CASE("window: it is about the begin of the work, its end included") {
  const std::vector<Window> windows{{Timestamp{8h}, Timestamp{10h}}};
  CHECK(allows_begin(windows, Timestamp{8h}));
  CHECK(allows_begin(windows, Timestamp{10h}));
  CHECK_FALSE(allows_begin(windows, Timestamp{10h + 1ms}));
  CHECK_FALSE(allows_begin(windows, Timestamp{8h - 1ms}));
  CHECK(allows_begin({}, Timestamp{3h}));
}
