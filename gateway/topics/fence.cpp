#include "gateway/topics/fence.hpp"

#include "base/geo.hpp"

namespace mf::gateway::topics {
namespace {

using namespace std::chrono_literals;

/// Queued positions say where somebody was.
constexpr Duration fix_age_max = 30s, fix_ahead_max = 5s;
/// Between two positions inside nobody knows where the technician was.
constexpr Duration gap_max = 60s;

}  // namespace

void Fence::watch(std::optional<Site> site) {
  if (site_ && site && site->visit == site_->visit) return;
  site_ = std::move(site);
  since_.reset();
  last_.reset();
  is_told_ = false;
}

bool Fence::see(const Position& position, Timestamp now, const Rules& rules) {
  if (!site_ || is_told_) return false;
  const auto age = now - position.at;
  const bool is_good = age <= fix_age_max && age >= -fix_ahead_max &&
                       position.accuracy.value_or(-1) >= 0 && *position.accuracy <= rules.radius_m;
  if (!is_good) return false;
  if (distance_m({site_->lat, site_->lon}, {position.lat, position.lon}) > rules.radius_m) {
    since_.reset();
    return false;
  }
  if (!since_ || position.at - *last_ > gap_max) since_ = position.at;
  last_ = position.at;
  is_told_ = position.at - *since_ >= rules.stay;
  return is_told_;
}

}  // namespace mf::gateway::topics
