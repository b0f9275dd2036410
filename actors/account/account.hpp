#pragma once
// Who may log in, as what. Passwords come hashed (Argon2id, by the gateway or the command line);
// session, invitation and reset tokens come hashed too: nothing in here opens a door.
//
// Administrators write; everybody may change the own password and language and close own sessions;
// supervisors read, but not what would tell whom to attack: sessions, locks, second factors.
// Sessions, locks and redeemed invitations come from the gateway (the system). Nothing is deleted:
// an account that is not needed any more is disabled, and its history stays. So is, by the system,
// one whose client was erased; whoever also works for us only ceases to be that client.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/claim.hpp"
#include "base/decision.hpp"
#include "base/patch.hpp"

namespace mf::account {

struct Session {
  Id id;
  std::string token_hash;
  Timestamp opened_at{}, expires_at{};
};
/// A link that an administrator made, with which the person sets a password. Works once.
struct Invitation {
  std::string token_hash;
  Timestamp expires_at{};
};

struct Account {
  Id id;
  Timestamp created_at{};
  std::string created_by;  ///< fingerprint of its create command
  std::string username, username_token;
  std::string password_hash;  ///< empty: nobody can log in yet
  std::vector<Role> roles;
  std::vector<Id> zones;  ///< of a supervisor
  std::optional<Id> technician, client;
  std::string language = "es";
  std::vector<Session> sessions;  ///< oldest first
  std::optional<Timestamp> locked_until;
  std::optional<Invitation> invitation;
  std::optional<std::string> totp_secret;
  std::optional<std::int64_t> totp_step;  ///< of the last one-time code: none works twice
  bool disabled = false;                  ///< nobody logs in
};

/// One more drops the oldest.
inline constexpr std::size_t sessions_max = 16;

struct Create {
  std::string username;
  std::optional<std::string> password_hash;
  std::vector<Role> roles;
  std::vector<Id> zones;
  std::optional<Id> technician, client;
  std::optional<std::string> language;
  std::string fingerprint;  ///< without the password hash, which differs at every try
};
struct Edit {
  Patch<std::vector<Role>> roles;
  Patch<std::vector<Id>> zones;
  Patch<std::optional<Id>> technician, client;
  Patch<std::string> language;
  Patch<bool> disabled;
};
/// `totp_step`: of the code that proved who asks.
struct SetPassword {
  std::string password_hash;
  std::optional<std::int64_t> totp_step;
};
/// The same password at another cost. Only while the hash is still the one it was made of.
struct Rehash {
  std::string old_hash, password_hash;
};
/// Made by a technician that names this account; never replaces another technician.
struct Link {
  Id technician;
};
/// The client that it names was erased: see actors/host/erased_clients.hpp.
struct LoseClient {
  Id client;
};
struct OpenSession {
  Id session;
  std::string token_hash;
  Timestamp expires_at{};
  std::optional<std::int64_t> totp_step;
};
struct CloseSession {
  Id session;
};
/// All but this one.
struct CloseOtherSessions {
  Id session;
};
struct Lock {
  Timestamp until{};
};
struct Unlock {};
struct Invite {
  std::string token_hash;
  Timestamp expires_at{};
};
struct Redeem {
  std::string token_hash, password_hash;
  std::optional<Timestamp> at;  ///< by the clock that gave the invitation its end; none: shard time
};
/// Closes the sessions but the one that asks.
struct SetTotp {
  std::optional<std::string> secret;      ///< none: switched off
  std::optional<std::int64_t> totp_step;  ///< of the code that was used for it
  std::optional<Id> session;              ///< that asks; none: somebody else's
};
using Command = std::variant<Create, Edit, SetPassword, Rehash, Link, OpenSession, CloseSession,
                             CloseOtherSessions, Lock, Unlock, Invite, Redeem, SetTotp, LoseClient>;

struct Created {
  std::string username, username_token;
  std::optional<std::string> password_hash;
  std::vector<Role> roles;
  std::vector<Id> zones;
  std::optional<Id> technician, client;
  std::string language, created_by;
};
/// A change of rights closes the sessions.
struct Edited {
  Edit changes;
};
struct PasswordSet {
  std::string password_hash;
  std::optional<std::int64_t> totp_step;
};
struct PasswordRehashed {
  std::string password_hash;
};
struct Linked {
  Id technician;
};
struct SessionOpened {
  Id session;
  std::string token_hash;
  Timestamp expires_at{};
  std::optional<std::int64_t> totp_step;
};
struct SessionClosed {
  Id session;
};
struct Locked {
  Timestamp until{};
};
struct Unlocked {};
struct Invited {
  std::string token_hash;
  Timestamp expires_at{};
};
struct InvitationRedeemed {
  std::string password_hash;
};
/// As older programs stored it, in clear.
struct TotpSet {
  std::optional<std::string> secret;
  std::optional<std::int64_t> totp_step;
};
/// The same, sealed with the installation's key.
struct TotpSealed {
  Personal<std::string> secret;
  std::optional<std::int64_t> totp_step;
};
using Event =
    std::variant<Created, Edited, PasswordSet, PasswordRehashed, Linked, SessionOpened,
                 SessionClosed, Locked, Unlocked, Invited, InvitationRedeemed, TotpSet, TotpSealed>;

/// What decide learns from others.
struct Facts {
  std::optional<Rejection> username;  ///< the no to the claim of the name
  std::optional<Rejection> zone;      ///< of a create or edit: the no to one that it introduces
  bool is_client_erased = false;      ///< of client_to_check()
};

/// Rejects with `name_taken`, `already_exists`, `already_done`, `no_session`, `invitation_invalid`,
/// `own_rights` (an administrator keeps the role, and stays enabled, as long as it is the one
/// asking), `code_used`, `disabled`, `unknown_zone`, `zone_disabled`, `erased` (the client), or
/// names the first field with a bad value. A client or technician that is none may still be made.
[[nodiscard]] Decision<Event> decide(const Account&, const Command&, const Facts&, const Context&);
void apply(Account&, const Event&, const Context&);

[[nodiscard]] bool exists(const Account&);
/// The zones that a create or edit would introduce.
[[nodiscard]] std::vector<Id> zones_to_check(const Account&, const Command&);
/// The client that an account is made for, gets, or has when it is enabled again; empty: none.
[[nodiscard]] Id client_to_check(const Account&, const Command&);
/// Whom the account shows to be this client to; empty: nobody, for it names none or is disabled.
[[nodiscard]] Id client_served(const Account&);
/// "user:ana": under which the name is unique, and login looks it up. ASCII letters are folded.
[[nodiscard]] std::string user_name(std::string_view username);
/// The session that this token opens at `now`; nullptr when there is none (any more).
[[nodiscard]] const Session* find_session(const Account&, std::string_view token_hash,
                                          Timestamp now);

}  // namespace mf::account
