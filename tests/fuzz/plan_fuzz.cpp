// Any text as a problem of the planner, and what follows its first NUL as a plan of it: named
// errors, or a problem that can be written, read again and solved without breaking a rule.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "planning/checker.hpp"
#include "planning/files/problem_json.hpp"
#include "planning/files/published.hpp"
#include "planning/search.hpp"

namespace {

using namespace mf;

/// Larger ones take the fuzzer too long.
bool is_small(const planning::Problem& problem) {
  return problem.visits.size() <= 30 && problem.technicians.size() <= 10 &&
         problem.depots.size() <= 3 && problem.places.size() <= 60;
}

void solve_it(const planning::Problem& problem, const planning::Objective& objective) {
  const auto plan = planning::solve(problem, objective, {.iterations = 20});
  if (plan && !planning::check(problem, *plan, objective).violations.empty()) std::abort();
}

void judge(std::string_view text, const planning::Problem& problem,
           const planning::Objective& objective) {
  if (const auto plan = planning_files::read_plan(text, problem))
    static_cast<void>(planning::check(problem, *plan, objective));
  static_cast<void>(planning_files::read_routes(text, problem));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\0');
  const auto problem = planning_files::read_problem(text.substr(0, end));
  if (!problem || !planning::validate(*problem) || !is_small(*problem)) return 0;
  if (!planning_files::read_problem_json(planning_files::to_json(*problem))) std::abort();
  const auto& objective = *planning::find_objective("dispatch");
  solve_it(*problem, objective);
  if (end != std::string_view::npos) judge(text.substr(end + 1), *problem, objective);
  return 0;
}
