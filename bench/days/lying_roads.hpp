#pragma once
// A road service that cannot be trusted, under a day's own clock: what it says is read as any
// service's answer would be.
#include <cstdint>
#include <memory>

#include "actors/dispatch/road_cache.hpp"
#include "bench/days/played_company.hpp"
#include "bench/days/pure_node.hpp"

namespace mf::bench {

class LyingRoads {
 public:
  LyingRoads(const PureNode& node, std::uint64_t seed);

  [[nodiscard]] dispatch::Roads roads() const { return dispatch::Roads({}, cache_); }
  /// Answers what was wanted since: now with the truth, now with times that are negative, next to
  /// nothing, absurdly long or nothing in one direction, with no roads, tables of another size, no
  /// table at all. After an answer that is not believed it is let alone for a minute.
  void answer();
  [[nodiscard]] std::uint64_t believed() const { return believed_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  struct DayClock final : Clock {
    explicit DayClock(const PureNode& n) : node(n) {}
    [[nodiscard]] Timestamp now() const override { return node.now(); }
    const PureNode& node;
  };
  DayClock clock_;
  const Chance chance_;
  std::shared_ptr<dispatch::RoadCache> cache_;
  std::uint64_t asked_ = 0, believed_ = 0, refused_ = 0;
  Timestamp rests_until_{};
};

}  // namespace mf::bench
