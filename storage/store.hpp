#pragma once
// The storage port: commit(batch, changes), reading, following. Adapters: memory/,
// rocks/; one contract test (tests/storage/store_contract_test.cpp) holds for both.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/batch.hpp"
#include "storage/key_change.hpp"
#include "storage/keys.hpp"

namespace mf::storage {

struct Change {
  Family family = Family::state;
  std::string key;
  std::optional<std::string> value;  ///< nullopt deletes
  bool operator==(const Change&) const = default;
};

/// One shard's batch with everything that changes with it. The adapter adds the journal record and
/// the applied position itself.
struct Commit {
  Batch batch;
  std::vector<Change> changes;
  std::vector<KeyChange> keys = {};   ///< durable before the batch is
  std::optional<Hash256> chain = {};  ///< chain_hash(batch), where it is known already
};

enum class CommitState : std::uint8_t {
  committed,  ///< durable
  failed,     ///< certainly not durable, and never will be
  unknown,    ///< find out before going on (invariant 5)
};
struct CommitResult {
  ShardId shard = 0;
  std::uint64_t seq = 0;
  CommitState state = CommitState::unknown;
  std::string why;  ///< empty when committed
};

/// Where a shard's journal stands on this node.
struct Applied {
  std::uint64_t seq = 0;
  Hash256 chain;
  std::uint64_t epoch = 0;
  Timestamp time;
  ReactionCursor cursor;
};

/// An ordered walk over [begin, end) of one family under one snapshot. Not thread-safe.
class Scan {
 public:
  virtual ~Scan() = default;
  [[nodiscard]] virtual bool valid() const = 0;
  virtual void next() = 0;
  virtual void seek(std::string_view key) = 0;  ///< first key ≥ `key`, still inside the range
  [[nodiscard]] virtual std::string_view key() const = 0;
  [[nodiscard]] virtual std::string_view value() const = 0;
};

/// The disk refused, or gave back other bytes than we wrote. Thrown by reads, which have no other
/// way to say so. An error of ours, never the fault of what was being done: that is tried again.
class ReadFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is durable on this node. Thread-safe; calls may block on the disk for a point read.
/// Reads throw ReadFailed.
class Reader {
 public:
  virtual ~Reader() = default;
  [[nodiscard]] virtual std::optional<std::string> get(Family family,
                                                       std::string_view key) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Scan> scan(Family family, std::string begin,
                                                   std::string end) const = 0;
};

/// A node's storage.
class Store : public Reader {
 public:
  using Done = std::function<void(std::span<const CommitResult>)>;

  /// Who hears the results: called from the journal thread, all results of a cycle in one call.
  /// Set once, before the first commit.
  virtual void on_results(Done done) = 0;
  /// Where the keys of commits go; outlives the store's last commit. Set once, before the first
  /// commit with keys, which fails without it.
  virtual void keep_keys_with(KeyKeeper& keeper) = 0;
  /// Queues one commit; at most one per shard may be in flight. Never blocks on the disk.
  virtual void commit(Commit commit) = 0;
  /// The same for several shards, into one write if it can be. When it throws none was taken.
  virtual void commit_all(std::vector<Commit> commits) {
    for (auto& commit : commits) this->commit(std::move(commit));
  }
  [[nodiscard]] virtual Applied applied(ShardId shard) const = 0;
  /// The shard's last batch that is at least `age` old in what the journal has lived through
  /// (journal_age.hpp), which no clock can change; 0: none.
  [[nodiscard]] virtual std::uint64_t older_than(ShardId shard, Duration age) const = 0;
  /// One batch of the journal; `not_found` below the floor or above applied.
  [[nodiscard]] virtual Result<Batch> batch(ShardId shard, std::uint64_t seq) const = 0;
  /// False below the disk guard (max(5 %, 1 GiB) free): commands are to be refused, see readiness.
  [[nodiscard]] virtual bool has_room() const = 0;
  /// Why keys of persons could not be kept of late, for a minute since; empty: they can.
  [[nodiscard]] virtual std::string why_no_keys() const { return {}; }

  // Fixed when the directory was created:
  [[nodiscard]] virtual std::uint16_t shard_count() const = 0;
  [[nodiscard]] virtual const std::string& era() const = 0;
};

}  // namespace mf::storage
