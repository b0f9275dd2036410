#include "gateway/http/conversation.hpp"

#include "gateway/api/trace_id.hpp"

#include <algorithm>
#include <ctime>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/auth/authenticate.hpp"
#include "gateway/http/address.hpp"
#include "gateway/http/headers.hpp"

namespace mf::gateway::http {
namespace {

constexpr std::size_t discard_max = std::size_t{256} * 1024;
constexpr auto linger = Duration{2000};
constexpr std::size_t bytes_per_token = std::size_t{32} * 1024;  // of a stranger's bucket

metrics::Counter& responses(int status) {
  static const auto make = [](const char* of) -> metrics::Counter* {
    return &metrics::counter("microflow_http_responses_total", "Responses by class of status",
                             {{"class", of}});
  };
  static metrics::Counter* const classes[] = {make("1xx"), make("2xx"), make("3xx"), make("4xx"),
                                              make("5xx")};
  return *classes[std::clamp(status / 100, 1, 5) - 1];
}

/// What an administrator may do who has no second factor yet, and has to have one.
bool is_for_setting_up(const Route& route) {
  return route.name == "accounts.set_totp" || route.name.starts_with("sessions.");
}

/// 16 bytes in base64 (RFC 6455, 4.2.1).
bool is_websocket_key(std::string_view key) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") && key.find_first_not_of(digits) == 22;
}

}  // namespace

Conversation::Conversation(const Site& site, Worker& of, std::string peer,
                           std::shared_ptr<void> slot)
    : site_(site), peer_(std::move(peer)), slot_(std::move(slot)) {
  worker = &of;
  thread = &of.thread;
}

void Conversation::start() {
  thread->connections().watch(*this);
  wait_until(thread->shared().options.deadlines.header);
}

void Conversation::begin() { read_some(reader_.room()); }

void Conversation::wait_until(Duration from_now) {
  deadline = std::chrono::steady_clock::now() + from_now;
}

void Conversation::expire() {
  if (is_closing_) return linger_on();
  if (unsent() > 0) return cut();
  close();
}

void Conversation::abort() {
  const auto self = std::move(lingering_);
  cut();
  slot_.reset();  // somebody may be waiting for it in this very turn
}

void Conversation::leave() {
  if (unsent() == 0) return close();
  if (!is_closing_) linger_end_ = steady_now() + thread->shared().options.deadlines.write;
  is_closing_ = true;
  lingering_ = shared_from_this();
  unsent_before_ = unsent();
  wait_until(linger);
}

/// As long as the other side goes on reading, it may have its answer; but not for ever.
void Conversation::linger_on() {
  const auto left = unsent();
  if (left > 0 && left < unsent_before_ && steady_now() < linger_end_) {
    unsent_before_ = left;
    return wait_until(linger);
  }
  const auto self = std::move(lingering_);
  if (left > 0) cut();
  else close();
}

bool Conversation::is_tls() const {
  return is_stream_tls() || thread->shared().options.public_url.starts_with("https://");
}

void Conversation::drain(Duration) {
  is_last_ = true;
  if (!is_busy_ && reader_.is_idle()) close();
}

void Conversation::on_read_failed() { leave(); }

void Conversation::on_read(std::size_t size) {
  // A new request has its own time for the header; a slow one does not get more with each byte.
  if (reader_.is_idle()) wait_until(thread->shared().options.deadlines.header);
  reader_.received(size);
  step(reader_.advance());
}

void Conversation::step(RequestReader::State state) {
  using State = RequestReader::State;
  switch (state) {
    case State::header:
    case State::body: return read_some(reader_.room());
    case State::decide: return on_header();
    case State::whole: return dispatch();
    case State::failed:
      is_last_ = true;
      is_busy_ = true;
      is_responded_ = false;
      request_id = next_request_id();
      return respond(reader_.failure());
  }
}

void Conversation::on_header() {
  is_busy_ = true;
  is_responded_ = false;
  deadline = SteadyTime::max();
  identity = nullptr;
  has_token_ = false;
  query.clear();
  request_id = next_request_id();
  trace = trace_id(request().traceparent);
  address =
      client_address(peer_, request().forwarded_for, thread->shared().options.trusted_proxies);
  found_ = site_.router.find(request().method, request().path, params);
  route = found_.route;
  if (is_preflight()) return answer_preflight();
  if (site_.is_admin || (route && route->access == Access::open && !request().is_upgrade))
    return admit();
  identify();
}

void Conversation::identify() {
  if (route && route->access == Access::tracking) return admit();
  auto token = login_token(request(), is_tls());
  has_token_ = token.is_given;
  if (!token.bearer) {
    if (request().is_upgrade && !token.is_given) return upgrade();
    return unauthorized();
  }
  // Asking an account is work: who has failed too often is not asked about.
  auto& strangers = thread->shared().strangers;
  if (!worker->principals.cache().find(token.bearer->hash(), thread->now()) &&
      !strangers.has(limit_key(address)))
    return respond(too_many("too many tries"_en, strangers.retry_after_s()));
  auto self = std::static_pointer_cast<Conversation>(shared_from_this());
  auth::authenticate(
      worker->principals, *token.bearer,
      [self, from_cookie = token.is_cookie](auth::Verdict verdict, auth::IdentityPtr identity) {
        if (identity && from_cookie != identity->is_from_cookie) {
          auto copy = std::make_shared<auth::Identity>(*identity);
          copy->is_from_cookie = from_cookie;
          identity = std::move(copy);
        }
        self->on_identity(verdict, std::move(identity));
      });
}

void Conversation::on_identity(auth::Verdict verdict, auth::IdentityPtr found) {
  if (verdict == auth::Verdict::unavailable)
    return respond(problem(503, "unavailable", "logins can't be checked now: retry later"_en));
  if (verdict == auth::Verdict::unknown) return unauthorized();
  identity = std::move(found);
  if (identity->is_from_cookie && (!is_safe(request().method) || request().is_upgrade) &&
      !auth::is_origin_allowed(request().origin, request().host, is_tls(),
                               thread->shared().options.allowed_origins))
    return respond(problem(403, "origin_not_allowed", "this page may not act for you"_en));
  if (identity->must_set_totp && (request().is_upgrade || !route || !is_for_setting_up(*route)))
    return respond(problem(403, "totp_required",
                           "administrators set a second factor up before anything else"_en));
  if (request().is_upgrade) return upgrade();
  admit();
}

/// Only the list counts: a page of our own needs no leave, and other pages get none by default.
bool Conversation::is_foreign_page_allowed() const {
  const auto& allowed = thread->shared().options.allowed_origins;
  return !site_.is_admin && !request().origin.empty() &&
         std::ranges::find(allowed, request().origin) != allowed.end();
}

bool Conversation::is_preflight() const {
  return request().method == Method::options && !request().asked_method.empty() &&
         is_foreign_page_allowed();
}

void Conversation::answer_preflight() {
  auto& strangers = thread->shared().strangers;
  if (!strangers.take(limit_key(address)))
    return respond(too_many("too many requests without a login"_en, strangers.retry_after_s()));
  respond(Response{
      204,
      {},
      {},
      "Access-Control-Allow-Methods: GET, HEAD, POST, PATCH, DELETE\r\n"
      // Also what libraries add that mean no harm: tracing, "no cache", "I am a script".
      "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, If-Match, "
      "If-None-Match, Accept-Language, traceparent, tracestate, baggage, X-Requested-With, "
      "Cache-Control, Pragma\r\n"
      "Access-Control-Max-Age: 600\r\n"});
}

/// Says so to every origin when there is a list: a cache must not mix the answers up.
void Conversation::append_cors(std::string& out) const {
  if (site_.is_admin || thread->shared().options.allowed_origins.empty()) return;
  out += "Vary: Origin\r\n";
  if (!is_foreign_page_allowed()) return;
  out += "Access-Control-Allow-Origin: ";
  out += request().origin;
  out +=
      "\r\nAccess-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: ETag, "
      "Location, Request-Id, Retry-After, Idempotent-Replayed, MicroFlow-Stale\r\n";
}

void Conversation::unauthorized() {
  auto& strangers = thread->shared().strangers;
  if (!strangers.take(limit_key(address)))
    return respond(too_many("too many tries"_en, strangers.retry_after_s()));
  // A path that is open to everybody is no secret; what else there is, is.
  if (found_.is_open && !route) return admit();
  respond(
      problem(401, "unauthorized", has_token_ ? "this login is not valid"_en : "log in first"_en));
}

void Conversation::admit() {
  if (auto no = refusal()) return respond(*no);
  take_body();
}

std::optional<Problem> Conversation::refusal() const {
  if (!found_.is_path_known) return problem(404, "not_found", "there is no such path"_en);
  if (!route) {
    auto no = problem(405, "method_not_allowed", "this path has other methods"_en);
    no.allow = found_.allow;
    return no;
  }
  if (auto no = body_refusal()) return no;
  if (site_.is_admin) return {};
  auto& shared = thread->shared();
  if (!identity && route->access != Access::login && !shared.strangers.take(limit_key(address)))
    return too_many("too many requests without a login"_en, shared.strangers.retry_after_s());
  if (identity && !is_safe(request().method) && !shared.commands.take(identity->principal.account))
    return too_many("too many commands"_en, shared.commands.retry_after_s());
  if (identity && is_safe(request().method) && !shared.reads.take(identity->principal.account))
    return too_many("too many reads"_en, shared.reads.retry_after_s());
  return {};
}

std::optional<Problem> Conversation::body_refusal() const {
  const auto size = request().content_length;
  if (size == 0) return {};
  if (route->body == BodyType::none)
    return problem(413, "body_not_expected", "this route takes no body"_en);
  if (size > body_size_max) return problem(413, "body_too_large", "at most 60 KiB"_en);
  const auto wanted =
      route->body == BodyType::merge_patch ? "application/merge-patch+json" : "application/json";
  if (!is_media_type(request().content_type, wanted))
    return problem(415, "unsupported_media_type", "send {type}"_en.with("type", wanted));
  const auto coding = request().content_encoding;
  if (!coding.empty() && !equals_folded(coding, "identity"))
    return problem(415, "unsupported_content_encoding",
                   "send the body as it is: Content-Encoding is not taken"_en);
  return {};
}

void Conversation::take_body() {
  wait_until(thread->shared().options.deadlines.body);
  // The client waits for this before it sends the body; nothing else is being written now.
  if (request().expects_continue && !reader_.is_body_here()) {
    out_head_ = "HTTP/1.1 100 Continue\r\n\r\n";
    return write(out_head_, {});
  }
  step(reader_.read_body());
}

std::optional<Problem> Conversation::take_query() {
  auto parsed = parse_query(request().query);
  if (!parsed) return problem(std::vector{parsed.error()});
  std::vector<FieldError> errors;
  for (const auto& [name, value] : *parsed) {
    const auto known = std::ranges::find(route->query, name, &Parameter::name);
    if (known == route->query.end())
      errors.push_back({name, "unknown_parameter", "this route has no such parameter"_en});
    else if (auto wrong = check(*known, value)) errors.push_back(*std::move(wrong));
  }
  if (!errors.empty()) return problem(std::move(errors));
  query = std::move(*parsed);
  return {};
}

void Conversation::dispatch() {
  const log::TraceScope scope(trace);
  deadline = SteadyTime::max();
  try {
    if (auto no = take_query()) return respond(*no);
    route->handle(std::static_pointer_cast<Call>(shared_from_this()));
  } catch (const std::exception& error) {
    log::error(log::gateway, "handler-failed", {{"route", route->name}, {"what", error.what()}});
    if (!is_responded_) respond(problem(500, "internal", "this request failed"_en));
  }
}

void Conversation::upgrade() {
  if (!route || route->name != "stream" || request().content_length > 0 || reader_.has_more()) {
    if (!identity && !(route && route->name == "stream")) return unauthorized();
    return respond(problem(!found_.is_path_known ? 404 : 400, "upgrade_not_possible",
                           "only /v1/stream can be upgraded"_en));
  }
  auto& shared = thread->shared();
  if (!identity && !shared.strangers.take(limit_key(address)))
    return respond(too_many("too many tries"_en, shared.strangers.retry_after_s()));
  if (!request().origin.empty() &&
      !auth::is_origin_allowed(request().origin, request().host, is_tls(),
                               shared.options.allowed_origins))
    return respond(problem(403, "origin_not_allowed", "this page may not connect"_en));
  if (!is_websocket_key(request().websocket_key))
    return respond(
        problem(400, "malformed_request", "Sec-WebSocket-Key is not 16 bytes in base64"_en));
  // A token in a URL would end in logs: it is refused, not ignored.
  if (auto no = take_query()) return respond(*no);
  ws::Upgrade handed{
      std::string(request().path), {}, identity, limit_key(address), std::move(slot_), request_id};
  handed.language = texts::preferred(request().accept_language);
  for (const auto& [name, value] : request().headers) handed.headers.emplace_back(name, value);
  unlink();
  hand_over(std::move(handed));
}

void Conversation::respond(Response response) {
  MF_ASSERT(!is_responded_, "two responses to one request");
  is_responded_ = true;
  responses(response.status).add();
  // Documents and pages are big: a stranger pays for what its request alone does not cover.
  if (!identity && !site_.is_admin && response.body.size() > bytes_per_token)
    thread->shared().strangers.charge(
        limit_key(address), static_cast<double>(response.body.size()) / bytes_per_token - 1);
  // A body that was not read stands between us and the next request.
  const bool is_skippable = reader_.is_body_here() && !request().expects_continue;
  is_last_ |=
      !request().keep_alive || thread->is_draining() || (!reader_.is_done() && !is_skippable);
  write_head(response, is_last_);
  out_body_ = std::move(response.body);
  wait_until(thread->shared().options.deadlines.write);
  const bool is_bodiless = request().method == Method::head || response.status == 304;
  write(out_head_, is_bodiless ? std::string_view() : std::string_view(out_body_));
}

void Conversation::write_head(const Response& response, bool is_last) {
  auto& out = out_head_;
  out.clear();
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += http_date(thread->now());
  if (response.status != 204 && response.status != 304) {
    out += "\r\nContent-Type: ";
    out += response.content_type;
    out += "\r\nContent-Length: ";
    out += std::to_string(response.body.size());
  }
  out += "\r\nRequest-Id: ";
  out += request_id;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  if (response.headers.find("Cache-Control:") == std::string::npos)
    out += "Cache-Control: no-store\r\n";
  if (is_tls()) out += "Strict-Transport-Security: max-age=31536000\r\n";
  append_cors(out);
  out += response.headers;
  if (is_last) out += "Connection: close\r\n";
  else if (request().version < 11) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

void Conversation::on_written() {
  if (!is_responded_) return step(reader_.read_body());  // that was 100 Continue
  is_signed_in_ = identity != nullptr;
  identity = nullptr;
  if (out_body_.capacity() > std::size_t{16} * 1024) out_body_ = {};
  if (is_last_) {
    if (is_closing_) return;
    is_closing_ = true;
    linger_end_ = steady_now() + thread->shared().options.deadlines.write;
    unsent_before_ = unsent();
    wait_until(linger);
    return finish_sending();
  }
  is_busy_ = false;
  const auto state = reader_.next();
  const auto& deadlines = thread->shared().options.deadlines;
  if (!reader_.is_idle()) wait_until(deadlines.header);
  else
    wait_until(is_signed_in_ || site_.is_admin ? deadlines.idle
                                               : std::min(deadlines.idle, deadlines.stranger_idle));
  step(state);
}

bool Conversation::may_discard(std::size_t size) {
  discarded_ += size;
  return discarded_ <= discard_max;
}

}  // namespace mf::gateway::http
