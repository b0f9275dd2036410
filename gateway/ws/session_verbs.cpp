// The stream's verbs: connect sub unsub rpc ack pos auth.
#include <algorithm>

#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/api/trace_id.hpp"
#include "gateway/io/order_cap.hpp"
#include "gateway/topics/encode.hpp"
#include "gateway/ws/session.hpp"

namespace mf::gateway::ws {
namespace {

constexpr int messages_per_frame_max = 16;
constexpr std::size_t frame_size_max = std::size_t{64} * 1024;
constexpr auto position_ack_delay = std::chrono::seconds(1);
constexpr auto position_cfg_interval = std::chrono::seconds(10);

}  // namespace

bool Session::is_within_budget(std::string_view frame) {
  const auto key = identity_ ? rate_key() : std::string_view(address_);
  return thread_.shared().stream_bytes.take(key, static_cast<double>(frame.size()));
}

void Session::received(std::string_view frame) {
  if (!is_within_budget(frame)) return close(CloseCode::too_fast, "too many bytes");
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
    early_bytes_ += line.size();
    if (early_.size() >= static_cast<std::size_t>(messages_per_frame_max) ||
        early_bytes_ > frame_size_max)
      return close(CloseCode::too_fast, "wait for the answer to connect");
    early_.emplace_back(line);
    return;
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
    return reply_error(id, problem(409, "already_connected", "connect comes once"_en));
  const auto token = auth::parse_tracking(connect.tracking);
  if (!identity_ && !token) return close(CloseCode::new_token, "log in first");
  phase_ = Phase::authenticating;
  if (identity_) check_login(id);
  else follow_tracking(id, *token);
}

void Session::connected(std::uint64_t id) {
  const auto& options = thread_.shared().options;
  if (principal().tracked_order.empty()) {
    account_slot_ = take_slot(thread_.shared().account_streams, {principal().account});
    if (!account_slot_) return close(CloseCode::too_fast, "too many streams of this account");
  }
  phase_ = Phase::connected;
  due_.connect = Deadlines::never;
  due_.ping = steady_now() + options.stream.ping;
  watch_expiry();
  json::Object limits;
  limits.add("pending", options.stream.pending_commands)
      .add("topics", options.stream.topics)
      .add("messages_per_frame", messages_per_frame_max)
      .add("frame_bytes", frame_size_max)
      .add("positions", topics::positions_max);
  const Id& order = principal().tracked_order;
  json::Object ok;
  ok.add("connection", random_id("con"))
      .add(order.empty() ? "account" : "order", order.empty() ? principal().account : order)
      .add("node", options.node_id)
      .add("server_time", format_rfc3339(thread_.now()))
      .add("ping_ms", options.stream.ping.count())
      .add_raw("limits", limits.text());
  reply_ok(id, ok.members());
  is_joined_ = true;
  hub_.join(*this);
  if (thread_.is_draining()) drain(std::chrono::seconds(1));
  for (const auto& line : std::exchange(early_, {}))
    if (phase_ == Phase::connected) on_line(line);
}

void Session::on_message(std::uint64_t id, Subscribe& subscribe) {
  const auto& options = thread_.shared().options.stream;
  const auto is_it = [&](const auto& sub) { return sub->topic == subscribe.topic; };
  if (std::ranges::any_of(subscriptions_, is_it))
    return reply_error(id, problem(409, "already_subscribed", "one subscription a topic"_en));
  if (subscriptions_.size() >= static_cast<std::size_t>(options.topics))
    return reply_error(id, too_many("too many topics on this connection"_en));
  auto& limiter = thread_.shared().subscriptions;
  if (!limiter.take(rate_key()))
    return reply_error(id, too_many("too many subscriptions"_en, limiter.retry_after_s()));
  auto subscription = hub_.subscribe(*this, id, std::move(subscribe.topic), subscribe.since,
                                     std::move(subscribe.events));
  if (!subscription->closed) subscriptions_.push_back(std::move(subscription));
}

void Session::on_message(std::uint64_t id, const Unsubscribe& unsubscribe) {
  const auto found = std::ranges::find_if(
      subscriptions_, [&](const auto& sub) { return sub->topic == unsubscribe.topic; });
  if (found == subscriptions_.end())
    return reply_error(id, problem(404, "not_subscribed", "no such subscription"_en));
  const auto subscription = std::move(*found);
  subscriptions_.erase(found);
  hub_.unsubscribe(subscription);
  std::erase_if(waiting_, [&](const auto& wait) { return wait.subscription == subscription; });
  // Nobody else answers the `sub` any more: its topic has let go of it.
  if (!subscription->answered)
    reply_error(subscription->request,
                problem(409, "unsubscribed", "an unsub came before the answer"_en));
  reply_ok(id, {});
}

std::string_view Session::rate_key() const {
  return principal().tracked_order.empty() ? std::string_view(principal().account)
                                           : std::string_view(address_);
}

bool Session::may_command(std::uint64_t id) {
  if (is_departing_) {
    reply_error(id, problem(503, "draining", "the node is leaving: connect again"_en));
    return false;
  }
  if (pending_ >= thread_.shared().options.stream.pending_commands) {
    reply_error(id, too_many("too many commands are waiting for their answer"_en));
    return false;
  }
  auto& limiter =
      principal().tracked_order.empty() ? thread_.shared().commands : thread_.shared().strangers;
  if (limiter.take(rate_key())) return true;
  if (is_flooding(steady_now())) close(CloseCode::too_fast, "too many commands");
  else reply_error(id, too_many("too many commands"_en, limiter.retry_after_s()));
  return false;
}

void Session::on_message(std::uint64_t id, Rpc& rpc) {
  if (!may_command(id)) return;
  const auto trace = trace_id();
  const log::TraceScope scope(trace);
  Intent intent;
  intent.operation = rpc.operation;
  intent.target = rpc.target;
  intent.tree = std::move(rpc.params);
  intent.key = rpc.key;
  intent.trace = trace;
  auto built = build(thread_.runtime().kinds(), intent, principal(), thread_.now(),
                     thread_.shared().options.deadlines.command);
  if (!built) return reply_error(id, built.error());
  const auto no = submit_capped(thread_, *rpc.operation, principal(), std::move(built->command),
                                [weak = weak_from_this(), id, trace,
                                 part = std::move(built->part)](const entity::Reply& reply) {
                                  const auto self = weak.lock();
                                  if (!self) return;
                                  const log::TraceScope scope(trace);
                                  --self->pending_;
                                  self->answer(id, reply, part);
                                });
  if (no) return reply_error(id, *no);
  ++pending_;
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
  const auto drops = principals_.cache().drops();
  auth::authenticate(
      principals_, *token,
      [weak = weak_from_this(), id, drops](auth::Verdict verdict, auth::IdentityPtr identity) {
        const auto self = weak.lock();
        if (!self) return;
        --self->pending_;
        if (verdict == auth::Verdict::unavailable)
          return self->reply_error(id, problem(503, "unavailable", "try again"_en));
        if (verdict == auth::Verdict::unknown)
          return self->close(CloseCode::new_token, "the token is not valid");
        if (identity->principal.account != self->principal().account)
          return self->close(CloseCode::forbidden, "another account");
        const json::Object ok =
            json::Object().add("expires_at", format_rfc3339(identity->expires_at));
        self->take_identity(std::move(identity));
        self->reply_ok(id, ok.members());
        if (self->principals_.cache().drops() != drops) self->account_changed();
      });
}

void Session::on_ack(std::optional<std::uint64_t> id, const Ack& ack) {
  if (principal().technician.empty()) {
    if (id) reply_error(*id, problem(403, "forbidden", "for technicians"_en));
    return;
  }
  auto& limiter = thread_.shared().commands;
  if (!limiter.take(principal().account)) {
    // One without an id is not answered: the assignment comes again.
    if (id) reply_error(*id, too_many("too many commands"_en, limiter.retry_after_s()));
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
    if (id) return reply_error(*id, problem(403, "forbidden", "for technicians"_en));
    return close(CloseCode::forbidden, "positions are for technicians");
  }
  const auto now = steady_now();
  auto& limiter = thread_.shared().position_frames;
  if (!limiter.take(principal().account)) {
    // Not acknowledged: the phone sends them again, fewer at a time.
    static auto& dropped = metrics::counter("microflow_stream_positions_dropped_total",
                                            "Positions refused because they came too often");
    dropped.add(static_cast<double>(report.positions.size()));
    if (next_pace_at_ > now) return;
    next_pace_at_ = now + position_cfg_interval;
    return send(topics::make_frame("{\"cfg\":{\"pos_min_ms\":2000}}"));
  }
  auto news = topics::newer_than(position_seq_, report.positions);
  if (const auto offset = hub_.positions().report(principal().technician, std::move(news)))
    tell_clock_offset(*offset);
  if (due_.positions == Deadlines::never) due_.positions = now + position_ack_delay;
  rearm();
}

void Session::tell_clock_offset(Duration offset) {
  const auto now = steady_now();
  if (next_offset_at_ > now) return;
  next_offset_at_ = now + position_cfg_interval;
  const auto body = json::Object().add("clock_offset_ms", offset.count()).text();
  send(topics::make_frame(json::Object().add_raw("cfg", body).text()));
}

}  // namespace mf::gateway::ws
