#pragma once
#include <memory>
#include <string>

#include "base/principal.hpp"
#include "base/time.hpp"

namespace mf::gateway::auth {

/// A login as the account entity confirmed it (at most `principal_cache` ago). Immutable, shared.
struct Identity {
  Principal principal;
  Id session;  ///< ses_…; empty for a tracking link
  std::string username, language;
  Timestamp expires_at;
  Hash256 token_hash;  ///< of the secret; never logged
  bool is_from_cookie = false;
  bool has_totp = false;
  bool must_set_totp = false;  ///< nothing else, before there is a second factor
};
using IdentityPtr = std::shared_ptr<const Identity>;

}  // namespace mf::gateway::auth
