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

inline constexpr std::size_t positions_max = 200;  ///< taken at a time

/// Those with a number higher than any before them, beginning after `last`; `last` becomes the
/// highest.
[[nodiscard]] std::vector<Position> newer_than(std::uint64_t& last,
                                               const std::vector<Position>& positions);

/// Whether nobody moves so fast: the way between is longer than one goes at 300 m/s, and longer
/// than a fix by a far antenna errs.
[[nodiscard]] bool is_jump(const Position& from, const Position& to);

/// One phone's clock, as its reports show it. One report that is old may be a queue; several that
/// come one after the other and are always equally old are live, and the clock is behind.
class PhoneClock {
 public:
  /// Puts a report under our time when the clock is wrong; a point whose stamp lies days ahead of
  /// the others' is dropped. Gives the clock's offset (behind: negative), or nothing.
  std::optional<Duration> correct(std::vector<Position>& report, Timestamp now);

 private:
  [[nodiscard]] Duration offset_by(Timestamp newest, Timestamp now);

  Duration behind_{0};  ///< what is known; negative
  /// Reports whose newest point was equally old, of late.
  struct {
    Timestamp since;
    Duration age{0};
    int reports = 0;
  } alike_;
};

}  // namespace mf::gateway::topics
