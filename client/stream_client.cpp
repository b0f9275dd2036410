#include "client/stream_client.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket.hpp>

namespace mf::client {

namespace websocket = boost::beast::websocket;
using asio::use_awaitable;

asio::awaitable<void> StreamClient::open(std::string token, Headers headers) {
  buffer_.clear();
  ws_ = std::make_unique<Ws>(io_);
  asio::ip::tcp::resolver resolver(io_);
  const auto found = co_await resolver.async_resolve(address_.host, address_.port, use_awaitable);
  auto& tcp = boost::beast::get_lowest_layer(*ws_);
  tcp.expires_after(std::chrono::seconds(15));
  co_await tcp.async_connect(found, use_awaitable);
  tcp.socket().set_option(asio::ip::tcp::no_delay(true));
  tcp.expires_never();
  ws_->set_option(websocket::stream_base::timeout::suggested(boost::beast::role_type::client));
  ws_->set_option(websocket::stream_base::decorator([=](websocket::request_type& request) {
    request.set(boost::beast::http::field::sec_websocket_protocol, "microflow.v1");
    if (!token.empty()) request.set(boost::beast::http::field::authorization, "Bearer " + token);
    for (const auto& [name, value] : headers) request.set(name, value);
  }));
  ws_->auto_fragment(false);
  ws_->read_message_max(1u << 20);
  co_await ws_->async_handshake(address_.host + ":" + address_.port, "/v1/stream", use_awaitable);
}

asio::awaitable<std::vector<std::string>> StreamClient::read() {
  co_await ws_->async_read(buffer_, use_awaitable);
  const auto frame = boost::beast::buffers_to_string(buffer_.data());
  buffer_.consume(buffer_.size());
  std::vector<std::string> messages;
  for (std::size_t begin = 0; begin <= frame.size();) {
    const auto end = std::min(frame.find('\n', begin), frame.size());
    if (end > begin) messages.push_back(frame.substr(begin, end - begin));
    begin = end + 1;
  }
  co_return messages;
}

asio::awaitable<void> StreamClient::write(std::string text) {
  co_await ws_->async_write(asio::buffer(text), use_awaitable);
}

asio::awaitable<void> StreamClient::close() {
  co_await ws_->async_close(websocket::close_code::normal, use_awaitable);
}

void StreamClient::cut() {
  boost::system::error_code ignored;
  if (ws_) boost::beast::get_lowest_layer(*ws_).socket().close(ignored);
}

int StreamClient::close_code() const { return ws_ ? ws_->reason().code : 0; }

}  // namespace mf::client
