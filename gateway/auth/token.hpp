#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/id.hpp"

namespace mf::gateway::auth {

/// A bearer ("mf_<account>.<secret>") or tracking ("trk_<order>.<secret>") token. It carries its
/// route; the secret is 256 random bits in Crockford base32, stored only as its hash.
struct Token {
  Id entity;  ///< acc_… or ord_…
  std::string secret;
  [[nodiscard]] Hash256 hash() const;  ///< BLAKE2b-256 of the secret's text
};

[[nodiscard]] std::optional<Token> parse_bearer(std::string_view text);
[[nodiscard]] std::optional<Token> parse_tracking(std::string_view text);
[[nodiscard]] Token make_token(Id entity);
[[nodiscard]] std::string bearer_text(const Token& token);
[[nodiscard]] std::string tracking_text(const Token& token);

}  // namespace mf::gateway::auth
