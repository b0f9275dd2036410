#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "gateway/api/options.hpp"
#include "gateway/api/rate_limit.hpp"

namespace mf::gateway::auth {

/// As unique names of accounts are: ASCII letters in lower case.
[[nodiscard]] std::string folded_username(std::string text);

/// Slows guessing down, for names that exist and names that don't alike: `logins_per_minute` per
/// name, and after some failures in a row a lock that doubles with each more. Thread-safe.
class LoginGuard {
 public:
  LoginGuard(double logins_per_minute, const GatewayOptions::Passwords& options);

  /// Seconds to wait, or nullopt: go on.
  [[nodiscard]] std::optional<int> must_wait(const std::string& name, Timestamp now);
  /// The same for somebody who wants to redeem an invitation, by http::limit_key(address): as often
  /// as one name may log in.
  [[nodiscard]] std::optional<int> must_wait_to_redeem(const std::string& address);
  /// A wrong password; gives the end of the lock it brings, if it does.
  [[nodiscard]] std::optional<Timestamp> failed(const std::string& name, Timestamp now);
  void succeeded(const std::string& name);
  /// False when this name has used this or a later one-time code before.
  [[nodiscard]] bool use_code(const std::string& name, std::int64_t step);

 private:
  struct Failures {
    int count = 0;
    Timestamp last, locked_until;
  };
  GatewayOptions::Passwords options_;
  RateLimiter tries_, redeems_;
  std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;
  std::unordered_map<std::string, std::int64_t> last_code_;  // only names that exist get here
};

}  // namespace mf::gateway::auth
