#pragma once
// What every kind of topic is to the hub.
#include <optional>
#include <string>

#include "actors/shard/committed_batch.hpp"
#include "gateway/io/pending_answers.hpp"
#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::topics {

/// All topics of one kind ("order:…") on one thread. A new kind is a class of this, a name in
/// topic_name.cpp and a line in Hub's constructor.
class Topic {
 public:
  virtual ~Topic() = default;
  /// Answers the subscription through its subscriber: `ok` in the queue, or refused() and closed.
  virtual void open(const SubscriptionPtr& subscription,
                    const std::optional<std::string>& since) = 0;
  /// The subscriber has left; `closed` is set.
  virtual void close(const SubscriptionPtr& subscription) = 0;
  /// The subscriber's rights may be others now: it keeps the subscription, or loses it.
  virtual void recheck(const SubscriptionPtr& subscription) = 0;
  /// Each committed change but those of accounts.
  virtual void on_change(const shard::Change&) {}
  /// About five times a second.
  virtual void tick(SteadyTime) {}
};

}  // namespace mf::gateway::topics
