#pragma once
// Exactly these bytes, to a node that must bear them. Blocking, with deadlines.
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/http_client.hpp"

namespace mf::system_test {

class RawSocket {
 public:
  /// `receive_buffer`: bytes the kernel takes for us while we do not read; 0: what it likes.
  explicit RawSocket(const client::Address& address, int receive_buffer = 0);
  ~RawSocket();
  RawSocket(RawSocket&& other) noexcept
      : patience(other.patience),
        socket_(std::exchange(other.socket_, -1)),
        in_(std::move(other.in_)) {}
  RawSocket& operator=(RawSocket&&) = delete;

  /// False when the other side has closed.
  bool send(std::string_view bytes);
  /// The next HTTP response; status 0 when the connection ends first.
  client::Response read_response();
  /// Exactly so many bytes; fewer when the connection ends or the time is over first.
  std::string read(std::size_t size);
  /// True when the other side closes and nothing more came.
  bool is_closed();

  std::chrono::milliseconds patience{10'000};

 private:
  bool fill();
  int socket_ = -1;
  std::string in_;
};

/// "GET /v1/orders HTTP/1.1" with Host and these header lines, and a body with its length.
[[nodiscard]] std::string request_bytes(const std::string& line,
                                        const std::vector<std::string>& headers = {},
                                        const std::string& body = {});

/// A WebSocket spoken by hand, so that it can be spoken wrongly.
class RawStream {
 public:
  /// Asks for the upgrade with these header lines on top of the usual ones.
  RawStream(const client::Address& address, const std::vector<std::string>& headers,
            int receive_buffer = 0);
  [[nodiscard]] const client::Response& upgrade() const { return upgrade_; }

  /// A masked frame. `first` is its first byte: 0x81 is a whole text.
  bool send(std::string_view payload, int first = 0x81, bool is_masked = true);
  /// The payload of the next text frame; empty when the stream is closed first.
  std::string read_text();
  /// The code it closes with, whatever comes before that; 0: it ended without one.
  int close_code();
  RawSocket socket;

 private:
  std::pair<int, std::string> read_frame();
  client::Response upgrade_;
};

}  // namespace mf::system_test
