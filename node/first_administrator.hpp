#pragma once
#include <string>

#include "base/result.hpp"
#include "gateway/auth/password.hpp"
#include "node/system_door.hpp"

namespace mf::node {

/// What the configuration asks of passwords.
struct PasswordRules {
  int size_min = 10;
  gateway::auth::HashCost cost;
};

/// Makes the account "admin" of an empty store (domain.md §3): with `given` as its password, or
/// with a random one, which is returned and nowhere else. Empty when there is such an account.
/// A `given` one that everybody would try is refused.
[[nodiscard]] Result<std::string> ensure_administrator(SystemDoor& door, const std::string& given,
                                                       const PasswordRules& rules);

}  // namespace mf::node
