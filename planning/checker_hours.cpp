#include "planning/checker_hours.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

namespace mf::planning {
namespace {

/// One technician's shifts in the order of their hours, the facts in them taken for granted.
class Shifts {
 public:
  Shifts(const Problem& problem, const Plan& plan, std::size_t technician,
         const Objective& objective)
      : problem_(problem),
        objective_(objective),
        who_(problem.technicians[technician]),
        hours_(who_.shifts.size()) {
    for (const auto& route : plan.routes)
      if (route.technician == technician && route.shift < hours_.size()) find_fact(route);
  }

  WorkingHours run(std::size_t shift) {
    for (std::size_t s = 0; s < hours_.size(); ++s) order_.push_back(s);
    std::ranges::sort(order_, {}, [&](std::size_t s) {
      return std::tuple(who_.shifts[s].hours.from, who_.shifts[s].hours.to, s);
    });
    for (std::size_t i = 0; i < order_.size(); ++i) bound(i);
    return hours_[shift];
  }

 private:
  void find_fact(const Route& route) {
    for (const auto& stop : route.stops) {
      if (stop.kind != StopKind::visit || stop.which >= problem_.visits.size()) continue;
      const auto& visit = problem_.visits[stop.which];
      auto& fact = hours_[route.shift].fact;
      if (fact || !visit.pin || !visit.pin->started) continue;
      const auto began = *visit.pin->started;
      fact = Fact{.visit = stop.which, .began = began, .over = began + visit.duration / who_.speed};
    }
  }

  [[nodiscard]] bool is_empty(std::size_t s) const {
    return who_.shifts[s].hours.to <= who_.shifts[s].hours.from;
  }

  void bound(std::size_t i) {
    const auto& shift = who_.shifts[order_[i]];
    auto& own = hours_[order_[i]];
    own.from = shift.hours.from;
    own.to = shift.hours.to + shift.overtime_max;
    for (std::size_t j = 0; j < order_.size(); ++j) {
      const auto& other = who_.shifts[order_[j]].hours;
      if (j != i && !is_empty(order_[j])) {
        if (j < i) own.from = std::max(own.from, other.to);
        else own.to = std::min(own.to, std::max(shift.hours.to, other.from));
      }
      const auto& fact = hours_[order_[j]].fact;
      if (!fact || j == i) continue;
      if (j < i) own.from = std::max(own.from, hours_[order_[j]].to);
      else if (!own.fact) own.to = std::min(own.to, fact->began);
    }
    own.free = own.from;
    if (own.fact) go_home(own, shift);
  }

  void go_home(WorkingHours& own, const Shift& shift) {
    auto& fact = *own.fact;
    own.free = fact.home = std::max(own.from, fact.over);
    const auto place = problem_.visits[fact.visit].place;
    fact.is_stranded = who_.end && leg(problem_.travel, place, *who_.end).is_no_road();
    Seconds way = who_.end && !fact.is_stranded ? leg(problem_.travel, place, *who_.end).time : 0;
    if (objective_.truncates_legs) way = std::floor(way * 10 + 1e-9) / 10;
    std::vector<Break> owed;
    std::ranges::copy_if(shift.breaks, std::back_inserter(owed),
                         [&](const Break& rest) { return own.is_owed(rest); });
    std::ranges::sort(owed, {}, [](const Break& b) { return std::pair(b.start.to, b.start.from); });
    for (const auto& rest : owed)
      if (problem_.profile.arrival(fact.home, way) > rest.start.to)
        fact.home = std::max(fact.home, rest.start.from) + rest.duration;
    fact.home = problem_.profile.arrival(fact.home, way);
    own.to = std::max(own.to, fact.home);
  }

  const Problem& problem_;
  const Objective& objective_;
  const Technician& who_;
  std::vector<WorkingHours> hours_;  ///< by shift
  std::vector<std::size_t> order_;   ///< shifts
};

}  // namespace

WorkingHours working_hours(const Problem& problem, const Plan& plan, const Route& route,
                           const Objective& objective) {
  return Shifts(problem, plan, route.technician, objective).run(route.shift);
}

}  // namespace mf::planning
