#pragma once
#include <string>
#include <string_view>

#include "base/decision.hpp"

namespace mf {

/// The name of one hold that `claimant` takes while deciding one run of one command. Another run of
/// the same command has another token, so that a late release of the first frees nothing newer.
[[nodiscard]] inline std::string claim_token(std::string_view claimant, std::string_view purpose,
                                             const Context& context) {
  std::string token(claimant);
  token.append("/").append(purpose).append("/").append(to_hex(context.command.view()));
  return token.append("/").append(std::to_string(context.attempt));
}

/// What a holder learnt when it asked a claimant about a claim.
enum class ClaimUse : std::uint8_t { used, unused, unknown };

/// How long a holder waits before it asks the claimant whether a claim is used.
inline constexpr Duration claim_check_delay{30'000};

/// Two orders of one client, site and type within this time may be one that was sent twice: so long
/// the client looks out for a twin.
inline constexpr Duration twin_age_max = std::chrono::minutes(30);

}  // namespace mf
