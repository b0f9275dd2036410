#include <algorithm>

#include "actors/account/account.hpp"
#include "base/field_check.hpp"
#include "base/id_list.hpp"

namespace mf::account {
namespace {

using Yes = std::vector<Event>;

bool is_own(const Account& a, const Principal& by) { return by.account == a.id; }
bool administers(const Principal& by) { return by.is_administrator() || by.is_system(); }
bool may_see(const Account& a, const Principal& by) {
  return administers(by) || by.has(Role::supervisor) || is_own(a, by);
}

std::optional<Rejection> guard(const Account& a, const Context& context, bool may_act) {
  if (!exists(a) || !may_see(a, context.by)) return hide().error();
  if (!may_act) return forbid("only administrators do this"_en).error();
  return {};
}
std::optional<Rejection> guard_administrator(const Account& a, const Context& context) {
  return guard(a, context, administers(context.by));
}
std::optional<Rejection> guard_own(const Account& a, const Context& context) {
  return guard(a, context, administers(context.by) || is_own(a, context.by));
}
std::optional<Rejection> guard_system(const Account& a, const Context& context) {
  if (!exists(a) || !context.by.is_system()) return hide().error();
  return {};
}

std::optional<Rejection> guard_code(const Account& a, const std::optional<std::int64_t>& step) {
  if (!step || !a.totp_step || *step > *a.totp_step) return {};
  return reject("code_used", "wait for the next code"_en).error();
}

Yes others_closed(const Account& a, const std::optional<Id>& kept) {
  Yes closed;
  for (const auto& session : a.sessions)
    if (session.id != kept) closed.emplace_back(SessionClosed{session.id});
  return closed;
}

bool is_username(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '@' || c == '+';
  });
}

/// RFC 4648 without padding: what the gateway reads a one-time code's secret as.
bool is_base32(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
  });
}

void check_rights(FieldCheck& check, const Account& a) {
  auto roles = a.roles;
  std::ranges::sort(roles);
  check
      .that("roles", std::ranges::adjacent_find(roles) == roles.end(), "repeated",
            "each role once"_en)
      .that("zones", a.zones.size() <= 64, "too_long", "at most {max}"_en.with("max", 64))
      .that("technician", !a.technician || is_id("tec", *a.technician), "malformed",
            "must be a technician's id"_en)
      .that("client", !a.client || is_id("cli", *a.client), "malformed", "must be a client's id"_en)
      .that("language", a.language == "es" || a.language == "en", "unknown_value",
            "must be one of {choices}"_en.with("choices", "es, en"));
  for (const auto& zone : a.zones)
    check.that("zones", is_id("zon", zone), "malformed", "must be ids of zones"_en);
}

std::optional<Rejection> refused_zone(const Facts& facts) {
  auto no = facts.zone;
  if (no) no->field = "zones";
  return no;
}

std::optional<Rejection> refused_client(const Facts& facts) {
  if (facts.is_client_erased)
    return refuse_field("client", "erased", "this client has been erased"_en).error();
  return {};
}

void check_hash(FieldCheck& check, std::string_view hash) {
  check.that("password_hash", hash.starts_with("$argon2id$") && hash.size() <= 256, "malformed",
             "must be an Argon2id hash"_en);
}

Decision<Event> yes_unless(const FieldCheck& check, Event event) {
  if (check.rejection()) return std::unexpected(*check.rejection());
  return Yes{std::move(event)};
}

Decision<Event> on(const Account& a, const Create& c, const Facts& facts, const Context& context) {
  Created event{c.username,      claim_token(a.id, "username", context),
                c.password_hash, c.roles,
                c.zones,         c.technician,
                c.client,        c.language.value_or("es"),
                c.fingerprint};
  auto after = a;
  apply(after, event, context);
  FieldCheck check;
  check.text("username", c.username, 1, 64)
      .that("username", is_username(c.username), "malformed", "letters, digits and . _ - @ +"_en);
  if (c.password_hash) check_hash(check, *c.password_hash);
  check_rights(check, after);
  if (check.rejection()) return std::unexpected(*check.rejection());
  if (!administers(context.by)) return forbid("only administrators add accounts"_en);
  if (exists(a))
    return a.created_by == c.fingerprint ? reject("already_exists_same")
                                         : reject("already_exists", "this id is in use"_en);
  if (auto no = refused_zone(facts)) return std::unexpected(*no);
  if (auto no = refused_client(facts)) return std::unexpected(*no);
  if (facts.username) return std::unexpected(*facts.username);
  return Yes{std::move(event)};
}

Decision<Event> on(const Account& a, const Edit& c, const Facts& facts, const Context& context) {
  const bool is_language_only = c.roles.is_kept() && c.zones.is_kept() && c.technician.is_kept() &&
                                c.client.is_kept() && c.disabled.is_kept();
  if (auto no = is_language_only ? guard_own(a, context) : guard_administrator(a, context))
    return std::unexpected(*no);
  auto after = a;
  apply(after, Edited{c}, context);
  FieldCheck check;
  check.stays("language", c.language);
  check_rights(check, after);
  const auto is_administrator = [](const Account& account) {
    return std::ranges::find(account.roles, Role::administrator) != account.roles.end();
  };
  check.stays("disabled", c.disabled);
  if (!check.rejection() && is_own(a, context.by) && is_administrator(a) &&
      (!is_administrator(after) || after.disabled))
    return reject("own_rights", "another administrator has to take the role away"_en);
  if (auto no = refused_zone(facts); no && !check.rejection()) return std::unexpected(*no);
  if (auto no = refused_client(facts); no && !check.rejection()) return std::unexpected(*no);
  return yes_unless(check, Edited{c});
}

Decision<Event> on(const Account& a, const SetPassword& c, const Facts&, const Context& context) {
  if (auto no = guard_own(a, context)) return std::unexpected(*no);
  if (auto no = guard_code(a, c.totp_step)) return std::unexpected(*no);
  FieldCheck check;
  check_hash(check, c.password_hash);
  return yes_unless(check, PasswordSet{c.password_hash, c.totp_step});
}

Decision<Event> on(const Account& a, const Rehash& c, const Facts&, const Context& context) {
  if (auto no = guard_system(a, context)) return std::unexpected(*no);
  if (a.password_hash != c.old_hash) return reject("already_done", "it is another password now"_en);
  FieldCheck check;
  check_hash(check, c.password_hash);
  return yes_unless(check, PasswordRehashed{c.password_hash});
}

Decision<Event> on(const Account& a, const Link& c, const Facts&, const Context& context) {
  if (!context.by.is_system()) return hide();
  if (!exists(a)) return reject("already_done", "there is no such account to link"_en);
  if (a.technician) return reject("already_done", "the account has a technician"_en);
  return Yes{Linked{c.technician}};
}

Decision<Event> on(const Account& a, const LoseClient& c, const Facts&, const Context& context) {
  if (auto no = guard_system(a, context)) return std::unexpected(*no);
  if (client_served(a) != c.client) return reject("already_done");
  Edit changes;
  auto others = a.roles;
  std::erase(others, Role::client);
  if (others.empty()) {
    changes.disabled = true;
  } else {
    changes.roles = std::move(others);
    changes.client = Patch<std::optional<Id>>::removal();
  }
  return Yes{Edited{std::move(changes)}};
}

Decision<Event> on(const Account& a, const OpenSession& c, const Facts&, const Context& context) {
  if (auto no = guard_system(a, context)) return std::unexpected(*no);
  if (a.disabled) return reject("disabled", "nobody logs in with this account"_en);
  if (auto no = guard_code(a, c.totp_step)) return std::unexpected(*no);
  FieldCheck check;
  // Its end is not compared with the time here: shard time stays ahead after a clock jumped there
  // and back, and nobody could log in.
  check.that("session", is_id("ses", c.session), "malformed", "must be an id of a session"_en);
  return yes_unless(check, SessionOpened{c.session, c.token_hash, c.expires_at, c.totp_step});
}

Decision<Event> on(const Account& a, const CloseSession& c, const Facts&, const Context& context) {
  if (auto no = guard_own(a, context)) return std::unexpected(*no);
  if (std::ranges::find(a.sessions, c.session, &Session::id) == a.sessions.end())
    return reject("no_session", "there is no such session"_en);
  return Yes{SessionClosed{c.session}};
}

Decision<Event> on(const Account& a, const CloseOtherSessions& c, const Facts&,
                   const Context& context) {
  if (auto no = guard_system(a, context)) return std::unexpected(*no);
  auto closed = others_closed(a, c.session);
  if (closed.empty()) return reject("already_done", "there is no other session"_en);
  return closed;
}

Decision<Event> on(const Account& a, const Lock& c, const Facts&, const Context& context) {
  if (auto no = guard_system(a, context)) return std::unexpected(*no);
  if (a.locked_until && *a.locked_until >= c.until)
    return reject("already_done", "locked for longer already"_en);
  return Yes{Locked{c.until}};
}

Decision<Event> on(const Account& a, const Unlock&, const Facts&, const Context& context) {
  if (auto no = guard_administrator(a, context)) return std::unexpected(*no);
  // Also when no lock is written here: the gateway counts tries that brought none yet.
  return Yes{Unlocked{}};
}

Decision<Event> on(const Account& a, const Invite& c, const Facts&, const Context& context) {
  if (auto no = guard_administrator(a, context)) return std::unexpected(*no);
  FieldCheck check;
  check.text("token_hash", c.token_hash, 32, 128);
  return yes_unless(check, Invited{c.token_hash, c.expires_at});
}

Decision<Event> on(const Account& a, const Redeem& c, const Facts&, const Context& context) {
  if (auto no = guard_system(a, context)) return std::unexpected(*no);
  if (!a.invitation || a.invitation->token_hash != c.token_hash ||
      a.invitation->expires_at <= c.at.value_or(context.now))
    return reject("invitation_invalid", "the link has been used or is too old"_en);
  FieldCheck check;
  check_hash(check, c.password_hash);
  return yes_unless(check, InvitationRedeemed{c.password_hash});
}

Decision<Event> on(const Account& a, const SetTotp& c, const Facts&, const Context& context) {
  if (auto no = guard_own(a, context)) return std::unexpected(*no);
  FieldCheck check;
  if (c.secret)
    check.text("secret", *c.secret, 16, 128)
        .that("secret", is_base32(*c.secret), "malformed", "must be base32: A to Z and 2 to 7"_en);
  if (auto no = guard_code(a, c.totp_step)) return std::unexpected(*no);
  if (check.rejection()) return std::unexpected(*check.rejection());
  Yes events{TotpSealed{{c.secret}, c.totp_step}};
  for (auto& closed : others_closed(a, c.session)) events.push_back(std::move(closed));
  return events;
}

}  // namespace

Decision<Event> decide(const Account& account, const Command& command, const Facts& facts,
                       const Context& context) {
  return std::visit([&](const auto& c) { return on(account, c, facts, context); }, command);
}

std::vector<Id> zones_to_check(const Account& a, const Command& command) {
  if (const auto* create = std::get_if<Create>(&command)) return added_ids(create->zones, a.zones);
  if (const auto* edit = std::get_if<Edit>(&command); edit && edit->zones.is_set())
    return added_ids(edit->zones.value, a.zones);
  return {};
}

Id client_to_check(const Account& a, const Command& command) {
  if (const auto* create = std::get_if<Create>(&command)) return create->client.value_or(Id{});
  const auto* edit = std::get_if<Edit>(&command);
  if (!edit || !(edit->client.is_set() || (edit->disabled.is_set() && !edit->disabled.value)))
    return {};
  auto client = a.client;
  edit->client.apply_to(client);
  return client.value_or(Id{});
}

}  // namespace mf::account
