#include "gateway/topics/position.hpp"

#include <algorithm>

#include "base/decision.hpp"
#include "base/geo.hpp"
#include "gateway/api/stamps.hpp"

namespace mf::gateway::topics {
namespace {

constexpr auto age_max = std::chrono::hours(72);     // a phone's queue may be as old
constexpr auto ahead_max = std::chrono::seconds(5);  // the road's and the clocks' own

// A queue that is emptied comes closer to the present with every report, however slowly it is sent.
constexpr int alike_min = 3;
constexpr auto alike_time_min = std::chrono::seconds(2);
constexpr auto alike_within = std::chrono::seconds(1);

constexpr double speed_possible = 300;  // m/s
constexpr double error_max_m = 5000;    // of a place told by a far antenna, without a satellite
constexpr auto memory_max = std::chrono::hours(1);

}  // namespace

std::vector<Position> newer_than(std::uint64_t& last, const std::vector<Position>& positions) {
  std::vector<Position> newer;
  for (const auto& position : positions) {
    if (position.seq <= last) continue;
    last = position.seq;
    newer.push_back(position);
  }
  return newer;
}

bool is_jump(const Position& from, const Position& to) {
  const std::chrono::duration<double> between =
      std::min<Duration>(std::chrono::abs(to.at - from.at), memory_max);
  return distance_m({from.lat, from.lon}, {to.lat, to.lon}) >
         error_max_m + speed_possible * between.count();
}

Duration PhoneClock::offset_by(Timestamp newest, Timestamp now) {
  const auto age = now - newest;
  if (newest > now + ahead_max || age > age_max) {
    behind_ = Duration{0};
    alike_ = {};
    return -age;
  }
  if (newest - behind_ > now + ahead_max) behind_ = Duration{0};  // it was set right
  if (alike_.reports == 0 || std::chrono::abs(age - alike_.age) > alike_within)
    alike_ = {now, age, 0};
  ++alike_.reports;
  const bool is_live = alike_.reports >= alike_min && now - alike_.since >= alike_time_min;
  if (is_live && age > clock_tolerance) behind_ = -alike_.age;
  return behind_;
}

std::optional<Duration> PhoneClock::correct(std::vector<Position>& report, Timestamp now) {
  if (report.empty()) return std::nullopt;
  std::vector<Timestamp> stamps;
  stamps.reserve(report.size());
  for (const auto& position : report) stamps.push_back(position.at);
  const auto newest = newest_stamp(std::move(stamps));
  std::erase_if(report, [&](const Position& position) { return position.at > newest; });
  const auto offset = offset_by(newest, now);
  if (offset == Duration{0}) return std::nullopt;
  for (auto& position : report) {
    position.at -= offset;
    position.clock_offset = offset;
  }
  return offset;
}

}  // namespace mf::gateway::topics
