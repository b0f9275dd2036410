#pragma once
// What Colombian addresses abbreviate, and in how many ways. Pure.
#include <string_view>

namespace mf::entity {

/// "cra", "kr" and "cr" give "carrera", "apto" gives "apartamento"; empty for anything else, full
/// words too. `word` is folded.
[[nodiscard]] std::string_view full_street_word(std::string_view word);

}  // namespace mf::entity
