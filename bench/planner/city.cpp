#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <type_traits>

#include "bench/planner/parts.hpp"
#include "bench/planner/rows.hpp"
#include "planning/random.hpp"
#include "planning/roster.hpp"
#include "planning/search.hpp"

namespace mf::bench {
namespace {

using namespace planning;
using Clock = std::chrono::steady_clock;

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  std::size_t pages = 0, resident = 0;
  in >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(::getpagesize()) / (1 << 20);
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
  problem.travel = GreatCircleTravel(problem.places);
  return problem;
}

/// Visits that come and go in a plan that is being carried out.
class Traffic {
 public:
  Traffic(Roster roster, std::vector<Visit> others)
      : roster_(std::move(roster)), others_(std::move(others)) {}

  void step() {
    const auto began = Clock::now();
    const bool is_cancellation = added_.size() > 100 && random_.below(2) == 0;
    if (is_cancellation) cancel();
    else insert();
    (is_cancellation ? cancellations : insertions)
        .add(std::chrono::nanoseconds(Clock::now() - began).count());
  }

  Latencies insertions, cancellations;

 private:
  void cancel() {
    const auto which = random_.below(static_cast<std::uint32_t>(added_.size()));
    if (!roster_.cancel(added_[which])) throw std::runtime_error("a visit can't be cancelled");
    std::swap(added_[which], added_.back());
    added_.pop_back();
  }

  void insert() {
    auto visit = others_[random_.below(static_cast<std::uint32_t>(others_.size()))];
    visit.id = fmt::format("n{}", next_++);
    const auto number = value_of(roster_.add(std::move(visit)));
    const auto ranked = roster_.rank(number);
    if (!ranked.empty() && !roster_.place(number, ranked[0]))
      throw std::runtime_error("a ranked placement is refused");
    added_.push_back(number);
  }

  Roster roster_;
  std::vector<Visit> others_;
  std::vector<std::size_t> added_;
  Random random_{2};
  int next_ = 0;
};

/// The first plan is there after one iteration; memory is asked for while the search has it.
void measure_first_plan(const Problem& problem, GrowthRow& row) {
  const double before = resident_mib();
  SolveOptions options{.iterations = 1, .clock = steady_seconds};
  options.on_progress = [&](const Progress&) {
    row.memory_mib = std::max(row.memory_mib, resident_mib() - before);
  };
  const auto start = Clock::now();
  const auto plan = value_of(solve(problem, *find_objective("dispatch"), options));
  row.first_plan_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  row.unserved = plan.unserved.size();
}

/// Between the first sign of the search and its end, so without the way to the first plan.
void measure_speed(const Problem& problem, GrowthRow& row) {
  Progress first, last;
  SolveOptions options{.time = row.first_plan_ms / 1000 + 5, .clock = steady_seconds};
  options.on_progress = [&](const Progress& progress) {
    if (first.iterations == 0) first = progress;
    last = progress;
  };
  const auto plan = value_of(solve(problem, *find_objective("dispatch"), options));
  if (last.elapsed > first.elapsed)
    row.iterations_per_second =
        static_cast<double>(last.iterations - first.iterations) / (last.elapsed - first.elapsed);
  row.unserved = plan.unserved.size();
}

GrowthRow grow_to(std::size_t visits) {
  GrowthRow row{.visits = visits};
  const auto problem = city(visits / 6 + 1, visits, visits);
  measure_first_plan(problem, row);
  measure_speed(problem, row);
  return row;
}

/// In a process of its own: memory that an earlier size has freed would hide what this one needs.
GrowthRow grow_alone(std::size_t visits) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    const auto grow = [&]() noexcept {
      return grow_to(visits);
    };  // never back into the parent's code
    const auto row = grow();
    ::_exit(::write(ends[1], &row, sizeof row) == sizeof row ? 0 : 1);
  }
  ::close(ends[1]);
  GrowthRow row;
  const bool is_whole = ::read(ends[0], &row, sizeof row) == sizeof row;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (!is_whole) throw std::runtime_error("a city could not be planned");
  return row;
}
static_assert(std::is_trivially_copyable_v<GrowthRow>);

}  // namespace

void measure_insertions(Report& report) {
  constexpr std::size_t technicians = 500, visits = 2'000;
  const auto& objective = *find_objective("dispatch");
  auto problem = city(technicians, visits + 500, 1);
  std::vector<Visit> others(problem.visits.begin() + visits, problem.visits.end());
  problem.visits.resize(visits);
  const auto plan = value_of(solve(problem, objective, {.time = 10, .clock = steady_seconds}));
  Traffic traffic(value_of(Roster::create(problem, objective, plan)), std::move(others));
  for (int i = 0; i < 10'000; ++i) traffic.step();
  traffic.insertions.report(report, "plan", "insertion, 500 technicians, 2,000 visits", "5 ms");
  traffic.cancellations.report(report, "plan", "cancellation");
}

void measure_growth(const Options& options, Report& report) {
  TableFile out(options.tables, "growth", GrowthRow::columns(), {});
  for (const std::size_t visits : {100, 200, 500, 1'000, 2'000, 5'000}) {
    const auto row = grow_alone(visits);
    out.append(row.fields());
    const auto name = fmt::format("{} visits", visits);
    report.add("plan", name + ", until the first plan", row.first_plan_ms, "ms");
    report.add("plan", name + ", iterations", row.iterations_per_second, "/s");
    report.add("plan", name + ", memory", row.memory_mib, "MiB");
    report.add("plan", name + ", unserved", static_cast<double>(row.unserved), "");
  }
}

}  // namespace mf::bench
