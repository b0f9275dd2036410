// What is believed of the places and times that a phone reports.
#include <catch2/catch.hpp>

#include "gateway/api/stamps.hpp"
#include "gateway/topics/position.hpp"

namespace mf::gateway::topics {
namespace {

using namespace std::chrono_literals;

const auto noon = *parse_rfc3339("2026-11-30T12:00:00Z");
const auto year_2099 = *parse_rfc3339("2099-01-01T00:00:00Z");

Position position(std::uint64_t seq, Timestamp at, double lat = 6.25, double lon = -75.57) {
  Position result;
  result.seq = seq;
  result.at = at;
  result.lat = lat;
  result.lon = lon;
  return result;
}

std::vector<Position> report(std::initializer_list<Timestamp> stamps) {
  std::vector<Position> points;
  for (const auto at : stamps) points.push_back(position(points.size() + 1, at));
  return points;
}

/// The offset that is found when reports of one point come one after the other.
struct Phone {
  std::optional<Duration> says(Duration age) {
    auto points = report({now - age});
    const auto offset = clock.correct(points, now);
    shown = points.at(0).at;
    return offset;
  }
  PhoneClock clock;
  Timestamp now = noon, shown;
};

TEST_CASE("positions: one stamp days ahead of the others is dropped alone") {
  PhoneClock clock;
  for (auto points : {report({noon - 2s, year_2099, noon}), report({year_2099, noon - 2s, noon}),
                      report({noon - 2s, noon, year_2099})}) {
    CHECK_FALSE(clock.correct(points, noon));
    REQUIRE(points.size() == 2);
    CHECK(points[0].at == noon - 2s);
    CHECK(points[1].at == noon);
  }
  CHECK(newest_stamp({noon, year_2099}) == noon);
  CHECK(newest_stamp({year_2099}) == year_2099);
}

TEST_CASE("positions: a clock whose live reports are always equally old is behind") {
  for (const Duration behind : {Duration(3min), Duration(5h)}) {
    Phone phone;
    CHECK_FALSE(phone.says(behind));
    phone.now += 1s;
    CHECK_FALSE(phone.says(behind + 40ms));
    phone.now += 1s;
    CHECK(phone.says(behind + 100ms) == -behind);
    CHECK(phone.shown == phone.now - 100ms);
    // What it queues meanwhile is as far off, and a clock that is set right is believed again.
    phone.now += 10min;
    CHECK(phone.says(behind + 9min) == -behind);
    CHECK(phone.shown == phone.now - 9min);
    CHECK_FALSE(phone.says(20ms));
    CHECK(phone.shown == phone.now - 20ms);
  }
}

TEST_CASE("positions: a queue that is emptied is old, and its clock is right") {
  Phone phone;
  for (Duration age = 5h; age > 4h; age -= 4800ms, phone.now += 200ms) {
    CHECK_FALSE(phone.says(age));
    CHECK(phone.shown == phone.now - age);
  }
  Phone quick;
  for (int i = 0; i < 10; ++i) CHECK_FALSE(quick.says(5h - i * 50ms));
}

TEST_CASE("positions: nobody is a hundred kilometres away a second later") {
  const auto here = position(1, noon);
  const auto there = [](Duration later, double lat, double lon) {
    return position(2, noon + later, lat, lon);
  };
  CHECK(is_jump(here, there(1s, 7.2, -75.57)));
  CHECK(is_jump(here, there(12h, -75.57, 6.25)));  // latitude and longitude exchanged
  CHECK_FALSE(is_jump(here, there(10min, 7.2, -75.57)));
  CHECK_FALSE(is_jump(here, there(1s, 6.27, -75.57)));
}

}  // namespace
}  // namespace mf::gateway::topics
