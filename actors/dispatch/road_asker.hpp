#pragma once
// Asks a road service for what planning lacks, on a thread of its own: planning never waits for
// it. A service that is slow, silent or lies costs its answers: the great circle stands in until it
// is well again, and a log line and a metric say so.
#include <memory>
#include <span>
#include <string>

#include "actors/dispatch/road_cache.hpp"
#include "base/result.hpp"

namespace mf::dispatch {

/// Whatever serves `/table/v1/driving/…` as OSRM does.
class RoadService {
 public:
  virtual ~RoadService() = default;
  /// The body of a GET that was answered 200. Blocks, for a bounded time and size.
  [[nodiscard]] virtual Result<std::string> get(const std::string& target) = 0;
};

/// "/table/v1/driving/<lon>,<lat>;…?sources=…&destinations=…&annotations=duration,distance"
[[nodiscard]] std::string table_target(const RoadCache::Question& question);
/// The legs of an answer, row by row; a null, or what means none elsewhere, is planning::no_road.
/// Fails for anything that can't be true: another size, a negative time, roads on which nobody can
/// be so fast. Then nothing of it is believed.
[[nodiscard]] Result<std::vector<planning::Leg>> read_table(std::string_view text,
                                                            const RoadCache::Question& question);

class RoadAsker {
 public:
  RoadAsker(std::shared_ptr<RoadCache> cache, std::unique_ptr<RoadService> service);
  ~RoadAsker();  ///< waits for the question that is under way
  RoadAsker(const RoadAsker&) = delete;
  RoadAsker& operator=(const RoadAsker&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mf::dispatch
