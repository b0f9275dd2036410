#include "gateway/http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include "gateway/http/conversation.hpp"
#include "gateway/io/sockets.hpp"

namespace mf::gateway::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

void shut_down_sending(PlainStream& stream) {
  error_code ignored;
  stream.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}
PlainStream& lowest(PlainStream& stream) { return stream; }
PlainStream& lowest(TlsStream& stream) { return stream.next_layer(); }

/// The conversation over one type of stream.
template <class Stream>
class Session final : public Conversation {
 public:
  Session(Stream stream, std::shared_ptr<asio::ssl::context> tls, const Site& site, Worker& worker,
          std::string address, std::shared_ptr<void> slot)
      : Conversation(site, worker, std::move(address), std::move(slot)),
        tls_(std::move(tls)),
        stream_(std::move(stream)) {}

  void open() {
    start();
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = self()](const error_code& error) {
                                if (error) self->close();
                                else self->begin();
                              });
    } else {
      begin();
    }
  }

 private:
  std::shared_ptr<Session> self() { return std::static_pointer_cast<Session>(shared_from_this()); }
  bool is_stream_tls() const override { return std::is_same_v<Stream, TlsStream>; }

  void read_some(std::span<char> room) override {
    stream_.async_read_some(asio::buffer(room.data(), room.size()),
                            [self = self()](const error_code& error, std::size_t size) {
                              if (error) self->on_read_failed();
                              else self->on_read(size);
                            });
  }
  void write(std::string_view head, std::string_view body) override {
    const std::array buffers{asio::const_buffer(head.data(), head.size()),
                             asio::const_buffer(body.data(), body.size())};
    asio::async_write(stream_, buffers, [self = self()](const error_code& error, std::size_t) {
      if (error) self->close();
      else self->on_written();
    });
  }
  void finish_sending() override {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.async_shutdown([self = self()](const error_code&) { self->leave(); });
    } else {
      shut_down_sending(stream_);
      discard();
    }
  }
  /// Reads on until the other side has seen our answer and closed: closing with unread bytes would
  /// reset the connection and take the answer with it.
  void discard() {
    stream_.async_read_some(asio::buffer(waste_),
                            [self = self()](const error_code& error, std::size_t size) {
                              if (error) return self->leave();
                              if (!self->may_discard(size)) return self->cut();
                              self->discard();
                            });
  }
  void close() override {
    error_code ignored;
    lowest(stream_).close(ignored);
  }
  void cut() override {
    if (lowest(stream_).is_open()) drop_unsent(lowest(stream_).native_handle());
    close();
  }
  int unsent() override {
    return lowest(stream_).is_open() ? unsent_bytes(lowest(stream_).native_handle()) : 0;
  }
  void hand_over(ws::Upgrade upgrade) override {
    ws::accept(std::move(stream_), std::move(upgrade), worker_of());
  }

  std::shared_ptr<asio::ssl::context> tls_;  // outlives the stream
  Stream stream_;
  std::array<char, 1024> waste_;
};

}  // namespace

void serve(PlainStream stream, const Site& site, Worker& worker, std::string address,
           std::shared_ptr<void> slot) {
  std::make_shared<Session<PlainStream>>(std::move(stream), nullptr, site, worker,
                                         std::move(address), std::move(slot))
      ->open();
}

void serve(PlainStream stream, std::shared_ptr<asio::ssl::context> tls, const Site& site,
           Worker& worker, std::string address, std::shared_ptr<void> slot) {
  auto& context = *tls;
  std::make_shared<Session<TlsStream>>(TlsStream(std::move(stream), context), std::move(tls), site,
                                       worker, std::move(address), std::move(slot))
      ->open();
}

}  // namespace mf::gateway::http
