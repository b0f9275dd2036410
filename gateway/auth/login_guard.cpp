#include "gateway/auth/login_guard.hpp"

#include <algorithm>

namespace mf::gateway::auth {
namespace {

constexpr std::size_t names_max = 20'000;
constexpr Duration forgotten_after = std::chrono::hours(24);

}  // namespace

std::string folded_username(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

LoginGuard::LoginGuard(double logins_per_minute, const GatewayOptions::Passwords& options)
    : options_(options),
      tries_(logins_per_minute / 60, std::max(1.0, logins_per_minute)),
      redeems_(logins_per_minute / 60, std::max(1.0, logins_per_minute)) {}

std::optional<int> LoginGuard::must_wait(const std::string& name, Timestamp now) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = failures_.find(name);
    if (found != failures_.end() && now < found->second.locked_until)
      return static_cast<int>((found->second.locked_until - now).count() / 1000 + 1);
  }
  if (!tries_.take(name)) return tries_.retry_after_s();
  return {};
}

std::optional<int> LoginGuard::must_wait_to_redeem(const std::string& address) {
  if (!redeems_.take(address)) return redeems_.retry_after_s();
  return {};
}

std::optional<Timestamp> LoginGuard::failed(const std::string& name, Timestamp now) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= names_max)
    std::erase_if(failures_, [&](const auto& entry) {
      return now - entry.second.last > forgotten_after ||
             entry.second.count < options_.failures_before_lock;
    });
  if (failures_.size() >= names_max) return {};
  auto& failures = failures_[name];
  if (now - failures.last > forgotten_after) failures.count = 0;
  failures.last = now;
  if (++failures.count < options_.failures_before_lock) return {};
  const int doublings = std::min(failures.count - options_.failures_before_lock, 16);
  failures.locked_until = now + std::min(options_.lock * (1 << doublings), options_.lock_max);
  return failures.locked_until;
}

void LoginGuard::succeeded(const std::string& name) {
  const std::lock_guard lock(mutex_);
  failures_.erase(name);
}

bool LoginGuard::use_code(const std::string& name, std::int64_t step) {
  const std::lock_guard lock(mutex_);
  auto& last = last_code_[name];
  if (step <= last) return false;
  last = step;
  return true;
}

}  // namespace mf::gateway::auth
