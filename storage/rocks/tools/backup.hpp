#pragma once
// What `microflow backup` and `microflow restore` do. Personal keys are never in a backup
// (design.md §7.2): without the directory of keys a restored node can't read personal fields.
#include <filesystem>

#include "base/result.hpp"
#include "storage/rocks/rocks_store.hpp"

namespace mf::storage {

struct BackupReport {
  std::string era;
  std::uint16_t shard_count = 0;
  std::uint64_t batches = 0;  ///< over all shards; of a running store at least so many
  std::uint64_t files = 0, bytes = 0;
};

/// A consistent copy of a running store into `target`, which must not exist. Commits go on.
/// It appears whole or not at all; backup.json lists every file with its hash.
[[nodiscard]] Result<BackupReport> back_up(RocksStore& store, const std::filesystem::path& data_dir,
                                           const std::filesystem::path& target);
/// The same of a directory that no node has open (else `locked`).
[[nodiscard]] Result<BackupReport> back_up(const std::filesystem::path& data_dir,
                                           const std::filesystem::path& target);

/// Copies a backup into a missing or empty directory: every file is checked against its hash, then
/// every batch of the journal is proven, then the directory gets a new era (design.md §2). A
/// restore that did not end leaves a directory that does not start.
[[nodiscard]] Result<BackupReport> restore(const std::filesystem::path& backup,
                                           const std::filesystem::path& data_dir);

}  // namespace mf::storage
