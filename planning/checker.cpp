#include "planning/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>

namespace mf::planning {
namespace {

/// For sums of loads and materials, which may be fractions.
constexpr double quantity_tolerance = 1e-6;

/// What a van has in it on its way, and what it lacks for a visit.
class VanOnItsWay {
 public:
  explicit VanOnItsWay(const Technician& owner) : owner_(owner) {}

  void restock(const Depot& depot) {
    loads_.clear();
    items_.insert(depot.items.begin(), depot.items.end());
    tools_.insert(depot.tools.begin(), depot.tools.end());
  }

  [[nodiscard]] std::vector<std::string> serve(const Visit& visit) {
    std::vector<std::string> complaints;
    for (const auto& tool : visit.tools)
      if (!tools_.contains(tool) && std::ranges::find(owner_.tools, tool) == owner_.tools.end())
        complaints.push_back(fmt::format("the tool {} is not in the van", tool));
    for (const auto& [item, quantity] : visit.materials)
      if (!items_.contains(item) && exceeds(used_[item], quantity, stock(item)))
        complaints.push_back(fmt::format("the van has run out of {}", item));
    loads_.resize(std::max(loads_.size(), visit.demand.size()));
    for (std::size_t d = 0; d < visit.demand.size(); ++d)
      if (exceeds(loads_[d], visit.demand[d], d < owner_.capacity.size() ? owner_.capacity[d] : 0))
        complaints.push_back(fmt::format("the van's capacity {} is exceeded", d));
    return complaints;
  }

 private:
  /// Adds to the sum; true for the addition that takes it beyond the bound, not for later ones.
  static bool exceeds(double& sum, double addition, double bound) {
    const bool exceeded_before = sum > bound + quantity_tolerance;
    sum += addition;
    return !exceeded_before && sum > bound + quantity_tolerance;
  }
  [[nodiscard]] double stock(const std::string& item) const {
    double sum = 0;
    for (const auto& amount : owner_.stock)
      if (amount.item == item) sum += amount.quantity;
    return sum;
  }

  const Technician& owner_;
  std::vector<double> loads_;            ///< since the last restock, per dimension
  std::map<std::string, double> used_;   ///< before a depot had the item
  std::set<std::string> items_, tools_;  ///< that depots on the way had
};

/// Follows one route whose indices exist and whose times are finite, stop by stop.
class RouteJudge {
 public:
  RouteJudge(const Problem& problem, const Route& route, const Objective& objective,
             Seconds tolerance, Verdict& verdict)
      : problem_(problem),
        route_(route),
        objective_(objective),
        tolerance_(tolerance),
        verdict_(verdict),
        technician_(problem.technicians[route.technician]),
        shift_(technician_.shifts[route.shift]),
        van_(technician_),
        place_(technician_.start),
        free_(route.departure),
        last_end_(std::numeric_limits<Seconds>::lowest()) {}

  void judge() {
    for (const auto& stop : route_.stops) {
      where_ = fmt::format("route of {} (shift {}), stop {}", technician_.id, route_.shift,
                           &stop - route_.stops.data());
      if (stop.kind == StopKind::visit) visit(stop);
      else if (stop.kind == StopKind::restock) restock(stop);
      else rest(stop);
    }
    where_ = fmt::format("route of {} (shift {})", technician_.id, route_.shift);
    if (visits_ == 0) return complain("has no visit");
    bounds();
    owed_breaks();
    route_terms();
  }

 private:
  void complain(std::string what) { verdict_.violations.push_back({where_, std::move(what)}); }
  void complain_if(bool is_broken, std::string_view what) {
    if (is_broken) complain(std::string(what));
  }
  [[nodiscard]] bool is_before(Seconds a, Seconds b) const { return a < b - tolerance_; }
  [[nodiscard]] bool is_same(Seconds a, Seconds b) const { return std::abs(a - b) <= tolerance_; }
  [[nodiscard]] bool is_inside(Seconds moment, const Window& window) const {
    return !is_before(moment, window.from) && !is_before(window.to, moment);
  }
  double& term(Term t) { return verdict_.score[t]; }

  void visit(const Stop& stop) {
    const auto& visit = problem_.visits[stop.which];
    where_ += fmt::format(", visit {}", visit.id);
    if (visit.pin && visit.pin->started) continue_under_way(visit, stop);
    else {
      arrive(stop, visit.place, visit.release);
      const auto is_open = [&](const Window& window) { return is_inside(stop.start, window); };
      complain_if(!visit.windows.empty() && std::ranges::none_of(visit.windows, is_open),
                  "work begins outside the visit's windows");
    }
    work(stop, visit.duration / technician_.speed);
    suitability(visit);
    for (auto& complaint : van_.serve(visit)) complain(std::move(complaint));
    pin(visit);
    visit_terms(visit, stop);
    ++visits_;
  }

  void restock(const Stop& stop) {
    const auto& depot = problem_.depots[stop.which];
    where_ += fmt::format(", depot {}", depot.id);
    arrive(stop, depot.place, std::numeric_limits<Seconds>::lowest());
    complain_if(!is_inside(stop.start, depot.hours), "loading begins outside the depot's hours");
    work(stop, depot.duration);
    van_.restock(depot);
  }

  void rest(const Stop& stop) {
    const auto& owed = shift_.breaks[stop.which];
    where_ += fmt::format(", break {}", stop.which);
    complain_if(stop.which < next_break_, "breaks are not in their order, or taken twice");
    complain_if(!is_same(stop.arrival, stop.start), "a rest's arrival is not its start");
    complain_if(!is_inside(stop.start, owed.start), "the rest begins outside its window");
    complain_if(!is_same(stop.end - stop.start, owed.duration), "the rest has another length");
    complain_if(is_before(stop.start, last_end_), "the rest begins before the last stop has ended");
    next_break_ = stop.which + 1;
    taken_.insert(stop.which);
    rests_.push_back(stop);
    last_end_ = stop.end;
    busy_ += std::max(0.0, stop.end - std::max(stop.start, route_.departure));
  }

  /// The way to a stop, with the rests before and after it.
  void arrive(const Stop& stop, std::size_t place, Seconds release) {
    Seconds leave = std::max(free_, release), ready = stop.arrival;
    for (const auto& rest : rests_) {
      auto& delayed = is_before(rest.start, stop.arrival) ? leave : ready;
      delayed = std::max(delayed, rest.end);
    }
    complain_if(is_before(stop.arrival, travel(place, leave)), "arrives sooner than is possible");
    complain_if(is_before(stop.start, stop.arrival), "work begins before the arrival");
    complain_if(is_before(stop.start, ready) && !is_before(stop.start, stop.arrival),
                "work begins before a rest has ended");
  }

  /// The way to a visit that is under way lies in the past: nothing is asked of its times.
  void continue_under_way(const Visit& visit, const Stop& stop) {
    is_under_way_ = true;
    complain_if(has_been_somewhere_, "the visit is under way but not the route's first stop");
    complain_if(!is_same(stop.start, *visit.pin->started), "did not start when the pin says");
    complain_if(is_before(stop.start, stop.arrival), "work begins before the arrival");
    complain_if(is_before(stop.start, last_end_), "work begins before the last stop has ended");
    travel(visit.place, free_);
    // The plan need not contain the way there.
    on_the_road_ = std::min(on_the_road_, std::max(0.0, stop.arrival - route_.departure));
  }

  void work(const Stop& stop, Seconds duration) {
    complain_if(!is_same(stop.end - stop.start, duration), "the work has another length");
    free_ = last_end_ = stop.end;
    busy_ += duration;
    rests_.clear();
    has_been_somewhere_ = true;
  }

  /// When who leaves at `leave` arrives at the place; the leg counts.
  Seconds travel(std::size_t to, Seconds leave) {
    auto leg = problem_.travel->leg(place_, to);
    if (objective_.truncates_legs)
      for (auto* value : {&leg.time, &leg.distance}) *value = std::floor(*value * 10 + 1e-9) / 10;
    const auto arrival = problem_.profile.arrival(leave, leg.time);
    term(Term::distance) += leg.distance * technician_.cost;
    term(Term::travel) += (arrival - leave) * technician_.cost;
    on_the_road_ += arrival - leave;
    place_ = to;
    return arrival;
  }

  void suitability(const Visit& visit) {
    const auto has = [](const auto& list, const auto& one) {
      return std::ranges::find(list, one) != list.end();
    };
    if (const auto* skill = missing_skill(technician_.skills, visit.skills))
      complain(fmt::format("needs the skill {} at level {}", skill->skill, skill->level));
    complain_if(
        !technician_.zones.empty() && !visit.zone.empty() && !has(technician_.zones, visit.zone),
        "is outside the technician's zones");
    complain_if(!visit.allowed.empty() && !has(visit.allowed, technician_.id),
                "the technician is not among the allowed ones");
    complain_if(has(visit.forbidden, technician_.id), "the technician is forbidden");
  }

  void pin(const Visit& visit) {
    if (!visit.pin) return;
    complain_if(visit.pin->technician != technician_.id, "is pinned to another technician");
    complain_if(visit.pin->shift != route_.shift, "is pinned to another shift");
    complain_if(visit.pin->place && *visit.pin->place != visits_, "is pinned to another place");
  }

  void visit_terms(const Visit& visit, const Stop& stop) {
    if (visit.due)
      term(Term::lateness) += visit.lateness_weight * std::max(0.0, stop.end - *visit.due);
    if (!visit.windows.empty() && !(visit.pin && visit.pin->started))
      term(Term::tightness) += std::max(0.0, slack_wanted - (visit.windows.back().to - stop.start));
    if (!visit.announced) return;
    term(Term::instability) += std::abs(stop.start - visit.announced->start);
    if (visit.announced->technician != technician_.id) term(Term::instability) += other_technician;
  }

  void bounds() {
    Seconds end = free_;
    for (const auto& rest : rests_) end = std::max(end, rest.end);
    if (technician_.end) end = travel(*technician_.end, end);
    complain_if(!is_same(route_.end, end), "does not end when the technician is through");
    complain_if(!is_under_way_ && is_before(route_.departure, shift_.hours.from),
                "departs before the shift begins");
    complain_if(is_before(shift_.hours.to + shift_.overtime_max, route_.end),
                "ends after the latest overtime");
  }

  void owed_breaks() {
    for (std::size_t b = 0; b < shift_.breaks.size(); ++b)
      if (!taken_.contains(b) && is_before(shift_.breaks[b].start.to, route_.end))
        complain(fmt::format("break {} is missing", b));
  }

  void route_terms() {
    const Seconds working = route_.end - route_.departure;
    const double share = working / (shift_.hours.to - shift_.hours.from);
    term(Term::vehicles) += 1;
    term(Term::overtime) += std::max(0.0, route_.end - shift_.hours.to);
    term(Term::working_time) += working;
    term(Term::waiting) += std::max(0.0, working - on_the_road_ - busy_);
    term(Term::unfairness) += share * share;
  }

  const Problem& problem_;
  const Route& route_;
  const Objective& objective_;
  const Seconds tolerance_;
  Verdict& verdict_;
  const Technician& technician_;
  const Shift& shift_;
  VanOnItsWay van_;
  std::string where_;
  std::size_t place_;            ///< where the technician is
  Seconds free_;                 ///< when the work there has ended
  Seconds last_end_;             ///< the same, or when the last rest has ended
  std::vector<Stop> rests_;      ///< since that work
  std::set<std::size_t> taken_;  ///< breaks
  std::size_t next_break_ = 0, visits_ = 0;
  bool has_been_somewhere_ = false, is_under_way_ = false;
  Seconds on_the_road_ = 0, busy_ = 0;
};

/// What concerns the plan as a whole, and whether its routes can be followed at all.
class PlanJudge {
 public:
  PlanJudge(const Problem& problem, const Plan& plan) : problem_(problem), plan_(plan) {}

  Verdict judge(const Objective& objective, Seconds tolerance) {
    routes_.assign(problem_.visits.size(), 0);
    for (std::size_t r = 0; r < plan_.routes.size(); ++r) {
      const auto& route = plan_.routes[r];
      count_visits(route);
      if (is_legible(route, fmt::format("route {}", r)))
        RouteJudge(problem_, route, objective, tolerance, verdict_).judge();
    }
    if (problem_.vehicles_max && plan_.routes.size() > *problem_.vehicles_max)
      complain("plan", fmt::format("has {} routes, at most {} may be", plan_.routes.size(),
                                   *problem_.vehicles_max));
    shifts();
    unserved();
    return std::move(verdict_);
  }

 private:
  void complain(std::string where, std::string what) {
    verdict_.violations.push_back({std::move(where), std::move(what)});
  }

  void count_visits(const Route& route) {
    for (const auto& stop : route.stops)
      if (stop.kind == StopKind::visit && stop.which < problem_.visits.size())
        ++routes_[stop.which];
  }

  bool is_legible(const Route& route, const std::string& where) {
    const auto refuse = [&](std::string what) { return complain(where, std::move(what)), false; };
    if (route.technician >= problem_.technicians.size())
      return refuse("there is no such technician");
    const auto& shifts = problem_.technicians[route.technician].shifts;
    if (route.shift >= shifts.size()) return refuse("there is no such shift");
    bool is_finite = std::isfinite(route.departure) && std::isfinite(route.end);
    for (const auto& stop : route.stops) {
      const auto size = stop.kind == StopKind::visit     ? problem_.visits.size()
                        : stop.kind == StopKind::restock ? problem_.depots.size()
                                                         : shifts[route.shift].breaks.size();
      if (stop.which >= size)
        return refuse(fmt::format("stop {} does not exist", &stop - route.stops.data()));
      is_finite = is_finite && std::isfinite(stop.arrival) && std::isfinite(stop.start) &&
                  std::isfinite(stop.end);
    }
    return is_finite || refuse("a time is not finite");
  }

  void shifts() {
    std::set<std::pair<std::size_t, std::size_t>> seen;
    for (const auto& route : plan_.routes)
      if (!seen.emplace(route.technician, route.shift).second)
        complain("plan", fmt::format("technician {} has two routes in shift {}", route.technician,
                                     route.shift));
  }

  void unserved() {
    std::vector<bool> listed(problem_.visits.size());
    for (const auto v : plan_.unserved) {
      if (v < listed.size()) listed[v] = true;
      else complain("unserved", fmt::format("there is no visit {}", v));
    }
    if (std::ranges::adjacent_find(plan_.unserved, std::greater_equal{}) != plan_.unserved.end())
      complain("unserved", "is not ascending, or repeats a visit");
    for (std::size_t v = 0; v < problem_.visits.size(); ++v) account_for(v, listed[v]);
  }

  void account_for(std::size_t v, bool is_listed) {
    const auto& visit = problem_.visits[v];
    const auto where = fmt::format("visit {}", visit.id);
    if (routes_[v] > 1) complain(where, fmt::format("is served {} times", routes_[v]));
    if (routes_[v] > 0 && is_listed) complain(where, "is served and listed as unserved");
    if (routes_[v] > 0) return;
    verdict_.score[Term::unserved] += visit.value;
    if (!is_listed) complain(where, "is neither served nor listed as unserved");
    if (visit.pin && (visit.pin->place || visit.pin->started))
      complain(where, "has a pinned place but is unserved");
  }

  const Problem& problem_;
  const Plan& plan_;
  Verdict verdict_;
  std::vector<std::size_t> routes_;  ///< how often each visit is served
};

}  // namespace

Verdict check(const Problem& problem, const Plan& plan, const Objective& objective,
              Seconds tolerance) {
  return PlanJudge(problem, plan).judge(objective, tolerance);
}

}  // namespace mf::planning
