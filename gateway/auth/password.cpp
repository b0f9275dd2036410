#include "gateway/auth/password.hpp"

#include <sodium.h>

#include <charconv>

#include "base/hash.hpp"
#include "base/plain_text.hpp"

namespace mf::gateway::auth {
namespace {

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == text.npos) return {};
  std::uint64_t value = 0;
  const auto* first = text.data() + at + name.size();
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

}  // namespace

Result<std::string> hash_password(std::string_view password, HashCost cost) {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium could not start");
  const auto text = composed(password);
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, text.data(), text.size(),
                            static_cast<unsigned long long>(cost.passes), cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(ErrorCode::limit, "no memory to hash a password");
  return std::string(out);
}

bool verify_password(std::string_view hash, std::string_view password) {
  const std::string terminated(hash), text = composed(password);
  return sodium_init() >= 0 &&
         crypto_pwhash_str_verify(terminated.c_str(), text.data(), text.size()) == 0;
}

std::optional<HashCost> cost_of(std::string_view hash) {
  if (!hash.starts_with("$argon2id$")) return {};
  const auto memory = number_after(hash, "$m="), passes = number_after(hash, ",t=");
  if (!memory || !passes) return {};
  return HashCost{*memory * 1024, static_cast<int>(*passes)};
}

}  // namespace mf::gateway::auth
