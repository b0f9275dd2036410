#pragma once
// Work handed to a technician's phone: {"asg":{"n":…,"order":{…},"offer_expires_at":…}}, again when
// the phone comes back and after 5, 10 and 20 s, until it is acknowledged. What is undelivered is
// the technician entity's durable knowledge; here is only what connected phones were told. The
// order comes with its `contact`, and both are read anew each time: nobody's address is kept here.
#include <array>
#include <functional>
#include <unordered_map>
#include <vector>

#include "gateway/io/io_thread.hpp"
#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::topics {

class Assignments {
 public:
  explicit Assignments(IoThread& thread);

  /// A technician's session: sends what is undelivered.
  void join(Subscriber& phone);
  void leave(Subscriber& phone, const Id& technician);
  void on_change(const shard::Change& change);
  /// Changes were not heard: what phones were told may be out of date. They come back and ask.
  void forget() { technicians_.clear(); }
  void tick(SteadyTime now);
  /// Stops sending at once; `then` hears whether it is durable. One that nobody waits for any more
  /// counts as acknowledged.
  void acknowledge(const Principal& by, const Id& visit, OnReply then);

 private:
  struct Delivery {
    Id order;
    SteadyTime first;
    std::size_t sent_again = 0;
  };
  struct Technician {
    std::vector<Subscriber*> phones;
    std::unordered_map<Id, Delivery> deliveries;  // by visit
  };

  void on_acknowledged(const shard::Change& change);
  void on_undelivered(const Id& technician, Subscriber* phone, const views::ReadReply& reply);
  void read_and_send(const Id& technician, const Id& visit, const Id& order, Subscriber* phone);
  void join_and_send(const Id& technician, const Id& visit, views::ReadReply order,
                     Subscriber* only_to);
  [[nodiscard]] Technician* waiting_for(const Id& technician, const Id& visit);

  IoThread& thread_;
  std::array<Duration, 3> resend_after_;
  std::unordered_map<Id, Technician> technicians_;
};

}  // namespace mf::gateway::topics
