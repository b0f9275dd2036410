#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "gateway/auth/token.hpp"
#include "gateway/http/request.hpp"

namespace mf::gateway::http {

/// "0f3a…-17": unique in this process and hardly elsewhere.
[[nodiscard]] std::string next_request_id();
/// The right-most address of X-Forwarded-For that is not a trusted proxy's, if the peer is one.
[[nodiscard]] std::string client_address(const std::string& peer, std::string_view forwarded_for,
                                         const std::vector<std::string>& trusted_proxies);
/// `text`, its ASCII letters folded, is `lower_case`.
[[nodiscard]] bool equals_folded(std::string_view text, std::string_view lower_case);
/// `content_type` without its parameters, case folded, is `wanted`.
[[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view wanted);
/// IMF-fixdate, made once a second per thread; valid until the next call on this thread.
[[nodiscard]] std::string_view http_date(Timestamp now);

/// What a request brings to prove who it is.
struct LoginToken {
  std::optional<auth::Token> bearer;  ///< null: none, or not one of ours
  bool is_given = false, is_cookie = false;
};
/// The Authorization header, else the cookie.
[[nodiscard]] LoginToken login_token(const Request& request, bool is_tls);
[[nodiscard]] std::string_view cookie_name(bool is_tls);
/// Of the cookie by which a device is known that has logged in before; it opens nothing.
[[nodiscard]] std::string_view device_cookie_name(bool is_tls);
[[nodiscard]] std::optional<std::string_view> cookie_value(std::string_view cookies,
                                                           std::string_view name);

}  // namespace mf::gateway::http
