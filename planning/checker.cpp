#include "planning/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "planning/checker_hours.hpp"

namespace mf::planning {
namespace {

/// For sums of loads and materials, which may be fractions.
constexpr double quantity_tolerance = 1e-6;

bool is_under_way(const Visit& visit) { return visit.pin && visit.pin->started; }

/// Of the windows that don't end before they begin, if there are any.
Seconds last_close(const std::vector<Window>& windows) {
  auto last = std::numeric_limits<Seconds>::lowest(), first_reversed = last;
  Seconds earliest = std::numeric_limits<Seconds>::max();
  for (const auto& [from, to] : windows) {
    if (from <= to) last = std::max(last, to);
    else if (from < earliest) earliest = from, first_reversed = to;
  }
  return last == std::numeric_limits<Seconds>::lowest() ? first_reversed : last;
}

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
    // Work that is under way uses no more than the van had.
    const auto amount = [&](double wanted, double had) {
      return is_under_way(visit) ? std::min(wanted, had) : wanted;
    };
    for (const auto& tool : visit.tools)
      if (!tools_.contains(tool) && std::ranges::find(owner_.tools, tool) == owner_.tools.end())
        complaints.push_back(fmt::format("the tool {} is not in the van", tool));
    for (const auto& [item, quantity] : visit.materials)
      if (!items_.contains(item) &&
          exceeds(used_[item], amount(quantity, stock(item)), stock(item)))
        complaints.push_back(fmt::format("the van has run out of {}", item));
    loads_.resize(std::max(loads_.size(), visit.demand.size()));
    for (std::size_t d = 0; d < visit.demand.size(); ++d) {
      const double room = d < owner_.capacity.size() ? owner_.capacity[d] : 0;
      if (exceeds(loads_[d], amount(visit.demand[d], room), room))
        complaints.push_back(fmt::format("the van's capacity {} is exceeded", d));
    }
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
  RouteJudge(const Problem& problem, const Plan& plan, const Route& route,
             const Objective& objective, Seconds tolerance, Verdict& verdict)
      : problem_(problem),
        route_(route),
        objective_(objective),
        tolerance_(tolerance),
        verdict_(verdict),
        technician_(problem.technicians[route.technician]),
        shift_(technician_.shifts[route.shift]),
        hours_(working_hours(problem, plan, route, objective)),
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
    if (is_under_way(visit)) continue_under_way(visit, stop);
    else {
      arrive(stop, visit.place, visit.release);
      const auto is_open = [&](const Window& window) { return is_inside(stop.start, window); };
      complain_if(!visit.windows.empty() && std::ranges::none_of(visit.windows, is_open),
                  "work begins outside the visit's windows");
    }
    work(stop, visit.duration / technician_.speed);
    auto lacking = van_.serve(visit);
    if (!is_under_way(visit)) {  // who is at it has and may what it takes
      suitability(visit);
      for (auto& complaint : lacking) complain(std::move(complaint));
    }
    pin(visit, stop.which);
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
    complain_if(taken_.contains(stop.which), "the break is taken twice");
    complain_if(!is_same(stop.arrival, stop.start), "a rest's arrival is not its start");
    complain_if(!is_inside(stop.start, owed.start), "the rest begins outside its window");
    complain_if(!is_same(stop.end - stop.start, owed.duration), "the rest has another length");
    complain_if(is_before(stop.start, last_end_), "the rest begins before the last stop has ended");
    complain_if(is_under_way_ && is_before(stop.start, hours_.from),
                "the rest begins before the shift");
    taken_.insert(stop.which);
    rests_.push_back(stop);
    last_end_ = stop.end;
    busy_ += std::max(0.0, stop.end - std::max(stop.start, route_.departure));
  }

  /// The way to a stop, with the rests before and after it.
  void arrive(const Stop& stop, std::size_t place, Seconds release) {
    const bool waits_for_shift = is_under_way_ && free_ < hours_.from;
    Seconds leave = std::max(waits_for_shift ? hours_.from : free_, release), ready = stop.arrival;
    for (const auto& rest : rests_) {
      auto& delayed = is_before(rest.start, stop.arrival) ? leave : ready;
      delayed = std::max(delayed, rest.end);
    }
    complain_if(is_before(stop.arrival, travel(place, leave)),
                waits_for_shift ? "arrives sooner than who leaves when the shift begins"
                                : "arrives sooner than is possible");
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
    auto leg = planning::leg(problem_.travel, place_, to);
    if (leg.is_no_road()) {
      // Who is at work got there.
      complain_if(!is_under_way_ || has_been_somewhere_, "there is no road to it");
      place_ = to;
      return leave;
    }
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

  void pin(const Visit& visit, std::size_t number) {
    if (!visit.pin || (!visit.pin->place && !visit.pin->started)) has_free_visit_ = true;
    if (!visit.pin) return;
    complain_if(visit.pin->technician != technician_.id, "is pinned to another technician");
    complain_if(visit.pin->shift != route_.shift, "is pinned to another shift");
    if (!visit.pin->place && !visit.pin->started) return;
    // What is under way is first anyway.
    const auto place = visit.pin->started ? -1.0 : static_cast<double>(*visit.pin->place);
    const std::pair here(place, number);
    complain_if(has_free_visit_ || (last_pinned_ && here < *last_pinned_),
                "is pinned to another place");
    last_pinned_ = here;
  }

  void visit_terms(const Visit& visit, const Stop& stop) {
    if (visit.due)
      term(Term::lateness) += visit.lateness_weight * std::max(0.0, stop.end - *visit.due);
    if (!visit.windows.empty() && !is_under_way(visit)) {
      const auto close = last_close(visit.windows);
      term(Term::tightness) += std::max(0.0, slack_wanted - (close - stop.start));
    }
    if (!visit.announced) return;
    term(Term::instability) += std::abs(stop.start - visit.announced->start);
    if (visit.announced->technician != technician_.id) term(Term::instability) += other_technician;
  }

  void bounds() {
    Seconds end = free_;
    for (const auto& rest : rests_) end = std::max(end, rest.end);
    if (is_under_way_) end = std::max(end, hours_.from);
    if (technician_.end && !is_stranded()) end = travel(*technician_.end, end);
    complain_if(!is_same(route_.end, end), "does not end when the technician is through");
    complain_if(!is_under_way_ && is_before(route_.departure, hours_.from),
                is_before(route_.departure, shift_.hours.from)
                    ? "departs before the shift begins"
                    : "departs before an earlier shift of the technician has ended");
    const auto latest = shift_.hours.to + shift_.overtime_max;
    complain_if(is_before(hours_.to, route_.end),
                hours_.to < latest && !is_before(latest, route_.end)
                    ? "ends after a later shift has begun"
                    : "ends after the latest overtime");
    complain_if(!is_under_way_ && shift_.hours.to < shift_.hours.from,
                "the shift ends before it begins");
  }

  /// From where the technician is at work no road leads home: nobody is asked to get there.
  [[nodiscard]] bool is_stranded() const { return hours_.fact && hours_.fact->is_stranded; }

  void owed_breaks() {
    for (std::size_t b = 0; b < shift_.breaks.size(); ++b)
      if (!taken_.contains(b) && hours_.is_owed(shift_.breaks[b]) &&
          is_before(shift_.breaks[b].start.to, route_.end))
        complain(fmt::format("break {} is missing", b));
  }

  void route_terms() {
    const Seconds working = route_.end - route_.departure;
    const double share = working / std::max(1.0, shift_.hours.to - shift_.hours.from);
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
  const WorkingHours hours_;
  VanOnItsWay van_;
  std::string where_;
  std::size_t place_;            ///< where the technician is
  Seconds free_;                 ///< when the work there has ended
  Seconds last_end_;             ///< the same, or when the last rest has ended
  std::vector<Stop> rests_;      ///< since that work
  std::set<std::size_t> taken_;  ///< breaks
  std::size_t visits_ = 0;
  bool has_been_somewhere_ = false, is_under_way_ = false;
  /// Of the last visit, when its place in the route is pinned; none before the first visit.
  std::optional<std::pair<Seconds, std::size_t>> last_pinned_;
  bool has_free_visit_ = false;
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
        RouteJudge(problem_, plan_, route, objective, tolerance, verdict_).judge();
    }
    const auto out = static_cast<std::size_t>(std::ranges::count_if(
        plan_.routes, [&](const Route& route) { return is_out_already(route); }));
    if (problem_.vehicles_max && plan_.routes.size() > std::max(out, *problem_.vehicles_max))
      complain("plan", fmt::format("has {} routes, at most {} may be", plan_.routes.size(),
                                   std::max(out, *problem_.vehicles_max)));
    shifts();
    unserved();
    return std::move(verdict_);
  }

 private:
  void complain(std::string where, std::string what) {
    verdict_.violations.push_back({std::move(where), std::move(what)});
  }

  [[nodiscard]] bool is_out_already(const Route& route) const {
    return std::ranges::any_of(route.stops, [&](const Stop& stop) {
      return stop.kind == StopKind::visit && stop.which < problem_.visits.size() &&
             is_under_way(problem_.visits[stop.which]);
    });
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
    if (is_under_way(visit) && !is_anybody_under_way_at(*visit.pin))
      complain(where, "is under way but unserved");
  }

  /// Nobody works at two places; and whose technician has left can't be in a route.
  [[nodiscard]] bool is_anybody_under_way_at(const Pin& pin) const {
    const auto who = std::ranges::find(problem_.technicians, pin.technician, &Technician::id);
    if (who == problem_.technicians.end() || pin.shift >= who->shifts.size()) return true;
    return std::ranges::any_of(plan_.routes, [&](const Route& route) {
      return route.technician == static_cast<std::size_t>(who - problem_.technicians.begin()) &&
             route.shift == pin.shift && is_out_already(route);
    });
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
