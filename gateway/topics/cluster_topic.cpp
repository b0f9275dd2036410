#include "gateway/topics/cluster_topic.hpp"

#include "gateway/topics/encode.hpp"

namespace mf::gateway::topics {
namespace {

constexpr auto push_interval = std::chrono::milliseconds(950);  // seen by a tick every 200 ms
const Rejection forbidden{RejectionKind::forbidden, "forbidden", "for operators", {}};

bool may_see(const Principal& by) { return by.has(Role::operator_) || by.is_administrator(); }

}  // namespace

std::string ClusterTopic::health_json() const {
  const auto health = thread_.runtime().health();
  const auto& options = thread_.shared().options;
  std::string out = "{\"node\":";
  append_quoted(out, options.node_id);
  out += ",\"version\":";
  append_quoted(out, options.version);
  out += health.ready ? ",\"ready\":true" : ",\"ready\":false";
  if (!health.why_not.empty()) {
    out += ",\"why_not\":";
    append_quoted(out, health.why_not);
  }
  out += ",\"shards\":" + std::to_string(health.shards);
  out += ",\"shards_owned\":" + std::to_string(health.shards_owned);
  out += ",\"queued_commands\":" + std::to_string(health.queued_commands);
  out += ",\"connections\":" + std::to_string(thread_.shared().connections.total());
  return out + "}";
}

void ClusterTopic::open(const SubscriptionPtr& sub) {
  if (!may_see(sub->who->principal())) {
    sub->closed = true;
    return sub->who->refused(sub, forbidden);
  }
  subscribers_.push_back(sub);
  std::string members = "\"at\":";
  append_quoted(members, make_token(thread_.runtime().era(), to_millis(thread_.now())));
  sub->who->send(ok_frame(sub->request, members + ",\"snapshot\":" + health_json()));
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
