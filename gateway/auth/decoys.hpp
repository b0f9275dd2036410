#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/auth/password.hpp"

namespace mf::gateway::auth {

/// Hashes of passwords nobody has, to compare against when there is no such user, so that the
/// answer takes as long as for one that exists. Accounts whose hash is older than the configured
/// cost take another time: unknown names are given one of the costs that were seen, each name
/// always about the same one. Thread-safe.
class Decoys {
 public:
  explicit Decoys(HashCost configured);
  /// An account's hash was compared against.
  void seen(std::string_view hash);
  /// It was made anew, at the configured cost.
  void renewed(std::string_view old_hash);
  /// Blocks for one hash when the cost is new.
  [[nodiscard]] std::string for_name(std::string_view name);

 private:
  using Cost = std::pair<std::uint64_t, int>;  // memory, passes
  HashCost configured_;
  std::mutex mutex_;
  std::map<Cost, std::uint64_t> uses_;
  std::map<Cost, std::string> hashes_;
};

}  // namespace mf::gateway::auth
