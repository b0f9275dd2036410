#include "actors/entity/words.hpp"

#include <algorithm>
#include <utility>

#include "actors/entity/street_words.hpp"

namespace mf::entity {
namespace {

/// A word this short is often written apart from the next: "wi fi", "9 a sur".
constexpr std::size_t short_word = 3;
/// Figures and letters of a house: "9A", "12bis". Longer ones are codes, serial numbers.
constexpr std::size_t house_digits_max = 3, house_letters_max = 4;
constexpr std::size_t national_digits = 10, subscriber_digits = 7;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_byte(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string cut(std::string word) {
  if (word.size() <= word_size_max) return word;
  auto end = word_size_max;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) --end;
  word.resize(end);
  return word;
}

void add(std::vector<std::string>& words, std::string word) {
  if (word.empty()) return;
  word = cut(std::move(word));
  if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
}

/// What stands between blanks: its pieces, and all of them joined.
struct Token {
  std::vector<std::string> pieces;
  std::string joined;
};

std::vector<Token> tokens_of(std::string_view folded) {
  std::vector<Token> tokens;
  Token token;
  std::string piece;
  const auto end_piece = [&] {
    token.joined += piece;
    if (!piece.empty()) token.pieces.push_back(std::exchange(piece, {}));
  };
  for (const char c : folded) {
    if (is_word_byte(c)) {
      piece += c;
      continue;
    }
    end_piece();
    const bool is_end = c == ' ' || c == ',' || c == ';';
    if (is_end && !token.pieces.empty()) tokens.push_back(std::exchange(token, {}));
  }
  end_piece();
  if (!token.pieces.empty()) tokens.push_back(std::move(token));
  return tokens;
}

/// "9a" is 9 and a; everything else is itself.
std::vector<std::string> parts_of(const std::string& piece) {
  const auto letters =
      static_cast<std::size_t>(std::ranges::find_if_not(piece, is_digit) - piece.begin());
  const auto rest = piece.size() - letters;
  const bool is_house =
      letters >= 1 && letters <= house_digits_max && rest >= 1 && rest <= house_letters_max &&
      std::none_of(piece.begin() + static_cast<std::ptrdiff_t>(letters), piece.end(), is_digit);
  if (!is_house) return {piece};
  return {piece.substr(0, letters), piece.substr(letters)};
}

/// Without what people dial before a number of this country.
std::string national(std::string digits) {
  if (digits.starts_with("00")) digits.erase(0, 2);
  if (digits.size() > national_digits && digits.starts_with("57")) digits.erase(0, 2);
  return digits;
}

/// What the whole search says when it is one number or code typed in groups; else empty.
std::vector<std::string> joined_search(const std::vector<Token>& tokens) {
  std::string joined;
  for (const auto& token : tokens) joined += token.joined;
  std::vector<std::string> words;
  if (is_number(joined)) {
    add(words, joined);
    add(words, national(joined));
  } else if (joined.starts_with("ord") && joined.size() > 3) {
    add(words, joined.substr(3));
  }
  return words;
}

/// A short word and its neighbour may be one: the neighbour before and the one behind.
void add_neighbours(std::vector<std::string>& term, const std::vector<Token>& tokens,
                    std::size_t at) {
  const auto add_pair = [&](const Token& a, const Token& b) {
    if (a.joined.size() <= short_word || b.joined.size() <= short_word)
      add(term, a.joined + b.joined);
  };
  if (at > 0) add_pair(tokens[at - 1], tokens[at]);
  if (at + 1 < tokens.size()) add_pair(tokens[at], tokens[at + 1]);
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& token : tokens_of(fold(text))) {
    for (const auto& piece : token.pieces) {
      add(out, piece);
      if (const auto parts = parts_of(piece); parts.size() > 1)
        for (const auto& part : parts) add(out, part);
      add(out, std::string(full_street_word(piece)));
    }
    add(out, token.joined);
  }
  return out;
}

std::vector<std::string> phone_words(std::string_view phone) {
  std::string digits;
  for (const char c : fold(phone))
    if (is_digit(c)) digits += c;
  std::vector<std::string> out;
  add(out, digits);
  const auto own = national(digits);
  add(out, own);
  if (own.size() == national_digits) add(out, "57" + own);
  if (own.size() > subscriber_digits) add(out, own.substr(own.size() - subscriber_digits));
  return out;
}

std::string code_word(std::string_view code) {
  std::string joined;
  for (const auto& token : tokens_of(fold(code))) joined += token.joined;
  return cut(joined.starts_with("ord") ? joined.substr(3) : joined);
}

Terms search_terms(std::string_view text) {
  const auto tokens = tokens_of(fold(text));
  const auto whole = joined_search(tokens);
  Terms terms;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    for (const auto& piece : token.pieces) {
      for (const auto& part : parts_of(piece)) {
        if (terms.size() == term_count_max) break;
        const bool is_code_mark = part == "ord" && !whole.empty();
        auto& term = terms.emplace_back();
        if (!is_code_mark) add(term, part);
        if (!is_code_mark) add(term, piece);
        add(term, token.joined.starts_with("ord") ? token.joined.substr(3) : token.joined);
        add(term, std::string(full_street_word(piece)));
        if (is_number(token.joined)) add(term, national(token.joined));
        for (const auto& word : whole) add(term, word);
        add_neighbours(term, tokens, i);
      }
    }
  }
  std::ranges::sort(terms);
  terms.erase(std::ranges::unique(terms).begin(), terms.end());
  return terms;
}

bool matches(const Terms& terms, const std::vector<std::string>& words) {
  return std::ranges::all_of(terms, [&](const auto& prefixes) {
    return std::ranges::any_of(words, [&](const std::string& word) {
      return std::ranges::any_of(prefixes, [&](const auto& p) { return word.starts_with(p); });
    });
  });
}

}  // namespace mf::entity
