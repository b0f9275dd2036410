#include "planning/files/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planning/files/text_lines.hpp"

namespace mf::planning_files {

using planning::Seconds;

namespace {

std::optional<Seconds> parse_hours(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return {};
  double seconds = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto part = i < parts.size() ? parts[i] : "00";
    const auto value = to_count(part);
    if (!value || part.size() > 2 || (i > 0 && (part.size() < 2 || *value > 59))) return {};
    seconds = seconds * 60 + static_cast<double>(*value);
  }
  if (seconds > 24 * 3600) return {};
  return seconds;
}

}  // namespace

std::optional<Seconds> parse_clock(std::string_view text) {
  constexpr std::size_t days_max = 20'000;  // more than any valid problem has
  const bool is_before = text.starts_with('-');
  const auto parts = words(text.substr(is_before ? 1 : 0));
  if (parts.empty() || parts.size() > 2) return {};
  const auto days = parts.size() == 2 ? to_count(parts[0]) : 0;
  const auto hours = parse_hours(parts.back());
  if (!days || *days > days_max || !hours) return {};
  const auto seconds = static_cast<double>(*days) * 86'400 + *hours;
  return is_before ? -seconds : seconds;
}

std::string format_clock(Seconds time) {
  constexpr Seconds far = 1e12;  // beyond it, a plan somebody made up
  const auto seconds = std::llround(std::min(std::abs(time), far));
  const auto days = seconds / 86'400;
  return fmt::format("{}{}{:02}:{:02}:{:02}", time < 0 && seconds > 0 ? "-" : "",
                     days > 0 ? fmt::format("{} ", days) : "", seconds / 3600 % 24,
                     seconds / 60 % 60, seconds % 60);
}

Seconds clock_at_begin(const planning::Problem& problem) { return problem.profile.time_of_day(); }

}  // namespace mf::planning_files
