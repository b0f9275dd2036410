// The sockets under Session: the only file of the stream that knows Beast.
#include "gateway/ws/accept.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "gateway/io/sockets.hpp"
#include "gateway/ws/metered_stream.hpp"
#include "gateway/ws/session.hpp"

namespace mf::gateway::ws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

constexpr std::string_view subprotocol = "microflow.v1";
constexpr std::size_t message_size_max = std::size_t{64} * 1024;
constexpr std::size_t chunk_size = 512, long_chunk_size = std::size_t{8} * 1024;
/// The kernel's share of a slow client; without it Linux grows one to megabytes.
constexpr int send_buffer_size = 256 * 1024;

/// True when the comma-separated list has the name.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto item = list.substr(0, end);
    while (item.starts_with(' ') || item.starts_with('\t')) item.remove_prefix(1);
    while (item.ends_with(' ') || item.ends_with('\t')) item.remove_suffix(1);
    if (item == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

enum class Offer { none, ours, others };

Offer offer_of(const http::request<http::empty_body>& request) {
  const auto [begin, end] = request.equal_range(http::field::sec_websocket_protocol);
  Offer offer = Offer::none;
  for (auto at = begin; at != end; ++at) {
    if (lists(at->value(), subprotocol)) return Offer::ours;
    offer = Offer::others;
  }
  return offer;
}

/// What stands before a whole text message of a server (RFC 6455, 5.2).
class FrameHead {
 public:
  explicit FrameHead(std::uint64_t size) {
    add(0x81);
    const int bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    add(bytes == 0 ? size : bytes == 2 ? 126 : 127);
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) add(size >> shift & 0xff);
  }
  [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  void add(std::uint64_t byte) { bytes_[size_++] = static_cast<char>(byte); }
  std::array<char, 10> bytes_;
  std::size_t size_ = 0;
};

template <class Stream>
class Socket final : public Session {
 public:
  Socket(Stream stream, Upgrade& upgrade, Worker& worker)
      : Session(worker, std::move(upgrade.identity), std::move(upgrade.address), upgrade.language),
        stream_(MeteredStream<Stream>(std::move(stream))),
        slot_(std::move(upgrade.slot)) {
    error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_);
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    bound_socket(socket.native_handle(), send_buffer_size,
                 worker.thread.shared().options.deadlines.write);
    stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
    stream_.read_message_max(message_size_max);
    stream_.auto_fragment(false);
    stream_.text(true);
  }

  void shake_hands(const Upgrade& upgrade) {
    auto request = std::make_shared<http::request<http::empty_body>>();
    request->method(http::verb::get);
    request->target(upgrade.target);
    request->version(11);
    for (const auto& [name, value] : upgrade.headers) request->insert(name, value);
    const Offer offer = offer_of(*request);
    if (offer == Offer::others)
      return refuse(problem(400, "unknown_subprotocol", "the stream speaks microflow.v1"_en),
                    upgrade.request_id);
    stream_.set_option(websocket::stream_base::decorator(
        [offer, id = upgrade.request_id](websocket::response_type& response) {
          response.set("Request-Id", id);
          if (offer == Offer::ours) response.set(http::field::sec_websocket_protocol, subprotocol);
        }));
    stream_.async_accept(*request, [self = self(), request](const error_code& error) {
      if (error) return self->finish();
      self->opened();
      self->read();
    });
  }

  void abort() override {
    error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_);
    if (socket.is_open() && unsent_bytes(socket.native_handle()) > 0)
      drop_unsent(socket.native_handle());
    socket.close(ignored);
    slot_.reset();
  }

 private:
  std::shared_ptr<Socket> self() { return std::static_pointer_cast<Socket>(shared_from_this()); }

  void refuse(const Problem& problem, const std::string& request_id) {
    const auto body = members_of(problem, "/v1/stream", request_id, language()).text();
    const auto answer = std::make_shared<std::string>(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\nRequest-Id: " + request_id +
        "\r\nContent-Language: " + std::string(texts::tag_of(language())) +
        "\r\nVary: Accept-Language\r\nConnection: close\r\n\r\n" + body);
    asio::async_write(stream_.next_layer().next_layer(), asio::buffer(*answer),
                      [self = self(), answer](const error_code&, std::size_t) { self->finish(); });
  }

  void read() {
    const auto old = message_.size();
    asio::mutable_buffer space = asio::buffer(chunk_);
    if (old > 0) {
      message_.resize(old + long_chunk_size);
      space = asio::buffer(message_.data() + old, long_chunk_size);
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
    stream_.async_write(asio::buffer(*frame),
                        [self = self(), frame](const error_code& error, std::size_t) {
                          if (error) return self->abort();
                          self->written();
                        });
    return false;
  }

  void start_close(CloseCode code, std::string_view reason) override {
    websocket::close_reason why(static_cast<websocket::close_code>(code));
    why.reason = beast::string_view(reason.data(), reason.size());
    stream_.async_close(why, [self = self()](const error_code&) { self->abort(); });
  }

  websocket::stream<MeteredStream<Stream>, false>
      stream_;  // no deflate: it costs 100 KiB once used
  std::shared_ptr<void> slot_;
  std::string message_;
  std::array<char, chunk_size> chunk_;
};

template <class Stream>
void start(Stream stream, Upgrade& upgrade, Worker& worker) {
  std::make_shared<Socket<Stream>>(std::move(stream), upgrade, worker)->shake_hands(upgrade);
}

}  // namespace

void accept(PlainStream stream, Upgrade upgrade, Worker& worker) {
  start(std::move(stream), upgrade, worker);
}

void accept(TlsStream stream, Upgrade upgrade, Worker& worker) {
  start(std::move(stream), upgrade, worker);
}

}  // namespace mf::gateway::ws
