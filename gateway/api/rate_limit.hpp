#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mf::gateway {

/// Token buckets by key (account, address, name): `per_second` tokens, `burst` at most.
/// Thread-safe. Keeps at most `keys_max` buckets; full ones are forgotten first, and when none is
/// full newcomers share one bucket.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `per_second` 0: every take succeeds.
  RateLimiter(double per_second, double burst, std::size_t keys_max = 50'000);

  /// False: too fast, and nothing was taken; try again after retry_after(). What costs more than
  /// `burst` passes when the bucket is full.
  [[nodiscard]] bool take(std::string_view key, double cost = 1,
                          Time now = std::chrono::steady_clock::now());
  /// Takes what something has cost after the fact: at worst down to a whole burst of debt.
  void charge(std::string_view key, double cost, Time now = std::chrono::steady_clock::now());
  /// Undoes a take().
  void give_back(std::string_view key, double cost = 1,
                 Time now = std::chrono::steady_clock::now());
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
  [[nodiscard]] Bucket& bucket_of(Part& part, std::uint64_t hash, Time now);
  void make_room(Part& part, Time now);

  double per_second_, burst_;
  std::size_t part_keys_max_;
  std::uint64_t seed_;
  std::array<Part, 8> parts_;
};

/// Connections by key and in total. Thread-safe.
class ConnectionCount {
 public:
  /// 0: no such limit.
  ConnectionCount(int per_key_max, int total_max)
      : per_key_max_(per_key_max), total_max_(total_max) {}
  /// `keys` name the same caller ever more widely (an address, its network, the network around
  /// that): each may hold `widening` times as many as the one before. None: only the total counts.
  [[nodiscard]] bool enter(const std::vector<std::string>& keys);
  void leave(const std::vector<std::string>& keys);
  [[nodiscard]] int total() const;
  /// Nine tenths of the total are there.
  [[nodiscard]] bool is_nearly_full() const;

  static constexpr int widening = 4;

 private:
  int per_key_max_, total_max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, int> by_key_;
  int total_ = 0;
};

/// Enters, and leaves with the last owner of the result; null when there is no room.
[[nodiscard]] std::shared_ptr<void> take_slot(ConnectionCount& count,
                                              std::vector<std::string> keys);

}  // namespace mf::gateway
