#pragma once
// How names and titles become search words. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace mf::entity {

/// Lower case without accents, of any UTF-8 text: "Ñuño ÁVILA" gives "nuno avila". Latin letters
/// up to U+017F are folded, combining marks dropped, everything else kept as it is.
[[nodiscard]] std::string fold(std::string_view text);

/// The distinct words of a text, folded, in order of appearance; at most 16 words of 32 bytes.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

/// The words a telephone number is found by: all its digits, and those without a leading 57.
[[nodiscard]] std::vector<std::string> phone_words(std::string_view phone);

/// The word an order's code is found by: "ORD-7K3Q-9F2M-XW" gives "7k3q9f2mxw".
[[nodiscard]] std::string code_word(std::string_view code);

/// What a search text asks for: every term must match, a term matches when a word starts with any
/// of its prefixes. "ORD-7K3Q" also finds the code word, "300 123 4567" also the joined number.
using Terms = std::vector<std::vector<std::string>>;
[[nodiscard]] Terms search_terms(std::string_view text);

/// Whether these words satisfy the terms.
[[nodiscard]] bool matches(const Terms& terms, const std::vector<std::string>& words);

}  // namespace mf::entity
