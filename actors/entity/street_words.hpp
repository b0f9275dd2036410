#pragma once
// What Colombian addresses abbreviate, and in how many ways. Pure.
#include <cstdint>
#include <span>
#include <string_view>

namespace mf::entity {

/// One reading of an abbreviation.
struct StreetWord {
  /// Where it is one: "t" is a tower only before a number, "s" is the south only behind one.
  enum class Where : std::uint8_t { always, before_number, behind_number };
  std::string_view word, full;
  Where where = Where::always;
};

/// "cra", "kr" and "cr" are carrera, "ac" is avenida and calle; empty for anything else, full words
/// too. `word` is folded.
[[nodiscard]] std::span<const StreetWord> street_words(std::string_view word);

/// "carrera", "apartamento".
[[nodiscard]] bool is_full_street_word(std::string_view word);
/// A full word, or an abbreviation that may stand before a number: what is glued to one.
[[nodiscard]] bool is_street_word(std::string_view word);

}  // namespace mf::entity
