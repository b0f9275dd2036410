// When a phone's positions say that its technician is at the site.
#include <catch2/catch.hpp>

#include "gateway/topics/fence.hpp"

namespace mf::gateway::topics {
namespace {

using namespace std::chrono_literals;

const auto start = *parse_rfc3339("2026-11-30T12:00:00Z");
const Fence::Site site{"ord_1", "vis_1", 6.25, -75.57};

/// Positions as they come, each a second old.
struct Way {
  Fence fence;
  Timestamp now = start;
  Fence::Rules rules{200, 20s};

  bool at(double lat, Duration after = 5s, std::optional<double> accuracy = 10.0,
          Duration age = 1s) {
    now += after;
    Position position;
    position.at = now - age;
    position.lat = lat;
    position.lon = -75.57;
    position.accuracy = accuracy;
    return fence.see(position, now, rules);
  }
};
constexpr double inside = 6.251, outside = 6.26;  // 111 m and 1.1 km away

TEST_CASE("fence: who stays at the site is there, and it is said once") {
  Way way;
  way.fence.watch(site);
  CHECK_FALSE(way.at(outside));
  CHECK_FALSE(way.at(inside));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(way.at(inside));
  CHECK(way.at(inside));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(way.at(inside));
  // It did not get through.
  way.fence.forget();
  CHECK(way.at(inside));
}

TEST_CASE("fence: who only passes by is not there") {
  Way way;
  way.fence.watch(site);
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(way.at(inside));
    CHECK_FALSE(way.at(inside));
    CHECK_FALSE(way.at(outside));
  }
}

TEST_CASE("fence: what is coarse, unknown or old counts for nothing") {
  Way way;
  way.fence.watch(site);
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(way.at(inside, 5s, 500.0));
    CHECK_FALSE(way.at(inside, 5s, std::nullopt));
    CHECK_FALSE(way.at(inside, 5s, -1.0));
    CHECK_FALSE(way.at(inside, 5s, 10.0, 5min));
    CHECK_FALSE(way.at(inside, 5s, 10.0, -1min));
  }
  // Nor does it say that somebody has left.
  CHECK_FALSE(way.at(inside));
  CHECK_FALSE(way.at(outside, 10s, 2000.0));
  CHECK(way.at(inside, 15s));
}

TEST_CASE("fence: between positions that lie far apart in time nobody knows") {
  Way way;
  way.fence.watch(site);
  for (int i = 0; i < 5; ++i) CHECK_FALSE(way.at(inside, 2min));
  CHECK(way.at(inside, 20s));
}

TEST_CASE("fence: another visit begins anew, and without one there is no site") {
  Way way;
  CHECK_FALSE(way.at(inside, 1min));
  CHECK_FALSE(way.at(inside, 30s));
  way.fence.watch(site);
  way.at(inside);
  way.fence.watch(site);  // the same: it goes on
  CHECK(way.at(inside, 20s));
  way.fence.watch(Fence::Site{"ord_2", "vis_2", 6.25, -75.57});
  CHECK_FALSE(way.at(inside));
  CHECK(way.at(inside, 20s));
  way.fence.watch({});
  CHECK_FALSE(way.at(inside, 20s));
}

TEST_CASE("fence: a stay of nothing is a single good position") {
  Way way;
  way.rules.stay = 0s;
  way.fence.watch(site);
  CHECK(way.at(inside));
}

}  // namespace
}  // namespace mf::gateway::topics
