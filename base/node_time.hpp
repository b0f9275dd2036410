#pragma once
// A node's time as a pure rule: what a process takes for the present, whatever its wall clock says
// (docs/decisions/0015-time.md).
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace mf {

/// One look at both clocks of a machine.
struct ClockReading {
  std::chrono::nanoseconds steady{};  ///< since the boot, suspended time counted: CLOCK_BOOTTIME
  Timestamp wall;
};

/// What one life of a node leaves to the next: under this boot of the machine, it was `time` when
/// the steady clock stood at `steady`.
struct ClockRecord {
  std::string boot;
  std::chrono::nanoseconds steady{};
  Timestamp time;
  bool operator==(const ClockRecord&) const = default;
};

/// Follows the steady clock. A wall clock that differs by at most `drawn_max` draws it gently; one
/// that differs by more is not followed, however long it is wrong, until it has said the same for
/// `believed_after`. Not thread-safe.
class NodeTime {
 public:
  static constexpr Duration drawn_max = std::chrono::minutes(1);
  static constexpr int drawn_ppm = 500;  ///< at most: 1.8 s an hour
  static constexpr Duration believed_after = std::chrono::hours(24);
  /// A time that was in doubt at the start follows a wall clock that is set within `doubt_lasts`.
  static constexpr Duration doubt_lasts = std::chrono::minutes(10), settled_after{10'000};

  enum class Trust : std::uint8_t { proven, in_doubt };
  NodeTime(ClockReading now, Timestamp time, Trust trust);

  enum class Change : std::uint8_t { none, became_skewed, became_right, stepped };
  /// Call about once a second.
  Change look(ClockReading now);

  [[nodiscard]] Timestamp at(std::chrono::nanoseconds steady) const {
    return Timestamp{std::chrono::floor<Duration>(steady + offset_)};
  }
  /// Node time minus steady time.
  [[nodiscard]] std::chrono::nanoseconds offset() const { return offset_; }
  /// Wall clock minus node time, at the last look.
  [[nodiscard]] Duration skew() const { return skew_; }
  [[nodiscard]] bool is_skewed() const { return is_skewed_; }
  [[nodiscard]] bool is_proven() const { return trust_ == Trust::proven; }

 private:
  [[nodiscard]] bool is_believed(ClockReading now) const;

  std::chrono::nanoseconds offset_, begun_, looked_;
  std::chrono::nanoseconds wall_offset_, same_since_;  ///< what the wall clock has said, since when
  Trust trust_;
  Duration skew_{0};
  bool is_skewed_ = false, has_moved_ = false;
};

/// What is known of the time when a node starts.
struct TimeAtStart {
  ClockReading now;
  std::string boot;                 ///< of the machine; empty when it has no such number
  std::optional<ClockRecord> last;  ///< of the data directory
  Timestamp newest;                 ///< of all batches; zero when there is none
  bool trusts_wall = false;         ///< the operator says that the wall clock is right
};
/// The record of the same boot tells exactly. Without one the wall clock does, when it is at most
/// a day ahead of the journal and not behind it; else the time is in doubt, and never before the
/// journal's newest batch, which is a hint and no truth.
[[nodiscard]] NodeTime time_at_start(const TimeAtStart& known);

}  // namespace mf
