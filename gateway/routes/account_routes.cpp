#include "gateway/routes/account_routes.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "base/described_schema.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "gateway/auth/hash_beside.hpp"
#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/auth/token.hpp"
#include "gateway/http/address.hpp"
#include "gateway/http/route.hpp"
#include "gateway/routes/invitation.hpp"
#include "gateway/routes/proof.hpp"

namespace mf::gateway::routes {
namespace {

constexpr Duration invitation_lifetime = std::chrono::hours(72);
constexpr std::string_view scheme = "inv_";

/// "inv_<account>.<secret>": the shape of a bearer token with another word in front.
std::optional<auth::Token> parse_invitation(std::string_view text) {
  if (!text.starts_with(scheme)) return {};
  return auth::parse_bearer("mf_" + std::string(text.substr(scheme.size())));
}

struct InvitationToken {
  std::string token;
  Timestamp expires_at{};
};
BOOST_DESCRIBE_STRUCT(InvitationToken, (), (token, expires_at))
constexpr auto notes_on(const InvitationToken*) {
  return std::array{json::Note{"token", "For POST /v1/invitations, once. It is not shown again."}};
}

void set_password(const CallPtr& call, const auth::Token& token, const std::string& hash) {
  std::string body = "{\"token_hash\":\"" + to_hex(token.hash().view()) + "\",\"password_hash\":";
  json::append_quoted(body, hash);
  body += ",\"at\":\"" + format_rfc3339(call->thread->now()) + "\"}";
  const auto told =
      tell_account(call, token.entity, "redeem", body, [call, token](host::Answered answered) {
        const auto& reply = std::get<entity::Reply>(answered);
        if (const auto* fault = std::get_if<entity::Fault>(&reply))
          return call->respond(problem(*fault));
        if (std::holds_alternative<Rejection>(reply))
          return call->respond(problem(401, "unauthorized", "this invitation is not valid"_en));
        auth::tell({.event = "password-changed",
                    .account = token.entity,
                    .username = {},
                    .address = call->address,
                    .route = call->route->name,
                    .code = "invitation",
                    .target = {}});
        call->respond(http::Response{204, {}, {}, {}});
      });
  if (!told) call->respond(problem(500, "internal", "this request failed"_en));
}

}  // namespace

bool tell_account(const CallPtr& call, const Id& account, std::string_view verb,
                  const std::string& body, OnReply then) {
  auto& thread = *call->thread;
  auto parsed = thread.runtime().kinds().of(EntityKind::account).parse(verb, body);
  if (!parsed) {
    log::error(log::auth, "verb-missing", {{"verb", verb}});
    return false;
  }
  entity::Command command{.target = {EntityKind::account, account},
                          .body = std::move(*parsed),
                          .by = Principal::system()};
  const auto id = random_bytes(command.id.bytes.size());
  std::memcpy(command.id.bytes.data(), id.data(), id.size());
  command.deadline = thread.now() + thread.shared().options.deadlines.command;
  command.trace = call->trace;
  thread.submit(std::move(command), std::move(then));
  return true;
}

void invite(const CallPtr& call) {
  auto& thread = *call->thread;
  auto versions = expected_versions(call->request().if_match);
  if (!versions) return call->respond(versions.error());
  const auto token = auth::make_token(std::string(call->params[0]));
  const auto expires_at = thread.now() + invitation_lifetime;
  const Intent intent{.operation = call->route->operation,
                      .target = call->params[0],
                      .body = {},
                      .key = {},
                      .expected_versions = *std::move(versions),
                      .trace = call->trace,
                      .occurred_at = {},
                      .fingerprint = {}};
  const auto body = "{\"token_hash\":\"" + to_hex(token.hash().view()) + "\",\"expires_at\":\"" +
                    format_rfc3339(expires_at) + "\"}";
  auto ours = intent;
  ours.body = body;
  ours.fingerprint = xxh3_64(body);
  auto built = build(thread.runtime().kinds(), ours, caller(call), thread.now(),
                     thread.shared().options.deadlines.command);
  if (!built) return call->respond(built.error());
  thread.submit(std::move(built->command), [call, token, expires_at](host::Answered answered) {
    const auto& reply = std::get<entity::Reply>(answered);
    const auto* outcome = std::get_if<entity::Outcome>(&reply);
    if (!outcome) return answer(call, reply, {}, {});
    auto out = outcome_json(*outcome, {});
    out.back() = ',';
    out += json::to_text(
               InvitationToken{std::string(scheme) + token.entity + "." + token.secret, expires_at})
               .substr(1);
    call->respond(http::Response{.body = std::move(out)});
  });
}

std::string invitation_schema() {
  auto schema = parse_ordered_json(outcome_schema());
  const auto more = parse_ordered_json(json::shown<InvitationToken>(Shown::Use::part, {}).schema);
  schema["properties"].update(more["properties"]);
  for (const auto& name : more["required"]) schema["required"].push_back(name);
  return to_text(schema);
}

void redeem_invitation(const CallPtr& call) {
  const auto body = json::parse(call->request().body.empty() ? "{}" : call->request().body);
  if (!body) return call->respond(problem(std::vector{body.error()}));
  auto invitation = json::from_request<Invitation>(*body);
  if (!invitation) return call->respond(problem(std::move(invitation.error())));
  auto& thread = *call->thread;
  const auto token = parse_invitation(invitation->token);
  if (!token) return call->respond(problem(401, "unauthorized", "this invitation is not valid"_en));
  // Hashed before the account has seen the token: an address may not make us hash without end.
  if (const auto wait = thread.shared().logins.must_wait_to_redeem(http::limit_key(call->address)))
    return call->respond(too_many("too many tries"_en, *wait));
  with_login_facts(
      call, token->entity,
      [call, token = *token, password = std::move(invitation->password)](const LoginFacts& facts) {
        auto& thread = *call->thread;
        const auto& options = thread.shared().options.passwords;
        // Who only guesses a token may not learn from us what the account is called.
        const bool is_invited = facts.invitation_hash == to_hex(token.hash().view());
        if (auto no = auth::check_new_password(password, options.size_min,
                                               is_invited ? facts.username : std::string()))
          return call->respond(problem(std::vector{*std::move(no)}));
        auth::hash_beside(
            thread, {http::limit_key(call->address), false},
            [password, cost = auth::HashCost{options.memory_bytes, options.passes}] {
              return auth::hash_password(password, cost);
            },
            [call, token](const std::optional<Result<std::string>>& hash) {
              if (!hash) return call->respond(too_many("too many passwords at once"_en));
              if (!*hash) return call->respond(problem(503, "unavailable", "retry later"_en));
              set_password(call, token, **hash);
            });
      });
}

}  // namespace mf::gateway::routes
