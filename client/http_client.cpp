#include "client/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <stdexcept>

namespace mf::client {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;

Address parse_url(std::string_view url) {
  if (url.starts_with("http://")) url.remove_prefix(7);
  while (url.ends_with('/')) url.remove_suffix(1);
  const auto colon = url.rfind(':');
  if (url.empty() || colon == url.npos || colon == 0 || url.find('/') != url.npos)
    throw std::invalid_argument("a url looks like http://HOST:PORT");
  return {std::string(url.substr(0, colon)), std::string(url.substr(colon + 1))};
}

std::string Response::header(std::string_view name) const {
  for (const auto& [known, value] : headers)
    if (beast::iequals(known, beast::string_view(name.data(), name.size()))) return value;
  return {};
}

asio::awaitable<void> HttpClient::connect() {
  close();
  asio::ip::tcp::resolver resolver(stream_.get_executor());
  const auto found = co_await resolver.async_resolve(address_.host, address_.port, use_awaitable);
  stream_.expires_after(timeout);
  co_await stream_.async_connect(found, use_awaitable);
  stream_.socket().set_option(asio::ip::tcp::no_delay(true));
  buffer_.clear();
  is_open_ = true;
}

asio::awaitable<Response> HttpClient::request(std::string method, std::string target,
                                              std::string body, Headers headers) {
  http::request<http::string_body> request;
  request.method_string(method);
  request.target(target);
  request.version(11);
  request.set(http::field::host, address_.host + ":" + address_.port);
  if (!token_.empty()) request.set(http::field::authorization, "Bearer " + token_);
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = std::move(body);
  request.prepare_payload();

  http::response<http::string_body> response;
  for (bool was_open = is_open_;; was_open = false) {
    if (!is_open_) co_await connect();
    stream_.expires_after(timeout);
    boost::system::error_code failed;
    co_await http::async_write(stream_, request, asio::redirect_error(use_awaitable, failed));
    if (!failed) {
      response = {};
      co_await http::async_read(stream_, buffer_, response,
                                asio::redirect_error(use_awaitable, failed));
    }
    if (!failed) break;
    close();
    // Only a connection that the server may have closed while it was idle is tried once more.
    if (!was_open || failed != http::error::end_of_stream)
      throw boost::system::system_error(failed);
  }
  if (!response.keep_alive()) close();
  Response result{.status = static_cast<int>(response.result_int())};
  for (const auto& field : response)
    result.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  result.body = std::move(response.body());
  co_return result;
}

Response HttpClient::ask(asio::io_context& io, std::string method, std::string target,
                         std::string body, Headers headers) {
  auto future = asio::co_spawn(
      io, request(std::move(method), std::move(target), std::move(body), std::move(headers)),
      asio::use_future);
  io.restart();
  while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready && io.run_one()) {
  }
  return future.get();
}

void HttpClient::close() {
  boost::system::error_code ignored;
  stream_.socket().close(ignored);
  is_open_ = false;
}

}  // namespace mf::client
