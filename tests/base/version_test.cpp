#include "base/version.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/source_dir.hpp"

TEST_CASE("version: the program's is the project's") {
  std::ifstream in(mf::source_dir() / "CMakeLists.txt");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  CHECK(text.find("project(MicroFlow VERSION " + std::string(mf::version()) + " ") != text.npos);
}
