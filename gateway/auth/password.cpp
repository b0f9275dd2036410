#include "gateway/auth/password.hpp"

#include <sodium.h>

#include "base/hash.hpp"

namespace mf::gateway::auth {
Result<std::string> hash_password(std::string_view password, HashCost cost) {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium could not start");
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(),
                            static_cast<unsigned long long>(cost.passes), cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(ErrorCode::limit, "no memory to hash a password");
  return std::string(out);
}

bool verify_password(std::string_view hash, std::string_view password) {
  const std::string terminated(hash);
  return sodium_init() >= 0 &&
         crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

const std::string& nobodys_hash(HashCost cost) {
  static const std::string hash = hash_password(random_bytes(32), cost).value_or("");
  return hash;
}

}  // namespace mf::gateway::auth
