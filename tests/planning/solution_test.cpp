// What the search knows of its tours from sums and a few numbers per stop is what timing them whole
// says. A failure names its seed.
#include "planning/solution.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "planning/random.hpp"
#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {
namespace {

using Evaluation = Instance::Evaluation;

/// Some of those that still allow an evaluation without timing.
Features simple_features(std::uint64_t seed) {
  auto features = Features::some(seed);
  features.breaks = features.several_windows = features.under_way = features.traffic = false;
  features.due_dates = false;
  features.shortcuts = false;  // where a detour is shorter, the search may overlook places
  return features;
}

std::vector<Objective> simple_objectives() {
  return {named("distance"),
          named("working_time"),
          {.name = "waiting",
           .levels = {{Term::unserved}, {Term::vehicles}, {Term::waiting}, {Term::travel}}},
          {.name = "everything that sums up",
           .levels = {{Term::unserved},
                      {Term::working_time},
                      {Term::vehicles},
                      {Term::distance},
                      {Term::waiting}}}};
}

/// By timing; infinity when it breaks a rule.
double energy_of(const Instance& instance, std::uint32_t tour,
                 const std::vector<std::uint32_t>& nodes) {
  Score score;
  Timing timing(instance);
  return timing.evaluate(tour, nodes, score) ? instance.energy(score) : infinity;
}

double energy_of(const Instance& instance, const Solution& solution) {
  double sum = 0;
  for (std::uint32_t t = 0; t < solution.tours().size(); ++t)
    sum += energy_of(instance, t, solution.nodes(t));
  for (const auto v : solution.absent())
    sum += instance.weights[static_cast<std::size_t>(Term::unserved)] * instance.nodes[v].value;
  return sum;
}

std::vector<std::uint32_t> with(const Solution& solution, std::uint32_t visit,
                                const Candidate& place) {
  auto nodes = solution.nodes(place.tour);
  nodes.insert(nodes.begin() + (place.at - 1), visit);
  if (place.depot != Tour::no_node) nodes.insert(nodes.begin() + (place.depot_at - 1), place.depot);
  return nodes;
}

/// The least that timing every place in the tour finds, without another depot.
double least_added(const Instance& instance, const Solution& solution, std::uint32_t visit,
                   std::uint32_t tour) {
  const double before = energy_of(instance, tour, solution.nodes(tour));
  double least = infinity;
  const auto last = static_cast<std::uint32_t>(solution.tours()[tour].slots.size()) - 1;
  for (std::uint32_t at = instance.duties[tour].fixed + 1; at <= last; ++at)
    least = std::min(least, energy_of(instance, tour, with(solution, visit, {tour, at})) - before);
  return least;
}

/// The cheapest place of all tours, each compared with every place there is.
Candidate cheapest(const Instance& instance, Solution& solution, std::uint32_t visit,
                   Random& random) {
  Blinks never(0, random);
  Candidate best;
  for (std::uint32_t t = 0; t < solution.tours().size(); ++t) {
    if (!instance.can_serve(instance.duties[t].kind, visit)) continue;
    const auto found = solution.best_in(visit, t, never);
    const double least = least_added(instance, solution, visit, t);
    CAPTURE(visit, t, found.at, found.energy, least);
    if (found.is_none()) {
      CHECK(least == infinity);
      continue;
    }
    const double before = energy_of(instance, t, solution.nodes(t));
    CHECK(is_near(before + found.energy, energy_of(instance, t, with(solution, visit, found))));
    CHECK((found.energy <= least || is_near(before + found.energy, before + least)));
    if (found.energy < best.energy) best = found;
  }
  return best;
}

/// Takes up to three visits out of a tour, some between them stay.
void remove_some(const Instance& instance, Solution& solution, Random& random) {
  const auto t = random.below(static_cast<std::uint32_t>(solution.tours().size()));
  const auto& slots = solution.tours()[t].slots;
  std::vector<std::uint32_t> gone;
  const auto size = static_cast<std::uint32_t>(slots.size());
  const auto first = instance.duties[t].fixed + 1 + random.below(size);
  for (auto s = first; s + 1 < size && gone.size() < 3; ++s)
    if (!instance.is_depot(slots[s].node) && random.below(3) > 0) gone.push_back(s);
  if (!gone.empty()) solution.remove(t, gone);
}

/// What was only recomputed in part is what it would be in a tour made anew.
void require_like_new(const Instance& instance, const Solution& solution) {
  Solution anew(instance);
  for (std::uint32_t t = 0; t < solution.tours().size(); ++t) {
    const auto nodes = solution.nodes(t);
    if (nodes.size() > instance.duties[t].fixed) REQUIRE(anew.assign(t, nodes));
    const auto& slots = solution.tours()[t].slots;
    for (std::size_t s = 0; s < slots.size(); ++s) {
      const auto& expected = anew.tours()[t].slots[s];
      CAPTURE(t, s, slots[s].depart, expected.depart, slots[s].latest, expected.latest);
      REQUIRE((slots[s].depart == expected.depart && slots[s].latest == expected.latest));
      REQUIRE(slots[s].leg == expected.leg);
    }
  }
}

/// Random insertions and removals, some taken back.
void change_and_compare(const Instance& instance, std::uint64_t seed) {
  Random random(seed);
  Solution solution(instance);
  for (int step = 0; step < 60; ++step) {
    solution.begin_change();
    const double before = solution.energy();
    if (!solution.absent().empty() && random.below(4) > 0) {
      const auto& absent = solution.absent();
      const auto visit = absent[random.below(static_cast<std::uint32_t>(absent.size()))];
      const auto place = cheapest(instance, solution, visit, random);
      const bool is_allowed = !place.is_none() && (!solution.tours()[place.tour].is_empty() ||
                                                   solution.used() < instance.vehicles_max);
      if (is_allowed) solution.insert(visit, place);
    } else {
      remove_some(instance, solution, random);
    }
    CHECK(is_near(solution.energy(), energy_of(instance, solution)));
    require_like_new(instance, solution);
    if (random.below(4) > 0) continue;
    solution.undo();
    CHECK(is_near(solution.energy(), before));
  }
}

}  // namespace

TEST_CASE("solution: energies without timing are those with it") {
  int by_legs = 0, by_durations = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    auto features = simple_features(seed);
    features.visits_min = 15;
    features.visits_max = 25;
    features.technicians_max = 3;
    const auto problem = random_problem(seed, features);
    for (const auto& objective : simple_objectives()) {
      CAPTURE(seed, objective.name);
      const Instance instance(problem, objective);
      REQUIRE(instance.evaluation != Evaluation::timing);
      ++(instance.evaluation == Evaluation::legs ? by_legs : by_durations);
      change_and_compare(instance, seed);
    }
  }
  CHECK(by_legs > 20);
  CHECK(by_durations > 100);
}

TEST_CASE("solution: what sums can't say is timed") {
  const auto& working_time = named("working_time");
  const auto evaluation_with = [&](auto set, const Objective& objective) {
    Features features;
    set(features);
    const auto problem = random_problem(1, features);
    return Instance(problem, objective).evaluation;
  };
  const auto with = [&](auto set) { return evaluation_with(set, working_time); };
  CHECK(with([](Features&) {}) == Evaluation::durations);
  CHECK(with([](Features& f) { f.depots = f.materials = true; }) == Evaluation::durations);
  CHECK(with([](Features& f) { f.breaks = true; }) == Evaluation::timing);
  CHECK(with([](Features& f) { f.traffic = true; }) == Evaluation::timing);
  CHECK(with([](Features& f) { f.several_windows = true; }) == Evaluation::timing);
  CHECK(with([](Features& f) { f.under_way = true; }) == Evaluation::timing);
  CHECK(with([](Features& f) { f.due_dates = true; }) == Evaluation::timing);
  CHECK(evaluation_with([](Features&) {}, named("distance")) == Evaluation::legs);
  CHECK(evaluation_with([](Features&) {}, named("dispatch")) == Evaluation::timing);
}

}  // namespace mf::planning::search_test
