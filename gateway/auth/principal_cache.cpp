#include "gateway/auth/principal_cache.hpp"

namespace mf::gateway::auth {

IdentityPtr PrincipalCache::find(const Hash256& token_hash, Timestamp now) {
  const auto found = entries_.find(token_hash);
  if (found == entries_.end()) return nullptr;
  const auto& entry = found->second;
  if (now >= entry.kept_until || now >= entry.identity->expires_at) return nullptr;
  return entry.identity;
}

void PrincipalCache::put(IdentityPtr identity, Timestamp now, std::uint64_t asked_at_drop) {
  if (asked_at_drop != drops_) return;
  if (entries_.size() >= size_max_) {
    entries_.clear();
    by_account_.clear();
  }
  const auto hash = identity->token_hash;
  const auto account = identity->principal.account;
  const auto [at, is_new] =
      entries_.insert_or_assign(hash, Entry{std::move(identity), now + lifetime_});
  if (is_new) by_account_.emplace(account, hash);
}

void PrincipalCache::clear() {
  ++drops_;
  entries_.clear();
  by_account_.clear();
}

void PrincipalCache::drop_account(const Id& account) {
  ++drops_;
  const auto [first, last] = by_account_.equal_range(account);
  for (auto at = first; at != last; ++at) entries_.erase(at->second);
  by_account_.erase(first, last);
}

}  // namespace mf::gateway::auth
