#pragma once
// Reports of positions as JSON. Included by sources alone: it shows nlohmann.
#include <string_view>

#include "base/decision.hpp"
#include "base/json.hpp"
#include "gateway/topics/position.hpp"

namespace mf::gateway::topics {

/// What a report holds: the points that are some, in order, and where the others stood.
struct PositionReport {
  std::vector<Position> positions;
  std::vector<FieldError> errors;  ///< field: "positions.3"
};

/// Reads a list of [seq, at_ms, lat, lon, accuracy, speed, heading]; the last three may be
/// missing or null. A number a sensor says for "unknown" (-1, a heading that is no direction)
/// counts as null; one that no phone can mean, or 0, 0, makes the point none. `path` stands before
/// the number of a point in `errors`. Those beyond `positions_max` are not looked at: what is
/// acknowledged tells the phone to send them again. nullopt: no list.
[[nodiscard]] std::optional<PositionReport> read_positions(const nlohmann::json& list,
                                                           std::string_view path);

}  // namespace mf::gateway::topics
