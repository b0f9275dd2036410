#include <fmt/format.h>

#include <array>
#include <unordered_set>

#include "planning/files/published.hpp"
#include "planning/files/text_lines.hpp"

namespace mf::planning_files {

using planning::Place;
using planning::Problem;
using planning::ProblemLimits;

namespace {

struct SolomonRow {
  std::string_view number;
  Place place;
  double demand = 0, ready = 0, due = 0, service = 0;
};

class SolomonReader {
 public:
  explicit SolomonReader(std::string_view text) : lines_(text) {}

  Result<Problem> read() {
    for (const auto step :
         {&SolomonReader::title, &SolomonReader::vehicles, &SolomonReader::customers})
      if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done).error());
    return problem();
  }

 private:
  Status title() {
    if (!lines_.next()) return lines_.wrong("the text is empty");
    if (lines_.line() == "VEHICLE") return {};
    name_ = lines_.line();
    return expect("VEHICLE");
  }

  Status expect(std::string_view begin) {
    if (!lines_.next()) return lines_.wrong(fmt::format("{} is missing", begin));
    if (lines_.line().starts_with(begin)) return {};
    return lines_.wrong(fmt::format("expected {}", begin));
  }

  Status vehicles() {
    if (auto header = expect("NUMBER"); !header) return header;
    if (!lines_.next()) return lines_.wrong("number and capacity of the vehicles are missing");
    const auto row = words(lines_.line());
    const auto number = row.size() == 2 ? to_count(row[0]) : std::nullopt;
    const auto capacity = row.size() == 2 ? to_number(row[1]) : std::nullopt;
    if (!number || !capacity) return lines_.wrong("expected number and capacity of the vehicles");
    if (*number < 1 || *number > ProblemLimits::technicians)
      return lines_.wrong(
          fmt::format("between 1 and {} vehicles are possible", ProblemLimits::technicians));
    vehicles_ = *number;
    capacity_ = *capacity;
    return {};
  }

  Status customers() {
    if (auto header = expect("CUSTOMER"); !header) return header;
    if (auto header = expect("CUST"); !header) return header;
    std::unordered_set<std::string_view> seen;
    while (lines_.next()) {
      if (auto row = customer(); !row) return row;
      if (rows_[0].number != "0") return lines_.wrong("the first customer must be 0, the depot");
      if (!seen.insert(rows_.back().number).second)
        return lines_.wrong(fmt::format("customer {} is there twice", rows_.back().number));
    }
    if (rows_.size() < 2) return lines_.wrong("there are no customers");
    return {};
  }

  Status customer() {
    const auto row = words(lines_.line());
    if (row.size() != 7)
      return lines_.wrong(
          fmt::format("a customer has 7 numbers (number, x, y, demand, ready, due, service), "
                      "here are {}",
                      row.size()));
    std::array<double, 7> values{};
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto value = to_number(row[i]);
      if (!value) return lines_.wrong(fmt::format("\"{}\" is not a number", row[i]));
      values[i] = *value;
    }
    if (!to_count(row[0])) return lines_.wrong("a customer's number has no sign and no fraction");
    rows_.push_back({row[0],
                     {.latitude = values[2], .longitude = values[1]},
                     values[3],
                     values[4],
                     values[5],
                     values[6]});
    return {};
  }

  Problem problem() const {
    Problem problem{.name = std::string(name_)};
    for (const auto& row : rows_) problem.places.push_back(row.place);
    problem.travel = planning::PlaneTravel(problem.places);
    for (std::size_t t = 1; t <= vehicles_; ++t)
      problem.technicians.push_back({.id = fmt::format("t{}", t),
                                     .start = 0,
                                     .end = 0,
                                     .shifts = {{.hours = {rows_[0].ready, rows_[0].due}}},
                                     .capacity = {capacity_}});
    for (std::size_t r = 1; r < rows_.size(); ++r)
      problem.visits.push_back({.id = std::string(rows_[r].number),
                                .place = r,
                                .duration = rows_[r].service,
                                .windows = {{rows_[r].ready, rows_[r].due}},
                                .demand = {rows_[r].demand}});
    return problem;
  }

  Lines lines_;
  std::string_view name_;
  std::size_t vehicles_ = 0;
  double capacity_ = 0;
  std::vector<SolomonRow> rows_;
};

}  // namespace

Result<Problem> read_solomon(std::string_view text) {
  const auto plain = plain_text(text);
  if (!plain) return std::unexpected(plain.error());
  return SolomonReader(*plain).read();
}

}  // namespace mf::planning_files
