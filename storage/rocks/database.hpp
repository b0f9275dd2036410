#pragma once
// One open RocksDB with our column families: what store and tools have in common.
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/rocks/rocks_records.hpp"
#include "storage/rocks/shared_age.hpp"
#include "storage/store.hpp"

namespace mf::storage {

enum class Access : std::uint8_t {
  read_write,
  read_only,
  /// Opens what read_write refuses, by dropping the write-ahead log from its first damage on.
  salvage,
  /// The same without a write: tells whether the log is what can't be read.
  look_past_log,
};

struct DatabaseSettings {
  std::filesystem::path data_dir;
  Access access = Access::read_write;
  bool create_if_missing = false;
  bool is_restore = false;  ///< opens what an unfinished restore left, too
  /// Opens what an unfinished repair left, too. Merges no tables: the first damaged one that a
  /// merge reads would stop every write.
  bool is_repair = false;
  std::size_t memory_bytes_max = 256u << 20;
  std::size_t wal_bytes_max = 64u << 20;
  std::shared_ptr<rocksdb::EventListener> listener;
  std::shared_ptr<rocksdb::FileSystem> file_system;
};

/// The database's own folder within a data directory.
[[nodiscard]] std::filesystem::path database_path(const std::filesystem::path& data_dir);
/// There while a restore has not ended.
[[nodiscard]] std::filesystem::path unfinished_restore(const std::filesystem::path& data_dir);
/// There while a repair has not ended (repair_note.hpp).
[[nodiscard]] std::filesystem::path unfinished_repair(const std::filesystem::path& data_dir);
/// Whether a database has been made there.
[[nodiscard]] bool has_database(const std::filesystem::path& data_dir);

class Database {
 public:
  /// The caller holds the DirectoryLock. See open_rocks for the errors.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const DatabaseSettings& settings);
  ~Database();
  Database(const Database&) = delete;

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family family) const {
    return families_[static_cast<std::size_t>(family)];
  }
  /// nullopt: not there.
  [[nodiscard]] Result<std::optional<std::string>> get(Family family, std::string_view key) const;
  /// `end` must outlive the iterator. `read_ahead` is for walks that read everything once and must
  /// not push what is hot out of the cache.
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate(Family family, const rocksdb::Slice& end,
                                                           bool read_ahead) const;
  /// All families at one point, so that nothing depends on the write-ahead log any more.
  [[nodiscard]] Status flush();

  /// Empties a family without a trace in any file.
  [[nodiscard]] Status empty(Family family);
  /// Merges tables in the background from now on, which an opening for a repair does not.
  [[nodiscard]] Status merge_tables();
  /// Rewrites all of a family, so that what was deleted or replaced is in no table any more. The
  /// list of tables forgets their old bounds with the next flush.
  [[nodiscard]] Status rewrite(Family family);

  /// A record of the whole directory, durable on return.
  [[nodiscard]] Status put_synced(std::string_view meta_key, std::string_view value);
  /// nullopt: just created.
  [[nodiscard]] Result<std::optional<NodeRecord>> node() const;
  [[nodiscard]] Result<Applied> applied(ShardId shard) const;
  /// See RocksStore::noted_keys.
  [[nodiscard]] Result<std::optional<KeyMark>> noted_keys() const;
  /// The mark of the last proof; zeros when there is none.
  [[nodiscard]] Result<ProofMark> proof(std::uint16_t shard_count) const;

  /// What the filter of old outcomes goes by. Nothing is old until load_age().
  [[nodiscard]] SharedAge& age() const { return *age_; }
  /// Reads the journal's age; `seqs` is where the shards stand. Durable on return.
  [[nodiscard]] Status load_age(std::span<const std::uint64_t> seqs);
  [[nodiscard]] std::size_t cache_usage() const { return cache_->GetUsage(); }

 private:
  Database() = default;
  DatabaseSettings settings_;
  std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<SharedAge> age_ = std::make_shared<SharedAge>();
  std::array<rocksdb::ColumnFamilyHandle*, family_count> families_{};
  rocksdb::ColumnFamilyHandle* unused_ = nullptr;  ///< RocksDB insists on "default"
  std::unique_ptr<rocksdb::DB> db_;
};

[[nodiscard]] inline rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
[[nodiscard]] inline std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace mf::storage
