#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mf::gateway::auth {

inline constexpr std::size_t password_size_max = 256;  // characters

/// What one hash costs; the default is OWASP's recommendation for Argon2id.
struct HashCost {
  std::uint64_t memory_bytes = 19 << 20;
  int passes = 2;
};

/// Argon2id (libsodium) with a random salt, as text that names its parameters. Blocks for some tens
/// of milliseconds; never call it on an I/O thread.
[[nodiscard]] Result<std::string> hash_password(std::string_view password, HashCost cost = {});
/// False for a wrong password and for anything that is not a hash. Takes as long as hashing.
[[nodiscard]] bool verify_password(std::string_view hash, std::string_view password);
/// A hash of a password nobody has: compared against when there is no such user, so that the
/// answer takes the same time. The cost is that of the first call.
[[nodiscard]] const std::string& nobodys_hash(HashCost cost = {});

}  // namespace mf::gateway::auth
