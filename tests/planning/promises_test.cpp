// Waiting: on purpose for what was announced, and otherwise behind the work, not before it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "planning/random.hpp"
#include "tests/planning/plans.hpp"
#include "tests/planning/road.hpp"

namespace mf::planning::search_test {
namespace {

constexpr Seconds minute = 60, hour = 3600;

/// Ana from eight to six; every place is ten minutes from the next.
Problem one_technician() {
  Problem problem;
  problem.places.resize(4);
  problem.travel = MatrixTravel(4, [] {
    std::vector<double> times(16, 10 * minute);
    for (std::size_t p = 0; p < 4; ++p) times[5 * p] = 0;
    return times;
  }());
  problem.technicians = {{.id = "ana",
                          .start = 0,
                          .end = 0,
                          .shifts = {{.hours = {8 * hour, 18 * hour}, .overtime_max = hour}}}};
  return problem;
}

void add_visit(Problem& problem, std::string id, std::optional<Seconds> announced,
               std::vector<Window> windows = {}) {
  Visit visit{.id = std::move(id),
              .place = 1 + problem.visits.size() % 3,
              .duration = 30 * minute,
              .windows = std::move(windows)};
  if (announced) visit.announced = Announcement{"ana", *announced};
  problem.visits.push_back(std::move(visit));
}

Seconds start_of(const Plan& plan, std::size_t visit) {
  for (const auto& route : plan.routes)
    for (const auto& stop : route.stops)
      if (stop.kind == StopKind::visit && stop.which == visit) return stop.start;
  return NAN;
}

Plan planned(const Problem& problem, std::string_view objective = "dispatch") {
  const auto plan = solved(problem, named(objective), {.iterations = 300});
  CHECK(faults(problem, plan, named(objective)) == "");
  CHECK(plan.unserved.empty());
  return plan;
}

}  // namespace

TEST_CASE("promises: work that was announced for later waits for its time") {
  auto problem = one_technician();
  add_visit(problem, "y", {}, {{8 * hour, 8 * hour + 30 * minute}});
  add_visit(problem, "x", 12 * hour);
  const auto plan = planned(problem);
  CHECK(start_of(plan, 1) == 12 * hour);
  CHECK(plan.score[Term::instability] == 0);
  CHECK(plan.score[Term::overtime] == 0);
}

TEST_CASE("promises: waiting goes over a break that it makes due") {
  auto problem = one_technician();
  problem.technicians[0].shifts[0].breaks = {{{12 * hour, 13 * hour}, hour}};
  add_visit(problem, "y", 8 * hour + 10 * minute);
  add_visit(problem, "x", 15 * hour);
  const auto plan = planned(problem);
  CHECK(start_of(plan, 1) == 15 * hour);
  CHECK(plan.score[Term::instability] == 0);
  CHECK(std::ranges::count(plan.routes[0].stops, StopKind::rest, &Stop::kind) == 1);
}

TEST_CASE("promises: of several windows the one that was announced is waited for") {
  auto problem = one_technician();
  add_visit(problem, "x", 15 * hour, {{8 * hour, 9 * hour}, {14 * hour, 16 * hour}});
  add_visit(problem, "y", 10 * hour);
  const auto plan = planned(problem);
  CHECK(start_of(plan, 0) == 15 * hour);
  CHECK(start_of(plan, 1) == 10 * hour);
}

TEST_CASE("promises: none is worth overtime, lateness or a visit left out") {
  auto problem = one_technician();
  add_visit(problem, "x", 17 * hour + 40 * minute);
  auto plan = planned(problem);
  CHECK(plan.score[Term::overtime] == 0);
  CHECK(start_of(plan, 0) == 17 * hour + 20 * minute);  // and ten minutes home
  problem.visits[0].due = 11 * hour;
  plan = planned(problem);
  CHECK(start_of(plan, 0) == 10 * hour + 30 * minute);
  CHECK(plan.score[Term::lateness] == 0);
  problem.visits[0].due.reset();
  add_visit(problem, "y", {}, {{17 * hour, 17 * hour + 10 * minute}});
  plan = planned(problem);
  CHECK(start_of(plan, 0) == 16 * hour + 30 * minute);  // done and there by 17:10
}

TEST_CASE("promises: those that are in each other's way share what there is") {
  auto problem = one_technician();
  for (int v = 0; v < 3; ++v) add_visit(problem, "v" + std::to_string(v), 12 * hour);
  const auto plan = planned(problem);
  // One at noon, the others forty minutes before and behind it.
  CHECK(plan.score[Term::instability] == 80 * minute);
}

TEST_CASE("promises: where working time counts more, nobody waits for them") {
  auto problem = one_technician();
  add_visit(problem, "y", {}, {{8 * hour, 8 * hour + 30 * minute}});
  add_visit(problem, "x", 12 * hour);
  const Objective objective{
      .name = "work first",
      .levels = {{Term::unserved, 1e-6}, {Term::working_time, 1}, {Term::instability, 1}}};
  const auto plan = solved(problem, objective, {.iterations = 300});
  CHECK(faults(problem, plan, objective) == "");
  CHECK(plan.score[Term::working_time] == 90 * minute);
}

TEST_CASE("waiting: it comes behind work that is free, not before it") {
  auto problem = one_technician();
  add_visit(problem, "first", {}, {{8 * hour + 10 * minute, 8 * hour + 20 * minute}});
  add_visit(problem, "any time", {});
  add_visit(problem, "last", {}, {{16 * hour, 16 * hour + 10 * minute}});
  const auto plan = planned(problem);
  CHECK(start_of(plan, 0) == 8 * hour + 10 * minute);
  CHECK(start_of(plan, 1) == 8 * hour + 50 * minute);
  CHECK(start_of(plan, 2) == 16 * hour);
  // The checker's own times say the same.
  const auto theirs = time_sequences(problem, sequences(plan), named("dispatch"));
  CHECK(start_of(theirs, 1) == 8 * hour + 50 * minute);
  CHECK(keeps_rules(problem, theirs, named("dispatch")));
}

TEST_CASE("waiting: who has all day for the way there still leaves as late as costs nothing") {
  auto problem = one_technician();
  add_visit(problem, "any time", {});
  add_visit(problem, "last", {}, {{16 * hour, 16 * hour + 10 * minute}});
  const auto plan = planned(problem, "working_time");
  CHECK(plan.score[Term::working_time] == 90 * minute);
  CHECK(plan.score[Term::waiting] == 0);
}

TEST_CASE("promises: a plan to begin with is never made worse, its times included") {
  std::size_t waited = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    auto features = Features::some(seed, 25);
    features.announcements = true;
    features.visits_max = 20;
    auto problem = random_problem(seed, features);
    for (const auto& objective : objectives()) {
      // A plan of the same day before its clients were told other times: nobody's own times.
      const auto before = solved(problem, objective, {.iterations = 30, .seed = seed});
      auto told = problem;
      Random random(seed);
      for (const auto& route : before.routes)
        for (const auto& stop : route.stops)
          if (stop.kind == StopKind::visit && random.below(2) == 0)
            told.visits[stop.which].announced = Announcement{
                told.technicians[route.technician].id, stop.start + minute * random.below(90)};
      // Somebody puts each last stop off by hand, as far as the rules allow.
      auto by_hand = before;
      for (auto& route : by_hand.routes) {
        auto& last = route.stops.back();
        if (last.kind != StopKind::visit || !told.visits[last.which].announced) continue;
        const auto kept = route;
        const double delay = told.visits[last.which].announced->start - last.start;
        last.start += delay;
        last.end += delay;
        route.end += delay;
        if (delay < 0 || !check(told, by_hand, objective).violations.empty()) route = kept;
        else ++waited;
      }
      by_hand.score = check(told, by_hand, objective).score;
      for (const std::uint64_t iterations : {0, 50}) {
        INFO("seed " << seed << ", " << objective.name << ", " << iterations);
        const auto plan = solved(
            told, objective, {.iterations = iterations, .seed = seed + 1, .warm_start = &by_hand});
        REQUIRE(faults(told, plan, objective) == "");
        CHECK_FALSE(is_better(by_hand.score, plan.score, objective));
      }
    }
  }
  CHECK(waited > 200);
}

TEST_CASE("promises: no other times of the same sequence keep them better for free") {
  // By the minute, without anything but promises and a shift: every possible waiting is tried.
  const auto& objective = named("dispatch");
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    auto problem = one_technician();
    problem.technicians[0].shifts[0] = {.hours = {8 * hour, 12 * hour}};
    for (int v = 0; v < 3; ++v)
      add_visit(problem, "v" + std::to_string(v), 8 * hour + 10 * minute * random.below(24));
    const std::vector<Sequence> order = {{.stops = {{.which = 0}, {.which = 1}, {.which = 2}}}};
    SolversTimes times(problem, objective);
    const auto ours = times.plan(order);
    REQUIRE(ours);
    double best = infinity;
    // In steps of ten minutes since eight: the work is four of them, noon is the 24th.
    const auto off = [&](std::size_t visit, int step) {
      return std::abs(8 * hour + step * 10 * minute - problem.visits[visit].announced->start);
    };
    for (int a = 1; a <= 24; ++a)
      for (int b = a + 4; b <= 24; ++b)
        for (int c = b + 4; c + 4 <= 24; ++c)
          best = std::min(best, off(0, a) + off(1, b) + off(2, c));
    INFO("seed " << seed);
    CHECK(ours->score[Term::instability] == Approx(best));
  }
}

}  // namespace mf::planning::search_test
