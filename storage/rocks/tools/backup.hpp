#pragma once
// What `microflow backup` and `microflow restore` do. Keys of persons are never in a backup, nor is
// the index, in which their words stand in clear (decision 0016): what is personal in it is sealed
// and opens only with the directory of keys. The first start after a restore makes the index anew.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "storage/rocks/rocks_store.hpp"

namespace mf::storage {

struct BackupReport {
  std::string era;
  std::uint16_t shard_count = 0;
  std::uint64_t batches = 0;  ///< over all shards; of a running store at least so many
  std::uint64_t files = 0, bytes = 0;
};

struct BackupRules {
  /// Where no backup may lie besides the data directory and its keys: other places of the node.
  std::vector<std::filesystem::path> apart_from = {};
  const std::atomic<bool>* cancelled = nullptr;  ///< once set, the backup gives up soon
  std::uint64_t bytes_per_second = 0;            ///< what is copied at most; 0: as it comes
};
/// A consistent copy of a running store into `target`, which must not exist. Commits go on.
/// It appears whole or not at all, for nobody's eyes but the owner's, with files of its own;
/// backup.json lists every file with its hash. Every block of every table is checked. A failure
/// leaves nothing, what a killed try left is removed (unfinished_backup.hpp); anything else in
/// `target`.partial is refused, and so is a target in one of the node's own directories, however
/// links lead there. One at a time.
[[nodiscard]] Result<BackupReport> back_up(RocksStore& store, const std::filesystem::path& data_dir,
                                           const std::filesystem::path& target,
                                           const BackupRules& rules = {});
/// The same of a directory that no node has open (else `locked`).
[[nodiscard]] Result<BackupReport> back_up(const std::filesystem::path& data_dir,
                                           const std::filesystem::path& target,
                                           const BackupRules& rules = {});

/// Copies a backup into a missing or empty directory: every file is checked against its hash, then
/// every batch of the journal is proven, then the directory gets a new era. A
/// restore that did not end leaves a directory that does not start.
[[nodiscard]] Result<BackupReport> restore(const std::filesystem::path& backup,
                                           const std::filesystem::path& data_dir);

}  // namespace mf::storage
