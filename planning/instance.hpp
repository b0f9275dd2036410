#pragma once
// A problem and an objective, made ready for the search: names are numbers, travel is a table, and
// everything that doesn't depend on the plan is decided once.
#include <bitset>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning {

/// Sums of doubles taken forward and backward differ by less (seconds).
inline constexpr double rounding = 1e-7;
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Asked again and again while something long is made: true ends it, and then what was made is of
/// no use. Empty: nobody asks.
using Cancelled = std::function<bool()>;

/// Travel between all places as tables. Where distance is time at one speed, one table serves both.
class LegTable {
 public:
  LegTable() = default;
  /// With one more place, `nowhere()`, that is no distance from anything: the end of a route
  /// without an end place.
  /// There is room for `spare` places more.
  LegTable(const Travel& travel, bool truncates, std::size_t spare = 0,
           const Cancelled& is_cancelled = {});
  /// Takes over a place that is new in `travel`. False when there is no room left, or the place
  /// needs another kind of table: the table is then of no use any more.
  [[nodiscard]] bool add(const Travel& travel, std::uint32_t place);
  /// The same of a place that is somewhere else now.
  [[nodiscard]] bool move(const Travel& travel, std::uint32_t place);

  [[nodiscard]] std::uint32_t nowhere() const { return size_ - 1; }
  [[nodiscard]] double time(std::uint32_t from, std::uint32_t to) const {
    return time_[std::size_t{from} * size_ + to];
  }
  [[nodiscard]] double distance(std::uint32_t from, std::uint32_t to) const {
    return distance_.empty() ? time(from, to) * metres_per_second_
                             : distance_[std::size_t{from} * size_ + to];
  }
  [[nodiscard]] bool is_one_table() const { return distance_.empty(); }
  /// When there is one table: what turns a time into a distance.
  [[nodiscard]] double metres_per_second() const { return metres_per_second_; }
  /// Times from `place` to each place, and from each place to it: one run of memory each.
  [[nodiscard]] const double* times_from(std::uint32_t place) const {
    return &time_[std::size_t{place} * size_];
  }
  [[nodiscard]] const double* times_to(std::uint32_t place) const {
    return time_back_.empty() ? times_from(place) : &time_back_[std::size_t{place} * size_];
  }

 private:
  [[nodiscard]] Leg leg_of(const Travel& travel, std::uint32_t from, std::uint32_t to) const;

  std::uint32_t size_ = 0;
  bool truncates_ = false;
  std::vector<double> time_, distance_;
  std::vector<double> time_back_;  ///< transposed; empty when the table is symmetric
  double metres_per_second_ = 1;   ///< when `distance_` is empty
};

/// One technician's shift: a route that may be driven.
struct Duty {
  std::uint32_t technician = 0, shift = 0;
  std::uint32_t start = 0, end = 0;               ///< places
  double from = 0, to = 0, to_with_overtime = 0;  ///< `from`: or when an earlier shift has ended
  double length = 0;                              ///< of the shift's hours as they were given
  double speed = 1, cost = 1;
  /// In the order they are taken: whose start is over first comes first.
  std::vector<Break> breaks;
  std::vector<std::uint32_t> break_numbers;  ///< of each of them: which one of the shift's it is
  std::uint32_t kind = 0;                    ///< duties of a kind are interchangeable
  std::uint32_t fixed = 0;                   ///< nodes at its front that are pinned to their place
  std::uint32_t lost = 0;                    ///< others that are pinned there, but can't be done
};

/// A visit, or behind the visits a depot.
struct Node {
  std::uint32_t place = 0;
  std::uint32_t windows_at = 0, windows = 0;  ///< in Instance::windows; none: any time
  std::uint32_t windows_room = 0;
  double duration = 0;
  double open = -infinity, close = infinity;  ///< of the first window, of the last
  double release = -infinity;
  double due = infinity, lateness_weight = 0, value = 0;
  static constexpr std::int32_t nobody = -1, stranger = std::numeric_limits<std::int32_t>::max();
  double announced = 0;  ///< start, unless `announced_technician` is nobody
  std::int32_t announced_technician = nobody;
  std::int32_t pinned_duty = nobody;  ///< stranger: to a technician or shift there isn't
  bool under_way = false;             ///< begins at `open`, whatever was before
  bool is_fixed = false;              ///< at the front of its route for good, or
  bool is_lost = false;               ///< pinned there, which can't be done: nobody serves it
  bool is_depot = false;              ///< loading takes everybody the same time
};

/// Does the technician's shift come before the other? By their hours, whatever their order.
[[nodiscard]] bool is_before(const Technician& who, std::size_t shift, std::size_t other);
/// Leaves out the breaks that should have begun before this moment.
void drop_breaks_before(Duty& duty, double moment);

using Tools = std::bitset<ProblemLimits::tools>;

/// Needs a valid problem, which must outlive it.
class Instance {
 public:
  /// What may be added later (Roster). Then every duty is its own kind, and nobody has neighbours:
  /// it is for insertions, not for the search.
  struct Room {
    bool is_wanted = false;
    std::size_t places = 0;
  };
  Instance(const Problem& problem, const Objective& objective, Room room,
           const Cancelled& is_cancelled = {});
  Instance(const Problem& problem, const Objective& objective)
      : Instance(problem, objective, Room{}) {}

  /// The problem's visit is another one now. False when that takes a new instance: new names of
  /// items or tools, or a place in a route.
  [[nodiscard]] bool renew_visit(std::uint32_t visit);
  /// The technician is another one now, with as many shifts as before; `first`: the number of the
  /// first one's duty.
  void renew_duties(std::uint32_t first);
  /// The same where only the places are others, in which shifts begin and end.
  void renew_places(std::uint32_t first);

  const Problem& problem;
  const Objective& objective;
  LegTable legs;
  SpeedProfile profile;
  std::vector<Duty> duties;
  std::vector<Node> nodes;  ///< visits, then depots
  std::vector<Window> windows;
  std::uint32_t visit_count = 0, kinds = 0;
  std::vector<std::vector<std::uint32_t>> fixed;  ///< by duty: nodes pinned to its front

  /// What is used up: dimensions of capacity first, then items.
  std::uint32_t supplies = 0, dimensions = 0;
  std::vector<double> use;                                  ///< by node and supply
  std::vector<double> has;                                  ///< by duty and supply
  std::vector<std::uint8_t> offers;                         ///< by depot and supply
  std::vector<Tools> needs_tools, has_tools, offers_tools;  ///< by node, duty, depot

  std::array<double, term_count> weights{};  ///< of each term in the search's energy
  double unit = 1;  ///< of travel: a typical leg between neighbours, as energy
  /// What it takes to know the energy of a tour, and whether it keeps the rules of time.
  enum class Evaluation {
    legs,  ///< only distances, travel times and vehicles count, and there are no breaks, depots
           ///< or traffic: a sum of legs, and a few numbers per stop for the windows
    durations,  ///< waiting and working time count, too, and there may be depots: more numbers
    timing,     ///< the whole tour must be timed
  };
  Evaluation evaluation = Evaluation::timing;
  bool counts_delay = false;  ///< a term depends on how late work may begin
  /// Tightness, instability matter more than waiting and working time: no start is delayed for
  /// these at the cost of those.
  bool keeps_slack = false, keeps_promises = false;
  /// Nothing that waiting on purpose costs matters more than instability does.
  bool waits_for_promises = false;
  /// Where the waiting is on a route matters, not only how much of it there is.
  bool places_waiting = false;
  std::size_t vehicles_max = 0;

  [[nodiscard]] bool is_depot(std::uint32_t node) const { return node >= visit_count; }
  /// May duties of this kind serve the visit at all?
  [[nodiscard]] bool can_serve(std::uint32_t kind, std::uint32_t visit) const {
    return serves_[std::size_t{visit} * kinds + kind] != 0;
  }
  [[nodiscard]] double work(const Duty& duty, const Node& node) const {
    return node.is_depot || duty.speed == 1 ? node.duration : node.duration / duty.speed;
  }
  /// When who is at what is under way has time again: not before the shift begins.
  [[nodiscard]] double free_after(const Duty& duty, const Node& node) const {
    return std::max(duty.from, node.open + work(duty, node));
  }
  [[nodiscard]] bool has_time(const Duty& duty) const {
    return duty.length > 0 && duty.from < duty.to_with_overtime;
  }
  /// All its windows end before they begin.
  [[nodiscard]] bool is_never_open(const Node& node) const {
    return node.windows > 0 && node.close < node.open;
  }
  /// When work may begin for who arrives at `arrival`; infinity when no window is left.
  [[nodiscard]] double begin(const Node& node, double arrival) const {
    if (node.windows <= 1) {
      const double start = arrival < node.open ? node.open : arrival;
      return start <= node.close + rounding ? start : infinity;
    }
    return begin_in_windows(node, arrival);
  }
  /// The latest begin of work not after `bound`; -infinity when there is none.
  [[nodiscard]] double begin_by(const Node& node, double bound) const {
    if (node.windows <= 1) {
      const double start = bound < node.close ? bound : node.close;
      return start >= node.open - rounding ? start : -infinity;
    }
    return latest_in_windows(node, bound);
  }
  [[nodiscard]] double energy(const Score& score) const;
  /// In which order the visits pinned to one route come: what is under way first, of several the
  /// one that began last; then by place.
  [[nodiscard]] bool is_pinned_before(std::uint32_t a, std::uint32_t b) const;
  /// Visits near a visit, nearest first, itself among them.
  [[nodiscard]] std::span<const std::uint32_t> neighbours(std::uint32_t visit) const {
    return {&neighbours_[std::size_t{visit} * neighbours_of_each_], neighbours_of_each_};
  }

 private:
  void add_nodes();
  void fill_visit(std::uint32_t visit);
  void set_windows(Node& node, std::span<const Window> list);
  void pin(std::uint32_t visit, const Pin& pin);
  void take_facts_for_granted();
  void take_for_granted(std::uint32_t duty);
  void keep_apart(std::vector<std::uint32_t> shifts);
  [[nodiscard]] bool is_out(std::uint32_t duty) const;
  void lose_impossible_pins();
  void add_duties();
  void fill_duty(Duty& duty);
  void add_supplies();
  void fill_needs(std::uint32_t visit);
  void fill_stock(std::uint32_t duty);
  [[nodiscard]] Tools numbers_of_tools(const std::vector<std::string>& names) const;
  void decide_who_serves(const Cancelled& is_cancelled);
  void find_neighbours(const Cancelled& is_cancelled);
  void weigh();
  [[nodiscard]] Evaluation choose_evaluation() const;
  [[nodiscard]] static bool is_theirs(const Technician& who, const Visit& visit);
  [[nodiscard]] bool may_serve(const Duty& duty, std::uint32_t visit) const;
  [[nodiscard]] bool may_serve(const Duty& duty, std::uint32_t visit, bool is_theirs) const;
  void put_who_serves(std::uint32_t visit, std::span<const Duty> duties);
  [[nodiscard]] std::span<Duty> duties_of(std::uint32_t first);
  [[nodiscard]] double begin_in_windows(const Node& node, double arrival) const;
  [[nodiscard]] double latest_in_windows(const Node& node, double bound) const;

  Room room_;
  std::map<std::string, std::uint32_t> technicians_, items_, tools_;          ///< their numbers
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> duty_of_;  ///< technician, shift
  std::vector<std::uint8_t> serves_;                                          ///< by visit and kind
  std::vector<std::uint32_t> neighbours_;
  std::uint32_t neighbours_of_each_ = 0;
};

}  // namespace mf::planning
