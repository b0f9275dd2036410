#pragma once
#include <functional>
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

/// How the first administrator gets a password.
struct FirstPassword {
  std::string given;  ///< of MICROFLOW_ADMIN_PASSWORD; empty: a random one is made
  PasswordRules rules;
  /// Told a random password before there is an account with it: wherever a start is cut off, nobody
  /// is left with an account whose password nobody knows. A failure ends the start.
  std::function<Status(const std::string& password)> announce;
};

/// Makes the account "admin" of an empty store (decision 0020), or finishes making it where an
/// earlier start was cut off; does nothing when it is there. A given password that the rule for
/// passwords refuses is `invalid_argument`.
[[nodiscard]] Status ensure_administrator(SystemDoor& door, const FirstPassword& password);

}  // namespace mf::node
