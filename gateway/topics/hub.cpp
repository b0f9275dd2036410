#include "gateway/topics/hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace mf::gateway {

std::unique_ptr<Live> make_live(IoThread& thread) { return std::make_unique<topics::Hub>(thread); }

namespace topics {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(200);

}  // namespace

Hub& hub_of(IoThread& thread) { return static_cast<Hub&>(thread.live()); }

Hub::Hub(IoThread& thread)
    : thread_(thread),
      timer_(thread.io()),
      streams_(thread),
      clients_(thread),
      boards_(thread),
      positions_(thread),
      cluster_(thread),
      assignments_(thread) {
  tick();
}

void Hub::join(Subscriber& session) {
  const Principal& by = session.principal();
  if (by.tracked_order.empty()) by_account_.emplace(by.account, &session);
  if (!by.technician.empty()) assignments_.join(session);
}

void Hub::leave(Subscriber& session, const Principal& as) {
  const auto [begin, end] = by_account_.equal_range(as.account);
  for (auto at = begin; at != end; ++at)
    if (at->second == &session) {
      by_account_.erase(at);
      break;
    }
  if (!as.technician.empty()) assignments_.leave(session, as.technician);
}

SubscriptionPtr Hub::subscribe(Subscriber& who, std::uint64_t request, TopicName topic,
                               const std::optional<std::string>& since,
                               std::vector<std::string> events) {
  auto sub = std::make_shared<Subscription>();
  sub->who = &who;
  sub->request = request;
  sub->topic = std::move(topic);
  sub->events = std::move(events);
  switch (sub->topic.type) {
    case TopicType::order:
    case TopicType::technician: streams_.open(sub, since); break;
    case TopicType::client: clients_.open(sub); break;
    case TopicType::board: boards_.open(sub); break;
    case TopicType::position: positions_.open(sub); break;
    case TopicType::cluster: cluster_.open(sub); break;
  }
  return sub;
}

void Hub::unsubscribe(const SubscriptionPtr& sub) {
  if (sub->closed) return;
  sub->closed = true;
  switch (sub->topic.type) {
    case TopicType::order:
    case TopicType::technician: return streams_.close(sub);
    case TopicType::client: return clients_.close(sub);
    case TopicType::board: return boards_.close(sub);
    case TopicType::position: return positions_.close(sub);
    case TopicType::cluster: return cluster_.close(sub);
  }
}

void Hub::recheck(const SubscriptionPtr& sub) {
  if (sub->closed) return;
  switch (sub->topic.type) {
    case TopicType::order:
    case TopicType::technician: return streams_.recheck(sub);
    case TopicType::client: return clients_.recheck(sub);
    case TopicType::board: return boards_.recheck(sub);
    case TopicType::position: return positions_.recheck(sub);
    case TopicType::cluster: return cluster_.recheck(sub);
  }
}

void Hub::on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) {
  for (const auto& change : batch->changes) {
    if (change.entity.kind == EntityKind::account) {
      on_account(change.entity.id);
      continue;
    }
    assignments_.on_change(change);
    streams_.on_change(change);
    clients_.on_change(change);
    positions_.on_change(change);
  }
}

void Hub::on_account(const Id& account) {
  const auto [begin, end] = by_account_.equal_range(account);
  for (auto at = begin; at != end; ++at) at->second->account_changed();
}

void Hub::on_board(const std::shared_ptr<const views::BoardDelta>& delta) {
  boards_.on_delta(delta);
}

void Hub::on_positions(const Id& technician, std::span<const Position> positions) {
  positions_.report(technician, positions);
}

std::optional<Position> Hub::position_of(const Id& technician) const {
  return positions_.latest(technician);
}

void Hub::mark(Subscriber& session) {
  if (marked_.empty()) boost::asio::post(thread_.io(), [this] { end_turn(); });
  marked_.push_back(&session);
}

void Hub::unmark(Subscriber& session) {
  std::ranges::replace(marked_, &session, nullptr);
  std::ranges::replace(flushing_, &session, nullptr);
}

void Hub::end_turn() {
  std::swap(marked_, flushing_);
  for (Subscriber* session : flushing_)
    if (session) session->flush();
  flushing_.clear();
}

void Hub::tick() {
  const auto now = steady_now();
  positions_.tick(now);
  assignments_.tick(now);
  cluster_.tick(now);
  timer_.expires_after(tick_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

}  // namespace topics
}  // namespace mf::gateway
