#pragma once
// What we say to people: an English sentence, written where it is decided, and the values that
// stand in it. It is data until somebody reads it: whoever does chooses the language
// (gateway/texts), and nobody before that knows one
// (docs/decisions/0022-texts-in-two-languages.md).
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mf {

/// A value in a sentence: the name that stands in braces, and what stands there instead.
struct SentenceValue {
  std::string_view name;  ///< a literal
  std::string value;      ///< nothing personal
  bool operator==(const SentenceValue&) const = default;
};

class Sentence;

/// The English of a sentence with its `{names}`. Written as `"needs {skill}"_en` alone: so it is
/// a literal, lives for ever, and is found by the test that looks for its Spanish.
struct Pattern {
  std::string_view english;
  /// The sentence with a value for `{name}`; each name needs one.
  [[nodiscard]] Sentence with(std::string_view name, std::string value) const;
  [[nodiscard]] Sentence with(std::string_view name, std::integral auto value) const;
};

/// Empty, or one sentence for people.
class Sentence {
 public:
  Sentence() = default;
  Sentence(Pattern pattern) : pattern_(pattern.english) {}  // NOLINT: a sentence without values

  [[nodiscard]] Sentence with(std::string_view name, std::string value) &&;
  [[nodiscard]] Sentence with(std::string_view name, std::integral auto value) && {
    return std::move(*this).with(name, std::to_string(value));
  }

  [[nodiscard]] bool empty() const { return pattern_.empty(); }
  /// The key of what it is in other languages.
  [[nodiscard]] std::string_view pattern() const { return pattern_; }
  /// This pattern, in whatever language, with the values in it; a `{name}` without one stays.
  [[nodiscard]] std::string filled(std::string_view pattern) const;
  [[nodiscard]] std::string in_english() const { return filled(pattern_); }

  bool operator==(const Sentence&) const = default;

 private:
  std::string_view pattern_;
  std::vector<SentenceValue> values_;
};

inline Sentence Pattern::with(std::string_view name, std::string value) const {
  return Sentence(*this).with(name, std::move(value));
}
inline Sentence Pattern::with(std::string_view name, std::integral auto value) const {
  return with(name, std::to_string(value));
}

/// How a sentence is said to whoever asked: for those who write texts and know no languages.
using Say = std::string (*)(const Sentence&);
[[nodiscard]] inline std::string say_in_english(const Sentence& sentence) {
  return sentence.in_english();
}

/// Marks an English sentence that has a row in gateway/texts.
consteval Pattern operator""_en(const char* english, std::size_t size) {
  return {std::string_view(english, size)};
}

}  // namespace mf
