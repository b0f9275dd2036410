#include "tests/planning/plans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mf::planning::search_test {

Plan solved(const Problem& problem, const Objective& objective, const SolveOptions& options) {
  auto plan = solve(problem, objective, options);
  if (!plan) throw std::runtime_error(plan.error().message);
  return std::move(*plan);
}

bool is_near(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

std::string faults(const Problem& problem, const Plan& plan, const Objective& objective) {
  std::string text;
  const auto verdict = check(problem, plan, objective);
  for (const auto& [where, what] : verdict.violations) text += where + ": " + what + "\n";
  for (std::size_t t = 0; t < term_count; ++t)
    if (!is_near(verdict.score.values[t], plan.score.values[t]))
      text += fmt::format("{} is {}, the plan says {}\n", to_string(static_cast<Term>(t)),
                          verdict.score.values[t], plan.score.values[t]);
  return text;
}

bool keeps_rules(const Problem& problem, const Plan& plan, const Objective& objective,
                 std::string_view but_for) {
  return std::ranges::all_of(
      check(problem, plan, objective).violations,
      [&](const auto& violation) { return violation.what.find(but_for) != std::string::npos; });
}

std::vector<Objective> objectives() {
  const auto ready_made = ready_made_objectives();
  std::vector<Objective> all(ready_made.begin(), ready_made.end());
  all.push_back({.name = "travel", .levels = {{Term::unserved, 1e-6}, {Term::travel, 1e-3}}});
  all.push_back({.name = "waiting",
                 .levels = {{Term::waiting, 1}, {Term::vehicles, 0}, {Term::unserved, 1e-6}}});
  return all;
}

const Objective& named(std::string_view name) { return *find_objective(name); }

std::vector<Sequence> sequences(const Plan& plan) {
  std::vector<Sequence> result;
  for (const auto& r : plan.routes) {
    result.push_back({.technician = r.technician, .shift = r.shift});
    for (const auto& s : r.stops)
      if (s.kind != StopKind::rest) result.back().stops.push_back({s.kind, s.which});
  }
  return result;
}

void add_empty(std::vector<Sequence>& routes, const Problem& problem) {
  for (std::size_t t = 0; t < problem.technicians.size(); ++t)
    for (std::size_t s = 0; s < problem.technicians[t].shifts.size(); ++s) {
      const auto is_it = [&](const Sequence& r) { return r.technician == t && r.shift == s; };
      if (std::ranges::none_of(routes, is_it)) routes.push_back({.technician = t, .shift = s});
    }
}

std::vector<Sequence> driven(std::vector<Sequence> routes) {
  std::erase_if(routes, [](const Sequence& r) { return r.stops.empty(); });
  return routes;
}

std::optional<Plan> SolversTimes::plan(const std::vector<Sequence>& sequences) {
  Plan plan;
  std::vector<bool> is_served(problem_.visits.size());
  for (const auto& sequence : sequences) {
    if (sequence.stops.empty()) continue;
    std::vector<std::uint32_t> nodes;
    for (const auto& stop : sequence.stops) {
      const bool is_visit = stop.kind == StopKind::visit;
      nodes.push_back(
          static_cast<std::uint32_t>(stop.which + (is_visit ? 0 : problem_.visits.size())));
      if (is_visit) is_served[stop.which] = true;
    }
    Score score;
    auto route = timing_.timeline(duty_of(sequence), nodes, score);
    if (!route) return {};
    plan.score += score;
    plan.routes.push_back(std::move(*route));
  }
  for (std::size_t v = 0; v < is_served.size(); ++v)
    if (!is_served[v]) {
      plan.unserved.push_back(v);
      plan.score[Term::unserved] += problem_.visits[v].value;
    }
  return plan;
}

std::uint32_t SolversTimes::duty_of(const Sequence& sequence) const {
  for (std::uint32_t d = 0; d < instance_.duties.size(); ++d)
    if (instance_.duties[d].technician == sequence.technician &&
        instance_.duties[d].shift == sequence.shift)
      return d;
  return 0;
}

}  // namespace mf::planning::search_test
