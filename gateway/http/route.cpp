#include "gateway/http/route.hpp"

#include "base/assert.hpp"

namespace mf::gateway::http {
namespace {

constexpr std::size_t parameters_max = 32;

std::pair<std::string_view, std::string_view> split_segment(std::string_view path) {
  path.remove_prefix(1);
  const auto slash = path.find('/');
  if (slash == path.npos) return {path, {}};
  return {path.substr(0, slash), path.substr(slash)};
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return {};
      const int high = hex(text[i + 1]), low = hex(text[i + 2]);
      if (high < 0 || low < 0) return {};
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return out;
}

}  // namespace

std::size_t Router::child(std::size_t node, std::string_view segment) {
  if (segment.starts_with('{')) {
    if (nodes_[node].param == 0) {
      nodes_[node].param = nodes_.size();
      nodes_.emplace_back();
    }
    return nodes_[node].param;
  }
  for (const auto& [literal, next] : nodes_[node].children)
    if (literal == segment) return next;
  const auto next = nodes_.size();
  nodes_[node].children.emplace_back(segment, next);
  nodes_.emplace_back();
  return next;
}

void Router::add(Route route) {
  MF_ASSERT(route.handle && route.pattern.starts_with('/'), "route " + route.pattern);
  const auto& added = routes_.emplace_back(std::move(route));
  std::size_t node = 0;
  std::string_view path = added.pattern;
  while (!path.empty()) {
    const auto [segment, rest] = split_segment(path);
    node = child(node, segment);
    path = rest;
  }
  auto& slot = nodes_[node].by_method[static_cast<std::size_t>(added.method)];
  MF_ASSERT(!slot, "two routes for " + added.pattern);
  slot = &added;
}

const Router::Node* Router::walk(std::size_t at, std::string_view path, std::size_t depth,
                                 std::array<std::string_view, 3>& params) const {
  const auto& node = nodes_[at];
  if (path.empty()) return &node;
  const auto [segment, rest] = split_segment(path);
  for (const auto& [literal, next] : node.children)
    if (literal == segment)
      if (const auto* found = walk(next, rest, depth, params)) return found;
  if (node.param == 0 || segment.empty() || depth >= params.size()) return nullptr;
  params[depth] = segment;
  return walk(node.param, rest, depth + 1, params);
}

Router::Found Router::find(Method method, std::string_view path,
                           std::array<std::string_view, 3>& params) const {
  params = {};
  Found found;
  const auto* node = walk(0, path, 0, params);
  if (!node) return found;
  if (method == Method::head) method = Method::get;
  found.route = node->by_method[static_cast<std::size_t>(method)];
  found.is_path_known = true;
  if (found.route) {
    found.is_open = found.route->access != Access::login;
    return found;
  }
  found.is_path_known = false;
  for (const auto* route : node->by_method) {
    if (!route) continue;
    found.is_path_known = true;
    found.is_open |= route->access != Access::login;
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += to_string(route->method);
    if (route->method == Method::get) found.allow += ", HEAD";
  }
  return found;
}

std::expected<std::vector<std::pair<std::string, std::string>>, FieldError> parse_query(
    std::string_view query) {
  std::vector<std::pair<std::string, std::string>> result;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto item = query.substr(0, end);
    query = end == query.npos ? std::string_view() : query.substr(end + 1);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    auto name = decode(item.substr(0, equals));
    auto value = equals == item.npos ? std::string() : decode(item.substr(equals + 1));
    if (!name || !value)
      return std::unexpected(FieldError{name.value_or(""), "malformed", "a broken %-escape"_en});
    if (result.size() >= parameters_max)
      return std::unexpected(FieldError{*name, "too_many", "too many parameters"_en});
    result.emplace_back(std::move(*name), std::move(*value));
  }
  return result;
}

}  // namespace mf::gateway::http
