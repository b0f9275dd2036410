#pragma once
// `board:{zone}`: the keyed view of a zone's open orders and technicians, for those who dispatch
// there. Snapshot and deltas come from the zone view, numbered; each delta is encoded once.
//
// While a big snapshot is still being sent, deltas go out at once and the rows they touched are
// left out of the later pages: a page never brings back what a delta has changed or removed.
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/topic.hpp"

namespace mf::gateway::topics {

class Boards final : public Topic {
 public:
  explicit Boards(IoThread& thread) : thread_(thread) {}

  void open(const SubscriptionPtr& subscription, const std::optional<std::string>& since) override;
  void close(const SubscriptionPtr& subscription) override;
  void on_delta(const std::shared_ptr<const views::BoardDelta>& delta);
  void recheck(const SubscriptionPtr& subscription) override;

 private:
  void on_board(const SubscriptionPtr& subscription, views::BoardReply reply);
  void lose(const Id& zone);
  void send_page(const SubscriptionPtr& subscription);
  [[nodiscard]] bool is_zone(const Id& zone) const;

  IoThread& thread_;
  std::unordered_map<Id, std::vector<SubscriptionPtr>> topics_;
};

}  // namespace mf::gateway::topics
