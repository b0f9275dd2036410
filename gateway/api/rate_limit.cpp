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
  const auto hash = xxh3_64(key, seed_);
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

RateLimiter::Bucket& RateLimiter::bucket_of(Part& part, std::uint64_t hash, Time now) {
  auto found = part.buckets.find(hash);
  if (found == part.buckets.end()) {
    if (part.buckets.size() >= part_keys_max_) make_room(part, now);
    if (part.buckets.size() >= part_keys_max_) hash = shared_bucket;
    found = part.buckets.try_emplace(hash, Bucket{burst_, now}).first;
  }
  auto& bucket = found->second;
  bucket.tokens = tokens_of(bucket, now);
  bucket.at = now;
  return bucket;
}

bool RateLimiter::take(std::string_view key, double cost, Time now) {
  if (per_second_ <= 0) return true;
  const auto hash = hash_of(key);
  auto& part = parts_[hash % parts_.size()];
  const std::lock_guard lock(part.mutex);
  auto& bucket = bucket_of(part, hash, now);
  if (bucket.tokens < std::min(cost, burst_)) return false;
  bucket.tokens -= cost;
  return true;
}

void RateLimiter::charge(std::string_view key, double cost, Time now) {
  if (per_second_ <= 0) return;
  const auto hash = hash_of(key);
  auto& part = parts_[hash % parts_.size()];
  const std::lock_guard lock(part.mutex);
  auto& bucket = bucket_of(part, hash, now);
  bucket.tokens = std::max(bucket.tokens - cost, -burst_);
}

void RateLimiter::give_back(std::string_view key, double cost, Time now) {
  if (per_second_ <= 0) return;
  const auto hash = hash_of(key);
  auto& part = parts_[hash % parts_.size()];
  const std::lock_guard lock(part.mutex);
  auto& bucket = bucket_of(part, hash, now);
  bucket.tokens = std::min(bucket.tokens + cost, burst_);
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

bool ConnectionCount::enter(const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  if (total_max_ > 0 && total_ >= total_max_) return false;
  std::int64_t max = per_key_max_;
  for (const auto& key : keys) {
    const auto found = by_key_.find(key);
    if (max > 0 && found != by_key_.end() && found->second >= max) return false;
    max *= widening;
  }
  for (const auto& key : keys) ++by_key_[key];
  ++total_;
  return true;
}

void ConnectionCount::leave(const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  --total_;
  for (const auto& key : keys)
    if (const auto found = by_key_.find(key); --found->second == 0) by_key_.erase(found);
}

int ConnectionCount::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

bool ConnectionCount::is_nearly_full() const {
  const std::lock_guard lock(mutex_);
  return total_max_ > 0 && total_ >= total_max_ - total_max_ / 10;
}

std::shared_ptr<void> take_slot(ConnectionCount& count, std::vector<std::string> keys) {
  if (!count.enter(keys)) return nullptr;
  return {&count, [keys = std::move(keys)](ConnectionCount* of) { of->leave(keys); }};
}

}  // namespace mf::gateway
