#pragma once
// One member of a parsed object. Included by sources alone, like json.hpp.
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace mf {

/// The text under `name`; empty when `object` is no object, or has no such text.
[[nodiscard]] std::string text_member(const nlohmann::json& object, std::string_view name);

}  // namespace mf
