#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decision.hpp"
#include "base/result.hpp"

namespace mf::gateway::auth {

inline constexpr std::size_t password_size_max = 256;  // characters

/// What one hash costs; the default is OWASP's recommendation for Argon2id.
struct HashCost {
  std::uint64_t memory_bytes = 19 << 20;
  int passes = 2;
};

/// Argon2id (libsodium) with a random salt, as text that names its parameters. Blocks for some tens
/// of milliseconds; never call it on an I/O thread. The password counts as composed() makes it.
[[nodiscard]] Result<std::string> hash_password(std::string_view password, HashCost cost = {});
/// False for a wrong password and for anything that is not a hash. Takes as long as hashing.
[[nodiscard]] bool verify_password(std::string_view hash, std::string_view password);
/// What comparing against this hash costs; nullopt for what is no Argon2id hash.
[[nodiscard]] std::optional<HashCost> cost_of(std::string_view hash);

/// What is wrong with a new password of this user, or nothing: `too_short` (fewer than `size_min`
/// characters that can be seen), `too_long`, `too_common` (on the list of those tried first, a
/// sequence, a repeated piece), `is_user_name` (little more than the own name).
[[nodiscard]] std::optional<FieldError> check_new_password(std::string_view password, int size_min,
                                                           std::string_view username);

}  // namespace mf::gateway::auth
