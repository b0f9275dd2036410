#pragma once
// The durable adapter of storage::Store: one RocksDB per node, one journal thread, every cycle one
// synced WriteBatch for all waiting shards. docs/storage-layout.md says which
// bytes lie where.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "storage/file_copier.hpp"
#include "storage/rebuild.hpp"
#include "storage/store.hpp"

namespace mf::storage {

struct RocksOptions {
  std::filesystem::path data_dir;
  /// Fixed at creation. 0: whatever the directory has, 64 for a new one. Another number than the
  /// directory's is refused.
  std::uint16_t shard_count = 0;
  bool create_if_missing = true;
  /// Block cache, filters, indexes and write buffers together.
  std::size_t memory_bytes_max = 512u << 20;
  /// What a start after a crash may have to replay; small keeps it short.
  std::size_t wal_bytes_max = 64u << 20;
  /// has_room() is false below max(percent, bytes).
  std::uint64_t free_bytes_min = 1u << 30;
  int free_percent_min = 5;
  /// Called once, from the journal thread and after the results, when a write failed: nothing will
  /// be committed any more. The process has to say so and exit; the next start reads what is there.
  std::function<void(const Error&)> on_stopped;
  /// By which rules what derives from the journal is made now. A directory that was made by others
  /// is rebuilt at open with what `open_rebuild` gives; without it, it is opened as it is.
  std::uint32_t derived_format = 1;
  std::function<Result<Rebuild>(const std::optional<KeyMark>& noted)> open_rebuild;
  /// For tests: a rocksdb::FileSystem under the database.
  std::shared_ptr<void> file_system;
};

class RocksStore : public Store {
 public:
  /// A consistent copy of what is durable into `target`, a directory that must not exist: files of
  /// its own, whatever happens to these. Commits go on meanwhile. Any thread.
  [[nodiscard]] virtual Status copy_to(const std::filesystem::path& target, FileCopier& copier) = 0;
  /// Whether the index has to be made before anything is read from it: a backup has none.
  [[nodiscard]] virtual bool is_index_missing() const = 0;
  /// Makes the index from the states. Before the first commit; interrupted, it begins again.
  [[nodiscard]] virtual Status make_index(const IndexOf& index_of) = 0;
  /// What the journal knows of its keys of persons; nullopt: nothing, as older programs left it.
  [[nodiscard]] virtual Result<std::optional<KeyMark>> noted_keys() const = 0;
  /// Notes it by itself; commits with keys do so with what their keeper's mark() says.
  [[nodiscard]] virtual Status note_keys(const KeyMark& mark) = 0;
  /// Why it does not commit any more, if so.
  [[nodiscard]] virtual std::optional<Error> stopped() const = 0;
};

/// Whether a data directory holds a database, whatever its state.
[[nodiscard]] bool has_journal(const std::filesystem::path& data_dir);

/// RocksStore::noted_keys of a directory that no node has open. nullopt also where no database
/// opens: a repair that has to cut its log first can't know.
[[nodiscard]] Result<std::optional<KeyMark>> keys_noted_in(const std::filesystem::path& data_dir);

/// Opens (or creates) the data directory and proves every shard's journal contiguous and chained
/// up to `applied`. Errors: `locked` (names the other process), `invalid_argument` (shard count),
/// `corrupt` (says what is broken and how to repair it), `unsupported` (written by a newer
/// program), `not_found`, `disk_full`, `io`.
/// The destructor commits what is queued, flushes, and notes how far the journal is proven.
[[nodiscard]] Result<std::unique_ptr<RocksStore>> open_rocks(const RocksOptions& options);

}  // namespace mf::storage
