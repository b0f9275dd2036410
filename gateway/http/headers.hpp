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
/// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// `content_type` without its parameters, case folded, is `wanted`.
[[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view wanted);
/// What an If-Match or If-None-Match names. A weak tag counts as the strong one: proxies that
/// compress weaken ours, and a version is the same in whatever coding it came.
struct EntityTags {
  bool is_any = false;                 ///< `*`
  std::vector<std::string_view> tags;  ///< without their quotes; views into the header
};
/// nullopt: malformed (RFC 9110, 8.8.3), or nothing.
[[nodiscard]] std::optional<EntityTags> entity_tags(std::string_view list);
/// Whether an If-None-Match names this tag, given as in ETag: then the answer is 304. A malformed
/// one names nothing.
[[nodiscard]] bool names(std::string_view if_none_match, std::string_view etag);
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
