#pragma once
// The security log: who wanted what, from where, and what became of it. One line per event of
// component `security`, with a stable id:
//   login-refused  login-locked  login-ok  logout  sessions-ended  password-changed  totp-changed
//   proof-refused  unauthorized  forbidden  hidden  origin-refused  rate-limited  stream-closed
//   position-looked
// Accounts by their id, user names as a hash that only this process makes: what people type there
// may be a password. Never a token, a password, a code or a body.
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace mf::gateway::auth {

struct SecurityEvent {
  std::string_view event;                                    ///< one of the ids above
  std::string_view account, username, address, route, code;  ///< empty: nothing to say
  std::string_view target;                                   ///< the id it was about
};

/// Logs it, unless this event came more than ten times in this minute from this address or account:
/// then it is counted, and the next line that is logged says how many were left out. Thread-safe.
void tell(const SecurityEvent& event);
/// The id under which a refusal with this status and code is logged; empty: it isn't.
[[nodiscard]] std::string_view refusal_event(int status, std::string_view code, bool is_logged_in);

}  // namespace mf::gateway::auth
