#include "planning/roster.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "planning/checker.hpp"
#include "planning/random.hpp"
#include "planning/search.hpp"
#include "planning/timing.hpp"
#include "tests/planning/random_problem.hpp"

namespace mf::planning::roster_test {
namespace {

const Objective& dispatch() { return *find_objective("dispatch"); }

/// A day in a city: technicians with skills and shifts, visits with windows.
Problem city(std::uint64_t seed, std::size_t technicians, std::size_t visits) {
  Random random(seed);
  Problem problem{.name = "city"};
  const auto somewhere = [&] {
    problem.places.push_back({6.15 + random.unit() * 0.2, -75.65 + random.unit() * 0.15});
    return problem.places.size() - 1;
  };
  for (std::size_t t = 0; t < technicians; ++t) {
    const auto home = somewhere();
    problem.technicians.push_back(
        {.id = "t" + std::to_string(t),
         .start = home,
         .end = home,
         .shifts = {{.hours = {28800, 61200}, .breaks = {{{43200, 46800}, 2700}}}},
         .skills = {{random.below(2) == 0 ? "fibra" : "router", 1}}});
  }
  for (std::size_t v = 0; v < visits; ++v) {
    const double from = 28800 + random.below(8) * 3600.0;
    problem.visits.push_back({.id = "v" + std::to_string(v),
                              .place = somewhere(),
                              .duration = 1200 + random.below(5) * 600.0,
                              .windows = {{from, from + 10800}},
                              .skills = {{random.below(2) == 0 ? "fibra" : "router", 1}},
                              .due = from + 12600});
  }
  problem.travel = GreatCircleTravel(problem.places);
  return problem;
}

Visit another(Random& random, const Problem& problem, int number) {
  auto visit = problem.visits[random.below(40)];
  visit.id = "new" + std::to_string(number);
  visit.allowed.clear();
  visit.value = 1;
  visit.skills = {{"fibra", 1}};
  return visit;
}

std::size_t visits_of(const Route& route) {
  return static_cast<std::size_t>(std::ranges::count(route.stops, StopKind::visit, &Stop::kind));
}

/// The plan keeps every rule, and its terms are what the checker counts.
void require_sound(const Roster& roster, const Objective& objective = dispatch()) {
  const auto plan = roster.plan();
  const auto verdict = check(roster.problem(), plan, objective);
  std::string violations;  // nobody lists vacant visits as unserved
  for (const auto& [where, what] : verdict.violations) {
    bool is_of_vacant = false;
    for (std::size_t v = 0; v < roster.problem().visits.size(); ++v)
      is_of_vacant = is_of_vacant ||
                     (roster.is_vacant(v) && where == "visit " + roster.problem().visits[v].id);
    if (!is_of_vacant) violations += where + ": " + what + "\n";
  }
  REQUIRE(violations == "");
  for (const auto term : {Term::lateness, Term::overtime, Term::travel, Term::working_time})
    REQUIRE(plan.score[term] == Approx(verdict.score[term]).margin(1e-3));
}

/// The least energy that putting the visit anywhere adds, by evaluating every route anew.
double brute_force(const Instance& instance, const Roster& roster, std::uint32_t visit) {
  Timing timing(instance);
  double best = infinity;
  const auto plan = roster.plan();
  for (std::uint32_t d = 0; d < instance.duties.size(); ++d) {
    if (!instance.can_serve(instance.duties[d].kind, visit)) continue;
    std::vector<std::uint32_t> nodes;
    for (const auto& route : plan.routes)
      if (route.technician == instance.duties[d].technician &&
          route.shift == instance.duties[d].shift)
        for (const auto& stop : route.stops)
          if (stop.kind == StopKind::visit) nodes.push_back(static_cast<std::uint32_t>(stop.which));
    Score before, after;
    REQUIRE(timing.evaluate(d, nodes, before));
    for (std::size_t at = 0; at <= nodes.size(); ++at) {
      auto with = nodes;
      with.insert(with.begin() + static_cast<std::ptrdiff_t>(at), visit);
      if (timing.evaluate(d, with, after))
        best = std::min(best, instance.energy(after) - instance.energy(before));
    }
  }
  return best;
}

Roster planned(const Problem& problem, const Objective& objective = dispatch()) {
  const auto plan = solve(problem, objective, {.iterations = 200});
  REQUIRE(plan);
  auto roster = Roster::create(problem, objective, *plan);
  REQUIRE(roster);
  return std::move(*roster);
}

}  // namespace

TEST_CASE("roster: the best placement is the one that trying every place finds") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto roster = planned(city(seed, 8, 40));
    Random random(seed);
    const auto added = roster.add(another(random, roster.problem(), 0));
    REQUIRE(added);
    const Instance instance(roster.problem(), dispatch(), {.is_wanted = true});
    const double expected = brute_force(instance, roster, static_cast<std::uint32_t>(*added));
    const auto ranked = roster.rank(*added, 3);
    REQUIRE(ranked.empty() == (expected == infinity));
    if (ranked.empty()) continue;
    auto change = ranked[0].change;
    change[Term::unserved] = 0;
    CHECK(instance.energy(change) == Approx(expected).margin(1e-6));
  }
}

TEST_CASE("roster: after any changes it is what a new one would be") {
  auto roster = planned(city(7, 10, 50));
  Random random(3);
  std::vector<std::size_t> added;
  for (int step = 0; step < 400; ++step) {
    if (added.size() < 5 || random.below(2) == 0) {
      const auto visit = roster.add(another(random, roster.problem(), step));
      REQUIRE(visit);
      const auto ranked = roster.rank(*visit);
      if (!ranked.empty()) REQUIRE(roster.place(*visit, ranked[0]));
      added.push_back(*visit);
    } else {
      const auto which = random.below(static_cast<std::uint32_t>(added.size()));
      REQUIRE(roster.cancel(added[which]));
      added.erase(added.begin() + which);
    }
    if (step % 20 != 0) continue;
    require_sound(roster);
    const auto again = Roster::create(roster.problem(), dispatch(), roster.plan());
    REQUIRE(again);
    for (std::size_t i = 0; i < term_count; ++i)
      REQUIRE(again->plan().score.values[i] == Approx(roster.plan().score.values[i]).margin(1e-6));
  }
}

TEST_CASE("roster: what outgrows its room is planned like all else") {
  auto roster = planned(city(6, 60, 40));
  Random random(4);
  for (int i = 0; i < 300; ++i) {
    const auto visit = roster.add(another(random, roster.problem(), i));
    REQUIRE(visit);
    const auto ranked = roster.rank(*visit, 1);
    if (!ranked.empty()) REQUIRE(roster.place(*visit, ranked[0]));
  }
  require_sound(roster);
  const auto plan = roster.plan();
  std::size_t served = 0;
  for (const auto& route : plan.routes) served += visits_of(route);
  CHECK(served > 170);
  CHECK(served + plan.unserved.size() == 340);
}

TEST_CASE("roster: after places have moved it is what a new one would be, with no place more") {
  const bool is_matrix = GENERATE(false, true);
  auto problem = city(8, 8, 40);
  if (is_matrix) {
    const auto size = problem.places.size();
    std::vector<double> times(size * size), distances(size * size);
    for (std::size_t from = 0; from < size; ++from)
      for (std::size_t to = 0; to < size; ++to) {
        const auto way = leg(problem.travel, from, to);
        times[from * size + to] = way.time * (from < to ? 1.2 : 1);
        distances[from * size + to] = way.distance;
      }
    problem.travel = MatrixTravel(size, std::move(times), std::move(distances));
  }
  auto roster = planned(problem);
  Random random(5);
  std::size_t taken_out = 0;
  for (int step = 0; step < 60; ++step) {
    const auto which = random.below(static_cast<std::uint32_t>(problem.places.size()));
    const Place to{6.15 + random.unit() * 0.2, -75.65 + random.unit() * 0.15};
    Roster::Roads roads;
    if (is_matrix)
      for (std::size_t i = 0; i < problem.places.size(); ++i) {
        roads.to.push_back({300 + random.unit() * 900, 5'000});
        roads.from.push_back({300 + random.unit() * 900, 6'000});
      }
    const auto out = roster.move_place(which, to, roads);
    REQUIRE(out);
    taken_out += out->size();
    require_sound(roster);
    const auto again = Roster::create(roster.problem(), dispatch(), roster.plan());
    REQUIRE(again);
    for (std::size_t i = 0; i < term_count; ++i)
      REQUIRE(again->plan().score.values[i] == Approx(roster.plan().score.values[i]).margin(1e-6));
  }
  CHECK(taken_out > 0);
  CHECK(roster.problem().places.size() == problem.places.size());
  CHECK(roster.move_place(9'999, {6.2, -75.6}).error().code == ErrorCode::not_found);
  CHECK(roster.move_place(0, {infinity, 0}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("roster: whoever is ill hands over every visit") {
  auto roster = planned(city(2, 6, 30));
  const auto before = roster.plan();
  REQUIRE_FALSE(before.routes.empty());
  const auto who = before.routes[0].technician;
  const auto visits = visits_of(before.routes[0]);
  auto ill = roster.problem().technicians[who];
  ill.skills.clear();
  const auto out = roster.change_technician(who, ill);
  REQUIRE(out);
  CHECK(out->size() == visits);
  CHECK(roster.plan().unserved.size() == before.unserved.size() + visits);
  require_sound(roster);
}

TEST_CASE("roster: a shorter shift keeps what still fits, in its order") {
  auto roster = planned(city(2, 6, 30));
  const auto before = roster.plan();
  auto shorter = roster.problem().technicians[before.routes[0].technician];
  shorter.shifts[0].hours.to = before.routes[0].stops[1].end;
  const auto out = roster.change_technician(before.routes[0].technician, shorter);
  REQUIRE(out);
  CHECK_FALSE(out->empty());
  require_sound(roster);
}

TEST_CASE("roster: breaks that a technician gets later are kept, whatever the objective") {
  auto problem = city(9, 3, 20);
  for (auto& technician : problem.technicians) technician.shifts[0].breaks.clear();
  const auto& objective = *find_objective("distance");
  auto roster = planned(problem, objective);
  for (std::size_t t = 0; t < problem.technicians.size(); ++t) {
    auto technician = roster.problem().technicians[t];
    technician.shifts[0].breaks = {{{43200, 46800}, 2700}};
    REQUIRE(roster.change_technician(t, technician));
  }
  for (const auto visit : roster.plan().unserved)
    if (const auto ranked = roster.rank(visit, 1); !ranked.empty())
      REQUIRE(roster.place(visit, ranked[0]));
  require_sound(roster, objective);
}

TEST_CASE("roster: a visit at a new place is planned there") {
  auto roster = planned(city(5, 6, 20));
  const auto place = roster.add_place({6.25, -75.57});
  REQUIRE(place);
  const auto visit = roster.add({.id = "far", .place = *place, .duration = 600});
  REQUIRE(visit);
  const auto ranked = roster.rank(*visit);
  REQUIRE_FALSE(ranked.empty());
  REQUIRE(roster.place(*visit, ranked[0]));
  require_sound(roster);
}

TEST_CASE("roster: a new address on a matrix comes with its roads") {
  auto problem = city(5, 6, 20);
  std::vector<double> times, distances;
  for (std::size_t from = 0; from < problem.places.size(); ++from)
    for (std::size_t to = 0; to < problem.places.size(); ++to) {
      times.push_back(leg(problem.travel, from, to).time * 1.1);
      distances.push_back(leg(problem.travel, from, to).distance);
    }
  problem.travel = MatrixTravel(problem.places.size(), times, distances);
  auto roster = planned(problem);
  for (int n = 0; n < 30; ++n) {
    const auto places = roster.problem().places.size();
    CHECK(roster.add_place({6.25, -75.57}).error().message ==
          "roads: " + std::to_string(places) + " legs are needed each way, one for each place");
    Roster::Roads roads{std::vector<Leg>(places, {300, 2000}),
                        std::vector<Leg>(places, {400, 2500})};
    // Every other address is an island but for the way from and to the one before.
    if (n % 2 == 1) {
      std::fill(roads.to.begin(), roads.to.end() - 1, Leg{-1, -1});
      std::fill(roads.from.begin(), roads.from.end() - 1, Leg{no_road, 0});
    }
    auto wrong = roads;
    wrong.from[3].time = -7;
    CHECK(roster.add_place({6.25, -75.57}, wrong).error().code == ErrorCode::invalid_argument);
    const auto place = roster.add_place({6.25, -75.57}, roads);
    REQUIRE(place);
    CHECK(*place == places);
    CHECK(leg(roster.problem().travel, *place, places - 1).time == 400);
    const auto visit = roster.add(
        {.id = "new " + std::to_string(n), .place = *place, .duration = 300, .value = 1});
    REQUIRE(visit);
    const auto ranked = roster.rank(*visit);
    if (!ranked.empty()) REQUIRE(roster.place(*visit, ranked[0]));
    require_sound(roster);
  }
  CHECK(validate(roster.problem()).has_value());
  CHECK(roster.plan().unserved.size() < 20);
}

TEST_CASE("roster: computed travel takes no roads from outside") {
  auto roster = planned(city(5, 2, 4));
  const auto places = roster.problem().places.size();
  CHECK(roster.add_place({6.25, -75.57}, {std::vector<Leg>(places), std::vector<Leg>(places)})
            .error()
            .code == ErrorCode::invalid_argument);
  CHECK(roster.problem().places.size() == places);
}

TEST_CASE("roster: whoever is ill hands over what was frozen, too, and gets it back when well") {
  auto problem = city(2, 4, 16);
  for (std::size_t v = 0; v < 2; ++v) {
    problem.visits[v].skills = problem.technicians[0].skills;
    problem.visits[v].windows.clear();
    problem.visits[v].pin = Pin{.technician = "t0", .place = v};
  }
  auto roster = planned(problem);
  const auto before = roster.plan();
  const auto well = roster.problem().technicians[0];
  auto ill = well;
  ill.skills.clear();
  const auto out = roster.change_technician(0, ill);
  REQUIRE(out);
  CHECK(std::ranges::count(*out, 0U) == 1);
  CHECK(std::ranges::count(*out, 1U) == 1);
  CHECK(roster.rank(0).empty());
  require_sound(roster);
  REQUIRE(roster.change_technician(0, well));
  CHECK(std::ranges::count(roster.plan().unserved, 0U) == 0);
  CHECK(std::ranges::count(roster.plan().unserved, 1U) == 0);
  require_sound(roster);
}

TEST_CASE("roster: the id of a cancelled visit is free again, others are not") {
  auto roster = planned(city(4, 4, 12));
  const auto number = roster.add({.id = "x"});
  REQUIRE(number);
  CHECK_FALSE(roster.is_vacant(*number));
  CHECK(roster.add({.id = "x"}).error().code == ErrorCode::already_exists);
  REQUIRE(roster.change(*number, {.id = "y"}));
  CHECK(roster.add({.id = "y"}).error().code == ErrorCode::already_exists);
  const auto x = roster.add({.id = "x"});
  REQUIRE(x);
  REQUIRE(roster.cancel(*number));
  CHECK(roster.is_vacant(*number));
  CHECK(roster.add({.id = "y"}));
}

TEST_CASE("roster: what isn't so is refused and changes nothing") {
  auto roster = planned(city(4, 4, 12));
  const auto before = roster.plan().score.values;
  CHECK(roster.cancel(9999).error().code == ErrorCode::not_found);
  CHECK(roster.add({.id = "v0"}).error().code == ErrorCode::already_exists);
  CHECK(roster.add({.id = "x", .duration = -1}).error().message ==
        "visit.duration: must be between 0 and 1000000000");
  std::vector<std::string> tools;
  tools.reserve(300);
  for (int i = 0; i < 300; ++i) tools.push_back("tool" + std::to_string(i));
  CHECK(roster.add({.id = "x", .tools = tools}).error().message ==
        "tools: 300 are too many, at most 256");
  CHECK_FALSE(roster.place(0, {}));
  CHECK(roster.change_technician(99, {}).error().code == ErrorCode::not_found);
  CHECK(roster.plan().score.values == before);
}

TEST_CASE("roster: a place that is added where travel is computed needs no new table") {
  std::vector<Place> places{{6.25, -75.57}, {6.26, -75.58}};
  Travel travel = GreatCircleTravel(places);
  LegTable table(travel, false, 2);
  for (std::uint32_t place = 2; place < 4; ++place) {
    std::get<GreatCircleTravel>(travel).add({6.2 + 0.01 * place, -75.6});
    REQUIRE(table.add(travel, place));
    CHECK(table.time(0, place) == leg(travel, 0, place).time);
    CHECK(table.time(place, 1) == leg(travel, place, 1).time);
  }
  std::get<GreatCircleTravel>(travel).add({6.3, -75.6});
  CHECK_FALSE(table.add(travel, 4));  // no room
}

}  // namespace mf::planning::roster_test
