#pragma once
// Files on the command line.
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "planning/files/problem_json.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning_files {

/// The whole file; "-" is standard input.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);
/// Replaces the file; "-" or empty is standard output.
[[nodiscard]] Status write_file(const std::filesystem::path& path, const std::string& text);

/// A problem in any format that is known, validated.
[[nodiscard]] Result<planning::Problem> load_problem(const std::filesystem::path& path);
/// A plan of the problem: JSON as `plan solve` writes it, or bare routes, which are timed by the
/// checker (check() says whether they are feasible).
[[nodiscard]] Result<planning::Plan> load_plan(const std::filesystem::path& path,
                                               const planning::Problem& problem,
                                               const planning::Objective& objective);
/// The same for a plan to begin with: what the problem doesn't know (any more) is left out of it.
[[nodiscard]] Result<KnownPart> load_known_part(const std::filesystem::path& path,
                                                const planning::Problem& problem,
                                                const planning::Objective& objective);

}  // namespace mf::planning_files
