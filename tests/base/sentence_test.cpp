#include "base/sentence.hpp"

#include <catch2/catch.hpp>

using namespace mf;

TEST_CASE("sentence: its values stand where their names are, in whatever language") {
  const auto needs = "needs {skill} at level {level}"_en.with("skill", "fibra").with("level", 2);
  CHECK(needs.in_english() == "needs fibra at level 2");
  CHECK(needs.filled("nivel {level} de {skill}; {skill}") == "nivel 2 de fibra; fibra");
  CHECK(needs.pattern() == "needs {skill} at level {level}");
}

TEST_CASE("sentence: a value is never read as a pattern") {
  const auto odd = "send {type} or {other}"_en.with("type", "{other}").with("other", "x");
  CHECK(odd.in_english() == "send {other} or x");
}

TEST_CASE("sentence: names without a value, and single braces, stay as they are") {
  CHECK(Sentence("a {b} c"_en).in_english() == "a {b} c");
  CHECK(Sentence("a { b"_en).in_english() == "a { b");
  CHECK(Sentence("{x"_en).in_english() == "{x");
  CHECK(Sentence().in_english().empty());
  CHECK(Sentence().empty());
}
