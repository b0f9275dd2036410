#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "bench/planner/parts.hpp"
#include "planning/checker.hpp"
#include "planning/files/files.hpp"

namespace mf::bench {

std::vector<planning_files::BestKnown> load_best_known(const Options& options) {
  return value_of(planning_files::read_best_known(
      value_of(planning_files::read_file(options.instances / "best_known.csv"))));
}

planning::Seconds steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string family_of(std::string_view instance) {
  std::string family(instance.substr(0, instance.find_first_of("0123456789") + 1));
  std::ranges::transform(family, family.begin(), [](unsigned char c) { return std::toupper(c); });
  return family;
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder, Report& report) {
  if (!std::filesystem::is_directory(folder)) {
    report.note("plan: no instances in " + folder.string());
    return {};
  }
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder), {});
  std::ranges::sort(files);
  return files;
}

planning::Score checked(const planning::Problem& problem, const planning::Plan& plan,
                        const planning::Objective& objective) {
  const auto verdict = planning::check(problem, plan, objective);
  if (verdict.violations.empty()) return verdict.score;
  const auto& first = verdict.violations[0];
  throw std::runtime_error(problem.name + ": " + first.where + ": " + first.what);
}

std::vector<std::string> planner_set_names() {
  std::vector<std::string> names;
  for (const auto& run : set_runs())
    if (std::ranges::find(names, run.set) == names.end()) names.emplace_back(run.set);
  names.insert(names.end(), {"dynamic", "insertions", "growth"});
  return names;
}

void measure_planner(const Options& options, Report& report) {
  if (!options.draw.empty()) return draw_planner_pages(options);
  const auto is_budget = [&](double seconds) {
    return options.budgets.empty() ||
           std::ranges::find(options.budgets, seconds) != options.budgets.end();
  };
  const auto is_wanted = [&](std::string_view set, bool is_short) {
    if (options.sets.empty()) return options.is_long || is_short;
    return std::ranges::find(options.sets, set) != options.sets.end();
  };
  if (is_wanted("insertions", true)) measure_insertions(report);
  if (is_wanted("growth", false)) measure_growth(options, report);
  for (const auto& run : set_runs())
    if (is_wanted(run.set, run.is_short) && is_budget(run.seconds))
      measure_set(options, report, run);
  if (is_wanted("dynamic", false)) measure_dynamic(options, report);
}

}  // namespace mf::bench
