#pragma once
#include <functional>

#include "gateway/api/identity.hpp"
#include "gateway/auth/principals.hpp"
#include "gateway/auth/token.hpp"

namespace mf::gateway::auth {

enum class Verdict : std::uint8_t { known, unknown, unavailable };
using OnIdentity = std::move_only_function<void(Verdict, IdentityPtr)>;

/// Who holds this token: from the thread's cache (then `then` runs before this returns), else by
/// asking the account. `unknown` covers expired and revoked sessions alike.
void authenticate(Principals& principals, const Token& token, OnIdentity then);

/// The same question about a login that is already known, past the cache: does it still hold, and
/// with which rights?
void authenticate_again(Principals& principals, const Identity& identity, OnIdentity then);

/// `origin` as a browser sends it: on the list, or, with an empty list, the host it talks to.
[[nodiscard]] bool is_origin_allowed(std::string_view origin, std::string_view host, bool is_tls,
                                     const std::vector<std::string>& allowed);

}  // namespace mf::gateway::auth
