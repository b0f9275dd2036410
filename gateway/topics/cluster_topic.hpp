#pragma once
// `cluster`: the node's health once a second, latest value only, for operators (administrators may
// read it too).
#include <string>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/topic.hpp"

namespace mf::gateway::topics {

[[nodiscard]] std::string node_schema();  ///< JSON Schema of what the topic shows

class ClusterTopic final : public Topic {
 public:
  explicit ClusterTopic(IoThread& thread) : thread_(thread) {}
  void open(const SubscriptionPtr& subscription, const std::optional<std::string>& since) override;
  void close(const SubscriptionPtr& subscription) override;
  void recheck(const SubscriptionPtr& subscription) override;
  void tick(SteadyTime now) override;

 private:
  [[nodiscard]] std::string health_json() const;

  IoThread& thread_;
  std::vector<SubscriptionPtr> subscribers_;
  SteadyTime pushed_;
};

}  // namespace mf::gateway::topics
