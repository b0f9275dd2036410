#pragma once
// The layer between a WebSocket stream and its socket. It gives up on a peer that sends frames
// without saying anything: pings, pongs and empty fragments, which the WebSocket layer swallows
// where no session sees them. And it lets a whole frame past that layer, which takes as long for a
// frame as the kernel does.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <functional>
#include <string>
#include <utility>

#include "gateway/io/pending_answers.hpp"

namespace mf::gateway::ws {

/// Bytes that came and were no message: headers of frames, control frames, empty fragments. A peer
/// that talks needs some 14 of them a message; 1,300 empty frames a second are more than anybody
/// needs. Belongs to one connection.
class Overhead {
 public:
  /// From the socket. False: the budget is spent.
  [[nodiscard]] bool came(std::size_t bytes) {
    const auto now = steady_now();
    const std::chrono::duration<double> passed = now - at_;
    at_ = now;
    spent_ = std::max(0.0, spent_ - passed.count() * bytes_per_second) + static_cast<double>(bytes);
    return spent_ <= burst + pending_max;
  }
  /// Of them, so many were a message's own.
  void was_message(std::size_t bytes) { spent_ -= static_cast<double>(bytes); }

 private:
  static constexpr double bytes_per_second = 8 * 1024, burst = 64 * 1024;
  static constexpr double pending_max = 128 * 1024;  // read ahead and not yet handed up
  double spent_ = 0;
  SteadyTime at_ = steady_now();
};

/// `Next`, counted. What a WebSocket stream needs of its layer, and no more.
template <class Next>
class MeteredStream {
 public:
  using next_layer_type = Next;
  using lowest_layer_type = typename Next::lowest_layer_type;
  using executor_type = typename Next::executor_type;

  explicit MeteredStream(Next next) : next_(std::move(next)) {}

  [[nodiscard]] next_layer_type& next_layer() { return next_; }
  [[nodiscard]] const next_layer_type& next_layer() const { return next_; }
  [[nodiscard]] lowest_layer_type& lowest_layer() { return next_.lowest_layer(); }
  [[nodiscard]] executor_type get_executor() { return next_.get_executor(); }
  [[nodiscard]] Overhead& overhead() { return overhead_; }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    using Signature = void(boost::system::error_code, std::size_t);
    return boost::asio::async_compose<Handler, Signature>(
        [this, buffers, is_started = false](auto& self, boost::system::error_code error = {},
                                            std::size_t size = 0) mutable {
          if (!std::exchange(is_started, true))
            return next_.async_read_some(buffers, std::move(self));
          if (!error && !overhead_.came(size)) error = boost::asio::error::no_buffer_space;
          self.complete(error, error ? 0 : size);
        },
        handler, next_);
  }
  /// The layer above writes: never into the middle of a frame of send_now().
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    using Signature = void(boost::system::error_code, std::size_t);
    enum class Step { wait, write, done };
    return boost::asio::async_compose<Handler, Signature>(
        [this, buffers, step = Step::wait](auto& self, boost::system::error_code error = {},
                                           std::size_t size = 0) mutable {
          if (step == Step::wait && !rest_.empty()) {
            step = Step::write;
            waiting_ = [self = std::move(self)]() mutable { self(); };
            return;
          }
          if (step != Step::done) {
            step = Step::done;
            is_writing_ = true;
            return next_.async_write_some(buffers, std::move(self));
          }
          is_writing_ = false;
          self.complete(error, size);
        },
        handler, next_);
  }

  enum class Sent { all, some, nothing };
  /// Hands a frame to the kernel, if nothing of the layer above is on its way. `some`: what found
  /// no room follows, then `then` is called with how that ended. `nothing`: the layer above has to
  /// write it, and finds out why.
  template <class Then>
  Sent send_now(std::string_view head, std::string_view body, Then then)
    requires std::is_same_v<typename Next::native_handle_type, int>
  {
    if (is_writing_ || !rest_.empty()) return Sent::nothing;
    std::array<iovec, 2> parts{{{const_cast<char*>(head.data()), head.size()},
                                {const_cast<char*>(body.data()), body.size()}}};
    const msghdr message{.msg_iov = parts.data(), .msg_iovlen = parts.size()};
    const auto sent = ::sendmsg(next_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return Sent::nothing;
    const auto size = static_cast<std::size_t>(sent);
    if (size == head.size() + body.size()) return Sent::all;
    if (size < head.size()) rest_.append(head.substr(size)).append(body);
    else rest_ = body.substr(size - head.size());
    boost::asio::async_write(next_, boost::asio::buffer(rest_),
                             [this, then = std::move(then)](const boost::system::error_code& error,
                                                            std::size_t) mutable {
                               rest_ = {};
                               if (waiting_) std::exchange(waiting_, {})();
                               then(error);
                             });
    return Sent::some;
  }

 private:
  Next next_;
  Overhead overhead_;
  bool is_writing_ = false;  // for the layer above
  std::string rest_;         // of a frame of send_now(), on its way
  std::move_only_function<void()> waiting_;
};

template <class Next>
void teardown(boost::beast::role_type role, MeteredStream<Next>& stream,
              boost::system::error_code& error) {
  using boost::beast::websocket::teardown;
  teardown(role, stream.next_layer(), error);
}
template <class Next, class Handler>
void async_teardown(boost::beast::role_type role, MeteredStream<Next>& stream, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace mf::gateway::ws
