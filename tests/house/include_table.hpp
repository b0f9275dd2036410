#pragma once
// Who may include whom: the table of docs/ARCHITECTURE.md as data. Change both or neither.
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/tree.hpp"

namespace mf::house {

/// What `file` does that the table forbids, one line each: "path:line: why".
[[nodiscard]] std::vector<std::string> include_faults(const SourceFile& file);

/// Libraries that the table allows to a folder which doesn't use them: "folder may see library".
[[nodiscard]] std::vector<std::string> unused_allowances(const std::vector<SourceFile>& files);

/// Functions of their arguments alone: kinds but their codecs, and the folders named pure.
[[nodiscard]] bool is_pure(const SourceFile& file);

/// Pairs of folders, at any depth, that include each other: "a and b: why". The files that stand
/// in a folder itself count as its "."
[[nodiscard]] std::vector<std::string> folder_cycles(const std::vector<SourceFile>& files);

}  // namespace mf::house
