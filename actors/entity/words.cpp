#include "actors/entity/words.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace mf::entity {
namespace {

constexpr std::size_t word_count_max = 16, word_size_max = 32, term_count_max = 8;

// U+00C0 … U+00FF and U+0100 … U+017F in lower case without marks; '.' keeps the character,
// '*' is two letters (see fold_latin).
constexpr std::string_view latin_1 =
    "aaaaaa*ceeeeiiiidnooooo.ouuuuy.*aaaaaa*ceeeeiiiidnooooo.ouuuuy.y";
constexpr std::string_view latin_extended =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkkllllllllll"
    "nnnnnnnnnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin_1.size() == 64 && latin_extended.size() == 128);

/// The next code point; a byte that starts no valid sequence stands for itself.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(at);
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || at + more >= text.size()) return text[at++] & 0xFF;
  std::uint32_t code = lead & (0x3F >> more);
  for (int i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return text[at++] & 0xFF;
    code = code << 6 | (byte(at + i) & 0x3F);
  }
  at += more + 1;
  return code;
}

std::string_view two_letters(std::uint32_t code) {
  switch (code) {
    case 0xC6:
    case 0xE6: return "ae";
    case 0xDF: return "ss";
    case 0x132:
    case 0x133: return "ij";
    default: return "oe";
  }
}

void fold_latin(std::string& out, std::uint32_t code, std::string_view original) {
  const char letter = code < 0x100 ? latin_1[code - 0xC0] : latin_extended[code - 0x100];
  if (letter == '*') out += two_letters(code);
  else if (letter == '.') out += original;
  else out += letter;
}

bool is_word_byte(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c >= 0x80;
}
bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

void add_word(std::vector<std::string>& words, std::string word) {
  if (word.size() > word_size_max) {
    auto cut = word_size_max;
    while (cut > 0 && (static_cast<unsigned char>(word[cut]) & 0xC0) == 0x80) --cut;
    word.resize(cut);
  }
  if (word.empty() || words.size() >= word_count_max) return;
  if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
}

std::string only_word_bytes(std::string_view folded) {
  std::string out;
  for (const char c : folded)
    if (is_word_byte(static_cast<unsigned char>(c))) out += c;
  if (out.size() > word_size_max) out.resize(word_size_max);
  return out;
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> out;
  std::string token;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == ',') {
      if (!token.empty()) out.push_back(std::exchange(token, {}));
    } else {
      token += c;
    }
  }
  if (!token.empty()) out.push_back(std::move(token));
  return out;
}

/// "300 123 4567" is one number to a person: the joined digits, when a text has nothing else.
std::string joined_number(const std::vector<std::string>& tokens) {
  std::string joined;
  for (const auto& token : tokens) {
    const auto digits = only_word_bytes(token);
    if (!is_digits(digits)) return {};
    joined += digits;
  }
  return tokens.size() > 1 ? joined : std::string{};
}

}  // namespace

std::string fold(std::string_view text) {
  const auto is_punctuation = [](auto code, std::string_view original) {
    const bool is_latin = original.size() > 1 && code < 0xC0;  // ¿ ¡ « » and the like
    return is_latin || (code >= 0x2000 && code < 0x2070);      // dashes and quotation marks
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    const auto code = next_code_point(text, at);
    const auto original = text.substr(start, at - start);
    if (code >= 'A' && code <= 'Z') out += static_cast<char>(code - 'A' + 'a');
    else if (code < 0x80) out += static_cast<char>(code);
    else if (is_punctuation(code, original)) out += ' ';
    else if (original.size() > 1 && code < 0x180) fold_latin(out, code, original);
    else if (code >= 0x300 && code < 0x370) continue;
    else out += original;
  }
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : fold(text)) {
    if (is_word_byte(static_cast<unsigned char>(c))) word += c;
    else add_word(out, std::exchange(word, {}));
  }
  add_word(out, std::move(word));
  return out;
}

std::vector<std::string> phone_words(std::string_view phone) {
  std::string digits;
  for (const char c : phone)
    if (c >= '0' && c <= '9') digits += c;
  std::vector<std::string> out;
  add_word(out, digits);
  if (digits.size() > 10 && digits.starts_with("57")) add_word(out, digits.substr(2));
  return out;
}

std::string code_word(std::string_view code) {
  auto word = only_word_bytes(fold(code));
  return word.starts_with("ord") ? word.substr(3) : word;
}

Terms search_terms(std::string_view text) {
  const auto tokens = split_at_spaces(fold(text));
  const auto number = joined_number(tokens);
  Terms terms;
  for (const auto& token : tokens) {
    const auto joined = only_word_bytes(token);
    for (const auto& word : words(token)) {
      if (terms.size() >= term_count_max) return terms;
      const bool is_code_mark = word == "ord" && joined.size() > 3;
      auto& term = terms.emplace_back();
      if (!is_code_mark) term.push_back(word);
      if (joined != word) term.push_back(joined);
      if (joined.starts_with("ord") && joined.size() > 3) term.push_back(joined.substr(3));
      if (!number.empty()) term.push_back(number);
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
