#include "gateway/api/rate_limit.hpp"

#include <algorithm>
#include <cmath>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace mf::gateway {
namespace {
constexpr std::uint64_t shared_bucket = 0;
}

RateLimiter::RateLimiter(double per_second, double burst, std::size_t keys_max)
    : per_second_(per_second), burst_(std::max(burst, 1.0)), part_keys_max_(keys_max / 8 + 1) {
  const auto seed = random_bytes(8);
  seed_ = ByteReader(seed).u64();
}

std::uint64_t RateLimiter::hash_of(std::string_view key) const {
  // The seed keeps a stranger from choosing keys that meet in one bucket.
  auto hash = xxh3_64(key) ^ seed_;
  hash ^= hash >> 29;
  return hash == shared_bucket ? 1 : hash;
}

double RateLimiter::tokens_of(const Bucket& bucket, Time now) const {
  const auto passed = std::chrono::duration<double>(now - bucket.at).count();
  return std::min(burst_, bucket.tokens + std::max(passed, 0.0) * per_second_);
}

bool RateLimiter::has(std::string_view key, Time now) {
  if (per_second_ <= 0) return true;
  const auto hash = hash_of(key);
  auto& part = parts_[hash % parts_.size()];
  const std::lock_guard lock(part.mutex);
  auto found = part.buckets.find(hash);
  if (found == part.buckets.end() && part.buckets.size() >= part_keys_max_) {
    make_room(part, now);
    if (part.buckets.size() >= part_keys_max_) found = part.buckets.find(shared_bucket);
  }
  return found == part.buckets.end() || tokens_of(found->second, now) >= 1;
}

bool RateLimiter::take(std::string_view key, Time now) {
  if (per_second_ <= 0) return true;
  auto hash = hash_of(key);
  auto& part = parts_[hash % parts_.size()];
  const std::lock_guard lock(part.mutex);
  auto found = part.buckets.find(hash);
  if (found == part.buckets.end()) {
    if (part.buckets.size() >= part_keys_max_) make_room(part, now);
    if (part.buckets.size() >= part_keys_max_) hash = shared_bucket;
    found = part.buckets.try_emplace(hash, Bucket{burst_, now}).first;
  }
  auto& bucket = found->second;
  bucket.tokens = tokens_of(bucket, now);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void RateLimiter::make_room(Part& part, Time now) {
  std::erase_if(part.buckets, [&](const auto& entry) {
    const auto& [hash, bucket] = entry;
    const auto passed = std::chrono::duration<double>(now - bucket.at).count();
    return bucket.tokens + passed * per_second_ >= burst_;
  });
}

int RateLimiter::retry_after_s() const {
  return per_second_ <= 0 ? 1 : std::max(1, static_cast<int>(std::ceil(1 / per_second_)));
}

bool ConnectionCount::enter(const std::string& address, bool is_proxy) {
  const std::lock_guard lock(mutex_);
  if (total_max_ > 0 && total_ >= total_max_) return false;
  auto& count = by_address_[address];
  if (!is_proxy && per_address_max_ > 0 && count >= per_address_max_) return false;
  ++count;
  ++total_;
  return true;
}

void ConnectionCount::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return;
  --total_;
  if (--found->second == 0) by_address_.erase(found);
}

int ConnectionCount::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

}  // namespace mf::gateway
