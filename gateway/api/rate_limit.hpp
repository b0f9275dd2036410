#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace mf::gateway {

/// Token buckets by key (account, address, name): `per_second` tokens, `burst` at most.
/// Thread-safe. Keeps at most `keys_max` buckets; full ones are forgotten first, and when none is
/// full newcomers share one bucket.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `per_second` 0: every take succeeds.
  RateLimiter(double per_second, double burst, std::size_t keys_max = 50'000);

  /// False: too fast; try again after retry_after().
  [[nodiscard]] bool take(std::string_view key, Time now = std::chrono::steady_clock::now());
  /// Whether take() would succeed.
  [[nodiscard]] bool has(std::string_view key, Time now = std::chrono::steady_clock::now());
  /// Whole seconds until one token is there again, at least 1.
  [[nodiscard]] int retry_after_s() const;

 private:
  struct Bucket {
    double tokens;
    Time at;
  };
  struct Part {
    std::mutex mutex;
    std::unordered_map<std::uint64_t, Bucket> buckets;
  };
  [[nodiscard]] std::uint64_t hash_of(std::string_view key) const;
  [[nodiscard]] double tokens_of(const Bucket& bucket, Time now) const;
  void make_room(Part& part, Time now);

  double per_second_, burst_;
  std::size_t part_keys_max_;
  std::uint64_t seed_;
  std::array<Part, 8> parts_;
};

/// Connections per address and in total. Thread-safe.
class ConnectionCount {
 public:
  ConnectionCount(int per_address_max, int total_max)
      : per_address_max_(per_address_max), total_max_(total_max) {}
  /// A proxy that is trusted speaks for many: only the total counts for it.
  [[nodiscard]] bool enter(const std::string& address, bool is_proxy = false);
  void leave(const std::string& address);
  [[nodiscard]] int total() const;

 private:
  int per_address_max_, total_max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, int> by_address_;
  int total_ = 0;
};

}  // namespace mf::gateway
