#pragma once
#include <string>

#include "actors/host/runtime.hpp"
#include "base/result.hpp"

namespace mf::node {

/// Makes the account "admin" of an empty store (domain.md §3): with `given` as its password, or
/// with a random one, which is returned and nowhere else. Empty when there is such an account.
[[nodiscard]] Result<std::string> ensure_administrator(host::Runtime& runtime,
                                                       const std::string& given);

}  // namespace mf::node
