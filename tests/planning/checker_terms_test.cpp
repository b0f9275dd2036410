// What a plan costs.
#include <catch2/catch.hpp>

#include "tests/planning/checker_case.hpp"

namespace mf::planning::checker_test {

TEST_CASE("checker: the terms of a plan are counted from its times") {
  auto c = with_restock();
  CHECK(c[Term::unserved] == 0);
  CHECK(c[Term::lateness] == 0);
  CHECK(c[Term::overtime] == 0);
  CHECK(c[Term::vehicles] == 1);
  CHECK(c[Term::distance] == 6000);
  CHECK(c[Term::travel] == 600);
  CHECK(c[Term::waiting] == 0);
  CHECK(c[Term::working_time] == 1600);
  CHECK(c[Term::tightness] == 0);
  CHECK(c[Term::unfairness] == Approx(0.04));  // (1600 / 8000)²
  CHECK(c[Term::instability] == 0);
}

TEST_CASE("checker: travel weighs the technician's cost, waiting and working time do not") {
  auto c = two_visits();
  c.ana().cost = 3;
  CHECK(c[Term::distance] == 18000);
  CHECK(c[Term::travel] == 1800);
  CHECK(c[Term::waiting] == 100);
  CHECK(c[Term::working_time] == 1600);
}

TEST_CASE("checker: what no route serves costs its value, listed or not") {
  auto c = two_visits();
  c.place({.id = "v2", .value = 5});
  c.place({.id = "v3", .value = 0.5});
  CHECK(c[Term::unserved] == 5.5);
  c.plan.unserved = {0};
  CHECK(c[Term::unserved] == 5.5);
}

TEST_CASE("checker: a second late counts the visit's weight, one early nothing") {
  auto c = two_visits();
  c.visit(0).due = 1701;
  c.visit(1).due = 2280;
  c.visit(1).lateness_weight = 3;
  CHECK(c[Term::lateness] == 60);
}

TEST_CASE("checker: overtime begins where the shift's hours end") {
  auto c = two_visits();
  c.shift().hours.to = 2600;
  CHECK(c[Term::overtime] == 0);
  c.shift().hours.to = 2570;
  CHECK(c[Term::overtime] == 30);
}

TEST_CASE("checker: tightness is what is missing to half an hour before the last window closes") {
  auto c = two_visits();
  c.visit(0).windows = {{0, 1000}, {1050, 2900}};  // 1800 left
  CHECK(c[Term::tightness] == 0);
  c.visit(0).windows[1].to = 2800;
  CHECK(c[Term::tightness] == 100);
  c.visit(1).windows = {{2000, 2000}};
  CHECK(c[Term::tightness] == 1900);
  c = under_way();
  c.visit(0).windows = {{0, 600}};
  CHECK(c[Term::tightness] == 0);
}

TEST_CASE(
    "checker: instability is the distance to the announced start, and an hour for a stranger") {
  auto c = two_visits();
  c.visit(0).announced = Announcement{"ana", 1130};
  c.visit(1).announced = Announcement{"ana", 1980};
  CHECK(c[Term::instability] == 50);
  c.visit(1).announced->technician = "ben";
  CHECK(c[Term::instability] == 3650);
  c.place({.id = "v2", .announced = Announcement{"ana", 99}});
  CHECK(c[Term::instability] == 3650);
}

TEST_CASE("checker: an objective may cut legs to one decimal, for their times too") {
  auto c = two_visits();
  c.problem.travel = road({0, 100.19, 300.3, 200});
  CHECK(faults(c).starts_with(at_v0 + "arrives sooner than is possible"));
  c.objective.truncates_legs = true;
  c.stop(0) = {StopKind::visit, 0, 1100.1, 1100.1, 1700.1};
  c.stop(1) = {StopKind::visit, 1, 1900.2, 2000, 2300};
  c.route().end = 2600.3;
  CHECK(faults(c) == "");
  CHECK(c[Term::travel] == Approx(100.1 + 200.1 + 300.3));
  CHECK(c[Term::distance] == Approx(1001.9 + 2001.1 + 3003));
}

TEST_CASE("checker: cutting a leg to one decimal leaves 99.9 alone, however it is rounded") {
  auto c = two_visits();
  c.objective.truncates_legs = true;
  c.problem.travel = road({0, 100.1, 0.2});
  REQUIRE(leg(c.problem.travel, near, far).time < 99.9);
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == "");
  CHECK(c[Term::travel] == Approx(200.2));
}

}  // namespace mf::planning::checker_test
