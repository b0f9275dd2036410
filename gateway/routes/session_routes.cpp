#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <functional>

#include "base/described_schema.hpp"
#include "base/json.hpp"
#include "base/json_member.hpp"
#include "base/text.hpp"
#include "gateway/auth/authenticate.hpp"
#include "gateway/auth/hash_beside.hpp"
#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/auth/totp.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/http/route.hpp"
#include "gateway/routes/account_routes.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/invitation.hpp"
#include "gateway/routes/passwords.hpp"
#include "gateway/routes/proof.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::routes {
namespace {

constexpr std::size_t name_size_max = 128;

struct Credentials {
  std::string username, password;
  std::optional<std::string> code;  // of an authenticator app, where the account asks for it
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (username, password, code))

struct SessionView {
  std::string token;
  Timestamp expires_at{};
  Id account;
};
BOOST_DESCRIBE_STRUCT(SessionView, (), (token, expires_at, account))
constexpr auto notes_on(const SessionView*) {
  return std::array{json::Note{"token",
                               "For `Authorization: Bearer`. Browsers have it in their "
                               "cookie besides and need not keep it."}};
}

struct CurrentSession {
  Id account;
  std::string username;
  std::vector<std::string> roles;
  std::vector<Id> zones;
  std::optional<Id> technician, client;
  std::string language;
  Id session;
  Timestamp expires_at{};
  bool totp = false, totp_required = false;
};
BOOST_DESCRIBE_STRUCT(CurrentSession, (),
                      (account, username, roles, zones, technician, client, language, session,
                       expires_at, totp, totp_required))
constexpr auto always_written(const CurrentSession*) { return std::array{"roles", "zones"}; }
constexpr auto notes_on(const CurrentSession*) {
  return std::array{
      json::Note{"zones", "That a supervisor works in."},
      json::Note{"technician", "Who this account is in the field."},
      json::Note{"client", "Whose orders this account sees."},
      json::Note{"totp", "Whether a second factor is in use."},
      json::Note{"totp_required", "Nothing else works before there is a second factor."}};
}

/// One login on its way: name → owner → account → password → session.
struct Login {
  CallPtr call;
  auth::LoginAttempt attempt;
  std::string password, code;
  Id account;  // random when there is none
  bool is_known = false;
  LoginFacts facts;
  std::optional<std::int64_t> totp_step;
  std::string better_hash;  // of the right password, where the old one's cost is not ours any more
  auth::Token token;
  Id session;
  Timestamp expires_at;
};
using LoginPtr = std::shared_ptr<Login>;

/// No name has one, and ids of entities may not.
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

void tell(const LoginPtr& login, std::string_view event, std::string_view code = {}) {
  const bool is_in = event == "login-ok";
  auth::tell({.event = event,
              .account = is_in ? std::string_view(login->account) : "",
              .username = is_in ? "" : std::string_view(login->attempt.name),
              .address = login->call->address,
              .route = login->call->route->name,
              .code = code,
              .target = {}});
}

void refuse(const LoginPtr& login, std::string_view why = "wrong_credentials") {
  auto& thread = *login->call->thread;
  const auto locked_until = thread.shared().logins.failed(login->attempt, thread.now());
  if (locked_until) tell(login, "login-locked");
  // For whoever looks at the account; logins are held back by the guard alone.
  if (locked_until && login->is_known)
    static_cast<void>(tell_account(login->call, login->account, "lock",
                                   "{\"until\":\"" + format_rfc3339(*locked_until) + "\"}",
                                   [](const host::Answered&) {}));
  tell(login, "login-refused", why);
  login->call->respond(problem(401, "wrong_credentials", "user name or password is wrong"_en));
}

std::string cookie_line(const CallPtr& call, std::string_view value, std::int64_t max_age_s) {
  std::string line = "Set-Cookie: " + std::string(http::cookie_name(call->is_tls())) + "=";
  line += value;
  line += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_s);
  return line + (call->is_tls() ? "; Secure\r\n" : "\r\n");
}

/// Kept by the device for the next login; opens nothing.
std::string device_line(const CallPtr& call, std::string_view value) {
  constexpr auto days_180 = 180 * 24 * 3600;
  std::string line = "Set-Cookie: " + std::string(http::device_cookie_name(call->is_tls())) + "=";
  line += value;
  line += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(days_180);
  return line + (call->is_tls() ? "; Secure\r\n" : "\r\n");
}

void welcome(const LoginPtr& login) {
  const auto& call = login->call;
  const auto text = auth::bearer_text(login->token);
  auto body = json::to_text(SessionView{text, login->expires_at, login->account});
  const auto lifetime = call->thread->shared().options.session_lifetime.count() / 1000;
  auto headers = "Location: /v1/sessions/current\r\n" + cookie_line(call, text, lifetime);
  if (login->attempt.device.empty())
    headers += device_line(call, call->thread->shared().logins.device_cookie(login->attempt.name));
  call->respond(http::Response{201, std::move(body), "application/json", std::move(headers)});
}

/// The same password at today's cost, so that old hashes go, and with them the time they take.
void renew_hash(const LoginPtr& login) {
  if (login->better_hash.empty()) return;
  login->call->thread->shared().logins.decoys().renewed(login->facts.password_hash);
  const nlohmann::json body{{"old_hash", login->facts.password_hash},
                            {"password_hash", login->better_hash}};
  static_cast<void>(tell_account(login->call, login->account, "rehash", to_text(body),
                                 [](const host::Answered&) {}));
}

void open_session(const LoginPtr& login) {
  const auto& call = login->call;
  auto& thread = *call->thread;
  login->token = auth::make_token(login->account);
  login->session = random_id("ses");
  login->expires_at = thread.now() + thread.shared().options.session_lifetime;
  nlohmann::json body{{"session", login->session},
                      {"token_hash", to_hex(login->token.hash().view())},
                      {"expires_at", format_rfc3339(login->expires_at)}};
  if (login->totp_step) body["totp_step"] = *login->totp_step;
  const auto opened = [login](host::Answered answered) {
    const auto& reply = std::get<entity::Reply>(answered);
    if (const auto* fault = std::get_if<entity::Fault>(&reply))
      return login->call->respond(problem(*fault));
    // Disabled, or a code that was used before.
    if (const auto* no = std::get_if<Rejection>(&reply)) return refuse(login, no->code);
    auto& thread = *login->call->thread;
    thread.shared().logins.succeeded(login->attempt, thread.now());
    tell(login, "login-ok");
    renew_hash(login);
    welcome(login);
  };
  if (!tell_account(call, login->account, "open_session", to_text(body), opened))
    call->respond(problem(500, "internal", "this request failed"_en));
}

/// The password was right.
void check_code(const LoginPtr& login) {
  const auto& secret = login->facts.totp_secret;
  if (secret.empty()) return open_session(login);
  if (login->code.empty())
    return login->call->respond(problem(401, "code_required", "send the authenticator's code"_en));
  login->totp_step = auth::totp_step(secret, login->code, login->call->thread->now());
  if (login->totp_step) open_session(login);
  else refuse(login, "wrong_code");
}

struct Checked {
  bool is_right = false;
  std::string better_hash;
};

void check_password(const LoginPtr& login) {
  auto& thread = *login->call->thread;
  auto& decoys = thread.shared().logins.decoys();
  const auto& options = thread.shared().options.passwords;
  const auto& hash = login->facts.password_hash;
  if (!hash.empty()) decoys.seen(hash);
  auth::hash_beside(
      thread, caller_of(login->call, login->attempt),
      [hash, password = login->password, name = login->attempt.name, &decoys,
       wanted = auth::HashCost{options.memory_bytes, options.passes}] {
        Checked checked;
        const auto matches =
            auth::verify_password(hash.empty() ? decoys.for_name(name) : hash, password);
        checked.is_right = matches && !hash.empty();
        const auto cost = auth::cost_of(hash);
        if (checked.is_right && cost &&
            (cost->memory_bytes != wanted.memory_bytes || cost->passes != wanted.passes))
          checked.better_hash = auth::hash_password(password, wanted).value_or("");
        return checked;
      },
      [login](std::optional<Checked> checked) {
        if (!checked) return login->call->respond(too_many("too many logins at once"_en));
        login->better_hash = std::move(checked->better_hash);
        checked->is_right ? check_code(login) : refuse(login);
      });
}

void on_owner(const LoginPtr& login, const views::ReadReply& reply) {
  if (reply.fault) return login->call->respond(problem(*reply.fault));
  constexpr std::string_view prefix = "account/";
  const auto owner = reply.no ? std::string() : text_member(parse_json(reply.json), "owner");
  login->is_known = owner.starts_with(prefix);
  // An unknown name takes every step that a known one takes.
  login->account = login->is_known ? owner.substr(prefix.size()) : random_id("acc");
  with_login_facts(login->call, login->account, [login](LoginFacts facts) {
    login->facts = std::move(facts);
    check_password(login);
  });
}

void create_session(const CallPtr& call) {
  const auto body = json::parse(call->request().body.empty() ? "{}" : call->request().body);
  if (!body) return call->respond(problem(std::vector{body.error()}));
  // As it was typed: folded_username() makes a name plain, and one that can't be is nobody's.
  auto credentials = json::from_request<Credentials>(*body, false);
  if (!credentials) return call->respond(problem(std::move(credentials.error())));
  auto& thread = *call->thread;
  const auto& request = call->request();
  if (!request.origin.empty() &&
      !auth::is_origin_allowed(request.origin, request.host, call->is_tls(),
                               thread.shared().options.allowed_origins))
    return call->respond(problem(403, "origin_not_allowed", "this page may not log you in"_en));
  auto login = std::make_shared<Login>();
  login->call = call;
  login->attempt = attempt_of(call, credentials->username);
  login->password = std::move(credentials->password);
  login->code = credentials->code.value_or("");
  const auto& name = login->attempt.name;
  if (name.size() > name_size_max || std::ranges::any_of(name, is_control) ||
      characters(login->password) > auth::password_size_max)
    return call->respond(problem(401, "wrong_credentials", "user name or password is wrong"_en));
  if (const auto wait = thread.shared().logins.must_wait(login->attempt, thread.now()))
    return call->respond(too_many("too many tries"_en, *wait));
  thread.ask(
      {EntityKind::unique_name, "user:" + name}, "owner", "{}", Principal::system(),
      [login](host::Answered answered) { on_owner(login, std::get<views::ReadReply>(answered)); });
}

void close_sessions(const CallPtr& call, std::string_view verb, std::string_view event,
                    std::string headers) {
  const auto& account = caller(call).account;
  const auto closed = [call, account, event,
                       headers = std::move(headers)](const host::Answered& answered) {
    const auto& reply = std::get<entity::Reply>(answered);
    if (const auto* fault = std::get_if<entity::Fault>(&reply))
      return call->respond(problem(*fault));
    auth::tell({.event = event,
                .account = account,
                .username = {},
                .address = call->address,
                .route = call->route->name,
                .code = {},
                .target = {}});
    call->worker->principals.forget_everywhere(
        account, [call, headers] { call->respond(http::Response{204, {}, {}, headers}); });
  };
  if (!tell_account(call, account, verb, "{\"session\":\"" + call->identity->session + "\"}",
                    closed))
    call->respond(problem(500, "internal", "this request failed"_en));
}

void end_session(const CallPtr& call) {
  close_sessions(call, "close_session", "logout", cookie_line(call, "", 0));
}

void end_other_sessions(const CallPtr& call) {
  close_sessions(call, "close_other_sessions", "sessions-ended", {});
}

void list_sessions(const CallPtr& call) {
  with_view(call, {EntityKind::account, caller(call).account},
            [call](const views::ReadReply& reply) {
              answer_array(call, array_member(reply.json, "sessions"));
            });
}

/// Who am I, and until when.
void current_session(const CallPtr& call) {
  const auto& identity = *call->identity;
  const auto& by = identity.principal;
  CurrentSession out{.account = by.account,
                     .username = identity.username,
                     .roles = {},
                     .zones = by.zones,
                     .technician = {},
                     .client = {},
                     .language = identity.language,
                     .session = identity.session,
                     .expires_at = identity.expires_at,
                     .totp = identity.has_totp,
                     .totp_required = identity.must_set_totp};
  for (const auto role : by.roles) out.roles.emplace_back(to_string(role));
  if (!by.technician.empty()) out.technician = by.technician;
  if (!by.client.empty()) out.client = by.client;
  call->respond(http::Response{.body = json::to_text(out)});
}

}  // namespace

void add_session_routes(http::Router& router) {
  using enum http::Method;
  router.add({.method = post,
              .pattern = "/v1/sessions",
              .name = "sessions.create",
              .summary = "Log in",
              .access = http::Access::open,
              .handle = create_session,
              .body = http::BodyType::json,
              .schema = to_text(json::schema<Credentials>()),
              .answer = "Session",
              .answer_schema = json::shown<SessionView>(Shown::Use::part, {}).schema});
  router.add({.method = get,
              .pattern = "/v1/sessions/own",
              .name = "sessions.list",
              .summary = "The own sessions",
              .handle = list_sessions,
              .answer = "SessionLine[]"});
  router.add({.method = delete_,
              .pattern = "/v1/sessions/others",
              .name = "sessions.end_others",
              .summary = "End all own sessions but this one",
              .handle = end_other_sessions,
              .answer = "nothing"});
  router.add({.method = get,
              .pattern = "/v1/sessions/current",
              .name = "sessions.current",
              .summary = "Who is logged in, as what, until when",
              .handle = current_session,
              .answer = "CurrentSession",
              .answer_schema = json::shown<CurrentSession>(Shown::Use::part, {}).schema});
  router.add({.method = delete_,
              .pattern = "/v1/sessions/current",
              .name = "sessions.end",
              .summary = "Log out",
              .handle = end_session,
              .answer = "nothing"});
  router.add({.method = post,
              .pattern = "/v1/invitations",
              .name = "invitations.redeem",
              .summary = "Set a first or a new password with an invitation",
              .access = http::Access::open,
              .handle = redeem_invitation,
              .body = http::BodyType::json,
              .schema = to_text(json::schema<Invitation>()),
              .answer = "nothing"});
}

}  // namespace mf::gateway::routes
