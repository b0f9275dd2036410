#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "node/system_door.hpp"

namespace mf::node {

/// The id of the account with this user name, as people type it.
[[nodiscard]] Result<std::string> account_of(SystemDoor& door, std::string_view username);
/// Lets the account with this user name in again, as an administrator's unlock does; gives its id.
[[nodiscard]] Result<std::string> unlock_account(SystemDoor& door, std::string_view username);
/// The control socket's answer to {"unlock":"<user name>"}: {"id","username"} or
/// {"error","detail"}; empty for another request.
[[nodiscard]] std::string answer_unlock(SystemDoor door, std::string_view line);

}  // namespace mf::node
