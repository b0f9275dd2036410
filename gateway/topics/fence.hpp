#pragma once
// Whether a technician who is on the way has got there: its device stays within a circle around
// the site for a while. Pure; one per technician. What it finds is a proposal of the system to the
// order, which knows better (work_order: reach_site).
#include <optional>

#include "base/id.hpp"
#include "gateway/topics/position.hpp"

namespace mf::gateway::topics {

class Fence {
 public:
  struct Rules {
    double radius_m = 200;
    Duration stay = std::chrono::seconds(20);
  };
  struct Site {
    Id order, visit;
    double lat = 0, lon = 0;
  };

  /// Where the technician travels to; nullopt: nowhere. The same visit again changes nothing.
  void watch(std::optional<Site> site);
  [[nodiscard]] const std::optional<Site>& site() const { return site_; }
  /// True once for a visit: with this position the stay is long enough. A position that is old, or
  /// may be outside the circle for all its phone knows, says nothing, neither for nor against.
  [[nodiscard]] bool see(const Position& position, Timestamp now, const Rules& rules);
  /// What see() said did not get through: it says it again.
  void forget() { is_told_ = false; }

 private:
  std::optional<Site> site_;
  std::optional<Timestamp> since_, last_;  ///< inside
  bool is_told_ = false;
};

}  // namespace mf::gateway::topics
