#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/http_client.hpp"

namespace mf::client {

/// One connection to GET /v1/stream, microflow.v1. At most one read and one write at a time.
/// Throws boost::system::system_error; after a close, close_code() says why.
class StreamClient {
 public:
  StreamClient(asio::io_context& io, Address address) : io_(io), address_(std::move(address)) {}

  /// Upgrades with `token` as bearer (empty: none). Does not send `connect`.
  [[nodiscard]] asio::awaitable<void> open(std::string token, Headers headers = {});
  /// The messages of the next text frame, split at newlines.
  [[nodiscard]] asio::awaitable<std::vector<std::string>> read();
  [[nodiscard]] asio::awaitable<void> write(std::string text);
  [[nodiscard]] asio::awaitable<void> close();
  /// Drops the socket as a network would, without a goodbye.
  void cut();
  [[nodiscard]] bool is_open() const { return ws_ && ws_->is_open(); }
  /// 0 when the server has not closed.
  [[nodiscard]] int close_code() const;

 private:
  using Ws = boost::beast::websocket::stream<boost::beast::tcp_stream>;
  asio::io_context& io_;
  Address address_;
  std::unique_ptr<Ws> ws_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace mf::client
