#pragma once
// The socket under a Session, over TCP or TLS. Only accept_plain.cpp and accept_tls.cpp include it:
// each takes half a minute to compile, so they are two.
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "gateway/io/sockets.hpp"
#include "gateway/ws/accept.hpp"
#include "gateway/ws/handshake.hpp"
#include "gateway/ws/metered_stream.hpp"
#include "gateway/ws/session.hpp"

namespace mf::gateway::ws {

template <class Stream>
class Socket final : public Session {
  using error_code = boost::system::error_code;
  using StreamBase = boost::beast::websocket::stream_base;
  using Request = boost::beast::http::request<boost::beast::http::empty_body>;

 public:
  Socket(Stream stream, Upgrade& upgrade, Worker& worker)
      : Session(worker, std::move(upgrade.identity), std::move(upgrade.address), upgrade.language),
        stream_(MeteredStream<Stream>(std::move(stream))),
        slot_(std::move(upgrade.slot)) {
    error_code ignored;
    auto& socket = boost::beast::get_lowest_layer(stream_);
    socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    bound_socket(socket.native_handle(), send_buffer_size,
                 worker.thread.shared().options.deadlines.write);
    stream_.set_option(StreamBase::timeout{StreamBase::none(), StreamBase::none(), false});
    stream_.read_message_max(message_size_max);
    stream_.auto_fragment(false);
    stream_.text(true);
  }

  void shake_hands(const Upgrade& upgrade) {
    auto request = std::make_shared<Request>();
    request->method(boost::beast::http::verb::get);
    request->target(upgrade.target);
    request->version(11);
    for (const auto& [name, value] : upgrade.headers) request->insert(name, value);
    const Offer offer = offer_of(*request);
    if (offer == Offer::others)
      return refuse(problem(400, "unknown_subprotocol", "the stream speaks microflow.v1"_en),
                    upgrade.request_id);
    stream_.set_option(StreamBase::decorator(
        [offer, id = upgrade.request_id](boost::beast::websocket::response_type& response) {
          response.set("Request-Id", id);
          if (offer == Offer::ours)
            response.set(boost::beast::http::field::sec_websocket_protocol, subprotocol);
        }));
    stream_.async_accept(*request, [self = self(), request](const error_code& error) {
      if (error) return self->finish();
      self->opened();
      self->read();
    });
  }

  void abort() override {
    error_code ignored;
    auto& socket = boost::beast::get_lowest_layer(stream_);
    if (socket.is_open() && unsent_bytes(socket.native_handle()) > 0)
      drop_unsent(socket.native_handle());
    socket.close(ignored);
    slot_.reset();
  }

 private:
  std::shared_ptr<Socket> self() { return std::static_pointer_cast<Socket>(shared_from_this()); }

  void refuse(const Problem& problem, const std::string& request_id) {
    const auto answer = std::make_shared<std::string>(refusal(problem, request_id, language()));
    boost::asio::async_write(
        stream_.next_layer().next_layer(), boost::asio::buffer(*answer),
        [self = self(), answer](const error_code&, std::size_t) { self->finish(); });
  }

  void read() {
    const auto old = message_.size();
    boost::asio::mutable_buffer space = boost::asio::buffer(chunk_);
    if (old > 0) {
      message_.resize(old + long_chunk_size);
      space = boost::asio::buffer(message_.data() + old, long_chunk_size);
    }
    stream_.async_read_some(space, [self = self(), old](const error_code& error, std::size_t size) {
      if (error) return self->finish();
      self->on_read(old, size);
      self->read();
    });
  }

  /// Short messages are read in place, so that an idle session holds only `chunk_`.
  void on_read(std::size_t old, std::size_t size) {
    stream_.next_layer().overhead().was_message(size);
    if (old > 0) message_.resize(old + size);
    if (is_closing()) return message_.clear();
    if (!stream_.got_text()) return close(CloseCode::bad_frame, "text frames only");
    const bool is_done = stream_.is_message_done();
    if (old == 0 && is_done) return received({chunk_.data(), size});
    if (old == 0) message_.assign(chunk_.data(), size);
    if (!is_done) return;
    received(message_);
    message_ = {};
  }

  bool start_write(const Frame& frame) override {
    if constexpr (std::is_same_v<typename Stream::native_handle_type, int>) {
      using Sent = MeteredStream<Stream>::Sent;
      const auto sent = !stream_.is_open() ? Sent::nothing
                                           : stream_.next_layer().send_now(
                                                 FrameHead(frame->size()).bytes(), *frame,
                                                 [self = self()](const error_code& error) {
                                                   if (error) return self->abort();
                                                   self->written();
                                                 });
      if (sent != Sent::nothing) return sent == Sent::all;
    }
    stream_.async_write(boost::asio::buffer(*frame),
                        [self = self(), frame](const error_code& error, std::size_t) {
                          if (error) return self->abort();
                          self->written();
                        });
    return false;
  }

  void start_close(CloseCode code, std::string_view reason) override {
    boost::beast::websocket::close_reason why(
        static_cast<boost::beast::websocket::close_code>(code));
    why.reason = boost::beast::string_view(reason.data(), reason.size());
    stream_.async_close(why, [self = self()](const error_code&) { self->abort(); });
  }

  static constexpr std::size_t message_size_max = std::size_t{64} * 1024;
  static constexpr std::size_t chunk_size = 512, long_chunk_size = std::size_t{8} * 1024;
  /// The kernel's share of a slow client; without it Linux grows one to megabytes.
  static constexpr int send_buffer_size = 256 * 1024;

  boost::beast::websocket::stream<MeteredStream<Stream>, false>
      stream_;  // no deflate: it costs 100 KiB once used
  std::shared_ptr<void> slot_;
  std::string message_;
  std::array<char, chunk_size> chunk_;
};

/// On the stream's thread.
template <class Stream>
void start(Stream stream, Upgrade& upgrade, Worker& worker) {
  std::make_shared<Socket<Stream>>(std::move(stream), upgrade, worker)->shake_hands(upgrade);
}

}  // namespace mf::gateway::ws
