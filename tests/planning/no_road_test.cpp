// Islands, gaps in the map, and matrices of times alone.
#include <algorithm>
#include <catch2/catch.hpp>

#include "planning/random.hpp"
#include "planning/reasons.hpp"
#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {
namespace {

/// Base, mainland, island: ten minutes between the first two, no road to or from the third.
Problem archipelago(double no_road_as) {
  Problem problem;
  problem.places.resize(3);
  const double n = no_road_as;
  problem.travel = MatrixTravel(3, {0, 600, n, 600, 0, n, n, n, 0});
  problem.technicians = {
      {.id = "ana", .start = 0, .end = 0, .shifts = {{.hours = {28800, 61200}}}}};
  problem.visits = {{.id = "mainland", .place = 1, .duration = 600},
                    {.id = "island", .place = 2, .duration = 600}};
  return problem;
}

std::string said(const Problem& problem, const Plan& plan, std::size_t visit, Language language) {
  return say(problem, *why_nobody(problem, named("dispatch"), plan, visit), language);
}

}  // namespace

TEST_CASE("no road: the island is left out with the reason, the mainland is served") {
  for (const double said_as : {no_road, -1.0, 2147483647.0, 4294967295.0, 1e12}) {
    const auto problem = archipelago(said_as);
    for (const auto& objective : ready_made_objectives()) {
      INFO(said_as << ", " << objective.name);
      const auto plan = solved(problem, objective, {.iterations = 200});
      CHECK(faults(problem, plan, objective) == "");
      CHECK(plan.unserved == std::vector<std::size_t>{1});
      CHECK(plan.score[Term::travel] == 1200);
      CHECK(said(problem, plan, 1, Language::spanish) ==
            "Nadie puede atender island: no hay camino a island");
      CHECK(said(problem, plan, 1, Language::english) ==
            "Nobody can serve island: there is no road to island");
    }
  }
}

TEST_CASE("no road: whoever lives on the island serves the island") {
  auto problem = archipelago(no_road);
  problem.technicians.push_back(
      {.id = "bea", .start = 2, .end = 2, .shifts = {{.hours = {28800, 61200}}}});
  for (const auto& objective : ready_made_objectives()) {
    INFO(objective.name);
    const auto plan = solved(problem, objective, {.iterations = 200});
    CHECK(faults(problem, plan, objective) == "");
    CHECK(plan.unserved.empty());
    CHECK(plan.routes.size() == 2);
  }
}

TEST_CASE("no road: a road that leads there but not back is a reason of its own") {
  auto problem = archipelago(no_road);
  problem.travel = MatrixTravel(3, {0, 600, 600, 600, 0, 600, no_road, no_road, 0});
  std::swap(problem.visits[0], problem.visits[1]);
  problem.visits.pop_back();
  const auto plan = solved(problem, named("dispatch"), {.iterations = 200});
  CHECK(plan.unserved == std::vector<std::size_t>{0});
  CHECK(said(problem, plan, 0, Language::spanish) ==
        "Nadie puede atender island: no hay camino de vuelta desde island");
  problem.technicians[0].end.reset();
  CHECK(solved(problem, named("dispatch"), {.iterations = 200}).unserved.empty());
}

TEST_CASE("no road: a route from one home to another that has no road to it is merely not driven") {
  auto problem = archipelago(no_road);
  problem.technicians[0].end = 2;
  for (const auto& objective : objectives()) {
    INFO(objective.name);
    const auto plan = solved(problem, objective, {.iterations = 100});
    CHECK(faults(problem, plan, objective) == "");
    CHECK(plan.unserved.size() == 2);
  }
}

TEST_CASE("no road: a depot that nobody can reach helps nobody") {
  auto problem = archipelago(no_road);
  problem.depots = {{.id = "d", .place = 2, .hours = {0, 86400}, .items = {"pipe"}}};
  problem.visits[0].materials = {{"pipe", 1}};
  const auto plan = solved(problem, named("dispatch"), {.iterations = 100});
  CHECK(plan.unserved.size() == 2);
  CHECK_THAT(said(problem, plan, 0, Language::english), Catch::Contains("lacks pipe"));
}

TEST_CASE("no road: the checker finds whoever drives where there is none") {
  const auto problem = archipelago(no_road);
  const auto plan = time_sequences(
      problem, {{.technician = 0, .stops = {{.which = 0}, {.which = 1}}}}, named("dispatch"));
  std::string complaints;
  for (const auto& violation : check(problem, plan, named("dispatch")).violations)
    complaints += violation.where + ": " + violation.what + "\n";
  CHECK_THAT(complaints, Catch::Contains("visit island: there is no road to it"));
}

TEST_CASE("no road: random maps with gaps keep every rule in every objective") {
  std::size_t unserved = 0, served = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    auto features = Features::some(seed, 30);
    features.matrix = true;
    features.visits_max = 25;
    auto problem = random_problem_with_any_pins(seed, features);
    Random random(seed);
    const auto& whole = std::get<MatrixTravel>(problem.travel);
    const auto size = whole.size();
    // An island of some places, and single roads that are closed.
    std::vector<bool> is_island(size);
    for (std::size_t p = 0; p < size; ++p) is_island[p] = random.below(100) < 25;
    std::vector<double> times, distances;
    for (std::size_t from = 0; from < size; ++from)
      for (std::size_t to = 0; to < size; ++to) {
        const auto leg = whole.leg(from, to);
        const bool is_open = is_island[from] == is_island[to] && random.below(100) >= 5;
        times.push_back(is_open ? leg.time : -1);
        distances.push_back(leg.distance);
      }
    problem.travel =
        seed % 3 == 0 ? MatrixTravel(size, times) : MatrixTravel(size, times, distances);
    for (const auto& objective : objectives()) {
      INFO("seed " << seed << ", " << objective.name);
      const auto plan = solved(problem, objective, {.iterations = 60, .seed = seed});
      REQUIRE(faults(problem, plan, objective) == "");
      unserved += plan.unserved.size();
      served += problem.visits.size() - plan.unserved.size();
      REQUIRE(explain_plan(problem, objective, plan)->broken.empty());
    }
  }
  CHECK(unserved > 1000);
  CHECK(served > 1000);
}

TEST_CASE("travel: a matrix of times alone is driven at 27 km/h") {
  const MatrixTravel travel(2, {0, 600, 300, 0});
  CHECK(travel.leg(0, 1).distance == 4500);
  CHECK(travel.leg(1, 0).distance == 2250);
  CHECK_FALSE(travel.has_distances());
}

TEST_CASE("travel: a matrix says in many ways that there is no road, and a place is at itself") {
  const MatrixTravel travel(2, {-1, 2147483647, 60, no_road}, {0, 0, -1, 0});
  CHECK(travel.leg(0, 0).time == 0);
  CHECK(travel.leg(0, 1).is_no_road());
  CHECK(travel.leg(0, 1).distance == no_road);
  CHECK(travel.leg(1, 0).is_no_road());
  CHECK(travel.leg(1, 1).time == 0);
}

TEST_CASE("travel: a matrix grows by a place at a time") {
  MatrixTravel travel(1, {0}, {0});
  for (std::size_t place = 1; place < 40; ++place) {
    std::vector<Leg> to(place), from(place);
    for (std::size_t other = 0; other < place; ++other) {
      to[other] = {100.0 * static_cast<double>(other) + static_cast<double>(place), 1};
      from[other] = {100.0 * static_cast<double>(place) + static_cast<double>(other), 2};
    }
    travel.add(to, from);
  }
  REQUIRE(travel.size() == 40);
  for (std::size_t a = 0; a < 40; ++a)
    for (std::size_t b = 0; b < 40; ++b)
      CHECK(travel.leg(a, b).time ==
            (a == b ? 0 : 100.0 * static_cast<double>(a) + static_cast<double>(b)));
  CHECK(travel.leg(3, 30).distance == 1);
  CHECK(travel.leg(30, 3).distance == 2);
}

}  // namespace mf::planning::search_test
