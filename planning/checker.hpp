#pragma once
// An independent judge of plans. It shares no code with the solver's evaluation: it reads the
// problem as it was given and the times as they are written in the plan.
#include <string>
#include <vector>

#include "base/result.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning {

/// One broken rule, in words for developers: "route of ana (shift 0), stop 3, visit v12: …".
struct Violation {
  std::string where, what;
};

struct Verdict {
  std::vector<Violation> violations;  ///< empty: the plan may be carried out
  Score score;                        ///< every term, computed from the plan's times
};

/// Checks every hard rule and computes every term. Times may be wrong by `tolerance` seconds
/// (rounding of doubles). O(stops), reads the problem's travel directly. Needs a valid problem.
[[nodiscard]] Verdict check(const Problem& problem, const Plan& plan, const Objective& objective,
                            Seconds tolerance = 1e-6);

/// Times a sequence of stops the obvious way: leave at once, arrive, wait for the window, work;
/// then leave later if that costs nothing. Only for shifts without breaks. For published solutions.
/// The result may break rules; check() says which.
[[nodiscard]] Plan time_sequences(const Problem& problem, const std::vector<Sequence>& sequences,
                                  const Objective& objective);

}  // namespace mf::planning
