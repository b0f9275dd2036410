#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "planning/reasons_routes.hpp"
#include "planning/reasons_rules.hpp"
#include "planning/timing.hpp"

namespace mf::planning {
namespace {

/// The visit at one place of a route, perhaps with a depot put in before it.
struct Trial {
  std::span<const std::uint32_t> nodes;
  std::size_t at = 0;
  std::optional<std::size_t> depot;
};

/// Looks for the best place for one visit in one route after another.
class OptionSearch {
 public:
  OptionSearch(const Instance& instance, std::uint32_t visit)
      : instance_(instance), visit_(visit), timing_(instance) {}

  /// `base`: the route without the visit; `planned`: the route with it, if it is in this one.
  Option run(std::uint32_t number, const NodeList& base, const NodeList* planned,
             bool has_vehicle) {
    number_ = number;
    duty_ = &instance_.duties[number];
    option_ = {.technician = duty_->technician, .shift = duty_->shift};
    late_ = late_unloaded_ = {};
    lacking_.clear();
    is_carried_ = false;
    option_.reasons = fixed_reasons(instance_, *duty_, visit_);
    if (base.empty() && !has_vehicle)
      add(ReasonCode::no_vehicle_left).needed = static_cast<int>(instance_.vehicles_max);
    base_score_ = {};
    if (!base.empty() && !timing_.timeline(number, base, base_score_))
      add(ReasonCode::route_broken);
    if (is_hopeless()) return std::move(option_);
    is_allowed_ = option_.reasons.empty();
    if (planned) consider({*planned, place_in(*planned), {}});
    // What can't be done among the pinned ones can't, whatever else is in the route.
    if (instance_.nodes[visit_].is_lost) try_places(instance_.fixed[number]);
    else try_places(base);
    if (option_.is_feasible) name_neighbours();
    else add_what_is_lacking();
    return std::move(option_);
  }

 private:
  /// The least that is late among some trials: 0 when one fits in time.
  struct Late {
    double worst = infinity;
    std::vector<Reason> reasons;
  };

  Reason& add(ReasonCode code) {
    return option_.reasons.emplace_back(
        Reason{.code = code, .technician = duty_->technician, .shift = duty_->shift});
  }

  /// Nothing about time is worth saying.
  [[nodiscard]] bool is_hopeless() const {
    return std::ranges::any_of(option_.reasons, [](const Reason& reason) {
      return reason.code == ReasonCode::pinned_elsewhere ||
             reason.code == ReasonCode::pinned_to_other_shift ||
             reason.code == ReasonCode::never_open || reason.code == ReasonCode::outside_shift ||
             reason.code == ReasonCode::route_broken || reason.code == ReasonCode::overlaps_pinned;
    });
  }

  [[nodiscard]] std::size_t place_in(const NodeList& nodes) const {
    return static_cast<std::size_t>(std::ranges::find(nodes, visit_) - nodes.begin());
  }

  void try_places(const NodeList& base) {
    std::size_t first = 0, last = base.size();
    while (first < last && instance_.nodes[base[first]].is_fixed) ++first;
    if (instance_.nodes[visit_].is_fixed) {
      const auto fixed = std::span(base).first(first);
      first = last = static_cast<std::size_t>(std::ranges::count_if(
          fixed, [&](std::uint32_t other) { return instance_.is_pinned_before(other, visit_); }));
    }
    for (std::size_t at = first; at <= last; ++at) {
      auto nodes = base;
      nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(at), visit_);
      const bool is_carried = consider({nodes, at, {}});
      if (!is_carried && !instance_.nodes[visit_].is_fixed) try_depots(nodes, first, at);
    }
  }

  void try_depots(const NodeList& nodes, std::size_t first, std::size_t at) {
    for (std::size_t depot = 0; depot < instance_.problem.depots.size(); ++depot)
      for (std::size_t before = first; before <= at; ++before) {
        auto loaded = nodes;
        loaded.insert(loaded.begin() + static_cast<std::ptrdiff_t>(before),
                      static_cast<std::uint32_t>(instance_.visit_count + depot));
        if (timing_.carries(number_, loaded)) consider({loaded, at + 1, depot});
      }
  }

  /// False when the van lacks something. Who may not come at all is only timed.
  bool consider(const Trial& trial) {
    const bool is_carried = !is_allowed_ || timing_.carries(number_, trial.nodes);
    if (!is_carried) note_shortage(trial);
    is_carried_ = is_carried_ || (is_carried && !trial.depot);
    auto& late = is_carried ? late_ : late_unloaded_;
    const auto found = breaches(instance_, *duty_, trial.nodes);
    if (found.worst) note_late(trial, found, late);
    else if (is_allowed_ && is_carried) time(trial);
    else late = {.worst = 0};
    return is_carried;
  }

  void note_shortage(const Trial& trial) {
    auto found = shortages(instance_, number_, trial.nodes);
    const auto size = [](const std::vector<Reason>& reasons) {
      double sum = 0;
      for (const auto& reason : reasons) sum += reason.quantity;
      return std::pair(reasons.size(), sum);
    };
    if (lacking_.empty() || size(found) < size(lacking_)) lacking_ = std::move(found);
  }

  void note_late(const Trial& trial, const Breaches& found, Late& late) const {
    if (found.worst->amount >= late.worst) return;
    late = {.worst = found.worst->amount};
    const auto note = [&](const Breach& breach) {
      auto& reason =
          late.reasons.emplace_back(reason_for(instance_, *duty_, trial.nodes, trial.at, breach));
      if (trial.depot) reason.depot = instance_.problem.depots[*trial.depot].id;
    };
    note(*found.first);
    if (found.worst->stop != found.first->stop) note(*found.worst);
  }

  void time(const Trial& trial) {
    Score change;
    const auto route = timing_.timeline(number_, trial.nodes, change);
    if (!route) {
      note_break(trial);
      return;
    }
    change -= base_score_;
    if (option_.is_feasible && !is_better(change, option_.change, instance_.objective)) return;
    option_.is_feasible = true;
    option_.change = change;
    option_.position = trial.at;
    option_.restock = trial.depot;
    for (const auto& stop : route->stops)
      if (stop.kind == StopKind::visit && stop.which == visit_) option_.start = stop.start;
    best_.assign(trial.nodes.begin(), trial.nodes.end());
  }

  void note_break(const Trial& trial) {
    auto reason = break_reason(instance_, *duty_, trial.nodes);
    if (trial.depot) reason.depot = instance_.problem.depots[*trial.depot].id;
    if (reason.amount < late_.worst) late_ = {.worst = reason.amount, .reasons = {reason}};
  }

  void name_neighbours() {
    const auto stop = [&](std::size_t at) -> Sequence::Stop {
      const auto node = best_[at];
      if (instance_.is_depot(node)) return {StopKind::restock, node - instance_.visit_count};
      return {StopKind::visit, node};
    };
    if (option_.position > 0) option_.previous = stop(option_.position - 1);
    if (option_.position + 1 < best_.size()) option_.next = stop(option_.position + 1);
  }

  void add_what_is_lacking() {
    auto& reasons = option_.reasons;
    if (!is_carried_) reasons.insert(reasons.end(), lacking_.begin(), lacking_.end());
    const bool is_ever_carried = late_.worst != infinity;
    const auto& late = is_ever_carried ? late_.reasons : late_unloaded_.reasons;
    reasons.insert(reasons.end(), late.begin(), late.end());
  }

  const Instance& instance_;
  const std::uint32_t visit_;
  Timing timing_;

  std::uint32_t number_ = 0;
  const Duty* duty_ = nullptr;
  Option option_;
  Score base_score_;
  NodeList best_;
  bool is_allowed_ = true;
  bool is_carried_ = false;      ///< at some place, without one more depot
  std::vector<Reason> lacking_;  ///< the least of all places that lack something
  Late late_, late_unloaded_;    ///< of trials that carry all, of those that don't
};

/// How far from feasible, by what comes first: what only a change of people or rules mends, of
/// hours, of what is loaded, of minutes.
int hardness(ReasonCode code) {
  if (code <= ReasonCode::no_road_home) return 3;
  if (code == ReasonCode::outside_shift || code == ReasonCode::route_broken) return 2;
  return code <= ReasonCode::no_vehicle_left ? 1 : 0;
}

auto distance_from_feasible(const Option& option) {
  int hardest = 0;
  double quantity = 0, amount = 0;
  for (const auto& reason : option.reasons) {
    hardest = std::max(hardest, hardness(reason.code));
    quantity += reason.quantity;
    amount = std::max(amount, reason.amount);
  }
  return std::tuple(hardest, option.reasons.size(), amount, quantity);
}

/// Sorts by the first level, and what is within its tolerance by the next ones.
void rank_feasible(std::span<Option> options, std::span<const Level> levels) {
  if (options.size() < 2 || levels.empty()) return;
  const auto [term, tolerance] = levels.front();
  const auto value = [term](const Option& option) { return option.change[term]; };
  std::ranges::stable_sort(options, {}, value);
  for (std::size_t first = 0, end = 0; first < options.size(); first = end) {
    while (end < options.size() && value(options[end]) <= value(options[first]) + tolerance) ++end;
    rank_feasible(options.subspan(first, end - first), levels.subspan(1));
  }
}

void rank_options(std::vector<Option>& options, const Objective& objective) {
  const auto infeasible = std::ranges::stable_partition(options, &Option::is_feasible);
  const auto feasible = static_cast<std::size_t>(infeasible.begin() - options.begin());
  rank_feasible(std::span(options).first(feasible), objective.levels);
  std::ranges::stable_sort(infeasible, {}, distance_from_feasible);
}

}  // namespace

Result<std::vector<Option>> explain_visit(const Instance& instance, const Plan& plan,
                                          std::size_t visit) {
  if (visit >= instance.visit_count)
    return fail(ErrorCode::invalid_argument,
                fmt::format("there is no visit {}, there are {}", visit, instance.visit_count));
  auto routes = nodes_of(instance, plan);
  if (!routes) return std::unexpected(routes.error());
  const auto number = static_cast<std::uint32_t>(visit);
  Timing timing(instance);
  NodeList planned;
  std::size_t planned_in = routes->size(), used = 0;
  for (std::uint32_t d = 0; d < routes->size(); ++d) {
    auto& nodes = (*routes)[d];
    if (std::ranges::find(nodes, number) != nodes.end()) {
      planned_in = d;
      planned = std::exchange(nodes, without(instance, timing, d, nodes, number));
    }
    if (!nodes.empty()) ++used;
  }
  OptionSearch search(instance, number);
  std::vector<Option> options;
  options.reserve(routes->size());
  for (std::uint32_t d = 0; d < routes->size(); ++d)
    options.push_back(search.run(d, (*routes)[d], d == planned_in ? &planned : nullptr,
                                 used < instance.vehicles_max));
  rank_options(options, instance.objective);
  return options;
}

Result<std::vector<Option>> explain_visit(const Problem& problem, const Objective& objective,
                                          const Plan& plan, std::size_t visit) {
  if (auto status = validate(problem); !status) return std::unexpected(status.error());
  return explain_visit(Instance(problem, objective), plan, visit);
}

}  // namespace mf::planning
