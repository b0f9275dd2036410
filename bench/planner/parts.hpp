#pragma once
// What measure_planner is made of. Each part adds to the report and, where Options::tables is
// given, to a table there.
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/parts.hpp"
#include "planning/files/published.hpp"

namespace mf::bench {

/// A published set under one objective, so many seconds for each instance.
struct SetRun {
  std::string_view set;     ///< by this name it is chosen; several runs have it
  std::string_view folder;  ///< of Options::instances
  std::string_view objective;
  double seconds = 0;
  std::string_view aim = {};  ///< for the mean gap of the whole set
  bool is_short = false;      ///< measured when nothing is chosen
};
[[nodiscard]] std::span<const SetRun> set_runs();

/// Solves every instance of the set. Each plan goes through the checker; one that breaks a rule
/// ends the benchmark.
void measure_set(const Options& options, Report& report, const SetRun& run);

/// Days on which visits become known while vehicles are on their way.
void measure_dynamic(const Options& options, Report& report);

/// Rank, place and cancel, one visit after the other, in a plan of 2,000 visits.
void measure_insertions(Report& report);

/// From 100 to 5,000 visits: the first plan, the search's speed, memory.
void measure_growth(const Options& options, Report& report);

/// From the tables in Options::draw: charts and a README.md, there as well.
void draw_planner_pages(const Options& options);

/// Best known values, from Options::instances.
[[nodiscard]] std::vector<planning_files::BestKnown> load_best_known(const Options& options);

/// Of a published instance: the letters of its name and the first digit, "RC2".
[[nodiscard]] std::string family_of(std::string_view instance);

/// The files of a folder, by name; none, with a note, where it is missing.
[[nodiscard]] std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder,
                                                          Report& report);

/// Throws unless the checker finds nothing wrong. Gives the score the checker computed.
planning::Score checked(const planning::Problem& problem, const planning::Plan& plan,
                        const planning::Objective& objective);

/// The clock of the solver here.
[[nodiscard]] planning::Seconds steady_seconds();

/// The value, or an exception with the error's words.
template <typename T>
[[nodiscard]] T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace mf::bench
