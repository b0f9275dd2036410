#pragma once
// What sort of character a code point is: for all that folds, trims or counts texts. Pure.
#include <cstdint>

namespace mf {

using CodePoint = std::int32_t;

[[nodiscard]] constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

/// '0' to '9' of a decimal digit in any script; 0 of anything else.
[[nodiscard]] char decimal_digit(CodePoint c);

/// Whether there is something to see where it stands alone: false for blanks, controls, joiners,
/// fillers and tags, and for marks, which need another character to stand on.
[[nodiscard]] bool is_visible(CodePoint c);

/// Blanks between words: spaces of any width, ends of lines and paragraphs.
[[nodiscard]] bool is_space(CodePoint c);

}  // namespace mf
