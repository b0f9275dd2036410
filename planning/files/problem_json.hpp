#pragma once
// Problems and plans as JSON, for people and other programs.
//
// A problem:
//   {"name": "Monday",
//    "travel": {"kind": "great_circle", "detour": 1.4, "kmh": 27},
//    "traffic": {"factors": [1, 1, … 24 of them], "starts_at": "06:00"},
//    "places": [{"id": "base", "lat": -12.05, "lon": -77.04}],
//    "technicians": [{"id": "ana", "start": "base", "end": "base",
//                     "shifts": [{"hours": {"from": "08:00", "to": "17:00"}}]}],
//    "visits": [{"id": "v1", "place": {"lat": -12.1, "lon": -77.02}, "duration": "00:45",
//                "windows": [{"from": "09:00", "to": "11:00"}]}],
//    "vehicles_max": 3}
//
// Members have the names, meanings and defaults of planning/problem.hpp; an unknown one is an
// error. Besides:
//  - A moment is a number of seconds since the horizon began, or what a clock shows: "08:15",
//    "08:15:30", "1 08:15" on the next day. The horizon begins at traffic's `starts_at`, or at
//    midnight. A window by the clock without days that ends before it begins goes on till the next
//    day, where that makes it 12 hours at most (a night shift, "22:00" to "06:00"); the breaks of
//    such a shift may be after midnight. A length of time is a number of seconds or "HH:MM",
//    "HH:MM:SS".
//  - A place is an index of `places`, an `id` of one, or given where it is needed: {"lat", "lon"}
//    in degrees, {"x", "y"} on a plane. `places` may be absent, also for a matrix.
//  - `travel` is {"kind": "great_circle"} with `detour` and `kmh` (the default), {"kind": "plane"},
//    or {"kind": "matrix", "time_s": [[…]], "distance_m": [[…]]} with a row per place. Without
//    `distance_m` a van makes 27 km/h. null, −1 or a number above 1e9 (INT_MAX, UINT32_MAX) says
//    that there is no road.
//  - A skill is a name (level 1) or {"skill", "level"}; an amount is {"item", "quantity"}.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning_files {

/// Errors are ErrorCode::invalid_argument and name the field: "visits.3.windows.0.from: …"; a text
/// above 64 MiB is ErrorCode::limit. The problem isn't validated.
[[nodiscard]] Result<planning::Problem> read_problem_json(std::string_view text);

/// A text that read_problem_json() reads, times as numbers. Names of places are gone: it has their
/// indices.
[[nodiscard]] std::string to_json(const planning::Problem& problem);

/// Members: problem, score (every term by its name), routes with technician, shift, departure, end
/// and stops, unserved. Every moment is there twice: "start" in seconds, "start_at" as a clock
/// shows it. A stop says what it is: {"visit": id}, {"restock": id} or {"rest": number}. Needs a
/// plan of this problem.
[[nodiscard]] std::string to_json(const planning::Problem& problem, const planning::Plan& plan);

/// Reads it again. Of the two ways to write a moment one is enough; both must agree. Without
/// `unserved` it is what no route visits. `score` is taken as it is written and may be absent.
/// Errors as above, also for what the problem doesn't know; rules of the problem aren't checked.
[[nodiscard]] Result<planning::Plan> read_plan(std::string_view text,
                                               const planning::Problem& problem);

/// A plan of which something is gone since: visits, depots, technicians, shifts, breaks.
struct KnownPart {
  planning::Plan plan;               ///< without it; unserved is what no route visits
  std::vector<std::string> dropped;  ///< a line each: "routes.0.stops.2.visit: there is no …"
};
/// The same for a plan to begin with, which may be older than the problem.
[[nodiscard]] Result<KnownPart> read_known_part(std::string_view text,
                                                const planning::Problem& problem);

}  // namespace mf::planning_files
