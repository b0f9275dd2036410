#include "gateway/auth/login_guard.hpp"

#include <sodium.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/plain_text.hpp"

namespace mf::gateway::auth {
namespace {

constexpr std::size_t names_max = 20'000, addresses_max = 50'000, places_max = 64;
constexpr Duration forgotten_after = std::chrono::hours(24),
                   proven_for = std::chrono::hours(24 * 30);
constexpr Duration minute = std::chrono::minutes(1);
/// Strangers together may try this many times as often as one place.
constexpr double strangers_factor = 4;

/// One that found nothing to forget is not made again at once.
bool is_sweep_due(Timestamp last, Timestamp now) {
  return now < last || now - last >= std::chrono::seconds(10);
}

}  // namespace

std::string folded_username(std::string_view text) {
  auto out = plain_text(text, TextForm::line).value_or(std::string(text));
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

LoginGuard::LoginGuard(const GatewayOptions::Limits& limits,
                       const GatewayOptions::Passwords& options)
    : options_(options),
      per_name_(limits.logins_per_minute),
      per_address_(per_name_ > 0 ? limits.logins_per_address_per_minute : 0),
      redeems_(per_name_ / 60, std::max(1.0, per_name_)),
      decoys_({options.memory_bytes, options.passes}),
      device_key_(options.device_key.empty() ? random_bytes(32) : options.device_key) {}

std::optional<int> LoginGuard::take(Bucket& bucket, double burst, double per_minute,
                                    Timestamp now) const {
  if (per_minute <= 0) return {};
  const auto passed = std::max(now - bucket.at, Duration{0});
  bucket.used = std::max(0.0, bucket.used - per_minute * passed / minute);
  bucket.at = now;
  if (bucket.used + 1 > burst)
    return std::max(1, static_cast<int>(std::ceil((bucket.used + 1 - burst) * 60 / per_minute)));
  bucket.used += 1;
  return {};
}

LoginGuard::Name* LoginGuard::name_of(const std::string& name, Timestamp now) {
  const auto found = names_.find(name);
  if (found != names_.end()) return &found->second;
  if (names_.size() >= names_max) make_room_for_names(now);
  if (names_.size() >= names_max) return nullptr;
  auto& made = names_[name];
  made.last = now;
  return &made;
}

void LoginGuard::make_room_for_names(Timestamp now) {
  if (!is_sweep_due(names_swept_, now)) return;
  std::vector<Timestamp> times;
  const auto is_held = [&](const Name& name) {
    return std::ranges::any_of(name.places, [&](const auto& place) {
      return now < place.second.locked_until || now - place.second.good_at < proven_for;
    });
  };
  for (const auto& [key, name] : names_)
    if (!is_held(name)) times.push_back(name.last);
  if (!times.empty()) {
    // Many at once, so that not every newcomer looks at all of them.
    const auto oldest = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 10);
    std::ranges::nth_element(times, oldest);
    const auto until = *oldest;
    auto of_that_time = oldest - times.begin() + 1 -
                        std::ranges::count_if(times, [&](auto at) { return at < until; });
    std::erase_if(names_, [&](const auto& entry) {
      const auto last = entry.second.last;
      return last <= until && !is_held(entry.second) && (last < until || of_that_time-- > 0);
    });
  }
  if (names_.size() >= names_max)
    std::erase_if(names_,
                  [&](const auto& entry) { return now - entry.second.last > forgotten_after; });
  if (names_.size() >= names_max) names_swept_ = now;
}

LoginGuard::Bucket& LoginGuard::address_of(const std::string& address, Timestamp now) {
  const auto found = addresses_.find(address);
  if (found != addresses_.end()) return found->second;
  if (addresses_.size() >= addresses_max && is_sweep_due(addresses_swept_, now)) {
    // After a minute a bucket is as good as new.
    std::erase_if(addresses_, [&](const auto& entry) { return now - entry.second.at > minute; });
    if (addresses_.size() >= addresses_max) addresses_swept_ = now;
  }
  return addresses_.size() >= addresses_max ? newcomers_ : addresses_[address];
}

LoginGuard::Place* LoginGuard::place_of(Name& name, const std::string& place, Timestamp now) {
  const auto found = name.places.find(place);
  if (found != name.places.end()) return &found->second;
  if (name.places.size() >= places_max) {
    const auto oldest = std::ranges::min_element(name.places, {}, [](const auto& entry) {
      return std::max({entry.second.last, entry.second.good_at, entry.second.locked_until});
    });
    if (now < oldest->second.locked_until) return nullptr;
    name.places.erase(oldest);
  }
  return &name.places[place];
}

bool LoginGuard::is_proven(const LoginAttempt& attempt, Timestamp now) {
  if (!attempt.device.empty()) return true;
  const std::lock_guard lock(mutex_);
  const auto name = names_.find(attempt.name);
  if (name == names_.end()) return false;
  const auto place = name->second.places.find(attempt.place());
  return place != name->second.places.end() && place->second.good_at != Timestamp{} &&
         now - place->second.good_at < proven_for;
}

std::optional<int> LoginGuard::must_wait(const LoginAttempt& attempt, Timestamp now) {
  const bool is_known = is_proven(attempt, now);
  const std::lock_guard lock(mutex_);
  auto* name = name_of(attempt.name, now);
  auto* place = name ? place_of(*name, attempt.place(), now) : nullptr;
  if (place && now < place->locked_until)
    return static_cast<int>((place->locked_until - now).count() / 1000 + 1);
  if (place)
    if (const auto wait = take(place->tries, std::max(1.0, per_name_), per_name_, now)) return wait;
  if (name) name->last = now;
  if (is_known) return {};
  if (const auto wait =
          take(address_of(attempt.address, now), std::max(1.0, per_address_), per_address_, now))
    return wait;
  if (!name || attempt.is_local) return {};
  const auto together = per_name_ * strangers_factor;
  return take(name->strangers, std::max(1.0, together), together, now);
}

std::optional<int> LoginGuard::must_wait_to_redeem(const std::string& address) {
  if (!redeems_.take(address)) return redeems_.retry_after_s();
  return {};
}

std::optional<Timestamp> LoginGuard::failed(const LoginAttempt& attempt, Timestamp now) {
  const std::lock_guard lock(mutex_);
  auto* name = name_of(attempt.name, now);
  auto* place = name ? place_of(*name, attempt.place(), now) : nullptr;
  if (!place) return {};
  if (now - place->last > forgotten_after) place->failures = 0;
  place->last = now;
  if (++place->failures < options_.failures_before_lock) return {};
  const int doublings =
      attempt.is_local ? 0 : std::min(place->failures - options_.failures_before_lock, 16);
  place->locked_until = now + std::min(options_.lock * (1 << doublings), options_.lock_max);
  return place->locked_until;
}

void LoginGuard::succeeded(const LoginAttempt& attempt, Timestamp now) {
  const std::lock_guard lock(mutex_);
  auto* name = name_of(attempt.name, now);
  auto* place = name ? place_of(*name, attempt.place(), now) : nullptr;
  if (!place) return;
  place->failures = 0;
  place->locked_until = {};
  place->good_at = now;
  // Only guessing is slowed down: an office behind one address logs in as it likes.
  if (const auto address = addresses_.find(attempt.address); address != addresses_.end())
    address->second.used = std::max(0.0, address->second.used - 1);
}

void LoginGuard::let_in(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return;
  found->second.strangers = {};
  for (auto& [key, place] : found->second.places) {
    place.failures = 0;
    place.locked_until = {};
    place.tries = {};
  }
}

std::string LoginGuard::device_cookie(const std::string& name) const {
  const auto device = crockford_base32(random_bytes(16));
  return device + "." + crockford_base32(blake2b_256({"device", device_key_, name, device}).view());
}

std::string LoginGuard::device_of(const std::string& name, std::string_view cookie) const {
  const auto dot = cookie.find('.');
  if (dot == cookie.npos || dot == 0) return {};
  const std::string device(cookie.substr(0, dot));
  const auto proof = crockford_base32(blake2b_256({"device", device_key_, name, device}).view());
  const auto given = cookie.substr(dot + 1);
  if (given.size() != proof.size() || sodium_memcmp(given.data(), proof.data(), proof.size()) != 0)
    return {};
  return "device:" + device;
}

}  // namespace mf::gateway::auth
