#include <algorithm>

#include "actors/account/account.hpp"

namespace mf::account {
namespace {

void on(Account& a, const Created& e, Timestamp now) {
  a.created_at = now;
  a.created_by = e.created_by;
  a.username = e.username;
  a.username_token = e.username_token;
  a.password_hash = e.password_hash.value_or("");
  a.roles = e.roles;
  a.zones = e.zones;
  a.technician = e.technician;
  a.client = e.client;
  a.language = e.language;
}

void on(Account& a, const Edited& e, Timestamp) {
  const auto& c = e.changes;
  c.roles.apply_to(a.roles);
  c.zones.apply_to(a.zones);
  c.technician.apply_to(a.technician);
  c.client.apply_to(a.client);
  c.language.apply_to(a.language);
  c.disabled.apply_to(a.disabled);
  const bool is_about_rights = !c.roles.is_kept() || !c.zones.is_kept() ||
                               !c.technician.is_kept() || !c.client.is_kept() || a.disabled;
  if (is_about_rights) a.sessions.clear();
}

void set_password(Account& a, const std::string& hash) {
  a.password_hash = hash;
  a.sessions.clear();
  a.invitation.reset();
  a.locked_until.reset();
}
void use_code(Account& a, const std::optional<std::int64_t>& step) {
  if (step && step > a.totp_step) a.totp_step = step;
}
void on(Account& a, const PasswordSet& e, Timestamp) {
  set_password(a, e.password_hash);
  use_code(a, e.totp_step);
}
void on(Account& a, const PasswordRehashed& e, Timestamp) { a.password_hash = e.password_hash; }
void on(Account& a, const InvitationRedeemed& e, Timestamp) { set_password(a, e.password_hash); }

void on(Account& a, const Linked& e, Timestamp) { a.technician = e.technician; }

void on(Account& a, const SessionOpened& e, Timestamp now) {
  // A new session that would be over already says that shard time is ahead: no judge of the others.
  if (e.expires_at > now)
    std::erase_if(a.sessions, [&](const Session& s) { return s.expires_at <= now; });
  while (a.sessions.size() >= sessions_max) a.sessions.erase(a.sessions.begin());
  a.sessions.push_back({e.session, e.token_hash, now, e.expires_at});
  a.locked_until.reset();
  use_code(a, e.totp_step);
}
void on(Account& a, const SessionClosed& e, Timestamp) {
  std::erase_if(a.sessions, [&](const Session& s) { return s.id == e.session; });
}

void on(Account& a, const Locked& e, Timestamp) { a.locked_until = e.until; }
void on(Account& a, const Unlocked&, Timestamp) { a.locked_until.reset(); }
void on(Account& a, const Invited& e, Timestamp) {
  a.invitation = Invitation{e.token_hash, e.expires_at};
}
void on(Account& a, const TotpSet& e, Timestamp) {
  a.totp_secret = e.secret;
  use_code(a, e.totp_step);
}
void on(Account& a, const TotpSealed& e, Timestamp) {
  a.totp_secret = e.secret.value;
  use_code(a, e.totp_step);
}

}  // namespace

void apply(Account& account, const Event& event, const Context& context) {
  std::visit([&](const auto& e) { on(account, e, context.now); }, event);
}

bool exists(const Account& a) { return a.created_at != Timestamp{}; }

Id client_served(const Account& a) { return a.disabled ? Id{} : a.client.value_or(Id{}); }

std::string user_name(std::string_view username) {
  std::string name = "user:";
  for (const char c : username) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

const Session* find_session(const Account& a, std::string_view token_hash, Timestamp now) {
  const auto found = std::ranges::find(a.sessions, token_hash, &Session::token_hash);
  return found == a.sessions.end() || found->expires_at <= now ? nullptr : &*found;
}

}  // namespace mf::account
