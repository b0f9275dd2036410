#pragma once
// Where technicians are: the latest value per technician, in memory, for `position:{technician}`.
// Every thread keeps all of them (what arrives at one is posted to the others). Pushed at most once
// a second; to clients rounded to about 100 m and only while their order is EN_ROUTE. The thread
// where positions arrive writes the trail: one `record_trail` a minute.
#include <span>
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::topics {

class Positions {
 public:
  explicit Positions(IoThread& thread) : thread_(thread) {}

  void open(const SubscriptionPtr& subscription);
  void close(const SubscriptionPtr& subscription);
  void on_change(const shard::Change& change);
  void recheck(const SubscriptionPtr& subscription);

  /// Oldest first. Ones that are not newer than what is known are dropped, and those of a clock
  /// that is hours behind or minutes ahead.
  void report(const Id& technician, std::span<const Position> positions);
  /// From another thread of this node.
  void hear(const Id& technician, const Position& position);
  [[nodiscard]] std::optional<Position> latest(const Id& technician) const;
  /// Sends what had to wait; writes trails that are a minute old.
  void tick(SteadyTime now);

 private:
  struct Place {
    Position position;
    SteadyTime pushed;
    bool is_waiting = false;
    std::vector<Position> trail;
    SteadyTime trail_since;
    std::vector<SubscriptionPtr> subscribers;
  };

  void allow_supervisor(const SubscriptionPtr& subscription);
  void allow_client(const SubscriptionPtr& subscription);
  void allow_tracking(const SubscriptionPtr& subscription);
  void accept(const SubscriptionPtr& subscription, entity::Viewpoint as, std::string order);
  void refuse(const SubscriptionPtr& subscription, const Refusal& why);
  void push(const Id& technician, Place& place, SteadyTime now);
  void write_trail(const Id& technician, Place& place);
  [[nodiscard]] Frame encode(const Id& technician, const Place& place, entity::Viewpoint as) const;

  IoThread& thread_;
  std::unordered_map<Id, Place> places_;
  std::vector<Id> waiting_;
  std::vector<Id> trails_;
};

}  // namespace mf::gateway::topics
