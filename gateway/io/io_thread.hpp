#pragma once
// One thread of the gateway: its io_context, the commands of one turn, the answers and changes of
// the runtime, its connections. Everything here runs on that thread unless it says otherwise.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "actors/host/runtime.hpp"
#include "gateway/api/commands.hpp"
#include "gateway/api/options.hpp"
#include "gateway/api/rate_limit.hpp"
#include "gateway/io/connections.hpp"
#include "gateway/io/inbox.hpp"
#include "gateway/io/pending_answers.hpp"

namespace mf::gateway {

namespace auth {
class PasswordPool;
class LoginGuard;
}  // namespace auth

/// What all threads of one gateway share. Made before they start; outlives them.
struct Shared {
  const GatewayOptions& options;
  host::Runtime& runtime;
  const Operations& operations;
  RateLimiter& commands;         ///< key: account
  RateLimiter& reads;            ///< key: account
  RateLimiter& strangers;        ///< key: http::limit_key(address), for requests without a login
  RateLimiter& subscriptions;    ///< key: account
  RateLimiter& position_frames;  ///< key: account
  RateLimiter& stream_bytes;     ///< key: account, or address of a tracking link
  ConnectionCount& connections;
  ConnectionCount& admin_connections;
  ConnectionCount& account_streams;  ///< key: account
  auth::PasswordPool& passwords;
  auth::LoginGuard& logins;
  const Clock& clock;
  std::string openapi = {}, openapi_etag = {};  ///< the document, made once
  bool is_tls = false;
  std::unique_ptr<RateLimiter> orders_per_client;  ///< key: client; null: no limit
};

/// Hears what is committed, on the thread it listens to.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  /// Every committed batch of the node, in the order of each shard.
  virtual void on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) = 0;
  /// Of the zones the thread watches.
  virtual void on_board(const std::shared_ptr<const views::BoardDelta>&) {}
  /// The thread fell behind, and some were dropped: what was heard so far is worth nothing.
  virtual void on_changes_lost() = 0;
};

class IoThread final {
 public:
  explicit IoThread(Shared& shared);
  /// Before run(). Listeners hear in the order in which they came, and outlive the running thread.
  void add_listener(ChangeListener& listener) { listeners_.push_back(&listener); }
  /// Runs until stop(). Follows the runtime meanwhile.
  void run();
  /// From any thread: ends run() after closing every connection. Answers that come later are
  /// dropped.
  void stop();

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] Shared& shared() { return shared_; }
  [[nodiscard]] host::Runtime& runtime() { return shared_.runtime; }
  [[nodiscard]] host::Sink& sink() { return inbox_; }
  [[nodiscard]] Timestamp now() const { return shared_.clock.now(); }

  /// Put in the outbox: all commands of this turn reach the runtime in one call.
  void submit(entity::Command command, OnReply then);
  void read(const EntityRef& ref, const Principal& by, OnRead then);
  void ask(const EntityRef& ref, std::string query, std::string body, const Principal& by,
           OnRead then);
  void timeline(const EntityRef& ref, std::uint64_t after, int limit, const Principal& by,
                OnTimeline then);
  void list(views::ListQuery query, entity::Viewpoint as, OnList then);
  void letters(const views::LettersQuery& query, OnList then);
  void board(const Id& zone, OnBoard then);
  void consult(views::Question question, OnRead then);

  [[nodiscard]] Connections& connections() { return connections_; }
  /// From any thread: tells every connection to leave.
  void drain(Duration time);
  [[nodiscard]] bool is_draining() const { return is_draining_; }

 private:
  void flush();
  void take_inbox();
  void hear(const Inbox::Taken& taken);
  void tick();

  Shared& shared_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  std::vector<host::TaggedCommand> outbox_;
  bool is_flush_scheduled_ = false, is_draining_ = false;
  PendingAnswers pending_;
  Inbox inbox_;
  Connections connections_;
  std::vector<ChangeListener*> listeners_;
};

}  // namespace mf::gateway
