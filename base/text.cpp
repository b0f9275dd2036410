#include "base/text.hpp"

#include <charconv>
#include <cmath>
#include <utility>

namespace mf {

std::optional<Duration> parse_length(std::string_view text) {
  constexpr double second = 1'000, minute = 60 * second, hour = 60 * minute;
  constexpr double length_max = 365 * 24 * hour;
  constexpr std::pair<std::string_view, double> units[] = {
      {"", second}, {"ms", 1}, {"s", second}, {"m", minute}, {"h", hour}};
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number)) return {};
  const std::string_view unit(end, text.data() + text.size());
  const auto* found = std::ranges::find(units, unit, &std::pair<std::string_view, double>::first);
  if (found == std::end(units)) return {};
  const double length = number * found->second;
  if (!(length >= 1 && length <= length_max)) return {};
  // A hair more, so that 0.3 s are 300 ms whatever the binary fraction.
  return Duration{static_cast<std::int64_t>(length + 1e-6)};
}

}  // namespace mf
