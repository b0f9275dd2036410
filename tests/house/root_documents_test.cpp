// What people look for in the root of a repository is there, and says what is true.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/house/tree.hpp"

using namespace mf::house;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(root() / path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> all_matches(const std::string& text, const char* expression) {
  const std::regex wanted(expression);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), wanted), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

std::vector<int> numbers(const std::string& version) {
  std::vector<int> parts;
  std::istringstream in(version);
  for (std::string part; std::getline(in, part, '.');) parts.push_back(std::stoi(part));
  return parts;
}

/// The first words of the lines of deploy/packages.txt that are no comments.
std::vector<std::string> packages() {
  std::vector<std::string> names;
  std::istringstream in(text_of("deploy/packages.txt"));
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') names.push_back(line.substr(0, line.find(' ')));
  return names;
}

bool names_word(const std::string& text, const std::string& word) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool begins = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1]));
    if (begins && (end == text.size() ||
                   std::string_view(" \n,;:.").find(text[end]) != std::string_view::npos))
      return true;
  }
  return false;
}

}  // namespace

TEST_CASE("root documents: the licence stands there whole") {
  const auto text = text_of("LICENSE");
  for (const auto* part :
       {"Apache License", "Version 2.0, January 2004",
        "9. Accepting Warranty or Additional Liability", "END OF TERMS AND CONDITIONS"})
    CHECK(text.find(part) != text.npos);
  CHECK(text.size() > 10'000);
}

TEST_CASE("root documents: every package we build with stands in NOTICE") {
  const auto notice = text_of("NOTICE");
  REQUIRE(packages().size() > 20);
  for (const auto& name : packages()) {
    INFO(name);
    CHECK(names_word(notice, name));
  }
  for (const auto* licence :
       {"Apache-2.0:", "MIT (", "BSD-2-Clause, BSD-3-Clause (", "ISC:", "BSL-1.0:"})
    CHECK(notice.find(licence) != notice.npos);
}

TEST_CASE("root documents: whose data is compiled in is named, with its licence in the tree") {
  const auto notice = text_of("NOTICE");
  for (const auto* part : {"demo/names.json", "@faker-js/faker", "demo/LICENSE-faker.txt"})
    CHECK(notice.find(part) != notice.npos);
  CHECK(text_of("demo/LICENSE-faker.txt").find("Faker - Copyright") != std::string::npos);
}

TEST_CASE("root documents: the changelog's newest version is the program's") {
  const auto program = all_matches(text_of("CMakeLists.txt"),
                                   R"(project\(MicroFlow VERSION ([0-9]+\.[0-9]+\.[0-9]+))");
  REQUIRE(program.size() == 1);
  const auto log = text_of("CHANGELOG.md");
  const auto headings = all_matches(log, R"(\n## ([^\n]+))");
  REQUIRE(headings.size() >= 2);
  CHECK(headings[0] == "Unreleased");
  const auto versions =
      all_matches(log, R"(\n## ([0-9]+\.[0-9]+\.[0-9]+) - 20[0-9]{2}-[0-9]{2}-[0-9]{2}\n)");
  CHECK(versions.size() == headings.size() - 1);
  CHECK(versions.front() == program.front());
  CHECK(std::ranges::is_sorted(versions, std::ranges::greater{}, numbers));
}

TEST_CASE("root documents: how to report a weakness and how to contribute is said") {
  const auto security = text_of("SECURITY.md");
  for (const auto* heading :
       {"## Report a weakness", "## What is supported", "## In scope", "## What a node guarantees"})
    CHECK(security.find(heading) != security.npos);
  CHECK(text_of("CONTRIBUTING.md").find("./dev check") != std::string::npos);
  const auto readme = text_of("README.md");
  for (const auto* name :
       {"(LICENSE)", "(NOTICE)", "(CONTRIBUTING.md)", "(SECURITY.md)", "(CHANGELOG.md)"})
    CHECK(readme.find(name) != readme.npos);
}
