#pragma once
// How a text is taken apart for search, the same for what is stored and for what is asked. Pure.
//
//   "Cra45 No.12-34, apto301"   tokens, at blanks, commas and #     cra45   no.12-34   apto301
//                               pieces, at what is no sign          cra45   12 34      apto301
//                               atoms, where people glue            cra 45  12 34      apto 301
//
// A number sign (No., N°, Nro, número, #) before a number and the ORD of a code say nothing: they
// are marks, and no part of pieces and tokens.
#include <string>
#include <string_view>
#include <vector>

namespace mf::entity {

struct Atom {
  std::string text;   ///< folded: letters, or digits, or what nobody glues from parts: "hw1f"
  std::string piece;  ///< what it was glued into
  std::string token;  ///< all pieces between two blanks, joined
  bool is_number = false;
  bool is_mark = false;
  bool starts_piece = true, starts_token = true, ends_token = true;
  bool ends_group = false;  ///< a comma or # stands behind
};
[[nodiscard]] std::vector<Atom> read(std::string_view text);

/// What an atom means where it stands: the full words of an abbreviation before or behind numbers,
/// a number without leading zeros.
[[nodiscard]] std::vector<std::string> meanings(const std::vector<Atom>& atoms, std::size_t at);

/// Whether a number of a house is the last thing before it: "45 a", "9 a sur".
[[nodiscard]] bool is_behind_number(const std::vector<Atom>& atoms, std::size_t at);
[[nodiscard]] bool is_before_number(const std::vector<Atom>& atoms, std::size_t at);

/// Numbers in a row, as telephones and documents are written in groups.
struct Run {
  std::size_t first = 0, end = 0;  ///< of the atoms
  std::string digits;
};
[[nodiscard]] std::vector<Run> runs_of(const std::vector<Atom>& atoms);

/// "no", "nro", "num": what stands before a number and says nothing. `word` is folded.
[[nodiscard]] bool is_number_sign(std::string_view word);
/// "de", "la", "y": what everybody says and nobody looks for. `word` is folded.
[[nodiscard]] bool is_filler(std::string_view word);
[[nodiscard]] bool is_number(std::string_view text);
[[nodiscard]] bool has_digit(std::string_view text);
/// Letters of ASCII alone.
[[nodiscard]] bool is_plain_letters(std::string_view text);

}  // namespace mf::entity
