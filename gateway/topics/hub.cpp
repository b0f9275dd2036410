#include "gateway/topics/hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace mf::gateway::topics {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(200);

}  // namespace

Hub::Hub(IoThread& thread)
    : thread_(thread),
      timer_(thread.io()),
      streams_(thread),
      clients_(thread),
      boards_(thread),
      positions_(thread),
      cluster_(thread),
      assignments_(thread) {
  thread.add_listener(*this);
  tick();
}

void Hub::join(Subscriber& session) {
  const Principal& by = session.principal();
  sessions_.insert(&session);
  if (by.tracked_order.empty()) by_account_.emplace(by.account, &session);
  if (!by.technician.empty()) assignments_.join(session);
}

void Hub::leave(Subscriber& session, const Principal& as) {
  sessions_.erase(&session);
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
  topic_of(*sub).open(sub, since);
  return sub;
}

void Hub::unsubscribe(const SubscriptionPtr& sub) {
  if (std::exchange(sub->closed, true)) return;
  topic_of(*sub).close(sub);
}

void Hub::recheck(const SubscriptionPtr& sub) {
  if (!sub->closed) topic_of(*sub).recheck(sub);
}

void Hub::on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) {
  for (const auto& change : batch->changes) {
    if (change.entity.kind == EntityKind::account) {
      on_account(change.entity.id);
      continue;
    }
    assignments_.on_change(change);
    for (auto* topic : each_topic()) topic->on_change(change);
  }
}

void Hub::on_account(const Id& account) {
  const auto [begin, end] = by_account_.equal_range(account);
  for (auto at = begin; at != end; ++at) at->second->account_changed();
}

void Hub::on_board(const std::shared_ptr<const views::BoardDelta>& delta) {
  boards_.on_delta(delta);
}

void Hub::on_changes_lost() {
  assignments_.forget();
  for (Subscriber* session : sessions_) session->fell_behind();
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
  timer_.expires_after(tick_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
  const auto now = steady_now();
  assignments_.tick(now);
  for (auto* topic : each_topic()) topic->tick(now);
}

}  // namespace mf::gateway::topics
