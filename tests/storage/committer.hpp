#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

#include "storage/store.hpp"
#include "tests/storage/samples.hpp"

namespace mf::test {

/// The state key that `next_commit` writes; its value is the sequence number as text.
inline std::string state_key(ShardId shard) {
  return storage::keys::state(shard, {EntityKind::work_order, "ord_00000000000000000000000001"});
}
/// A key of its own for every batch, so that a lost one is seen.
inline std::string trace_key(ShardId shard, std::uint64_t seq) {
  return storage::keys::index(shard, EntityKind::work_order, 1, std::to_string(seq), "x");
}

/// Makes the commits that follow what a store has, and waits for their results.
class Committer {
 public:
  explicit Committer(storage::Store& store) : store_(store) {
    store_.on_results([this](std::span<const storage::CommitResult> results) {
      const std::lock_guard lock(mutex_);
      ++calls_;
      for (const auto& result : results) results_[result.shard] = result;
      arrived_.notify_all();
    });
  }

  static storage::Commit after(const storage::Applied& applied, ShardId shard,
                               std::size_t extra_bytes = 0) {
    storage::Commit commit;
    commit.batch = sample_batch(shard, applied.seq + 1, applied.chain,
                                "{\"x\":\"" + std::string(extra_bytes, 'x') + "\"}");
    const auto text = std::to_string(applied.seq + 1);
    commit.changes.push_back({storage::Family::state, state_key(shard), text});
    commit.changes.push_back({storage::Family::index, trace_key(shard, applied.seq + 1), text});
    return commit;
  }

  void start(ShardId shard, std::size_t extra_bytes = 0) {
    start(after(store_.applied(shard), shard, extra_bytes));
  }
  void start(storage::Commit commit) {
    {
      const std::lock_guard lock(mutex_);
      results_.erase(commit.batch.shard);
    }
    store_.commit(std::move(commit));
  }
  storage::CommitResult wait(ShardId shard) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return results_.contains(shard); });
    return results_[shard];
  }
  storage::CommitResult commit(ShardId shard, std::size_t extra_bytes = 0) {
    start(shard, extra_bytes);
    return wait(shard);
  }
  storage::CommitResult commit(storage::Commit commit) {
    const auto shard = commit.batch.shard;
    start(std::move(commit));
    return wait(shard);
  }
  [[nodiscard]] int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  storage::Store& store_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<ShardId, storage::CommitResult> results_;
  int calls_ = 0;
};

}  // namespace mf::test
