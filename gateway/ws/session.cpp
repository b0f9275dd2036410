#include "gateway/ws/session.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::ws {
namespace {

constexpr auto never = Deadlines::never;
constexpr auto stranger_grace = std::chrono::seconds(1);
constexpr std::size_t frame_bytes_max = std::size_t{256} * 1024;
constexpr float flood_per_second = 200, flood_burst = 400;

metrics::Counter& messages() {
  static auto& counter =
      metrics::counter("microflow_stream_messages_total", "Messages queued for streams");
  return counter;
}

metrics::Counter& closes(CloseCode code) {
  return metrics::counter("microflow_stream_closed_total", "Streams closed by us, by code",
                          {{"code", std::to_string(static_cast<int>(code))}});
}

}  // namespace

Session::Session(Worker& worker, auth::IdentityPtr identity, std::string address,
                 std::optional<texts::Language> preferred)
    : thread_(worker.thread),
      principals_(worker.principals),
      hub_(worker.hub),
      identity_(std::move(identity)),
      address_(std::move(address)),
      preferred_language_(preferred),
      flood_tokens_(flood_burst),
      flood_at_(steady_now()) {
  due_.cut = steady_now() + thread_.shared().options.stream.connect;  // for the handshake itself
  rearm();
  thread_.connections().watch(*this);
}

Session::~Session() = default;

void Session::opened() {
  due_.cut = never;
  due_.connect = steady_now() + thread_.shared().options.stream.connect;
  rearm();
}

void Session::send(Frame message) {
  if (phase_ == Phase::closing) return;
  messages().add();
  queue_.push(std::move(message));
  settle();
}

void Session::send_latest(std::uint64_t key, Frame message) {
  if (phase_ == Phase::closing) return;
  messages().add();
  queue_.push_latest(key, std::move(message));
  settle();
}

void Session::settle() {
  if (queue_.bytes() > thread_.shared().options.stream.queue_bytes)
    return close(CloseCode::slow, "reads too slowly");
  if (is_writing_ || is_marked_) return;
  is_marked_ = true;
  hub_.mark(*this);
}

void Session::flush() {
  is_marked_ = false;
  if (phase_ == Phase::closing) {
    leave();
    if (is_writing_ || is_close_sent_) return;
    is_close_sent_ = true;
    return start_close(close_code_, close_reason_);
  }
  if (!is_writing_) write_on();
}

void Session::write_on() {
  while (const Frame frame = queue_.take(frame_bytes_max)) {
    is_writing_ = true;
    if (!start_write(frame)) {
      due_.write = steady_now() + thread_.shared().options.deadlines.write;
      if (due_.write < deadline) deadline = due_.write;
      return;
    }
    is_writing_ = false;
    go_on_waiting();
  }
  close_if_done();
}

void Session::written() {
  is_writing_ = false;
  due_.write = never;
  go_on_waiting();
  flush();
}

void Session::go_on_waiting() {
  if (!waiting_.empty() && backlog() < topics::backlog_low)
    for (auto& [subscription, next] : std::exchange(waiting_, {}))
      if (!subscription->closed) next();
}

void Session::when_drained(topics::SubscriptionPtr subscription, std::function<void()> next) {
  waiting_.push_back({std::move(subscription), std::move(next)});
}

void Session::close(CloseCode code, const char* reason) {
  if (phase_ == Phase::closing) return;
  log::debug(log::live, "session-closed", {{"code", static_cast<int>(code)}, {"reason", reason}});
  closes(code).add();
  if (code == CloseCode::forbidden || code == CloseCode::new_token || code == CloseCode::too_fast)
    auth::tell({.event = "stream-closed",
                .account = identity_ ? std::string_view(principal().account) : "",
                .username = {},
                .address = address_,
                .route = "stream",
                .code = reason,
                .target = {}});
  phase_ = Phase::closing;
  close_code_ = code;
  close_reason_ = reason;
  queue_.clear();
  // Who never said who it is gets no time to read why.
  const Duration grace = thread_.shared().options.stream.close_grace;
  due_.cut = steady_now() + (identity_ ? grace : std::min<Duration>(grace, stranger_grace));
  rearm();
  // Topics may be in the middle of a round: leaving them has to wait for the end of this turn.
  if (is_marked_) return;
  is_marked_ = true;
  hub_.mark(*this);
}

void Session::leave() {
  for (const auto& subscription : std::exchange(subscriptions_, {})) hub_.unsubscribe(subscription);
  waiting_.clear();
  if (!is_joined_) return;
  is_joined_ = false;
  hub_.leave(*this, identity_->principal);
}

void Session::finish() {
  phase_ = Phase::closing;
  is_close_sent_ = true;
  leave();
  hub_.unmark(*this);
  queue_.clear();
  abort();
}

void Session::expire() {
  const auto now = steady_now();
  if (due_.cut <= now) return abort();
  if (phase_ == Phase::closing) {
    deadline = due_.cut;
    return;
  }
  if (due_.connect <= now) return close(CloseCode::timeout, "connect is late");
  if (due_.write <= now) return close(CloseCode::slow, "does not read");
  if (due_.expiry <= now) return close(CloseCode::new_token, "the session has expired");
  if (due_.bye <= now) return depart();
  if (due_.positions <= now) acknowledge_positions();
  if (due_.ping <= now) ping(now);
  if (phase_ != Phase::closing) rearm();
}

void Session::ping(SteadyTime now) {
  if (is_pong_due_) return close(CloseCode::timeout, "a ping was not answered");
  static const Frame question = topics::make_frame("{}");
  is_pong_due_ = true;
  due_.ping = now + thread_.shared().options.stream.ping;
  send(question);
  if (!principal().tracked_order.empty()) recheck_tracking();
  else if (is_in_doubt_) account_changed();
}

void Session::drain(Duration time) {
  if (phase_ == Phase::closing || due_.bye != never || is_departing_) return;
  // Spread over the first part of the time, so that the other nodes are not stormed.
  const auto window = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count() * 3 / 4, 1));
  const auto after = Duration(xxh3_64(random_bytes(8)) % window);
  const auto body = json::Object().add("after_ms", after.count()).text();
  send(topics::make_frame(json::Object().add_raw("bye", body).text()));
  due_.bye = steady_now() + after;
  if (phase_ != Phase::closing) rearm();
}

void Session::depart() {
  is_departing_ = true;
  due_.bye = never;
  rearm();
  close_if_done();
}

void Session::close_if_done() {
  // What runs is answered first: closing drops what is queued.
  if (is_departing_ && pending_ == 0 && queue_.empty() && !is_writing_)
    close(CloseCode::draining, "the node is leaving");
}

bool Session::is_flooding(SteadyTime now) {
  const std::chrono::duration<float> passed = now - flood_at_;
  flood_at_ = now;
  flood_tokens_ = std::min(flood_burst, flood_tokens_ + passed.count() * flood_per_second) - 1;
  return flood_tokens_ < 0;
}

void Session::acknowledge_positions() {
  due_.positions = never;
  send(topics::make_frame(json::Object().add("pos_ack", position_seq_).text()));
}

void Session::refused(const topics::SubscriptionPtr& subscription, const topics::Refusal& why) {
  std::erase(subscriptions_, subscription);
  reply_error(subscription->request,
              std::visit([](const auto& reason) { return problem(reason); }, why));
}

void Session::lost(const topics::SubscriptionPtr& subscription, std::string_view code) {
  std::erase(subscriptions_, subscription);
  send(topics::unsub_frame(subscription->topic, code));
}

void Session::reply_ok(std::uint64_t id, std::string_view members) {
  send(topics::ok_frame(id, members));
}

texts::Language Session::language() const {
  return texts::language_for(preferred_language_,
                             identity_ ? std::string_view(identity_->language) : "");
}

void Session::reply_error(std::uint64_t id, const Problem& problem) {
  const auto event = auth::refusal_event(problem.status, problem.code, true);
  if (!event.empty())
    auth::tell({.event = event,
                .account = identity_ ? std::string_view(principal().account) : "",
                .username = {},
                .address = address_,
                .route = "stream",
                .code = problem.code,
                .target = {}});
  auto err = members_of(problem, {}, {}, language());
  err.add("retry", problem.is_retryable());
  if (problem.retry_after_s > 0) err.add("retry_after_ms", problem.retry_after_s * 1000);
  send(topics::make_frame(json::Object().add("id", id).add_raw("err", err.text()).text()));
}

}  // namespace mf::gateway::ws
