#pragma once
// A store without a disk: for tests, and for the simulator, which decides what becomes of every
// commit.
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "storage/store.hpp"

namespace mf::storage {

/// Thread-safe. Durable here means: applied to the maps.
class MemoryStore : public Store {
 public:
  /// immediate: commit() applies and reports before it returns. queued: a commit waits for
  /// complete(), which plays the disk.
  enum class Mode : std::uint8_t { immediate, queued };
  explicit MemoryStore(std::uint16_t shard_count, std::string era, Mode mode = Mode::immediate);

  void on_results(Done done) override;
  void keep_keys_with(KeyKeeper& keeper) override { keeper_ = &keeper; }
  void commit(Commit commit) override;
  [[nodiscard]] std::optional<std::string> get(Family family, std::string_view key) const override;
  /// Over a copy of the range.
  [[nodiscard]] std::unique_ptr<Scan> scan(Family family, std::string begin,
                                           std::string end) const override;
  [[nodiscard]] Applied applied(ShardId shard) const override;
  [[nodiscard]] std::uint64_t older_than(ShardId shard, Duration age) const override;
  [[nodiscard]] Result<Batch> batch(ShardId shard, std::uint64_t seq) const override;
  [[nodiscard]] bool has_room() const override { return true; }
  [[nodiscard]] std::uint16_t shard_count() const override { return shard_count_; }
  [[nodiscard]] const std::string& era() const override { return era_; }

  /// What the disk does with a queued commit, and what it says.
  enum class Fate : std::uint8_t {
    committed,        ///< durable, reported so
    failed,           ///< not durable, reported so
    unknown_applied,  ///< durable, reported unknown
    unknown_lost,     ///< not durable, reported unknown
  };
  [[nodiscard]] std::vector<ShardId> queued() const;
  /// Settles the queued commit of one shard; the result is given back instead of reported.
  /// A commit that does not continue the journal, or has an epoch older than the fence, fails.
  [[nodiscard]] CommitResult complete(ShardId shard, Fate fate);
  /// The process is gone: what was queued is lost, except what `survives` says had reached the
  /// disk, and the keys, which had reached theirs before.
  void crash(const std::function<bool(ShardId)>& survives);
  /// Commits of older epochs fail from now on.
  void fence(ShardId shard, std::uint64_t epoch);
  /// Called with every commit that becomes durable, before anybody hears of it.
  void on_applied(std::function<void(const Commit&)> applied);
  /// What older_than() gives; without it nothing is old.
  void on_older_than(std::function<std::uint64_t(ShardId, Duration)> older);
  /// As a compaction may: drops the pairs of a family that `is_dropped` names.
  void drop(Family family,
            const std::function<bool(std::string_view, std::string_view)>& is_dropped);

 private:
  [[nodiscard]] CommitResult apply(Commit& commit);
  [[nodiscard]] std::string reason_to_refuse(const Batch& batch) const;
  [[nodiscard]] Commit take_queued(ShardId shard);
  [[nodiscard]] Status keep_keys(const Commit& commit);

  std::uint16_t shard_count_;
  std::string era_;
  Mode mode_;
  mutable std::mutex mutex_;
  Done done_;
  KeyKeeper* keeper_ = nullptr;
  std::function<void(const Commit&)> on_applied_;
  std::function<std::uint64_t(ShardId, Duration)> older_;
  std::array<std::map<std::string, std::string, std::less<>>, family_count> families_;
  std::map<ShardId, Applied> applied_;
  std::map<ShardId, std::uint64_t> fences_;
  std::map<ShardId, Commit> queued_;
};

}  // namespace mf::storage
