#include "gateway/topics/position.hpp"

#include <algorithm>

namespace mf::gateway::topics {
namespace {

constexpr auto age_max = std::chrono::hours(72);     // a phone's queue may be as old
constexpr auto ahead_max = std::chrono::seconds(5);  // the road's and the clocks' own

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

std::optional<Duration> correct_clock(std::vector<Position>& positions, Timestamp now) {
  if (positions.empty()) return std::nullopt;
  const auto newest = std::ranges::max_element(positions, {}, &Position::at)->at;
  if (newest <= now + ahead_max && newest >= now - age_max) return std::nullopt;
  const auto offset = std::chrono::duration_cast<Duration>(newest - now);
  for (auto& position : positions) {
    position.at -= offset;
    position.clock_offset = offset;
  }
  return offset;
}

}  // namespace mf::gateway::topics
