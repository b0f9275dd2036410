#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace mf::gateway::auth {

/// RFC 6238 with what every authenticator app uses: SHA-1, 6 digits, 30 s. `secret` is base32
/// (RFC 4648, padding optional). The time step whose code this is: now's, or one beside it for
/// clocks that differ. Accept each step once.
[[nodiscard]] std::optional<std::int64_t> totp_step(std::string_view secret, std::string_view code,
                                                    Timestamp now);

}  // namespace mf::gateway::auth
