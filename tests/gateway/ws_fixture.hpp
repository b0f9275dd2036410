#pragma once
// A gateway thread with a listener for /v1/stream over a runtime in memory, and a client that
// behaves as a phone or a browser would.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password_pool.hpp"
#include "gateway/ws/worker.hpp"
#include "tests/gateway/fake_runtime.hpp"

namespace mf::test {

using json = nlohmann::json;
using namespace std::chrono_literals;

/// Options of a test: fast enough to wait for, no rate limits.
[[nodiscard]] gateway::GatewayOptions stream_options();

class StreamNode {
 public:
  explicit StreamNode(gateway::GatewayOptions options = stream_options());
  ~StreamNode();
  FakeRuntime runtime;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  void drain(Duration time) { thread_.drain(time); }
  /// Runs on the gateway's thread, and waits for it.
  void on_thread(const std::function<void(gateway::IoThread&)>& what);
  [[nodiscard]] gateway::topics::Hub& hub() { return worker_.hub; }  ///< on the thread
  [[nodiscard]] int connections() const { return connections_.total(); }

 private:
  void listen();
  void take(boost::asio::ip::tcp::socket socket);

  gateway::GatewayOptions options_;
  gateway::Operations operations_{runtime.kinds()};
  gateway::RateLimiter commands_, reads_, strangers_, subscriptions_, position_frames_,
      stream_bytes_;
  gateway::ConnectionCount connections_{10'000, 10'000}, admin_connections_{0, 64},
      account_streams_;
  gateway::auth::PasswordPool passwords_{4, 1};
  gateway::auth::LoginGuard logins_;
  gateway::Shared shared_;
  gateway::Worker worker_;
  gateway::IoThread& thread_;
  boost::asio::io_context accept_io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::thread accepting_, running_;
};

/// One connection. Answers pings by itself unless told otherwise.
class Phone {
 public:
  Phone(std::uint16_t port, const std::string& bearer, bool connects = true);
  Phone(StreamNode& node, const std::string& bearer) : Phone(node.port(), bearer) {}

  void say(const std::string& text);
  void say_binary(const std::string& text);
  /// Sends the verb with a new id and gives that id's answer; other messages stay in the inbox.
  json ask(const std::string& verb, const json& body);
  /// The next message; an empty object when none comes in time or the connection ends.
  json next(std::chrono::milliseconds time = 5s);
  /// The next message that has this member; those before stay in the inbox.
  json next(const std::string& member, std::chrono::milliseconds time = 5s);
  /// The code the server closed with, waiting for it; 0: none in time. -1: no closing frame.
  int close_code(std::chrono::milliseconds time = 5s);
  /// As a network would: no goodbye.
  void cut();
  bool answers_pings = true;
  [[nodiscard]] std::size_t frames() const { return frames_; }

 private:
  bool run_one(std::chrono::steady_clock::time_point until);
  void read();

  boost::asio::io_context io_;
  boost::beast::websocket::stream<boost::asio::ip::tcp::socket> ws_{io_};
  boost::beast::flat_buffer buffer_;
  std::deque<json> inbox_;
  bool is_over_ = false;
  std::size_t frames_ = 0;
  int last_id_ = 100;
};

[[nodiscard]] Principal supervisor_of(const Id& zone);
[[nodiscard]] Principal technician_as(const Id& technician);
[[nodiscard]] Principal client_as(const Id& client);
[[nodiscard]] Id numbered(const std::string& prefix, int number);

}  // namespace mf::test
