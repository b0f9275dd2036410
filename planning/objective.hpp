#pragma once
// What makes one plan better than another.
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "planning/travel.hpp"

namespace mf::planning {

/// What is counted; less is better. Sums over all visits or all routes.
enum class Term {
  unserved,      ///< `value` of the visits nobody does
  lateness,      ///< seconds that visits end after they are due, times their `lateness_weight`
  overtime,      ///< seconds that routes end after their shift's hours
  vehicles,      ///< routes with a visit
  distance,      ///< metres, times the technician's `cost`
  travel,        ///< seconds on the road, times the technician's `cost`
  waiting,       ///< seconds at a place before work may begin
  working_time,  ///< seconds from leaving the start place to the route's end, breaks included
  tightness,     ///< seconds of `slack_wanted` that work begins too close to the window's end
  unfairness,    ///< sum over the routes of (working time / length of the shift's hours)²
  instability,   ///< seconds that starts differ from the announced ones; `other_technician` more
                 ///< where somebody else comes
};
inline constexpr std::size_t term_count = 11;
inline constexpr Seconds slack_wanted = 1800;      ///< half an hour absorbs most surprises
inline constexpr Seconds other_technician = 3600;  ///< a new face is like an hour's change

[[nodiscard]] std::string_view to_string(Term term);
[[nodiscard]] std::optional<Term> parse_term(std::string_view name);

/// The value of every term.
struct Score {
  std::array<double, term_count> values{};

  [[nodiscard]] double operator[](Term t) const { return values[static_cast<std::size_t>(t)]; }
  [[nodiscard]] double& operator[](Term t) { return values[static_cast<std::size_t>(t)]; }
  Score& operator+=(const Score& other);
  Score& operator-=(const Score& other);
};

/// One term and the difference below which two values count as equal.
struct Level {
  Term term;
  double tolerance = 0;
};

/// Compared level by level; the first that differs by more than its tolerance decides.
struct Objective {
  std::string name;
  std::vector<Level> levels;
  /// Every leg cut to one decimal, as some published values for Solomon's instances were computed.
  bool truncates_legs = false;
  /// Instead of level by level: the sum of the levels' terms, each times its weight here. For who
  /// must weigh what a change wins against what it costs.
  std::optional<std::array<double, term_count>> weights = {};

  [[nodiscard]] bool has(Term term) const;
  /// Of one with weights.
  [[nodiscard]] double sum(const Score& score) const;
};

/// True when `a` is better than `b`.
[[nodiscard]] bool is_better(const Score& a, const Score& b, const Objective& objective);

/// The ready-made ones: dispatch, vehicles_then_distance, distance, distance_1_decimal,
/// working_time. nullptr for another name.
[[nodiscard]] const Objective* find_objective(std::string_view name);
[[nodiscard]] std::span<const Objective> ready_made_objectives();

}  // namespace mf::planning
