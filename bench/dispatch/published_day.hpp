#pragma once
// A published instance through the product: technicians, clients and orders are made over REST on a
// real node, its dispatcher plans them, the plan is read from the orders.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "bench/dispatch/road_stub.hpp"
#include "bench/server_process.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::bench {

class PublishedDay {
 public:
  /// Makes everything; nobody plans yet. `problem` must be one that the product can know: places on
  /// the earth, one shift for all, nobody's way home, no materials. Its seconds count from 06:00 of
  /// tomorrow. Throws std::runtime_error for an answer that is no yes.
  PublishedDay(const ServerProcess& server, planning::Problem problem);

  /// Returns when the node knows all ways between the places, from the road service that it uses.
  void ask_for_roads(const RoadStub& roads);
  /// From now on the zone's dispatcher plans.
  void begin();
  /// What stands on the orders now, timed anew: the product begins at whole minutes, the sequence
  /// is what counts.
  [[nodiscard]] planning::Plan plan(const planning::Objective& objective) const;
  [[nodiscard]] const planning::Problem& problem() const { return problem_; }

 private:
  std::string make(const std::string& path, const std::string& body);
  void add(std::size_t visit);
  [[nodiscard]] std::string place(std::size_t number) const;
  [[nodiscard]] std::string moment(double seconds) const;

  const ServerProcess& server_;
  const planning::Problem problem_;
  const std::string token_;
  std::string zone_, type_;
  std::uint64_t catalogue_version_ = 0;  ///< to be edited
  Timestamp begin_;
  std::map<std::string, std::size_t> technicians_;
  std::vector<std::string> orders_;
};

}  // namespace mf::bench
