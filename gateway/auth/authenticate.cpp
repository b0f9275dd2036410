#include "gateway/auth/authenticate.hpp"

#include "base/json_member.hpp"
#include "base/log.hpp"
#include "gateway/io/io_thread.hpp"

namespace mf::gateway::auth {
namespace {

std::vector<std::string> texts(const nlohmann::json& object, const char* name) {
  std::vector<std::string> result;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return result;
  for (const auto& item : *found)
    if (item.is_string()) result.push_back(item.get<std::string>());
  return result;
}

/// What the account's query `principal` gives, as an identity; null when it makes no sense.
IdentityPtr identity_of(const std::string& answer, const Id& account, const Hash256& hash,
                        bool administrators_need_totp) {
  const auto body = parse_json(answer);
  if (!body.is_object()) return nullptr;
  auto identity = std::make_shared<Identity>();
  auto& principal = identity->principal;
  principal.account = text_member(body, "account");
  for (const auto& name : texts(body, "roles"))
    if (const auto role = parse_role(name)) principal.roles.push_back(*role);
  // A link without its role gives no rights: everybody behind this only looks at the link.
  if (principal.has(Role::supervisor)) principal.zones = texts(body, "zones");
  if (principal.has(Role::technician)) principal.technician = text_member(body, "technician");
  if (principal.has(Role::client)) principal.client = text_member(body, "client");
  identity->session = text_member(body, "session");
  identity->username = text_member(body, "username");
  identity->language = text_member(body, "language");
  identity->token_hash = hash;
  identity->has_totp = body.value("totp", false);
  identity->must_set_totp =
      administrators_need_totp && principal.is_administrator() && !identity->has_totp;
  const auto expires = parse_rfc3339(text_member(body, "expires_at"));
  if (!expires || principal.account != account) return nullptr;
  identity->expires_at = *expires;
  return identity;
}

void ask_account(Principals& principals, const Id& account, const Hash256& hash, OnIdentity then) {
  auto& thread = principals.thread();
  const auto drops = principals.cache().drops();
  auto answered = [&principals, account, hash, drops,
                   then = std::move(then)](const views::ReadReply& reply) mutable {
    const auto now = principals.thread().now();
    if (reply.fault) return then(Verdict::unavailable, nullptr);
    auto identity =
        reply.no
            ? nullptr
            : identity_of(reply.json, account, hash,
                          principals.thread().shared().options.passwords.administrators_need_totp);
    if (!identity || identity->expires_at <= now) return then(Verdict::unknown, nullptr);
    principals.cache().put(identity, now, drops);
    then(Verdict::known, std::move(identity));
  };
  thread.ask({EntityKind::account, account}, "principal",
             "{\"token_hash\":\"" + to_hex(hash.view()) + "\"}", Principal::system(),
             std::move(answered));
}

}  // namespace

void authenticate(Principals& principals, const Token& token, OnIdentity then) {
  const auto hash = token.hash();
  if (auto known = principals.cache().find(hash, principals.thread().now()))
    return then(Verdict::known, std::move(known));
  ask_account(principals, token.entity, hash, std::move(then));
}

void authenticate_again(Principals& principals, const Identity& identity, OnIdentity then) {
  ask_account(principals, identity.principal.account, identity.token_hash, std::move(then));
}

bool is_origin_allowed(std::string_view origin, std::string_view host, bool is_tls,
                       const std::vector<std::string>& allowed) {
  if (origin.empty()) return false;
  if (!allowed.empty()) return std::ranges::find(allowed, origin) != allowed.end();
  const std::string_view scheme = is_tls ? "https://" : "http://";
  return origin.starts_with(scheme) && origin.substr(scheme.size()) == host;
}

}  // namespace mf::gateway::auth
