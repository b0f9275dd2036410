#include "storage/rocks/database.hpp"

#include <rocksdb/cache.h>

#include "storage/rocks/database_options.hpp"
#include "storage/rocks/patient_file_system.hpp"
#include "storage/rocks/repair_note.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

// A new log, a flush's table and the compactions that run; opened again within milliseconds.
constexpr std::size_t descriptors_reserved = 16;
// Strangers' connections end within their deadlines: 10 s to say something, 15 s for a write.
constexpr auto descriptors_patience = std::chrono::seconds(30);

namespace fs = std::filesystem;

std::unexpected<Error> refused(const rocksdb::Status& status, const DatabaseSettings& settings) {
  auto error =
      to_error(status, "opening the database " + database_path(settings.data_dir).string());
  if (error.code != ErrorCode::corrupt || settings.access == Access::look_past_log)
    return std::unexpected(std::move(error));
  auto past_log = settings;
  past_log.access = Access::look_past_log;
  if (Database::open(past_log))
    error.message +=
        "; what was written last, or a file behind it, is damaged. Nothing was cut. Keep a "
        "copy of the directory, then run `microflow journal repair`, which first sets aside what "
        "it has to cut, or restore a backup";
  else
    error.message +=
        "; the list of the table files, or one of them, is damaged or gone. Nothing was cut. "
        "`microflow journal repair` says what can be saved without changing anything; else "
        "restore a backup";
  return std::unexpected(std::move(error));
}

bool is_read_only(Access access) {
  return access == Access::read_only || access == Access::look_past_log;
}

/// Why a directory in this state is opened by nobody, or not by the caller.
Status may_open(const DatabaseSettings& settings) {
  std::error_code error;
  if (!settings.is_restore && fs::exists(unfinished_restore(settings.data_dir), error))
    return fail(ErrorCode::corrupt, "the restore into " + settings.data_dir.string() +
                                        " did not end: empty the directory and restore again");
  if (settings.is_repair || is_read_only(settings.access)) return {};
  if (const auto note = read_repair_note(settings.data_dir))
    return fail(ErrorCode::corrupt, "the repair of " + settings.data_dir.string() +
                                        " did not end: " + how_to_end(*note));
  return {};
}

/// Files that hold data without the one that names them: RocksDB would start an empty database
/// over them.
bool has_lost_its_head(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path / "CURRENT", error)) return false;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const auto kind = entry.path().extension();
    if (kind == ".sst" || kind == ".log") return true;
  }
  return false;
}

}  // namespace

fs::path database_path(const fs::path& data_dir) { return data_dir / "db"; }

fs::path unfinished_restore(const fs::path& data_dir) { return data_dir / "RESTORING"; }

fs::path unfinished_repair(const fs::path& data_dir) { return data_dir / "REPAIRING"; }

bool has_database(const fs::path& data_dir) {
  std::error_code error;
  return fs::exists(database_path(data_dir) / "CURRENT", error);
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseSettings& settings) {
  const auto path = database_path(settings.data_dir);
  if (auto ok = may_open(settings); !ok) return std::unexpected(ok.error());
  if (has_lost_its_head(path))
    return fail(ErrorCode::corrupt, "the database " + path.string() +
                                        " has data files but no file CURRENT: restore it from a "
                                        "backup");
  // RocksDB would make it, but complain first that it is not there.
  std::error_code error;
  if (settings.create_if_missing) fs::create_directories(path, error);
  std::unique_ptr<Database> self(new Database);
  const auto files = settings.file_system ? settings.file_system : rocksdb::FileSystem::Default();
  self->env_ = rocksdb::NewCompositeEnv(
      std::make_shared<PatientFileSystem>(files, descriptors_reserved, descriptors_patience));
  self->settings_ = settings;
  self->cache_ = rocksdb::NewLRUCache(settings.memory_bytes_max, /*num_shard_bits=*/4,
                                      /*strict_capacity_limit=*/false, /*high_pri_pool_ratio=*/0.3);

  const auto options = database_options(settings, self->cache_, self->env_.get());
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName,
       family_options(Family::timers, settings, self->cache_, self->age_)}};
  for (int i = 0; i < family_count; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(std::string(to_string(family)),
                          family_options(family, settings, self->cache_, self->age_));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status =
      is_read_only(settings.access)
          ? rocksdb::DB::OpenForReadOnly(options, path.string(), families, &handles, &db)
          : rocksdb::DB::Open(options, path.string(), families, &handles, &db);
  if (!status.ok()) return refused(status, settings);
  self->db_.reset(db);
  self->unused_ = handles.front();
  std::copy(handles.begin() + 1, handles.end(), self->families_.begin());
  return self;
}

Database::~Database() {
  if (!db_) return;
  for (auto* handle : families_)
    if (handle) db_->DestroyColumnFamilyHandle(handle);
  db_->DestroyColumnFamilyHandle(unused_);
  db_->Close().PermitUncheckedError();
}

Result<std::optional<std::string>> Database::get(Family family, std::string_view key) const {
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(rocksdb::ReadOptions(), this->family(family), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (status.ok()) return value.ToString();
  auto error = to_error(status, "reading " + std::string(to_string(family)));
  if (family == Family::meta && error.code == ErrorCode::corrupt)
    error.message += "; no journal gives back what stands there: restore a backup";
  return std::unexpected(std::move(error));
}

std::unique_ptr<rocksdb::Iterator> Database::iterate(Family family, const rocksdb::Slice& end,
                                                     bool read_ahead) const {
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end;
  if (read_ahead) {
    options.readahead_size = 2u << 20;
    options.fill_cache = false;
  }
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, this->family(family)));
}

Status Database::flush() {
  const std::vector<rocksdb::ColumnFamilyHandle*> all(families_.begin(), families_.end());
  return to_result(db_->Flush(rocksdb::FlushOptions(), all), "flushing the database");
}

Status Database::empty(Family family) {
  auto*& handle = families_[static_cast<std::size_t>(family)];
  const auto options = family_options(family, settings_, cache_, age_);
  // The log is read again at every open: what stands in it has to leave it first.
  if (auto ok = flush(); !ok) return ok;
  auto status = db_->DropColumnFamily(handle);
  if (status.ok()) {
    status = db_->DestroyColumnFamilyHandle(handle);
    handle = nullptr;
  }
  if (status.ok())
    status = db_->CreateColumnFamily(options, std::string(to_string(family)), &handle);
  return to_result(status, "emptying " + std::string(to_string(family)));
}

Status Database::merge_tables() {
  const std::vector<rocksdb::ColumnFamilyHandle*> all(families_.begin(), families_.end());
  return to_result(db_->EnableAutoCompaction(all), "merging tables again");
}

Status Database::rewrite(Family family) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  return to_result(db_->CompactRange(options, this->family(family), nullptr, nullptr),
                   "rewriting " + std::string(to_string(family)));
}

Status Database::put_synced(std::string_view meta_key, std::string_view value) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return to_result(db_->Put(synced, family(Family::meta), slice(meta_key), slice(value)),
                   "writing the directory's own record");
}

Status Database::load_age(std::span<const std::uint64_t> seqs) {
  const auto shards = static_cast<std::uint16_t>(seqs.size());
  JournalAge age(shards);
  const auto bytes = get(Family::meta, keys::age());
  if (!bytes) return std::unexpected(bytes.error());
  if (*bytes) {
    auto known = JournalAge::decode(**bytes, shards);
    if (!known) return std::unexpected(std::move(known.error()));
    age = std::move(*known);
  }
  const bool was_cut = age.cut(seqs);
  age_->set(std::move(age));
  return was_cut ? put_synced(keys::age(), age_->encode()) : Status{};
}

Result<std::optional<NodeRecord>> Database::node() const {
  auto bytes = get(Family::meta, keys::node());
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return std::nullopt;
  auto record = decode_node(**bytes);
  if (!record) return std::unexpected(record.error());
  return *record;
}

Result<std::optional<KeyMark>> Database::noted_keys() const {
  const auto bytes = get(Family::meta, keys::person_keys());
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return std::nullopt;
  return decode_key_mark(**bytes);
}

Result<Applied> Database::applied(ShardId shard) const {
  auto bytes = get(Family::meta, keys::applied(shard));
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return Applied{};
  return decode_applied(**bytes);
}

Result<ProofMark> Database::proof(std::uint16_t shard_count) const {
  auto bytes = get(Family::meta, keys::proof());
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) return ProofMark{0, std::vector<ProofMark::Position>(shard_count)};
  auto mark = decode_proof(**bytes);
  if (mark && mark->shards.size() != shard_count)
    return fail(ErrorCode::corrupt, "the mark of the last proof has another number of shards");
  return mark;
}

}  // namespace mf::storage
