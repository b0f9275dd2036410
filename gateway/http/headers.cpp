#include "gateway/http/headers.hpp"

#include <algorithm>
#include <ctime>

#include "base/hash.hpp"
#include "gateway/http/address.hpp"

namespace mf::gateway::http {
namespace {

/// What a proxy that compresses appends to a tag it passes on (Apache: `"3-gzip"`).
std::string_view without_coding(std::string_view tag) {
  for (const std::string_view coding : {"-gzip", "-br", "-deflate"})
    if (tag.size() > coding.size() && tag.ends_with(coding))
      return tag.substr(0, tag.size() - coding.size());
  return tag;
}

bool is_tag_character(char c) { return c > ' ' ? c != 0x7f : (c & 0x80) != 0; }

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool equals_folded(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + ('a' - 'A')) : x) == y;
  });
}

std::string next_request_id() {
  thread_local const std::string start = to_hex(random_bytes(6));
  thread_local std::uint64_t count = 0;
  return start + "-" + std::to_string(++count);
}

std::string client_address(const std::string& peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted_proxies) {
  const auto is_trusted = [&](std::string_view address) {
    return is_in_network(address, trusted_proxies);
  };
  if (forwarded_for.empty() || !is_trusted(peer)) return peer;
  while (!forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    const auto address =
        trimmed(comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1));
    // What is no address was not written by a proxy that is to be believed.
    const auto plain = forwarded_address(address);
    if (!plain) return peer;
    if (!is_trusted(*plain) || comma == forwarded_for.npos) return *plain;
    forwarded_for = forwarded_for.substr(0, comma);
  }
  return peer;
}

bool is_media_type(std::string_view content_type, std::string_view wanted) {
  return equals_folded(trimmed(content_type.substr(0, content_type.find(';'))), wanted);
}

std::optional<EntityTags> entity_tags(std::string_view list) {
  EntityTags result;
  list = trimmed(list);
  if (list == "*") return EntityTags{.is_any = true, .tags = {}};
  while (!list.empty()) {
    if (list.starts_with(',')) {  // an empty item
      list = trimmed(list.substr(1));
      continue;
    }
    if (list.starts_with("W/")) list.remove_prefix(2);
    const auto end = list.starts_with('"') ? list.find('"', 1) : list.npos;
    if (end == list.npos) return {};
    const auto tag = list.substr(1, end - 1);
    list = trimmed(list.substr(end + 1));
    if (!std::ranges::all_of(tag, is_tag_character)) return {};
    if (!list.empty() && list.front() != ',') return {};
    result.tags.push_back(without_coding(tag));
  }
  return result.tags.empty() ? std::nullopt : std::optional(std::move(result));
}

bool names(std::string_view if_none_match, std::string_view etag) {
  const auto named = entity_tags(if_none_match);
  if (!named) return false;
  const auto tag = etag.substr(1, etag.size() - 2);
  return named->is_any || std::ranges::find(named->tags, tag) != named->tags.end();
}

std::string_view http_date(Timestamp now) {
  thread_local std::time_t second = -1;
  thread_local char text[32];
  thread_local std::size_t size = 0;
  const auto current = static_cast<std::time_t>(to_millis(now) / 1000);
  if (current != second) {
    std::tm parts{};
    gmtime_r(&current, &parts);
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    size = static_cast<std::size_t>(
        std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[parts.tm_wday],
                      parts.tm_mday, months[parts.tm_mon], (parts.tm_year + 1900) % 10000,
                      parts.tm_hour, parts.tm_min, parts.tm_sec));
    second = current;
  }
  return {text, size};
}

std::string_view device_cookie_name(bool is_tls) {
  return is_tls ? "__Host-microflow-device" : "microflow-device";
}

std::string_view cookie_name(bool is_tls) { return is_tls ? "__Host-microflow" : "microflow"; }

std::optional<std::string_view> cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const auto end = cookies.find(';');
    const auto item = trimmed(cookies.substr(0, end));
    cookies = end == cookies.npos ? std::string_view() : cookies.substr(end + 1);
    const auto equals = item.find('=');
    if (equals != item.npos && item.substr(0, equals) == name) return item.substr(equals + 1);
  }
  return {};
}

LoginToken login_token(const Request& request, bool is_tls) {
  constexpr std::string_view scheme = "bearer ";
  LoginToken token;
  if (!request.authorization.empty()) {
    token.is_given = true;
    if (request.authorization.size() > scheme.size() &&
        equals_folded(request.authorization.substr(0, scheme.size()), scheme))
      token.bearer = auth::parse_bearer(trimmed(request.authorization.substr(scheme.size())));
  } else if (const auto cookie = cookie_value(request.cookie, cookie_name(is_tls))) {
    token.is_given = token.is_cookie = true;
    token.bearer = auth::parse_bearer(*cookie);
  }
  return token;
}

}  // namespace mf::gateway::http
