#pragma once
#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace mf::work_order {

enum class AtSite : std::uint8_t {
  nothing,
  propose,  ///< the technician is asked whether this is the arrival
  arrive
};

/// What the company has configured about orders (`dispatch.*`). What depends on it is written into
/// the events, so a change holds from then on and never backwards.
struct WorkOrderPolicy {
  Duration offer_timeout{std::chrono::minutes(5)};  ///< 0: offers don't expire
  int offers_max = 3;       ///< declined or expired ones, then the order is escalated
  double geofence_m = 200;  ///< farther from the site an arrival must be confirmed
  /// What a device at the site means, while its technician is on the way.
  AtSite at_site = AtSite::propose;
  Duration auto_close_after{std::chrono::hours(24)};  ///< COMPLETED closes by itself; 0: never
  Duration late_after{std::chrono::minutes(5)};  ///< later reports are flagged for the supervisor
  int time_limit_percent = 200;  ///< of the estimated duration; more work needs approval
  Duration warranty{std::chrono::days(30)};  ///< within it an order is reopened without override
  Duration tracking_after_end{std::chrono::hours(1)};  ///< how long the tracking link outlives it
  /// 32 secret bytes of the installation; tracking links are derived from it
  /// (docs/decisions/0010-tracking-links.md). Empty: orders have no tracking link.
  std::string tracking_key;
};

}  // namespace mf::work_order
