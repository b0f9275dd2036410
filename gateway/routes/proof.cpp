#include "gateway/routes/proof.hpp"

#include "base/json.hpp"
#include "gateway/auth/hash_beside.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/auth/totp.hpp"
#include "gateway/http/address.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/http/route.hpp"

namespace mf::gateway::routes {
namespace {

std::string_view device_cookie_of(const CallPtr& call) {
  for (const auto& [name, value] : call->request().headers)
    if (http::equals_folded(name, "cookie"))
      if (const auto found = http::cookie_value(value, http::device_cookie_name(call->is_tls())))
        return *found;
  return {};
}

bool is_this_machine(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

void refuse(const CallPtr& call, const auth::LoginAttempt& attempt, std::string_view code) {
  auto& thread = *call->thread;
  static_cast<void>(thread.shared().logins.failed(attempt, thread.now()));
  auth::tell({.event = "proof-refused",
              .account = caller(call).account,
              .username = {},
              .address = call->address,
              .route = call->route->name,
              .code = code,
              .target = {}});
  call->respond(problem(403, std::string(code), "the present password, or its code, is wrong"_en));
}

}  // namespace

auth::LoginAttempt attempt_of(const CallPtr& call, std::string_view username) {
  auth::LoginAttempt attempt{.name = auth::folded_username(username),
                             .address = http::limit_key(call->address),
                             .device = {},
                             .is_local = is_this_machine(call->address)};
  attempt.device = call->thread->shared().logins.device_of(attempt.name, device_cookie_of(call));
  return attempt;
}

auth::PasswordPool::Caller caller_of(const CallPtr& call, const auth::LoginAttempt& attempt) {
  return {attempt.address, call->thread->shared().logins.is_proven(attempt, call->thread->now())};
}

void with_login_facts(const CallPtr& call, const Id& account,
                      std::move_only_function<void(LoginFacts)> then) {
  call->thread->ask({EntityKind::account, account}, "login", "{}", Principal::system(),
                    [call, then = std::move(then)](host::Answered answered) mutable {
                      const auto& reply = std::get<views::ReadReply>(answered);
                      if (reply.fault) return call->respond(problem(*reply.fault));
                      if (reply.no) return then({});
                      const auto body = parse_json(reply.json);
                      then({.username = body.value("username", ""),
                            .password_hash = body.value("password_hash", ""),
                            .totp_secret = body.value("totp_secret", ""),
                            .invitation_hash = body.value("invitation_hash", "")});
                    });
}

void prove_own(const CallPtr& call, Proof proof,
               std::move_only_function<void(std::optional<std::int64_t>)> then) {
  auto& thread = *call->thread;
  const auto attempt = attempt_of(call, call->identity->username);
  if (const auto wait = thread.shared().logins.must_wait(attempt, thread.now()))
    return call->respond(too_many("too many tries"_en, *wait));
  with_login_facts(call, caller(call).account,
                   [call, attempt, proof = std::move(proof),
                    then = std::move(then)](const LoginFacts& facts) mutable {
                     auth::hash_beside(
                         *call->thread, caller_of(call, attempt),
                         [hash = facts.password_hash, password = std::move(proof.password)] {
                           return auth::verify_password(hash, password);
                         },
                         [call, attempt, code = std::move(proof.code), secret = facts.totp_secret,
                          then = std::move(then)](std::optional<bool> is_right) mutable {
                           if (!is_right)
                             return call->respond(too_many("too many passwords at once"_en));
                           if (!*is_right) return refuse(call, attempt, "wrong_credentials");
                           std::optional<std::int64_t> step;
                           if (!secret.empty()) {
                             if (code.empty())
                               return call->respond(problem(403, "code_required",
                                                            "send the authenticator's code"_en));
                             step = auth::totp_step(secret, code, call->thread->now());
                             if (!step) return refuse(call, attempt, "wrong_credentials");
                           }
                           call->thread->shared().logins.succeeded(attempt, call->thread->now());
                           then(step);
                         });
                   });
}

}  // namespace mf::gateway::routes
