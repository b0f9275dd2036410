#include "gateway/topics/client_views.hpp"

#include "gateway/api/event_json.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

constexpr int client_page_rows = 100;

bool may_see(const Principal& by, const Id& client) {
  return by.has(Role::client) && by.client == client;
}

/// Staff know that clients exist, but follow them through boards and orders.
Rejection client_refusal(const Principal& by) {
  const bool knows = by.has(Role::supervisor) || by.is_administrator();
  if (knows) return {RejectionKind::forbidden, "forbidden", "for the client alone"_en, {}};
  return {RejectionKind::not_found, "not_found", "no such object"_en, {}};
}

}  // namespace

std::string ClientViews::token() { return make_token(thread_.runtime().era(), at_); }

void ClientViews::open(const SubscriptionPtr& sub, const std::optional<std::string>&) {
  const Principal& by = sub->who->principal();
  if (!may_see(by, sub->topic.id)) {
    sub->closed = true;
    return sub->who->refused(sub, client_refusal(by));
  }
  topics_[sub->topic.id].push_back(sub);
  read_page(sub, {});
}

void ClientViews::close(const SubscriptionPtr& sub) {
  const auto topic = topics_.find(sub->topic.id);
  if (topic == topics_.end()) return;
  std::erase(topic->second, sub);
  if (topic->second.empty()) topics_.erase(topic);
}

void ClientViews::read_page(const SubscriptionPtr& sub, std::string cursor) {
  views::ListQuery query;
  query.client = sub->topic.id;
  query.limit = client_page_rows;
  query.cursor = std::move(cursor);
  thread_.list(std::move(query), entity::Viewpoint::client,
               [this, sub](const views::ListReply& reply) {
                 if (!sub->closed) on_page(sub, reply);
               });
}

void ClientViews::on_page(const SubscriptionPtr& sub, const views::ListReply& reply) {
  if (reply.fault || reply.no) {
    close(sub);
    sub->closed = true;
    if (sub->answered) return sub->who->lost(sub, "unavailable");
    return sub->who->refused(sub, reply.fault ? Refusal(*reply.fault) : Refusal(*reply.no));
  }
  const bool has_more = !reply.next_cursor.empty();
  send_snapshot_rows(*sub, token(), {reply.rows.begin(), reply.rows.end()}, has_more);
  sub->state = Subscription::State::live;
  for (auto& held : sub->held) sub->who->send(std::move(held.frame));
  sub->held = {};
  if (!has_more) return;
  if (sub->who->backlog() < backlog_low) return read_page(sub, reply.next_cursor);
  sub->who->when_drained(sub, [this, sub, cursor = reply.next_cursor] { read_page(sub, cursor); });
}

void ClientViews::on_change(const shard::Change& change) {
  if (change.entity.kind != EntityKind::work_order) return;
  const auto topic = topics_.find(change.concerns.client);
  if (topic == topics_.end()) return;
  ++at_;
  ViewWriter writer(to_string(TopicName{TopicType::client, change.concerns.client}), token());
  writer.row(with_version(change.after->row(entity::Viewpoint::client), change.version));
  for (const Frame& frame : writer.finish())
    for (const auto& sub : topic->second) {
      if (sub->state == Subscription::State::live) sub->who->send(frame);
      else sub->held.push_back({frame, nullptr});
    }
}

void ClientViews::recheck(const SubscriptionPtr& sub) {
  if (may_see(sub->who->principal(), sub->topic.id)) return;
  close(sub);
  sub->closed = true;
  if (sub->answered) return sub->who->lost(sub, "forbidden");
  sub->who->refused(sub, client_refusal(sub->who->principal()));
}

}  // namespace mf::gateway::topics
