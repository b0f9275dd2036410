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

/// Wall clock minus steady clock, and since when (steady) it has been that.
struct WallMemory {
  std::chrono::nanoseconds offset{}, same_since{};
  bool operator==(const WallMemory&) const = default;
};

/// What one life of a node leaves to the next: under this boot of the machine, it was `time` when
/// the steady clock stood at `steady`.
struct ClockRecord {
  std::string boot;
  std::chrono::nanoseconds steady{};
  Timestamp time;
  WallMemory wall;
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
  /// A time that was not proven at the start follows a wall clock that is set within `doubt_lasts`,
  /// once that has said the same for `settled_after`.
  static constexpr Duration doubt_lasts = std::chrono::minutes(10), settled_after{10'000};
  /// How long a machine that has just booted may take to set its clock before anything fires by it.
  static constexpr Duration boot_lasts = std::chrono::minutes(1);

  /// just_booted: nothing speaks against the wall clock. in_doubt: the journal does.
  enum class Trust : std::uint8_t { proven, just_booted, in_doubt };
  NodeTime(ClockReading now, Timestamp time, Trust trust, WallMemory wall = {});

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
  /// False while nothing may fire by it, for it may be far off and will be known better soon.
  [[nodiscard]] bool is_settled() const;
  /// For the record that the next life begins with.
  [[nodiscard]] WallMemory wall() const { return {wall_offset_, same_since_}; }

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
/// The record of the same boot tells exactly, and so does the wall clock for a new directory. After
/// another boot the wall clock may still be set; where it is behind the end of the last life or
/// more than a day ahead of it the time is in doubt, and never before that end: the journal's
/// newest batch, which is a hint and no truth, or the record where that is well before.
[[nodiscard]] NodeTime time_at_start(const TimeAtStart& known);

}  // namespace mf
