#pragma once
// When everything on one route happens, and what that costs.
#include <span>
#include <vector>

#include "planning/instance.hpp"

namespace mf::planning {

/// Times routes exactly, with every feature: several windows, breaks, releases, traffic by hour,
/// supplies and depots. Four passes:
///  1. Work begins as early as it can, which is best for lateness and overtime.
///  2. What was announced for later waits on purpose, even if the route ends later by it, as far as
///     nothing that counts more than promises becomes worse.
///  3. Everything moves as late as it may without ending the route later, leaving the window it is
///     in or becoming late: how late one may set out, which is best for waiting and working time.
///  4. From that departure on everything happens as soon as it can (but what was announced, not
///     before its time): what is left of the waiting comes behind work that is free, not before it.
///
/// The breaks' places are found on the way by labels: for each stop and number of breaks taken, the
/// earliest end. Earlier is never worse (FIFO), so one time per label suffices. O(stops × breaks²).
/// Keeps its memory between calls; not for two threads at once.
class Timing {
 public:
  explicit Timing(const Instance& instance) : instance_(instance) {}

  /// The terms of a route with these nodes, as far as the objective counts them; false when it
  /// would break a hard rule. A route without nodes is not driven and costs nothing.
  [[nodiscard]] bool evaluate(std::uint32_t duty, std::span<const std::uint32_t> nodes,
                              Score& score);
  /// The same for nodes that carries() has said yes to.
  [[nodiscard]] bool evaluate_carried(std::uint32_t duty, std::span<const std::uint32_t> nodes,
                                      Score& score);
  /// The route with all its times, and every term; nullopt when it would break a hard rule.
  [[nodiscard]] std::optional<Route> timeline(std::uint32_t duty,
                                              std::span<const std::uint32_t> nodes, Score& score);

  /// Are all materials, tools and capacity there when they are needed?
  [[nodiscard]] bool carries(std::uint32_t duty, std::span<const std::uint32_t> nodes);

 private:
  /// The earliest end of a stop with so many breaks taken by then, and how it was reached.
  struct Label {
    double end = infinity;
    std::uint8_t before = 0;   ///< breaks taken at the end of the stop before
    std::uint8_t leaving = 0;  ///< breaks taken when leaving that place
  };
  /// What fills a route from its departure to its end, in order of time.
  struct Step {
    enum class Kind : std::uint8_t { leg, work, rest } kind;
    std::uint32_t which =
        0;  ///< work: the node; leg: the node it leads to, or none; rest: the break
    double length = 0;
    double start_min = -infinity, start_max = infinity;
    double start = 0, end = 0;
    double wanted = -infinity;  ///< work: wait until then
    double latest = infinity;   ///< start that costs nothing above promises
  };
  static constexpr std::uint32_t none = ~0U;

  [[nodiscard]] bool begin(std::uint32_t duty, std::span<const std::uint32_t> nodes);
  [[nodiscard]] Label* labels(std::size_t stop) { return &labels_[stop * (breaks_ + 1)]; }
  [[nodiscard]] std::uint32_t place_of(std::size_t stop) const;
  [[nodiscard]] bool forward();
  void extend(std::size_t stop);
  /// Goes on with one break more from `moment`; false when it is too late for it.
  [[nodiscard]] bool rest(std::size_t which, double& moment) const;
  [[nodiscard]] bool finish();
  void trace();
  void add_leg(std::size_t from_stop, std::uint32_t to_node);
  void add_work(std::uint32_t node);
  void add_rest(std::size_t which);
  void settle(bool is_final);
  [[nodiscard]] bool is_promise(const Step& step) const;
  [[nodiscard]] bool is_past(const Step& step) const;
  void as_early_as_possible();
  bool keep_promises();
  [[nodiscard]] bool is_before_promised() const;
  [[nodiscard]] double end_max() const;
  void find_latest();
  void choose_moments();
  bool wait_with_later_breaks(Score& best);
  [[nodiscard]] bool is_worth_it(const Score& now, const Score& before) const;
  /// Until when the work may begin without worsening a term of the visit's own.
  [[nodiscard]] double harmless_until(const Node& node, const Step& work) const;
  void as_late_as_possible();
  void as_soon_as_possible();
  void count(Score& score) const;
  void count_visit(const Step& step, Score& score) const;

  const Instance& instance_;
  const Duty* duty_ = nullptr;
  std::span<const std::uint32_t> nodes_;
  std::size_t breaks_ = 0;
  std::vector<Label> labels_;  ///< (start, nodes…) × (breaks + 1)
  std::vector<Step> steps_;
  std::vector<double> used_;  ///< per supply since it was last loaded
  std::uint8_t rests_taken_ = 0, rests_at_end_ = 0;
  std::vector<double> wanted_;  ///< by stop: work doesn't begin before; empty: nothing is wanted
  /// Promised works that move together, and what they would like their moment to be, less the work
  /// and the ways before it.
  struct Block {
    std::size_t first, last;
    double moment;
  };
  std::vector<Block> blocks_;
  std::vector<double> wishes_, sorted_;
  double departure_ = 0, end_ = 0;
};

}  // namespace mf::planning
