// Published instances aren't part of the tree. Where they lie beside it, or where MF_VRP_DATA says,
// every one of them must be readable.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/environment.hpp"
#include "planning/checker.hpp"
#include "planning/files/problem_json.hpp"
#include "planning/files/published.hpp"
#include "planning/timing.hpp"
#include "tests/planning_files/samples.hpp"
#include "tests/source_dir.hpp"

namespace mf::planning_files::stored_instances_test {
namespace {

namespace fs = std::filesystem;
using planning::Problem;

fs::path data_dir() {
  if (const auto told = environment_value("MF_VRP_DATA")) return *told;
  return source_dir().parent_path() / "shared" / "data" / "vrp";
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> files_in(std::string_view folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(data_dir() / folder))
    paths.push_back(entry.path());
  return paths;
}

/// Valid, and the same after a way through JSON.
Problem checked_problem(const fs::path& path) {
  INFO(path.string());
  auto problem = read_problem(text_of(path));
  INFO(complaint(problem));
  REQUIRE(problem);
  const auto valid = validate(*problem);
  INFO((valid ? "" : valid.error().message));
  CHECK(valid);
  const auto json = to_json(*problem);
  CHECK(to_json(*read_problem(json)) == json);
  return std::move(*problem);
}

const std::vector<BestKnown>& best_known() {
  static const auto table = read_best_known(text_of(data_dir() / "best_known.csv"));
  return *table;
}

/// The checker and the solver's own evaluation both find the value that is printed for the routes.
void check_value(const Problem& problem, const std::vector<planning::Sequence>& sequences,
                 const planning::Plan& plan, const planning::Objective& objective) {
  const auto* best = find_best_known(best_known(), problem, objective);
  REQUIRE(best);
  if (!best->recomputed) return;
  const auto term = objective.levels.back().term;
  CHECK(plan.score[term] == Approx(best->cost).margin(0.01));
  const planning::Instance instance(problem, objective);
  planning::Timing timing(instance);
  planning::Score sum;
  for (const auto& sequence : sequences) {
    std::vector<std::uint32_t> nodes;
    nodes.reserve(sequence.stops.size());
    for (const auto& stop : sequence.stops)
      nodes.push_back(static_cast<std::uint32_t>(
          stop.which + (stop.kind == planning::StopKind::restock ? instance.visit_count : 0)));
    planning::Score score;
    // A technician has one shift in these instances: its number is the duty's.
    REQUIRE(timing.timeline(static_cast<std::uint32_t>(sequence.technician), nodes, score));
    sum += score;
  }
  CHECK(sum[term] == Approx(best->cost).margin(0.01));
  CHECK(sum[planning::Term::vehicles] == plan.score[planning::Term::vehicles]);
}

void check_routes(const Problem& problem, const std::string& text, std::string_view objective) {
  INFO(problem.name);
  const auto sequences = read_routes(text, problem);
  INFO(complaint(sequences));
  REQUIRE(sequences);
  const auto& wanted = *planning::find_objective(objective);
  const auto plan = time_sequences(problem, *sequences, wanted);
  CHECK(plan.unserved.empty());
  CHECK(check(problem, plan, wanted).violations.empty());
  check_value(problem, *sequences, plan, wanted);
  const auto json = to_json(problem, plan);
  const auto again = read_plan(json, problem);
  REQUIRE(again);
  CHECK(to_json(problem, *again) == json);
}

TEST_CASE("stored instances: every file can be read, and its routes be carried out") {
  if (!fs::is_directory(data_dir())) {
    REQUIRE_FALSE(environment_value("MF_VRP_DATA"));
    WARN("no published instances in " << data_dir().string());
    return;
  }
  for (const auto& [folder, best] : {std::pair{"solomon_100", "solomon_100_best"},
                                     {"gh_200", "gh_best"},
                                     {"gh_1000", "gh_best"}})
    for (const auto& path : files_in(folder)) {
      const auto problem = checked_problem(path);
      const auto routes = data_dir() / best / path.filename();
      if (fs::exists(routes)) check_routes(problem, text_of(routes), "vehicles_then_distance");
    }
  const auto trsp_best = text_of(data_dir() / "trsp_crew25_best.txt");
  for (const auto& path : files_in("trsp_crew25"))
    check_routes(checked_problem(path), trsp_best, "working_time");
  for (const auto& path : files_in("praxedo")) checked_problem(path);
  for (const auto& path : files_in("dvrptw")) {
    const auto name = path.filename().string();
    const auto instance = data_dir() / "solomon_100" / (name.substr(0, name.find('_')) + ".txt");
    const auto dynamic = read_dynamic(text_of(instance), text_of(path));
    INFO(name << complaint(dynamic));
    CHECK(dynamic);
  }
  CHECK(best_known().size() > 200);
}

}  // namespace
}  // namespace mf::planning_files::stored_instances_test
