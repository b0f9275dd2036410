#pragma once
// Requests of many people over a few kept connections.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/http_client.hpp"

namespace mf::simulator {

struct Request {
  std::string method, target, token;  ///< token empty: nobody's
  std::string body = {}, key = {};    ///< key: Idempotency-Key
};
/// Status 0: no answer came.
struct Answer {
  int status = 0;
  std::string body;
  [[nodiscard]] bool ok() const { return status / 100 == 2; }
};

/// All calls on the io_context's one thread.
class HttpPool {
 public:
  HttpPool(boost::asio::io_context& io, client::Address address, std::size_t connections_max);
  [[nodiscard]] boost::asio::awaitable<Answer> send(Request request);

 private:
  using Connection = std::unique_ptr<client::HttpClient>;
  boost::asio::awaitable<Connection> take();

  boost::asio::io_context& io_;
  client::Address address_;
  std::size_t connections_max_, made_ = 0;
  std::vector<Connection> idle_;
  boost::asio::steady_timer freed_;
};

}  // namespace mf::simulator
