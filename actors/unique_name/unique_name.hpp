#pragma once
// A name that only one entity may bear: "user:ana", "document:cc:<hash of the number>". Claimed
// before the owner's event is stored, asked about afterwards, released when the owner gives it up.
//
//   free ──claim_name──► claimed ──verify_claims: used──► confirmed
//    ▲                      │ verify_claims: not used          │
//    └──────────────────────┴────────── release_claim ◄────────┘
//
// No clock frees a name: without an answer from the owner the claim is kept and asked about again.
#include <string>
#include <variant>
#include <vector>

#include "base/claim.hpp"
#include "base/decision.hpp"

namespace mf::unique_name {

struct UniqueName {
  Id id;                  ///< what is unique, folded
  bool is_known = false;  ///< had an event
  std::string owner;      ///< "account/acc_…"; empty: free
  std::string token;      ///< of the claim that holds it
  bool is_confirmed = false;
  Timestamp check_at{};  ///< when to ask the owner, unless confirmed
  /// Tokens of the same owner's claims before, newest last, until the newest is confirmed: if that
  /// one comes to nothing, the owner still bears the name by one of these.
  std::vector<std::string> replaced;
};

inline constexpr std::size_t replaced_max = 8;

struct ClaimName {
  std::string token, owner;
};
struct ReleaseClaim {
  std::string token;
};
struct VerifyClaims {};
using Command = std::variant<ClaimName, ReleaseClaim, VerifyClaims>;

struct Claimed {
  std::string owner, token;
};
struct Confirmed {
  std::string token;
};
/// The owner could not say yet.
struct Kept {
  std::string token;
};
struct Released {
  std::string token;
};
using Event = std::variant<Claimed, Confirmed, Kept, Released>;

/// What the owner answered; only VerifyClaims looks at it.
struct Facts {
  ClaimUse use = ClaimUse::unknown;
};

/// `name_taken`: another owner bears it. The same owner's new claim replaces its old one, which
/// comes back when the new one is released.
[[nodiscard]] Decision<Event> decide(const UniqueName&, const ClaimName&, const Facts&);
/// `claim_not_held`: this token holds nothing (any more).
[[nodiscard]] Decision<Event> decide(const UniqueName&, const ReleaseClaim&, const Facts&);
/// `already_done`: there is nothing left to ask about.
[[nodiscard]] Decision<Event> decide(const UniqueName&, const VerifyClaims&, const Facts&);
void apply(UniqueName&, const Event&, const Context&);
[[nodiscard]] std::vector<Deadline> deadlines(const UniqueName&);

}  // namespace mf::unique_name
