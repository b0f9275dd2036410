#pragma once
// MicroFlow seen from outside, for the simulator, the benchmarks and the system tests: plain HTTP
// and WebSocket over Beast, no knowledge of the server's inside.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mf::client {

namespace asio = boost::asio;

struct Address {
  std::string host = "127.0.0.1";
  std::string port = "8080";
};
/// "http://HOST:PORT" or "HOST:PORT". Throws std::invalid_argument for anything else.
[[nodiscard]] Address parse_url(std::string_view url);

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  /// Empty when there is none; names compare without case.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// One keep-alive connection, one request at a time. Reconnects by itself when the server has
/// closed it between two requests. Throws boost::system::system_error.
class HttpClient {
 public:
  HttpClient(asio::io_context& io, Address address)
      : address_(std::move(address)), stream_(io.get_executor()) {}

  /// Sent as Authorization: Bearer with every request; empty: not sent.
  void use_token(std::string token) { token_ = std::move(token); }
  [[nodiscard]] const std::string& token() const { return token_; }

  [[nodiscard]] asio::awaitable<Response> request(std::string method, std::string target,
                                                  std::string body = {}, Headers headers = {});
  /// The same for code without coroutines: runs `io` until the response is there.
  [[nodiscard]] Response ask(asio::io_context& io, std::string method, std::string target,
                             std::string body = {}, Headers headers = {});
  void close();

  std::chrono::milliseconds timeout{15'000};

 private:
  [[nodiscard]] asio::awaitable<void> connect();

  Address address_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::string token_;
  bool is_open_ = false;
};

}  // namespace mf::client
