#pragma once
// Plans of random problems, and what is asked of them.
#include <optional>
#include <string>
#include <vector>

#include "planning/checker.hpp"
#include "planning/instance.hpp"
#include "planning/search.hpp"
#include "planning/timing.hpp"
#include "tests/planning/random_problem.hpp"

namespace mf::planning::search_test {

/// Throws when there is none.
Plan solved(const Problem& problem, const Objective& objective, const SolveOptions& options);

bool is_near(double a, double b);

/// What the checker finds wrong with a plan or its score, a line for each; "" for a good plan.
std::string faults(const Problem& problem, const Plan& plan, const Objective& objective);
/// `but_for`: violations that have these words don't count.
bool keeps_rules(const Problem& problem, const Plan& plan, const Objective& objective,
                 std::string_view but_for = "no such words");

/// The ready-made ones and two more.
std::vector<Objective> objectives();
const Objective& named(std::string_view name);

/// Sequences of a plan without its breaks and times.
std::vector<Sequence> sequences(const Plan& plan);
/// Shifts without a route get one without stops.
void add_empty(std::vector<Sequence>& routes, const Problem& problem);
/// Without those that have no stop.
std::vector<Sequence> driven(std::vector<Sequence> routes);

/// The solver's own times for sequences, as a plan; nullopt when a route breaks a rule.
class SolversTimes {
 public:
  SolversTimes(const Problem& problem, const Objective& objective)
      : problem_(problem), instance_(problem, objective), timing_(instance_) {}

  std::optional<Plan> plan(const std::vector<Sequence>& sequences);

 private:
  std::uint32_t duty_of(const Sequence& sequence) const;

  const Problem& problem_;
  Instance instance_;
  Timing timing_;
};

}  // namespace mf::planning::search_test
