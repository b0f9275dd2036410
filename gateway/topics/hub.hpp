#pragma once
// The topics of one gateway thread: who is subscribed to what, fed with every committed batch and
// board delta. No locks: everything runs on that thread. Messages are encoded once per topic and
// viewpoint and shared by all who get them.
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/assignments.hpp"
#include "gateway/topics/boards.hpp"
#include "gateway/topics/client_views.hpp"
#include "gateway/topics/cluster_topic.hpp"
#include "gateway/topics/entity_streams.hpp"
#include "gateway/topics/positions.hpp"

namespace mf::gateway::topics {

class Hub final : public ChangeListener {
 public:
  explicit Hub(IoThread& thread);

  /// A session that has connected. Technicians get their undelivered assignments now.
  void join(Subscriber& session);
  /// Its subscriptions must have been ended. `as` is the principal it last joined with.
  void leave(Subscriber& session, const Principal& as);

  /// Answers through the subscriber: `ok` in the queue, or refused().
  SubscriptionPtr subscribe(Subscriber& who, std::uint64_t request, TopicName topic,
                            const std::optional<std::string>& since,
                            std::vector<std::string> events);
  void unsubscribe(const SubscriptionPtr& subscription);
  /// Checks the right to it again, after the subscriber's principal has changed.
  void recheck(const SubscriptionPtr& subscription);

  /// Calls flush() at the end of this turn: what a turn queues travels together.
  void mark(Subscriber& session);
  void unmark(Subscriber& session);

  [[nodiscard]] Positions& positions() { return positions_; }
  [[nodiscard]] Assignments& assignments() { return assignments_; }

  void on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) override;
  void on_board(const std::shared_ptr<const views::BoardDelta>& delta) override;
  /// Sends every session away (4508): it comes back and resumes.
  void on_changes_lost() override;

 private:
  void on_account(const Id& account);
  void tick();
  void end_turn();
  [[nodiscard]] Topic& topic_of(const Subscription& subscription) {
    return *topics_.at(static_cast<std::size_t>(subscription.topic.type));
  }
  /// Every kind of topic once: order and technician share one.
  [[nodiscard]] std::span<Topic* const> each_topic() const { return std::span(topics_).subspan(1); }

  IoThread& thread_;
  boost::asio::steady_timer timer_;
  EntityStreams streams_;
  ClientViews clients_;
  Boards boards_;
  Positions positions_;
  ClusterTopic cluster_;
  Assignments assignments_;
  /// In the order of TopicType.
  std::array<Topic*, topic_type_count> topics_{&streams_, &streams_,   &clients_,
                                               &boards_,  &positions_, &cluster_};
  std::unordered_set<Subscriber*> sessions_;
  std::unordered_multimap<Id, Subscriber*> by_account_;
  std::vector<Subscriber*> marked_, flushing_;  // null where one was taken out
};

}  // namespace mf::gateway::topics
