#include "gateway/ws/handshake.hpp"

#include <algorithm>

namespace mf::gateway::ws {
namespace {

namespace http = boost::beast::http;

/// True when the comma-separated list has the name.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto item = list.substr(0, end);
    while (item.starts_with(' ') || item.starts_with('\t')) item.remove_prefix(1);
    while (item.ends_with(' ') || item.ends_with('\t')) item.remove_suffix(1);
    if (item == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

Offer offer_of(const http::request<http::empty_body>& request) {
  const auto [begin, end] = request.equal_range(http::field::sec_websocket_protocol);
  Offer offer = Offer::none;
  for (auto at = begin; at != end; ++at) {
    if (lists(at->value(), subprotocol)) return Offer::ours;
    offer = Offer::others;
  }
  return offer;
}

std::string refusal(const Problem& problem, const std::string& request_id,
                    texts::Language language) {
  const auto body = members_of(problem, "/v1/stream", request_id, language).text();
  return "HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nRequest-Id: " + request_id +
         "\r\nContent-Language: " + std::string(texts::tag_of(language)) +
         "\r\nVary: Accept-Language\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace mf::gateway::ws
