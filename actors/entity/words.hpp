#pragma once
// How names, addresses and numbers become search words, and a search text what it asks for. What
// is stored and what is asked are taken apart by the same rules. Pure.
//
// A text is split at blanks into tokens, a token at everything that is no letter or digit. Beside
// its pieces a token is found joined ("D'Angelo" by dangelo, "Wi-Fi" by wifi, "1.037.654.321" by
// 1037654321), "9A" also by 9 and a, and an abbreviation of an address by its full word.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/fold.hpp"

namespace mf::entity {

inline constexpr std::size_t word_size_max = 32;  ///< bytes; longer words are cut

/// The distinct words of a text, folded (base/fold.hpp), in order of appearance.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

/// The words a telephone number is found by: its digits, without the prefixes of Colombia (57,
/// 0057), with 57, and its last seven.
[[nodiscard]] std::vector<std::string> phone_words(std::string_view phone);

/// The word an order's code is found by: "ORD-7K3Q-9F2M-XW" gives "7k3q9f2mxw".
[[nodiscard]] std::string code_word(std::string_view code);

/// What a search text asks for: every term must match, a term matches when a word starts with any
/// of its prefixes. "ORD-7K3Q" and "ord 7k3q" also ask for the code's word, "300 123 4567" for the
/// joined number without Colombia's prefix, "wi fi" for wifi, "kr 45" for carrera.
using Terms = std::vector<std::vector<std::string>>;
inline constexpr std::size_t term_count_max = 8;  ///< further words of a search ask for nothing
[[nodiscard]] Terms search_terms(std::string_view text);

/// Whether these words satisfy the terms.
[[nodiscard]] bool matches(const Terms& terms, const std::vector<std::string>& words);

}  // namespace mf::entity
