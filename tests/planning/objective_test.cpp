#include <catch2/catch.hpp>

#include "planning/instance.hpp"
#include "planning/objective.hpp"

using namespace mf::planning;

namespace {

Score of(double travel, double instability) {
  Score score;
  score[Term::travel] = travel;
  score[Term::instability] = instability;
  return score;
}

Objective weighed() {
  Objective o{.name = "weighed", .levels = {{Term::travel, 60}, {Term::instability, 60}}};
  auto& weights = o.weights.emplace();
  weights[static_cast<std::size_t>(Term::travel)] = 1;
  weights[static_cast<std::size_t>(Term::instability)] = 0.5;
  weights[static_cast<std::size_t>(Term::waiting)] = 1000;  // not among the levels: not counted
  return o;
}

}  // namespace

TEST_CASE(
    "objective: level by level the first difference decides, weights weigh one with another") {
  auto objective = weighed();
  const auto far = of(1000, 0), moved = of(800, 600);
  CHECK(objective.sum(far) == Approx(1000));
  CHECK(objective.sum(moved) == Approx(1100));
  CHECK(is_better(far, moved, objective));
  CHECK_FALSE(is_better(moved, far, objective));
  CHECK_FALSE(is_better(far, far, objective));
  CHECK(is_better(of(999, 0), far, objective));
  objective.weights.reset();
  CHECK(is_better(moved, far, objective));
}

TEST_CASE("objective: the search's energy is what the weights say") {
  Problem problem;
  problem.places = {Place{0, 0}, Place{0, 100}};
  problem.travel = PlaneTravel(problem.places);
  Technician who{.id = "ana", .start = 0, .end = {}};
  who.shifts = {{.hours = {0, 10'000}}};
  problem.technicians = {who};
  problem.visits = {{.id = "one", .place = 1, .duration = 10}};
  const auto objective = weighed();
  const Instance instance(problem, objective);
  CHECK(instance.energy(of(800, 600)) == Approx(1100));
}
