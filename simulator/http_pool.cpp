#include "simulator/http_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mf::simulator {

namespace asio = boost::asio;

HttpPool::HttpPool(asio::io_context& io, client::Address address, std::size_t connections_max)
    : io_(io),
      address_(std::move(address)),
      connections_max_(connections_max),
      freed_(io, asio::steady_timer::time_point::max()) {}

asio::awaitable<HttpPool::Connection> HttpPool::take() {
  while (idle_.empty() && made_ >= connections_max_)
    co_await freed_.async_wait(asio::as_tuple(asio::use_awaitable));
  if (idle_.empty()) {
    ++made_;
    co_return std::make_unique<client::HttpClient>(io_, address_);
  }
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  co_return connection;
}

asio::awaitable<Answer> HttpPool::send(Request request) {
  auto connection = co_await take();
  connection->use_token(std::move(request.token));
  client::Headers headers;
  if (!request.key.empty()) headers.emplace_back("Idempotency-Key", std::move(request.key));
  Answer answer;
  try {
    auto response =
        co_await connection->request(std::move(request.method), std::move(request.target),
                                     std::move(request.body), std::move(headers));
    answer = {response.status, std::move(response.body)};
  } catch (const boost::system::system_error&) {
    connection->close();
  }
  idle_.push_back(std::move(connection));
  freed_.cancel_one();
  co_return answer;
}

}  // namespace mf::simulator
