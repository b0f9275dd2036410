#include "bench/planner/dynamic_day.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <vector>

#include "bench/planner/parts.hpp"
#include "planning/search.hpp"

namespace mf::bench {
namespace {

using namespace planning;

/// A visit somebody has left for: nothing about it changes any more.
struct Fact {
  std::size_t technician = 0, place = 0;  ///< in the sequence of the route's visits
  Seconds left = 0;                       ///< for there
  Stop stop;
};

constexpr std::size_t no_number = ~std::size_t{0};

/// The plan with other numbers for its visits; those without one are left out.
Plan renumbered(const Plan& plan, const std::vector<std::size_t>& numbers) {
  Plan other;
  for (auto route : plan.routes) {
    for (auto& stop : route.stops) stop.which = numbers[stop.which];
    std::erase_if(route.stops, [](const Stop& stop) { return stop.which == no_number; });
    if (!route.stops.empty()) other.routes.push_back(std::move(route));
  }
  return other;
}

class Day {
 public:
  Day(const planning_files::DynamicProblem& day, const Objective& objective, Seconds seconds)
      : all_(day.problem),
        revealed_(day.revealed),
        objective_(objective),
        seconds_(seconds),
        facts_(all_.visits.size()),
        is_planned_(all_.visits.size()) {
    for (std::size_t v = 0; v < all_.visits.size(); ++v)
      all_.visits[v].release = std::max(all_.visits[v].release, revealed_[v]);
  }

  DayResult play() {
    std::set<Seconds> moments;
    for (const auto moment : revealed_)
      if (moment > 0) moments.insert(moment);
    plan_at(0);
    for (const auto now : moments) plan_at(now);
    for (std::size_t v = 0; v < all_.visits.size(); ++v)
      if (!is_planned_[v]) plan_.unserved.push_back(v);
    plan_.score = checked(all_, plan_, objective_);
    return {std::move(plan_), moments.size()};
  }

 private:
  void plan_at(Seconds now) {
    note_facts(now);
    const auto known = known_at(now);
    const auto problem = problem_at(now, known);
    std::vector<std::size_t> number(all_.visits.size(), no_number);
    for (std::size_t k = 0; k < known.size(); ++k) number[known[k]] = k;
    const auto before = renumbered(plan_, number);
    const auto plan = value_of(solve(
        problem, objective_, {.time = seconds_, .warm_start = &before, .clock = steady_seconds}));
    checked(problem, plan, objective_);
    plan_ = renumbered(plan, known);
    is_planned_.assign(all_.visits.size(), false);
    for (const auto& route : plan_.routes)
      for (const auto& stop : route.stops) is_planned_[stop.which] = true;
    compare_with_facts();
  }

  /// Legs that have begun before `now`.
  void note_facts(Seconds now) {
    for (const auto& route : plan_.routes) {
      auto from = all_.technicians[route.technician].start;
      for (std::size_t place = 0; place < route.stops.size(); ++place) {
        const auto& stop = route.stops[place];
        const auto to = all_.visits[stop.which].place;
        const auto left = stop.arrival - leg(all_.travel, from, to).time;
        if (left >= now) break;
        if (!facts_[stop.which]) facts_[stop.which] = Fact{route.technician, place, left, stop};
        from = to;
      }
    }
  }

  /// What may still be planned. Whose window has passed is given up.
  std::vector<std::size_t> known_at(Seconds now) const {
    std::vector<std::size_t> known;
    for (std::size_t v = 0; v < all_.visits.size(); ++v)
      if (revealed_[v] <= now && (is_planned_[v] || all_.visits[v].windows.back().to >= now))
        known.push_back(v);
    return known;
  }

  /// A fact keeps its place; its leg can't begin sooner than it did, its work at no other moment.
  /// (Pin::started would say the same of a route's first visit only.)
  Problem problem_at(Seconds now, const std::vector<std::size_t>& known) const {
    auto problem = all_;
    problem.visits.clear();
    for (const auto v : known) {
      auto& visit = problem.visits.emplace_back(all_.visits[v]);
      const auto& fact = facts_[v];
      visit.release = std::max(visit.release, fact ? fact->left : now);
      if (!fact) continue;
      visit.pin = Pin{.technician = all_.technicians[fact->technician].id, .place = fact->place};
      visit.windows = {{fact->stop.start, fact->stop.start}};
    }
    return problem;
  }

  void compare_with_facts() const {
    constexpr Seconds tolerance = 1e-6;
    for (const auto& route : plan_.routes)
      for (const auto& stop : route.stops)
        if (const auto& fact = facts_[stop.which];
            fact && (std::abs(stop.arrival - fact->stop.arrival) > tolerance ||
                     std::abs(stop.start - fact->stop.start) > tolerance))
          throw std::runtime_error(
              fmt::format("{}: a plan moves visit {}, for which somebody has left already",
                          all_.name, all_.visits[stop.which].id));
  }

  Problem all_;
  const std::vector<Seconds>& revealed_;
  const Objective& objective_;
  const Seconds seconds_;
  std::vector<std::optional<Fact>> facts_;  ///< by visit
  std::vector<bool> is_planned_;
  Plan plan_;  ///< of the whole problem, without what is unserved
};

}  // namespace

DayResult play_day(const planning_files::DynamicProblem& day, const Objective& objective,
                   Seconds seconds) {
  return Day(day, objective, seconds).play();
}

}  // namespace mf::bench
