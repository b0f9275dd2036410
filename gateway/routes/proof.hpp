#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password_pool.hpp"
#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {

/// Who tries a password with this request: the folded name, and from where.
[[nodiscard]] auth::LoginAttempt attempt_of(const CallPtr& call, std::string_view username);
/// For the queue of the password pool.
[[nodiscard]] auth::PasswordPool::Caller caller_of(const CallPtr& call,
                                                   const auth::LoginAttempt& attempt);

/// What an account's query `login` says (actors/account/account_codec.hpp).
struct LoginFacts {
  std::string username, password_hash, totp_secret, invitation_hash;
};
/// Asks the account; when that can't be answered now, answers the request and doesn't go on.
void with_login_facts(const CallPtr& call, const Id& account,
                      std::move_only_function<void(LoginFacts)> then);

/// What somebody gives to change the own password or second factor.
struct Proof {
  std::string password, code;  ///< code: of the authenticator in use, where there is one
};
/// Goes on when the caller knows the own account's password, and has its authenticator when there
/// is one: with the time step of the code. Otherwise answers the request: 403 `wrong_credentials`
/// or `code_required`, 429. Counts as a login does.
void prove_own(const CallPtr& call, Proof proof,
               std::move_only_function<void(std::optional<std::int64_t> totp_step)> then);

}  // namespace mf::gateway::routes
