#pragma once
// What topics know of a session: whom to send to, and what one subscription is.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/host/runtime.hpp"
#include "base/principal.hpp"
#include "gateway/topics/topic_name.hpp"

namespace mf::gateway::topics {

/// One encoded message, shared by everybody who gets it.
using Frame = std::shared_ptr<const std::string>;
[[nodiscard]] inline Frame make_frame(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// Why a subscription was refused.
using Refusal = std::variant<Rejection, entity::Fault>;

class Subscriber;
struct BoardPages;

/// One subscription, owned by its session and its topic together. Everything that waits for an
/// answer holds it and looks at `closed` first.
struct Subscription {
  Subscriber* who = nullptr;  ///< valid while not closed
  TopicName topic;
  std::uint64_t request = 0;        ///< the id of the `sub` message
  std::vector<std::string> events;  ///< only these types; empty: all
  bool closed = false;
  bool answered = false;  ///< the `ok` is on its way

  /// `asking`: the first answer is awaited. `catching_up`: live changes are noted, not sent.
  enum class State : std::uint8_t { asking, catching_up, live } state = State::asking;
  std::uint64_t last = 0;  ///< streams: version up to which the subscriber has everything
  std::uint64_t seen = 0;  ///< streams: newest version heard of while not live
  int empty_reads = 0;     ///< streams: catch-up reads in a row that brought nothing
  std::string order;       ///< position: the EN_ROUTE order that gives a client the right
  entity::Viewpoint as = entity::Viewpoint::staff;  ///< position: rounded for clients
  struct Held {
    Frame frame;
    std::shared_ptr<const views::BoardDelta> delta;  ///< what the frame says, on boards
  };
  std::vector<Held> held;             ///< views: changes that arrived before the first answer
  std::shared_ptr<BoardPages> pages;  ///< board: what is left of a paged snapshot
};
using SubscriptionPtr = std::shared_ptr<Subscription>;

/// A session as topics see it. Same thread; none of these calls back into the hub.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  [[nodiscard]] virtual const Principal& principal() const = 0;
  /// Whom limits count: the account, or the address behind a tracking link.
  [[nodiscard]] virtual std::string_view rate_key() const = 0;
  /// Queues a message. One that does not fit closes the session (later, not in this call).
  virtual void send(Frame message) = 0;
  /// Like send, but takes the place of a queued message with the same key (not 0).
  virtual void send_latest(std::uint64_t key, Frame message) = 0;
  /// The subscription was closed before its `ok`: answer the request with this.
  virtual void refused(const SubscriptionPtr& subscription, const Refusal& why) = 0;
  /// The subscription was closed by us: push `unsub` with this code.
  virtual void lost(const SubscriptionPtr& subscription, std::string_view code) = 0;
  /// Bytes queued; a paged answer goes on when it is below `backlog_low`.
  [[nodiscard]] virtual std::size_t backlog() const = 0;
  /// Calls `next` once (in a turn of its own) when the backlog is below `backlog_low`.
  virtual void when_drained(SubscriptionPtr subscription, std::function<void()> next) = 0;
  /// Changes were lost before they reached it: it has to go, and come back.
  virtual void fell_behind() = 0;
  /// Its account changed: roles, zones or sessions may be others now.
  virtual void account_changed() = 0;
  /// The turn in which it was marked is over: write what is queued.
  virtual void flush() = 0;
};
inline constexpr std::size_t backlog_low = std::size_t{128} * 1024;

}  // namespace mf::gateway::topics
