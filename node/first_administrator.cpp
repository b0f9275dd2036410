#include "node/first_administrator.hpp"

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "gateway/auth/password.hpp"

namespace mf::node {

Result<std::string> ensure_administrator(SystemDoor& door, const std::string& given,
                                         const PasswordRules& rules) {
  const auto owner = door.ask({EntityKind::unique_name, "user:admin"}, "owner");
  if (owner) return std::string{};
  if (owner.error().code != ErrorCode::not_found)
    return std::unexpected(Error{owner.error()}.in("looking for the administrator"));

  const auto password = given.empty() ? crockford_base32(random_bytes(12)) : given;
  if (const auto no = gateway::auth::check_new_password(password, rules.size_min, "admin"))
    return fail(ErrorCode::invalid_argument, "MICROFLOW_ADMIN_PASSWORD: " + no->detail);
  auto hash = gateway::auth::hash_password(password, rules.cost);
  if (!hash) return std::unexpected(std::move(hash.error()));
  const nlohmann::json body{
      {"username", "admin"}, {"password_hash", *hash}, {"roles", {"administrator"}}};
  const auto made = door.run({EntityKind::account, random_id("acc")}, "create", to_text(body));
  if (!made) return std::unexpected(Error{made.error()}.in("making the first administrator"));
  log::info(log::node, "first-administrator-made", {{"username", "admin"}});
  return given.empty() ? password : std::string{};
}

}  // namespace mf::node
