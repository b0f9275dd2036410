#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace mf::gateway::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
inline constexpr std::size_t method_count = 8;
[[nodiscard]] std::string_view to_string(Method method);
/// Safe methods change nothing; the others need an Origin check when a cookie logs in.
[[nodiscard]] inline bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

struct Header {
  std::string_view name, value;
};

/// A request as RequestReader understood it. The views live until RequestReader::next().
struct Request {
  Method method = Method::other;
  int version = 11;
  std::string_view path, query;  ///< of the target, still percent-encoded
  std::vector<Header> headers;
  std::string_view body;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool is_upgrade = false;  ///< Connection: upgrade with Upgrade: websocket
  bool expects_continue = false;
  // The headers that mean something to us; empty when absent. Each is refused when it stands twice.
  std::string_view host, authorization, cookie, origin, content_type, idempotency_key, if_match,
      if_none_match, traceparent, forwarded_for, websocket_key, content_encoding;
  std::string_view accept_language;  ///< a list, which may stand in several lines: the first counts
  std::string_view asked_method;     ///< Access-Control-Request-Method of a preflight
};

}  // namespace mf::gateway::http
