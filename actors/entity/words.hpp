#pragma once
// How names, addresses and numbers become search words. What is stored and what is asked
// (search_terms.hpp) are taken apart by the same rules (reading.hpp). docs/search.md shows them.
// Pure.
//
// A token is found by its pieces, by their parts where people glue, and joined ("D'Angelo" by
// dangelo, "Wi-Fi" by wifi, "1.037.654.321" by 1037654321, "9A" by 9 and a), and an abbreviation of
// an address by its full word.
#include <string>
#include <string_view>
#include <vector>

#include "base/fold.hpp"

namespace mf::entity {

inline constexpr std::size_t word_size_max = 32;  ///< bytes; longer words are cut

/// The word itself, not longer than `word_size_max`, cut between characters.
[[nodiscard]] std::string cut(std::string word);

/// The distinct words of a text, folded (base/fold.hpp), in order of appearance.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

/// The same words, those first that tell most: numbers and codes of five signs and more, then the
/// others, at the end single letters and what everybody says ("de", "la").
[[nodiscard]] std::vector<std::string> telling_first(std::vector<std::string> words);

/// The words a telephone number is found by: its digits, without the prefixes of Colombia (57,
/// 0057, 03), with 57, its last ten, eight and seven, and the extension.
[[nodiscard]] std::vector<std::string> phone_words(std::string_view phone);
/// What a number that somebody dials may be stored as, itself first.
[[nodiscard]] std::vector<std::string> phone_forms(std::string_view digits);

/// The words a document is found by: the number without what stands between its digits, and its
/// type.
[[nodiscard]] std::vector<std::string> document_words(std::string_view type,
                                                      std::string_view number);

/// The words an order's code is found by: "ORD-7K3Q-9F2M-XW" gives "7k3q9f2mxw", "9f2mxw" and
/// code_end("xw").
[[nodiscard]] std::vector<std::string> code_words(std::string_view code);
/// So short that it is marked: only a search that consists of parts of codes asks for it.
[[nodiscard]] inline std::string code_end(std::string_view part) { return "-" + std::string(part); }

/// The words an entity is found by that refers to this id, or bears it; an order is found by its
/// code. No text holds a word that begins like these.
[[nodiscard]] inline std::string reference_word(std::string_view id) {
  return "=" + std::string(id);
}
/// Of an order's tags, which clients don't see.
[[nodiscard]] inline std::string tag_word(std::string_view word) { return "#" + std::string(word); }

}  // namespace mf::entity
