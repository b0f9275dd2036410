#include "actors/entity/words.hpp"

#include <algorithm>

#include "actors/entity/reading.hpp"
#include "base/document_type.hpp"
#include "base/phone_number.hpp"

namespace mf::entity {
namespace {

using Found = std::vector<std::string>;

/// Found this short that stand side by side may be one: "wi fi".
constexpr std::size_t short_word_min = 2, short_word_max = 3;
constexpr std::size_t national_digits = 10, foreign_digits = 9, old_national_digits = 8,
                      subscriber_digits = 7;
constexpr std::size_t long_run_min = 7, long_run_max = 17, telling_size = 5;

void add_word(Found& words, std::string word) {
  if (word.empty()) return;
  word = cut(std::move(word));
  if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
}

/// "San Javier" is Sanjavier, "Santa Fe" Santafé, "Mc Donald" McDonald.
bool begins_name(std::string_view word) {
  return word == "san" || word == "santa" || word == "santo" || word == "villa" || word == "mc" ||
         word == "mac";
}

bool is_whole_token(const Atom& atom) { return atom.text == atom.token; }

/// "s a s" is sas, "wi fi" wifi, "San Javier" Sanjavier.
void add_neighbours(Found& out, const std::vector<Atom>& atoms) {
  std::string letters;  // single ones so far
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const auto& text = atoms[i].text;
    const bool is_letter = text.size() == 1 && is_plain_letters(text) && is_whole_token(atoms[i]);
    if (is_letter) letters += text;
    if (!is_letter || i + 1 == atoms.size()) {
      if (letters.size() > 1) add_word(out, letters);
      letters.clear();
    }
    const auto is_short = [&](const Atom& a) {
      return is_whole_token(a) && is_plain_letters(a.text) && !is_filler(a.text) &&
             a.text.size() >= short_word_min && a.text.size() <= short_word_max;
    };
    const bool may_be_one = i > 0 && ((is_short(atoms[i - 1]) && is_short(atoms[i])) ||
                                      (begins_name(atoms[i - 1].text) && is_plain_letters(text)));
    if (may_be_one) add_word(out, atoms[i - 1].text + text);
  }
}

/// A telephone or document in a text, in groups.
void add_long_numbers(Found& out, const std::vector<Atom>& atoms) {
  for (const auto& run : runs_of(atoms))
    if (run.digits.size() >= long_run_min && run.digits.size() <= long_run_max)
      for (const auto& form : phone_forms(run.digits)) add_word(out, form);
}

/// Without what people dial before a number of this country, or into it from another one.
std::string national(std::string digits) {
  if (digits.starts_with("00")) digits.erase(0, 2);
  if (digits.size() > national_digits && digits.starts_with("57")) digits.erase(0, 2);
  return digits;
}

}  // namespace

std::string cut(std::string word) {
  if (word.size() <= word_size_max) return word;
  auto end = word_size_max;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) --end;
  word.resize(end);
  return word;
}

std::vector<std::string> words(std::string_view text) {
  Found out;
  const auto atoms = read(text);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const auto& atom = atoms[i];
    if (atom.starts_piece) add_word(out, atom.piece);
    if (!atom.is_mark) add_word(out, atom.text);
    for (auto& meaning : meanings(atoms, i)) add_word(out, std::move(meaning));
    if (atom.ends_token) add_word(out, atom.token);
  }
  add_neighbours(out, atoms);
  add_long_numbers(out, atoms);
  return out;
}

std::vector<std::string> telling_first(std::vector<std::string> words) {
  const auto rank = [](const std::string& word) {
    if (word.size() == 1 || is_filler(word)) return 2;
    return word.size() >= telling_size && has_digit(word) ? 0 : 1;
  };
  std::ranges::stable_sort(words, {}, rank);
  return words;
}

std::vector<std::string> phone_forms(std::string_view dialled) {
  const std::string digits(dialled);
  Found out{digits};
  const auto own = national(digits);
  add_word(out, own);
  // The way to another town before 2021: 03, 05, 07 or 09, the town's one digit, seven more.
  if (own.starts_with('0')) {
    add_word(out, own.substr(1));
    if (own.size() == national_digits) add_word(out, own.substr(2));
  }
  return out;
}

std::vector<std::string> phone_words(std::string_view phone) {
  std::string digits, extension;
  if (auto number = phone_number(phone)) {
    digits = std::move(number->digits);
    extension = std::move(number->extension);
  } else {
    std::ranges::copy_if(fold(phone), std::back_inserter(digits),
                         [](char c) { return c >= '0' && c <= '9'; });
  }
  Found out;
  for (const auto& form : phone_forms(digits)) add_word(out, form);
  const auto own = national(digits);
  if (own.size() == national_digits) add_word(out, "57" + own);
  if (own.size() == old_national_digits) add_word(out, "60" + own);
  for (const auto last : {national_digits, foreign_digits, old_national_digits, subscriber_digits})
    if (own.size() > last && (last != foreign_digits || own.size() > national_digits))
      add_word(out, own.substr(own.size() - last));
  add_word(out, extension);
  return out;
}

std::vector<std::string> document_words(std::string_view type, std::string_view number) {
  std::string joined;
  const auto bare = without_type(number, type).number;
  const auto atoms = read(bare);
  for (const auto& atom : atoms) joined += atom.text;
  Found out;
  add_word(out, joined);
  if (is_number(joined))
    add_word(out, joined.substr(std::min(joined.find_first_not_of('0'), joined.size() - 1)));
  else
    for (auto& word : words(bare)) add_word(out, std::move(word));
  const auto code = document_type_of(type);
  add_word(out, std::string(code == "*" ? std::string_view() : code));
  return out;
}

std::vector<std::string> code_words(std::string_view code) {
  Found parts;
  for (const auto& atom : read(code))
    if (atom.starts_piece && !atom.piece.empty()) parts.push_back(atom.piece);
  Found out;
  for (std::size_t from = 0; from < std::min<std::size_t>(parts.size(), 2); ++from) {
    std::string joined;
    for (auto i = from; i < parts.size(); ++i) joined += parts[i];
    add_word(out, joined);
  }
  if (parts.size() > 2) add_word(out, code_end(parts.back()));
  return out;
}

}  // namespace mf::entity
