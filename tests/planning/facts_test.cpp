// Facts and commitments that the rules no longer allow: each costs one line of the answer.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "planning/reasons.hpp"
#include "tests/planning/plans.hpp"
#include "tests/planning/road.hpp"

namespace mf::planning::search_test {
namespace {

constexpr Seconds minute = 60, hour = 3600;

/// Ana and Bea from eight to five, both from mark 0; visit 0 is the one in question, "ok" is at 20.
Problem two_technicians() {
  Problem problem;
  problem.places.resize(4);
  problem.travel = road({0, 10, 20, 30}, minute, 500);
  for (const auto* name : {"ana", "bea"})
    problem.technicians.push_back(
        {.id = name, .start = 0, .end = 0, .shifts = {{.hours = {8 * hour, 17 * hour}}}});
  problem.visits = {{.id = "odd", .place = 1, .duration = 45 * minute},
                    {.id = "ok", .place = 2, .duration = 30 * minute}};
  return problem;
}

bool is_unserved(const Plan& plan, std::size_t visit) {
  return std::ranges::binary_search(plan.unserved, visit);
}

const Route* route_of(const Plan& plan, std::size_t visit) {
  for (const auto& route : plan.routes)
    for (const auto& stop : route.stops)
      if (stop.kind == StopKind::visit && stop.which == visit) return &route;
  return nullptr;
}

/// Every rule is kept, "ok" is served.
Plan good_plan(const Problem& problem) {
  const auto plan = solved(problem, named("dispatch"), {.iterations = 200});
  CHECK(faults(problem, plan, named("dispatch")) == "");
  CHECK_FALSE(is_unserved(plan, 1));
  return plan;
}

std::string why(const Problem& problem, const Plan& plan, std::size_t visit) {
  const auto explanation = why_nobody(problem, named("dispatch"), plan, visit);
  REQUIRE(explanation);
  return say(problem, *explanation, Language::english);
}

}  // namespace

TEST_CASE("facts: a pin that can't be kept costs its visit, with the reason, and nothing else") {
  struct Case {
    const char* name;
    std::function<void(Problem&)> change;
    std::string reason;
  };
  const Case cases[] = {
      {"a technician who went home",
       [](Problem& p) {
         p.technicians[0].shifts.clear();
         p.visits[0].pin = Pin{.technician = "ana"};
       },
       "Nobody can serve odd: the visit is pinned to ana; ana has no shift"},
      {"a technician who is not there any more",
       [](Problem& p) { p.visits[0].pin = Pin{.technician = "zoe", .place = 0}; },
       "Nobody can serve odd: the visit is pinned to zoe"},
      {"under way with whom nobody knows",
       [](Problem& p) { p.visits[0].pin = Pin{.technician = "zoe", .started = 9 * hour}; },
       "Nobody can serve odd: the visit is pinned to zoe"},
      {"a shift that was cancelled",
       [](Problem& p) { p.visits[0].pin = Pin{.technician = "ana", .shift = 3, .place = 0}; },
       "the visit is pinned to another shift of ana"},
      {"a technician the visit forbids",
       [](Problem& p) {
         p.visits[0].forbidden = {"ana"};
         p.visits[0].pin = Pin{.technician = "ana", .place = 0};
       },
       "the visit excludes ana"},
      {"frozen, but its window has passed",
       [](Problem& p) {
         p.visits[0].windows = {{6 * hour, 7 * hour}};
         p.visits[0].pin = Pin{.technician = "ana", .place = 0};
       },
       "ana is not on shift then"},
      {"frozen, but too far for its window",
       [](Problem& p) {
         p.visits[0].windows = {{8 * hour, 8 * hour + 5 * minute}};
         p.visits[0].pin = Pin{.technician = "ana", .place = 0};
       },
       "ana would arrive 5 min late for the window"},
      {"frozen, and longer than the shift",
       [](Problem& p) {
         p.visits[0].duration = 20 * hour;
         p.visits[0].pin = Pin{.technician = "ana", .place = 0};
       },
       "ana would end the route 11 h 20 min past the shift's limit"},
      {"no pin at all, and longer than any shift",
       [](Problem& p) { p.visits[0].duration = 20 * hour; },
       "2 would end the route past the shift's limit"},
      {"frozen for a van that may not go out",
       [](Problem& p) {
         p.vehicles_max = 1;
         p.visits[1].pin = Pin{.technician = "ana", .place = 0};
         p.visits[0].pin = Pin{.technician = "bea", .place = 0};
       },
       "bea can't go out: all vans allowed are out (1)"},
      {"allowed to somebody who has left", [](Problem& p) { p.visits[0].allowed = {"zoe"}; },
       "2 are not among the technicians the visit allows"},
      {"a shift without length",
       [](Problem& p) {
         p.technicians[0].shifts[0].hours = {8 * hour, 8 * hour};
         p.visits[0].pin = Pin{.technician = "ana"};
       },
       "ana is not on shift then"}};
  for (const auto& [name, change, reason] : cases) {
    INFO(name);
    auto problem = two_technicians();
    change(problem);
    const auto plan = good_plan(problem);
    CHECK(is_unserved(plan, 0));
    CHECK_THAT(why(problem, plan, 0), Catch::Contains(reason));
  }
}

TEST_CASE("facts: frozen visits are kept as far as they fit, one after the other") {
  auto problem = two_technicians();
  for (std::size_t v = 0; v < 4; ++v)
    problem.visits.push_back({.id = "p" + std::to_string(v),
                              .place = 1,
                              .duration = v == 1 ? 7 * hour : 3 * hour,
                              .pin = Pin{.technician = "ana", .place = v}});
  const auto plan = good_plan(problem);
  // 8:10 to 11:10, then seven hours don't fit, then 14:10; the last would end at 17:10.
  CHECK_FALSE(is_unserved(plan, 2));
  CHECK(is_unserved(plan, 3));
  CHECK_FALSE(is_unserved(plan, 4));
  CHECK(is_unserved(plan, 5));
  CHECK_THAT(why(problem, plan, 3), Catch::Contains("past the shift's limit"));
}

TEST_CASE("facts: gaps and repetitions among pinned places change only the order") {
  auto problem = two_technicians();
  problem.visits.push_back({.id = "a", .place = 3, .pin = Pin{.technician = "ana", .place = 7}});
  problem.visits.push_back({.id = "b", .place = 1, .pin = Pin{.technician = "ana", .place = 2}});
  problem.visits.push_back({.id = "c", .place = 2, .pin = Pin{.technician = "ana", .place = 7}});
  const auto plan = good_plan(problem);
  REQUIRE(route_of(plan, 2));
  const auto& stops = route_of(plan, 2)->stops;
  REQUIRE(stops.size() >= 3);
  CHECK(stops[0].which == 3);
  CHECK(stops[1].which == 2);
  CHECK(stops[2].which == 4);
}

TEST_CASE("facts: what is under way stays, whatever the rules say now") {
  const std::pair<const char*, std::function<void(Problem&)>> cases[] = {
      {"longer than the shift", [](Problem& p) { p.visits[0].duration = 10 * hour; }},
      {"begun before the shift", [](Problem& p) { p.visits[0].pin->started = 7 * hour; }},
      {"begun after the shift", [](Problem& p) { p.visits[0].pin->started = 18 * hour; }},
      {"a skill nobody has any more", [](Problem& p) { p.visits[0].skills = {{"gas", 3}}; }},
      {"forbidden since", [](Problem& p) { p.visits[0].forbidden = {"ana"}; }},
      {"in another zone",
       [](Problem& p) { p.visits[0].zone = "north", p.technicians[0].zones = {"south"}; }},
      {"with a tool and a material that aren't in the van",
       [](Problem& p) { p.visits[0].tools = {"ladder"}, p.visits[0].materials = {{"pipe", 3}}; }},
      {"over the lunch break",
       [](Problem& p) {
         p.technicians[0].shifts[0].breaks = {{{12 * hour, 13 * hour}, hour}};
         p.visits[0].duration = 8 * hour;
       }},
      {"begun after the lunch break",
       [](Problem& p) {
         p.technicians[0].shifts[0].breaks = {{{12 * hour, 13 * hour}, hour}};
         p.visits[0].pin->started = 14 * hour;
       }},
      {"with a break that is still to come",
       [](Problem& p) {
         p.technicians[0].shifts[0].breaks = {{{17 * hour, 18 * hour}, hour / 2}};
         p.visits[0].duration = 9 * hour;
       }},
      {"more vans than may go out",
       [](Problem& p) {
         p.vehicles_max = 1;
         p.visits[1].pin = Pin{.technician = "bea", .place = 0, .started = 9 * hour};
       }},
      {"without a place", [](Problem& p) { p.visits[0].pin->place.reset(); }},
      {"on an island", [](Problem& p) {
         std::vector<double> times(16, 600);
         for (std::size_t i = 0; i < 4; ++i) times[4 + i] = times[4 * i + 1] = no_road;
         p.travel = MatrixTravel(4, times);
       }}};
  for (const auto& [name, change] : cases) {
    INFO(name);
    auto problem = two_technicians();
    problem.visits[0].pin = Pin{.technician = "ana", .place = 0, .started = 8 * hour + 10 * minute};
    change(problem);
    const auto plan = good_plan(problem);
    REQUIRE(route_of(plan, 0));
    CHECK(route_of(plan, 0)->technician == 0);
    CHECK(route_of(plan, 0)->stops[0].start == *problem.visits[0].pin->started);
    CHECK(explain_plan(problem, named("dispatch"), plan)->broken.empty());
  }
}

TEST_CASE("facts: a technician who is held up till late is given nothing more") {
  auto problem = two_technicians();
  problem.visits[0].duration = 10 * hour;
  problem.visits[0].pin = Pin{.technician = "ana", .place = 0, .started = 8 * hour + 10 * minute};
  const auto plan = good_plan(problem);
  CHECK(route_of(plan, 1)->technician == 1);
  CHECK(plan.score[Term::overtime] == 80 * minute);  // 18:10 and ten minutes home
}

TEST_CASE("facts: of two visits that one technician is at, the later one is true") {
  auto problem = two_technicians();
  problem.visits.push_back({.id = "forgotten",
                            .place = 3,
                            .duration = hour,
                            .pin = Pin{.technician = "ana", .place = 0, .started = 8 * hour}});
  problem.visits[0].pin = Pin{.technician = "ana", .place = 0, .started = 9 * hour};
  const auto plan = good_plan(problem);
  CHECK(route_of(plan, 0));
  CHECK(is_unserved(plan, 2));
  CHECK_THAT(why(problem, plan, 2), Catch::Contains("ana has odd pinned then"));
}

TEST_CASE("facts: a promise by somebody who has left counts as a promise by another") {
  auto problem = two_technicians();
  problem.visits[0].announced = Announcement{"zoe", 9 * hour};
  const auto plan = good_plan(problem);
  REQUIRE(route_of(plan, 0));
  CHECK(plan.score[Term::instability] == other_technician);
}

TEST_CASE("facts: breaks whose windows overlap are taken by the end of their windows") {
  auto problem = two_technicians();
  problem.technicians[0].shifts[0].breaks = {{{9 * hour, 13 * hour}, 20 * minute},
                                             {{10 * hour, 11 * hour}, 30 * minute}};
  problem.technicians[1].shifts.clear();
  for (int v = 0; v < 3; ++v)
    problem.visits.push_back({.id = "v" + std::to_string(v), .place = 1, .duration = 80 * minute});
  const auto plan = good_plan(problem);
  CHECK(plan.unserved.empty());
  REQUIRE(plan.routes.size() == 1);
  CHECK(std::ranges::count(plan.routes[0].stops, StopKind::rest, &Stop::kind) == 2);
}

TEST_CASE("facts: whatever is pinned wherever, the answer keeps every rule") {
  std::size_t lost = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto features = Features::some(seed, 40);
    features.front_pins = features.under_way = true;
    features.visits_max = 20;
    auto problem = random_problem_with_any_pins(seed, features);
    // Facts as they come: begun at any time, who has left, shifts and places that aren't there.
    for (std::size_t v = 0; v < problem.visits.size(); ++v) {
      auto& pin = problem.visits[v].pin;
      if (!pin) continue;
      if (pin->started) *pin->started += (static_cast<double>(v % 7) - 3) * 2 * hour;
      if (v % 11 == 0) pin->technician = "who has left";
      if (v % 13 == 0) pin->shift += 5;
      if (v % 5 == 0 && pin->place) pin->place = *pin->place + 3;
      if (v % 17 == 0) pin->started = 9 * hour;
    }
    for (const auto& objective : objectives()) {
      INFO("seed " << seed << ", " << objective.name);
      const auto plan = solved(problem, objective, {.iterations = 30, .seed = seed});
      REQUIRE(faults(problem, plan, objective) == "");
      lost += static_cast<std::size_t>(std::ranges::count_if(
          plan.unserved, [&](std::size_t v) { return problem.visits[v].pin.has_value(); }));
    }
  }
  CHECK(lost > 500);
}

}  // namespace mf::planning::search_test
