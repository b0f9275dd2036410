#pragma once
// What a client that opens the stream asks for, and the bytes we answer with where Beast has no
// part in it.
#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/api/problem.hpp"
#include "gateway/texts/language.hpp"

namespace mf::gateway::ws {

inline constexpr std::string_view subprotocol = "microflow.v1";

/// The subprotocols that the request names.
enum class Offer : std::uint8_t { none, ours, others };

[[nodiscard]] Offer offer_of(
    const boost::beast::http::request<boost::beast::http::empty_body>& request);

/// A whole HTTP answer to an upgrade that is refused; the connection ends with it.
[[nodiscard]] std::string refusal(const Problem& problem, const std::string& request_id,
                                  texts::Language language);

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

}  // namespace mf::gateway::ws
