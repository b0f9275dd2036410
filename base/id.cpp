#include "base/id.hpp"

#include <algorithm>

namespace mf {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t encoded_size = 26;  // ceil(128 / 5)

Id with_prefix(std::string_view prefix, std::string_view bytes) {
  return std::string(prefix) + "_" + crockford_base32(bytes);
}

}  // namespace

std::string crockford_base32(std::string_view bytes) {
  std::string out;
  unsigned buffer = 0, bits = 0;
  for (unsigned char b : bytes) {
    buffer = buffer << 8 | b;
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) out += alphabet[buffer << (5 - bits) & 31];
  return out;
}

Id random_id(std::string_view prefix) { return with_prefix(prefix, random_bytes(16)); }

Id derive_id(std::string_view prefix, std::string_view principal, std::string_view operation,
             std::string_view key) {
  return with_prefix(prefix, blake2b_128({principal, operation, key}).view());
}

bool is_id(std::string_view prefix, std::string_view text) {
  return text.size() == prefix.size() + 1 + encoded_size && text.starts_with(prefix) &&
         text[prefix.size()] == '_' &&
         std::ranges::all_of(text.substr(prefix.size() + 1),
                             [](char c) { return alphabet.find(c) != alphabet.npos; });
}

std::string id_pattern(std::string_view prefix) {
  return "^" + std::string(prefix) + "_[0-9A-HJKMNP-TV-Z]{" + std::to_string(encoded_size) + "}$";
}

std::string order_code(std::string_view order_id) {
  const auto hash = blake2b_128({"order-code", order_id});
  const auto text = crockford_base32(hash.view().substr(0, 7));
  return "ORD-" + text.substr(0, 4) + "-" + text.substr(4, 4) + "-" + text.substr(8, 2);
}

}  // namespace mf
