// What we say to people and its Spanish (docs/decisions/0022-texts-in-two-languages.md), read from
// the sources as they stand.
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>

#include "tests/house/tree.hpp"

namespace mf::test::texts_test {
using namespace mf::house;

namespace {

using Names = std::set<std::string>;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

/// A source, piece by piece: literals, and what stands between them; comments are left out.
class Pieces {
 public:
  explicit Pieces(const SourceFile& file) {
    for (const auto& line : file.lines) text_ += line + "\n";
  }
  /// The next literal, adjacent ones as one; nothing at the end.
  std::optional<std::string> literal() {
    std::optional<std::string> found;
    while (at_ < text_.size()) {
      if (text_.compare(at_, 2, "//") == 0) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_[at_] == '\'') {
        pass_character();
      } else if (text_.compare(at_, 3, "R\"(") == 0) {
        at_ = std::min(text_.find(")\"", at_), text_.size() - 2) + 2;
      } else if (text_[at_] == '"') {
        found = found.value_or("") + quoted();
        const auto next = text_.find_first_not_of(" \n", at_);
        if (next == text_.npos || text_[next] != '"') return found;
        at_ = next;
      } else {
        ++at_;
      }
    }
    return found;
  }
  bool takes(std::string_view what) {
    const auto next = std::min(text_.find_first_not_of(" \n", at_), text_.size());
    if (text_.compare(next, what.size(), what) != 0) return false;
    at_ = next + what.size();
    return true;
  }
  /// To behind the bracket that closes the one we are in.
  void leave_brackets() {
    for (int depth = 1; at_ < text_.size() && depth > 0; ++at_) {
      if (text_[at_] == '"') {
        quoted();
        --at_;
      } else if (text_[at_] == '\'') {
        pass_character();
        --at_;
      } else {
        depth += text_[at_] == '(' ? 1 : text_[at_] == ')' ? -1 : 0;
      }
    }
  }

 private:
  /// 'x', '\n'; or the mark that separates digits.
  void pass_character() {
    const std::size_t size = text_.compare(at_ + 1, 1, "\\") == 0 ? 4 : 3;
    at_ += text_.compare(at_ + size - 1, 1, "'") == 0 ? size : 1;
  }
  std::string quoted() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      out += text_[at_];
    }
    ++at_;
    return out;
  }
  std::string text_;
  std::size_t at_ = 0;
};

struct Said {
  std::string pattern, file;
  Names values;
};

std::vector<Said> said_in(const SourceFile& file) {
  std::vector<Said> all;
  Pieces pieces(file);
  while (auto literal = pieces.literal()) {
    if (literal->empty() || !pieces.takes("_en")) continue;
    Said one{*literal, file.path, {}};
    while (pieces.takes(".with(")) {
      one.values.insert(pieces.literal().value_or(""));
      pieces.leave_brackets();
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<Said> all_said() {
  std::vector<Said> all;
  for (const auto& file : sources())
    if (!file.is_in("tests") && !file.is_in("bench"))
      for (auto& one : said_in(file)) all.push_back(std::move(one));
  return all;
}

using Rows = std::vector<std::pair<std::string, std::string>>;

/// Every {"English", "Spanish"} of a source.
Rows rows_of(const SourceFile& file) {
  Rows rows;
  Pieces pieces(file);
  while (const auto english = pieces.literal())
    if (pieces.takes(","))
      if (const auto spanish = pieces.literal()) rows.emplace_back(*english, *spanish);
  return rows;
}

Rows table() {
  Rows rows;
  for (const auto& file : sources())
    if (file.is_in("gateway/texts"))
      for (auto& row : rows_of(file)) rows.push_back(std::move(row));
  return rows;
}

Names names_in(const std::string& pattern) {
  Names names;
  for (auto open = pattern.find('{'); open != pattern.npos; open = pattern.find('{', open + 1))
    names.insert(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
  return names;
}

}  // namespace

TEST_CASE("texts: the reader finds what is said in a source, and the values in it") {
  const auto said = said_in(parse("x.cpp",
                                  "f(\"a {b}\"\n  \" and {c}\"_en.with(\"b\", g(\"(\", '\"'))\n"
                                  "  .with(\"c\", 1)); // \"not\"_en\n \"plain\"; \"d\"_en"));
  REQUIRE(said.size() == 2);
  CHECK(said[0].pattern == "a {b} and {c}");
  CHECK(said[0].values == Names{"b", "c"});
  CHECK(said[1].pattern == "d");
  const auto rows = rows_of(parse("x.cpp", "{{\"a {b}\", \"un \" \"{b}\"}, {\"c\", \"d\"}}"));
  CHECK(rows == Rows{{"a {b}", "un {b}"}, {"c", "d"}});
}

TEST_CASE("texts: whatever we say to people can be said in Spanish") {
  std::map<std::string, std::string> spanish;
  for (auto& [english, text] : table()) spanish.emplace(english, text);
  REQUIRE(spanish.size() > 300);
  std::vector<std::string> faults;
  for (const auto& one : all_said())
    if (spanish[one.pattern].empty())
      faults.push_back(one.file + ": no row in gateway/texts for \"" + one.pattern + '"');
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("texts: every row of the table is said somewhere, and there is one of each") {
  Names said, seen;
  for (auto& one : all_said()) said.insert(one.pattern);
  std::vector<std::string> faults;
  for (const auto& [english, spanish] : table()) {
    if (!said.contains(english)) faults.push_back("nobody says \"" + english + '"');
    if (!seen.insert(english).second) faults.push_back("two rows for \"" + english + '"');
  }
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("texts: a sentence has the same values in both languages, and gets each of them") {
  std::vector<std::string> faults;
  for (const auto& [english, spanish] : table())
    if (names_in(english) != names_in(spanish)) faults.push_back(english + " | " + spanish);
  for (const auto& one : all_said())
    if (names_in(one.pattern) != one.values)
      faults.push_back(one.file + ": other values than those of \"" + one.pattern + '"');
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("texts: no detail of a problem is put together from pieces of English") {
  // A sentence is made by `_en` alone, so this can only be said around the type.
  std::vector<std::string> faults;
  for (const auto& file : sources())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (!file.is_in("tests") && file.path != "base/sentence.hpp" &&
          (file.lines[i].find("Pattern{") != std::string::npos ||
           file.lines[i].find("Pattern(") != std::string::npos))
        faults.push_back(file.path + ":" + std::to_string(i + 1));
  INFO(joined(faults));
  CHECK(faults.empty());
}

}  // namespace mf::test::texts_test
