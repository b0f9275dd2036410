#pragma once
// The topics of one gateway thread: who is subscribed to what, fed with every committed batch and
// board delta. No locks: everything runs on that thread. Messages are encoded once per topic and
// viewpoint and shared by all who get them.
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/io/live.hpp"
#include "gateway/topics/assignments.hpp"
#include "gateway/topics/boards.hpp"
#include "gateway/topics/client_views.hpp"
#include "gateway/topics/cluster_topic.hpp"
#include "gateway/topics/entity_streams.hpp"
#include "gateway/topics/positions.hpp"

namespace mf::gateway::topics {

class Hub final : public Live {
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
  void on_positions(const Id& technician, std::span<const Position> positions) override;
  [[nodiscard]] std::optional<Position> position_of(const Id& technician) const override;

 private:
  void on_account(const Id& account);
  void tick();
  void end_turn();

  IoThread& thread_;
  boost::asio::steady_timer timer_;
  EntityStreams streams_;
  ClientViews clients_;
  Boards boards_;
  Positions positions_;
  ClusterTopic cluster_;
  Assignments assignments_;
  std::unordered_multimap<Id, Subscriber*> by_account_;
  std::vector<Subscriber*> marked_, flushing_;  // null where one was taken out
};

[[nodiscard]] Hub& hub_of(IoThread& thread);

}  // namespace mf::gateway::topics
