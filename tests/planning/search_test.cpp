// Properties of every plan, asked of random problems with any mixture of features. A failure names
// its seed: `random_problem(seed, Features::some(seed, …))` is that problem again.
#include "planning/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <ctime>

#include "planning/checker.hpp"
#include "planning/instance.hpp"
#include "planning/random.hpp"
#include "planning/timing.hpp"
#include "tests/planning/random_problem.hpp"

namespace mf::planning::search_test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

/// Of this thread's own work: the machine may be busy with other things.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Plan solved(const Problem& problem, const Objective& objective, SolveOptions options) {
  auto plan = solve(problem, objective, options);
  if (!plan) throw std::runtime_error(plan.error().message);
  return std::move(*plan);
}

bool is_near(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

/// What the checker finds wrong with a plan or its score, a line for each; "" for a good plan.
std::string faults(const Problem& problem, const Plan& plan, const Objective& objective) {
  std::string text;
  const auto verdict = check(problem, plan, objective);
  for (const auto& [where, what] : verdict.violations) text += where + ": " + what + "\n";
  for (std::size_t t = 0; t < term_count; ++t)
    if (!is_near(verdict.score.values[t], plan.score.values[t]))
      text += fmt::format("{} is {}, the plan says {}\n", to_string(static_cast<Term>(t)),
                          verdict.score.values[t], plan.score.values[t]);
  return text;
}

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

std::vector<Objective> objectives() {
  const auto ready_made = ready_made_objectives();
  std::vector<Objective> all(ready_made.begin(), ready_made.end());
  all.push_back({.name = "travel", .levels = {{Term::unserved, 1e-6}, {Term::travel, 1e-3}}});
  all.push_back({.name = "waiting",
                 .levels = {{Term::waiting, 1}, {Term::vehicles, 0}, {Term::unserved, 1e-6}}});
  return all;
}

const Objective& named(std::string_view name) { return *find_objective(name); }

/// Sequences of a plan without its breaks and times.
std::vector<Sequence> sequences(const Plan& plan) {
  std::vector<Sequence> result;
  for (const auto& r : plan.routes) {
    result.push_back({.technician = r.technician, .shift = r.shift});
    for (const auto& s : r.stops)
      if (s.kind != StopKind::rest) result.back().stops.push_back({s.kind, s.which});
  }
  return result;
}

/// The solver's own times for sequences, as a plan; nullopt when a route breaks a rule.
class SolversTimes {
 public:
  SolversTimes(const Problem& problem, const Objective& objective)
      : problem_(problem), instance_(problem, objective), timing_(instance_) {}

  std::optional<Plan> plan(const std::vector<Sequence>& sequences) {
    Plan plan;
    std::vector<bool> is_served(problem_.visits.size());
    for (const auto& sequence : sequences) {
      if (sequence.stops.empty()) continue;
      std::vector<std::uint32_t> nodes;
      for (const auto& stop : sequence.stops) {
        const bool is_visit = stop.kind == StopKind::visit;
        nodes.push_back(
            static_cast<std::uint32_t>(stop.which + (is_visit ? 0 : problem_.visits.size())));
        if (is_visit) is_served[stop.which] = true;
      }
      Score score;
      auto route = timing_.timeline(duty_of(sequence), nodes, score);
      if (!route) return {};
      plan.score += score;
      plan.routes.push_back(std::move(*route));
    }
    for (std::size_t v = 0; v < is_served.size(); ++v)
      if (!is_served[v]) {
        plan.unserved.push_back(v);
        plan.score[Term::unserved] += problem_.visits[v].value;
      }
    return plan;
  }

 private:
  std::uint32_t duty_of(const Sequence& sequence) const {
    for (std::uint32_t d = 0; d < instance_.duties.size(); ++d)
      if (instance_.duties[d].technician == sequence.technician &&
          instance_.duties[d].shift == sequence.shift)
        return d;
    return 0;
  }

  const Problem& problem_;
  Instance instance_;
  Timing timing_;
};

bool keeps_rules(const Problem& problem, const Plan& plan, const Objective& objective) {
  return check(problem, plan, objective).violations.empty();
}

/// Shifts without a route get one without stops.
void add_empty(std::vector<Sequence>& routes, const Problem& problem) {
  for (std::size_t t = 0; t < problem.technicians.size(); ++t)
    for (std::size_t s = 0; s < problem.technicians[t].shifts.size(); ++s) {
      const auto is_it = [&](const Sequence& r) { return r.technician == t && r.shift == s; };
      if (std::ranges::none_of(routes, is_it)) routes.push_back({.technician = t, .shift = s});
    }
}

std::vector<Sequence> driven(std::vector<Sequence> routes) {
  std::erase_if(routes, [](const Sequence& r) { return r.stops.empty(); });
  return routes;
}

/// time_sequences() knows neither breaks nor what is under way.
bool can_be_timed_by_the_checker(const Problem& problem) {
  for (const auto& who : problem.technicians)
    for (const auto& shift : who.shifts)
      if (!shift.breaks.empty()) return false;
  return std::ranges::none_of(problem.visits,
                              [](const Visit& v) { return v.pin && v.pin->started; });
}

/// Some visits, and now and then a depot, in any order on any shift.
std::vector<Sequence> random_routes(const Problem& problem, Random& random) {
  const auto below = [&](std::size_t n) { return random.below(static_cast<std::uint32_t>(n)); };
  std::vector<Sequence> routes;
  add_empty(routes, problem);
  for (std::size_t v = 0; v < problem.visits.size(); ++v) {
    if (random.below(100) < 60) continue;
    auto& stops = routes[below(routes.size())].stops;
    if (!problem.depots.empty() && random.below(10) == 0)
      stops.push_back({StopKind::restock, below(problem.depots.size())});
    stops.insert(stops.begin() + below(stops.size() + 1), {.which = v});
  }
  return driven(std::move(routes));
}

/// Could every route be driven, in time and with what is in the van? Who serves what, pins and the
/// number of vehicles are decided before routes are timed.
bool is_possible(const Problem& problem, const Plan& plan, const Objective& objective) {
  for (const auto& violation : check(problem, plan, objective).violations)
    for (const auto* of_time :
         {"windows", "hours", "latest overtime", "sooner", "before", "van", "has no visit"})
      if (violation.what.find(of_time) != std::string::npos) return false;
  return true;
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

/// 2,000 visits and 200 technicians in a town.
const Problem& big_problem() {
  static const Problem problem = [] {
    Features features{
        .visits_min = 2000, .visits_max = 2000, .technicians_min = 200, .technicians_max = 200};
    features.windows = features.due_dates = features.skills = true;
    auto result = random_problem_with_any_pins(1, features);
    Random random(1);
    for (auto& place : result.places) place = {0.12 * random.unit(), 0.12 * random.unit()};
    result.travel = std::make_shared<GreatCircleTravel>(result.places);
    return result;
  }();
  return problem;
}

/// The tables are large: giving their memory back is the kernel's work, not the search's.
double seconds_to_free_tables(const Problem& problem) {
  auto instance = std::make_unique<Instance>(problem, named("distance"));
  const double before = thread_seconds();
  instance.reset();
  return thread_seconds() - before;
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
    empty.travel = std::make_shared<PlaneTravel>(std::vector<Place>{});
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

TEST_CASE("solve: a plan to begin with is never made worse") {
  const auto all = objectives();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto problem = random_problem(seed, Features::some(seed, seed % 2 == 0 ? 30 : 60));
    for (const auto& objective : all) {
      // A bad one leaves more room for getting better in one term and worse in another.
      const auto old =
          solved(problem, objective, {.iterations = seed % 3 == 0 ? 0 : 40, .seed = seed});
      for (const std::uint64_t iterations : {0, 1, 50}) {
        INFO("seed " << seed << ", " << objective.name << ", " << iterations << " iterations");
        const auto plan = solved(problem, objective,
                                 {.iterations = iterations, .seed = seed + 1, .warm_start = &old});
        CHECK_FALSE(is_better(old.score, plan.score, objective));
        REQUIRE(faults(problem, plan, objective) == "");
      }
    }
  }
}

TEST_CASE("solve: a plan to begin with is never made worse, however long the search") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    Features features{.visits_min = 25};
    features.windows = features.due_dates = features.overtime = features.announcements = true;
    const auto problem = random_problem(seed, features);
    const auto old = solved(problem, named("dispatch"), {.iterations = 0, .seed = seed});
    const auto plan =
        solved(problem, named("dispatch"), {.iterations = 3000, .seed = seed, .warm_start = &old});
    INFO("seed " << seed);
    CHECK_FALSE(is_better(old.score, plan.score, named("dispatch")));
  }
}

TEST_CASE("solve: a plan that was timed by somebody else is never made worse") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    auto features = Features::some(seed, 30);
    features.breaks = features.under_way = features.traffic = false;  // time_sequences has none
    const auto problem = random_problem(seed, features);
    for (const auto& objective : ready_made_objectives()) {
      const auto first = solved(problem, objective, {.iterations = 20, .seed = seed});
      const auto old = time_sequences(problem, sequences(first), objective);
      INFO("seed " << seed << ", " << objective.name);
      REQUIRE(keeps_rules(problem, old, objective));
      const auto plan =
          solved(problem, objective, {.iterations = 20, .seed = seed, .warm_start = &old});
      CHECK_FALSE(is_better(old.score, plan.score, objective));
    }
  }
}

TEST_CASE("solve: whatever the plan to begin with says, the result keeps every rule") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto problem = random_problem(seed, Features::some(seed, seed % 2 == 0 ? 30 : 70));
    Random random(seed);
    const auto other_problem = random_problem(seed + 1000, Features::some(seed + 1000, 50));
    for (const auto& objective : ready_made_objectives()) {
      auto garbage = solved(other_problem, objective, {.iterations = 0, .seed = seed});
      if (seed % 3 == 0) garbage = solved(problem, objective, {.iterations = 0, .seed = seed});
      for (auto& route : garbage.routes) {
        for (std::uint32_t i = 0; i < 3; ++i) {
          const auto kind = static_cast<StopKind>(random.below(3));
          const std::size_t which[] = {random.below(50), random.below(4), ~std::size_t{0},
                                       problem.visits.size(), std::size_t{1} << 32};
          if (!route.stops.empty()) std::swap(route.stops.front(), route.stops.back());
          route.stops.push_back({kind, which[random.below(5)], NAN, INFINITY, -1});
          if (random.below(2) == 0) route.stops.push_back(route.stops.front());
        }
        if (random.below(5) == 0)
          std::erase_if(route.stops, [](const Stop& s) { return s.kind != StopKind::restock; });
        if (random.below(10) == 0)
          route.technician = random.below(2) == 0 ? ~std::size_t{0} : random.below(9);
        if (random.below(10) == 0) route.shift = random.below(5);
      }
      if (!garbage.routes.empty()) garbage.routes.push_back(garbage.routes.front());
      garbage.unserved = {7, 7, ~std::size_t{0}};
      INFO("seed " << seed << ", " << objective.name);
      for (const std::uint64_t iterations : {0, 20}) {
        const auto plan = solved(problem, objective,
                                 {.iterations = iterations, .seed = seed, .warm_start = &garbage});
        REQUIRE(faults(problem, plan, objective) == "");
      }
    }
  }
}

TEST_CASE("solve: a depot alone in a plan to begin with makes no route") {
  Features features;
  features.depots = true;
  auto problem = random_problem(3, features);
  problem.depots[0].hours = {0, 86400};
  Plan old;
  for (std::size_t t = 0; t < problem.technicians.size(); ++t)
    old.routes.push_back({.technician = t, .stops = {{StopKind::restock, 0}}});
  problem.visits.resize(1);
  for (const auto& objective : objectives()) {
    INFO(objective.name);
    const auto plan = solved(problem, objective, {.iterations = 0, .warm_start = &old});
    CHECK(faults(problem, plan, objective) == "");
  }
}

TEST_CASE("solve: pins are refused exactly when what is pinned breaks a rule") {
  std::size_t refused = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    auto features = Features::some(seed, 40);
    features.front_pins = true;
    features.breaks = features.under_way = false;  // time_sequences has none
    features.visits_max = 12;
    const auto problem = random_problem_with_any_pins(seed, features);
    std::vector<Sequence> fronts;
    for (std::size_t t = 0; t < problem.technicians.size(); ++t)
      for (std::size_t s = 0; s < problem.technicians[t].shifts.size(); ++s) {
        Sequence front{.technician = t, .shift = s};
        for (std::size_t place = 0; place < 4; ++place)
          for (std::size_t v = 0; v < problem.visits.size(); ++v) {
            const auto& pin = problem.visits[v].pin;
            if (pin && pin->place == place && pin->technician == problem.technicians[t].id &&
                pin->shift == s)
              front.stops.push_back({.which = v});
          }
        if (!front.stops.empty()) fronts.push_back(std::move(front));
      }
    const auto& objective = named("working_time");
    const auto pinned = time_sequences(problem, fronts, objective);
    const auto plan = solve(problem, objective, {.iterations = 0});
    INFO("seed " << seed);
    CHECK(plan.has_value() == keeps_rules(problem, pinned, objective));
    if (!plan) {
      CHECK(plan.error().code == ErrorCode::invalid_argument);
      CHECK_THAT(plan.error().message, Catch::Contains("pin"));
    }
    (plan ? kept : refused) += 1;
  }
  CHECK(refused > 50);
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

TEST_CASE("timing: random sequences are possible and cost what the checker's own times say") {
  std::size_t possible = 0, impossible = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto features = Features::some(seed, 25);
    features.breaks = features.under_way = false;
    const auto problem = random_problem_with_any_pins(seed, features);
    for (const auto& objective : ready_made_objectives()) {
      // Where starts matter by themselves, the two ways of leaving later may differ.
      if (objective.has(Term::instability)) continue;
      SolversTimes times(problem, objective);
      Random random(seed);
      for (int attempt = 0; attempt < 20; ++attempt) {
        const auto routes = random_routes(problem, random);
        if (routes.empty()) continue;
        const auto theirs = time_sequences(problem, routes, objective);
        const auto ours = times.plan(routes);
        INFO("seed " << seed << ", " << objective.name << ", attempt " << attempt);
        // Of what the solver decides elsewhere nothing is asked here.
        if (!is_possible(problem, theirs, objective)) {
          ++impossible;
          CHECK((!ours || !is_possible(problem, *ours, objective)));
          continue;
        }
        ++possible;
        REQUIRE(ours);
        for (const auto term :
             {Term::unserved, Term::lateness, Term::overtime, Term::vehicles, Term::distance,
              Term::working_time, Term::travel, Term::waiting, Term::unfairness}) {
          INFO(to_string(term));
          // When a leg is driven matters in traffic.
          if (features.traffic && (term == Term::travel || term == Term::waiting)) continue;
          CHECK(is_near(theirs.score[term], ours->score[term]));
        }
      }
    }
  }
  CHECK(possible > 1000);
  CHECK(impossible > 1000);
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
  problem.travel = std::make_shared<PlaneTravel>(problem.places);
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
  problem.travel = std::make_shared<PlaneTravel>(problem.places);
  const auto plan = solved(problem, named("vehicles_then_distance"), {.iterations = 2000});
  CHECK(plan.unserved.empty());
  CHECK(plan.score[Term::vehicles] == 1);
  CHECK(plan.score[Term::distance] > 20'000);
}

TEST_CASE(
    "solve: cancelled, it returns within ten milliseconds with a plan that keeps every rule") {
  const auto& problem = big_problem();
  const double freeing = seconds_to_free_tables(problem);
  const double bound = is_sanitized ? 0.5 : 0.01;
  Random random(7);
  for (const auto* name : {"distance", "dispatch", "vehicles_then_distance"}) {
    double silence = infinity, returning = infinity;
    // On a machine that does other things, too, once in three times is enough.
    for (int attempt = 0; attempt < 3 && (silence > bound || returning > bound + 2 * freeing);
         ++attempt) {
      const double patience = random.unit() * (is_sanitized ? 3 : 0.7);
      double planned = infinity, asked = -1, cancelled = -1, longest_silence = 0;
      const auto is_cancelled = [&] {
        const double now = thread_seconds();
        if (asked >= 0) longest_silence = std::max(longest_silence, now - asked);
        asked = now;
        if (cancelled < 0 && now > planned + patience) cancelled = now;
        return cancelled >= 0;
      };
      const auto on_progress = [&](const Progress&) {
        planned = std::min(planned, thread_seconds());
      };
      const auto plan =
          solved(problem, named(name),
                 {.time = 60, .is_cancelled = is_cancelled, .on_progress = on_progress});
      returning = std::min(returning, thread_seconds() - cancelled);
      silence = std::min(silence, longest_silence);
      REQUIRE(cancelled >= 0);
      REQUIRE(faults(problem, plan, named(name)) == "");
    }
    INFO(name << ": giving memory back took " << freeing << " s");
    CHECK(silence < bound);
    CHECK(returning < bound + 2 * freeing);
  }
}

TEST_CASE("solve: cancelled before there is a plan, it says so within ten milliseconds") {
  const auto& problem = big_problem();
  const double bound = (is_sanitized ? 0.5 : 0.01) + 2 * seconds_to_free_tables(problem);
  for (const int questions : {1, 100, 3'000}) {
    int asked = 0;
    double cancelled = -1;
    const auto is_cancelled = [&] {
      if (++asked == questions) cancelled = thread_seconds();
      return asked >= questions;
    };
    const auto plan = solve(problem, named("dispatch"), {.time = 60, .is_cancelled = is_cancelled});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == ErrorCode::timeout);
    CHECK(asked == questions);
    CHECK(thread_seconds() - cancelled < bound);
  }
}

TEST_CASE("solve: a time that is no number of seconds is refused") {
  for (const double time : {-1.0, std::nan("")})
    CHECK(solve(big_problem(), named("distance"), {.time = time})
              .error()
              .message.starts_with("time: "));
}

}  // namespace mf::planning::search_test
