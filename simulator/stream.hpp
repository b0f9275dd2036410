#pragma once
// One person's connection to GET /v1/stream: calls with replies, and pushes.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "client/stream_client.hpp"

namespace mf::simulator {

/// All calls on the io_context's one thread.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  /// A push without id: its verb ("pub", "view", "asg" …) and its value as JSON. When the
  /// connection ends: verb "closed".
  using OnPush = std::function<void(std::string_view verb, const std::string& json)>;

  /// Upgrades and says connect; nullptr when that fails.
  [[nodiscard]] static boost::asio::awaitable<std::shared_ptr<Stream>> open(
      boost::asio::io_context& io, client::Address address, std::string token, OnPush on_push);
  Stream(boost::asio::io_context& io, client::Address address, OnPush on_push)
      : io_(io), client_(io, std::move(address)), on_push_(std::move(on_push)) {}

  struct Reply {
    bool is_ok = false;
    std::string json;  ///< of "ok" or "err"; empty: no reply came
  };
  [[nodiscard]] boost::asio::awaitable<Reply> call(std::string verb, std::string body_json);
  /// A message that gets no reply: {"<verb>":body}.
  void tell(std::string_view verb, std::string_view body_json);
  /// As a phone that loses its network: without a goodbye.
  void close();
  [[nodiscard]] bool is_open() const { return is_open_; }

 private:
  struct Waiting {
    explicit Waiting(boost::asio::io_context& io) : timer(io) {}
    boost::asio::steady_timer timer;
    Reply reply;
  };
  void write(std::string text);
  boost::asio::awaitable<void> write_all(std::shared_ptr<Stream> self);
  boost::asio::awaitable<void> read(std::shared_ptr<Stream> self);
  void receive(const std::string& line);

  boost::asio::io_context& io_;
  client::StreamClient client_;
  OnPush on_push_;
  std::deque<std::string> outgoing_;
  std::map<int, std::shared_ptr<Waiting>> waiting_;
  int next_id_ = 1;
  bool is_open_ = false, is_writing_ = false;
};

}  // namespace mf::simulator
