#pragma once
// A day whose reasons are told: one technician, two planned visits, one in question.
#include <string>
#include <vector>

#include "planning/reasons.hpp"

namespace mf::planning::reasons_test {

constexpr Seconds minutes(double count) { return 60 * count; }
constexpr Seconds oclock(double hour, double minute = 0) { return 3600 * hour + 60 * minute; }

enum : std::size_t { at_0, at_10, at_20, at_30, at_37, at_40, at_192 };
enum : std::size_t { v12, v7, v9 };

/// Ana leaves home at 08:00, does V12 08:10–08:40 and V7 09:00–09:30 and is home at 10:00. V9,
/// 20 min of work at minute 20, is the visit in question.
struct Day {
  Problem problem;
  Objective objective = *find_objective("dispatch");
  Plan plan;

  Day();
  void add_technician(std::string id);
  /// The whole problem has one technician only and nothing planned yet.
  void forget_plan() { plan.routes.clear(); }

  Technician& ana() { return problem.technicians[0]; }
  Shift& shift() { return ana().shifts[0]; }
  Visit& visit(std::size_t v) { return problem.visits[v]; }

  std::vector<Option> options(std::size_t v = v9) const;
  Option only() const;
  std::string spanish() const { return say(problem, only(), Language::spanish); }
  std::string english() const { return say(problem, only(), Language::english); }
  Explanation nobody() const { return why_nobody(problem, v9, options()); }
};

using Codes = std::vector<ReasonCode>;
Codes codes(const Option& option);
std::string name_of(const Day& day, const Option& option);

}  // namespace mf::planning::reasons_test
