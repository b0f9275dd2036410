#pragma once
// Many connections of one load generator, as cheap as they can be: epoll, no allocation per
// message, no masking (a zero mask is legal), no header parsing beyond status and length. The
// generator shares two cores with the server, so what it costs is taken from the result.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mf::bench {

class Wires {
 public:
  using Id = std::size_t;
  /// An HTTP response (status, body), or one message of a WebSocket frame (status 0).
  using OnMessage = std::function<void(Id, int status, std::string_view text)>;

  explicit Wires(int port);
  ~Wires();
  Wires(const Wires&) = delete;

  /// Keep-alive connections for HTTP. Throws std::runtime_error like all below.
  Id open_http();
  /// A WebSocket that has sent `connect` and has its reply. `source`: 127.0.0.n to come from.
  Id open_stream(const std::string& token, int source = 1);
  [[nodiscard]] std::size_t size() const { return wires_.size(); }

  /// A whole HTTP request, or the text of one WebSocket frame (≤ 64 KiB).
  void send(Id wire, std::string_view text);
  /// Waits at most `timeout_ms` for bytes and hands on every whole message that is there.
  void poll(int timeout_ms, const OnMessage& on_message);

 private:
  struct Wire {
    int fd = -1;
    bool is_stream = false;
    std::string in;  ///< the beginning of a message that is not whole
  };
  Id open(int source);
  void write_all(const Wire& wire, std::string_view bytes);
  void receive(Id id, const OnMessage& on_message);
  /// How many bytes of `bytes` were whole messages.
  std::size_t take_http(Id id, std::string_view bytes, const OnMessage& on_message);
  std::size_t take_frames(Id id, std::string_view bytes, const OnMessage& on_message);
  void on_line(Id id, std::string_view line, const OnMessage& on_message);

  int port_, epoll_;
  std::vector<Wire> wires_;
  std::string out_;
};

}  // namespace mf::bench
