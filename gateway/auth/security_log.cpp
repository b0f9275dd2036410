#include "gateway/auth/security_log.hpp"

#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/log.hpp"

namespace mf::gateway::auth {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr int lines_per_minute = 10;
constexpr std::size_t keys_max = 20'000;

class Sampler {
 public:
  /// How many were left out before this one; -1: this one is.
  std::int64_t admit(const std::string& key, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= keys_max)
      std::erase_if(counts_, [&](const auto& entry) { return is_over(entry.second, now); });
    // With as many places as that at once, they share one count.
    auto& count = counts_.size() >= keys_max ? counts_["others"] : counts_[key];
    if (is_over(count, now)) {
      count.since = now;
      count.told = 0;
    }
    if (count.told == lines_per_minute) {
      ++count.left_out;
      return -1;
    }
    ++count.told;
    return std::exchange(count.left_out, 0);
  }

 private:
  struct Count {
    SteadyTime since;
    int told = 0;
    std::int64_t left_out = 0;
  };
  static bool is_over(const Count& count, SteadyTime now) {
    return now - count.since >= std::chrono::minutes(1);
  }
  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
};

std::string hashed(std::string_view username) {
  static const std::string salt = random_bytes(16);
  return username.empty() ? std::string()
                          : to_hex(blake2b_128({"user name", salt, username}).view()).substr(0, 16);
}

}  // namespace

void tell(const SecurityEvent& e) {
  static Sampler sampler;
  std::string key(e.event);
  key += ' ';
  key += e.account.empty() ? e.address : e.account;
  const auto left_out = sampler.admit(key, std::chrono::steady_clock::now());
  if (left_out < 0) return;
  log::info(log::security, e.event,
            {{"account", e.account},
             {"name_hash", hashed(e.username)},
             {"address", e.address},
             {"route", e.route},
             {"code", e.code},
             {"target", e.target},
             {"left_out", left_out}});
}

std::string_view refusal_event(int status, std::string_view code, bool is_logged_in) {
  if (code == "origin_not_allowed") return "origin-refused";
  switch (status) {
    case 401: return "unauthorized";
    case 403: return "forbidden";
    case 404: return is_logged_in && code == "not_found" ? "hidden" : "";
    case 429: return "rate-limited";
    default: return "";
  }
}

}  // namespace mf::gateway::auth
