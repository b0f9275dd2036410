#pragma once
// Who holds a token, as one gateway thread knows it: what was asked lately, and the accounts.
#include <functional>

#include "gateway/auth/principal_cache.hpp"
#include "gateway/auth/token.hpp"
#include "gateway/io/io_thread.hpp"

namespace mf::gateway::auth {

/// The logins of a thread: forgets those of an account at each of its events, and everything when
/// events were lost. Belongs to its thread.
class Principals final : public ChangeListener {
 public:
  explicit Principals(IoThread& thread)
      : thread_(thread), cache_(thread.shared().options.principal_cache) {
    thread.add_listener(*this);
  }

  [[nodiscard]] IoThread& thread() { return thread_; }
  [[nodiscard]] PrincipalCache& cache() { return cache_; }

  /// The logins of every thread of the gateway, ours among them. Before they run.
  void tell(std::vector<Principals*> everybody) { everybody_ = std::move(everybody); }
  /// Forgets an account on every thread, then calls `then` on this one.
  void forget_everywhere(const Id& account, std::function<void()> then);

  void on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) override;
  void on_changes_lost() override { cache_.clear(); }

 private:
  IoThread& thread_;
  PrincipalCache cache_;
  std::vector<Principals*> everybody_{this};
};

}  // namespace mf::gateway::auth
