#include <fmt/format.h>

#include "bench/planner/parts.hpp"
#include "bench/planner/rows.hpp"
#include "planning/files/files.hpp"
#include "planning/search.hpp"

namespace mf::bench {
namespace {

// 0.4, 10 and 60 seconds (120 instead of 60 for a thousand visits, no 60 for legs cut to one
// decimal); the others show how the gap shrinks. Aims are stated for a few budgets only.
constexpr SetRun runs[] = {
    {"solomon_distance", "solomon_100", "distance", 0.1},
    {"solomon_distance", "solomon_100", "distance", 0.4, "1.6 %", true},
    {"solomon_distance", "solomon_100", "distance", 1},
    {"solomon_distance", "solomon_100", "distance", 3},
    {"solomon_distance", "solomon_100", "distance", 10, "0.3 %"},
    {"solomon_distance", "solomon_100", "distance", 60},
    {"solomon_1_decimal", "solomon_100", "distance_1_decimal", 0.4, "", true},
    {"solomon_1_decimal", "solomon_100", "distance_1_decimal", 10},
    {"solomon_hierarchical", "solomon_100", "vehicles_then_distance", 0.4},
    {"solomon_hierarchical", "solomon_100", "vehicles_then_distance", 1},
    {"solomon_hierarchical", "solomon_100", "vehicles_then_distance", 10},
    {"solomon_hierarchical", "solomon_100", "vehicles_then_distance", 60, "0.5 %"},
    {"gh_200", "gh_200", "vehicles_then_distance", 0.4},
    {"gh_200", "gh_200", "vehicles_then_distance", 10},
    {"gh_200", "gh_200", "vehicles_then_distance", 60, "1 %"},
    {"gh_1000", "gh_1000", "vehicles_then_distance", 0.4},
    {"gh_1000", "gh_1000", "vehicles_then_distance", 10},
    {"gh_1000", "gh_1000", "vehicles_then_distance", 30},
    {"gh_1000", "gh_1000", "vehicles_then_distance", 120, "4 %"},
    {"trsp", "trsp_crew25", "working_time", 0.4},
    {"trsp", "trsp_crew25", "working_time", 3},
    {"trsp", "trsp_crew25", "working_time", 10},
    {"trsp", "trsp_crew25", "working_time", 60, "1 %"},
    {"praxedo", "praxedo", "working_time", 0.4},
    {"praxedo", "praxedo", "working_time", 1},
    {"praxedo", "praxedo", "working_time", 10, "0 %", true},
    {"praxedo", "praxedo", "working_time", 60},
};

SetRow solve_instance(const SetRun& run, const planning::Problem& problem,
                      const planning::Objective& objective, const planning_files::BestKnown& best) {
  const auto plan =
      value_of(planning::solve(problem, objective, {.time = run.seconds, .clock = steady_seconds}));
  const auto score = checked(problem, plan, objective);
  return {.set = std::string(run.set),
          .objective = objective.name,
          .seconds = run.seconds,
          .family = family_of(best.instance),
          .instance = best.instance,
          .unserved = plan.unserved.size(),
          .vehicles = plan.routes.size(),
          .best_vehicles = best.vehicles,
          .value = score[objective.levels.back().term],
          .best_value = best.cost};
}

void report_set(Report& report, const SetRun& run, const std::vector<SetRow>& rows) {
  const bool counts_vehicles =
      planning::find_objective(run.objective)->has(planning::Term::vehicles);
  for (const auto& [name, sum] : summarize(rows)) {
    const auto add = [&](std::string_view what, double value, std::string unit, auto aim) {
      report.add("plan", fmt::format("{}, {} s, {}, {}", run.set, run.seconds, name, what), value,
                 std::move(unit), std::string(aim));
    };
    add("mean gap", sum.mean_gap(), "%", name == "all" ? run.aim : "");
    add("worst gap", sum.worst_gap, "%", "");
    if (counts_vehicles) {
      add("instances with more vehicles", static_cast<double>(sum.more_vehicles), "", "");
      add("instances with fewer vehicles", static_cast<double>(sum.fewer_vehicles), "", "");
    }
    add("unserved", static_cast<double>(sum.unserved), "", "");
  }
}

}  // namespace

std::span<const SetRun> set_runs() { return runs; }

void measure_set(const Options& options, Report& report, const SetRun& run) {
  const auto& objective = *planning::find_objective(run.objective);
  const auto table = load_best_known(options);
  const auto files = files_of(options.instances / run.folder, report);
  TableFile out(options.tables, std::string(run.set), SetRow::columns(),
                {std::string(run.set), objective.name, fmt::to_string(run.seconds)});
  std::vector<SetRow> rows;
  for (const auto& file : files) {
    const auto problem = value_of(planning_files::load_problem(file));
    const auto* best = planning_files::find_best_known(table, problem, objective);
    if (!best) {
      report.note("plan: no best known value for " + file.string());
      continue;
    }
    const auto& row = rows.emplace_back(solve_instance(run, problem, objective, *best));
    out.append(row.fields());
    fmt::print(stderr, "{} {} s, {} of {}, {}: {:.2f}, gap {} %\n", run.set, run.seconds,
               rows.size(), files.size(), row.instance, row.value, format_gap(row.gap()));
  }
  report_set(report, run, rows);
}

}  // namespace mf::bench
