#pragma once
// Golden files pin stored bytes. To accept a change on purpose, delete the file and run the test
// once: it writes what it found and fails, so that nobody accepts one by accident.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/source_dir.hpp"

namespace mf::test {

inline void check_golden(const std::string& name, const std::string& found) {
  const auto path = source_dir() / "tests/golden" / name;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::ofstream(path, std::ios::binary) << found;
    FAIL("wrote " << path.string() << ": check and commit it");
  }
  std::stringstream expected;
  expected << in.rdbuf();
  CHECK(expected.str() == found);
}

}  // namespace mf::test
