#pragma once
// Walking through a text line by line, and saying where it is wrong.
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mf::planning_files {

/// Larger texts are refused before they are looked at.
inline constexpr std::size_t text_size_max = std::size_t{64} << 20;

/// What every reader of a text file begins with: the text without the mark that Windows' programs
/// put before UTF-8. ErrorCode::limit when it is larger than text_size_max; invalid_argument for
/// UTF-16, which they call Unicode.
[[nodiscard]] Result<std::string_view> plain_text(std::string_view text);
[[nodiscard]] std::string_view without_mark(std::string_view text);

/// The lines of a text that aren't blank, without their ends (LF or CRLF) and the blanks around.
/// The text must outlive it.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// Goes to the next line; false at the end of the text.
  bool next();
  [[nodiscard]] std::string_view line() const { return line_; }
  /// Of the line in the text, from 1.
  [[nodiscard]] std::size_t number() const { return number_; }
  /// ErrorCode::invalid_argument, "line 12: <what>".
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view what) const;

 private:
  std::string_view rest_, line_;
  std::size_t number_ = 0;
};

[[nodiscard]] std::string_view without_blanks(std::string_view text);
/// What stands between blanks and tabs.
[[nodiscard]] std::vector<std::string_view> words(std::string_view line);
/// What stands between separators, without the blanks around; never empty.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// The whole of `word` as a finite number.
[[nodiscard]] std::optional<double> to_number(std::string_view word);
/// The whole of `word` as a number without a fraction, not negative.
[[nodiscard]] std::optional<std::size_t> to_count(std::string_view word);

}  // namespace mf::planning_files
