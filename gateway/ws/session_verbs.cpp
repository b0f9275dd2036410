// The verbs of protocol.md §2.
#include <algorithm>

#include "base/metrics.hpp"
#include "gateway/io/order_cap.hpp"
#include "gateway/topics/encode.hpp"
#include "gateway/ws/session.hpp"

namespace mf::gateway::ws {
namespace {

constexpr int messages_per_frame_max = 16;
constexpr auto position_ack_delay = std::chrono::seconds(1);
constexpr auto position_cfg_interval = std::chrono::seconds(10);

bool is_same(const Principal& a, const Principal& b) {
  return a.roles == b.roles && a.zones == b.zones && a.technician == b.technician &&
         a.client == b.client;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  topics::append_quoted(out, text);
}

Principal tracking_principal(const Id& order) {
  Principal by;
  by.account = "tracking";
  by.tracked_order = order;
  return by;
}

std::string track_query(const Hash256& secret) {
  return "{\"secret_hash\":\"" + to_hex(secret.view()) + "\"}";
}

}  // namespace

void Session::received(std::string_view frame) {
  if (std::ranges::count(frame, '\n') >= messages_per_frame_max)
    return close(CloseCode::bad_frame, "too many messages in a frame");
  while (!frame.empty() && phase_ != Phase::closing) {
    const auto end = std::min(frame.find('\n'), frame.size());
    if (end > 0) on_line(frame.substr(0, end));
    frame.remove_prefix(std::min(end + 1, frame.size()));
  }
}

void Session::on_line(std::string_view line) {
  if (phase_ == Phase::authenticating) {
    if (early_.size() >= static_cast<std::size_t>(messages_per_frame_max))
      return close(CloseCode::too_fast, "wait for the answer to connect");
    return early_.emplace_back(line), void();
  }
  auto message = parse_message(line, thread_.shared().operations);
  const bool is_rpc = message && std::holds_alternative<Rpc>(message->verb);
  if (!is_rpc && is_flooding(steady_now())) return close(CloseCode::too_fast, "too many messages");
  if (!message) {
    if (!message.error().id || phase_ == Phase::greeting)
      return close(CloseCode::bad_frame, "not a message we know");
    return reply_error(*message.error().id, message.error().problem);
  }
  if (phase_ == Phase::greeting && !std::holds_alternative<Connect>(message->verb))
    return close(CloseCode::bad_frame, "connect comes first");
  std::visit(
      [&]<class Verb>(Verb& verb) {
        if constexpr (std::is_same_v<Verb, Pong>) is_pong_due_ = false;
        else if constexpr (std::is_same_v<Verb, Ack>) on_ack(message->id, verb);
        else if constexpr (std::is_same_v<Verb, Report>) on_positions(message->id, verb);
        else on_message(*message->id, verb);
      },
      message->verb);
}

void Session::on_message(std::uint64_t id, const Connect& connect) {
  if (phase_ != Phase::greeting)
    return reply_error(id, problem(409, "already_connected", "connect comes once"));
  const auto token = auth::parse_tracking(connect.tracking);
  if (!identity_ && !token) return close(CloseCode::new_token, "log in first");
  phase_ = Phase::authenticating;
  identity_ ? check_login(id) : follow_tracking(id, *token);
}

/// The login was good at the upgrade, or up to `principal_cache` before: it may have ended since.
void Session::check_login(std::uint64_t id) {
  const auto drops = thread_.principals().drops();
  auth::authenticate_again(
      thread_, *identity_,
      [weak = weak_from_this(), id, drops](auth::Verdict verdict, auth::IdentityPtr identity) {
        const auto self = weak.lock();
        if (!self || self->phase_ != Phase::authenticating) return;
        if (verdict == auth::Verdict::unavailable)
          return self->close(CloseCode::internal, "try again");
        if (verdict == auth::Verdict::unknown)
          return self->close(CloseCode::new_token, "the session has ended");
        // An account's event has overtaken the answer, which may be older.
        if (self->thread_.principals().drops() != drops) return self->check_login(id);
        self->identity_ = std::move(identity);
        self->connected(id);
      });
}

void Session::follow_tracking(std::uint64_t id, const auth::Token& token) {
  const auto hash = token.hash();
  const auto by = tracking_principal(token.entity);
  thread_.ask({EntityKind::work_order, token.entity}, "track", track_query(hash), by,
              [weak = weak_from_this(), id, by, hash](host::Answered answer) {
                const auto self = weak.lock();
                if (!self || self->phase_ != Phase::authenticating) return;
                const auto& reply = std::get<views::ReadReply>(answer);
                if (reply.fault) return self->close(CloseCode::internal, "try again");
                if (reply.no) return self->close(CloseCode::new_token, "no such link");
                auto identity = std::make_shared<auth::Identity>();
                identity->principal = by;
                identity->token_hash = hash;
                identity->expires_at = Timestamp::max();
                self->identity_ = std::move(identity);
                self->connected(id);
              });
}

void Session::recheck_tracking() {
  const Id& order = principal().tracked_order;
  thread_.ask({EntityKind::work_order, order}, "track", track_query(identity_->token_hash),
              principal(), [weak = weak_from_this()](host::Answered answer) {
                const auto self = weak.lock();
                if (self && std::get<views::ReadReply>(answer).no)
                  self->close(CloseCode::new_token, "the link has ended");
              });
}

void Session::connected(std::uint64_t id) {
  const auto& options = thread_.shared().options;
  phase_ = Phase::connected;
  connect_by_ = SteadyTime::max();
  ping_at_ = steady_now() + options.stream.ping;
  watch_expiry();
  std::string members = "\"connection\":";
  topics::append_quoted(members, random_id("con"));
  const Id& order = principal().tracked_order;
  append_text(members, order.empty() ? "account" : "order",
              order.empty() ? principal().account : order);
  append_text(members, "node", options.node_id);
  append_text(members, "server_time", format_rfc3339(thread_.now()));
  members += ",\"ping_ms\":" + std::to_string(options.stream.ping.count());
  members += ",\"limits\":{\"pending\":" + std::to_string(options.stream.pending_commands) +
             ",\"topics\":" + std::to_string(options.stream.topics) +
             ",\"messages_per_frame\":" + std::to_string(messages_per_frame_max) +
             ",\"frame_bytes\":65536}";
  reply_ok(id, members);
  is_joined_ = true;
  hub_.join(*this);
  if (thread_.is_draining()) drain(std::chrono::seconds(1));
  for (const auto& line : std::exchange(early_, {}))
    if (phase_ == Phase::connected) on_line(line);
}

void Session::watch_expiry() {
  expires_at_ = SteadyTime::max();
  if (identity_->expires_at != Timestamp::max()) {
    const auto left = identity_->expires_at - thread_.now();
    // Beyond a day the ping of a later day will do: this keeps far dates from overflowing.
    expires_at_ = steady_now() + std::min<Duration>(left, std::chrono::hours(24 * 365));
  }
  rearm();
}

void Session::on_message(std::uint64_t id, Subscribe& subscribe) {
  const auto& options = thread_.shared().options.stream;
  const auto is_it = [&](const auto& sub) { return sub->topic == subscribe.topic; };
  if (std::ranges::any_of(subscriptions_, is_it))
    return reply_error(id, problem(409, "already_subscribed", "one subscription a topic"));
  if (subscriptions_.size() >= static_cast<std::size_t>(options.topics))
    return reply_error(id, too_many("too many topics on this connection"));
  auto& limiter = thread_.shared().subscriptions;
  if (!limiter.take(rate_key()))
    return reply_error(id, too_many("too many subscriptions", limiter.retry_after_s()));
  auto subscription = hub_.subscribe(*this, id, std::move(subscribe.topic), subscribe.since,
                                     std::move(subscribe.events));
  if (!subscription->closed) subscriptions_.push_back(std::move(subscription));
}

void Session::on_message(std::uint64_t id, const Unsubscribe& unsubscribe) {
  const auto found = std::ranges::find_if(
      subscriptions_, [&](const auto& sub) { return sub->topic == unsubscribe.topic; });
  if (found == subscriptions_.end())
    return reply_error(id, problem(404, "not_subscribed", "no such subscription"));
  hub_.unsubscribe(*found);
  subscriptions_.erase(found);
  reply_ok(id, {});
}

std::string_view Session::rate_key() const {
  return principal().tracked_order.empty() ? std::string_view(principal().account)
                                           : std::string_view(address_);
}

bool Session::may_command(std::uint64_t id) {
  if (is_departing_) {
    reply_error(id, problem(503, "draining", "the node is leaving: connect again"));
    return false;
  }
  if (pending_ >= thread_.shared().options.stream.pending_commands) {
    reply_error(id, too_many("too many commands are waiting for their answer"));
    return false;
  }
  auto& limiter =
      principal().tracked_order.empty() ? thread_.shared().commands : thread_.shared().strangers;
  if (limiter.take(rate_key())) return true;
  if (is_flooding(steady_now())) close(CloseCode::too_fast, "too many commands");
  else reply_error(id, too_many("too many commands", limiter.retry_after_s()));
  return false;
}

void Session::on_message(std::uint64_t id, Rpc& rpc) {
  if (!may_command(id)) return;
  if (const auto no = order_cap(thread_.shared(), *rpc.operation, principal()))
    return reply_error(id, *no);
  const auto trace = to_hex(random_bytes(16));
  Intent intent;
  intent.operation = rpc.operation;
  intent.target = rpc.target;
  intent.body = rpc.body;
  intent.key = rpc.key;
  intent.trace = trace;
  auto built = build(thread_.runtime().kinds(), intent, principal(), thread_.now(),
                     thread_.shared().options.deadlines.command);
  if (!built) return reply_error(id, built.error());
  ++pending_;
  thread_.submit(std::move(built->command), [weak = weak_from_this(), id,
                                             part = std::move(built->part)](host::Answered answer) {
    const auto self = weak.lock();
    if (!self) return;
    --self->pending_;
    self->answer(id, std::get<entity::Reply>(answer), part);
  });
}

void Session::answer(std::uint64_t id, const entity::Reply& reply, const Id& part) {
  if (const auto* outcome = std::get_if<entity::Outcome>(&reply)) {
    const auto object = outcome_json(*outcome, part);
    return reply_ok(id, std::string_view(object).substr(1, object.size() - 2));
  }
  if (const auto* no = std::get_if<Rejection>(&reply)) return reply_error(id, problem(*no));
  reply_error(id, problem(std::get<entity::Fault>(reply)));
}

void Session::on_message(std::uint64_t id, const Auth& auth) {
  const auto token = auth::parse_bearer(auth.token);
  if (!token) return close(CloseCode::new_token, "not a token");
  if (!may_command(id)) return;
  ++pending_;
  const auto drops = thread_.principals().drops();
  auth::authenticate(
      thread_, *token,
      [weak = weak_from_this(), id, drops](auth::Verdict verdict, auth::IdentityPtr identity) {
        const auto self = weak.lock();
        if (!self) return;
        --self->pending_;
        if (verdict == auth::Verdict::unavailable)
          return self->reply_error(id, problem(503, "unavailable", "try again"));
        if (verdict == auth::Verdict::unknown)
          return self->close(CloseCode::new_token, "the token is not valid");
        if (identity->principal.account != self->principal().account)
          return self->close(CloseCode::forbidden, "another account");
        std::string members = "\"expires_at\":";
        topics::append_quoted(members, format_rfc3339(identity->expires_at));
        self->take_identity(std::move(identity));
        self->reply_ok(id, members);
        if (self->thread_.principals().drops() != drops) self->account_changed();
      });
}

void Session::account_changed() {
  if (phase_ != Phase::connected || !principal().tracked_order.empty()) return;
  auth::authenticate_again(thread_, *identity_,
                           [weak = weak_from_this(), asked = identity_](
                               auth::Verdict verdict, auth::IdentityPtr identity) {
                             const auto self = weak.lock();
                             if (!self || self->phase_ != Phase::connected) return;
                             // A token that was renewed meanwhile has been checked by that.
                             if (self->identity_->token_hash != asked->token_hash) return;
                             self->is_in_doubt_ = verdict == auth::Verdict::unavailable;
                             if (verdict == auth::Verdict::unknown)
                               return self->close(CloseCode::new_token, "the session has ended");
                             if (identity) self->take_identity(std::move(identity));
                           });
}

void Session::take_identity(auth::IdentityPtr identity) {
  if (phase_ != Phase::connected) return;
  const auto before = std::exchange(identity_, std::move(identity));
  watch_expiry();
  if (is_same(before->principal, principal())) return;
  hub_.leave(*this, before->principal);
  hub_.join(*this);
  for (const auto& subscription : std::vector(subscriptions_)) hub_.recheck(subscription);
}

void Session::on_ack(std::optional<std::uint64_t> id, const Ack& ack) {
  if (principal().technician.empty()) {
    if (id) reply_error(*id, problem(403, "forbidden", "for technicians"));
    return;
  }
  auto& limiter = thread_.shared().commands;
  if (!limiter.take(principal().account)) {
    // One without an id is not answered: the assignment comes again.
    if (id) reply_error(*id, too_many("too many commands", limiter.retry_after_s()));
    return;
  }
  hub_.assignments().acknowledge(principal(), ack.n,
                                 [weak = weak_from_this(), id](const entity::Reply& reply) {
                                   const auto self = weak.lock();
                                   if (!self || !id) return;
                                   const auto* no = std::get_if<Rejection>(&reply);
                                   if (no && no->code == "already_done")
                                     return self->reply_ok(*id, {});
                                   if (std::holds_alternative<entity::Outcome>(reply))
                                     return self->reply_ok(*id, {});
                                   self->answer(*id, reply, {});
                                 });
}

void Session::on_positions(std::optional<std::uint64_t> id, const Report& report) {
  if (principal().technician.empty()) {
    if (id) return reply_error(*id, problem(403, "forbidden", "for technicians"));
    return close(CloseCode::forbidden, "positions are for technicians");
  }
  const auto now = steady_now();
  auto& limiter = thread_.shared().position_frames;
  if (!limiter.take(principal().account)) {
    // Not acknowledged: the phone sends them again, fewer at a time.
    static auto& dropped = metrics::counter("microflow_stream_positions_dropped_total",
                                            "Positions refused because they came too often");
    dropped.add(static_cast<double>(report.positions.size()));
    if (next_cfg_at_ > now) return;
    next_cfg_at_ = now + position_cfg_interval;
    return send(topics::make_frame("{\"cfg\":{\"pos_min_ms\":2000}}"));
  }
  std::vector<Position> news;
  for (const Position& p : report.positions) {
    if (p.seq <= position_seq_) continue;
    position_seq_ = p.seq;
    news.push_back(p);
  }
  if (!news.empty()) hub_.positions().report(principal().technician, news);
  if (position_ack_at_ == SteadyTime::max()) position_ack_at_ = now + position_ack_delay;
  rearm();
}

}  // namespace mf::gateway::ws
