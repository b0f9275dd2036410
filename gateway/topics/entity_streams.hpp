#pragma once
// `order:{id}` and `technician:{id}`: every event of one entity, in order, once.
//
// A subscriber is either live (it gets each change as it is committed) or catching up (it reads the
// timeline page by page, and live changes only raise `seen`). It goes live in the turn in which it
// has read everything it has heard of, so nothing is lost, and it drops versions it has, so nothing
// comes twice. A gap in the versions sends it back to catching up.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/topic.hpp"

namespace mf::gateway::topics {

class EntityStreams final : public Topic {
 public:
  explicit EntityStreams(IoThread& thread) : thread_(thread) {}

  /// Answers the subscription, with a snapshot or with what was missed since the token.
  void open(const SubscriptionPtr& subscription, const std::optional<std::string>& since) override;
  void close(const SubscriptionPtr& subscription) override;
  void on_change(const shard::Change& change) override;
  /// The subscriber's rights may be others now.
  void recheck(const SubscriptionPtr& subscription) override;

 private:
  struct Stream {
    std::string name;
    std::vector<SubscriptionPtr> subscribers;
  };
  class Encoded;

  void read_snapshot(const SubscriptionPtr& subscription, bool was_token_refused);
  void on_snapshot(const SubscriptionPtr& subscription, views::ReadReply reply,
                   bool was_token_refused);
  void read_missed(const SubscriptionPtr& subscription);
  void on_missed(const SubscriptionPtr& subscription, const views::TimelineReply& reply);
  /// Sends the events of one page; false when the subscriber must first read what is queued.
  bool send_missed(Subscription& subscription, const views::TimelineReply& reply);
  void go_on(const SubscriptionPtr& subscription, bool has_more);
  void send_event(Subscription& subscription, const shard::EventRecord& event, const Frame& frame);
  void give_up(const SubscriptionPtr& subscription, const Refusal& why);
  void deliver(const SubscriptionPtr& subscription, const shard::Change& change, Encoded& encoded);

  IoThread& thread_;
  std::unordered_map<EntityRef, Stream, HashOfRef> topics_;
};

}  // namespace mf::gateway::topics
