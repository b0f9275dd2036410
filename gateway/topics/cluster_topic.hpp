#pragma once
// `cluster`: the node's health once a second, latest value only, for operators (administrators may
// read it too).
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::topics {

class ClusterTopic {
 public:
  explicit ClusterTopic(IoThread& thread) : thread_(thread) {}
  void open(const SubscriptionPtr& subscription);
  void close(const SubscriptionPtr& subscription);
  void recheck(const SubscriptionPtr& subscription);
  void tick(SteadyTime now);

 private:
  [[nodiscard]] std::string health_json() const;

  IoThread& thread_;
  std::vector<SubscriptionPtr> subscribers_;
  SteadyTime pushed_;
};

}  // namespace mf::gateway::topics
