#include "gateway/topics/position_json.hpp"

#include <algorithm>
#include <cmath>

#include "base/geo.hpp"

namespace mf::gateway::topics {
namespace {

using Tree = nlohmann::json;

constexpr double at_ms_min = 946'684'800'000,  // the year 2000: before it, seconds were meant
    at_ms_max = 4'102'444'800'000;             // the year 2100
constexpr double accuracy_max = 1e6, speed_max = 1e3, heading_max = 360;

bool is_within(double value, double low, double high) { return value >= low && value <= high; }

/// One of the last three. False: the point is none.
bool read_reading(const Tree& point, std::size_t at, double max, std::optional<double>& into) {
  if (at >= point.size() || point[at].is_null()) return true;
  if (!point[at].is_number()) return false;
  const auto value = point[at].get<double>();
  if (!std::isfinite(value)) return false;
  if (value < 0) return true;  // sensors say -1 for "unknown"
  if (value > max) return false;
  into = value;
  return true;
}

/// Phones also tell fractions of a millisecond.
std::optional<Timestamp> read_at(const Tree& at) {
  if (!at.is_number()) return std::nullopt;
  const auto ms = std::round(at.get<double>());
  if (!is_within(ms, at_ms_min, at_ms_max)) return std::nullopt;
  return from_millis(static_cast<std::int64_t>(ms));
}

std::optional<Position> read_position(const Tree& point) {
  if (!point.is_array() || point.size() < 4 || point.size() > 7) return std::nullopt;
  const auto at = read_at(point[1]);
  if (!point[0].is_number_unsigned() || !at) return std::nullopt;
  if (!point[2].is_number() || !point[3].is_number()) return std::nullopt;
  Position position{.seq = point[0].get<std::uint64_t>(),
                    .at = *at,
                    .lat = point[2].get<double>(),
                    .lon = point[3].get<double>(),
                    .accuracy = {},
                    .speed = {},
                    .heading = {}};
  if (!is_within(position.lat, -90, 90) || !is_within(position.lon, -180, 180)) return std::nullopt;
  // A direction that is none says only that the phone does not know it.
  constexpr double any_number = 1e9;
  if (!read_reading(point, 4, accuracy_max, position.accuracy) ||
      !read_reading(point, 5, speed_max, position.speed) ||
      !read_reading(point, 6, any_number, position.heading))
    return std::nullopt;
  if (position.heading && *position.heading > heading_max) position.heading.reset();
  return position;
}

}  // namespace

std::optional<PositionReport> read_positions(const Tree& list, std::string_view path) {
  if (!list.is_array()) return std::nullopt;
  PositionReport report;
  for (std::size_t i = 0; i < std::min(list.size(), positions_max); ++i) {
    const auto refuse = [&](std::string code, Sentence detail) {
      report.errors.push_back(
          {std::string(path) + "." + std::to_string(i), std::move(code), std::move(detail)});
    };
    const auto position = read_position(list[i]);
    if (!position) refuse("malformed", "[seq, at_ms, lat, lon, accuracy, speed, heading]"_en);
    else if (is_null_island({position->lat, position->lon}))
      refuse("null_island", "0, 0 is no place"_en);
    else report.positions.push_back(*position);
  }
  return report;
}

}  // namespace mf::gateway::topics
