#include "gateway/auth/token.hpp"

#include <algorithm>

namespace mf::gateway::auth {
namespace {

constexpr std::size_t secret_size_min = 26, secret_size_max = 64;

bool is_secret(std::string_view text) {
  return text.size() >= secret_size_min && text.size() <= secret_size_max &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '-' || c == '_';
         });
}

std::optional<Token> parse(std::string_view text, std::string_view scheme,
                           std::string_view prefix) {
  if (!text.starts_with(scheme)) return {};
  text.remove_prefix(scheme.size());
  const auto dot = text.find('.');
  if (dot == text.npos || !is_id(prefix, text.substr(0, dot)) || !is_secret(text.substr(dot + 1)))
    return {};
  return Token{Id(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

}  // namespace

Hash256 Token::hash() const { return blake2b_256(secret); }

std::optional<Token> parse_bearer(std::string_view text) { return parse(text, "mf_", "acc"); }

std::optional<Token> parse_tracking(std::string_view text) { return parse(text, "trk_", "ord"); }

Token make_token(Id entity) { return {std::move(entity), crockford_base32(random_bytes(32))}; }

std::string bearer_text(const Token& token) { return "mf_" + token.entity + "." + token.secret; }

std::string tracking_text(const Token& token) { return "trk_" + token.entity + "." + token.secret; }

}  // namespace mf::gateway::auth
