#include "gateway/routes/second_factor.hpp"

#include "base/described_schema.hpp"
#include "base/json.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/auth/totp.hpp"
#include "gateway/routes/proof.hpp"

namespace mf::gateway::routes {
namespace {

struct SetTotp {
  std::optional<std::string> secret, code, current_password, current_code;
};
BOOST_DESCRIBE_STRUCT(SetTotp, (), (secret, code, current_password, current_code))

const Operation& operation() {
  static const Operation set_totp{.name = "accounts.set_totp",
                                  .kind = EntityKind::account,
                                  .verb = "set_totp",
                                  .schema = to_text(json::schema<SetTotp>()),
                                  .prefix = "acc",
                                  .creates = false,
                                  .part_prefix = {},
                                  .makes_part = false};
  return set_totp;
}

Problem wrong_code(std::string code) {
  return problem(std::vector{
      FieldError{"code", std::move(code), "what the authenticator shows for the new secret"_en}});
}

/// `step`: of the present code; the new secret's, where there is one, counts from now on.
void set(const CallPtr& call, const SetTotp& wanted, std::optional<std::int64_t> step) {
  const Id target(call->params[0]);
  if (wanted.secret) {
    if (!wanted.code) return call->respond(wrong_code("required"));
    step = auth::totp_step(*wanted.secret, *wanted.code, call->thread->now());
    if (!step) return call->respond(wrong_code("wrong_code"));
  }
  nlohmann::json body = nlohmann::json::object();
  if (wanted.secret) body["secret"] = *wanted.secret;
  if (step) body["totp_step"] = *step;
  if (caller(call).account == target) body["session"] = call->identity->session;
  const auto tell_changed = [call, target, code = wanted.secret ? "set" : "switched_off"] {
    auth::tell({.event = "totp-changed",
                .account = caller(call).account,
                .username = {},
                .address = call->address,
                .route = call->route->name,
                .code = code,
                .target = target});
  };
  command(call, target, to_text(body), {}, fingerprint_of(operation(), call->request().body),
          tell_changed);
}

void set_totp(const CallPtr& call) {
  const auto parsed = json::parse(call->request().body.empty() ? "{}" : call->request().body);
  if (!parsed) return call->respond(problem(std::vector{parsed.error()}));
  auto wanted = json::from_request<SetTotp>(*parsed);
  if (!wanted) return call->respond(problem(std::move(wanted.error())));
  const auto& by = caller(call);
  if (by.account != call->params[0]) {
    // The account says no to everybody else, and how.
    if (!by.is_administrator()) return command(call, call->params[0], "{}");
    return set(call, *wanted, {});
  }
  if (!wanted->current_password)
    return call->respond(problem(std::vector{
        FieldError{"current_password", "required", "the password that is good now"_en}}));
  if (!wanted->secret && by.is_administrator() &&
      call->thread->shared().options.passwords.administrators_need_totp)
    return call->respond(problem(403, "totp_required", "administrators need a second factor"_en));
  Proof proof{*wanted->current_password, wanted->current_code.value_or("")};
  if (proof.code.empty() && !wanted->secret) proof.code = wanted->code.value_or("");
  prove_own(call, std::move(proof),
            [call, wanted = *std::move(wanted)](std::optional<std::int64_t> step) {
              set(call, wanted, step);
            });
}

}  // namespace

void add_second_factor_route(http::Router& router) {
  router.add({.method = http::Method::post,
              .pattern = "/v1/accounts/{id}/set_totp",
              .name = operation().name,
              .summary = "Set or switch off the second factor",
              .handle = set_totp,
              .body = http::BodyType::json,
              .operation = &operation(),
              .kind = EntityKind::account,
              .schema = operation().schema,
              .answer = "Outcome"});
}

}  // namespace mf::gateway::routes
