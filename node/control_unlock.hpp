#pragma once
#include <string>
#include <string_view>

#include "actors/host/runtime.hpp"
#include "base/result.hpp"

namespace mf::node {

/// Lets the account with this user name in again, as an administrator's unlock does; gives its id.
[[nodiscard]] Result<std::string> unlock_account(host::Runtime& runtime, std::string_view username);
/// The control socket's answer to {"unlock":"<user name>"}: {"id","username"} or
/// {"error","detail"}; empty for another request.
[[nodiscard]] std::string answer_unlock(host::Runtime& runtime, std::string_view line);

}  // namespace mf::node
