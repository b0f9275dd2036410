#pragma once
#include <memory>
#include <span>
#include <string>

#include "gateway/auth/authenticate.hpp"
#include "gateway/http/request_reader.hpp"
#include "gateway/http/session.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::http {

/// What HTTP says and decides on one connection, whatever carries its bytes: one request at a time,
/// in order. Per request: header → who is it → which route → may it have this body → body →
/// handler → response. Of faults the first is told: 401, 404/405, 413/415, 422, 404, 403, 412, 409.
class Conversation : public Connection,
                     public Call,
                     public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(const Site& site, Worker& worker, std::string peer, std::shared_ptr<void> slot);

  void respond(Response response) final;
  using Call::respond;
  [[nodiscard]] const Request& request() const final { return reader_.request(); }

  void expire() final;
  void drain(Duration time) final;
  void abort() final;
  [[nodiscard]] bool is_idle_stranger() const final { return !is_busy_ && !is_signed_in_; }
  [[nodiscard]] bool is_tls() const final;

 protected:
  /// Once it is owned by a shared_ptr: is watched from here on.
  void start();
  /// The bytes may flow (after a handshake).
  void begin();
  void on_read(std::size_t size);
  void on_read_failed();
  void on_written();
  [[nodiscard]] bool may_discard(std::size_t size);
  [[nodiscard]] Worker& worker_of() { return *worker; }
  /// The other side is done: closes when it has everything, and gives it a while until then.
  void leave();

  virtual void read_some(std::span<char> room) = 0;
  virtual void write(std::string_view head, std::string_view body) = 0;
  virtual void finish_sending() = 0;
  virtual void close() = 0;
  /// Closes, and what the other side has not read is dropped.
  virtual void cut() = 0;
  [[nodiscard]] virtual int unsent() = 0;
  [[nodiscard]] virtual bool is_stream_tls() const = 0;
  virtual void hand_over(ws::Upgrade upgrade) = 0;

 private:
  void step(RequestReader::State state);
  void on_header();
  void identify();
  void on_identity(auth::Verdict verdict, auth::IdentityPtr found);
  void admit();
  [[nodiscard]] std::optional<Problem> refusal() const;
  [[nodiscard]] std::optional<Problem> body_refusal() const;
  /// Takes the query apart; parameters this route does not know are a 422.
  std::optional<Problem> take_query();
  void take_body();
  void dispatch();
  void upgrade();
  void unauthorized();
  void wait_until(Duration from_now);
  void write_head(const Response& response, bool is_last);
  void append_cors(std::string& out) const;
  [[nodiscard]] bool is_foreign_page_allowed() const;
  [[nodiscard]] bool is_preflight() const;
  void answer_preflight();
  void linger_on();

  const Site& site_;
  std::string peer_;
  std::shared_ptr<void> slot_;
  RequestReader reader_;
  Router::Found found_;
  std::string out_head_, out_body_;
  std::size_t discarded_ = 0;
  bool has_token_ = false, is_busy_ = false, is_last_ = false, is_responded_ = false;
  bool is_closing_ = false, is_signed_in_ = false;
  std::shared_ptr<void> lingering_;  ///< ourselves, while nothing else keeps us: see leave()
  int unsent_before_ = 0;
  SteadyTime linger_end_;
};

}  // namespace mf::gateway::http
