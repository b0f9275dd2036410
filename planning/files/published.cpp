#include "planning/files/published.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "planning/files/problem_json.hpp"
#include "planning/files/text_lines.hpp"

namespace mf::planning_files {

using planning::Problem;
using planning::Seconds;

namespace {

/// The line that names a section, not some word in a title.
bool has_line(std::string_view text, std::string_view begin) {
  for (Lines lines(text); lines.next();)
    if (lines.line().starts_with(begin)) return true;
  return false;
}

Status read_times(std::string_view times, DynamicProblem& into) {
  std::unordered_map<std::string_view, std::size_t> visits;
  for (std::size_t v = 0; v < into.problem.visits.size(); ++v)
    visits.emplace(into.problem.visits[v].id, v);
  into.revealed.resize(visits.size());
  Lines lines(times);
  while (lines.next()) {
    const auto row = words(lines.line());
    const auto time = row.size() == 2 ? to_number(row[1]) : std::nullopt;
    if (!time) return lines.wrong("expected a customer and the time when it becomes known");
    const auto found = visits.find(row[0]);
    if (found == visits.end())
      return lines.wrong(fmt::format("there is no customer {}, or it came before", row[0]));
    into.revealed[found->second] = std::max(0.0, *time);
    visits.erase(found);
  }
  if (visits.empty()) return {};
  return lines.wrong(fmt::format("the times end here, customer {} and {} others have none",
                                 visits.begin()->first, visits.size() - 1));
}

}  // namespace

Result<DynamicProblem> read_dynamic(std::string_view instance, std::string_view times) {
  const auto plain = plain_text(times);
  if (!plain) return std::unexpected(plain.error());
  auto problem = read_solomon(instance);
  if (!problem) return std::unexpected(std::move(problem).error().in("instance"));
  DynamicProblem dynamic{std::move(*problem), {}};
  if (auto read = read_times(*plain, dynamic); !read)
    return std::unexpected(std::move(read).error().in("times"));
  return dynamic;
}

bool looks_like_json(std::string_view text) {
  text = without_mark(text);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && (text[first] == '{' || text[first] == '[');
}

Result<Problem> read_problem(std::string_view text) {
  const auto plain = plain_text(text);
  if (!plain) return std::unexpected(plain.error());
  if (looks_like_json(*plain)) return read_problem_json(*plain);
  if (has_line(*plain, "CREW COUNT")) return read_trsp(*plain);
  if (has_line(*plain, "CUSTOMER")) return read_solomon(*plain);
  return fail(ErrorCode::invalid_argument,
              "not a problem: expected JSON (\"{\"), Solomon's text (with lines VEHICLE and "
              "CUSTOMER) or a technician routing text (with a line CREW COUNT)");
}

}  // namespace mf::planning_files
