#pragma once
// One thread of the gateway: its io_context, the answers of the runtime, the commands of one turn,
// its connections and the principals it has seen lately. Everything here except post() and the
// constructor runs on that thread.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/host/runtime.hpp"
#include "gateway/api/commands.hpp"
#include "gateway/api/options.hpp"
#include "gateway/api/rate_limit.hpp"
#include "gateway/auth/principal_cache.hpp"
#include "gateway/io/live.hpp"

namespace mf::gateway {

namespace auth {
class PasswordPool;
class LoginGuard;
}  // namespace auth

using SteadyTime = std::chrono::steady_clock::time_point;
[[nodiscard]] inline SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

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
  ConnectionCount& connections;
  auth::PasswordPool& passwords;
  auth::LoginGuard& logins;
  const Clock& clock;
  std::string openapi;             ///< the document, made once
  std::vector<IoThread*> threads;  ///< to post something to each: asio::post(thread->io(), …)
  bool is_tls = false;
  std::unique_ptr<RateLimiter> orders_per_client;  ///< key: client; null: no limit
};

/// A socket's session: watched for its deadline and told to leave when the node drains.
class Connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Connection() = default;
  /// Checked every 200 ms. Set it before each thing that may hang.
  SteadyTime deadline = SteadyTime::max();
  /// The deadline has passed (and is max() again): close.
  virtual void expire() = 0;
  /// Finish what is running within `time`, then close; keep-alive ends here.
  virtual void drain(Duration time) = 0;
  /// Close at once.
  virtual void abort() = 0;
};

/// Called exactly once, on this thread, with the alternative that belongs to the call: Reply for
/// submit, ReadReply for read and ask, TimelineReply, ListReply, BoardReply. When the runtime stays
/// silent past the deadline it is a Fault (`outcome_unknown` for commands).
using OnAnswer = std::move_only_function<void(host::Answered)>;

class IoThread final : public host::Sink {
 public:
  explicit IoThread(Shared& shared);
  ~IoThread() override;
  /// Runs until stop(). Follows the runtime meanwhile.
  void run();
  /// From any thread: ends run() after closing every connection. Answers that come later are
  /// dropped.
  void stop();

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] Shared& shared() { return shared_; }
  [[nodiscard]] host::Runtime& runtime() { return shared_.runtime; }
  [[nodiscard]] Timestamp now() const { return shared_.clock.now(); }
  [[nodiscard]] auth::PrincipalCache& principals() { return principals_; }
  [[nodiscard]] Live& live() { return *live_; }

  /// Put in the outbox: all commands of this turn reach the runtime in one call.
  void submit(entity::Command command, OnAnswer then);
  void read(const EntityRef& ref, const Principal& by, OnAnswer then);
  void ask(const EntityRef& ref, std::string query, std::string body, const Principal& by,
           OnAnswer then);
  void timeline(const EntityRef& ref, std::uint64_t after, int limit, const Principal& by,
                OnAnswer then);
  void list(views::ListQuery query, entity::Viewpoint as, OnAnswer then);
  void board(const Id& zone, OnAnswer then);
  void candidates(const Id& order, const Principal& by, OnAnswer then);  ///< a ReadReply

  /// Watches a connection until it is destroyed.
  void watch(Connection& connection) { connections_.push_back(connection); }
  /// From any thread: tells every connection to leave.
  void drain(Duration time);
  [[nodiscard]] bool is_draining() const { return is_draining_; }

  // Sink: from any thread of the runtime.
  void post(std::vector<host::TaggedAnswer> answers) override;
  void post(std::shared_ptr<const shard::CommittedBatch> batch) override;
  void post(std::shared_ptr<const views::BoardDelta> delta) override;

 private:
  struct Pending {
    OnAnswer then;
    SteadyTime due;
    std::uint32_t generation = 0;
    std::uint8_t expects = 0;  // index of the alternative of host::Answered
    std::uint32_t next_free = 0;
  };
  struct Inbox {
    std::vector<host::TaggedAnswer> answers;
    std::vector<std::shared_ptr<const shard::CommittedBatch>> batches;
    std::vector<std::shared_ptr<const views::BoardDelta>> deltas;
    bool is_scheduled = false, is_closed = false;
  };

  std::uint64_t expect(std::uint8_t alternative, OnAnswer then);
  void resolve(std::uint64_t tag, host::Answered answer);
  void flush();
  void take_inbox();
  void schedule_inbox(std::unique_lock<std::mutex> lock);
  void tick();
  void expire_pending(SteadyTime now);
  void on_account_changes(const shard::CommittedBatch& batch);

  Shared& shared_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  std::vector<host::TaggedCommand> outbox_;
  bool is_flush_scheduled_ = false, is_draining_ = false;
  std::vector<Pending> pending_;
  std::uint32_t free_ = 0;
  std::mutex mutex_;
  Inbox inbox_;  // guarded by mutex_
  boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> connections_;
  auth::PrincipalCache principals_;
  std::unique_ptr<Live> live_;
};

}  // namespace mf::gateway
