#pragma once
// A road service that knows one table: answers `GET /table/v1/driving/…` as OSRM does, on a port of
// its own, in a thread of its own.
#include <cstdint>
#include <memory>
#include <vector>

#include "planning/travel.hpp"

namespace mf::bench {

class RoadStub {
 public:
  /// `places` in degrees, at least 0.0001 apart; what isn't one of them has no road. Throws
  /// std::system_error when there is no port.
  RoadStub(std::vector<planning::Place> places, planning::Travel travel);
  ~RoadStub();
  RoadStub(const RoadStub&) = delete;
  [[nodiscard]] int port() const;
  /// Legs that were asked for so far.
  [[nodiscard]] std::uint64_t told() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mf::bench
