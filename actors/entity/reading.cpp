#include "actors/entity/reading.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "actors/entity/street_words.hpp"
#include "base/code_point.hpp"
#include "base/document_type.hpp"
#include "base/fold.hpp"
#include "base/phone_number.hpp"

namespace mf::entity {
namespace {

using Texts = std::vector<std::string>;

/// Figures and letters of a house: "9A", "12bis". Longer ones are codes, serial numbers.
constexpr std::size_t house_digits_max = 4, house_letters_max = 4, letters_beside_bis_max = 2;
constexpr std::size_t glued_word_min = 4;
/// From here on a number before an extension is a telephone's.
constexpr std::size_t phone_digits_min = 5;

constexpr std::array<std::string_view, 6> number_signs{"no", "nro", "nros", "num", "numero", "n"};
constexpr std::array<std::string_view, 6> winds{"norte", "oeste",   "este",
                                                "sur",   "oriente", "occidente"};
constexpr std::array<std::string_view, 20> fillers{"al",  "con", "de",  "del",  "el",  "en",  "la",
                                                   "las", "los", "o",   "para", "por", "que", "se",
                                                   "su",  "un",  "una", "y",    "e",   "a"};

bool is_word_byte(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

template <class List>
bool is_among(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

Texts runs_in(std::string_view piece) {
  Texts runs;
  for (const char c : piece) {
    if (runs.empty() || is_ascii_digit(runs.back().back()) != is_ascii_digit(c))
      runs.emplace_back();
    runs.back() += c;
  }
  return runs;
}

/// "a", "bis", "asur", "abis": the letters behind a house's number; nullopt: they are none.
std::optional<Texts> house_letters(std::string_view letters) {
  Texts parts;
  const auto add = [&](std::string_view part) {
    if (!part.empty()) parts.emplace_back(part);
  };
  std::string_view wind;
  for (const auto one : winds)
    if (wind.empty() && letters.ends_with(one)) wind = one;
  const auto rest = letters.substr(0, letters.size() - wind.size());
  const auto bis = rest.find("bis");
  const auto before = rest.substr(0, bis);
  const auto behind = bis == rest.npos ? std::string_view() : rest.substr(bis + 3);
  const bool is_house =
      before.size() <= letters_beside_bis_max && behind.size() <= letters_beside_bis_max;
  if (!is_house) {
    if (letters.size() > house_letters_max) return std::nullopt;
    return Texts{std::string(letters)};
  }
  add(before);
  if (bis != rest.npos) add("bis");
  add(behind);
  add(wind);
  return parts;
}

/// What people glue before a number: "cra45", "no12", "nit900", "ext12", any longer word.
bool is_glued_before(std::string_view word) {
  return (word.size() >= glued_word_min && is_plain_letters(word)) || is_street_word(word) ||
         is_number_sign(word) || !document_type_of(word).empty() || is_phone_label(word) ||
         is_extension_label(word);
}

bool is_code_behind_ord(std::string_view piece) {
  return piece.size() > 3 && piece.starts_with("ord") && has_digit(piece);
}

/// Whether letters between two numbers divide them: "torre2apto301", "45n12", "44b21",
/// "6044441234x12".
bool divides(std::string_view before, std::string_view letters, std::string_view behind) {
  const bool is_house =
      letters.size() == 1 && before.size() <= house_digits_max && behind.size() <= house_digits_max;
  const bool is_extension = before.size() >= phone_digits_min && is_extension_label(letters);
  return is_house || is_extension || is_number_sign(letters) ||
         (letters.size() > 1 && is_street_word(letters));
}

/// "cra45a" is cra, 45 and a; "9a" is 9 and a; everything else is itself.
Texts atoms_in(const std::string& piece) {
  if (is_code_behind_ord(piece)) return {"ord", piece.substr(3)};
  const auto runs = runs_in(piece);
  if (runs.size() == 1) return {piece};
  Texts atoms;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& run = runs[i];
    const bool is_first = i == 0, is_last = i + 1 == runs.size();
    if (is_ascii_digit(run[0]) || (is_first && is_glued_before(run))) {
      atoms.push_back(run);
    } else if (is_first) {
      return {piece};
    } else if (!is_last) {
      if (!divides(runs[i - 1], run, runs[i + 1])) return {piece};
      atoms.push_back(run);
    } else {
      const auto letters = house_letters(run);
      if (!letters || runs[i - 1].size() > house_digits_max) return {piece};
      atoms.insert(atoms.end(), letters->begin(), letters->end());
    }
  }
  return atoms;
}

/// The commas of "71,234,567".
bool is_thousands_mark(std::string_view text, std::size_t at) {
  const auto is_digit_at = [&](std::size_t i) {
    return i < text.size() && is_ascii_digit(text[i]);
  };
  return text[at] == ',' && at > 0 && is_digit_at(at - 1) && is_digit_at(at + 1) &&
         is_digit_at(at + 2) && is_digit_at(at + 3) && !is_digit_at(at + 4);
}

/// Atoms with their places; what they are joined to comes when marks are known.
std::vector<Atom> split(std::string_view folded) {
  std::vector<Atom> atoms;
  std::string piece;
  bool is_new_token = true;
  const auto end_piece = [&] {
    if (piece.empty()) return;
    bool is_first = true;
    for (auto& text : atoms_in(std::exchange(piece, {}))) {
      Atom atom;
      atom.is_number = is_number(text);
      atom.text = std::move(text);
      atom.starts_piece = std::exchange(is_first, false);
      atom.starts_token = std::exchange(is_new_token, false);
      atoms.push_back(std::move(atom));
    }
  };
  for (std::size_t at = 0; at < folded.size(); ++at) {
    const char c = folded[at];
    if (is_word_byte(c)) {
      piece += c;
      continue;
    }
    end_piece();
    if (is_thousands_mark(folded, at)) continue;
    const bool ends_group = c == ',' || c == ';' || c == '#' || c == '|';
    if (ends_group || c == ' ') is_new_token = true;
    if (ends_group && !atoms.empty()) atoms.back().ends_group = true;
  }
  end_piece();
  return atoms;
}

void set_marks(std::vector<Atom>& atoms) {
  const auto is_text = [&](std::size_t i, std::string_view text) {
    return i < atoms.size() && atoms[i].text == text;
  };
  for (std::size_t i = 0; i + 1 < atoms.size(); ++i) {
    const auto& next = atoms[i + 1];
    auto& atom = atoms[i];
    if (atom.text == "ord" && !next.starts_token) atom.is_mark = true;
    if (next.is_number && is_number_sign(atom.text)) atom.is_mark = true;
    const bool is_taken_apart = is_text(i, "n") && is_text(i + 1, "o") && !next.starts_token &&
                                i + 2 < atoms.size() && atoms[i + 2].is_number;  // N.º 12
    if (is_taken_apart) atom.is_mark = atoms[i + 1].is_mark = true;
  }
}

/// Gives each atom between `first` and `end` what they are together.
void join(std::vector<Atom>& atoms, std::size_t first, std::size_t end,
          std::string Atom::* member) {
  std::string joined;
  for (auto i = first; i < end; ++i)
    if (!atoms[i].is_mark) joined += atoms[i].text;
  for (auto i = first; i < end; ++i) atoms[i].*member = joined;
}

void join_all(std::vector<Atom>& atoms) {
  std::size_t piece = 0, token = 0;
  for (std::size_t i = 1; i <= atoms.size(); ++i) {
    const bool is_end = i == atoms.size();
    if (is_end || atoms[i].starts_piece) join(atoms, std::exchange(piece, i), i, &Atom::piece);
    atoms[i - 1].ends_token = is_end || atoms[i].starts_token;
    if (atoms[i - 1].ends_token) join(atoms, std::exchange(token, i), i, &Atom::token);
  }
}

}  // namespace

std::vector<Atom> read(std::string_view text) {
  auto atoms = split(fold(text));
  set_marks(atoms);
  if (!atoms.empty()) join_all(atoms);
  return atoms;
}

bool is_before_number(const std::vector<Atom>& atoms, std::size_t at) {
  auto next = at + 1;
  while (next < atoms.size() && atoms[next].is_mark) ++next;
  return next < atoms.size() && atoms[next].is_number;
}

bool is_behind_number(const std::vector<Atom>& atoms, std::size_t at) {
  const auto is_letters = [&](std::size_t i) {
    const auto& text = atoms[i].text;
    return text == "bis" || (text.size() <= letters_beside_bis_max && is_plain_letters(text));
  };
  for (int steps = 0; at > 0 && steps < 3; ++steps) {
    if (atoms[--at].is_number) return true;
    if (!is_letters(at)) return false;
  }
  return false;
}

std::vector<std::string> meanings(const std::vector<Atom>& atoms, std::size_t at) {
  std::vector<std::string> out;
  const auto& text = atoms[at].text;
  if (atoms[at].is_number && text.size() <= house_digits_max && text[0] == '0') {
    const auto zeros = text.find_first_not_of('0');
    if (zeros != text.npos) out.push_back(text.substr(zeros));
  }
  using enum StreetWord::Where;
  const auto add_readings = [&](std::string_view word, std::size_t last) {
    for (const auto& reading : street_words(word)) {
      const bool is_meant = reading.where == always ||
                            (reading.where == before_number && is_before_number(atoms, last)) ||
                            (reading.where == behind_number && is_behind_number(atoms, last));
      if (is_meant) out.emplace_back(reading.full);
    }
  };
  add_readings(text, at);
  if (atoms[at].piece == atoms[at].token) return out;
  auto last = at;  // of "C.C. Santafé", "A.K. 7"
  while (!atoms[last].ends_token) ++last;
  add_readings(atoms[at].token, last);
  return out;
}

std::vector<Run> runs_of(const std::vector<Atom>& atoms) {
  std::vector<Run> runs;
  bool goes_on = false;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (!atoms[i].is_number) {
      goes_on = false;
      continue;
    }
    if (!goes_on) runs.push_back({i, i, {}});
    runs.back().digits += atoms[i].text;
    runs.back().end = i + 1;
    goes_on = !atoms[i].ends_group;
  }
  return runs;
}

bool is_number_sign(std::string_view word) { return is_among(number_signs, word); }

bool is_filler(std::string_view word) { return is_among(fillers, word); }

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}
bool has_digit(std::string_view text) { return std::ranges::any_of(text, is_ascii_digit); }
bool is_plain_letters(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace mf::entity
