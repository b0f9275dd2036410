#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>

#include "bench/parts.hpp"
#include "node/plan/files.hpp"
#include "node/plan/published.hpp"
#include "planning/checker.hpp"
#include "planning/random.hpp"
#include "planning/roster.hpp"
#include "planning/search.hpp"

namespace mf::bench {
namespace {

using namespace planning;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Resident memory of this process.
double resident_mib() {
  std::ifstream in("/proc/self/statm");
  std::size_t pages = 0, resident = 0;
  in >> pages >> resident;
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

/// A day in a city of 20 × 20 km: homes, shifts of nine hours with a lunch break, windows of three
/// hours, two skills of which everybody has one or both.
Problem city(std::size_t technicians, std::size_t visits, std::uint64_t seed) {
  Random random(seed);
  Problem problem{.name = "city"};
  const auto somewhere = [&] {
    problem.places.push_back({6.15 + random.unit() * 0.18, -75.66 + random.unit() * 0.18});
    return problem.places.size() - 1;
  };
  const std::vector<std::vector<Skill>> skills = {
      {{"fibra", 2}}, {{"router", 1}}, {{"fibra", 1}, {"router", 1}}};
  for (std::size_t t = 0; t < technicians; ++t) {
    const auto home = somewhere();
    problem.technicians.push_back({.id = fmt::format("t{}", t),
                                   .start = home,
                                   .end = home,
                                   .shifts = {{.hours = {28800, 61200},
                                               .overtime_max = 3600,
                                               .breaks = {{{43200, 46800}, 2700}}}},
                                   .skills = skills[random.below(3)]});
  }
  for (std::size_t v = 0; v < visits; ++v) {
    const double from = 28800 + random.below(7) * 3600.0;
    problem.visits.push_back(
        {.id = fmt::format("v{}", v),
         .place = somewhere(),
         .duration = 1800 + random.below(6) * 600.0,
         .windows = {{from, from + 10800}},
         .skills = {random.below(2) == 0 ? Skill{"fibra", 1} : Skill{"router", 1}},
         .due = from + 12600});
  }
  problem.travel = std::make_shared<GreatCircleTravel>(problem.places);
  return problem;
}

struct Gaps {
  double sum = 0, worst = -1e9;
  int count = 0, other_vehicles = 0, unserved = 0;
};

/// One set under one objective and budget; nothing when there are no instances.
void measure_set(const Options& options, Report& report, const std::string& folder,
                 const std::string& objective_name, double seconds, const std::string& aim) {
  const auto directory = options.instances / folder;
  if (!std::filesystem::is_directory(directory)) {
    report.note(fmt::format("plan: no instances in {}", directory.string()));
    return;
  }
  const auto& objective = *find_objective(objective_name);
  const auto text = plan_files::read_file(options.instances / "best_known.csv");
  const auto table = text ? plan_files::read_best_known(*text) : std::unexpected(text.error());
  if (!table) throw std::runtime_error(table.error().message);
  std::map<std::string, Gaps> by_class;
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(directory), {});
  std::ranges::sort(files);
  for (const auto& file : files) {
    const auto problem = plan_files::load_problem(file);
    if (!problem) throw std::runtime_error(problem.error().message);
    const auto plan = solve(*problem, objective, {.time = seconds});
    if (!plan) throw std::runtime_error(plan.error().message);
    if (!check(*problem, *plan, objective).violations.empty())
      throw std::runtime_error(problem->name + ": the plan breaks a rule");
    const auto* best = plan_files::find_best_known(*table, *problem, objective);
    if (!best) continue;
    const double gap = (plan->score[objective.levels.back().term] / best->cost - 1) * 100;
    const auto digit = problem->name.find_first_of("0123456789");
    for (const auto& name : {problem->name.substr(0, digit + 1), std::string("all")}) {
      auto& gaps = by_class[name];
      gaps.sum += gap;
      gaps.worst = std::max(gaps.worst, gap);
      ++gaps.count;
      gaps.unserved += static_cast<int>(plan->unserved.size());
      if (objective.has(Term::vehicles) && best->vehicles &&
          plan->score[Term::vehicles] > static_cast<double>(*best->vehicles))
        ++gaps.other_vehicles;
    }
  }
  for (const auto& [name, gaps] : by_class) {
    const auto label = fmt::format("{} {}, {} s, {}", folder, objective_name, seconds, name);
    report.add("plan", label + ", mean gap", gaps.sum / gaps.count, "%", name == "all" ? aim : "");
    report.add("plan", label + ", worst gap", gaps.worst, "%");
    if (objective.has(Term::vehicles))
      report.add("plan", label + ", instances with more vehicles", gaps.other_vehicles, "");
    if (objective_name == "working_time")
      report.add("plan", label + ", unserved", gaps.unserved, "");
  }
}

/// Rank, place and cancel, one visit after the other, in a plan of 2,000 visits.
void measure_insertions(Report& report) {
  constexpr std::size_t technicians = 500, visits = 2'000;
  const auto& objective = *find_objective("dispatch");
  auto problem = city(technicians, visits + 500, 1);
  const std::vector<Visit> others(problem.visits.begin() + visits, problem.visits.end());
  problem.visits.resize(visits);
  const auto plan = solve(problem, objective, {.time = 10});
  if (!plan) throw std::runtime_error(plan.error().message);
  auto roster = Roster::create(problem, objective, *plan);
  if (!roster) throw std::runtime_error(roster.error().message);
  Random random(2);
  Latencies insertions, cancellations;
  std::vector<std::size_t> added;
  for (int i = 0; i < 10'000; ++i) {
    const auto began = Clock::now();
    const auto lasted = [&] {
      return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count();
    };
    if (added.size() > 100 && random.below(2) == 0) {
      const auto which = random.below(static_cast<std::uint32_t>(added.size()));
      if (!roster->cancel(added[which])) throw std::runtime_error("a visit can't be cancelled");
      cancellations.add(lasted());
      std::swap(added[which], added.back());
      added.pop_back();
      continue;
    }
    auto visit = others[random.below(static_cast<std::uint32_t>(others.size()))];
    visit.id = fmt::format("n{}", i);
    const auto number = roster->add(std::move(visit));
    if (!number) throw std::runtime_error(number.error().message);
    const auto ranked = roster->rank(*number);
    if (!ranked.empty() && !roster->place(*number, ranked[0]))
      throw std::runtime_error("no placement");
    insertions.add(lasted());
    added.push_back(*number);
  }
  insertions.report(report, "plan", "insertion, 500 technicians, 2,000 visits", "5 ms");
  cancellations.report(report, "plan", "cancellation");
}

/// From the problem to a first plan, iterations a second after it, and memory.
void measure_growth(Report& report) {
  for (const std::size_t visits : {100, 300, 1'000, 2'000, 5'000}) {
    const auto problem = city(visits / 6 + 1, visits, visits);
    const double before = resident_mib();
    double first = 0;
    std::uint64_t iterations = 0;
    SolveOptions options{.time = 5};
    double most = before;
    options.on_progress = [&](const Progress& progress) {
      if (progress.iterations == 0) first = progress.elapsed;
      iterations = progress.iterations;
      most = std::max(most, resident_mib());
    };
    const auto start = Clock::now();
    const auto plan = solve(problem, *find_objective("dispatch"), options);
    if (!plan) throw std::runtime_error(plan.error().message);
    const double whole = seconds_since(start);
    const auto name = fmt::format("{} visits", visits);
    report.add("plan", name + ", until the search begins", (whole - 5 + first) * 1000, "ms");
    report.add("plan", name + ", iterations", static_cast<double>(iterations) / 5, "/s");
    report.add("plan", name + ", memory", most - before, "MiB");
    report.add("plan", name + ", unserved", static_cast<double>(plan->unserved.size()), "");
  }
}

}  // namespace

void measure_planner(const Options& options, Report& report) {
  measure_insertions(report);
  measure_growth(report);
  measure_set(options, report, "solomon_100", "distance", 0.4, "1.6 %");
  measure_set(options, report, "solomon_100", "distance_1_decimal", 0.4, "1.6 %");
  measure_set(options, report, "praxedo", "working_time", 10, "0 %");
  if (!options.is_long) return;
  measure_set(options, report, "solomon_100", "distance_1_decimal", 10, "0.3 %");
  measure_set(options, report, "solomon_100", "vehicles_then_distance", 60, "0.5 %");
  measure_set(options, report, "trsp_crew25", "working_time", 60, "1 %");
  measure_set(options, report, "gh_200", "vehicles_then_distance", 60, "1 %");
  measure_set(options, report, "gh_1000", "vehicles_then_distance", 120, "4 %");
}

}  // namespace mf::bench
