#include "gateway/io/io_thread.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/assert.hpp"
#include "base/guarded_thread.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "gateway/auth/login_guard.hpp"

namespace mf::gateway {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(200);
// The runtime answers within a command's own deadline; this much longer, and its answer is lost.
constexpr auto silence_max = std::chrono::seconds(5);
constexpr std::uint32_t none = 0xffff'ffff;

host::Answered silence(std::uint8_t alternative) {
  const entity::Fault lost{entity::Fault::Code::unavailable, "no answer", Duration{1000}};
  switch (alternative) {
    case 0:
      return entity::Reply(
          entity::Fault{entity::Fault::Code::outcome_unknown, "no answer", Duration{1000}});
    case 1: return views::ReadReply{.fault = lost};
    case 2: return views::TimelineReply{.fault = lost};
    case 3: return views::ListReply{.fault = lost};
    default: return views::BoardReply{.fault = lost};
  }
}

/// Somebody with the right to has let this account in again.
bool is_let_in(const shard::Change& change) {
  return std::ranges::any_of(change.events, [](const shard::EventRecord& event) {
    return event.body.type == "account.unlocked" || event.body.type == "account.password_set" ||
           event.body.type == "account.invitation_redeemed";
  });
}

std::string username_of(const entity::Entity& account) {
  const auto row = parse_json(account.row(entity::Viewpoint::staff));
  return row.is_object() ? row.value("username", std::string()) : std::string();
}

}  // namespace

IoThread::IoThread(Shared& shared)
    : shared_(shared),
      free_(none),
      principals_(shared.options.principal_cache),
      live_(make_live(*this)) {}

IoThread::~IoThread() = default;

void IoThread::run() {
  name_thread("gateway");
  runtime().follow(*this);
  tick();
  const auto work = boost::asio::make_work_guard(io_);
  // One handler's exception is one connection's trouble; the others' handlers run on.
  while (!guarded("gateway", [this] { io_.run(); })) {
  }
  runtime().unfollow(*this);
}

void IoThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    inbox_.is_closed = true;
  }
  boost::asio::post(io_, [this] {
    while (!connections_.empty()) {
      auto& connection = connections_.front();
      connections_.pop_front();
      connection.abort();
    }
    // A turn later, so that aborted operations have run their handlers.
    boost::asio::post(io_, [this] { io_.stop(); });
  });
}

void IoThread::drain(Duration time) {
  boost::asio::post(io_, [this, time] {
    is_draining_ = true;
    for (auto at = connections_.begin(); at != connections_.end();) (at++)->drain(time);
  });
}

void IoThread::submit(entity::Command command, OnAnswer then) {
  outbox_.push_back({expect(0, std::move(then)), std::move(command)});
  if (is_flush_scheduled_) return;
  is_flush_scheduled_ = true;
  // Behind everything that is ready now: the commands of one turn travel together.
  boost::asio::post(io_, [this] { flush(); });
}

void IoThread::flush() {
  is_flush_scheduled_ = false;
  std::vector<host::TaggedCommand> commands;
  commands.reserve(outbox_.capacity());
  commands.swap(outbox_);
  runtime().submit(std::move(commands), *this);
}

void IoThread::read(const EntityRef& ref, const Principal& by, OnAnswer then) {
  runtime().read(expect(1, std::move(then)), ref, by, *this);
}

void IoThread::ask(const EntityRef& ref, std::string query, std::string body, const Principal& by,
                   OnAnswer then) {
  runtime().ask(expect(1, std::move(then)), ref, std::move(query), std::move(body), by, *this);
}

void IoThread::timeline(const EntityRef& ref, std::uint64_t after, int limit, const Principal& by,
                        OnAnswer then) {
  runtime().timeline(expect(2, std::move(then)), ref, after, limit, by, *this);
}

void IoThread::list(views::ListQuery query, entity::Viewpoint as, OnAnswer then) {
  runtime().list(expect(3, std::move(then)), std::move(query), as, *this);
}

void IoThread::board(const Id& zone, OnAnswer then) {
  runtime().board(expect(4, std::move(then)), zone, *this);
}

void IoThread::candidates(const Id& order, const Principal& by, OnAnswer then) {
  runtime().candidates(expect(1, std::move(then)), order, by, *this);
}

std::uint64_t IoThread::expect(std::uint8_t alternative, OnAnswer then) {
  static_assert(std::variant_size_v<host::Answered> == 5);
  std::uint32_t slot = free_;
  if (slot == none) {
    slot = static_cast<std::uint32_t>(pending_.size());
    pending_.emplace_back();
  } else {
    free_ = pending_[slot].next_free;
  }
  auto& pending = pending_[slot];
  pending.then = std::move(then);
  pending.due = steady_now() + shared_.options.deadlines.command + silence_max;
  pending.expects = alternative;
  return static_cast<std::uint64_t>(pending.generation) << 32 | slot;
}

void IoThread::resolve(std::uint64_t tag, host::Answered answer) {
  const auto slot = static_cast<std::uint32_t>(tag);
  const auto generation = static_cast<std::uint32_t>(tag >> 32);
  if (slot >= pending_.size() || pending_[slot].generation != generation || !pending_[slot].then)
    return;
  auto& pending = pending_[slot];
  MF_ASSERT(answer.index() == pending.expects, "an answer of another kind");
  auto then = std::move(pending.then);
  pending.then = nullptr;
  ++pending.generation;
  pending.next_free = free_;
  free_ = slot;
  then(std::move(answer));
}

void IoThread::expire_pending(SteadyTime now) {
  // By index: a callback may add to the vector.
  for (std::uint32_t slot = 0; slot < pending_.size(); ++slot) {
    if (!pending_[slot].then || pending_[slot].due > now) continue;
    log::warn(log::gateway, "answer-lost");
    const auto tag = static_cast<std::uint64_t>(pending_[slot].generation) << 32 | slot;
    resolve(tag, silence(pending_[slot].expects));
  }
}

void IoThread::post(std::vector<host::TaggedAnswer> answers) {
  std::unique_lock lock(mutex_);
  if (inbox_.is_closed) return;
  if (inbox_.answers.empty()) {
    inbox_.answers = std::move(answers);
  } else {
    inbox_.answers.insert(inbox_.answers.end(), std::make_move_iterator(answers.begin()),
                          std::make_move_iterator(answers.end()));
  }
  schedule_inbox(std::move(lock));
}

void IoThread::post(std::shared_ptr<const shard::CommittedBatch> batch) {
  std::unique_lock lock(mutex_);
  if (inbox_.is_closed) return;
  inbox_.batches.push_back(std::move(batch));
  schedule_inbox(std::move(lock));
}

void IoThread::post(std::shared_ptr<const views::BoardDelta> delta) {
  std::unique_lock lock(mutex_);
  if (inbox_.is_closed) return;
  inbox_.deltas.push_back(std::move(delta));
  schedule_inbox(std::move(lock));
}

void IoThread::schedule_inbox(std::unique_lock<std::mutex> lock) {
  if (inbox_.is_scheduled) return;
  inbox_.is_scheduled = true;
  lock.unlock();
  boost::asio::post(io_, [this] { take_inbox(); });
}

void IoThread::take_inbox() {
  Inbox taken;
  {
    const std::lock_guard lock(mutex_);
    std::swap(taken.answers, inbox_.answers);
    std::swap(taken.batches, inbox_.batches);
    std::swap(taken.deltas, inbox_.deltas);
    inbox_.is_scheduled = false;
  }
  // Batches first: a login that was revoked in one must not be used by an answer behind it.
  for (const auto& batch : taken.batches) {
    on_account_changes(*batch);
    live_->on_batch(batch);
  }
  for (const auto& delta : taken.deltas) live_->on_board(delta);
  for (auto& [tag, answer] : taken.answers) resolve(tag, std::move(answer));
}

void IoThread::on_account_changes(const shard::CommittedBatch& batch) {
  for (const auto& change : batch.changes) {
    if (change.entity.kind != EntityKind::account) continue;
    principals_.drop_account(change.entity.id);
    if (is_let_in(change)) shared_.logins.let_in(auth::folded_username(username_of(*change.after)));
  }
}

void IoThread::tick() {
  const auto now = steady_now();
  for (auto at = connections_.begin(); at != connections_.end();) {
    auto& connection = *at++;
    if (connection.deadline > now) continue;
    connection.deadline = SteadyTime::max();
    connection.expire();
  }
  expire_pending(now);
  timer_.expires_after(tick_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

}  // namespace mf::gateway
