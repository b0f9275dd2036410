// An instance is made for its problem: tables over places, rights over visits, numbers for names.
// Making it anew for each new visit would take longer than placing the visit. So the problem is
// given visits that nobody may do and that cost nothing unserved ("vacant"), and the instance room
// for places: add() turns one of them into the visit and renews what concerns it alone, cancel()
// turns it back. There are half as many spare numbers as visits (and at least 256), so that
// building anew for lack of them becomes rarer as the day fills up.
//
// What can't be renewed is built anew, with all routes carried over: when room runs out, for a new
// name of an item or a tool (names have numbers), and for a technician with visits pinned to a
// place (those are decided for the instance as a whole). Depots are numbered behind the visits, so
// they move when the visits grow.
//
// A route is carried over whole where that is possible, the usual case. Else visit by visit in its
// order: each stays if what has been kept so far can be driven with it. That is not the best rest
// of a route, but what people were told keeps its order.
//
// Nothing is left to chance here: where the search overlooks a place now and then (blinks), a
// ranking looks at all of them. place() times the route again instead of believing the placement it
// is given: the roster may have changed since rank().
#include "planning/roster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/assert.hpp"
#include "planning/random.hpp"
#include "planning/solution.hpp"

namespace mf::planning {
namespace {

/// Room for a day's new visits, and for as many new places.
std::size_t spare(std::size_t visits) { return std::max<std::size_t>(256, visits / 2); }

/// What stands at a number that no visit has at the moment: nobody may do it. Its id only has to be
/// one that no person chooses.
Visit vacancy(std::size_t number) {
  return {.id = fmt::format("\x1f{}", number), .value = 0, .allowed = {"\x1f"}};
}

bool is_lawful(const std::vector<Leg>& legs) {
  return std::ranges::all_of(legs, [](const Leg& leg) {
    const auto is_said = [](double value) { return value >= 0 || value == -1; };
    return is_said(leg.time) && is_said(leg.distance);
  });
}

}  // namespace

struct Roster::State {
  State(Problem p, const Objective& o) : problem(std::move(p)), objective(o) {}

  Problem problem;
  Objective objective;
  std::vector<std::size_t> vacant;  ///< numbers of visits that are free, the next one last
  std::vector<bool> is_free;        ///< by number: is it among those?
  std::unordered_map<std::string, std::size_t> number_of;  ///< by id, of those that aren't free
  std::vector<std::uint32_t> first_duty;                   ///< by technician; its shifts follow
  std::unique_ptr<Instance> instance;
  std::unique_ptr<Solution> solution;
  std::unique_ptr<Timing> timing;
  mutable Random unused{0};
  mutable Blinks never{0, unused};  // nothing is overlooked here

  void build() {
    instance = std::make_unique<Instance>(
        problem, objective,
        Instance::Room{.is_wanted = true, .places = spare(problem.visits.size())});
    solution = std::make_unique<Solution>(*instance);
    timing = std::make_unique<Timing>(*instance);
    first_duty.assign(problem.technicians.size(), 0);
    for (std::uint32_t t = 0; t < instance->duties.size(); ++t)
      if (instance->duties[t].shift == 0) first_duty[instance->duties[t].technician] = t;
  }
  /// nullopt: there is no such technician, or shift.
  [[nodiscard]] std::optional<std::uint32_t> duty_of(std::size_t technician,
                                                     std::size_t shift) const {
    if (technician >= first_duty.size() || shift >= problem.technicians[technician].shifts.size())
      return {};
    return first_duty[technician] + static_cast<std::uint32_t>(shift);
  }
  /// Everything anew, with more room; the visits that can't stay in their routes are out of them.
  std::vector<std::size_t> rebuild() {
    std::vector<std::size_t> out;
    std::vector<std::vector<std::uint32_t>> routes;
    routes.reserve(instance->duties.size());
    const auto depots_were_at = instance->visit_count;
    for (std::uint32_t t = 0; t < instance->duties.size(); ++t)
      routes.push_back(solution->nodes(t));
    if (vacant.empty()) make_vacancies(spare(problem.visits.size()));
    build();
    for (std::uint32_t t = 0; t < routes.size(); ++t) {
      for (auto& node : routes[t])
        if (node >= depots_were_at) node += instance->visit_count - depots_were_at;
      const auto left_out = keep(t, routes[t]);
      out.insert(out.end(), left_out.begin(), left_out.end());
    }
    return out;
  }
  void make_vacancies(std::size_t more) {
    for (std::size_t i = 0; i < more; ++i) problem.visits.push_back(vacancy(problem.visits.size()));
    for (std::size_t i = 0; i < more; ++i) vacant.push_back(problem.visits.size() - 1 - i);
    is_free.resize(problem.visits.size(), true);
  }
  /// Makes the tour, in which only what is pinned is, one of these nodes, as far as that is
  /// feasible; returns the visits left out. A depot that is of no use is left out, too.
  std::vector<std::size_t> keep(std::uint32_t t, const std::vector<std::uint32_t>& given) {
    std::vector<std::uint32_t> kept;
    std::vector<std::size_t> left_out;
    Score score;
    auto nodes = instance->fixed[t];
    for (const auto node : given)
      if (std::ranges::find(instance->fixed[t], node) == instance->fixed[t].end())
        nodes.push_back(node);
    if (timing->evaluate(t, nodes, score) && serves_all(t, nodes)) {
      kept = nodes;
    } else {
      for (const auto node : nodes) {
        kept.push_back(node);
        const bool is_kept = (instance->is_depot(node) || serves_all(t, {{node}})) &&
                             timing->evaluate(t, kept, score);
        if (is_kept) continue;
        kept.pop_back();
        if (!instance->is_depot(node)) left_out.push_back(node);
      }
      if (std::ranges::all_of(kept, [&](auto n) { return instance->is_depot(n); })) kept.clear();
    }
    if (kept.size() > solution->tours()[t].size()) {
      const bool is_done = solution->assign(t, kept);
      MF_ASSERT(is_done, "a feasible route could not be assigned");
    }
    return left_out;
  }
  [[nodiscard]] bool serves_all(std::uint32_t t, const std::vector<std::uint32_t>& nodes) const {
    return std::ranges::all_of(nodes, [&](auto n) {
      return instance->is_depot(n) || instance->can_serve(instance->duties[t].kind, n);
    });
  }
  [[nodiscard]] std::vector<std::uint32_t> duties_of(std::size_t technician) const {
    std::vector<std::uint32_t> duties;
    for (std::size_t shift = 0; const auto t = duty_of(technician, shift); ++shift)
      duties.push_back(*t);
    return duties;
  }
  /// These routes are timed anew; the visits that can't stay.
  std::vector<std::size_t> time_again(const std::vector<std::uint32_t>& tours) {
    std::vector<std::size_t> out;
    for (const auto t : tours) {
      const auto nodes = solution->nodes(t);
      solution->begin_change();
      solution->reset(t);
      const auto left_out = keep(t, nodes);
      out.insert(out.end(), left_out.begin(), left_out.end());
    }
    return out;
  }
  [[nodiscard]] bool leads_to(std::uint32_t t, std::size_t place) const {
    const auto& duty = instance->duties[t];
    const auto nodes = solution->nodes(t);
    return !nodes.empty() &&
           (duty.start == place || duty.end == place ||
            std::ranges::any_of(nodes, [&](auto n) { return instance->nodes[n].place == place; }));
  }
  [[nodiscard]] Status check_roads(const Place& place, const Roads& roads) const {
    if (!(std::abs(place.latitude) <= number_max && std::abs(place.longitude) <= number_max))
      return fail(ErrorCode::invalid_argument, "place: must be finite numbers");
    const auto known = problem.places.size();
    const auto wanted = std::holds_alternative<MatrixTravel>(problem.travel) ? known : 0;
    if (roads.to.size() != wanted || roads.from.size() != wanted)
      return fail(ErrorCode::invalid_argument,
                  fmt::format("roads: {} legs are needed each way, one for each place", wanted));
    if (!is_lawful(roads.to) || !is_lawful(roads.from))
      return fail(ErrorCode::invalid_argument,
                  "roads: must be 0 or more, or say that there is no road");
    return {};
  }
  [[nodiscard]] bool is_vacant(std::size_t visit) const {
    return visit >= is_free.size() || is_free[visit];
  }
  [[nodiscard]] Status check(const Visit& visit, std::size_t number) const {
    if (visit.pin && (visit.pin->place || visit.pin->started))
      return fail(ErrorCode::unsupported,
                  "pin.place: only a whole plan has places that are pinned");
    if (const auto found = number_of.find(visit.id);
        found != number_of.end() && found->second != number)
      return fail(ErrorCode::already_exists, fmt::format("id: there is a visit \"{}\"", visit.id));
    return validate(visit, problem);
  }
  void put(std::size_t number, Visit visit) {
    if (!is_free[number]) number_of.erase(problem.visits[number].id);
    is_free[number] = false;
    number_of.emplace(visit.id, number);
    replace(number, std::move(visit));
  }
  void vacate(std::size_t number) {
    number_of.erase(problem.visits[number].id);
    is_free[number] = true;
    vacant.push_back(number);
    replace(number, vacancy(number));
  }
  void replace(std::size_t number, Visit visit) {
    problem.visits[number] = std::move(visit);
    if (!instance->renew_visit(static_cast<std::uint32_t>(number))) static_cast<void>(rebuild());
  }
};

Roster::Roster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Roster::Roster(Roster&&) noexcept = default;
Roster& Roster::operator=(Roster&&) noexcept = default;
Roster::~Roster() = default;

const Problem& Roster::problem() const { return state_->problem; }

bool Roster::is_vacant(std::size_t visit) const { return state_->is_vacant(visit); }

Result<Roster> Roster::create(Problem problem, const Objective& objective, const Plan& plan,
                              std::size_t room) {
  if (auto status = validate(problem); !status) return std::unexpected(status.error());
  auto state = std::make_unique<State>(std::move(problem), objective);
  for (std::size_t v = 0; v < state->problem.visits.size(); ++v)
    state->number_of.emplace(state->problem.visits[v].id, v);
  state->is_free.assign(state->problem.visits.size(), false);
  state->make_vacancies(std::max(room, spare(state->problem.visits.size())));
  state->build();
  const auto& instance = *state->instance;
  for (const auto& route : plan.routes) {
    const auto duty = state->duty_of(route.technician, route.shift);
    std::vector<std::uint32_t> nodes;
    for (const auto& stop : route.stops)
      if (stop.kind != StopKind::rest)
        nodes.push_back(static_cast<std::uint32_t>(
            stop.which + (stop.kind == StopKind::restock ? instance.visit_count : 0)));
    const bool is_known = duty && std::ranges::all_of(nodes, [&](auto n) {
                            return n < instance.nodes.size() &&
                                   (instance.is_depot(n) || state->solution->is_absent(n) ||
                                    instance.nodes[n].is_fixed);
                          });
    if (!is_known || !state->keep(*duty, nodes).empty())
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("the plan's route of technician {} is not feasible", route.technician));
  }
  return Roster(std::move(state));
}

Plan Roster::plan() const {
  Plan plan;
  auto& s = *state_;
  for (std::uint32_t t = 0; t < s.instance->duties.size(); ++t) {
    if (s.solution->tours()[t].is_empty()) continue;
    Score score;
    auto route = s.timing->timeline(t, s.solution->nodes(t), score);
    MF_ASSERT(route, "a route of the roster is not feasible");
    plan.routes.push_back(std::move(*route));
    plan.score += score;
  }
  for (const auto v : s.solution->absent()) {
    if (s.is_vacant(v)) continue;
    plan.unserved.push_back(v);
    plan.score[Term::unserved] += s.problem.visits[v].value;
  }
  std::ranges::sort(plan.unserved);
  return plan;
}

std::vector<std::size_t> Roster::visits_of(std::size_t technician, std::size_t shift) const {
  std::vector<std::size_t> visits;
  const auto& s = *state_;
  if (const auto t = s.duty_of(technician, shift))
    for (const auto node : s.solution->nodes(*t))
      if (!s.instance->is_depot(node)) visits.push_back(node);
  return visits;
}

Result<Explanation> Roster::explain(std::size_t visit) const {
  if (is_vacant(visit)) return fail(ErrorCode::not_found, "there is no such visit");
  const auto options = explain_visit(*state_->instance, plan(), visit);
  if (!options) return std::unexpected(options.error());
  return why_nobody(state_->problem, visit, *options);
}

Result<std::size_t> Roster::add_place(const Place& place, const Roads& roads) {
  auto& s = *state_;
  const auto index = s.problem.places.size();
  if (index >= ProblemLimits::places)
    return fail(ErrorCode::invalid_argument,
                fmt::format("places: {} are all there may be", ProblemLimits::places));
  if (auto status = s.check_roads(place, roads); !status) return std::unexpected(status.error());
  s.problem.places.push_back(place);
  if (auto* matrix = std::get_if<MatrixTravel>(&s.problem.travel))
    matrix->add(roads.to, roads.from);
  else if (auto* plane = std::get_if<PlaneTravel>(&s.problem.travel)) plane->add(place);
  else std::get<GreatCircleTravel>(s.problem.travel).add(place);
  if (!s.instance->legs.add(s.problem.travel, static_cast<std::uint32_t>(index)))
    static_cast<void>(s.rebuild());
  return index;
}

Result<std::vector<std::size_t>> Roster::move_place(std::size_t which, const Place& to,
                                                    const Roads& roads) {
  auto& s = *state_;
  if (which >= s.problem.places.size()) return fail(ErrorCode::not_found, "there is no such place");
  if (auto status = s.check_roads(to, roads); !status) return std::unexpected(status.error());
  s.problem.places[which] = to;
  if (auto* matrix = std::get_if<MatrixTravel>(&s.problem.travel))
    matrix->move(which, roads.to, roads.from);
  else if (auto* plane = std::get_if<PlaneTravel>(&s.problem.travel)) plane->move(which, to);
  else std::get<GreatCircleTravel>(s.problem.travel).move(which, to);
  const bool is_fixed = std::ranges::any_of(
      s.instance->duties, [](const Duty& d) { return d.fixed > 0 || d.lost > 0; });
  // What is pinned to a place is decided for an instance as a whole.
  if (!s.instance->legs.move(s.problem.travel, static_cast<std::uint32_t>(which)) || is_fixed)
    return s.rebuild();
  std::vector<std::uint32_t> tours;
  for (std::uint32_t t = 0; t < s.instance->duties.size(); ++t)
    if (!s.solution->tours()[t].is_empty() && s.leads_to(t, which)) tours.push_back(t);
  return s.time_again(tours);
}

Result<std::size_t> Roster::add(Visit visit) {
  auto& s = *state_;
  if (auto status = s.check(visit, ~std::size_t{0}); !status)
    return std::unexpected(status.error());
  if (s.vacant.empty()) static_cast<void>(s.rebuild());
  const auto number = s.vacant.back();
  s.vacant.pop_back();
  s.put(number, std::move(visit));
  return number;
}

Status Roster::take_out(std::size_t visit) {
  auto& s = *state_;
  if (s.is_vacant(visit)) return fail(ErrorCode::not_found, "there is no such visit");
  const auto v = static_cast<std::uint32_t>(visit);
  if (s.solution->is_absent(v)) return {};
  if (s.instance->nodes[v].is_fixed)
    return fail(ErrorCode::invalid_argument, "the visit is pinned to its place");
  const std::uint32_t slot[] = {s.solution->slot_of(v)};
  s.solution->begin_change();
  s.solution->remove(s.solution->tour_of(v), slot);
  return {};
}

Status Roster::change(std::size_t visit, Visit to) {
  if (auto status = state_->check(to, visit); !status) return status;
  if (auto status = take_out(visit); !status) return status;
  state_->put(visit, std::move(to));
  return {};
}

Status Roster::cancel(std::size_t visit) {
  if (auto status = take_out(visit); !status) return status;
  state_->vacate(visit);
  return {};
}

std::vector<Placement> Roster::rank(std::size_t visit, std::size_t most) const {
  auto& s = *state_;
  std::vector<Placement> ranked;
  const auto v = static_cast<std::uint32_t>(visit);
  if (s.is_vacant(visit) || !s.solution->is_absent(v)) return ranked;
  std::vector<Candidate> found;
  for (std::uint32_t t = 0; t < s.instance->duties.size(); ++t) {
    if (!s.instance->can_serve(s.instance->duties[t].kind, v)) continue;
    if (s.solution->tours()[t].is_empty() && s.solution->used() >= s.instance->vehicles_max)
      continue;
    const auto best = s.solution->best_in(v, t, s.never);
    if (!best.is_none()) found.push_back(best);
  }
  most = std::min(most, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(most), {},
                            &Candidate::energy);
  for (std::size_t i = 0; i < most; ++i) {
    const auto& c = found[i];
    const auto& duty = s.instance->duties[c.tour];
    Placement placement{.technician = duty.technician, .shift = duty.shift, .position = c.at - 1};
    auto nodes = s.solution->nodes(c.tour);
    Score before, after;
    if (!nodes.empty()) static_cast<void>(s.timing->timeline(c.tour, nodes, before));
    nodes.insert(nodes.begin() + (c.at - 1), v);
    if (c.depot != Tour::no_node) {
      placement.depot = c.depot - s.instance->visit_count;
      placement.depot_position = c.depot_at - 1;
      nodes.insert(nodes.begin() + (c.depot_at - 1), c.depot);
      ++placement.position;
    }
    static_cast<void>(s.timing->timeline(c.tour, nodes, after));
    placement.change = after;
    placement.change -= before;
    placement.change[Term::unserved] = -s.problem.visits[visit].value;
    ranked.push_back(placement);
  }
  return ranked;
}

Status Roster::place(std::size_t visit, const Placement& p) {
  auto& s = *state_;
  const auto wrong =
      fail(ErrorCode::invalid_argument, "the placement is not one of this roster, as it is now");
  if (s.is_vacant(visit) || !s.solution->is_absent(static_cast<std::uint32_t>(visit))) return wrong;
  const auto duty = s.duty_of(p.technician, p.shift);
  if (!duty) return wrong;
  const auto t = *duty;
  const auto v = static_cast<std::uint32_t>(visit);
  Candidate c{.tour = t, .at = static_cast<std::uint32_t>(p.position) + (p.depot ? 0U : 1U)};
  auto nodes = s.solution->nodes(t);
  if (p.depot) {
    c.depot = static_cast<std::uint32_t>(*p.depot) + s.instance->visit_count;
    c.depot_at = static_cast<std::uint32_t>(p.depot_position) + 1;
    if (c.depot >= s.instance->nodes.size() || c.depot_at > c.at) return wrong;
  }
  if (c.at < s.instance->duties[t].fixed + 1 || c.at > nodes.size() + 1 || !s.serves_all(t, {v}))
    return wrong;
  nodes.insert(nodes.begin() + (c.at - 1), v);
  if (p.depot) nodes.insert(nodes.begin() + (c.depot_at - 1), c.depot);
  Score score;
  if (!s.timing->evaluate(t, nodes, score)) return wrong;
  s.solution->begin_change();
  s.solution->insert(v, c);
  return {};
}

Result<std::vector<std::size_t>> Roster::change_technician(std::size_t technician, Technician to) {
  auto& s = *state_;
  if (technician >= s.problem.technicians.size())
    return fail(ErrorCode::not_found, "there is no such technician");
  auto& who = s.problem.technicians[technician];
  if (to.id != who.id || to.shifts.size() != who.shifts.size())
    return fail(ErrorCode::unsupported, "id and number of shifts stay; create a new roster");
  if (auto status = validate(to, s.problem); !status) return std::unexpected(status.error());
  const bool has_pinned = std::ranges::any_of(s.instance->duties, [&](const Duty& d) {
    return d.technician == technician && (d.fixed > 0 || d.lost > 0);
  });
  auto moved = std::move(who);
  moved.start = to.start;
  moved.end = to.end;
  const bool is_elsewhere_only = moved == to;
  who = std::move(to);
  // What is pinned to a place is decided for an instance as a whole.
  if (has_pinned) return s.rebuild();
  const auto duties = s.duties_of(technician);
  if (duties.empty()) return std::vector<std::size_t>{};
  if (is_elsewhere_only) s.instance->renew_places(duties.front());
  else s.instance->renew_duties(duties.front());
  return s.time_again(duties);
}

}  // namespace mf::planning
