#include <fmt/format.h>

#include <cmath>

#include "actors/dispatch/road_asker.hpp"
#include "base/geo.hpp"
#include "base/json_member.hpp"

namespace mf::dispatch {
namespace {

/// Faster than this from place to place no van gets anywhere: 250 km/h.
constexpr double speed_possible = 70;
/// And slower than this, with so much for ways around, nobody goes: on foot it is sooner.
constexpr double walking_speed = 1, way_around_s = 2 * 3600;
/// Between rounded places, which are not where a service puts them on its roads.
constexpr double distance_certain_m = 2000;

using Table = nlohmann::json;

const Table* rows_of(const Table& body, const char* name, std::size_t rows, std::size_t columns) {
  const auto table = body.find(name);
  if (table == body.end() || !table->is_array() || table->size() != rows) return nullptr;
  const bool has_rows = std::ranges::all_of(
      *table, [&](const Table& line) { return line.is_array() && line.size() == columns; });
  return has_rows ? &*table : nullptr;
}

/// nullopt: a lie. Infinite: none.
std::optional<double> number(const Table& cell) {
  if (cell.is_null()) return planning::no_road;
  if (!cell.is_number()) return {};
  const auto value = cell.get<double>();
  if (value == -1 || value > planning::number_max) return planning::no_road;
  if (!(value >= 0)) return {};
  return value;
}

}  // namespace

std::string table_target(const RoadCache::Question& question) {
  std::string target = "/table/v1/driving/", sources, destinations;
  std::size_t index = 0;
  const auto add = [&](const Spot& spot, std::string& list) {
    target += fmt::format("{}{:.4f},{:.4f}", index == 0 ? "" : ";", spot.lon, spot.lat);
    list += fmt::format("{}{}", list.empty() ? "" : ";", index++);
  };
  for (const auto& spot : question.from) add(spot, sources);
  for (const auto& spot : question.to) add(spot, destinations);
  return target + "?sources=" + sources + "&destinations=" + destinations +
         "&annotations=duration,distance";
}

Result<std::vector<planning::Leg>> read_table(std::string_view text,
                                              const RoadCache::Question& question) {
  const auto body = parse_json(text);
  if (!body.is_object()) return fail(ErrorCode::invalid_argument, "the answer is no JSON object");
  if (text_member(body, "code") != "Ok")
    return fail(ErrorCode::unavailable, "the road service says no");
  const auto rows = question.from.size(), columns = question.to.size();
  const auto* durations = rows_of(body, "durations", rows, columns);
  if (!durations) return fail(ErrorCode::invalid_argument, "the table has another size");
  const bool has_distances = body.contains("distances");
  const auto* distances = rows_of(body, "distances", rows, columns);
  if (has_distances && !distances)
    return fail(ErrorCode::invalid_argument, "the table of distances has another size");
  std::vector<planning::Leg> legs;
  legs.reserve(rows * columns);
  for (std::size_t from = 0; from < rows; ++from)
    for (std::size_t to = 0; to < columns; ++to) {
      const auto time = number((*durations)[from][to]);
      const auto distance = !distances ? time : number((*distances)[from][to]);
      if (!time || !distance)
        return fail(ErrorCode::invalid_argument, "the table has a time that can't be");
      if (*time == planning::no_road || *distance == planning::no_road) {
        legs.push_back({planning::no_road, planning::no_road});
        continue;
      }
      const auto &a = question.from[from], &b = question.to[to];
      const auto straight = distance_m({a.lat, a.lon}, {b.lat, b.lon});
      if (straight > distance_certain_m && *time * speed_possible < straight - distance_certain_m)
        return fail(ErrorCode::invalid_argument, "the table has a time in which nobody is there");
      if (*time > way_around_s + straight / walking_speed)
        return fail(ErrorCode::invalid_argument, "the table has a time that nobody needs");
      legs.push_back(
          {*time, distances ? *distance : *time * planning::MatrixTravel::metres_per_second});
    }
  return legs;
}

}  // namespace mf::dispatch
