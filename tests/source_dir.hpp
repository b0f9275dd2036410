#pragma once
// Where the sources are, for tests that read or write files of the tree. Told to one file only, so
// that the compiler cache serves every checkout.
#include <filesystem>

namespace mf {

[[nodiscard]] std::filesystem::path source_dir();

}  // namespace mf
