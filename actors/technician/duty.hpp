#pragma once
// When a technician works: shifts repeat weekly in America/Bogota (UTC−5 all year), breaks are
// holes in them, absences are single holes.
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace mf::technician {

enum class Day : std::uint8_t { sun, mon, tue, wed, thu, fri, sat };

struct Shift {
  std::vector<Day> days;
  std::string from, to;  ///< "08:00"; `to` not later than `from` means the next day
};
struct Absence {
  Timestamp from{}, to{};
  std::optional<std::string> reason;
};
/// [from, to)
struct Interval {
  Timestamp from{}, to{};
  bool operator==(const Interval&) const = default;
};
struct Duty {
  const std::vector<Shift>& shifts;  ///< none: always on duty
  const std::vector<Shift>& breaks;
  const std::vector<Absence>& absences;
};

/// Minutes after midnight of "HH:MM", 00:00–24:00: the last is where a day ends, and where nothing
/// begins. nullopt for anything else.
[[nodiscard]] std::optional<int> parse_time_of_day(std::string_view text);
inline constexpr int day_minutes = 24 * 60;

/// The stretches of [from, to) on duty, ascending, joined where they touch.
[[nodiscard]] std::vector<Interval> on_duty(const Duty&, Interval within);

/// What a hole leaves of them.
[[nodiscard]] std::vector<Interval> without(const std::vector<Interval>&, Interval hole);

/// When so much time on duty will have passed; nullopt when there isn't as much within two weeks.
[[nodiscard]] std::optional<Timestamp> after_time_on_duty(const Duty&, Timestamp from,
                                                          Duration time);

/// How far ahead anybody's duty is looked through.
inline constexpr Duration duty_horizon = std::chrono::days(14);

}  // namespace mf::technician
