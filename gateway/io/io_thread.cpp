#include "gateway/io/io_thread.hpp"

#include <boost/asio/post.hpp>

#include "base/guarded_thread.hpp"
#include "base/log.hpp"

namespace mf::gateway {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(200);
// The runtime answers within a command's own deadline; this much longer, and its answer is lost.
constexpr auto silence_max = std::chrono::seconds(5);

}  // namespace

IoThread::IoThread(Shared& shared)
    : shared_(shared),
      pending_(shared.options.deadlines.command + silence_max),
      inbox_({shared.options.inbox.items_max, shared.options.inbox.bytes_max},
             [this] { boost::asio::post(io_, [this] { take_inbox(); }); }) {}

void IoThread::run() {
  name_thread("gateway");
  runtime().follow(inbox_);
  tick();
  const auto work = boost::asio::make_work_guard(io_);
  // One handler's exception is one connection's trouble; the others' handlers run on.
  while (!guarded("gateway", [this] { io_.run(); })) {
  }
  runtime().unfollow(inbox_);
}

void IoThread::stop() {
  inbox_.close();
  boost::asio::post(io_, [this] {
    connections_.abort_all();
    // A turn later, so that aborted operations have run their handlers.
    boost::asio::post(io_, [this] { io_.stop(); });
  });
}

void IoThread::drain(Duration time) {
  boost::asio::post(io_, [this, time] {
    is_draining_ = true;
    connections_.drain(time);
  });
}

void IoThread::submit(entity::Command command, OnReply then) {
  outbox_.push_back({pending_.expect(std::move(then)), std::move(command)});
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
  runtime().submit(std::move(commands), inbox_);
}

void IoThread::read(const EntityRef& ref, const Principal& by, OnRead then) {
  runtime().read(pending_.expect(std::move(then)), ref, by, inbox_);
}

void IoThread::ask(const EntityRef& ref, std::string query, std::string body, const Principal& by,
                   OnRead then) {
  runtime().ask(pending_.expect(std::move(then)), ref, std::move(query), std::move(body), by,
                inbox_);
}

void IoThread::timeline(const EntityRef& ref, std::uint64_t after, int limit, const Principal& by,
                        OnTimeline then) {
  runtime().timeline(pending_.expect(std::move(then)), ref, after, limit, by, inbox_);
}

void IoThread::list(views::ListQuery query, entity::Viewpoint as, OnList then) {
  runtime().list(pending_.expect(std::move(then)), std::move(query), as, inbox_);
}

void IoThread::letters(const views::LettersQuery& query, OnList then) {
  runtime().letters(pending_.expect(std::move(then)), query, inbox_);
}

void IoThread::board(const Id& zone, OnBoard then) {
  runtime().board(pending_.expect(std::move(then)), zone, inbox_);
}

void IoThread::consult(views::Question question, OnRead then) {
  runtime().consult(pending_.expect(std::move(then)), std::move(question), inbox_);
}

void IoThread::hear(const Inbox::Taken& taken) {
  for (const auto& batch : taken.batches)
    for (auto* listener : listeners_) listener->on_batch(batch);
  for (const auto& delta : taken.deltas)
    for (auto* listener : listeners_) listener->on_board(delta);
}

void IoThread::take_inbox() {
  auto taken = inbox_.take();
  // Changes first: a login that was revoked in one must not be used by an answer behind it.
  try {
    hear(taken);
  } catch (const std::exception& error) {
    log::error(log::gateway, "change-not-taken", {{"what", error.what()}});
    taken.has_lost_changes = true;
  }
  if (taken.has_lost_changes)
    for (auto* listener : listeners_) listener->on_changes_lost();
  for (auto& [tag, answer] : taken.answers) pending_.resolve(tag, std::move(answer));
}

void IoThread::tick() {
  // Armed first: what a connection throws at its end must not stop the clock.
  timer_.expires_after(tick_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
  const auto now = steady_now();
  connections_.tick(now);
  pending_.expire(now);
}

}  // namespace mf::gateway
