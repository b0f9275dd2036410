// Properties of every plan, asked of random problems with any mixture of features. A failure names
// its seed: `random_problem(seed, Features::some(seed, …))` is that problem again.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {
namespace {

/// Everything a plan says, to the last bit.
std::string transcript(const Plan& plan) {
  std::string text;
  for (const auto& r : plan.routes) {
    text += fmt::format("{}/{} {} {}:", r.technician, r.shift, r.departure, r.end);
    for (const auto& s : r.stops)
      text += fmt::format(" {}.{} {} {} {}", static_cast<int>(s.kind), s.which, s.arrival, s.start,
                          s.end);
    text += "\n";
  }
  return text +
         fmt::format("{} {}", fmt::join(plan.unserved, " "), fmt::join(plan.score.values, " "));
}

/// time_sequences() knows neither breaks nor what is under way.
bool can_be_timed_by_the_checker(const Problem& problem) {
  for (const auto& who : problem.technicians)
    for (const auto& shift : who.shifts)
      if (!shift.breaks.empty()) return false;
  return std::ranges::none_of(problem.visits,
                              [](const Visit& v) { return v.pin && v.pin->started; });
}

/// Tries every assignment and every order. Feasibility is the checker's; times are the solver's.
class BruteForce {
 public:
  BruteForce(const Problem& problem, const Objective& objective)
      : problem_(problem), objective_(objective), times_(problem, objective), routes_(2) {
    routes_[1].technician = 1;
  }

  Plan run() {
    place(0);
    return std::move(*best_);
  }

 private:
  void place(std::size_t visit) {
    if (visit == problem_.visits.size()) return judge();
    place(visit + 1);
    for (auto& route : routes_)
      for (std::size_t at = 0; at <= route.stops.size(); ++at) {
        route.stops.insert(route.stops.begin() + static_cast<std::ptrdiff_t>(at), {.which = visit});
        place(visit + 1);
        route.stops.erase(route.stops.begin() + static_cast<std::ptrdiff_t>(at));
      }
  }
  void judge() {
    const auto plan = times_.plan(routes_);
    if (!plan || (best_ && !is_better(plan->score, best_->score, objective_))) return;
    if (keeps_rules(problem_, *plan, objective_)) best_ = plan;
  }

  const Problem& problem_;
  const Objective& objective_;
  SolversTimes times_;
  std::vector<Sequence> routes_;
  std::optional<Plan> best_;
};

/// The search compares sums of weighted terms, so that within a term's tolerance it may prefer what
/// the objective does not: either must say that there is nothing better.
bool is_optimal(const Plan& plan, const Plan& best, const Instance& instance) {
  return !is_better(best.score, plan.score, instance.objective) ||
         instance.energy(plan.score) <= instance.energy(best.score) * (1 + 1e-9);
}

}  // namespace

TEST_CASE("solve: every plan keeps every rule, and its score is what the checker counts") {
  const auto all = objectives();
  std::size_t served = 0, visits = 0, pinned = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    // Few features, many, all of them.
    const auto features = Features::some(seed, seed % 4 == 0   ? 15
                                               : seed % 4 == 1 ? 30
                                               : seed % 4 == 2 ? 60
                                                               : 100);
    const auto problem = random_problem(seed, features);
    for (const auto& objective : all) {
      const auto plan = solved(problem, objective, {.iterations = 100, .seed = seed});
      INFO("seed " << seed << ", " << objective.name);
      REQUIRE(faults(problem, plan, objective) == "");
      served += problem.visits.size() - plan.unserved.size();
      visits += problem.visits.size();
    }
    pinned += static_cast<std::size_t>(std::ranges::count_if(
        problem.visits, [](const Visit& v) { return v.pin && v.pin->place; }));
  }
  // The problems are neither trivial nor hopeless.
  CHECK(served > visits / 4);
  CHECK(served < visits * 9 / 10);
  CHECK(pinned > 100);
}

TEST_CASE("solve: each feature alone keeps every rule") {
  for (std::size_t feature = 0; feature < Features::count; ++feature)
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      Features features;
      features[feature] = true;
      const auto problem = random_problem(seed, features);
      for (const auto& objective : ready_made_objectives()) {
        INFO("feature " << feature << ", seed " << seed << ", " << objective.name);
        const auto plan = solved(problem, objective, {.iterations = 100, .seed = seed});
        REQUIRE(faults(problem, plan, objective) == "");
      }
    }
}

TEST_CASE("solve: a problem without visits, technicians or shifts has an empty plan") {
  auto problem = random_problem(1, {});
  for (const auto& objective : objectives()) {
    auto nobody = problem;
    nobody.technicians.clear();
    auto plan = solved(nobody, objective, {.iterations = 20});
    CHECK(plan.unserved.size() == problem.visits.size());
    CHECK(faults(nobody, plan, objective) == "");
    auto no_shift = problem;
    for (auto& who : no_shift.technicians) who.shifts.clear();
    CHECK(faults(no_shift, solved(no_shift, objective, {.iterations = 20}), objective) == "");
    auto nothing = problem;
    nothing.visits.clear();
    plan = solved(nothing, objective, {.iterations = 20});
    CHECK(plan.routes.empty());
    CHECK(faults(nothing, plan, objective) == "");
    Problem empty;
    CHECK(solved(empty, objective, {.iterations = 20}).routes.empty());
  }
}

TEST_CASE("solve: the same seed and iterations give the same plan") {
  std::size_t others = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto problem = random_problem(seed, Features::some(seed, 40));
    for (const auto& objective : ready_made_objectives()) {
      INFO("seed " << seed << ", " << objective.name);
      const auto once = transcript(solved(problem, objective, {.iterations = 100, .seed = seed}));
      CHECK(once == transcript(solved(problem, objective, {.iterations = 100, .seed = seed})));
      others +=
          once != transcript(solved(problem, objective, {.iterations = 100, .seed = seed + 1}));
    }
  }
  CHECK(others > 10);  // the seed matters
}

TEST_CASE(
    "solve: more iterations of the same search don't hurt, and the last report is the plan's") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto problem = random_problem(seed, Features::some(seed, 40));
    for (const auto& objective : objectives()) {
      INFO("seed " << seed << ", " << objective.name);
      std::optional<Progress> last;
      const auto plan =
          solved(problem, objective,
                 {.iterations = 60, .on_progress = [&](const Progress& p) { last = p; }});
      REQUIRE(last);
      CHECK(last->iterations >= 60);
      for (const auto& level : objective.levels) {
        INFO(to_string(level.term));
        CHECK(is_near(last->best[level.term], plan.score[level.term]));
      }
    }
  }
}

TEST_CASE(
    "solve: a pinned place is lost exactly when it breaks a rule behind those that are kept") {
  std::size_t lost = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    auto features = Features::some(seed, 40);
    features.front_pins = true;
    features.breaks = features.under_way = false;  // time_sequences has none
    features.vehicles_max = false;
    features.visits_max = 12;
    const auto problem = random_problem_with_any_pins(seed, features);
    const auto& objective = named("working_time");
    const auto plan = solved(problem, objective, {.iterations = 20, .seed = seed});
    REQUIRE(faults(problem, plan, objective) == "");
    for (std::size_t t = 0; t < problem.technicians.size(); ++t)
      for (std::size_t s = 0; s < problem.technicians[t].shifts.size(); ++s) {
        Sequence front{.technician = t, .shift = s};
        for (std::size_t place = 0; place < 4; ++place)
          for (std::size_t v = 0; v < problem.visits.size(); ++v) {
            const auto& pin = problem.visits[v].pin;
            if (!pin || pin->place != place || pin->technician != problem.technicians[t].id ||
                pin->shift != s)
              continue;
            INFO("seed " << seed << ", visit " << v);
            const bool is_kept = !std::ranges::binary_search(plan.unserved, v);
            front.stops.push_back({.which = v});
            CHECK(is_kept == keeps_rules(problem, time_sequences(problem, {front}, objective),
                                         objective, "neither served"));
            if (!is_kept) front.stops.pop_back();
            (is_kept ? kept : lost) += 1;
          }
      }
  }
  CHECK(lost > 50);
  CHECK(kept > 50);
}

TEST_CASE("solve: an invalid problem is refused with the field's name") {
  auto problem = random_problem(1, {});
  problem.visits[3].duration = -1;
  const auto plan = solve(problem, named("distance"), {.iterations = 1});
  REQUIRE_FALSE(plan);
  CHECK(plan.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(plan.error().message, Catch::StartsWith("visits.3.duration: "));
}

TEST_CASE("solve: visits stay unserved only where there is no place for them") {
  const auto& objective = named("dispatch");
  std::size_t unserved = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    auto features = Features::some(seed, 35);
    features.visits_max = 25;
    const auto problem = random_problem(seed, features);
    const auto plan = solved(problem, objective, {.iterations = 100, .seed = seed});
    SolversTimes times(problem, objective);
    for (const auto v : plan.unserved) {
      if (problem.visits[v].value == 0) continue;  // it costs nothing
      ++unserved;
      auto routes = sequences(plan);
      add_empty(routes, problem);
      for (auto& route : routes)
        for (std::size_t at = 0; at <= route.stops.size(); ++at) {
          INFO("seed " << seed << ": visit " << v << " in route " << route.technician << "/"
                       << route.shift << " at " << at);
          route.stops.insert(route.stops.begin() + static_cast<std::ptrdiff_t>(at), {.which = v});
          const auto plan_with_it = times.plan(routes);
          CHECK_FALSE((plan_with_it && keeps_rules(problem, *plan_with_it, objective)));
          if (can_be_timed_by_the_checker(problem))
            CHECK_FALSE(keeps_rules(problem, time_sequences(problem, driven(routes), objective),
                                    objective));
          route.stops.erase(route.stops.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
  }
  CHECK(unserved > 100);
}

TEST_CASE("solve: a tiny problem is solved to its optimum") {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    auto features = Features::some(seed, 30);
    features.visits_min = 2;
    features.visits_max = seed % 10 == 0 ? 6 : 5;
    features.technicians_min = features.technicians_max = 2;
    features.several_days = features.depots = features.shortcuts = false;
    auto problem = random_problem(seed, features);
    // What costs nothing to leave out is served all the same; an optimum would leave it out.
    for (auto& visit : problem.visits) visit.value = std::max(visit.value, 1.0);
    for (const auto* name : {"distance", "working_time", "dispatch"}) {
      const auto& objective = named(name);
      const auto best = BruteForce(problem, objective).run();
      const Instance instance(problem, objective);
      Plan plan;
      // The rare ones that are hard to reach from where the search begins get more time.
      for (const std::uint64_t iterations : {300, 3000, 60000}) {
        plan = solved(problem, objective, {.iterations = iterations, .seed = seed});
        if (is_optimal(plan, best, instance)) break;
      }
      INFO("seed " << seed << ", " << name);
      INFO(fmt::format("best  {}", fmt::join(best.score.values, " ")));
      INFO(fmt::format("found {}", fmt::join(plan.score.values, " ")));
      CHECK(is_optimal(plan, best, instance));
    }
  }
}

TEST_CASE("solve: a visit is served however far it is from home, if it can be") {
  // All at one place, half an hour away: the typical way between neighbours is none at all.
  Problem problem;
  problem.places = {{0, 0}, {1800, 0}};
  problem.travel = PlaneTravel(problem.places);
  problem.technicians = {{.id = "ana", .start = 0, .end = 0, .shifts = {{.hours = {0, 36000}}}}};
  for (int v = 0; v < 5; ++v)
    problem.visits.push_back({.id = fmt::format("v{}", v), .place = 1, .duration = 600});
  for (const auto& objective : ready_made_objectives()) {
    INFO(objective.name);
    const auto plan = solved(problem, objective, {.iterations = 100});
    CHECK(plan.unserved.empty());
    CHECK(faults(problem, plan, objective) == "");
  }
}

TEST_CASE("solve: fewer vehicles come first, however much longer their way") {
  // Two towns half an hour apart, by turns: one technician goes to and fro all day, two needn't.
  Problem problem;
  problem.technicians = {{.id = "ana", .start = 0, .end = 0, .shifts = {{.hours = {0, 36000}}}},
                         {.id = "ben", .start = 0, .end = 0, .shifts = {{.hours = {0, 36000}}}}};
  problem.places = {{900, 0}};
  for (int v = 0; v < 14; ++v) {
    const double moment = 2000.0 * (v + 1);
    problem.places.push_back({v % 2 == 0 ? 0.0 : 1800.0, v * 1.0});
    problem.visits.push_back({.id = std::to_string(v),
                              .place = problem.places.size() - 1,
                              .windows = {{moment, moment + 60}}});
  }
  problem.travel = PlaneTravel(problem.places);
  const auto plan = solved(problem, named("vehicles_then_distance"), {.iterations = 2000});
  CHECK(plan.unserved.empty());
  CHECK(plan.score[Term::vehicles] == 1);
  CHECK(plan.score[Term::distance] > 20'000);
}

}  // namespace mf::planning::search_test
