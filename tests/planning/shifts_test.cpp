// One person is in one shift at a time: shifts that begin late, run over, overlap or make no sense.
#include <algorithm>
#include <catch2/catch.hpp>

#include "planning/random.hpp"
#include "planning/reasons.hpp"
#include "planning/roster.hpp"
#include "tests/planning/plans.hpp"
#include "tests/planning/road.hpp"

namespace mf::planning::search_test {
namespace {

constexpr Seconds minute = 60, hour = 3600;

/// Ana in these shifts, from mark 0 and back; "job" is at mark 10, "next" at 20: 10 and 20 min
/// away.
Problem ana(std::vector<Shift> shifts) {
  Problem problem;
  problem.places.resize(3);
  problem.travel = road({0, 10, 20}, minute, 500);
  problem.technicians = {{.id = "ana", .start = 0, .end = 0, .shifts = std::move(shifts)}};
  problem.visits = {{.id = "job", .place = 1, .duration = 30 * minute},
                    {.id = "next", .place = 2, .duration = 30 * minute}};
  return problem;
}

void begin_job(Problem& problem, std::size_t shift, Seconds started, Seconds duration) {
  problem.visits[0].pin = Pin{.technician = "ana", .shift = shift, .started = started};
  problem.visits[0].duration = duration;
}

Plan good_plan(const Problem& problem, const Objective& objective = named("dispatch")) {
  auto plan = solved(problem, objective, {.iterations = 100});
  CHECK(faults(problem, plan, objective) == "");
  return plan;
}

const Stop* stop_at(const Plan& plan, std::size_t visit) {
  for (const auto& route : plan.routes)
    for (const auto& stop : route.stops)
      if (stop.kind == StopKind::visit && stop.which == visit) return &stop;
  return nullptr;
}

void move(Stop& stop, Seconds by) { stop.arrival += by, stop.start += by, stop.end += by; }
void move(Route& route, Seconds by) {
  route.departure += by, route.end += by;
  for (auto& stop : route.stops) move(stop, by);
}

/// What the checker says of a plan's times, without where.
std::vector<std::string> complaints(const Problem& problem, const Plan& plan) {
  std::vector<std::string> what;
  for (const auto& violation : check(problem, plan, named("dispatch")).violations)
    what.push_back(violation.what);
  return what;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("shifts: after work that began before the shift, the next waits for the shift") {
  for (const Seconds started : {7 * hour + 40 * minute, 6 * hour, -40'000.0})
    for (const Seconds duration : {10 * minute, 30 * minute}) {
      auto problem = ana({{.hours = {8 * hour, 17 * hour}}});
      begin_job(problem, 0, started, duration);
      for (const auto& objective : objectives()) {
        INFO(started << ", " << duration << ", " << objective.name);
        const auto plan = good_plan(problem, objective);
        const auto* next = stop_at(plan, 1);
        REQUIRE(next);
        CHECK(next->arrival >= std::max(8 * hour, started + duration) + 10 * minute);
        CHECK(stop_at(plan, 0)->start == started);
        CHECK(stop_at(plan, 0)->end == started + duration);
      }
    }
}

TEST_CASE("shifts: the checker finds who goes on before the shift begins") {
  auto problem = ana({{.hours = {8 * hour, 17 * hour}}});
  begin_job(problem, 0, 6 * hour, 10 * minute);
  auto plan = good_plan(problem);
  move(plan.routes[0].stops[1], -10 * minute);
  plan.routes[0].end -= 10 * minute;
  CHECK(complaints(problem, plan) == Lines{"arrives sooner than who leaves when the shift begins"});
}

TEST_CASE("shifts: a rest is not taken before the shift begins, whatever was begun before it") {
  auto problem =
      ana({{.hours = {8 * hour, 17 * hour}, .breaks = {{{6 * hour, 9 * hour}, 20 * minute}}}});
  begin_job(problem, 0, 6 * hour, 10 * minute);
  problem.visits[1].duration = 2 * hour;
  auto plan = good_plan(problem);
  auto& stops = plan.routes[0].stops;
  const auto rest = std::ranges::find(stops, StopKind::rest, &Stop::kind);
  REQUIRE(rest != stops.end());
  CHECK(rest->start >= 8 * hour);
  move(*rest, 7 * hour - rest->start);
  CHECK(std::ranges::count(complaints(problem, plan), "the rest begins before the shift") == 1);
}

TEST_CASE("shifts: the second begins when the first, held up, has ended") {
  auto problem = ana({{.hours = {8 * hour, 12 * hour}}, {.hours = {14 * hour, 17 * hour}}});
  std::swap(problem.technicians[0].shifts[0], problem.technicians[0].shifts[1]);  // in any order
  begin_job(problem, 1, 11 * hour + 30 * minute, 3 * hour);
  for (const auto& objective : ready_made_objectives()) {
    INFO(objective.name);
    const auto plan = good_plan(problem, objective);
    REQUIRE(plan.routes.size() == 2);
    CHECK(plan.routes[1].end == 14 * hour + 40 * minute);
    CHECK(plan.routes[0].departure >= 14 * hour + 40 * minute);
  }
  auto plan = good_plan(problem);
  move(plan.routes[0], 14 * hour - plan.routes[0].departure);
  CHECK(complaints(problem, plan) ==
        Lines{"departs before an earlier shift of the technician has ended"});
}

TEST_CASE(
    "shifts: one that is held up to the end of the next leaves no time for it, with a reason") {
  auto problem = ana({{.hours = {8 * hour, 12 * hour}}, {.hours = {14 * hour, 17 * hour}}});
  problem.technicians[0].shifts[1].breaks = {{{15 * hour, 16 * hour}, hour}};
  begin_job(problem, 0, 11 * hour + 30 * minute, 6 * hour);
  const auto plan = good_plan(problem);
  CHECK(plan.unserved == std::vector<std::size_t>{1});
  const auto why = why_nobody(problem, named("dispatch"), plan, 1);
  REQUIRE(why);
  CHECK_THAT(say(problem, *why, Language::english), Catch::StartsWith("Nobody can serve next: "));
}

TEST_CASE("shifts: a break that was due while the first shift ran over is nobody's") {
  auto problem = ana({{.hours = {8 * hour, 12 * hour}}, {.hours = {14 * hour, 17 * hour}}});
  problem.technicians[0].shifts[1].breaks = {{{14 * hour, 14 * hour + 30 * minute}, hour}};
  begin_job(problem, 0, 11 * hour + 30 * minute, 3 * hour);
  const auto plan = good_plan(problem);
  REQUIRE(plan.routes.size() == 2);
  CHECK(plan.routes[1].stops.size() == 1);
}

TEST_CASE("shifts: the first has ended when the work of the second began") {
  auto problem = ana({{.hours = {8 * hour, 12 * hour}}, {.hours = {14 * hour, 17 * hour}}});
  begin_job(problem, 1, 11 * hour, 4 * hour);
  problem.visits[1].windows = {{8 * hour, 12 * hour}};
  auto plan = good_plan(problem);
  REQUIRE(plan.routes.size() == 2);
  CHECK(plan.routes[0].end <= 11 * hour);
  move(plan.routes[0], 11 * hour + minute - plan.routes[0].end);
  CHECK(complaints(problem, plan) == Lines{"ends after a later shift has begun"});
}

TEST_CASE("shifts: of two that overlap the later begins when the earlier ends") {
  auto problem = ana({{.hours = {12 * hour, 17 * hour}}, {.hours = {8 * hour, 13 * hour}}});
  problem.visits[0].windows = {{12 * hour, 12 * hour + 30 * minute}};
  problem.visits[1].windows = {{12 * hour + 30 * minute, 13 * hour + 30 * minute}};
  const auto plan = good_plan(problem);
  CHECK(plan.unserved.empty());
  REQUIRE(plan.routes.size() == 2);
  CHECK(plan.routes[0].departure >= 13 * hour);
  CHECK(oddities(problem) ==
        Lines{"technicians.0.shifts.0.hours: overlap those of shift 1; this one "
              "begins when that ends"});
}

TEST_CASE("shifts: the checker finds who begins the later of two that overlap too early") {
  auto problem = ana({{.hours = {8 * hour, 13 * hour}}, {.hours = {12 * hour, 17 * hour}}});
  problem.visits[0].pin = Pin{.technician = "ana", .shift = 0};
  problem.visits[1].pin = Pin{.technician = "ana", .shift = 1};
  auto plan = good_plan(problem);
  REQUIRE(plan.routes.size() == 2);
  CHECK(plan.routes[1].departure >= 13 * hour);
  move(plan.routes[1], 12 * hour + 30 * minute - plan.routes[1].departure);
  CHECK(complaints(problem, plan) ==
        Lines{"departs before an earlier shift of the technician has ended"});
}

TEST_CASE("shifts: overtime gives way to the next shift") {
  auto problem = ana({{.hours = {8 * hour, 12 * hour}, .overtime_max = 4 * hour},
                      {.hours = {14 * hour, 17 * hour}}});
  problem.visits[0].pin = Pin{.technician = "ana", .shift = 0};
  problem.visits[0].duration = 5 * hour;
  auto plan = good_plan(problem);
  REQUIRE(stop_at(plan, 0));
  CHECK(plan.routes[0].end <= 14 * hour);
  CHECK(oddities(problem) ==
        Lines{"technicians.0.shifts.0.overtime_max: ends where shift 1 begins"});
  move(plan.routes[0], 14 * hour + minute - plan.routes[0].end);
  CHECK(complaints(problem, plan) == Lines{"ends after a later shift has begun"});
}

TEST_CASE("shifts: what ends before it begins costs itself and a line, not the day") {
  auto problem = ana({{.hours = {8 * hour, 17 * hour}}, {.hours = {20 * hour, 18 * hour}}});
  SECTION("a shift") {}
  SECTION("a break") {
    problem.technicians[0].shifts[0].breaks = {{{13 * hour, 12 * hour}, hour},
                                               {{6 * hour, 7 * hour}, hour}};
  }
  SECTION("a depot's hours") { problem.depots = {{.id = "d", .place = 1, .hours = {9, 8}}}; }
  SECTION("a window of several") {
    problem.visits[0].windows = {{16 * hour, 15 * hour}, {9 * hour, 10 * hour}};
  }
  for (const auto& objective : ready_made_objectives()) {
    INFO(objective.name);
    const auto plan = good_plan(problem, objective);
    CHECK(plan.unserved.empty());
  }
  CHECK(oddities(problem).size() >= 1);
  CHECK(oddities(problem)[0] ==
        (problem.technicians[0].shifts[0].breaks.empty()
             ? "technicians.0.shifts.1.hours: end before they begin; nobody works then"
             : "technicians.0.shifts.0.breaks.0.start: ends before it begins; the break is left "
               "out"));
}

TEST_CASE("shifts: nobody works in a shift that ends before it begins, says the checker, too") {
  auto problem = ana({{.hours = {10 * hour, 9 * hour}, .overtime_max = 8 * hour}});
  auto plan = good_plan(problem);
  CHECK(plan.routes.empty());
  auto other = problem;
  other.technicians[0].shifts[0].hours.to = 12 * hour;
  plan = good_plan(other);
  CHECK(complaints(problem, plan) == Lines{"the shift ends before it begins"});
}

TEST_CASE("shifts: a visit whose only window ends before it begins is unserved, with the reason") {
  auto problem = ana({{.hours = {8 * hour, 17 * hour}}});
  problem.visits[0].windows = {{12 * hour, 10 * hour}};
  const auto plan = good_plan(problem);
  CHECK(plan.unserved == std::vector<std::size_t>{0});
  const auto why = why_nobody(problem, named("dispatch"), plan, 0);
  REQUIRE(why);
  CHECK(say(problem, *why, Language::english) ==
        "Nobody can serve job: the visit's window ends before it begins (12:00 to 10:00)");
  CHECK(oddities(problem) ==
        Lines{"visits.0.windows.0: ends before it begins; nobody can come then"});
}

namespace {

/// Shifts, breaks and windows as people mistype them, and work begun at any time.
void upset(Problem& problem, std::uint64_t seed) {
  Random random(seed);
  for (auto& who : problem.technicians) {
    auto more = who.shifts;
    for (auto& shift : more) {
      const auto by = (static_cast<double>(random.below(11)) - 5) * 2 * hour;
      shift.hours = {shift.hours.from + by, shift.hours.to + by};
      if (random.below(8) == 0) std::swap(shift.hours.from, shift.hours.to);
      for (auto& rest : shift.breaks)
        if (random.below(4) == 0) std::swap(rest.start.from, rest.start.to);
    }
    if (random.below(2) == 0) who.shifts.insert(who.shifts.end(), more.begin(), more.end());
    if (random.below(2) == 0) std::ranges::reverse(who.shifts);
  }
  for (auto& visit : problem.visits) {
    for (auto& window : visit.windows)
      if (random.below(10) == 0) std::swap(window.from, window.to);
    if (visit.pin && visit.pin->started)
      *visit.pin->started += (static_cast<double>(random.below(9)) - 4) * hour;
  }
}

bool is_out(const Problem& problem, const Route& route) {
  return std::ranges::any_of(route.stops, [&](const Stop& stop) {
    return stop.kind == StopKind::visit && problem.visits[stop.which].pin &&
           problem.visits[stop.which].pin->started;
  });
}

/// Pairs of routes of one technician that overlap, but for facts, which may.
std::size_t at_two_places(const Problem& problem, const Plan& plan) {
  std::size_t count = 0;
  for (const auto& a : plan.routes)
    for (const auto& b : plan.routes)
      if (a.technician == b.technician && a.shift != b.shift && a.departure <= b.departure &&
          b.departure < a.end - 1e-6 && !(is_out(problem, a) && is_out(problem, b)))
        ++count;
  return count;
}

}  // namespace

TEST_CASE("shifts: however odd a day is, nobody is at two places and the plan keeps every rule") {
  std::size_t driven = 0, odd = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    auto features = Features::some(seed, 40);
    features.under_way = features.breaks = features.windows = true;
    features.visits_max = 20;
    auto problem = random_problem_with_any_pins(seed, features);
    upset(problem, seed);
    REQUIRE(validate(problem));
    odd += oddities(problem).size();
    for (const auto& objective : objectives()) {
      INFO("seed " << seed << ", " << objective.name);
      const auto plan = solved(problem, objective, {.iterations = 30, .seed = seed});
      REQUIRE(faults(problem, plan, objective) == "");
      REQUIRE(at_two_places(problem, plan) == 0);
      driven += plan.routes.size();
      if (seed % 3 != 0) continue;
      const auto roster = Roster::create(problem, objective, plan);
      REQUIRE(roster);
      auto kept = roster->plan();
      REQUIRE(faults(roster->problem(), kept, objective).find("route") == std::string::npos);
    }
  }
  CHECK(driven > 1000);
  CHECK(odd > 300);
}

}  // namespace mf::planning::search_test
