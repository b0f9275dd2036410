#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "planning/files/published.hpp"
#include "planning/files/text_lines.hpp"

namespace mf::planning_files {

using planning::Place;
using planning::Problem;
using planning::ProblemLimits;
using planning::Window;

namespace {

struct TrspRow {
  Place place;
  Window window;
  double service = 0;
  std::vector<std::size_t> skills, tools;  ///< their numbers
  std::vector<std::size_t> parts;          ///< how many of each
};

class TrspReader {
 public:
  explicit TrspReader(std::string_view text) : lines_(text) {}

  Result<Problem> read() {
    for (const auto step : {&TrspReader::head, &TrspReader::rows, &TrspReader::matrices})
      if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done).error());
    return problem();
  }

 private:
  static constexpr std::string_view distances_title = "DISTANCES", times_title = "TRAVEL TIMES";
  using Matrix = std::vector<double>;

  Status expect(std::string_view begin) {
    if (!lines_.next()) return lines_.wrong(fmt::format("{} is missing", begin));
    if (lines_.line().starts_with(begin)) return {};
    return lines_.wrong(fmt::format("expected {}", begin));
  }

  Status head() {
    if (!lines_.next()) return lines_.wrong("the text is empty");
    if (lines_.line() != "INFO") {
      name_ = lines_.line();
      if (auto found = expect("INFO"); !found) return found;
    }
    if (auto found = expect("CREW COUNT"); !found) return found;
    if (auto found = counts(); !found) return found;
    if (auto found = expect("DEPOT TECHNICIANS AND REQUESTS"); !found) return found;
    return expect("ID");
  }

  Status counts() {
    constexpr std::size_t max[] = {ProblemLimits::technicians, ProblemLimits::items,
                                   ProblemLimits::items, ProblemLimits::items};
    if (!lines_.next()) return lines_.wrong("the counts are missing");
    const auto row = words(lines_.line());
    if (row.size() != counts_.size())
      return lines_.wrong("expected 4 numbers: technicians, skills, tools, spare parts");
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto count = to_count(row[i]);
      if (!count) return lines_.wrong(fmt::format("\"{}\" is not a count", row[i]));
      if (*count > max[i]) return lines_.wrong(fmt::format("{} is too many", *count));
      counts_[i] = *count;
    }
    if (crew() == 0) return lines_.wrong("there are no technicians");
    return {};
  }

  /// Up to the matrices or the end of the text.
  Status rows() {
    while (lines_.next() && lines_.line() != distances_title && lines_.line() != times_title)
      if (auto done = row(); !done) return done;
    if (rows_.size() >= crew() + 2) return {};
    return lines_.wrong(
        fmt::format("after {} rows the table ends: expected the depot, {} technicians and requests",
                    rows_.size(), crew()));
  }

  Status row() {
    const auto line = lines_.line();
    const auto numbers = words(line.substr(0, line.find('[')));
    if (numbers.size() != 6)
      return lines_.wrong("expected ID, X, Y, TWS, TWE, Serv and three lists in []");
    if (to_count(numbers[0]) != rows_.size())
      return lines_.wrong(fmt::format("expected row {}, not {}", rows_.size(), numbers[0]));
    std::array<double, 6> values{};
    for (std::size_t i = 1; i < values.size(); ++i) {
      const auto value = to_number(numbers[i]);
      if (!value) return lines_.wrong(fmt::format("\"{}\" is not a number", numbers[i]));
      values[i] = *value;
    }
    auto& row = rows_.emplace_back();
    row.place = {.latitude = values[2], .longitude = values[1]};
    row.window = {values[3], values[4]};
    row.service = values[5];
    return lists(row);
  }

  Status lists(TrspRow& row) {
    auto rest = lines_.line();
    rest.remove_prefix(std::min(rest.find('['), rest.size()));
    for (auto* list : {&row.skills, &row.tools, &row.parts}) {
      const auto from = rest.find('['), to = rest.find(']');
      if (from == rest.npos || to == rest.npos || to < from ||
          !without_blanks(rest.substr(0, from)).empty())
        return lines_.wrong("expected three lists in []");
      const auto inside = without_blanks(rest.substr(from + 1, to - from - 1));
      rest.remove_prefix(to + 1);
      if (inside.empty()) continue;
      for (const auto word : split(inside, ',')) {
        const auto number = to_count(word);
        if (!number) return lines_.wrong(fmt::format("\"{}\" is not a whole number", word));
        list->push_back(*number);
      }
    }
    if (!without_blanks(rest).empty()) return lines_.wrong("there is something behind the lists");
    return in_range(row);
  }

  Status in_range(const TrspRow& row) {
    for (const auto skill : row.skills)
      if (skill >= counts_[1]) return lines_.wrong(fmt::format("there is no skill {}", skill));
    for (const auto tool : row.tools)
      if (tool >= counts_[2]) return lines_.wrong(fmt::format("there is no tool {}", tool));
    if (!row.parts.empty() && row.parts.size() != counts_[3])
      return lines_.wrong(
          fmt::format("{} spare parts, but {} are listed", counts_[3], row.parts.size()));
    return {};
  }

  Status matrices() {
    while (!lines_.line().empty()) {
      auto& matrix = lines_.line() == distances_title ? distances_ : times_;
      if (!matrix.empty()) return lines_.wrong("this matrix is there twice");
      if (auto done = read_matrix(matrix); !done) return done;
    }
    if (distances_.empty() == times_.empty()) return {};
    return lines_.wrong(
        fmt::format("{} are missing", times_.empty() ? times_title : distances_title));
  }

  /// Rows and columns beyond the table's rows are homes and depot once more, for a model that
  /// enters every node once. We have no use for them.
  Status read_matrix(Matrix& matrix) {
    std::size_t size = 0, read = 0;
    while (lines_.next() && lines_.line() != distances_title && lines_.line() != times_title) {
      const auto numbers = split(lines_.line(), ';');
      if (read == 0) size = numbers.size() - 1;
      if (size < rows_.size() || numbers.size() != size + 1)
        return lines_.wrong(fmt::format("expected the row's number and {} values, here are {}",
                                        std::max(size, rows_.size()), numbers.size() - 1));
      if (to_count(numbers[0]) != read)
        return lines_.wrong(fmt::format("expected row {}, not \"{}\"", read, numbers[0]));
      for (std::size_t to = 0; read < rows_.size() && to < rows_.size(); ++to) {
        const auto value = to_number(numbers[to + 1]);
        if (!value) return lines_.wrong(fmt::format("\"{}\" is not a number", numbers[to + 1]));
        matrix.push_back(*value);
      }
      ++read;
    }
    if (read > 0 && read == size) return {};
    return lines_.wrong(fmt::format("the matrix has {} rows and {} columns", read, size));
  }

  std::size_t crew() const { return counts_[0]; }

  Problem problem() const {
    Problem problem{.name = std::string(name_)};
    for (const auto& row : rows_) problem.places.push_back(row.place);
    if (times_.empty()) problem.travel = planning::PlaneTravel(problem.places);
    else problem.travel = planning::MatrixTravel(rows_.size(), times_, distances_);
    for (std::size_t r = 1; r <= crew(); ++r) problem.technicians.push_back(technician(r));
    for (std::size_t r = crew() + 1; r < rows_.size(); ++r) problem.visits.push_back(visit(r));
    if (counts_[2] + counts_[3] > 0) problem.depots.push_back(depot());
    return problem;
  }

  planning::Technician technician(std::size_t r) const {
    return {.id = std::to_string(r),
            .start = r,
            .end = r,
            .shifts = {{.hours = rows_[r].window}},
            .skills = skills(rows_[r]),
            .stock = parts(rows_[r]),
            .tools = tools(rows_[r])};
  }
  planning::Visit visit(std::size_t r) const {
    return {.id = std::to_string(r),
            .place = r,
            .duration = rows_[r].service,
            .windows = {rows_[r].window},
            .skills = skills(rows_[r]),
            .materials = parts(rows_[r]),
            .tools = tools(rows_[r])};
  }
  planning::Depot depot() const {
    planning::Depot depot{
        .id = "0", .place = 0, .duration = rows_[0].service, .hours = rows_[0].window};
    for (std::size_t i = 0; i < counts_[3]; ++i) depot.items.push_back(fmt::format("part{}", i));
    for (std::size_t i = 0; i < counts_[2]; ++i) depot.tools.push_back(fmt::format("tool{}", i));
    return depot;
  }

  static std::vector<Skill> skills(const TrspRow& row) {
    std::vector<Skill> named;
    named.reserve(row.skills.size());
    for (const auto skill : row.skills) named.push_back({fmt::format("s{}", skill)});
    return named;
  }
  static std::vector<std::string> tools(const TrspRow& row) {
    std::vector<std::string> named;
    named.reserve(row.tools.size());
    for (const auto tool : row.tools) named.push_back(fmt::format("tool{}", tool));
    return named;
  }
  static std::vector<planning::Amount> parts(const TrspRow& row) {
    std::vector<planning::Amount> named;
    for (std::size_t i = 0; i < row.parts.size(); ++i)
      if (row.parts[i] > 0)
        named.push_back({fmt::format("part{}", i), static_cast<double>(row.parts[i])});
    return named;
  }

  Lines lines_;
  std::string_view name_;
  std::array<std::size_t, 4> counts_{};  ///< technicians, skills, tools, spare parts
  std::vector<TrspRow> rows_;
  Matrix distances_, times_;
};

}  // namespace

Result<Problem> read_trsp(std::string_view text) {
  const auto plain = plain_text(text);
  if (!plain) return std::unexpected(plain.error());
  return TrspReader(*plain).read();
}

}  // namespace mf::planning_files
