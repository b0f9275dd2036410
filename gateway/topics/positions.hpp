#pragma once
// Where technicians are: the latest value per technician, in memory, for `position:{technician}`.
// Every thread keeps all of them (what arrives at one is posted to the others). Pushed at most once
// a second; to clients rounded to about 100 m and only while their order is EN_ROUTE. The thread
// where positions arrive writes the trail, at most one `record_trail` a minute and the first at
// once; and tells the order when its technician has stayed at the site (fence.hpp).
#include <optional>
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/fence.hpp"
#include "gateway/topics/position.hpp"
#include "gateway/topics/topic.hpp"

namespace mf::gateway::topics {

/// As subscribers and GET show it; to clients without what the phone says beside the place.
[[nodiscard]] std::string position_schema();  ///< of the below, to anybody
[[nodiscard]] std::string position_json(const Id& technician, const Position& position,
                                        entity::Viewpoint as);

class Positions final : public Topic {
 public:
  explicit Positions(IoThread& thread) : thread_(thread) {}

  void open(const SubscriptionPtr& subscription, const std::optional<std::string>& since) override;
  void close(const SubscriptionPtr& subscription) override;
  void on_change(const shard::Change& change) override;
  void recheck(const SubscriptionPtr& subscription) override;

  /// Where else positions of this node are kept: the other threads' topics.
  void tell(std::vector<Positions*> others) { others_ = std::move(others); }
  /// Oldest first. Ones that are not newer than what is known are dropped, and so are ones where
  /// nobody can be so soon, until the next agrees with them. Gives the offset of a phone's clock
  /// that is wrong: its positions are then under our time (PhoneClock).
  std::optional<Duration> report(const Id& technician, std::vector<Position> positions);
  /// From another thread of this node.
  void hear(const Id& technician, const Position& position);
  [[nodiscard]] std::optional<Position> latest(const Id& technician) const;
  /// Sends what had to wait; writes trails whose time has come.
  void tick(SteadyTime now) override;

 private:
  struct Place {
    Position position;
    std::optional<Position> doubted;  ///< too far from `position` to be believed alone
    PhoneClock clock;
    SteadyTime pushed;
    bool is_waiting = false;
    std::vector<Position> trail;
    SteadyTime trail_written;
    Fence fence;
    bool is_travel_known = false;  ///< whether it is on the way anywhere
    std::vector<SubscriptionPtr> subscribers;
  };

  static bool is_credible(Place& place, const Position& next);
  void allow_supervisor(const SubscriptionPtr& subscription);
  void allow_client(const SubscriptionPtr& subscription);
  void allow_tracking(const SubscriptionPtr& subscription);
  void accept(const SubscriptionPtr& subscription, entity::Viewpoint as, std::string order);
  void refuse(const SubscriptionPtr& subscription, const Refusal& why);
  void push(const Id& technician, Place& place, SteadyTime now);
  void see_travel(const shard::Change& change);
  void ask_travel(const Id& technician, Place& place);
  void reach(const Id& technician, const Fence::Site& site, const Position& position);
  void write_trail(const Id& technician, Place& place);
  [[nodiscard]] Frame encode(const Id& technician, const Place& place, entity::Viewpoint as) const;

  IoThread& thread_;
  std::vector<Positions*> others_;
  std::unordered_map<Id, Place> places_;
  std::vector<Id> waiting_;
  std::vector<Id> trails_;
};

}  // namespace mf::gateway::topics
