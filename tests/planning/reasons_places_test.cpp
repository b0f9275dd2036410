// Reasons of random days against trying every place.
#include <catch2/catch.hpp>
#include <random>

#include "planning/timing.hpp"
#include "tests/planning/reasons_day.hpp"

namespace mf::planning::reasons_test {
namespace {

/// Small days with everything that decides about time, from a seed.
Day random_day(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<std::uint32_t>(random() % n); };
  Day day;
  day.problem.visits.clear();
  day.plan.routes.clear();
  for (const auto* id : {"Beto", "Caro"}) day.add_technician(id);
  for (auto& who : day.problem.technicians) {
    who.start = below(6);
    if (below(3) == 0) who.end.reset();
    who.shifts[0].hours = {oclock(8), oclock(11 + below(3))};
    if (below(2) == 0)
      who.shifts[0].breaks = {
          {.start = {oclock(9), oclock(10) + minutes(below(30))}, .duration = minutes(30)}};
  }
  for (unsigned v = 0; v < 10; ++v) {
    Visit visit{
        .id = "V" + std::to_string(v), .place = below(6), .duration = minutes(10 + below(30))};
    if (below(2) == 0) {
      const auto from = oclock(8) + minutes(below(120));
      visit.windows = {{from, from + minutes(20 + below(60))}};
    }
    day.problem.visits.push_back(visit);
  }
  const Instance instance(day.problem, day.objective);
  Timing timing(instance);
  for (std::uint32_t d = 0; d < 3; ++d) {
    std::vector<std::uint32_t> nodes;
    Route route{.technician = d};
    for (std::uint32_t v = d * 3; v < d * 3 + 3; ++v) {
      nodes.push_back(v);
      if (Score score; timing.evaluate(d, nodes, score))
        route.stops.push_back({StopKind::visit, v});
      else nodes.pop_back();
    }
    if (!route.stops.empty()) day.plan.routes.push_back(route);
  }
  return day;
}

}  // namespace

TEST_CASE(
    "reasons: an option is feasible exactly when some place is, and changes what timing says") {
  std::size_t feasible = 0, infeasible = 0, for_breaks = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto day = random_day(seed);
    const Instance instance(day.problem, day.objective);
    Timing timing(instance);
    const auto options = explain_visit(instance, day.plan, 9);
    REQUIRE(options);
    for (const auto& option : *options) {
      std::vector<std::uint32_t> base;
      for (const auto& route : day.plan.routes)
        for (const auto& stop : route.stops)
          if (route.technician == option.technician)
            base.push_back(static_cast<std::uint32_t>(stop.which));
      const auto duty = static_cast<std::uint32_t>(option.technician);
      Score before;
      if (!base.empty()) REQUIRE(timing.timeline(duty, base, before));
      bool is_possible = false;
      for (std::size_t at = 0; at <= base.size(); ++at) {
        auto nodes = base;
        nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(at), 9);
        Score change;
        if (!timing.timeline(duty, nodes, change)) continue;
        is_possible = true;
        change -= before;
        CHECK_FALSE(is_better(change, option.change, day.objective));
        if (at == option.position) CHECK(change.values == option.change.values);
      }
      CHECK(option.is_feasible == is_possible);
      CHECK(option.reasons.empty() == is_possible);
      ++(is_possible ? feasible : infeasible);
      if (!is_possible && option.reasons[0].code == ReasonCode::break_impossible) {
        ++for_breaks;
        CHECK(option.reasons[0].amount > 0);
      }
    }
  }
  CHECK(feasible > 100);
  CHECK(infeasible > 100);
  CHECK(for_breaks > 5);
}

}  // namespace mf::planning::reasons_test
