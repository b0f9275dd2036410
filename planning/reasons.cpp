#include "planning/reasons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "planning/reasons_routes.hpp"
#include "planning/reasons_rules.hpp"
#include "planning/timing.hpp"

namespace mf::planning {
namespace {

constexpr std::array<std::string_view, reason_code_count> code_names = {
    "pinned_elsewhere", "pinned_to_other_shift",
    "forbidden",        "not_allowed",
    "never_open",       "skill_missing",
    "skill_level",      "outside_zone",
    "no_shift",         "no_road",
    "no_road_home",     "outside_shift",
    "tool_missing",     "material_missing",
    "over_capacity",    "no_vehicle_left",
    "route_broken",     "break_impossible",
    "overlaps_pinned",  "delays_other",
    "window_missed",    "shift_overrun"};

/// Groups of one code are told apart by what is missing; what is only about time isn't.
bool is_same_group(const Reason& a, const Reason& b) {
  if (a.code != b.code) return false;
  switch (a.code) {
    case ReasonCode::skill_missing:
    case ReasonCode::skill_level: return a.subject == b.subject && a.needed == b.needed;
    case ReasonCode::tool_missing:
    case ReasonCode::material_missing: return a.subject == b.subject;
    default: return true;
  }
}

void count_in(std::vector<Explanation::Group>& groups, const Reason& reason) {
  const auto found = std::ranges::find_if(
      groups, [&](const auto& group) { return is_same_group(group.nearest, reason); });
  if (found == groups.end()) groups.push_back({1, reason});
  else ++found->technicians;
}

/// Why a route can't be driven as it is.
Reason why_broken(const Instance& instance, std::uint32_t number,
                  std::span<const std::uint32_t> nodes) {
  const auto& duty = instance.duties[number];
  const auto lacking = shortages(instance, number, nodes);
  if (!lacking.empty()) return lacking.front();
  // No visit of it is the one that is asked about.
  const auto nobody = nodes.size() + 1;
  if (const auto found = breaches(instance, duty, nodes); found.first)
    return reason_for(instance, duty, nodes, nobody, *found.first);
  return break_reason(instance, duty, nodes);
}

/// Adds up what routes cost and what each of their visits adds.
class PlanShares {
 public:
  explicit PlanShares(const Instance& instance)
      : instance_(instance), timing_(instance), is_routed_(instance.visit_count) {
    for (const auto& level : instance.objective.levels) result_.terms.push_back({level.term});
  }

  void add_route(std::uint32_t duty, const NodeList& nodes) {
    if (nodes.empty()) return;
    for (const auto node : nodes)
      if (!instance_.is_depot(node)) is_routed_[node] = true;
    Score whole;
    if (!timing_.timeline(duty, nodes, whole)) {
      result_.broken.push_back(why_broken(instance_, duty, nodes));
      return;
    }
    for (auto& share : result_.terms) share.value += whole[share.term];
    for (const auto node : nodes) {
      if (instance_.is_depot(node)) continue;
      const auto rest = without(instance_, timing_, duty, nodes, node);
      Score less;
      if (!rest.empty() && !timing_.timeline(duty, rest, less)) continue;
      for (auto& share : result_.terms) drive(share, node, whole[share.term] - less[share.term]);
    }
  }

  PlanExplanation finish() {
    for (auto& share : result_.terms) {
      for (std::uint32_t v = 0; share.term == Term::unserved && v < instance_.visit_count; ++v) {
        if (is_routed_[v]) continue;
        share.value += instance_.nodes[v].value;
        drive(share, v, instance_.nodes[v].value);
      }
      std::ranges::stable_sort(share.drivers, std::greater{}, &TermShare::Driver::amount);
      if (share.drivers.size() > TermShare::drivers_max)
        share.drivers.resize(TermShare::drivers_max);
    }
    return std::move(result_);
  }

 private:
  static void drive(TermShare& share, std::size_t visit, double amount) {
    constexpr double noise = 1e-6;
    if (amount > noise) share.drivers.push_back({visit, amount});
  }

  const Instance& instance_;
  Timing timing_;
  std::vector<bool> is_routed_;
  PlanExplanation result_;
};

}  // namespace

std::string_view to_string(ReasonCode code) { return code_names[static_cast<std::size_t>(code)]; }

Explanation why_nobody(const Problem& problem, std::size_t visit, std::span<const Option> options) {
  Explanation result{.visit = visit};
  std::vector<bool> is_counted(problem.technicians.size());
  for (const auto& option : options) {
    if (option.is_feasible) result.possible.push_back(option);
    if (is_counted[option.technician]) continue;
    is_counted[option.technician] = true;
    // A technician's nearest option comes first.
    if (!option.is_feasible && !option.reasons.empty())
      count_in(result.groups, option.reasons.front());
  }
  for (std::size_t t = 0; t < problem.technicians.size(); ++t)
    if (!is_counted[t]) count_in(result.groups, {.code = ReasonCode::no_shift, .technician = t});
  std::ranges::stable_sort(result.groups, std::greater{}, &Explanation::Group::technicians);
  return result;
}

Result<Explanation> why_nobody(const Problem& problem, const Objective& objective, const Plan& plan,
                               std::size_t visit) {
  const auto options = explain_visit(problem, objective, plan, visit);
  if (!options) return std::unexpected(options.error());
  return why_nobody(problem, visit, *options);
}

Result<PlanExplanation> explain_plan(const Instance& instance, const Plan& plan) {
  const auto routes = nodes_of(instance, plan);
  if (!routes) return std::unexpected(routes.error());
  PlanShares shares(instance);
  for (std::uint32_t d = 0; d < routes->size(); ++d) shares.add_route(d, (*routes)[d]);
  return shares.finish();
}

Result<PlanExplanation> explain_plan(const Problem& problem, const Objective& objective,
                                     const Plan& plan) {
  if (auto status = validate(problem); !status) return std::unexpected(status.error());
  return explain_plan(Instance(problem, objective), plan);
}

}  // namespace mf::planning
