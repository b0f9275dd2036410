#pragma once
// Who may try a password, and how often. Two doors, so that nobody is kept out by strangers:
//
//   (name, place)   a lock that doubles with each failure, and `logins_per_minute`. A place is an
//                   address's prefix, or a device that has logged in before (its cookie).
//   name, or place  higher caps for tries from places that never had a good login of that name:
//                   they slow guessing from many addresses, and many names from one address.
//
// Known and unknown names are treated alike, and everything here is forgotten with the process. It
// is bounded: of names the oldest go, unless they are locked or known; of addresses, newcomers
// share one count.
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "gateway/api/options.hpp"
#include "gateway/api/rate_limit.hpp"
#include "gateway/auth/decoys.hpp"

namespace mf::gateway::auth {

/// A user name as somebody types it, as unique names of accounts are: plain_text(), ASCII letters
/// in lower case.
[[nodiscard]] std::string folded_username(std::string_view text);

struct LoginAttempt {
  std::string name;       ///< folded
  std::string address;    ///< http::limit_key(address)
  std::string device;     ///< of a good login of this name before; empty: unknown
  bool is_local = false;  ///< from this machine: no name-wide cap, and locks do not grow
  [[nodiscard]] const std::string& place() const { return device.empty() ? address : device; }
};

/// Thread-safe.
class LoginGuard {
 public:
  LoginGuard(const GatewayOptions::Limits& limits, const GatewayOptions::Passwords& options);

  /// Seconds to wait, or nullopt: go on; then it has been counted.
  [[nodiscard]] std::optional<int> must_wait(const LoginAttempt& attempt, Timestamp now);
  /// The same for somebody who wants to redeem an invitation, by http::limit_key(address): as often
  /// as one name may log in.
  [[nodiscard]] std::optional<int> must_wait_to_redeem(const std::string& address);
  /// A wrong password; gives the end of the lock it brings, if it does.
  [[nodiscard]] std::optional<Timestamp> failed(const LoginAttempt& attempt, Timestamp now);
  /// A good login: this place is known from now on.
  void succeeded(const LoginAttempt& attempt, Timestamp now);
  /// Somebody with the right to has let this name in again: every lock and count of it goes.
  void let_in(const std::string& name);
  /// Whether this name has logged in from that place lately.
  [[nodiscard]] bool is_proven(const LoginAttempt& attempt, Timestamp now);

  [[nodiscard]] Decoys& decoys() { return decoys_; }
  /// What a device that has logged in keeps as a cookie, and the device a cookie names; empty for
  /// one that isn't ours, or another name's.
  [[nodiscard]] std::string device_cookie(const std::string& name) const;
  [[nodiscard]] std::string device_of(const std::string& name, std::string_view cookie) const;

 private:
  struct Bucket {
    double used = 0;
    Timestamp at;
  };
  struct Place {
    int failures = 0;
    Timestamp last, locked_until, good_at;
    Bucket tries;
  };
  struct Name {
    Bucket strangers;
    Timestamp last;
    std::map<std::string, Place> places;
  };
  [[nodiscard]] std::optional<int> take(Bucket& bucket, double burst, double per_minute,
                                        Timestamp now) const;
  Name* name_of(const std::string& name, Timestamp now);
  void make_room_for_names(Timestamp now);
  Bucket& address_of(const std::string& address, Timestamp now);
  static Place* place_of(Name& name, const std::string& place, Timestamp now);

  GatewayOptions::Passwords options_;
  double per_name_, per_address_;
  RateLimiter redeems_;
  Decoys decoys_;
  std::string device_key_;
  std::mutex mutex_;
  std::unordered_map<std::string, Name> names_;
  std::unordered_map<std::string, Bucket> addresses_;
  Bucket newcomers_;  ///< shared by addresses there is no room for
  Timestamp names_swept_, addresses_swept_;
};

}  // namespace mf::gateway::auth
