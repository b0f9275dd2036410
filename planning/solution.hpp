#pragma once
// The plan the search works on: tours with what is needed to judge a move in a few operations, and
// a way back to what was before the last change.
#include <algorithm>
#include <span>
#include <vector>

#include "planning/instance.hpp"
#include "planning/timing.hpp"

namespace mf::planning {

class Blinks;

/// A stop of a tour with its segment data: what the part before it hands on, what the part behind
/// it bears. Both ends of a tour are slots, too.
struct Slot {
  static constexpr double unknown = -infinity;  ///< the slot, or the one before, is a new one

  std::uint32_t node = 0;  ///< of Instance::nodes; `Tour::no_node` at both ends
  std::uint32_t place = 0;
  double depart = unknown;  ///< earliest end of the work here
  double latest = 0;        ///< latest arrival here that leaves the rest feasible
  double leg = 0;           ///< energy of the leg to here
};

/// What a tour lasts, around a slot: Evaluation::durations only. Who leaves the start at t can
/// leave this slot at max(t + busy, depart), and who arrives here at t ends the tour at max(t +
/// busy_after, end). Two such functions in a row are one again (concatenation of segments, Vidal et
/// al. 2014), so what an insertion lasts takes O(1).
struct Extent {
  double busy = 0;                 ///< travel and work from the start until leaving here
  double latest_start = infinity;  ///< latest departure that is in time for all up to here
  double busy_after = 0;           ///< work and travel from here to the end
  double end = -infinity;          ///< earliest end of the tour, however early one arrives here
};

/// One duty's sequence. `slots[0]` is its start, the last one its end; pinned nodes come first.
struct Tour {
  static constexpr std::uint32_t no_node = ~0U;

  std::vector<Slot> slots;
  std::vector<Extent> extents;  ///< by slot
  std::vector<double> loads;    ///< per supply, of the whole tour
  double energy = 0;
  Score score;                ///< only kept when tours are timed
  std::uint64_t version = 0;  ///< another one after every change

  [[nodiscard]] std::size_t size() const { return slots.size() - 2; }
  [[nodiscard]] bool is_empty() const { return slots.size() == 2; }
  /// The shortest time from leaving the start to the end: who leaves so late that the end is just
  /// not delayed works no longer than that, unless a window wants an earlier departure. Needs
  /// extents.
  [[nodiscard]] double lasting() const {
    return std::max(extents.back().busy, slots.back().depart - extents.back().latest_start);
  }
};

/// Where a visit would go and what that adds to the energy.
struct Candidate {
  std::uint32_t tour = 0;
  std::uint32_t at = 0;                 ///< before this slot; 0: there is no such place
  std::uint32_t depot = Tour::no_node;  ///< to be inserted, too, before slot `depot_at`
  std::uint32_t depot_at = 0;
  double energy = infinity;  ///< added
  [[nodiscard]] bool is_none() const { return at == 0; }
};

class Solution {
 public:
  /// Only what is pinned to its place is in it; all other visits are absent.
  explicit Solution(const Instance& instance);

  [[nodiscard]] const std::vector<Tour>& tours() const { return tours_; }
  [[nodiscard]] const std::vector<std::uint32_t>& absent() const { return absent_; }
  [[nodiscard]] double energy() const { return energy_; }
  [[nodiscard]] std::size_t used() const { return used_; }
  /// Another one after every change; a tour's `version` says when it changed last.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] std::uint32_t tour_of(std::uint32_t visit) const { return where_[visit].tour; }
  [[nodiscard]] std::uint32_t slot_of(std::uint32_t visit) const { return where_[visit].slot; }
  [[nodiscard]] bool is_absent(std::uint32_t visit) const { return where_[visit].tour == nowhere; }
  [[nodiscard]] Score score();
  [[nodiscard]] std::vector<std::uint32_t> nodes(std::uint32_t tour) const;

  /// From here on changes are remembered; `undo` takes them back.
  void begin_change();
  void undo();

  /// Takes slots out of a tour; their visits become absent. Depots that aren't needed any more go,
  /// too. Should the rest not be feasible (possible where the way round is shorter), all that
  /// isn't pinned is taken out.
  void remove(std::uint32_t tour, std::span<const std::uint32_t> slots);
  /// All but what is pinned leaves the tour, and its duty is read anew.
  void reset(std::uint32_t tour);
  /// `visit` must be absent and the candidate found for this very state.
  void insert(std::uint32_t visit, const Candidate& candidate);
  /// Makes an empty tour (but for what is pinned) one of these nodes, if that is feasible; those
  /// pinned come first, the others must be absent or depots.
  bool assign(std::uint32_t tour, std::span<const std::uint32_t> nodes);

  /// The cheapest place in one tour for an absent visit, if there is one that adds less energy than
  /// `below`; some places are overlooked.
  [[nodiscard]] Candidate best_in(std::uint32_t visit, std::uint32_t tour, Blinks& blinks,
                                  double below = infinity);

 private:
  static constexpr std::uint32_t nowhere = ~0U;
  struct Where {
    std::uint32_t tour = nowhere, slot = 0;
  };

  void touch(std::uint32_t tour);
  void refresh(std::uint32_t tour, std::size_t forward_from, std::size_t backward_from);
  void measure(std::uint32_t tour);
  bool judge(std::uint32_t tour);
  [[nodiscard]] double duration_energy(double lasting, double busy) const;
  [[nodiscard]] double leg_energy(const Duty& duty, std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] double depart_at(const Duty& duty, const Slot& slot, const Slot& before) const;
  [[nodiscard]] double latest_at(const Duty& duty, const Slot& slot, const Slot& next) const;
  [[nodiscard]] Candidate best_in_by_legs(std::uint32_t visit, std::uint32_t tour, Blinks& blinks,
                                          double below) const;
  [[nodiscard]] Candidate best_in_by_durations(std::uint32_t visit, std::uint32_t tour,
                                               Blinks& blinks, double below);
  [[nodiscard]] double added_by_durations(std::uint32_t visit, const Tour& tour, const Duty& duty,
                                          std::size_t at, double opening, double below) const;
  [[nodiscard]] Candidate best_in_timed(std::uint32_t visit, std::uint32_t tour, Blinks& blinks,
                                        double below);
  [[nodiscard]] double least_added(std::uint32_t visit, const Tour& tour, const Duty& duty,
                                   std::size_t at) const;
  void put_into_scratch(std::uint32_t visit, const Tour& tour, std::size_t at);
  void try_with_depot(std::uint32_t tour, std::size_t at, Candidate& best);
  [[nodiscard]] bool fits_in_time(std::uint32_t visit, const Tour& tour, const Duty& duty,
                                  std::size_t at) const;
  void drop_needless_depots(std::uint32_t tour);
  void clear(std::uint32_t tour);

  const Instance& instance_;
  Timing timing_;
  std::vector<Tour> tours_;
  std::vector<Where> where_;
  std::vector<std::uint32_t> absent_;
  double energy_ = 0;
  double per_vehicle_ = 0, per_second_ = 0, per_metre_ = 0;  ///< energy
  double per_second_waiting_ = 0, per_second_working_ = 0;
  double fastest_ = 1, slowest_ = 1;  ///< factors of a leg's time by the hour
  std::size_t used_ = 0;
  std::uint64_t version_ = 0;

  struct Saved {
    std::uint32_t tour;
    Tour was;
  };
  std::vector<Saved> saved_;  ///< the first `saved_count_` are of this change
  std::size_t saved_count_ = 0;
  std::vector<std::uint64_t> saved_in_;  ///< by tour: the change it was last saved in
  std::uint64_t change_ = 1;
  std::vector<std::uint32_t> absent_before_;
  double energy_before_ = 0;
  std::size_t used_before_ = 0;
  std::vector<std::uint32_t> scratch_;
};

}  // namespace mf::planning
