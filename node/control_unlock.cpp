#include "node/control_unlock.hpp"

#include "base/json.hpp"
#include "gateway/auth/login_guard.hpp"

namespace mf::node {

Result<std::string> account_of(SystemDoor& door, std::string_view username) {
  const auto name = gateway::auth::folded_username(username);
  const auto owner = door.ask({EntityKind::unique_name, "user:" + name}, "owner");
  if (!owner) return std::unexpected(Error{owner.error()}.in(name));
  const auto reference = parse_json(*owner).value("owner", std::string());
  return reference.substr(reference.find('/') + 1);
}

Result<std::string> unlock_account(SystemDoor& door, std::string_view username) {
  auto id = account_of(door, username);
  if (!id) return id;
  const auto done = door.run({EntityKind::account, *id}, "unlock", "{}");
  if (!done) return std::unexpected(Error{done.error()}.in(username));
  return id;
}

std::string answer_unlock(SystemDoor door, std::string_view line) {
  const auto request = parse_json(line);
  if (!request.is_object() || !request.contains("unlock") || !request["unlock"].is_string())
    return {};
  const auto username = request["unlock"].get<std::string>();
  const auto id = unlock_account(door, username);
  if (!id)
    return to_text(
        nlohmann::json{{"error", to_string(id.error().code)}, {"detail", id.error().message}});
  return to_text(nlohmann::json{{"id", *id}, {"username", username}});
}

}  // namespace mf::node
