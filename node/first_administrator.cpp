#include "node/first_administrator.hpp"

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "gateway/auth/password.hpp"

namespace mf::node {
namespace {

/// The account that bears the name, or is about to.
struct Bearer {
  Id account;
  bool is_made = false;
};

Result<Bearer> bearer_of_the_name(SystemDoor& door) {
  constexpr std::string_view prefix = "account/";
  const auto owner = door.ask({EntityKind::unique_name, "user:admin"}, "owner");
  if (!owner && owner.error().code == ErrorCode::not_found) return Bearer{random_id("acc")};
  if (!owner) return std::unexpected(owner.error());
  const auto reference = parse_json(*owner).value("owner", "");
  if (!reference.starts_with(prefix))
    return fail(ErrorCode::internal, "the name admin belongs to " + reference);
  Bearer bearer{reference.substr(prefix.size())};
  // The name is claimed before the account is stored: a start may have been cut off between them.
  const auto account = door.ask({EntityKind::account, bearer.account}, "login");
  if (!account && account.error().code != ErrorCode::not_found)
    return std::unexpected(account.error());
  bearer.is_made = account.has_value();
  return bearer;
}

Result<std::string> chosen(const FirstPassword& password) {
  if (password.given.empty()) return crockford_base32(random_bytes(12));
  if (const auto no =
          gateway::auth::check_new_password(password.given, password.rules.size_min, "admin"))
    return fail(ErrorCode::invalid_argument,
                "MICROFLOW_ADMIN_PASSWORD: " + no->detail.in_english());
  return password.given;
}

}  // namespace

Status ensure_administrator(SystemDoor& door, const FirstPassword& password) {
  auto bearer = bearer_of_the_name(door);
  if (!bearer)
    return std::unexpected(std::move(bearer.error()).in("looking for the administrator"));
  if (bearer->is_made) return {};
  const auto text = chosen(password);
  if (!text) return std::unexpected(text.error());
  auto hash = gateway::auth::hash_password(*text, password.rules.cost);
  if (!hash) return std::unexpected(std::move(hash.error()));
  if (password.given.empty())
    if (auto told = password.announce(*text); !told) return told;
  const nlohmann::json body{
      {"username", "admin"}, {"password_hash", *hash}, {"roles", {"administrator"}}};
  const auto made = door.run({EntityKind::account, bearer->account}, "create", to_text(body));
  if (!made) return std::unexpected(Error{made.error()}.in("making the first administrator"));
  log::info(log::node, "first-administrator-made", {{"username", "admin"}});
  return {};
}

}  // namespace mf::node
