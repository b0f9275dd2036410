#include "base/node_time.hpp"

#include <algorithm>
#include <utility>

namespace mf {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

constexpr Duration off_for_at_most = std::chrono::hours(24);
/// No wall clock says less unless it has forgotten everything.
constexpr Timestamp earliest{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};

/// Beyond it nanoseconds overflow, and any clock that says so is wrong anyway.
constexpr Timestamp latest{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};

/// Notes are a minute apart, and none is made while a start is in doubt.
constexpr Duration unnoted_for_at_most = std::chrono::minutes(15);

/// What the last life knew of the time at its end: of the journal's newest batch and its own note
/// the earlier one where they differ. A batch far ahead of the note was written by a clock that has
/// been set right since.
Timestamp end_of_last_life(Timestamp newest_batch, const std::optional<ClockRecord>& last) {
  const bool was_ahead = last && last->time + unnoted_for_at_most < newest_batch;
  return was_ahead ? last->time : newest_batch;
}

Timestamp within_reason(Timestamp t) { return std::clamp(t, Timestamp{}, latest); }
nanoseconds distance(nanoseconds a, nanoseconds b) { return a < b ? b - a : a - b; }
nanoseconds wall_offset(ClockReading now) {
  return within_reason(now.wall).time_since_epoch() - now.steady;
}

}  // namespace

NodeTime::NodeTime(ClockReading now, Timestamp time, Trust trust, WallMemory wall)
    : offset_(within_reason(time).time_since_epoch() - now.steady),
      begun_(now.steady),
      looked_(now.steady),
      wall_offset_(wall_offset(now)),
      same_since_(now.steady),
      trust_(trust) {
  if (wall.same_since > nanoseconds{0} && wall.same_since <= now.steady &&
      distance(wall.offset, wall_offset_) <= drawn_max)
    same_since_ = wall.same_since;
}

bool NodeTime::is_settled() const {
  if (trust_ == Trust::just_booted) return !is_skewed_ && looked_ - begun_ >= boot_lasts;
  return trust_ == Trust::proven;
}

bool NodeTime::is_believed(ClockReading now) const {
  const auto same_for = now.steady - same_since_;
  if (trust_ != Trust::proven && has_moved_) return same_for >= settled_after;
  return same_for >= believed_after;
}

NodeTime::Change NodeTime::look(ClockReading now) {
  const auto passed = std::max(now.steady - looked_, nanoseconds{0});
  looked_ = now.steady;
  if (distance(wall_offset(now), wall_offset_) > drawn_max) {
    wall_offset_ = wall_offset(now);
    same_since_ = now.steady;
    has_moved_ = true;
  }
  skew_ = within_reason(now.wall) - at(now.steady);
  if (distance(skew_, nanoseconds{0}) <= drawn_max) {
    const auto most = passed * drawn_ppm / 1'000'000;
    offset_ += std::clamp<nanoseconds>(skew_, -most, most);
    if (now.steady - begun_ > doubt_lasts) trust_ = Trust::proven;
    return std::exchange(is_skewed_, false) ? Change::became_right : Change::none;
  }
  if (is_believed(now)) {
    offset_ = wall_offset(now);
    skew_ = Duration{0};
    is_skewed_ = false;
    trust_ = Trust::proven;
    return Change::stepped;
  }
  if (now.steady - begun_ > doubt_lasts && !has_moved_) trust_ = Trust::proven;
  return std::exchange(is_skewed_, true) ? Change::none : Change::became_skewed;
}

NodeTime time_at_start(const TimeAtStart& known) {
  using Trust = NodeTime::Trust;
  const auto& [now, boot, last, newest_batch, trusts_wall] = known;
  if (trusts_wall) return {now, now.wall, Trust::proven};
  if (last && !boot.empty() && last->boot == boot && last->steady <= now.steady)
    return {now, last->time + duration_cast<Duration>(now.steady - last->steady), Trust::proven,
            last->wall};
  const bool is_first = newest_batch == Timestamp{};
  const auto newest = std::max(end_of_last_life(newest_batch, last), earliest);
  if (now.wall + NodeTime::drawn_max < newest) return {now, newest, Trust::in_doubt};
  if (!is_first && now.wall > newest + off_for_at_most) return {now, now.wall, Trust::in_doubt};
  return {now, now.wall, is_first ? Trust::proven : Trust::just_booted};
}

}  // namespace mf
