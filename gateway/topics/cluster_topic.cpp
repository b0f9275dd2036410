#include "gateway/topics/cluster_topic.hpp"

#include "base/json_text.hpp"
#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

constexpr auto push_interval = std::chrono::milliseconds(950);  // seen by a tick every 200 ms
const Rejection forbidden{RejectionKind::forbidden, "forbidden", "for operators"_en, {}};

bool may_see(const Principal& by) { return by.has(Role::operator_) || by.is_administrator(); }

}  // namespace

std::string node_schema() {
  return R"({"type":"object","properties":{"node":{"type":"string"},"version":{"type":"string"},)"
         R"("ready":{"type":"boolean"},"why_not":{"type":"string"},"shards":{"type":"integer"},)"
         R"("shards_owned":{"type":"integer"},"queued_commands":{"type":"integer"},)"
         R"("connections":{"type":"integer"}},"required":["node","version","ready","shards",)"
         R"("shards_owned","queued_commands","connections"]})";
}

std::string ClusterTopic::health_json() const {
  const auto health = thread_.runtime().health();
  const auto& options = thread_.shared().options;
  return json::Object()
      .add("node", options.node_id)
      .add("version", options.version)
      .add("ready", health.ready)
      .add_some("why_not", health.why_not)
      .add("shards", health.shards)
      .add("shards_owned", health.shards_owned)
      .add("queued_commands", health.queued_commands)
      .add("connections", thread_.shared().connections.total())
      .text();
}

void ClusterTopic::open(const SubscriptionPtr& sub, const std::optional<std::string>&) {
  if (!may_see(sub->who->principal())) {
    sub->closed = true;
    return sub->who->refused(sub, forbidden);
  }
  subscribers_.push_back(sub);
  json::Object ok;
  ok.add("at", make_token(thread_.runtime().era(), to_millis(thread_.now())))
      .add_raw("snapshot", health_json());
  sub->who->send(ok_frame(sub->request, ok.members()));
  sub->answered = true;
}

void ClusterTopic::close(const SubscriptionPtr& sub) { std::erase(subscribers_, sub); }

void ClusterTopic::recheck(const SubscriptionPtr& sub) {
  if (may_see(sub->who->principal())) return;
  close(sub);
  sub->closed = true;
  sub->who->lost(sub, "forbidden");
}

void ClusterTopic::tick(SteadyTime now) {
  if (subscribers_.empty() || now - pushed_ < push_interval) return;
  pushed_ = now;
  static const std::uint64_t key = xxh3_64("cluster") | 1;
  const Frame frame = pub_frame(
      "cluster", make_token(thread_.runtime().era(), to_millis(thread_.now())), health_json());
  for (const auto& sub : subscribers_) sub->who->send_latest(key, frame);
}

}  // namespace mf::gateway::topics
