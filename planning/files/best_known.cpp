#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "planning/files/published.hpp"
#include "planning/files/text_lines.hpp"

namespace mf::planning_files {
namespace {

struct CsvRow {
  std::size_t line = 0;  ///< where it begins
  std::vector<std::string> fields;
};

std::unexpected<Error> wrong_csv(std::size_t line, std::string_view what) {
  return fail(ErrorCode::invalid_argument, fmt::format("line {}: {}", line, what));
}

/// What stands between the fields. Spreadsheets say so in a first line "sep=;", which is taken off
/// here but for its end, or don't: then it is what the header has most of.
char take_separator(std::string_view& text) {
  constexpr std::string_view known = ",;\t";
  const auto header = text.substr(0, text.find_first_of("\r\n"));
  if (header.size() == 5 && header.starts_with("sep=")) {
    text.remove_prefix(header.size());
    return header.back();
  }
  return std::ranges::max(known, {}, [&](char c) { return std::ranges::count(header, c); });
}

/// RFC 4180, also with LF alone and with another separator. A quoted field may go on in the next
/// line.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator)
      : rest_(text), separator_(separator), ends_{separator, '\r', '\n'} {}

  Result<std::vector<CsvRow>> read() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      CsvRow row{.line = line_};
      bool goes_on = true;
      while (goes_on) {
        auto field = rest_.starts_with('"') ? quoted() : plain();
        if (!field) return std::unexpected(std::move(field).error());
        row.fields.push_back(std::move(*field));
        goes_on = rest_.starts_with(separator_);
        if (goes_on) rest_.remove_prefix(1);
      }
      if (auto end = end_of_line(); !end) return std::unexpected(std::move(end).error());
      if (row.fields.size() > 1 || !row.fields[0].empty()) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  Result<std::string> plain() {
    const auto field =
        rest_.substr(0, rest_.find_first_of(std::string_view(ends_.data(), ends_.size())));
    rest_.remove_prefix(field.size());
    if (field.find('"') != field.npos)
      return wrong_csv(line_, "a field with quotes must begin with one");
    return std::string(field);
  }

  Result<std::string> quoted() {
    std::string field;
    for (rest_.remove_prefix(1);; rest_.remove_prefix(1)) {
      const auto quote = rest_.find('"');
      if (quote == rest_.npos) return wrong_csv(line_, "a quoted field has no end");
      field += rest_.substr(0, quote);
      line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, quote), '\n'));
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) return field;
      field += '"';
    }
  }

  Status end_of_line() {
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (!rest_.empty() && rest_[0] != '\n')
      return wrong_csv(line_, fmt::format("expected \"{}\" or the end of the line", separator_));
    if (!rest_.empty()) rest_.remove_prefix(1);
    ++line_;
    return {};
  }

  std::string_view rest_;
  char separator_;
  std::array<char, 3> ends_;  ///< of a plain field
  std::size_t line_ = 1;
};

/// Where commas don't separate fields they may stand for the decimal point, and points group
/// digits.
std::optional<double> number_of(std::string text, bool has_decimal_commas) {
  if (const auto comma = text.find(','); has_decimal_commas && comma != text.npos) {
    std::erase(text, '.');
    std::ranges::replace(text, ',', '.');
  }
  return to_number(without_blanks(text));
}

/// Which column has which name.
class Columns {
 public:
  static Result<Columns> of(const CsvRow& header, bool has_decimal_commas) {
    Columns columns;
    columns.has_decimal_commas_ = has_decimal_commas;
    for (const auto name : {"set", "instance", "objective", "precision", "vehicles", "cost",
                            "recomputed_from_routes", "note"}) {
      const auto found = std::ranges::find(header.fields, name);
      if (found == header.fields.end())
        return wrong_csv(header.line, fmt::format("the column {} is missing", name));
      columns.at_.push_back(static_cast<std::size_t>(found - header.fields.begin()));
    }
    columns.size_ = header.fields.size();
    return columns;
  }

  Result<BestKnown> read(const CsvRow& row) const {
    if (row.fields.size() != size_)
      return wrong_csv(row.line, fmt::format("{} fields instead of {}", row.fields.size(), size_));
    const auto field = [&](std::size_t i) -> const std::string& { return row.fields[at_[i]]; };
    BestKnown best{.set = field(0),
                   .instance = field(1),
                   .objective = field(2),
                   .precision = field(3),
                   .vehicles = to_count(without_blanks(field(4))),
                   .note = field(7)};
    if (!best.vehicles && !without_blanks(field(4)).empty())
      return wrong_csv(row.line, fmt::format("\"{}\" is not a number of vehicles", field(4)));
    const auto cost = number_of(field(5), has_decimal_commas_);
    if (!cost) return wrong_csv(row.line, fmt::format("\"{}\" is not a cost", field(5)));
    best.cost = *cost;
    if (field(6) != "yes" && field(6) != "no")
      return wrong_csv(row.line, "recomputed_from_routes must be yes or no");
    best.recomputed = field(6) == "yes";
    return best;
  }

 private:
  std::vector<std::size_t> at_;  ///< in the order of of()'s names
  std::size_t size_ = 0;
  bool has_decimal_commas_ = false;
};

}  // namespace

Result<std::vector<BestKnown>> read_best_known(std::string_view csv) {
  const auto plain = plain_text(csv);
  if (!plain) return std::unexpected(plain.error());
  auto table_text = *plain;
  const char separator = take_separator(table_text);
  const auto rows = CsvReader(table_text, separator).read();
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return wrong_csv(1, "the table is empty");
  const auto columns = Columns::of(rows->front(), separator != ',');
  if (!columns) return std::unexpected(columns.error());
  std::vector<BestKnown> table;
  for (std::size_t r = 1; r < rows->size(); ++r) {
    auto best = columns->read((*rows)[r]);
    if (!best) return std::unexpected(std::move(best).error());
    table.push_back(std::move(*best));
  }
  return table;
}

const BestKnown* find_best_known(const std::vector<BestKnown>& all,
                                 const planning::Problem& problem,
                                 const planning::Objective& objective) {
  const auto fits = [&](const BestKnown& best) {
    if (objective.name == "vehicles_then_distance")
      return best.objective.starts_with("hierarchical");
    if (objective.name == "working_time")
      return best.objective.find("working time") != std::string::npos;
    return best.objective == "distance_only" &&
           (best.precision == "double") != objective.truncates_legs;
  };
  const auto upper = [](std::string text) {
    for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  };
  const auto name = upper(problem.name.substr(0, problem.name.find('.')));
  const auto is_better = [&](const BestKnown& a, const BestKnown& b) {
    return objective.has(planning::Term::vehicles) && a.vehicles != b.vehicles
               ? a.vehicles < b.vehicles
               : a.cost < b.cost;
  };
  const BestKnown* found = nullptr;
  for (const auto& best : all)
    if (fits(best) &&
        (upper(best.instance) == name || name.ends_with("_" + upper(best.instance))) &&
        (!found || is_better(best, *found)))
      found = &best;
  return found;
}

}  // namespace mf::planning_files
