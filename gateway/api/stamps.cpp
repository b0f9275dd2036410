#include "gateway/api/stamps.hpp"

#include <algorithm>

namespace mf::gateway {

Timestamp newest_stamp(std::vector<Timestamp> stamps) {
  constexpr auto odd_after = std::chrono::hours(72);
  std::ranges::sort(stamps);
  const auto middle = stamps[(stamps.size() - 1) / 2];
  return *(std::ranges::upper_bound(stamps, middle + odd_after) - 1);
}

}  // namespace mf::gateway
