#include "storage/rocks/database_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>

#include "storage/rocks/dedup_filter.hpp"
#include "storage/rocks/insert_hints.hpp"
#include "storage/rocks/rocks_log.hpp"

namespace mf::storage {
namespace {

constexpr std::size_t mib = 1u << 20;
constexpr std::uint64_t day_seconds = 86'400;

std::size_t buffer_bytes(const DatabaseSettings& settings) {
  return std::clamp(settings.memory_bytes_max / 4, 8 * mib, 256 * mib);
}

bool is_looked_up_by_key(Family family) {
  return family == Family::state || family == Family::meta;
}

rocksdb::BlockBasedTableOptions table_options(Family family,
                                              std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  // Filters and indexes count against the one limit; otherwise memory grows with the data.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  table.block_size = family == Family::journal ? std::size_t{16} * 1024 : std::size_t{8} * 1024;
  if (is_looked_up_by_key(family)) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return table;
}

}  // namespace

rocksdb::DBOptions database_options(const DatabaseSettings& settings,
                                    const std::shared_ptr<rocksdb::Cache>& cache,
                                    rocksdb::Env* env) {
  rocksdb::DBOptions options;
  if (env) options.env = env;
  options.create_if_missing = settings.create_if_missing;
  // A repair that ended between dropping a family and making it anew left none.
  options.create_missing_column_families = settings.create_if_missing || settings.is_repair;

  // A table that was cut off, or that another one stands in for, is found and told by the repair.
  options.skip_checking_sst_file_sizes_on_db_open = settings.is_repair;
  options.verify_sst_unique_id_in_manifest = !settings.is_repair;

  // Stops at damage instead of leaving out the rest silently; holes that this lets through are
  // found by our own proof (journal_proof.hpp).
  options.wal_recovery_mode =
      settings.access == Access::salvage || settings.access == Access::look_past_log
          ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
          : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // All families leave the log together: a log that lost its tail then misses the same commits in
  // the journal as in the states, where the proof sees it.
  options.atomic_flush = true;
  options.max_total_wal_size = settings.wal_bytes_max;
  options.recycle_log_file_num = 0;
  // After a failed write nothing may heal itself behind our back: we stop and read back.
  options.max_bgerror_resume_count = 0;
  options.paranoid_checks = true;

  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(buffer_bytes(settings), cache);
  options.max_open_files = 512;
  // The list of files holds the first and last key of each, also of those that are gone. Begun anew
  // at every change of it (some hundred KiB at most), it keeps no word of somebody erased.
  options.max_manifest_file_size = 1;
  options.max_file_opening_threads = 2;
  options.max_background_jobs = 2;
  options.bytes_per_sync = mib;
  options.skip_stats_update_on_db_open = true;
  options.avoid_unnecessary_blocking_io = true;

  options.info_log = make_rocks_log();
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  if (settings.listener) options.listeners.push_back(settings.listener);
  return options;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const DatabaseSettings& settings,
                                            std::shared_ptr<rocksdb::Cache> cache,
                                            std::shared_ptr<const SharedAge> age) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(
      rocksdb::NewBlockBasedTableFactory(table_options(family, std::move(cache))));
  options.write_buffer_size = buffer_bytes(settings) / 2;
  // Every family takes at least one block: with few big ones the common limit would be reached,
  // and everything flushed, at every write.
  options.arena_block_size = std::clamp(options.write_buffer_size / 256, mib / 16, mib / 2);
  options.max_write_buffer_number = 3;
  options.memtable_insert_with_hint_prefix_extractor = make_insert_hints(family);
  options.target_file_size_base = family == Family::journal ? 64 * mib : 16 * mib;
  options.level_compaction_dynamic_level_bytes = true;
  options.disable_auto_compactions = settings.is_repair;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  if (is_looked_up_by_key(family)) {
    // Most looks at a command id or a new entity find nothing: say so without a search.
    options.memtable_prefix_bloom_size_ratio = 0.02;
    options.memtable_whole_key_filtering = true;
  }
  if (family == Family::meta) {
    options.compaction_filter_factory = make_dedup_filter(std::move(age));
    options.periodic_compaction_seconds = day_seconds;
  }
  return options;
}

}  // namespace mf::storage
