#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "tests/source_dir.hpp"

std::filesystem::path mf::source_dir() { return MF_SOURCE_DIR; }
