// What a route may do in time: the way, the shift, windows, breaks.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/planning/checker_case.hpp"

namespace mf::planning::checker_test {

TEST_CASE("checker: a plan that keeps every rule has no violation") {
  CHECK(faults(two_visits()) == "");
  CHECK(faults(with_restock()) == "");
  CHECK(faults(under_way()) == "");
}

TEST_CASE("checker: a route of what does not exist is not followed") {
  auto c = two_visits();
  c.route().technician = 1;
  CHECK(faults(c) == "route 0: there is no such technician");
  c = two_visits();
  c.route().shift = 1;
  CHECK(faults(c) == "route 0: there is no such shift");
  for (const auto kind : {StopKind::visit, StopKind::restock, StopKind::rest}) {
    c = two_visits();
    c.insert(2, {kind, 2, 2300, 2300, 2300});
    CHECK(faults(c) == "route 0: stop 2 does not exist");
  }
}

TEST_CASE("checker: every time is a finite number") {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    for (auto time : {&Stop::arrival, &Stop::start, &Stop::end}) {
      auto c = two_visits();
      c.stop(1).*time = bad;
      CHECK(faults(c) == "route 0: a time is not finite");
    }
    for (auto time : {&Route::departure, &Route::end}) {
      auto c = two_visits();
      c.route().*time = bad;
      CHECK(faults(c) == "route 0: a time is not finite");
    }
  }
}

TEST_CASE("checker: a visit is served at most once") {
  auto c = two_visits();
  c.insert(1, {StopKind::visit, 0, 1700, 1700, 2300});
  c.stop(2) = {StopKind::visit, 1, 2500, 2500, 2800};
  c.route().end = 3100;
  CHECK(faults(c) == "visit v0: is served 2 times");
}

TEST_CASE("checker: a visit is either served or listed as unserved") {
  auto c = two_visits();
  c.place({.id = "v2"});
  CHECK(faults(c) == "");
  c.plan.unserved.clear();
  CHECK(faults(c) == "visit v2: is neither served nor listed as unserved");
  c.plan.unserved = {1, 2};
  CHECK(faults(c) == "visit v1: is served and listed as unserved");
}

TEST_CASE("checker: the unserved visits are listed once each, ascending, and exist") {
  auto c = two_visits();
  c.place({.id = "v2"});
  c.place({.id = "v3"});
  CHECK(faults(c) == "");
  c.plan.unserved = {3, 2};
  CHECK(faults(c) == "unserved: is not ascending, or repeats a visit");
  c.plan.unserved = {2, 2, 3};
  CHECK(faults(c) == "unserved: is not ascending, or repeats a visit");
  c.plan.unserved = {2, 3, 4};
  CHECK(faults(c) == "unserved: there is no visit 4");
}

TEST_CASE("checker: a technician has at most one route in a shift") {
  auto c = two_visits();
  c.route() = {.departure = 1000, .end = 1800, .stops = {c.stop(0)}};
  c.plan.routes.push_back(
      {.departure = 1800, .end = 2700, .stops = {{StopKind::visit, 1, 2100, 2100, 2400}}});
  CHECK(faults(c) == "plan: technician 0 has two routes in shift 0");
  c.shift().hours.to = 1800;
  c.ana().shifts.push_back({.hours = {1800, 9000}});
  c.plan.routes[1].shift = 1;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a route has a visit") {
  auto c = two_visits();
  c.problem.technicians.push_back({.id = "ben", .shifts = {{.hours = {0, 100}}}});
  c.plan.routes.push_back({.technician = 1});
  CHECK(faults(c) == "route of ben (shift 0): has no visit");
  CHECK(c[Term::vehicles] == 1);
}

TEST_CASE("checker: there are no more routes than vehicles") {
  auto c = two_visits();
  c.problem.vehicles_max = 1;
  CHECK(faults(c) == "");
  c.problem.vehicles_max = 0;
  CHECK(faults(c) == "plan: has 1 routes, at most 0 may be");
}

TEST_CASE("checker: nobody departs before the shift begins") {
  auto c = two_visits();
  c.route().departure = 999;
  CHECK(faults(c) == at_route + "departs before the shift begins");
}

TEST_CASE("checker: nobody ends later than the overtime allows") {
  auto c = two_visits();
  c.shift() = {.hours = {1000, 2500}, .overtime_max = 100};
  CHECK(faults(c) == "");
  c.shift().overtime_max = 99;
  CHECK(faults(c) == at_route + "ends after the latest overtime");
}

TEST_CASE("checker: nobody arrives sooner than the way takes") {
  auto c = two_visits();
  c.stop(1).arrival = 1899;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c = two_visits();
  c.route().departure = 1001;
  CHECK(faults(c) == at_v0 + "arrives sooner than is possible");
  c = with_restock();
  c.stop(1).arrival = 1799;
  CHECK(faults(c) == at_depot + "arrives sooner than is possible");
  c = with_restock();
  c.stop(2).arrival = 1999;
  CHECK(faults(c) == at_v1_third + "arrives sooner than is possible");
}

TEST_CASE("checker: the way there and the way back may differ") {
  auto c = two_visits();
  // The way home from far takes 50 s more than the way there.
  c.problem.travel =
      MatrixTravel(4, std::vector<double>{0, 100, 300, 0, 9, 0, 200, 0, 350, 9, 0, 0, 0, 0, 0, 0},
                   std::vector<double>(16));
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2650;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a technician may wait before leaving or after arriving") {
  auto c = two_visits();
  for (const Seconds arrival : {1900, 1950, 2000}) {
    c.stop(1).arrival = arrival;
    CHECK(faults(c) == "");
    CHECK(c[Term::waiting] == 100);
  }
}

TEST_CASE("checker: a leg that runs into a slower hour takes longer") {
  auto c = two_visits();
  c.problem.profile = slow_second_hour();
  c.problem.technicians[0].end.reset();
  c.stop(1) = {StopKind::visit, 1, 3600, 3600, 3900};
  c.problem.visits[0].duration = 2400;
  c.stop(0).end = 3500;  // 100 of the 200 m are driven when the hour begins, 100 are slow
  c.route().end = 3900;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c.stop(1) = {StopKind::visit, 1, 3800, 3800, 4100};
  c.route().end = 4100;
  CHECK(faults(c) == "");
  CHECK(c[Term::travel] == Approx(100 + 300));
  CHECK(c[Term::distance] == Approx(3000));
  CHECK(c[Term::waiting] == Approx(0).margin(1e-6));
}

TEST_CASE("checker: work begins after the arrival") {
  auto c = two_visits();
  c.stop(1).arrival = 2001;
  CHECK(faults(c) == at_v1 + "work begins before the arrival");
  c = with_restock();
  c.stop(1).arrival = 1801;
  CHECK(faults(c) == at_depot + "work begins before the arrival");
}

TEST_CASE("checker: nobody sets out for a visit before its release") {
  auto c = two_visits();
  c.visit(1).release = 1700;
  CHECK(faults(c) == "");
  c.visit(1).release = 1701;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c = two_visits();
  c.visit(0).release = 1001;
  CHECK(faults(c) == at_v0 + "arrives sooner than is possible");
}

TEST_CASE("checker: a visit takes its duration at the technician's speed, loading does not") {
  auto c = with_restock();
  c.stop(2).end = 2299;
  c.route().end = 2599;
  CHECK(faults(c) == at_v1_third + "the work has another length");
  c = with_restock();
  c.stop(1).end = 1901;
  c.stop(2) = {StopKind::visit, 1, 2001, 2001, 2301};
  c.route().end = 2601;
  CHECK(faults(c) == at_depot + "the work has another length");
  c = with_restock();
  c.ana().speed = 2;
  c.stop(0).end = 1400;
  c.stop(2).end = 2150;
  c.route().end = 2450;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: work begins inside one of the visit's windows") {
  auto c = two_visits();
  c.visit(1).windows = {{0, 1000}, {2000, 2000}, {3000, 4000}};
  CHECK(faults(c) == "");
  c.visit(1).windows = {{0, 1999}, {2001, 4000}};
  CHECK(faults(c) == at_v1 + "work begins outside the visit's windows");
}

TEST_CASE("checker: loading begins inside the depot's hours") {
  auto c = with_restock();
  c.problem.depots[0].hours = {1800, 1800};
  CHECK(faults(c) == "");
  c.problem.depots[0].hours = {0, 1799};
  CHECK(faults(c) == at_depot + "loading begins outside the depot's hours");
  c.problem.depots[0].hours = {1801, 9000};
  CHECK(faults(c) == at_depot + "loading begins outside the depot's hours");
}

TEST_CASE("checker: a route ends at once at its end place, or with its last stop") {
  for (const Seconds end : {2599, 2601}) {
    auto c = two_visits();
    c.route().end = end;
    CHECK(faults(c) == at_route + "does not end when the technician is through");
  }
  auto c = two_visits();
  c.ana().end.reset();
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2300;
  CHECK(faults(c) == "");
  c.ana().end = near;
  c.route().end = 2500;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: times may be wrong by the tolerance") {
  auto c = two_visits();
  c.stop(1).arrival = 1899.5;
  c.visit(1).windows = {{2000.5, 3000}};
  c.route().end = 2600.5;
  CHECK(check(c.problem, c.plan, c.objective, 0.6).violations.empty());
  CHECK(check(c.problem, c.plan, c.objective, 0.4).violations.size() == 3);
}

TEST_CASE("checker: a break is owed unless the route ends before the last moment to begin it") {
  auto c = with_break();
  CHECK(faults(c) == at_route + "break 0 is missing");
  c.shift().breaks[0].start.to = 2600;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a rest that begins before the next arrival is taken before leaving") {
  auto c = with_break();
  c.insert(1, {StopKind::rest, 0, 1700, 1700, 1800});
  c.stop(2).arrival = 2000;
  CHECK(faults(c) == "");
  CHECK(c[Term::waiting] == 0);
  c.stop(2).arrival = 1999;
  CHECK(faults(c) == at_v1_third + "arrives sooner than is possible");
  // Nobody rests at the wheel: the way begins after the rest.
  c.stop(1) = {StopKind::rest, 0, 1750, 1750, 1850};
  c.stop(2).arrival = 2000;
  CHECK(faults(c) == at_v1_third + "arrives sooner than is possible");
}

TEST_CASE("checker: a rest that begins after the next arrival is taken there, before the work") {
  auto c = with_break();
  c.insert(1, {StopKind::rest, 0, 1900, 1900, 2000});
  CHECK(faults(c) == "");
  CHECK(c[Term::waiting] == 0);
  c.stop(1) = {StopKind::rest, 0, 1901, 1901, 2001};
  CHECK(faults(c) == at_v1_third + "work begins before a rest has ended");
}

TEST_CASE("checker: a rest at home before the departure is not working time") {
  auto c = with_break();
  c.insert(0, {StopKind::rest, 0, 900, 900, 1000});
  CHECK(faults(c) == "");
  CHECK(c[Term::working_time] == 1600);
  CHECK(c[Term::waiting] == 100);
  // Taken after the departure it delays leaving home.
  c.stop(0) = {StopKind::rest, 0, 1000, 1000, 1100};
  CHECK(faults(c) == "route of ana (shift 0), stop 1, visit v0: arrives sooner than is possible");
  c = with_break();
  c.insert(0, {StopKind::rest, 0, 1000, 1000, 1100});
  c.stop(1) = {StopKind::visit, 0, 1200, 1200, 1800};
  c.stop(2).arrival = 2000;
  CHECK(faults(c) == "");
  CHECK(c[Term::waiting] == 0);
}

TEST_CASE("checker: a rest after the last stop delays the route's end") {
  auto c = with_break();
  c.insert(2, {StopKind::rest, 0, 2300, 2300, 2400});
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2700;
  CHECK(faults(c) == "");
  c.ana().end.reset();
  c.route().end = 2300;
  c.shift().breaks[0].start.to = 2300;
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2400;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a rest is as the break wants it, and interrupts nothing") {
  auto c = with_break();
  c.insert(1, {StopKind::rest, 0, 1900, 1900, 2000});
  auto broken = c;
  broken.shift().breaks[0].start = {900, 1899};
  CHECK(faults(broken) == at_break + "the rest begins outside its window");
  broken.shift().breaks[0].start = {1901, 2000};
  CHECK(faults(broken) == at_break + "the rest begins outside its window");
  broken = c;
  broken.stop(1).end = 1999;
  CHECK(faults(broken) == at_break + "the rest has another length");
  broken = c;
  broken.stop(1).arrival = 1899;
  CHECK(faults(broken) == at_break + "a rest's arrival is not its start");
  broken = c;
  broken.stop(1) = {StopKind::rest, 0, 1600, 1600, 1700};
  CHECK(faults(broken) == at_break + "the rest begins before the last stop has ended");
}

TEST_CASE("checker: breaks are taken once each, never two at a time") {
  auto c = with_break();
  c.shift().breaks = {{{1000, 1900}, 50}, {{1000, 2500}, 50}};
  c.insert(1, {StopKind::rest, 0, 1900, 1900, 1950});
  c.insert(2, {StopKind::rest, 1, 1950, 1950, 2000});
  CHECK(faults(c) == "");
  auto broken = c;
  broken.shift().breaks[0].start.to = 2500;
  std::swap(broken.stop(1).which, broken.stop(2).which);
  CHECK(faults(broken) == "");
  broken = c;
  broken.shift().breaks.pop_back();
  broken.shift().breaks[0].start.to = 2500;
  broken.stop(2).which = 0;
  CHECK(faults(broken) == "route of ana (shift 0), stop 2, break 0: the break is taken twice");
  broken = c;
  broken.stop(2) = {StopKind::rest, 1, 1949, 1949, 1999};
  CHECK(faults(broken) ==
        "route of ana (shift 0), stop 2, break 1: the rest begins before the last stop has ended");
  broken = c;
  broken.route().stops.erase(broken.route().stops.begin() + 1);
  CHECK(faults(broken) == at_route + "break 0 is missing");
}

}  // namespace mf::planning::checker_test
