#pragma once
// Moments and lengths of time as people write them.
#include <optional>
#include <string>
#include <string_view>

#include "planning/problem.hpp"

namespace mf::planning_files {

/// "8:15", "08:15:30", "24:00"; "1 08:15" on the day after. A minus in front: before midnight of
/// day 0. nullopt for anything else.
[[nodiscard]] std::optional<planning::Seconds> parse_clock(std::string_view text);

/// "08:15:30", "1 08:15:30"; rounded to a second.
[[nodiscard]] std::string format_clock(planning::Seconds time);

/// What a clock shows when the horizon begins.
[[nodiscard]] planning::Seconds clock_at_begin(const planning::Problem& problem);

}  // namespace mf::planning_files
