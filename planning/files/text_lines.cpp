#include "planning/files/text_lines.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace mf::planning_files {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

template <class Number>
std::optional<Number> parse_whole(std::string_view word) {
  Number value{};
  const auto [at, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || at != word.data() + word.size()) return {};
  return value;
}

}  // namespace

Result<std::string_view> plain_text(std::string_view text) {
  if (text.size() > text_size_max)
    return fail(ErrorCode::limit, fmt::format("{} bytes are too many, at most {} MiB", text.size(),
                                              text_size_max >> 20));
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return fail(ErrorCode::invalid_argument, "the text is UTF-16: save it as UTF-8");
  return without_mark(text);
}

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

bool Lines::next() {
  while (!rest_.empty()) {
    const auto end = rest_.find('\n');
    line_ = without_blanks(rest_.substr(0, end));
    rest_ = end == rest_.npos ? std::string_view{} : rest_.substr(end + 1);
    ++number_;
    if (!line_.empty()) return true;
  }
  line_ = {};
  return false;
}

std::unexpected<Error> Lines::wrong(std::string_view what) const {
  return fail(ErrorCode::invalid_argument, fmt::format("line {}: {}", number_, what));
}

std::string_view without_blanks(std::string_view text) {
  const auto from = text.find_first_not_of(blanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  for (;;) {
    const auto from = line.find_first_not_of(blanks);
    if (from == line.npos) return found;
    line.remove_prefix(from);
    const auto size = std::min(line.find_first_of(blanks), line.size());
    found.push_back(line.substr(0, size));
    line.remove_prefix(size);
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(without_blanks(text.substr(0, end)));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<double> to_number(std::string_view word) {
  const auto value = parse_whole<double>(word);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::size_t> to_count(std::string_view word) {
  return parse_whole<std::size_t>(word);
}

}  // namespace mf::planning_files
