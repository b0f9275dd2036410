// Sequences without times, as published, timed by the checker.
#include <catch2/catch.hpp>

#include "tests/planning/checker_case.hpp"

namespace mf::planning::checker_test {

TEST_CASE("time_sequences: what has no window is begun as soon as it is reached") {
  auto c = two_visits();
  c.problem.visits.push_back({.id = "v2"});
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().departure == 1000);
  CHECK(c.stop(0).start == 1100);
  CHECK(c.stop(1).start == 1900);
  CHECK(c.route().end == 2500);
  CHECK(c.plan.unserved == std::vector<std::size_t>{2});
  CHECK(c.plan.score[Term::working_time] == 1500);
  CHECK(c.plan.score[Term::unserved] == 1);
}

TEST_CASE("time_sequences: it waits at home, not before a closed window") {
  auto c = two_visits();
  c.visit(1).windows = {{0, 1899}, {2400, 2500}};
  const std::vector<Sequence> both = {{.stops = {{.which = 0}, {.which = 1}}}};
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().departure == 1500);
  CHECK(c.stop(0).arrival == 1600);
  CHECK(c.stop(0).start == 1600);
  CHECK(c.stop(1).start == 2400);
  CHECK(c.route().end == 3000);
  CHECK(c[Term::waiting] == 0);
}

TEST_CASE("time_sequences: leaving later makes no visit leave its window or end too late") {
  auto c = two_visits();
  c.visit(1).windows = {{2400, 2500}};
  const std::vector<Sequence> both = {{.stops = {{.which = 0}, {.which = 1}}}};
  c.visit(0).windows = {{1000, 1250}, {1400, 9000}};
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().departure == 1150);
  CHECK(c.stop(0).start == 1250);
  CHECK(c.stop(1).arrival == 2050);

  c.visit(0).windows.clear();
  c.visit(0).due = 1800;
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(c.stop(0).end == 1800);
  CHECK(c[Term::lateness] == 0);
  c.visit(0).due = 1600;  // late already: not later still
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(c.stop(0).end == 1700);
  CHECK(c[Term::lateness] == 100);
}

TEST_CASE("time_sequences: starts stay early where the objective counts tightness or instability") {
  auto c = two_visits();
  c.visit(1).windows = {{2400, 9000}};
  c.visit(0).windows = {{1000, 3100}};
  c.visit(0).announced = Announcement{"ana", 1200};
  const std::vector<Sequence> both = {{.stops = {{.which = 0}, {.which = 1}}}};
  const auto start = [&] {
    return time_sequences(c.problem, both, c.objective).routes[0].stops[0].start;
  };
  CHECK(start() == 1600);
  c.objective.levels = {{Term::tightness, 1}};
  CHECK(start() == 1300);
  c.objective.levels = {{Term::instability, 1}};
  CHECK(start() == 1200);
}

TEST_CASE("time_sequences: nobody sets out before a release, and speed and loading are minded") {
  auto c = with_restock();
  c.visit(0).release = 1300;
  c.visit(1).release = 5000;
  c.ana().speed = 2;
  c.problem.depots[0].hours = {2500, 2600};
  c.plan = time_sequences(
      c.problem, {{.stops = {{.which = 0}, {StopKind::restock, 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.stop(2).arrival == 5100);  // set out at 5000
  CHECK(c.stop(2).end == 5250);
  CHECK(c.route().end == 5550);
  CHECK(c.stop(1).start == 2600);  // as late as the depot is open
  CHECK(c.stop(0).start == 2200);  // 300 of work, 100 of way
  CHECK(c.route().departure == 2100);
}

TEST_CASE("time_sequences: the way home may be missing, slow, or cut to a decimal") {
  auto c = two_visits();
  const std::vector<Sequence> one = {{.stops = {{.which = 1}}}};
  c.ana().end.reset();
  CHECK(time_sequences(c.problem, one, c.objective).routes[0].end == 1600);
  c.ana().end = home;
  c.problem.profile = slow_second_hour();
  c.visit(1).windows = {{3700, 9000}};
  c.plan = time_sequences(c.problem, one, c.objective);
  c.plan.unserved = {0};
  CHECK(faults(c) == "");
  CHECK(c.route().departure == Approx(3350));  // 250 until the hour ends, 50 slow in 100
  CHECK(c.route().end == Approx(4600));
  c = two_visits();
  c.objective.truncates_legs = true;
  c.problem.travel = road({0, 0, 300.19});
  CHECK(time_sequences(c.problem, one, c.objective).routes[0].end == Approx(1900.2));
}

TEST_CASE("time_sequences: a sequence that breaks rules is timed all the same; check says which") {
  auto c = two_visits();
  c.visit(1).windows = {{0, 1500}};
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == at_v1 + "work begins outside the visit's windows");
  CHECK(c.stop(1).start == 1900);
  c.visit(0).windows = {{0, 1050}};
  c.visit(1).windows = {{2400, 2500}};
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == at_v0 + "work begins outside the visit's windows");
  CHECK(c.stop(0).start == 1100);
  c.plan = time_sequences(c.problem, {Sequence{}}, c.objective);
  CHECK(faults(c) == at_route + "has no visit");
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 7}}}, {.technician = 9}}, c.objective);
  CHECK(c.plan.unserved == std::vector<std::size_t>{0, 1});
  CHECK(faults(c) == "route 0: stop 0 does not exist\nroute 1: there is no such technician");
}

TEST_CASE("time_sequences: routes come by technician and shift") {
  auto c = two_visits();
  c.problem.technicians.push_back({.id = "ben", .shifts = {{.hours = {0, 9000}}}});
  c.plan = time_sequences(c.problem,
                          {{.technician = 1, .stops = {{.which = 1}}}, {.stops = {{.which = 0}}}},
                          c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().technician == 0);
  CHECK(c.plan.routes[1].technician == 1);
}

}  // namespace mf::planning::checker_test
