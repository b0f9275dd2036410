#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::unique_name {

/// Queries: `owner` {} → {"owner":"account/acc_…"}, not_found when nobody bears the name.
[[nodiscard]] std::unique_ptr<entity::Kind> make_unique_name_kind();

}  // namespace mf::unique_name
