#pragma once
// Who goes where, when: what the planner answers. Indices are those of the Problem.
#include <cstddef>
#include <vector>

#include "planning/objective.hpp"

namespace mf::planning {

enum class StopKind {
  visit,
  restock,  ///< at a depot
  rest,     ///< a break of the shift
};

/// A stop of a route. A rest has no place: one that begins before the next stop's `arrival` is
/// taken at the place before (or at home, before the route's departure), a later one at the next.
struct Stop {
  StopKind kind = StopKind::visit;
  std::size_t which = 0;  ///< of the visits, the depots, or the shift's breaks
  Seconds arrival = 0;    ///< of a rest: when it begins
  Seconds start = 0;      ///< of the work
  Seconds end = 0;        ///< of the work
};

/// One technician's shift. Never without a visit.
struct Route {
  std::size_t technician = 0, shift = 0;
  Seconds departure = 0;  ///< from the start place: as late as costs nothing
  Seconds end = 0;        ///< at the end place, or with the last stop
  std::vector<Stop> stops;
};

struct Plan {
  std::vector<Route> routes;          ///< by technician and shift
  std::vector<std::size_t> unserved;  ///< visits, ascending
  Score score;
};

/// A sequence without times, as published solutions are given.
struct Sequence {
  struct Stop {
    StopKind kind = StopKind::visit;  ///< visit or restock; breaks find their own place
    std::size_t which = 0;
  };
  std::size_t technician = 0, shift = 0;
  std::vector<Stop> stops;
};

}  // namespace mf::planning
