#include "actors/technician/duty.hpp"

#include <algorithm>
#include <chrono>

namespace mf::technician {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::minutes;

constexpr auto utc_offset = -5h;  // America/Bogota has no summer time

std::chrono::sys_days local_day(Timestamp t) { return std::chrono::floor<days>(t + utc_offset); }

std::vector<Interval> joined(std::vector<Interval> list) {
  std::ranges::sort(list, {}, &Interval::from);
  std::vector<Interval> out;
  for (const auto& next : list) {
    if (!out.empty() && next.from <= out.back().to)
      out.back().to = std::max(out.back().to, next.to);
    else out.push_back(next);
  }
  return out;
}

/// Every occurrence that touches `within`, not clipped.
std::vector<Interval> occurrences(const std::vector<Shift>& shifts, Interval within) {
  std::vector<Interval> out;
  for (auto day = local_day(within.from) - days{1}; day <= local_day(within.to); day += days{1}) {
    const auto weekday = static_cast<Day>(std::chrono::weekday{day}.c_encoding());
    for (const auto& shift : shifts) {
      if (std::ranges::find(shift.days, weekday) == shift.days.end()) continue;
      const auto from = parse_time_of_day(shift.from), to = parse_time_of_day(shift.to);
      if (!from || !to) continue;
      const Timestamp midnight = Timestamp{day} - utc_offset;
      out.push_back({midnight + minutes{*from},
                     midnight + minutes{*to} + (*to <= *from ? days{1} : days{0})});
    }
  }
  return out;
}

}  // namespace

std::vector<Interval> without(const std::vector<Interval>& list, Interval hole) {
  std::vector<Interval> out;
  for (const auto& piece : list) {
    if (hole.to <= piece.from || hole.from >= piece.to) {
      out.push_back(piece);
      continue;
    }
    if (piece.from < hole.from) out.push_back({piece.from, hole.from});
    if (hole.to < piece.to) out.push_back({hole.to, piece.to});
  }
  return out;
}

std::optional<int> parse_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return {};
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  const int time = hours * 60 + minutes;
  return minutes > 59 || time > day_minutes ? std::nullopt : std::optional(time);
}

std::vector<Interval> on_duty(const Duty& duty, Interval within) {
  auto list = duty.shifts.empty() ? std::vector{within} : joined(occurrences(duty.shifts, within));
  for (const auto& pause : occurrences(duty.breaks, within)) list = without(list, pause);
  for (const auto& absence : duty.absences) list = without(list, {absence.from, absence.to});
  std::vector<Interval> clipped;
  for (auto piece : list) {
    piece.from = std::max(piece.from, within.from);
    piece.to = std::min(piece.to, within.to);
    if (piece.from < piece.to) clipped.push_back(piece);
  }
  return clipped;
}

std::optional<Timestamp> after_time_on_duty(const Duty& duty, Timestamp from, Duration time) {
  for (const auto& piece : on_duty(duty, {from, from + duty_horizon})) {
    if (piece.to - piece.from >= time) return piece.from + time;
    time -= piece.to - piece.from;
  }
  return {};
}

}  // namespace mf::technician
