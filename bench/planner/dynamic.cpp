#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/planner/dynamic_day.hpp"
#include "bench/planner/parts.hpp"
#include "bench/planner/rows.hpp"
#include "planning/files/files.hpp"
#include "planning/files/text_lines.hpp"
#include "planning/random.hpp"

namespace mf::bench {
namespace {

using planning::Problem;
using planning_files::DynamicProblem;

constexpr planning::Seconds each_plan = 0.2;

struct Named {
  std::string family;
  DynamicProblem day;
};

/// Half of the visits, drawn, are known in the morning. Each other one becomes known at a moment
/// drawn from those at which it isn't open yet and somebody at home would still reach it.
DynamicProblem half_known(Problem problem) {
  std::uint64_t seed = 0;  // by name: the same day, whatever else is measured
  for (const auto letter : problem.name) seed = seed * 31 + static_cast<unsigned char>(letter);
  planning::Random random(seed);
  std::vector<std::size_t> order;
  for (std::size_t v = 0; v < problem.visits.size(); ++v)
    order.insert(order.begin() + random.below(static_cast<std::uint32_t>(v + 1)), v);
  std::vector<planning::Seconds> revealed(problem.visits.size());
  const auto home = problem.technicians[0].start;
  for (const auto v : std::span(order).subspan(order.size() / 2)) {
    const auto& visit = problem.visits[v];
    const auto reachable = visit.windows[0].to - leg(problem.travel, home, visit.place).time;
    revealed[v] = random.unit() * std::max(0.0, std::min(visit.windows[0].from, reachable));
  }
  return {std::move(problem), std::move(revealed)};
}

std::vector<Named> drawn_days(const Options& options, Report& report) {
  std::vector<Named> days;
  for (const auto& file : files_of(options.instances / "solomon_100", report)) {
    auto problem = value_of(planning_files::load_problem(file));
    const auto family = family_of(problem.name);
    if (family.starts_with('R')) days.push_back({family, half_known(std::move(problem))});
  }
  return days;
}

/// Files "R101_einf_10_90_in.txt": 10 % are known in the morning.
std::vector<Named> published_days(const Options& options, Report& report) {
  std::vector<Named> days;
  for (const auto& file : files_of(options.instances / "dvrptw", report)) {
    const auto name = file.stem().string();
    const auto parts = planning_files::split(name, '_');
    if (parts.size() != 5) continue;
    const auto instance = options.instances / "solomon_100" / fmt::format("{}.txt", parts[0]);
    days.push_back(
        {fmt::format("{} % known", parts[2]),
         value_of(planning_files::read_dynamic(value_of(planning_files::read_file(instance)),
                                               value_of(planning_files::read_file(file))))});
  }
  return days;
}

/// Visits for which it was too late, from home, when they became known.
std::size_t out_of_reach(const DynamicProblem& day) {
  std::size_t count = 0;
  const auto home = day.problem.technicians[0].start;
  for (std::size_t v = 0; v < day.problem.visits.size(); ++v) {
    const auto& visit = day.problem.visits[v];
    const auto arrival = day.revealed[v] + leg(day.problem.travel, home, visit.place).time;
    count += arrival > visit.windows.back().to ? 1 : 0;
  }
  return count;
}

DynamicRow measure_day(const Named& named, const std::vector<planning_files::BestKnown>& table) {
  const auto& objective = *planning::find_objective("distance");
  const auto& problem = named.day.problem;
  const auto* best = planning_files::find_best_known(table, problem, objective);
  if (!best) throw std::runtime_error("no best known value for " + problem.name);
  const auto result = play_day(named.day, objective, each_plan);
  return {.family = named.family,
          .instance = problem.name,
          .visits = problem.visits.size(),
          .revealed = static_cast<std::size_t>(std::ranges::count_if(
              named.day.revealed, [](planning::Seconds at) { return at > 0; })),
          .plans = result.plans,
          .unserved = result.driven.unserved.size(),
          .out_of_reach = out_of_reach(named.day),
          .distance = result.driven.score[planning::Term::distance],
          .best_distance = best->cost};
}

void report_days(Report& report, const std::vector<DynamicRow>& rows) {
  for (const auto& [name, sum] : summarize(rows)) {
    const auto add = [&](std::string_view what, double value, std::string unit,
                         std::string aim = {}) {
      report.add("plan", fmt::format("dynamic, {}, {}", name, what), value, std::move(unit),
                 std::move(aim));
    };
    add("distance / best when all is known", sum.mean_ratio(), "");
    if (sum.complete_days > 0)
      add(fmt::format("the same, all served ({} of {} days)", sum.complete_days, sum.days),
          sum.mean_complete_ratio(), "");
    add("served", sum.mean_served(), "%", "100 %");
    add("served, worst day", sum.worst_served, "%");
    add("unserved", static_cast<double>(sum.unserved), "");
    add("revealed out of reach from home", static_cast<double>(sum.out_of_reach), "");
    add("plans made", static_cast<double>(sum.plans), "");
  }
}

}  // namespace

void measure_dynamic(const Options& options, Report& report) {
  const auto table = load_best_known(options);
  auto days = published_days(options, report);
  std::ranges::move(drawn_days(options, report), std::back_inserter(days));
  TableFile out(options.tables, "dynamic", DynamicRow::columns(), {});
  std::vector<DynamicRow> rows;
  for (const auto& day : days) {
    const auto& row = rows.emplace_back(measure_day(day, table));
    out.append(row.fields());
    fmt::print(stderr, "dynamic, {} of {}, {} {}: {} plans, {:.0f} % served, ratio {:.3f}\n",
               rows.size(), days.size(), row.family, row.instance, row.plans, row.served(),
               row.ratio());
  }
  report_days(report, rows);
}

}  // namespace mf::bench
