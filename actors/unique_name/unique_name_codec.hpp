#pragma once
#include <memory>

#include "actors/runtime/kind.hpp"

namespace mf::unique_name {

/// Queries: `owner` {} → {"owner":"account/acc_…"}, not_found when nobody bears the name.
[[nodiscard]] std::unique_ptr<runtime::Kind> make_unique_name_kind();

}  // namespace mf::unique_name
