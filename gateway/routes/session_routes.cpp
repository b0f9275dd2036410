#include <algorithm>

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "gateway/auth/authenticate.hpp"
#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/totp.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/io/hash_beside.hpp"
#include "gateway/routes/account_routes.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/invitation.hpp"
#include "gateway/routes/routes.hpp"

namespace mf::gateway::routes {
namespace {

constexpr std::size_t name_size_max = 128;

struct Credentials {
  std::string username, password;
  std::optional<std::string> code;  // of an authenticator app, where the account asks for it
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (username, password, code))

/// One login on its way: name → owner → account → password → session.
struct Login {
  CallPtr call;
  std::string name, password;  // name: folded, as unique names are
  std::string code, totp_secret;
  Id account;  // random when there is none
  bool is_known = false;
  std::string hash;  // of the password; nobody's when there is no such account
  auth::Token token;
  Id session;
  Timestamp expires_at;
};
using LoginPtr = std::shared_ptr<Login>;

/// No name has one, and ids of entities may not.
bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

std::string member(std::string_view object, const char* name) {
  const auto body = parse_json(object);
  if (!body.is_object() || !body.contains(name) || !body[name].is_string()) return {};
  return body[name].get<std::string>();
}

void refuse(const LoginPtr& login) {
  auto& thread = *login->call->thread;
  const auto locked_until = thread.shared().logins.failed(login->name, thread.now());
  if (locked_until && login->is_known)
    static_cast<void>(tell_account(login->call, login->account, "lock",
                                   "{\"until\":\"" + format_rfc3339(*locked_until) + "\"}",
                                   [](const host::Answered&) {}));
  log::info(log::auth, "login-refused", {{"address", login->call->address}});
  login->call->respond(problem(401, "wrong_credentials", "user name or password is wrong"));
}

std::string cookie_line(const CallPtr& call, std::string_view value, std::int64_t max_age_s) {
  std::string line = "Set-Cookie: " + std::string(http::cookie_name(call->is_tls())) + "=";
  line += value;
  line += "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_s);
  return line + (call->is_tls() ? "; Secure\r\n" : "\r\n");
}

void welcome(const LoginPtr& login) {
  const auto& call = login->call;
  const auto text = auth::bearer_text(login->token);
  std::string body = "{\"token\":";
  json::append_quoted(body, text);
  body += ",\"expires_at\":\"" + format_rfc3339(login->expires_at) + "\",\"account\":";
  json::append_quoted(body, login->account);
  body += '}';
  const auto lifetime = call->thread->shared().options.session_lifetime.count() / 1000;
  call->respond(
      http::Response{201, std::move(body), "application/json",
                     "Location: /v1/sessions/current\r\n" + cookie_line(call, text, lifetime)});
}

void open_session(const LoginPtr& login) {
  const auto& call = login->call;
  auto& thread = *call->thread;
  thread.shared().logins.succeeded(login->name);
  login->token = auth::make_token(login->account);
  login->session = random_id("ses");
  login->expires_at = thread.now() + thread.shared().options.session_lifetime;
  const auto body = "{\"session\":\"" + login->session + "\",\"token_hash\":\"" +
                    to_hex(login->token.hash().view()) + "\",\"expires_at\":\"" +
                    format_rfc3339(login->expires_at) + "\"}";
  const auto opened = [login](host::Answered answered) {
    const auto& reply = std::get<entity::Reply>(answered);
    if (const auto* fault = std::get_if<entity::Fault>(&reply))
      return login->call->respond(problem(*fault));
    if (std::holds_alternative<Rejection>(reply)) return refuse(login);
    log::info(log::auth, "session-opened", {{"account", login->account}});
    welcome(login);
  };
  if (!tell_account(call, login->account, "open_session", body, opened))
    call->respond(problem(500, "internal", "this request failed"));
}

/// The password was right.
void check_code(const LoginPtr& login) {
  if (login->totp_secret.empty()) return open_session(login);
  if (login->code.empty())
    return login->call->respond(problem(401, "code_required", "send the authenticator's code"));
  auto& thread = *login->call->thread;
  const auto step = auth::totp_step(login->totp_secret, login->code, thread.now());
  step&& thread.shared().logins.use_code(login->name, *step) ? open_session(login) : refuse(login);
}

void check_password(const LoginPtr& login) {
  auto& thread = *login->call->thread;
  const bool is_queued = auth::hash_beside(
      thread,
      [hash = login->hash, password = login->password] {
        const auto& against = hash.empty() ? auth::nobodys_hash() : hash;
        return auth::verify_password(against, password) && !hash.empty();
      },
      [login](bool is_right) { is_right ? check_code(login) : refuse(login); });
  if (!is_queued) login->call->respond(too_many("too many logins at once"));
}

void on_account(const LoginPtr& login, const views::ReadReply& reply) {
  if (reply.fault) return login->call->respond(problem(*reply.fault));
  if (!reply.no) {
    login->hash = member(reply.json, "password_hash");
    login->totp_secret = member(reply.json, "totp_secret");
    const auto locked_until = parse_rfc3339(member(reply.json, "locked_until"));
    const auto now = login->call->thread->now();
    if (locked_until && *locked_until > now)
      return login->call->respond(
          too_many("too many tries", static_cast<int>((*locked_until - now).count() / 1000 + 1)));
  }
  check_password(login);
}

void on_owner(const LoginPtr& login, const views::ReadReply& reply) {
  if (reply.fault) return login->call->respond(problem(*reply.fault));
  constexpr std::string_view prefix = "account/";
  const auto owner = reply.no ? std::string() : member(reply.json, "owner");
  login->is_known = owner.starts_with(prefix);
  // An unknown name takes every step that a known one takes.
  login->account = login->is_known ? owner.substr(prefix.size()) : random_id("acc");
  login->call->thread->ask({EntityKind::account, login->account}, "login", "{}",
                           Principal::system(), [login](host::Answered answered) {
                             on_account(login, std::get<views::ReadReply>(answered));
                           });
}

void create_session(const CallPtr& call) {
  const auto body = json::parse(call->request().body.empty() ? "{}" : call->request().body);
  if (!body) return call->respond(problem(std::vector{body.error()}));
  auto credentials = json::from_request<Credentials>(*body);
  if (!credentials) return call->respond(problem(std::move(credentials.error())));
  auto& thread = *call->thread;
  const auto& request = call->request();
  if (!request.origin.empty() &&
      !auth::is_origin_allowed(request.origin, request.host, call->is_tls(),
                               thread.shared().options.allowed_origins))
    return call->respond(problem(403, "origin_not_allowed", "this page may not log you in"));
  auto login = std::make_shared<Login>(Login{.call = call,
                                             .name = auth::folded_username(credentials->username),
                                             .password = std::move(credentials->password),
                                             .code = credentials->code.value_or("")});
  if (login->name.size() > name_size_max || std::ranges::any_of(login->name, is_control) ||
      characters(login->password) > auth::password_size_max)
    return call->respond(problem(401, "wrong_credentials", "user name or password is wrong"));
  if (const auto wait = thread.shared().logins.must_wait(login->name, thread.now()))
    return call->respond(too_many("too many tries", *wait));
  thread.ask(
      {EntityKind::unique_name, "user:" + login->name}, "owner", "{}", Principal::system(),
      [login](host::Answered answered) { on_owner(login, std::get<views::ReadReply>(answered)); });
}

void end_session(const CallPtr& call) {
  const auto& account = caller(call).account;
  const auto closed = [call, account](host::Answered answered) {
    const auto& reply = std::get<entity::Reply>(answered);
    if (const auto* fault = std::get_if<entity::Fault>(&reply))
      return call->respond(problem(*fault));
    call->thread->principals().drop_account(account);
    call->respond(http::Response{204, {}, {}, cookie_line(call, "", 0)});
  };
  if (!tell_account(call, account, "close_session",
                    "{\"session\":\"" + call->identity->session + "\"}", closed))
    call->respond(problem(500, "internal", "this request failed"));
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
              .answer = "Session"});
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
