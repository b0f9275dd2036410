// Random sequences, timed by the solver and by the checker.
#include <algorithm>
#include <catch2/catch.hpp>

#include "planning/random.hpp"
#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {
namespace {

/// Some visits, and now and then a depot, in any order on any shift.
std::vector<Sequence> random_routes(const Problem& problem, Random& random) {
  const auto below = [&](std::size_t n) { return random.below(static_cast<std::uint32_t>(n)); };
  std::vector<Sequence> routes;
  add_empty(routes, problem);
  for (std::size_t v = 0; v < problem.visits.size(); ++v) {
    if (random.below(100) < 60) continue;
    auto& stops = routes[below(routes.size())].stops;
    if (!problem.depots.empty() && random.below(10) == 0)
      stops.push_back({StopKind::restock, below(problem.depots.size())});
    stops.insert(stops.begin() + below(stops.size() + 1), {.which = v});
  }
  return driven(std::move(routes));
}

/// Could every route be driven, in time and with what is in the van? Who serves what, pins and the
/// number of vehicles are decided before routes are timed.
bool is_possible(const Problem& problem, const Plan& plan, const Objective& objective) {
  for (const auto& violation : check(problem, plan, objective).violations)
    for (const auto* of_time :
         {"windows", "hours", "latest overtime", "sooner", "before", "van", "has no visit"})
      if (violation.what.find(of_time) != std::string::npos) return false;
  return true;
}

}  // namespace

TEST_CASE("timing: random sequences are possible and cost what the checker's own times say") {
  std::size_t possible = 0, impossible = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto features = Features::some(seed, 25);
    features.breaks = features.under_way = false;
    const auto problem = random_problem_with_any_pins(seed, features);
    for (const auto& objective : ready_made_objectives()) {
      // Where starts matter by themselves, the two ways of leaving later may differ.
      if (objective.has(Term::instability)) continue;
      SolversTimes times(problem, objective);
      Random random(seed);
      for (int attempt = 0; attempt < 20; ++attempt) {
        const auto routes = random_routes(problem, random);
        if (routes.empty()) continue;
        const auto theirs = time_sequences(problem, routes, objective);
        const auto ours = times.plan(routes);
        INFO("seed " << seed << ", " << objective.name << ", attempt " << attempt);
        // Of what the solver decides elsewhere nothing is asked here.
        if (!is_possible(problem, theirs, objective)) {
          ++impossible;
          CHECK((!ours || !is_possible(problem, *ours, objective)));
          continue;
        }
        ++possible;
        REQUIRE(ours);
        for (const auto term :
             {Term::unserved, Term::lateness, Term::overtime, Term::vehicles, Term::distance,
              Term::working_time, Term::travel, Term::waiting, Term::unfairness}) {
          INFO(to_string(term));
          // When a leg is driven matters in traffic.
          if (features.traffic && (term == Term::travel || term == Term::waiting)) continue;
          CHECK(is_near(theirs.score[term], ours->score[term]));
        }
      }
    }
  }
  CHECK(possible > 1000);
  CHECK(impossible > 1000);
}

}  // namespace mf::planning::search_test
