#pragma once
// What a played day was worth, read from its events alone; and the same as a plan, to be drawn.
#include "bench/days/played_day.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::bench {

struct DayFigures {
  std::size_t orders = 0, served = 0, cancelled = 0, unserved = 0;
  /// Of the unserved: four of a priority weigh as much as one of the next more urgent.
  double unserved_weight = 0;
  /// Clocks (arrive, resolve) that ran out, and by how much until it was done or the day was over.
  std::size_t breaches = 0;
  double late_hours = 0;
  double travel_hours = 0;          ///< really driven, from departure to arrival
  double travel_min_per_order = 0;  ///< by those served
  /// Times that were told to somebody; those that were moved afterwards, and without a reason.
  std::size_t promises = 0, moved = 0, moved_silently = 0;
  double behind_promise_min = 0;  ///< the arrival, on average, where it was later than told
  std::size_t findings = 0;       ///< of the checker
};

[[nodiscard]] DayFigures measure(const PlayedDay& day);

/// A plan of what really happened: routes with their times, and what nobody came for.
struct DrawnDay {
  planning::Problem problem;
  planning::Plan plan;
};
[[nodiscard]] DrawnDay as_plan(const PlayedDay& day);

}  // namespace mf::bench
