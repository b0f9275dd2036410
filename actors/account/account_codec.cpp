#include "actors/account/account_codec.hpp"

#include <array>

#include "actors/account/account.hpp"
#include "actors/entity/claims.hpp"
#include "actors/entity/index_keys.hpp"
#include "actors/entity/typed_kind.hpp"
#include "base/json_member.hpp"

namespace mf {
BOOST_DESCRIBE_ENUM(Role, client, technician, supervisor, operator_, administrator)
}

namespace mf::account {

BOOST_DESCRIBE_STRUCT(Session, (), (id, token_hash, opened_at, expires_at))
BOOST_DESCRIBE_STRUCT(Invitation, (), (token_hash, expires_at))
BOOST_DESCRIBE_STRUCT(Account, (),
                      (created_at, created_by, username, username_token, password_hash, roles,
                       zones, technician, client, language, sessions, locked_until, invitation,
                       totp_secret, totp_step, disabled))
BOOST_DESCRIBE_STRUCT(Create, (),
                      (username, password_hash, roles, zones, technician, client, language))
BOOST_DESCRIBE_STRUCT(Edit, (), (roles, zones, technician, client, language, disabled))
BOOST_DESCRIBE_STRUCT(SetPassword, (), (password_hash, totp_step))
BOOST_DESCRIBE_STRUCT(Rehash, (), (old_hash, password_hash))
BOOST_DESCRIBE_STRUCT(Link, (), (technician))
BOOST_DESCRIBE_STRUCT(LoseClient, (), (client))
BOOST_DESCRIBE_STRUCT(OpenSession, (), (session, token_hash, expires_at, totp_step))
BOOST_DESCRIBE_STRUCT(CloseOtherSessions, (), (session))
BOOST_DESCRIBE_STRUCT(CloseSession, (), (session))
BOOST_DESCRIBE_STRUCT(Lock, (), (until))
BOOST_DESCRIBE_STRUCT(Unlock, (), ())
BOOST_DESCRIBE_STRUCT(Invite, (), (token_hash, expires_at))
BOOST_DESCRIBE_STRUCT(Redeem, (), (token_hash, password_hash, at))
BOOST_DESCRIBE_STRUCT(SetTotp, (), (secret, totp_step, session))
BOOST_DESCRIBE_STRUCT(Created, (),
                      (username, username_token, password_hash, roles, zones, technician, client,
                       language, created_by))
BOOST_DESCRIBE_STRUCT(Edited, (), (changes))
BOOST_DESCRIBE_STRUCT(PasswordSet, (), (password_hash, totp_step))
BOOST_DESCRIBE_STRUCT(PasswordRehashed, (), (password_hash))
BOOST_DESCRIBE_STRUCT(Linked, (), (technician))
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (session, token_hash, expires_at, totp_step))
BOOST_DESCRIBE_STRUCT(SessionClosed, (), (session))
BOOST_DESCRIBE_STRUCT(Locked, (), (until))
BOOST_DESCRIBE_STRUCT(Unlocked, (), ())
BOOST_DESCRIBE_STRUCT(Invited, (), (token_hash, expires_at))
BOOST_DESCRIBE_STRUCT(InvitationRedeemed, (), (password_hash))
BOOST_DESCRIBE_STRUCT(TotpSet, (), (secret, totp_step))
BOOST_DESCRIBE_STRUCT(TotpSealed, (), (secret, totp_step))
constexpr auto sealed_members(const Account*) { return std::array{"totp_secret"}; }

namespace {

using namespace mf::entity;

struct Row {
  Id id;
  std::string username;
  std::vector<Role> roles;
  std::vector<Id> zones;
  std::optional<Id> technician, client;
  std::string language;
  bool disabled = false;
  std::optional<Timestamp> locked_until;
  std::optional<bool> totp, has_password;  ///< to oneself and administrators
  Timestamp created_at{};
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (id, username, roles, zones, technician, client, language, disabled,
                       locked_until, totp, has_password, created_at))
struct SessionLine {
  Id id;
  Timestamp opened_at{}, expires_at{};
};
BOOST_DESCRIBE_STRUCT(SessionLine, (), (id, opened_at, expires_at))
struct Detail : Row {
  std::optional<std::vector<SessionLine>> sessions;  ///< to oneself and administrators
};
BOOST_DESCRIBE_STRUCT(Detail, (Row), (sessions))

constexpr auto notes_on(const Row*) {
  return std::array{json::Note{"zones", "That a supervisor works in."},
                    json::Note{"technician", "Who this account is in the field."},
                    json::Note{"client", "Whose orders this account sees."},
                    json::Note{"disabled", "Nobody logs in."},
                    json::Note{"locked_until", "To oneself and administrators only."},
                    json::Note{"totp",
                               "Whether a second factor is in use. To oneself and "
                               "administrators only."},
                    json::Note{"has_password", "To oneself and administrators only."}};
}
constexpr auto notes_on(const Detail*) {
  return std::array{json::Note{"sessions", "To oneself and administrators only."}};
}

/// What the gateway makes a Principal of. Lists stand there even when they are empty.
std::string identity_members(const Account& a) {
  std::string out = "{\"account\":\"" + a.id + "\",\"username\":";
  json::append_quoted(out, a.username);
  out += ",\"roles\":" + json::to_text(a.roles) + ",\"zones\":" + json::to_text(a.zones);
  out += ",\"technician\":\"" + a.technician.value_or("") + "\",\"client\":\"" +
         a.client.value_or("") + "\",\"language\":\"" + a.language + '"';
  return out;
}

std::string login(const Account& a) {
  auto out = identity_members(a) + ",\"password_hash\":";
  json::append_quoted(out, a.password_hash);
  out += std::string(",\"disabled\":") + (a.disabled ? "true" : "false");
  out += std::string(",\"totp\":") + (a.totp_secret ? "true" : "false");
  if (a.totp_secret) {
    out += ",\"totp_secret\":";
    json::append_quoted(out, *a.totp_secret);
  }
  if (a.invitation) {
    out += ",\"invitation_hash\":";
    json::append_quoted(out, a.invitation->token_hash);
  }
  return out + '}';
}

std::expected<std::string, Rejection> principal(const Account& a, const std::string& token_hash,
                                                Timestamp now) {
  const auto* session = find_session(a, token_hash, now);
  if (!session || a.disabled) return hide();
  return identity_members(a) + ",\"session\":\"" + session->id +
         "\",\"expires_at\":" + json::to_text(session->expires_at) +
         (a.totp_secret ? ",\"totp\":true}" : ",\"totp\":false}");
}

/// What a technician that is to be linked with it must know.
struct Whose {
  std::optional<Id> technician;
  bool is_technicians = false;
  std::vector<Id> zones;
};
BOOST_DESCRIBE_STRUCT(Whose, (), (technician, is_technicians, zones))

struct Traits : KindDefaults {
  using State = Account;
  using Command = account::Command;
  using Event = account::Event;
  static constexpr EntityKind kind = EntityKind::account;
  static constexpr bool keeps_personal_data = true;
  static constexpr std::tuple verbs{
      Verb<Create>{"create"},
      Verb<Edit>{"edit"},
      Verb<SetPassword>{"set_password", "Set the password"},
      Verb<CloseSession>{"close_session", "End one of the sessions"},
      Verb<Unlock>{"unlock", "Lift a lock"},
      Verb<Invite>{"invite", "Make a link for setting a password"},
      Verb<SetTotp>{"set_totp", Audience::gateway},
      Verb<Rehash>{"rehash", Audience::system},
      Verb<CloseOtherSessions>{"close_other_sessions", Audience::system},
      Verb<Link>{"link", Audience::system},
      Verb<LoseClient>{"lose_client", Audience::system},
      Verb<OpenSession>{"open_session", Audience::system},
      Verb<Lock>{"lock", Audience::system},
      Verb<Redeem>{"redeem", Audience::system}};
  static constexpr std::tuple events{EventType<Created>{"account.created"},
                                     EventType<Edited>{"account.edited"},
                                     EventType<PasswordSet>{"account.password_set"},
                                     EventType<PasswordRehashed>{"account.password_rehashed"},
                                     EventType<Linked>{"account.linked"},
                                     EventType<SessionOpened>{"account.session_opened"},
                                     EventType<SessionClosed>{"account.session_closed"},
                                     EventType<Locked>{"account.locked"},
                                     EventType<Unlocked>{"account.unlocked"},
                                     EventType<Invited>{"account.invited"},
                                     EventType<InvitationRedeemed>{"account.invitation_redeemed"},
                                     EventType<TotpSet>{"account.totp_set"},
                                     EventType<TotpSealed>{"account.totp_set", 2}};

  static bool exists(const State& a) { return account::exists(a); }

  /// Second factors are secrets of the installation, not of a person that could be erased.
  static constexpr const char* totp_key = "totp-secrets";
  static std::string subject(std::string_view, const Event&) { return totp_key; }
  static std::string stored_subject(std::string_view, std::string_view) { return totp_key; }
  static std::string subject_of_state(const State&) { return totp_key; }

  static void parsed(auto&) {}
  static void parsed(Create& create) {
    auto without_hash = create;
    without_hash.password_hash.reset();
    create.fingerprint = to_hex(blake2b_128({json::to_text(without_hash)}).view());
  }

  static std::vector<Need> needs(const State& a, const Command& command, const Context& context) {
    const auto* create = std::get_if<Create>(&command);
    const auto zones = zones_to_check(a, command);
    const auto client = client_to_check(a, command);
    if ((!create && zones.empty() && client.empty()) || !account::decide(a, command, {}, context))
      return {};
    std::vector<Need> needs;
    if (!client.empty())
      needs.push_back({.name = "client",
                       .target = {EntityKind::client, client},
                       .verb = "is_erased",
                       .body = "{}"});
    if (create)
      needs.push_back(claim_of_name("username", user_name(create->username), "account/" + a.id,
                                    claim_token(a.id, "username", context)));
    for (const auto& zone : zones) needs.push_back(fact_of_zone("zone", zone));
    return needs;
  }
  static Decision<Event> decide(const State& a, const Command& command, const Answers& answers,
                                const Context& context) {
    Facts facts;
    for (const auto& answer : answers)
      if (answer.name == "client")  // an unknown one may still be made
        facts.is_client_erased = answer.value && *answer.value == R"({"erased":true})";
      else if (!answer.value)
        (answer.name == "zone" ? facts.zone : facts.username) = answer.value.error();
    return account::decide(a, command, facts, context);
  }
  static void apply(State& a, const Event& event, const Context& context) {
    account::apply(a, event, context);
  }

  /// A technician learns its account from the account that names it.
  static std::vector<Reaction> react(std::string_view id, const Event& event) {
    std::optional<Id> technician;
    if (const auto* created = std::get_if<Created>(&event)) technician = created->technician;
    if (const auto* edited = std::get_if<Edited>(&event);
        edited && edited->changes.technician.is_set())
      technician = edited->changes.technician.value;
    if (!technician) return {};
    return {{{EntityKind::technician, *technician},
             "link",
             "{\"account\":\"" + std::string(id) + "\"}"}};
  }
  static std::optional<std::string> event_view(const Event& event, Viewpoint as) {
    if (as != Viewpoint::staff) return {};
    return without(*KindDefaults::event_view(event, as),
                   {"username_token", "password_hash", "token_hash", "secret", "created_by"});
  }

  static std::vector<IndexEntry> index(const State& a) {
    return entity::account_entries(a.id, a.created_at, a.username, client_served(a));
  }
  static std::optional<Viewpoint> viewpoint(const State& a, const Principal& by) {
    if (by.is_system() || by.is_administrator() || by.account == a.id) return Viewpoint::staff;
    // The public part: who there is, not who is easy to attack.
    return by.has(Role::supervisor) ? std::optional(Viewpoint::client) : std::nullopt;
  }
  static Row row_of(const State& a, Viewpoint as) {
    Row row{.id = a.id,
            .username = a.username,
            .roles = a.roles,
            .zones = a.zones,
            .technician = a.technician,
            .client = a.client,
            .language = a.language,
            .disabled = a.disabled,
            .created_at = a.created_at};
    if (as == Viewpoint::staff) {
      row.locked_until = a.locked_until;
      row.totp = a.totp_secret.has_value();
      row.has_password = !a.password_hash.empty();
    }
    return row;
  }
  static std::string row(const State& a, Viewpoint as) { return json::to_text(row_of(a, as)); }
  static std::string view(const State& a, Viewpoint as) {
    Detail detail{row_of(a, as), {}};
    if (as == Viewpoint::staff) {
      auto& sessions = detail.sessions.emplace();
      for (const auto& s : a.sessions) sessions.push_back({s.id, s.opened_at, s.expires_at});
    }
    return json::to_text(detail);
  }
  static std::vector<Shown> shown() {
    using enum Shown::Use;
    return {json::shown<Detail>(view, "Account"), json::shown<Row>(row, "AccountRow"),
            json::shown<SessionLine>(part, "SessionLine", "One login of an account.")};
  }

  static std::expected<std::string, Rejection> answer(const State& a, std::string_view query,
                                                      std::string_view body_json,
                                                      const Principal& by, Timestamp now) {
    if (!by.is_system()) return hide();
    const auto body = query_body(body_json);
    if (query == "claim_in_use") {
      const bool is_bearer = exists(a) && (a.username_token == text_member(body, "token") ||
                                           user_name(a.username) == text_member(body, "holder"));
      return is_bearer ? R"({"used":true})" : R"({"used":false})";
    }
    if (!exists(a)) return hide();
    if (query == "login") return login(a);
    if (query == "whose")
      return json::to_text(Whose{a.technician, a.roles == std::vector{Role::technician}, a.zones});
    if (query == "principal") return principal(a, text_member(body, "token_hash"), now);
    return hide();
  }
};

}  // namespace

std::unique_ptr<Kind> make_account_kind() { return std::make_unique<TypedKind<Traits>>(); }

}  // namespace mf::account
