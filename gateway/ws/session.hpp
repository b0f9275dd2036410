#pragma once
// One WebSocket session: verbs, limits, pings, closing codes (documents/asyncapi.cpp has them all).
// Knows no socket; socket.hpp derives the two that do (plain and TLS). Runs on its I/O thread.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/auth/authenticate.hpp"
#include "gateway/texts/language.hpp"
#include "gateway/ws/deadlines.hpp"
#include "gateway/ws/message_codec.hpp"
#include "gateway/ws/send_queue.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::ws {

/// Why we close. 44xx: the client has to change something first; 45xx: come back with backoff.
/// A frame that is too big, not UTF-8 or no frame closes with RFC 6455's own 1009, 1007, 1002.
enum class CloseCode : std::uint16_t {
  bad_frame = 4400,
  new_token = 4401,
  forbidden = 4403,
  timeout = 4408,
  too_fast = 4429,
  internal = 4500,
  draining = 4503,
  slow = 4508,
};

/// The four phases; every one of them may end in `closing`, and nothing leads back.
///
///   greeting ── connect ──▶ authenticating ── the login holds ──▶ connected
///      │                        │ lines that come meanwhile wait       │ verbs, pushes, pings
///      │ late, or no connect    │ unknown, unavailable                 │ slow, silent, too fast,
///      ▼                        ▼                                      ▼ ended, draining
///   closing: the queue is dropped, topics are left at the end of the turn, the closing frame goes
///   out behind a write that runs; the socket is cut when the grace is over.
class Session : public Connection,
                public topics::Subscriber,
                public std::enable_shared_from_this<Session> {
 public:
  /// `preferred`: what the request for the upgrade said; `err` texts are in it.
  Session(Worker& worker, auth::IdentityPtr identity, std::string address,
          std::optional<texts::Language> preferred);
  ~Session() override;

  // Subscriber
  [[nodiscard]] const Principal& principal() const override { return identity_->principal; }
  [[nodiscard]] std::string_view rate_key() const override;
  void send(Frame message) override;
  void send_latest(std::uint64_t key, Frame message) override;
  void refused(const topics::SubscriptionPtr& subscription, const topics::Refusal& why) override;
  void lost(const topics::SubscriptionPtr& subscription, std::string_view code) override;
  [[nodiscard]] std::size_t backlog() const override { return queue_.bytes(); }
  void when_drained(topics::SubscriptionPtr subscription, std::function<void()> next) override;
  void account_changed() override;
  void fell_behind() override { close(CloseCode::slow, "the node fell behind: resume"); }
  void flush() override;

  // Connection
  void expire() override;
  void drain(Duration time) override;
  [[nodiscard]] bool is_idle_stranger() const override { return !identity_; }

 protected:
  // For the socket:
  void opened();                                   ///< the handshake is done
  void received(std::string_view frame);           ///< one whole text frame
  void written();                                  ///< the frame of start_write() is out, later
  void close(CloseCode code, const char* reason);  ///< a literal
  void finish();                                   ///< no more reads will come
  [[nodiscard]] texts::Language language() const;
  [[nodiscard]] bool is_closing() const { return phase_ == Phase::closing; }

  /// One frame, one at a time. True: it is out; else written() follows, and the frame lives as long
  /// as the write.
  [[nodiscard]] virtual bool start_write(const Frame& frame) = 0;
  /// Sends the closing frame; never while a write is running.
  virtual void start_close(CloseCode code, std::string_view reason) = 0;

 private:
  enum class Phase : std::uint8_t { greeting, authenticating, connected, closing };
  struct Waiting {
    topics::SubscriptionPtr subscription;
    std::function<void()> next;
  };

  void on_line(std::string_view line);
  void on_message(std::uint64_t id, const Connect& connect);
  void on_message(std::uint64_t id, Subscribe& subscribe);
  void on_message(std::uint64_t id, const Unsubscribe& unsubscribe);
  void on_message(std::uint64_t id, Rpc& rpc);
  void on_message(std::uint64_t id, const Auth& auth);
  void on_ack(std::optional<std::uint64_t> id, const Ack& ack);
  void on_positions(std::optional<std::uint64_t> id, const Report& report);
  void check_login(std::uint64_t id);
  void follow_tracking(std::uint64_t id, const auth::Token& token);
  void recheck_tracking();
  void connected(std::uint64_t id);
  void answer(std::uint64_t id, const entity::Reply& reply, const Id& part);
  void reply_ok(std::uint64_t id, std::string_view members);
  void reply_error(std::uint64_t id, const Problem& problem);
  void take_identity(auth::IdentityPtr identity);
  [[nodiscard]] bool may_stay(const auth::Identity& identity);
  [[nodiscard]] bool may_command(std::uint64_t id);
  [[nodiscard]] bool is_flooding(SteadyTime now);
  [[nodiscard]] bool is_within_budget(std::string_view frame);
  void tell_clock_offset(Duration offset);
  void rearm() { deadline = due_.earliest(); }
  void settle();
  void write_on();
  void go_on_waiting();
  void depart();
  void close_if_done();
  void leave();
  void watch_expiry();
  void ping(SteadyTime now);
  void acknowledge_positions();

  IoThread& thread_;
  auth::Principals& principals_;
  topics::Hub& hub_;
  auth::IdentityPtr identity_;
  std::string address_;
  std::optional<texts::Language> preferred_language_;
  SendQueue queue_;
  std::vector<topics::SubscriptionPtr> subscriptions_;
  std::vector<Waiting> waiting_;    ///< for the queue to drain
  std::vector<std::string> early_;  ///< lines that came while authenticating
  std::size_t early_bytes_ = 0;
  Phase phase_ = Phase::greeting;
  bool is_joined_ = false, is_pong_due_ = false, is_writing_ = false, is_marked_ = false;
  bool is_close_sent_ = false, is_in_doubt_ = false, is_departing_ = false;
  int pending_ = 0;
  CloseCode close_code_ = CloseCode::internal;
  const char* close_reason_ = "";
  float flood_tokens_;
  SteadyTime flood_at_;
  std::uint64_t position_seq_ = 0;
  Deadlines due_;  ///< Connection::deadline is the earliest
  SteadyTime next_pace_at_{}, next_offset_at_{};
  std::shared_ptr<void> account_slot_;  ///< counts the streams of an account
};

}  // namespace mf::gateway::ws
