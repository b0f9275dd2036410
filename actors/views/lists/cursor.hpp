#pragma once
// Where a page of a list ended, as opaque text.
#include <optional>
#include <string>
#include <string_view>

#include "actors/views/list_query.hpp"

namespace mf::views {

/// What the next page must have the same: everything of the query but `limit` and `cursor`.
[[nodiscard]] std::uint64_t fingerprint(const views::ListQuery& query);

/// `after`: sort part and id of the last row that was looked at.
[[nodiscard]] std::string make_cursor(std::uint64_t fingerprint, std::string_view after);
/// nullopt when it is malformed or belongs to another query.
[[nodiscard]] std::optional<std::string> read_cursor(std::uint64_t fingerprint,
                                                     std::string_view cursor);

}  // namespace mf::views
