#pragma once
#include <unordered_map>

#include "base/time.hpp"
#include "gateway/api/identity.hpp"

namespace mf::gateway::auth {

/// The logins one gateway thread has seen in the last `lifetime`. Belongs to that thread.
/// Entries leave early when an event of their account says so (see drop_account). Bounded: at
/// `size_max` the whole cache is forgotten, which costs one question to each account.
class PrincipalCache {
 public:
  explicit PrincipalCache(Duration lifetime, std::size_t size_max = 20'000)
      : lifetime_(lifetime), size_max_(size_max) {}

  /// Null when unknown, too old, or the session has expired.
  [[nodiscard]] IdentityPtr find(const Hash256& token_hash, Timestamp now);
  /// `asked_at_drop` is drops() from before the account was asked: an answer that is older than the
  /// account's last event is not kept.
  void put(IdentityPtr identity, Timestamp now, std::uint64_t asked_at_drop);
  void drop_account(const Id& account);
  /// Forgets all of them, as if every account had changed.
  void clear();
  [[nodiscard]] std::uint64_t drops() const { return drops_; }

 private:
  struct Entry {
    IdentityPtr identity;
    Timestamp kept_until;
  };
  struct HashOfToken {
    std::size_t operator()(const Hash256& h) const {
      std::size_t n;
      std::memcpy(&n, h.bytes.data(), sizeof n);
      return n;
    }
  };
  Duration lifetime_;
  std::size_t size_max_;
  std::unordered_map<Hash256, Entry, HashOfToken> entries_;
  std::unordered_multimap<Id, Hash256> by_account_;
  std::uint64_t drops_ = 0;
};

}  // namespace mf::gateway::auth
