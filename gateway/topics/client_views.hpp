#pragma once
// `client:{id}`: the keyed view of one client's orders, for that client.
// The snapshot is read from the lists, page by page; changes are sent as they are committed. Both
// carry versions and nothing ever leaves the view, so the subscriber keeps the higher version.
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/topic.hpp"

namespace mf::gateway::topics {

class ClientViews final : public Topic {
 public:
  explicit ClientViews(IoThread& thread) : thread_(thread) {}

  void open(const SubscriptionPtr& subscription, const std::optional<std::string>& since) override;
  void close(const SubscriptionPtr& subscription) override;
  void on_change(const shard::Change& change) override;
  void recheck(const SubscriptionPtr& subscription) override;

 private:
  void read_page(const SubscriptionPtr& subscription, std::string cursor);
  void on_page(const SubscriptionPtr& subscription, const views::ListReply& reply);
  [[nodiscard]] std::string token();

  IoThread& thread_;
  std::uint64_t at_ = 0;
  std::unordered_map<Id, std::vector<SubscriptionPtr>> topics_;
};

}  // namespace mf::gateway::topics
