#pragma once
// `client:{id}`: the keyed view of one client's orders, for that client.
// The snapshot is read from the lists, page by page; changes are sent as they are committed. Both
// carry versions and nothing ever leaves the view, so the subscriber keeps the higher version.
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::topics {

class ClientViews {
 public:
  explicit ClientViews(IoThread& thread) : thread_(thread) {}

  void open(const SubscriptionPtr& subscription);
  void close(const SubscriptionPtr& subscription);
  void on_change(const shard::Change& change);
  void recheck(const SubscriptionPtr& subscription);

 private:
  void read_page(const SubscriptionPtr& subscription, std::string cursor);
  void on_page(const SubscriptionPtr& subscription, const views::ListReply& reply);
  [[nodiscard]] std::string token();

  IoThread& thread_;
  std::uint64_t at_ = 0;
  std::unordered_map<Id, std::vector<SubscriptionPtr>> topics_;
};

}  // namespace mf::gateway::topics
