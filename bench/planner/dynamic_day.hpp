#pragma once
#include "planning/files/published.hpp"
#include "planning/objective.hpp"

namespace mf::bench {

/// How a day went.
struct DayResult {
  planning::Plan driven;  ///< of the whole problem, with the checker's score
  std::size_t plans = 0;  ///< made while the day went on, without the one before it
};

/// Plays a day: a plan is made of what is known in the morning and made anew, `seconds` long,
/// whenever visits become known. Nobody knows anything beforehand: a leg that has begun is driven,
/// and nobody sets out for a visit before it is known or before the plan that says so is made. No
/// time passes while planning. A technician who is through stays at the last visit and goes home no
/// sooner than necessary, so a new visit may follow there.
///
/// Needs a problem without breaks and depots, whose visits have a window. Every plan, and what was
/// driven in the end, goes through the checker; throws when that finds anything, or when a new plan
/// changes what has already been driven.
[[nodiscard]] DayResult play_day(const planning_files::DynamicProblem& day,
                                 const planning::Objective& objective, planning::Seconds seconds);

}  // namespace mf::bench
