#include "storage/rocks/rocks_store.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "storage/directory_lock.hpp"
#include "storage/disk_guard.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/database_reader.hpp"
#include "storage/rocks/files_kept.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/journal_thread.hpp"
#include "storage/rocks/last_cycle.hpp"
#include "storage/rocks/rocks_status.hpp"
#include "storage/rocks/shard_rebuild.hpp"
#include "storage/rocks/wiper.hpp"

namespace mf::storage {
namespace {

constexpr std::uint16_t shard_count_default = 64;
constexpr std::uint16_t shard_count_max = 4096;

/// Before a directory gets its era: a journal without one has lost it, and must not get a new one.
Status is_empty(Database& database) {
  const std::string end = keys::shard_prefix(keys::node_wide);
  const auto end_slice = slice(end);
  const auto it = database.iterate(Family::journal, end_slice, /*read_ahead=*/false);
  it->SeekToFirst();
  if (it->Valid())
    return fail(ErrorCode::corrupt, "there is a journal, but the record of its era is gone");
  return to_result(it->status(), "reading the journal");
}

Error ends_early(const std::string& why, const RocksOptions& options) {
  return {ErrorCode::corrupt,
          why +
              ". Acknowledged work is missing, so this node does not start. Nothing was cut. "
              "Restore a backup of " +
              options.data_dir.string() +
              " that is newer, or go on without what is lost: `microflow journal repair "
              "--accept-loss`"};
}

Result<NodeRecord> open_node(Database& database, const RocksOptions& options) {
  auto found = database.node();
  if (!found) return std::unexpected(found.error());
  if (*found) {
    const auto count = (*found)->shard_count;
    if (options.shard_count != 0 && options.shard_count != count)
      return fail(ErrorCode::invalid_argument,
                  "the data directory " + options.data_dir.string() + " was created with " +
                      std::to_string(count) + " shards, the configuration says " +
                      std::to_string(options.shard_count) + ": that number can't be changed");
    return **found;
  }
  if (const auto empty = is_empty(database); !empty) return std::unexpected(empty.error());
  if (const auto why = loss_noted(options.data_dir, 0); !why.empty())
    return std::unexpected(ends_early(why, options));
  NodeRecord record;
  record.shard_count = options.shard_count == 0 ? shard_count_default : options.shard_count;
  record.era = to_hex(random_bytes(16));
  record.created_at = system_clock().now();
  record.derived_format = options.derived_format;
  if (auto ok = database.put_synced(keys::node(), encode(record)); !ok)
    return std::unexpected(ok.error());
  log::info(log::journal, "directory-created",
            {{"directory", options.data_dir.string()}, {"shards", record.shard_count}});
  return record;
}

Error broken_journal(const JournalProof& proof, const RocksOptions& options) {
  return {ErrorCode::corrupt,
          "the journal in " + options.data_dir.string() + " is damaged: " + proof.summary() +
              ". Acknowledged work may be missing, so this node does not start. Nothing was "
              "cut. See all of it with `microflow journal verify`; restore a backup, or cut "
              "the damage off with `microflow journal repair`, which first sets aside what it "
              "cuts"};
}

class RocksStoreImpl final : public RocksStore {
 public:
  RocksStoreImpl(const RocksOptions& options, DirectoryLock lock,
                 std::shared_ptr<ProofTracker> tracker, std::unique_ptr<Database> database,
                 NodeRecord node, const JournalProof& proof, std::unique_ptr<LastCycle> last)
      : lock_(std::move(lock)),
        node_(std::move(node)),
        guard_(options.data_dir, options.free_bytes_min, options.free_percent_min),
        database_(std::move(database)),
        reader_(*database_),
        positions_(positions_of(proof)),
        last_(std::move(last)),
        wiper_(std::make_unique<Wiper>(*database_, guard_)),
        journal_(std::make_unique<JournalThread>(*database_, positions_, std::move(tracker), *last_,
                                                 *wiper_, proof.cycle, options.on_stopped)) {
    figures_ = metrics::on_collect([this] { collect(); });
  }

  ~RocksStoreImpl() override {
    figures_.reset();
    const auto cycle = journal_->finish();
    wiper_.reset();
    if (journal_->stopped()) return;
    // A quick next start: nothing is left to replay or to prove. Losing this costs only time.
    auto closed = database_->flush();
    if (closed) closed = database_->put_synced(keys::age(), database_->age().encode());
    if (closed) closed = database_->put_synced(keys::proof(), encode(positions_.mark(cycle)));
    if (!closed) log::warn(log::journal, "close-not-noted", {{"why", closed.error().message}});
  }

  std::optional<std::string> get(Family family, std::string_view key) const override {
    return reader_.get(family, key);
  }
  std::unique_ptr<Scan> scan(Family family, std::string begin, std::string end) const override {
    return reader_.scan(family, std::move(begin), std::move(end));
  }

  void on_results(Done done) override { journal_->on_results(std::move(done)); }
  void keep_keys_with(KeyKeeper& keeper) override { journal_->keep_keys_with(keeper); }
  void commit(Commit commit) override {
    std::vector<Commit> commits;
    commits.push_back(std::move(commit));
    journal_->commit(std::move(commits));
  }
  void commit_all(std::vector<Commit> commits) override { journal_->commit(std::move(commits)); }
  Applied applied(ShardId shard) const override { return positions_.at(shard); }
  std::uint64_t older_than(ShardId shard, Duration age) const override {
    const auto last = database_->age().older_than(age);
    return shard < last.size() ? last[shard] : 0;
  }

  Result<Batch> batch(ShardId shard, std::uint64_t seq) const override {
    const auto doing =
        "reading batch " + std::to_string(seq) + " of shard " + std::to_string(shard);
    auto batch = read_batch(*database_, shard, seq);
    if (!batch) return std::unexpected(std::move(batch.error()).in(doing));
    return batch;
  }

  bool has_room() const override { return guard_.has_room(); }
  std::uint16_t shard_count() const override { return node_.shard_count; }
  const std::string& era() const override { return node_.era; }
  std::optional<Error> stopped() const override { return journal_->stopped(); }

  Status copy_to(const std::filesystem::path& target, FileCopier& copier) override;

  Result<std::optional<KeyMark>> noted_keys() const override { return database_->noted_keys(); }
  Status note_keys(const KeyMark& mark) override {
    return database_->put_synced(keys::person_keys(), encode(mark));
  }
  std::string why_no_keys() const override { return journal_->why_no_keys(); }

  bool is_index_missing() const override {
    return reader_.get(Family::meta, keys::index_missing()).has_value();
  }
  Status make_index(const IndexOf& index_of) override;

 private:
  static std::vector<Applied> positions_of(const JournalProof& proof) {
    std::vector<Applied> positions;
    positions.reserve(proof.shards.size());
    for (const auto& shard : proof.shards) positions.push_back(shard.proven);
    return positions;
  }
  void collect() const;

  DirectoryLock lock_;
  NodeRecord node_;
  DiskGuard guard_;
  std::unique_ptr<Database> database_;
  DatabaseReader reader_;
  Positions positions_;
  std::unique_ptr<LastCycle> last_;
  std::unique_ptr<Wiper> wiper_;
  std::unique_ptr<JournalThread> journal_;
  std::shared_ptr<void> figures_;
};

void RocksStoreImpl::collect() const {
  static auto& cache = metrics::gauge("microflow_storage_cache_bytes",
                                      "Block cache, filters, indexes and write buffers");
  static auto& disk = metrics::gauge("microflow_storage_table_bytes", "Table files on disk");
  static auto& pending = metrics::gauge("microflow_storage_compaction_pending_bytes",
                                        "What compaction still has to rewrite");
  cache.set(static_cast<double>(database_->cache_usage()));
  std::uint64_t value = 0;
  auto& db = database_->db();
  if (db.GetAggregatedIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &value))
    disk.set(static_cast<double>(value));
  if (db.GetAggregatedIntProperty(rocksdb::DB::Properties::kEstimatePendingCompactionBytes, &value))
    pending.set(static_cast<double>(value));
}

Status RocksStoreImpl::copy_to(const std::filesystem::path& target, FileCopier& copier) {
  const FilesKept kept(database_->db());
  // The log is copied, too, instead of being flushed for it.
  rocksdb::LiveFilesStorageInfoOptions all;
  all.wal_size_for_flush = std::numeric_limits<std::uint64_t>::max();
  std::vector<rocksdb::LiveFileStorageInfo> files;
  if (const auto status = database_->db().GetLiveFilesStorageInfo(all, &files); !status.ok())
    return to_result(status, "listing the files of the database");
  std::error_code error;
  if (!std::filesystem::create_directory(target, error))
    return fail(ErrorCode::io, "making " + target.string() + ": " +
                                   (error ? error.message() : "it exists already"));
  for (const auto& file : files) {
    const auto copy = target / file.relative_filename;
    if (file.replacement_contents.empty()) {
      const auto from = std::filesystem::path(file.directory) / file.relative_filename;
      if (auto ok = copier.copy(from, copy, file.size); !ok) return ok;
      continue;
    }
    std::ofstream out(copy, std::ios::binary);
    out << file.replacement_contents << std::flush;
    if (!out) return fail(ErrorCode::io, "writing " + copy.string());
  }
  return {};
}

Status RocksStoreImpl::make_index(const IndexOf& index_of) {
  constexpr std::size_t bytes_per_write = 1u << 20;
  const auto end = keys::shard_prefix(keys::node_wide);
  const rocksdb::Slice end_slice(end);
  const auto it = database_->iterate(Family::state, end_slice, /*read_ahead=*/true);
  rocksdb::WriteBatch some;
  std::uint64_t states = 0;
  rocksdb::Status status;
  for (it->SeekToFirst(); it->Valid(); it->Next(), ++states) {
    const auto key = keys::parse_state(view(it->key()));
    if (!key) return fail(ErrorCode::corrupt, "a state has a key that is none");
    const auto changes = index_of(*key, view(it->value()));
    if (!changes) return std::unexpected(changes.error());
    for (const auto& change : *changes)
      if (status.ok())
        status = some.Put(database_->family(Family::index), slice(change.key),
                          slice(change.value.value_or("")));
    if (some.GetDataSize() < bytes_per_write) continue;
    if (status.ok()) status = database_->db().Write(rocksdb::WriteOptions(), &some);
    if (!status.ok()) return to_result(status, "making the index");
    some.Clear();
  }
  if (status.ok()) status = it->status();
  if (status.ok()) status = some.Delete(database_->family(Family::meta), keys::index_missing());
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (status.ok()) status = database_->db().Write(synced, &some);
  if (status.ok()) log::info(log::journal, "index-made", {{"states", states}});
  auto made = to_result(status, "making the index");
  if (!made && made.error().code == ErrorCode::corrupt)
    made.error().message +=
        "; make the states anew from the journal with `microflow journal repair --rebuild`";
  return made;
}

Result<JournalProof> prove(Database& database, std::uint16_t shard_count,
                           const RocksOptions& options) {
  const auto mark = database.proof(shard_count);
  if (!mark) return std::unexpected(mark.error());
  auto proof = prove_journal(database, *mark, ProofScope::tail);
  if (!proof) return proof;
  if (!proof->is_whole()) return std::unexpected(broken_journal(*proof, options));
  if (const auto why = loss_noted(options.data_dir, proof->cycle); !why.empty())
    return std::unexpected(ends_early(why, options));
  // RocksDB has moved everything out of its log by now; the next start need not look again.
  ProofMark proven{proof->cycle, {}};
  for (const auto& shard : proof->shards)
    proven.shards.push_back({shard.proven.seq, shard.proven.chain});
  if (proven == *mark) return proof;
  if (auto ok = database.put_synced(keys::proof(), encode(proven)); !ok)
    return std::unexpected(ok.error());
  return proof;
}

/// Repeated from its beginning when it does not end: the record changes last.
Status make_derived_anew(Database& database, NodeRecord& node, const JournalProof& proof,
                         const RocksOptions& options) {
  if (node.derived_format == options.derived_format || !options.open_rebuild) return {};
  log::info(log::journal, "derived-data-rebuilt",
            {{"from", node.derived_format}, {"to", options.derived_format}});
  const auto noted = database.noted_keys();
  if (!noted) return std::unexpected(noted.error());
  const auto rebuild = options.open_rebuild(*noted);
  if (!rebuild) return std::unexpected(rebuild.error());
  for (const auto& shard : proof.shards)
    if (auto ok =
            rebuild_shard(database, shard.shard, shard.proven, *rebuild, Meanwhile::with_position);
        !ok)
      return ok;
  // Older rules may have stored in clear what is sealed now.
  for (const auto family : {Family::state, Family::index})
    if (auto ok = database.rewrite(family); !ok) return ok;
  node.derived_format = options.derived_format;
  if (auto ok = database.put_synced(keys::node(), encode(node)); !ok) return ok;
  return database.flush();
}

}  // namespace

bool has_journal(const std::filesystem::path& data_dir) { return has_database(data_dir); }

Result<std::optional<KeyMark>> keys_noted_in(const std::filesystem::path& data_dir) {
  const auto lock = DirectoryLock::take(data_dir, /*create=*/false);
  if (!lock) return std::unexpected(lock.error());
  const auto database = Database::open({.data_dir = data_dir, .access = Access::read_only});
  if (!database) return std::nullopt;
  return (*database)->noted_keys();
}

Result<std::unique_ptr<RocksStore>> open_rocks(const RocksOptions& options) {
  if (options.shard_count > shard_count_max)
    return fail(ErrorCode::invalid_argument,
                "at most " + std::to_string(shard_count_max) + " shards");
  auto lock = DirectoryLock::take(options.data_dir, options.create_if_missing);
  if (!lock) return std::unexpected(lock.error());
  if (!options.create_if_missing && !has_database(options.data_dir))
    return fail(ErrorCode::not_found, "there is no data in " + options.data_dir.string());

  if (const auto why = has_database(options.data_dir) ? log_missing(options.data_dir) : "";
      !why.empty())
    return std::unexpected(ends_early(why, options));

  auto tracker = std::make_shared<ProofTracker>();
  auto database = Database::open(
      {.data_dir = options.data_dir,
       .create_if_missing = options.create_if_missing,
       .memory_bytes_max = options.memory_bytes_max,
       .wal_bytes_max = options.wal_bytes_max,
       .listener = tracker,
       .file_system = std::static_pointer_cast<rocksdb::FileSystem>(options.file_system)});
  if (!database) return std::unexpected(database.error());
  auto node = open_node(**database, options);
  if (!node) return std::unexpected(node.error());
  auto proof = prove(**database, node->shard_count, options);
  if (!proof) return std::unexpected(proof.error());
  if (auto made = make_derived_anew(**database, *node, *proof, options); !made)
    return std::unexpected(std::move(made.error()).in("rebuilding what derives from the journal"));
  std::vector<std::uint64_t> seqs;
  for (const auto& shard : proof->shards) seqs.push_back(shard.proven.seq);
  if (auto loaded = (*database)->load_age(seqs); !loaded) return std::unexpected(loaded.error());
  auto last = LastCycle::open(options.data_dir);
  if (!last) return std::unexpected(last.error());
  return std::make_unique<RocksStoreImpl>(options, *std::move(lock), std::move(tracker),
                                          *std::move(database), *std::move(node), *proof,
                                          *std::move(last));
}

}  // namespace mf::storage
