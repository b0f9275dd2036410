#include "planning/files/files.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/os_error.hpp"
#include "planning/checker.hpp"
#include "planning/files/published.hpp"

namespace mf::planning_files {

Result<std::string> read_file(const std::filesystem::path& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return fail_with_errno("reading " + path.string());
  return text;
}

Status write_file(const std::filesystem::path& path, const std::string& text) {
  if (path.empty() || path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return fail_with_errno("writing " + path.string());
  return {};
}

Result<planning::Problem> load_problem(const std::filesystem::path& path) {
  auto text = read_file(path);
  if (!text) return std::unexpected(std::move(text).error());
  auto problem = read_problem(*text);
  if (!problem) return std::unexpected(std::move(problem).error().in(path.string()));
  if (auto status = planning::validate(*problem); !status)
    return std::unexpected(std::move(status).error().in(path.string()));
  return problem;
}

Result<planning::Plan> load_plan(const std::filesystem::path& path,
                                 const planning::Problem& problem,
                                 const planning::Objective& objective) {
  auto text = read_file(path);
  if (!text) return std::unexpected(std::move(text).error());
  if (looks_like_json(*text)) {
    auto plan = read_plan(*text, problem);
    if (!plan) return std::unexpected(std::move(plan).error().in(path.string()));
    return plan;
  }
  auto routes = read_routes(*text, problem);
  if (!routes) return std::unexpected(std::move(routes).error().in(path.string()));
  return planning::time_sequences(problem, *routes, objective);
}

Result<KnownPart> load_known_part(const std::filesystem::path& path,
                                  const planning::Problem& problem,
                                  const planning::Objective& objective) {
  auto text = read_file(path);
  if (!text) return std::unexpected(std::move(text).error());
  if (looks_like_json(*text)) {
    auto known = read_known_part(*text, problem);
    if (!known) return std::unexpected(std::move(known).error().in(path.string()));
    return known;
  }
  KnownPart known;
  auto routes = read_routes(*text, problem, &known.dropped);
  if (!routes) return std::unexpected(std::move(routes).error().in(path.string()));
  known.plan = planning::time_sequences(problem, *routes, objective);
  return known;
}

}  // namespace mf::planning_files
