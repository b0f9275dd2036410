#pragma once
// A technician's place as phones report it, on both doors alike: frames of the stream and
// POST /v1/technicians/{id}/positions.
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace mf::gateway::topics {

/// Ephemeral: the latest one wins, nothing is stored.
struct Position {
  std::uint64_t seq = 0;
  Timestamp at;
  double lat = 0, lon = 0;
  std::optional<double> accuracy, speed, heading;  ///< none: the phone does not know
  /// How far the phone's clock is ahead of ours (or behind, negative), when that was too far to be
  /// believed: `at` is then ours.
  Duration clock_offset{0};
};

inline constexpr std::size_t positions_max = 200;

/// Those with a number higher than any before them, beginning after `last`; `last` becomes the
/// highest.
[[nodiscard]] std::vector<Position> newer_than(std::uint64_t& last,
                                               const std::vector<Position>& positions);

/// Puts a whole report under our time when the phone's clock is wrong: its newest point lies ahead
/// of now, or days behind. Gives the clock's offset, or nothing.
std::optional<Duration> correct_clock(std::vector<Position>& positions, Timestamp now);

}  // namespace mf::gateway::topics
