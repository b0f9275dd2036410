#pragma once
// Ruin and recreate: SISR, "Slack Induction by String Removals for Vehicle Routing Problems",
// Christiaens and Vanden Berghe, Transportation Science 54(2), 2020. Strings of neighbouring visits
// are taken out of neighbouring tours; then each comes back at its cheapest place, and now and then
// (a "blink") a place is overlooked.
#include <functional>
#include <vector>

#include "planning/random.hpp"
#include "planning/solution.hpp"

namespace mf::planning {

/// The paper's values; they hold for all its problem classes.
struct RuinSettings {
  double removed_mean = 10;  ///< visits taken out per ruin, on average
  double string_max = 10;
  std::uint32_t blink = 100;  ///< a place in so many is overlooked
};

class RuinAndRecreate {
 public:
  RuinAndRecreate(const Instance& instance, Random& random, RuinSettings settings = {});

  /// Around any visit, or around this one.
  void ruin(Solution& solution);
  void ruin(Solution& solution, std::uint32_t seed);
  /// Inserts the absent visits where it is cheapest, with at most `vehicles_max` tours driven.
  /// What finds no place stays absent. Ends early when `is_cancelled` says so.
  void recreate(Solution& solution, std::size_t vehicles_max,
                const std::function<bool()>& is_cancelled);

 private:
  void cut(Solution& solution, std::uint32_t visit, double string_max);
  void sort_absent(std::vector<std::uint32_t>& visits);
  [[nodiscard]] std::span<const std::uint32_t> near_duties(std::uint32_t visit);
  [[nodiscard]] Candidate cheapest(Solution& solution, std::uint32_t visit,
                                   std::size_t vehicles_max);
  void look_at(Solution& solution, std::uint32_t visit, std::uint32_t tour,
               std::size_t vehicles_max, Candidate& best);

  const Instance& instance_;
  Random& random_;
  RuinSettings settings_;
  Blinks blinks_;
  std::vector<double> from_start_, size_, window_;  ///< by visit: keys to sort by
  std::vector<std::uint32_t> order_, slots_;
  std::vector<bool> is_cut_;  ///< by tour, in this ruin
  std::vector<std::uint32_t> cut_;
  std::vector<std::uint32_t>
      empty_seen_;  ///< by kind of duty: the last insertion that tried an empty one
  std::uint32_t insertion_ = 0;
  /// By visit that found no place: only tours changed since this version are worth another look.
  std::vector<std::uint64_t> hopeless_before_;

  /// With many duties a visit is tried only in the tours of its nearest visits and of the duties
  /// that begin nearest (granular neighbourhoods, Toth and Vigo 2003); in all, if none takes it.
  static constexpr std::size_t many_duties = 64, near_visits = 40;
  static constexpr std::ptrdiff_t near_duties_max = 16;
  bool is_granular_ = false;
  std::vector<std::vector<std::uint32_t>> near_duties_;  ///< by visit; empty: not known yet
  std::vector<std::uint32_t> looked_at_;  ///< by tour: the insertion it was looked at for
};

}  // namespace mf::planning
