#pragma once
// What a search text asks for. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace mf::entity {

/// Every term must match, a term matches when a word starts with any of its prefixes; a prefix that
/// ends with `whole_word` asks for a word that is no longer. Labels before numbers
/// ("CC 71.234.567", "tel. 300…", "ORD"), number signs, extensions and fillers ("de", "y") ask for
/// nothing, unless there is nothing else. An id (`cli_…`) asks for what bears it or refers to it.
using Terms = std::vector<std::vector<std::string>>;
inline constexpr char whole_word = '\0';
/// Of more the longest are taken: the others ask for nothing.
inline constexpr std::size_t term_count_max = 12;
[[nodiscard]] Terms search_terms(std::string_view text);

/// Whether these words satisfy the terms.
[[nodiscard]] bool matches(const Terms& terms, const std::vector<std::string>& words);

}  // namespace mf::entity
