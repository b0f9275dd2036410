#pragma once
#include <string>
#include <vector>

namespace mf::test {

struct HttpReply {
  int status = 0;  ///< 0: the connection ended without a whole response
  std::string head, body;
  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& text) const { return body.find(text) != body.npos; }
};

/// A TCP connection that sends exactly the bytes it is told and reads what comes.
class RawConnection {
 public:
  /// `receive_buffer`: bytes the kernel takes for us while we do not read; 0: what it likes.
  explicit RawConnection(const std::string& address, int receive_buffer = 0);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  void send(const std::string& bytes);
  /// The next response; gives up after 5 s.
  HttpReply read(bool is_head = false);
  /// True when the other side has closed and nothing more comes (within 5 s).
  bool is_closed();
  /// True when the other side resets the connection (within 5 s), without reading what came.
  bool is_reset();
  /// Ours: no more bytes follow.
  void finish_sending();

 private:
  bool fill();
  int socket_ = -1;
  std::string in_;
};

struct HttpRequest {
  std::string method = "GET", path, bearer, body;
  std::vector<std::string> headers;  ///< "Name: value"
};
[[nodiscard]] std::string to_bytes(const HttpRequest& request);
/// One request on a connection of its own.
[[nodiscard]] HttpReply exchange(const std::string& address, const HttpRequest& request);

}  // namespace mf::test
