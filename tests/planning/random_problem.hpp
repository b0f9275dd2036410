#pragma once
// Random problems with any mixture of features, for tests that ask a property of every plan.
#include <cstdint>

#include "planning/problem.hpp"

namespace mf::planning {

/// What a random problem has; without any: plain visits at any time, one shift of nine hours.
struct Features {
  std::size_t visits_min = 5, visits_max = 40, technicians_min = 2, technicians_max = 8;
  bool skills = false;  ///< with levels; some visits allow or forbid technicians, too
  bool zones = false;
  bool breaks = false;  ///< one or two a shift
  bool windows = false;
  bool several_windows = false;  ///< up to three a visit
  bool loyal_pins = false;       ///< to a technician's shift, but no place
  bool front_pins = false;       ///< the first one to three visits of some routes
  bool under_way = false;        ///< the first visit of some routes has begun
  bool capacity = false;
  bool materials = false;
  bool tools = false;
  bool depots = false;
  bool matrix = false;     ///< asymmetric, with distances that aren't times
  bool shortcuts = false;  ///< a matrix in which a detour may be shorter than the way itself
  bool traffic = false;    ///< slower by hour
  bool several_days = false;
  bool overtime = false;
  bool due_dates = false;  ///< with weights
  bool releases = false;
  bool announcements = false;
  bool open_ends = false;  ///< some routes end with their last visit
  bool speeds = false;
  bool costs = false;
  bool vehicles_max = false;

  static constexpr std::size_t count = 24;
  /// The features by number: 0 … count-1.
  bool& operator[](std::size_t feature);
  [[nodiscard]] static Features all();
  /// Each with the same probability in percent.
  [[nodiscard]] static Features some(std::uint64_t seed, std::uint32_t percent = 50);
};

/// The same problem for the same seed and features. It is valid; what is pinned to the front of a
/// route may be impossible.
[[nodiscard]] Problem random_problem_with_any_pins(std::uint64_t seed, const Features& features);

/// Another one until solve() finds that the pinned fronts of its routes can be kept.
[[nodiscard]] Problem random_problem(std::uint64_t seed, const Features& features);

}  // namespace mf::planning
