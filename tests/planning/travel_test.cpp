#include "planning/travel.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "planning/random.hpp"

namespace mf::planning::travel_test {
namespace {

constexpr Seconds hour = 3600, day = 24 * hour;

/// Twice as slow from 7 to 9, half as slow from 22 to 23.
SpeedProfile rush_hours(Seconds time_of_day = 0) {
  std::array<double, 24> factors{};
  factors.fill(1);
  factors[7] = factors[8] = 2;
  factors[22] = 0.5;
  return SpeedProfile(factors, time_of_day);
}

SpeedProfile random_profile(Random& random) {
  std::array<double, 24> factors{};
  for (auto& factor : factors) factor = 0.1 + random.unit() * random.unit() * 9.9;
  return SpeedProfile(factors, (random.unit() - 0.5) * 3 * day);
}

}  // namespace

TEST_CASE("great circle: distances are those of the sphere with the earth's mean radius") {
  const GreatCircleTravel::Road straight{.detour = 1, .metres_per_second = 10};
  // Medellín, Bogotá, the north pole, and four points of the equator.
  const GreatCircleTravel travel(
      {{6.2518, -75.5636}, {4.6097, -74.0817}, {90, 0}, {0, 0}, {0, 90}, {0, 180}, {0, 1}},
      straight);
  CHECK(travel.size() == 7);
  // By the spherical law of cosines: cos d = sin φ1 sin φ2 + cos φ1 cos φ2 cos Δλ, d = 0.038527.
  CHECK(travel.leg(0, 1).distance == Approx(245'454).epsilon(1e-4));
  constexpr double radius = 6'371'008.8, pi = 3.14159265358979323846;
  CHECK(travel.leg(2, 3).distance == Approx(radius * pi / 2));
  CHECK(travel.leg(3, 4).distance == Approx(radius * pi / 2));
  CHECK(travel.leg(3, 5).distance == Approx(radius * pi));  // antipodes
  CHECK(travel.leg(3, 6).distance == Approx(111'195.08));   // a degree: 40,030,228.9 m / 360
  CHECK(travel.leg(3, 6).time == Approx(11'119.508));
}

TEST_CASE("great circle: roads are 1.4 times as long, driven at 27 km/h, unless told otherwise") {
  const GreatCircleTravel travel({{0, 0}, {0, 1}});
  CHECK(travel.leg(0, 1).distance == Approx(111'195.08 * 1.4));
  CHECK(travel.leg(0, 1).time == Approx(111'195.08 * 1.4 / 7.5));
}

TEST_CASE(
    "great circle: near places are as exact as far ones, both ways alike, and none is far from "
    "itself") {
  // A metre to the north is 360 / 40,030,228.9 of a degree.
  const GreatCircleTravel travel({{4.6, -74.1}, {4.6 + 360 / 40'030'228.9, -74.1}, {-33.4, -70.6}},
                                 {.detour = 1});
  CHECK(travel.leg(0, 1).distance == Approx(1).epsilon(1e-6));
  for (std::size_t a = 0; a < 3; ++a) {
    CHECK(travel.leg(a, a).distance == 0);
    CHECK(travel.leg(a, a).time == 0);
    for (std::size_t b = 0; b < 3; ++b)
      CHECK(travel.leg(a, b).distance == travel.leg(b, a).distance);
  }
}

TEST_CASE("plane: a unit of distance takes a second") {
  const PlaneTravel travel({{0, 0}, {3, 4}, {3, -8}});
  CHECK(travel.size() == 3);
  CHECK(travel.leg(0, 1).distance == 5);
  CHECK(travel.leg(0, 1).time == 5);
  CHECK(travel.leg(1, 2).distance == 12);
  CHECK(travel.leg(2, 2).distance == 0);
}

TEST_CASE("matrix: legs are read row by row, from and to") {
  const MatrixTravel travel(2, {1, 2, 3, 4}, {10, 20, 30, 40});
  CHECK(travel.size() == 2);
  CHECK(travel.is_square());
  CHECK(travel.leg(0, 1).time == 2);
  CHECK(travel.leg(1, 0).time == 3);
  CHECK(travel.leg(1, 0).distance == 30);
  CHECK(travel.leg(1, 1).distance == 40);
  CHECK_FALSE(MatrixTravel(2, {1, 2, 3}, {1, 2, 3, 4}).is_square());
  CHECK_FALSE(MatrixTravel(2, {1, 2, 3, 4}, {}).is_square());
  CHECK(MatrixTravel(0, {}, {}).is_square());
}

TEST_CASE("profile: without one a leg takes its time at any hour") {
  const SpeedProfile flat;
  CHECK(flat.is_flat());
  CHECK(flat.arrival(1000, 50) == 1050);
  CHECK(flat.departure(1050, 50) == 1000);
}

TEST_CASE("profile: a leg goes on at the speed of each hour it runs into") {
  const auto profile = rush_hours();
  CHECK_FALSE(profile.is_flat());
  CHECK(profile.arrival(6 * hour, 1800) == Approx(6.5 * hour));
  CHECK(profile.arrival(7 * hour, 1800) == Approx(8 * hour));
  CHECK(profile.arrival(6.5 * hour, hour) ==
        Approx(7.5 * hour + 1800));  // half an hour free, half slow
  CHECK(profile.arrival(6 * hour, 2.5 * hour) ==
        Approx(9.5 * hour));  // 1 free, 1 in two slow ones, ½ free
  CHECK(profile.arrival(22 * hour, 2 * hour) == Approx(23 * hour));  // twice as fast
  CHECK(profile.departure(8 * hour, 1800) == Approx(7 * hour));
  CHECK(profile.departure(9.5 * hour, 2.5 * hour) == Approx(6 * hour));
}

TEST_CASE("profile: every day is like the first, also before the horizon begins") {
  const auto profile = rush_hours();
  CHECK(profile.arrival(3 * day + 7 * hour, 1800) == Approx(3 * day + 8 * hour));
  CHECK(profile.arrival(-2 * day + 7 * hour, 1800) == Approx(-2 * day + 8 * hour));
  CHECK(profile.arrival(23.5 * hour, hour) == Approx(24.5 * hour));
  // A day holds 24 hours of way: 21 in the plain ones, 2/2 in the slow ones, 1·2 in the fast one.
  CHECK(profile.arrival(5 * hour, 48 * hour) == Approx(2 * day + 5 * hour));
}

TEST_CASE("profile: the horizon may begin at any time of the day") {
  const auto profile = rush_hours(6 * hour);
  CHECK(profile.arrival(0, 1800) == Approx(1800));
  CHECK(profile.arrival(hour, 1800) == Approx(2 * hour));
}

TEST_CASE("profile: who leaves later never arrives earlier, and no leg takes less than nothing") {
  Random random(1);
  for (int p = 0; p < 40; ++p) {
    const auto profile = random_profile(random);
    for (int i = 0; i < 200; ++i) {
      const Seconds leave = (random.unit() - 0.2) * 5 * day;
      const Seconds later = leave + random.unit() * (i % 2 == 0 ? 10 : 3 * hour);
      const Seconds leg = random.unit() * (i % 3 == 0 ? 60 : 2 * day);
      const Seconds longer = leg + random.unit() * hour;
      INFO("profile " << p << ": " << leave << " " << later << " " << leg);
      CHECK(profile.arrival(leave, leg) <= profile.arrival(later, leg) + 1e-7);
      CHECK(profile.arrival(leave, leg) <= profile.arrival(leave, longer) + 1e-7);
      CHECK(profile.arrival(leave, leg) >= leave - 1e-7);
      CHECK(profile.arrival(leave, 0) == Approx(leave).margin(1e-7));
      // Between ten times as slow and ten times as fast.
      CHECK(profile.arrival(leave, leg) - leave <= leg * 10 + 1e-6);
      CHECK(profile.arrival(leave, leg) - leave >= leg / 10 - 1e-6);
    }
  }
}

TEST_CASE("profile: the latest departure is the one that arrives in time") {
  Random random(2);
  for (int p = 0; p < 40; ++p) {
    const auto profile = random_profile(random);
    for (int i = 0; i < 200; ++i) {
      const Seconds leave = (random.unit() - 0.2) * 5 * day;
      const Seconds leg = random.unit() * (i % 3 == 0 ? 60 : 2 * day);
      INFO("profile " << p << ": " << leave << " " << leg);
      CHECK(profile.departure(profile.arrival(leave, leg), leg) == Approx(leave).margin(1e-6));
      CHECK(profile.arrival(profile.departure(leave, leg), leg) == Approx(leave).margin(1e-6));
    }
  }
}

TEST_CASE("profile: never stays never") {
  constexpr double never = std::numeric_limits<double>::infinity();
  for (const auto& profile : {SpeedProfile(), rush_hours(), rush_hours(hour)}) {
    CHECK(profile.arrival(never, 100) == never);
    CHECK(profile.departure(never, 100) == never);
    CHECK(profile.departure(-never, 100) == -never);
  }
}

}  // namespace mf::planning::travel_test
