#include "gateway/auth/decoys.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/id.hpp"

namespace mf::gateway::auth {
namespace {
constexpr std::size_t costs_max = 16;  // a hash that names another cost is counted as ours
}

Decoys::Decoys(HashCost configured) : configured_(configured) {
  uses_[{configured.memory_bytes, configured.passes}] = 1;
}

void Decoys::seen(std::string_view hash) {
  const auto cost = cost_of(hash);
  if (!cost) return;
  const std::lock_guard lock(mutex_);
  const Cost key{cost->memory_bytes, cost->passes};
  if (uses_.contains(key) || uses_.size() < costs_max) ++uses_[key];
}

void Decoys::renewed(std::string_view old_hash) {
  const auto cost = cost_of(old_hash);
  if (!cost) return;
  const std::lock_guard lock(mutex_);
  const auto found = uses_.find({cost->memory_bytes, cost->passes});
  if (found != uses_.end() && found->second > 1) --found->second;
}

std::string Decoys::for_name(std::string_view name) {
  Cost cost{configured_.memory_bytes, configured_.passes};
  {
    const std::lock_guard lock(mutex_);
    std::uint64_t total = 0;
    for (const auto& [key, count] : uses_) total += count;
    // The same place in the distribution for the same name, however often it is tried.
    const double at = static_cast<double>(xxh3_64(name) >> 11) * 0x1p-53;
    double sum = 0;
    for (const auto& [key, count] : uses_) {
      cost = key;
      sum += static_cast<double>(count) / static_cast<double>(total);
      if (at < sum) break;
    }
    if (const auto found = hashes_.find(cost); found != hashes_.end()) return found->second;
  }
  auto hash = hash_password(random_bytes(32), {cost.first, cost.second}).value_or("");
  const std::lock_guard lock(mutex_);
  return hashes_.emplace(cost, std::move(hash)).first->second;
}

}  // namespace mf::gateway::auth
