#pragma once
// For the checker: from when and until when each shift may be worked in, told from the problem and
// from what is under way. It shares no code with the solver.
#include <limits>

#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning {

/// What is under way in a route: a fact, whatever the rules say.
struct Fact {
  std::size_t visit = 0;
  Seconds began = 0, over = 0;
  /// Back home by then at the latest, with the breaks that are still owed.
  Seconds home = 0;
  bool is_stranded = false;  ///< there is no road home: nobody is asked to get there
};

struct WorkingHours {
  /// Not before: the shift's begin, or the end of an earlier shift of the same technician.
  Seconds from = 0;
  /// Who is at work has time again then; otherwise `from`.
  Seconds free = 0;
  /// Not after: the end with overtime, or when a later shift begins.
  Seconds to = 0;
  std::optional<Fact> fact;

  /// Nobody takes a break that should have begun before there was time for it, or whose window
  /// ends before it begins.
  [[nodiscard]] bool is_owed(const Break& rest) const {
    return rest.start.from <= rest.start.to && rest.start.to >= free;
  }
};

/// Of a route whose indices exist, in a plan some routes of which may be illegible.
[[nodiscard]] WorkingHours working_hours(const Problem& problem, const Plan& plan,
                                         const Route& route, const Objective& objective);

}  // namespace mf::planning
