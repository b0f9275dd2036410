// A search that begins with a plan.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "planning/random.hpp"
#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {

TEST_CASE("solve: a plan to begin with is never made worse") {
  const auto all = objectives();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto problem = random_problem(seed, Features::some(seed, seed % 2 == 0 ? 30 : 60));
    for (const auto& objective : all) {
      // A bad one leaves more room for getting better in one term and worse in another.
      const auto old =
          solved(problem, objective, {.iterations = seed % 3 == 0 ? 0 : 40, .seed = seed});
      for (const std::uint64_t iterations : {0, 1, 50}) {
        INFO("seed " << seed << ", " << objective.name << ", " << iterations << " iterations");
        const auto plan = solved(problem, objective,
                                 {.iterations = iterations, .seed = seed + 1, .warm_start = &old});
        CHECK_FALSE(is_better(old.score, plan.score, objective));
        REQUIRE(faults(problem, plan, objective) == "");
      }
    }
  }
}

TEST_CASE("solve: a plan to begin with is never made worse, however long the search") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Features features{.visits_min = 25};
    features.windows = features.due_dates = features.overtime = features.announcements = true;
    const auto problem = random_problem(seed, features);
    const auto old = solved(problem, named("dispatch"), {.iterations = 0, .seed = seed});
    const auto plan =
        solved(problem, named("dispatch"), {.iterations = 3000, .seed = seed, .warm_start = &old});
    INFO("seed " << seed);
    CHECK_FALSE(is_better(old.score, plan.score, named("dispatch")));
  }
}

TEST_CASE("solve: a plan that was timed by somebody else is never made worse") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    auto features = Features::some(seed, 30);
    features.breaks = features.under_way = features.traffic = false;  // time_sequences has none
    const auto problem = random_problem(seed, features);
    for (const auto& objective : ready_made_objectives()) {
      const auto first = solved(problem, objective, {.iterations = 20, .seed = seed});
      const auto old = time_sequences(problem, sequences(first), objective);
      INFO("seed " << seed << ", " << objective.name);
      REQUIRE(keeps_rules(problem, old, objective));
      const auto plan =
          solved(problem, objective, {.iterations = 20, .seed = seed, .warm_start = &old});
      CHECK_FALSE(is_better(old.score, plan.score, objective));
    }
  }
}

TEST_CASE("solve: whatever the plan to begin with says, the result keeps every rule") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto problem = random_problem(seed, Features::some(seed, seed % 2 == 0 ? 30 : 70));
    Random random(seed);
    const auto other_problem = random_problem(seed + 1000, Features::some(seed + 1000, 50));
    for (const auto& objective : ready_made_objectives()) {
      auto garbage = solved(other_problem, objective, {.iterations = 0, .seed = seed});
      if (seed % 3 == 0) garbage = solved(problem, objective, {.iterations = 0, .seed = seed});
      for (auto& route : garbage.routes) {
        for (std::uint32_t i = 0; i < 3; ++i) {
          const auto kind = static_cast<StopKind>(random.below(3));
          const std::size_t which[] = {random.below(50), random.below(4), ~std::size_t{0},
                                       problem.visits.size(), std::size_t{1} << 32};
          if (!route.stops.empty()) std::swap(route.stops.front(), route.stops.back());
          route.stops.push_back({kind, which[random.below(5)], NAN, INFINITY, -1});
          if (random.below(2) == 0) route.stops.push_back(route.stops.front());
        }
        if (random.below(5) == 0)
          std::erase_if(route.stops, [](const Stop& s) { return s.kind != StopKind::restock; });
        if (random.below(10) == 0)
          route.technician = random.below(2) == 0 ? ~std::size_t{0} : random.below(9);
        if (random.below(10) == 0) route.shift = random.below(5);
      }
      if (!garbage.routes.empty()) garbage.routes.push_back(garbage.routes.front());
      garbage.unserved = {7, 7, ~std::size_t{0}};
      INFO("seed " << seed << ", " << objective.name);
      for (const std::uint64_t iterations : {0, 20}) {
        const auto plan = solved(problem, objective,
                                 {.iterations = iterations, .seed = seed, .warm_start = &garbage});
        REQUIRE(faults(problem, plan, objective) == "");
      }
    }
  }
}

TEST_CASE("solve: a depot alone in a plan to begin with makes no route") {
  Features features;
  features.depots = true;
  auto problem = random_problem(3, features);
  problem.depots[0].hours = {0, 86400};
  Plan old;
  for (std::size_t t = 0; t < problem.technicians.size(); ++t)
    old.routes.push_back({.technician = t, .stops = {{StopKind::restock, 0}}});
  problem.visits.resize(1);
  for (const auto& objective : objectives()) {
    INFO(objective.name);
    const auto plan = solved(problem, objective, {.iterations = 0, .warm_start = &old});
    CHECK(faults(problem, plan, objective) == "");
  }
}

}  // namespace mf::planning::search_test
