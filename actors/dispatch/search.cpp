// The planner's search looks for the best plan of the part, and counts what changes cost as one
// term among others. Its plan is then taken apart: technicians between whom something moves belong
// together, others don't; each such group is judged alone. So one great gain doesn't carry changes
// elsewhere that win nothing.
#include "actors/dispatch/search.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "actors/dispatch/day.hpp"
#include "planning/search.hpp"

namespace mf::dispatch {
namespace {

using planning::Seconds;
using planning::Term;

/// Of seconds: what sums of doubles may be off by.
constexpr double millisecond = 1e-3;

/// The terms of the dispatcher (Terms::cost), and the cost of changes.
planning::Objective objective() {
  planning::Objective o{.name = "spare_time",
                        .levels = {{Term::unserved, 0},
                                   {Term::lateness, 0},
                                   {Term::overtime, 0},
                                   {Term::travel, 0},
                                   {Term::instability, 0}}};
  static_assert(other_technician_cost == planning::other_technician * seconds_moved_cost);
  auto& weights = o.weights.emplace();
  weights[static_cast<std::size_t>(Term::unserved)] = 1;
  weights[static_cast<std::size_t>(Term::lateness)] = Terms::per_second_late;
  weights[static_cast<std::size_t>(Term::overtime)] = Terms::per_second_late;
  weights[static_cast<std::size_t>(Term::travel)] = 1;
  weights[static_cast<std::size_t>(Term::instability)] = seconds_moved_cost;
  return o;
}

/// Where a visit is in a plan.
struct Placed {
  std::size_t technician = 0;
  Seconds start = 0;
};

class Comparison {
 public:
  Comparison(const SearchTask& task, const planning::Plan& found)
      : task_(task),
        group_of_(task.problem.technicians.size()),
        cost_(task.problem.technicians.size()),
        before_(task.visits.size()),
        after_(task.visits.size()) {
    std::iota(group_of_.begin(), group_of_.end(), std::size_t{0});
    take(task.present, +1, before_);
    take(found, -1, after_);
  }

  std::vector<Exchange> exchanges() {
    for (std::size_t v = 0; v < task_.visits.size(); ++v)
      if (before_[v] && after_[v]) join(before_[v]->technician, after_[v]->technician);
    std::map<std::size_t, Exchange> by_group;
    std::vector<bool> is_spoilt(group_of_.size());
    for (std::size_t t = 0; t < group_of_.size(); ++t) by_group[group(t)].gain += cost_[t];
    for (std::size_t v = 0; v < task_.visits.size(); ++v) {
      const auto& visit = task_.visits[v];
      if (before_[v] && !after_[v]) is_spoilt[group(before_[v]->technician)] = true;
      if (!visit.may_move || !after_[v]) continue;
      auto move = move_of(v);
      if (is_same(visit, move)) continue;
      auto& exchange = by_group[group(after_[v]->technician)];
      if (!visit.slot) exchange.gain += task_.problem.visits[v].value;
      exchange.gain -= change_cost(move, visit.slot);
      exchange.moves.push_back(std::move(move));
    }
    std::vector<Exchange> list;
    for (auto& [number, exchange] : by_group)
      if (!is_spoilt[number] && !exchange.moves.empty() && exchange.moves.size() <= moves_max &&
          exchange.gain >= exchange_gain_min)
        list.push_back(std::move(exchange));
    std::ranges::stable_sort(list, std::greater{}, &Exchange::gain);
    return list;
  }

 private:
  void take(const planning::Plan& plan, int sign, std::vector<std::optional<Placed>>& placed) {
    const auto& problem = task_.problem;
    for (const auto& route : plan.routes) {
      auto place = problem.technicians[route.technician].start;
      double cost = 0;
      for (const auto& stop : route.stops) {
        const auto& visit = problem.visits[stop.which];
        cost += planning::leg(problem.travel, place, visit.place).time;
        if (visit.due)
          cost += Terms::per_second_late * visit.lateness_weight *
                  std::max(0.0, stop.start + visit.duration - *visit.due);
        place = visit.place;
        placed[stop.which] = {route.technician, stop.start};
      }
      cost_[route.technician] += sign * cost;
    }
  }
  [[nodiscard]] Move move_of(std::size_t v) const {
    const auto& visit = task_.visits[v];
    const auto name = [&](const Placed& placed) {
      return task_.problem.technicians[placed.technician].id;
    };
    const auto start = std::ceil((after_[v]->start - millisecond) / 60) * 60;
    const auto from = task_.base + Duration(std::llround(start * 1000));
    return {visit.order,
            visit.version,
            before_[v] ? name(*before_[v]) : Id(),
            name(*after_[v]),
            {from, from + visit.length}};
  }
  /// Less than a minute is no change.
  static bool is_same(const SearchTask::Visit& visit, const Move& move) {
    return visit.slot && move.from == move.to &&
           std::chrono::abs(move.slot.from - visit.slot->from) < std::chrono::minutes(1);
  }
  std::size_t group(std::size_t t) const {
    while (group_of_[t] != t) t = group_of_[t];
    return t;
  }
  void join(std::size_t a, std::size_t b) { group_of_[group(a)] = group(b); }

  const SearchTask& task_;
  std::vector<std::size_t> group_of_;
  std::vector<double> cost_;  ///< by technician: what is saved
  std::vector<std::optional<Placed>> before_, after_;
};

}  // namespace

double change_cost(const Move& move, const std::optional<Window>& slot) {
  if (!slot) return 0;
  const auto moved = std::chrono::abs(move.slot.from - slot->from);
  return (move.from == move.to ? 0 : other_technician_cost) +
         seconds_moved_cost * static_cast<double>(moved.count()) / 1000;
}

std::vector<Exchange> search(const SearchTask& task, const SearchBudget& budget) {
  const auto found = planning::solve(task.problem, objective(),
                                     {.time = budget.time,
                                      .iterations = budget.iterations,
                                      .seed = task.seed,
                                      .warm_start = &task.present,
                                      .clock = budget.clock,
                                      .is_cancelled = budget.is_cancelled});
  if (!found && found.error().code == ErrorCode::timeout) return {};  // cancelled
  if (!found) throw std::invalid_argument("a part of the day: " + found.error().message);
  return Comparison(task, *found).exchanges();
}

}  // namespace mf::dispatch
