#pragma once
// Who may include whom: the table of docs/ARCHITECTURE.md as data. Change both or neither.
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/tree.hpp"

namespace mf::house {

/// What `file` does that the table forbids, one line each: "path:line: why".
[[nodiscard]] std::vector<std::string> include_faults(const SourceFile& file);

}  // namespace mf::house
