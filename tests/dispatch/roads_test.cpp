// How long ways take, by whom that is known, and what becomes of a road service that is unwell.
#include <catch2/catch.hpp>
#include <cmath>
#include <thread>

#include "actors/dispatch/road_asker.hpp"
#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;
using namespace mf::dispatch;

namespace {

const Spot a{6.20, -75.57}, b{6.25, -75.57}, c{6.25, -75.60};

struct SetClock final : Clock {
  Timestamp at = morning();
  Timestamp now() const override { return at; }
};

std::string table(std::size_t rows, std::size_t columns, const std::string& cell) {
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row == 0 ? "[" : ",[";
    for (std::size_t column = 0; column < columns; ++column)
      text += (column == 0 ? "" : ",") + cell;
    text += "]";
  }
  return "[" + text + "]";
}
std::string ok(const std::string& durations, const std::string& more = "") {
  return R"({"code":"Ok","durations":)" + durations + more + "}";
}

}  // namespace

TEST_CASE("roads: without a service a way is the great circle times the detour") {
  const Roads roads;
  // 0.05 degrees of latitude on a sphere of 6,371,008.8 m: 5,559.75 m.
  CHECK(roads.leg(a, b).distance == Approx(5559.75 * 1.4).epsilon(0.001));
  CHECK(roads.leg(a, b).time == Approx(5559.75 * 1.4 / 7.5).epsilon(0.001));
  CHECK(roads.leg({}, b).time == 20 * 60);
  CHECK(roads.state() == "great_circle");
}

TEST_CASE("roads: traffic makes ways longer by the hour in Bogota") {
  RoadSettings settings;
  settings.factors.emplace().fill(1);
  (*settings.factors)[8] = 2;  // from 08:00 to 09:00
  const Roads roads(settings);
  const auto way = roads.leg(a, b).time;
  const auto at_eight = *roads.arrival(a, b, morning()) - morning();  // 08:00 in Bogota
  CHECK(static_cast<double>(at_eight.count()) / 1000 == Approx(2 * way).epsilon(0.001));
  const auto at_ten = *roads.arrival(a, b, morning() + 2h) - (morning() + 2h);
  CHECK(static_cast<double>(at_ten.count()) / 1000 == Approx(way).epsilon(0.001));
  // Ten minutes of it at the slow hour's speed are five minutes of way.
  const auto later = morning() + 50min;
  const auto over_the_hour = *roads.arrival(a, b, later) - later;
  CHECK(static_cast<double>(over_the_hour.count()) / 1000 == Approx(way + 300).epsilon(0.001));
}

TEST_CASE("roads: a question names places once, sources first") {
  CHECK(table_target({{a}, {b, c}}) ==
        "/table/v1/driving/-75.5700,6.2000;-75.5700,6.2500;-75.6000,6.2500"
        "?sources=0&destinations=1;2&annotations=duration,distance");
}

TEST_CASE("roads: an answer is believed as a whole or not at all") {
  const RoadCache::Question one{{a}, {b, c}};
  const auto said = read_table(ok("[[600,-1]]", R"(,"distances":[[7000,7000]])"), one);
  REQUIRE(said);
  CHECK((*said)[0].time == 600);
  CHECK((*said)[0].distance == 7000);
  CHECK((*said)[1].is_no_road());
  const auto without = read_table(ok("[[600,null]]"), one);
  REQUIRE(without);
  CHECK((*without)[0].distance == 600 * 7.5);
  CHECK((*without)[1].is_no_road());
  CHECK(read_table(ok("[[600,4294967295]]"), one)->at(1).is_no_road());

  for (const auto& lie : {
           std::string(),
           std::string("null"),
           std::string("[]"),
           std::string("<html>"),
           std::string(R"({"code":"NoSegment"})"),
           std::string(R"({"code":"Ok"})"),
           ok("[[600,NaN]]"),
           ok("[[600,1e999]]"),
           ok("[[600,-5]]"),
           ok(R"([[600,"600"]])"),
           ok("[[600]]"),
           ok("[[600,600],[600,600]]"),
           ok("[600,600]"),
           ok("[[600,600]]", R"(,"distances":[[7000]])"),
           ok("[[600,600]]", R"(,"distances":[[7000,-2]])"),
           ok("[[600,1]]"),      // 6.5 km in a second
           ok("[[600,90000]]"),  // or in a day
           ok(table(1000, 1000, "1")),
       }) {
    INFO(lie.substr(0, 60));
    CHECK_FALSE(read_table(lie, one));
  }
}

TEST_CASE("road cache: what isn't known is wanted, asked for in tables, and known from then on") {
  SetClock clock;
  RoadCache cache({}, clock);
  CHECK_FALSE(cache.next());
  CHECK_FALSE(cache.leg(a, b));
  CHECK_FALSE(cache.leg(a, c));
  CHECK_FALSE(cache.leg(c, b));
  CHECK_FALSE(cache.leg(a, a));  // no way at all
  const auto generation = cache.generation();
  std::size_t asked = 0;
  while (const auto question = cache.next()) {
    REQUIRE(++asked <= 3);
    cache.answer(*question, std::vector<planning::Leg>(question->from.size() * question->to.size(),
                                                       {300, 2000}));
  }
  CHECK(cache.generation() > generation);
  for (const auto& [from, to] : {std::pair(a, b), {a, c}, {c, b}}) {
    REQUIRE(cache.leg(from, to));
    CHECK(cache.leg(from, to)->time == 300);
  }
  CHECK_FALSE(cache.next());
  // Near by is the same place; old knowledge counts, and is asked for again.
  CHECK(cache.leg({a.lat + 0.0003, a.lon}, b));
  clock.at += 13h;
  CHECK(cache.leg(a, b));
  CHECK(cache.next());
}

TEST_CASE("road cache: it holds so much, and wants so much") {
  SetClock clock;
  RoadCache cache({.legs_max = 1000, .wanted_max = 500, .places_max = 10}, clock);
  std::vector<Spot> places;
  for (int i = 0; i < 100; ++i) places.push_back({6 + 0.01 * i, -75.57});
  std::vector<double> times(10'000, 7), distances(10'000, 7);
  for (int round = 0; round < 40; ++round) {
    cache.fill(places, times, distances);
    std::size_t pairs = 0;
    while (const auto question = cache.next()) {
      REQUIRE(question->from.size() <= 10);
      REQUIRE(question->to.size() <= 10);
      pairs += question->from.size() * question->to.size();
      cache.answer(*question, std::vector<planning::Leg>(
                                  question->from.size() * question->to.size(), {60, 500}));
    }
    CHECK(pairs >= 500);
    CHECK(cache.size() <= 1000 + 100);
  }
  CHECK(std::ranges::count(times, 60.0) > 0);
}

namespace {

/// Says what a test wants it to say, and counts how often it was asked.
struct Service final : RoadService {
  struct Shared {
    std::mutex mutex;
    std::function<Result<std::string>(const RoadCache::Question&)> say;
    int asked = 0;
  };
  std::shared_ptr<Shared> shared;
  explicit Service(std::shared_ptr<Shared> s) : shared(std::move(s)) {}

  Result<std::string> get(const std::string& target) override {
    const auto numbers = [&](std::string_view name) {
      const auto begin = target.find(name) + name.size();
      const auto list = target.substr(begin, target.find('&', begin) - begin);
      return static_cast<std::size_t>(std::ranges::count(list, ';')) + 1;
    };
    RoadCache::Question size;
    size.from.resize(numbers("sources="));
    size.to.resize(numbers("destinations="));
    std::unique_lock lock(shared->mutex);
    ++shared->asked;
    const auto say = shared->say;
    lock.unlock();
    return say(size);
  }
};

template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!condition())
    if (std::chrono::steady_clock::now() > end) return false;
    else std::this_thread::sleep_for(5ms);
  return true;
}

}  // namespace

TEST_CASE(
    "road asker: a service that lies or fails is let alone, and heard again when it is well") {
  const auto shared = std::make_shared<Service::Shared>();
  shared->say = [](const RoadCache::Question&) { return Result<std::string>(ok("[[-600]]")); };
  auto cache = std::make_shared<RoadCache>(RoadCache::Limits{}, system_clock());
  const Roads roads({}, cache);
  const RoadAsker asker(cache, std::make_unique<Service>(shared));
  const auto circle = Roads().leg(a, b).time;
  CHECK(roads.leg(a, b).time == circle);
  REQUIRE(eventually([&] { return roads.state() == "service_down"; }));
  CHECK(roads.leg(a, b).time == circle);
  {
    const std::scoped_lock lock(shared->mutex);
    CHECK(shared->asked == 1);
    shared->say = [](const RoadCache::Question& q) {
      return Result<std::string>(ok(table(q.from.size(), q.to.size(), "900")));
    };
  }
  CHECK(eventually([&] { return roads.leg(a, b).time == 900; }));
  CHECK(roads.state() == "service");
}

TEST_CASE("road asker: who plans never waits for a service that hangs") {
  const auto shared = std::make_shared<Service::Shared>();
  std::mutex hangs;
  auto held = std::make_unique<std::unique_lock<std::mutex>>(hangs);
  shared->say = [&](const RoadCache::Question&) -> Result<std::string> {
    const std::scoped_lock lock(hangs);
    return fail(ErrorCode::timeout, "no answer");
  };
  auto cache = std::make_shared<RoadCache>(RoadCache::Limits{}, system_clock());
  const Roads roads({}, cache);
  {
    const RoadAsker asker(cache, std::make_unique<Service>(shared));
    static_cast<void>(roads.leg(a, b));
    REQUIRE(eventually([&] {
      const std::scoped_lock lock(shared->mutex);
      return shared->asked == 1;
    }));
    const auto begin = std::chrono::steady_clock::now();
    PaperZone zone({.roads = roads});
    zone.technician("tec_1", 6.20, -75.57);
    zone.order("ord_1", 6.25, -75.57);
    CHECK(zone.only().order == "ord_1");
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    held.reset();
  }
  CHECK(roads.state() == "service_down");
}

TEST_CASE("dispatcher: what a road service knows decides who is near") {
  SetClock clock;
  auto cache = std::make_shared<RoadCache>(RoadCache::Limits{}, clock);
  // Across the river it is 200 m, and a long way round.
  PaperZone zone({.roads = Roads({}, cache)});
  zone.technician("tec_across", 6.252, -75.57);
  zone.technician("tec_far", 6.28, -75.57);
  const auto learn = [&](double time_across) {
    while (const auto question = cache->next()) {
      std::vector<planning::Leg> legs;
      for (const auto& from : question->from)
        for (const auto& to : question->to) {
          const bool is_across = std::abs(from.lat - to.lat) < 0.01;
          const auto time = is_across ? time_across : 600.0;
          legs.push_back({time, time == planning::no_road ? time : time * 7.5});
        }
      cache->answer(*question, legs);
    }
  };
  const auto time_across = GENERATE(7200.0, planning::no_road);
  zone.order("ord_0", 6.25, -75.57)["status"] = "NEW";  // its place is asked about
  CHECK(zone.commands().empty());
  learn(time_across);
  clock.at = zone.now += 121s;
  zone.show();
  zone.order("ord_1", 6.25, -75.57);
  zone.changed("ord_1");
  const auto command = zone.only();
  CHECK(command.order == "ord_1");
  CHECK(technician_of(command) == "tec_far");
}

TEST_CASE("dispatcher: a road service that knows no road anywhere costs lines, never the day") {
  SetClock clock;
  auto cache = std::make_shared<RoadCache>(RoadCache::Limits{}, clock);
  PaperZone zone({.roads = Roads({}, cache)});
  zone.technician("tec_1", 6.20, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  auto& promised = zone.order("ord_2", 6.27, -75.57);
  promised["status"] = "ACCEPTED";
  promised["technician"] = "tec_1";
  promised["slot"] = {{"from", format_rfc3339(zone.now + 4h)},
                      {"to", format_rfc3339(zone.now + 5h)}};
  zone.rows["ord_1"]["status"] = "NEW";
  zone.commands();
  while (const auto question = cache->next())
    cache->answer(*question, std::vector<planning::Leg>(question->from.size() * question->to.size(),
                                                        {planning::no_road, planning::no_road}));
  clock.at = zone.now += 121s;
  zone.rows["ord_1"]["status"] = "TRIAGED";
  zone.changed("ord_1");
  for (int minute = 0; minute < 10; ++minute) {
    clock.at = zone.now += 1min;
    CHECK(zone.commands().empty());  // nothing is sent, and what was promised stays
  }
  CHECK_FALSE(zone.reason_of("ord_1").empty());
  CHECK(zone.reason_of("ord_2") == "visit_late");
}

TEST_CASE("dispatcher: traffic makes a day's ways longer") {
  RoadSettings settings;
  settings.factors.emplace().fill(3);
  PaperZone slow({.roads = Roads(settings)}), usual;
  for (auto* zone : {&slow, &usual}) {
    zone->technician("tec_1", 6.20, -75.57);
    zone->order("ord_1", 6.25, -75.57);
  }
  const auto way = from_of(usual.only()) - usual.now, longer = from_of(slow.only()) - slow.now;
  CHECK(way >= 17min);
  CHECK(way <= 19min);
  CHECK(longer >= 51min);
  CHECK(longer <= 54min);
}
