#include "storage/rocks/table_check.hpp"

#include <rocksdb/sst_file_reader.h>

#include <optional>

namespace mf::storage {
namespace {

std::optional<Family> family_named(std::string_view name) {
  for (int i = 0; i < family_count; ++i)
    if (const auto family = static_cast<Family>(i); to_string(family) == name) return family;
  return {};
}

rocksdb::Status read_whole(const std::filesystem::path& path, rocksdb::Env* env) {
  rocksdb::Options options;
  options.env = env;
  rocksdb::SstFileReader reader(options);
  if (auto status = reader.Open(path.string()); !status.ok()) return status;
  rocksdb::ReadOptions all;
  all.readahead_size = 2u << 20;
  all.fill_cache = false;
  return reader.VerifyChecksum(all);
}

/// Tables are merged in the background: what is listed must stay there until it is read. A database
/// that is only read merges nothing, and refuses this.
class FilesKept {
 public:
  explicit FilesKept(rocksdb::DB& db) : db_(db), are_kept_(db.DisableFileDeletions().ok()) {}
  ~FilesKept() {
    if (are_kept_) db_.EnableFileDeletions(/*force=*/false).PermitUncheckedError();
  }
  FilesKept(const FilesKept&) = delete;

 private:
  rocksdb::DB& db_;
  const bool are_kept_;
};

}  // namespace

std::string DamagedTable::describe() const {
  return "the table " + path.filename().string() + " of the family " +
         std::string(to_string(family)) + " can't be read whole: " + why;
}

Result<std::vector<DamagedTable>> damaged_tables(const Database& database,
                                                 const std::atomic<bool>* cancelled) {
  const FilesKept kept(database.db());
  std::vector<rocksdb::LiveFileMetaData> tables;
  database.db().GetLiveFilesMetaData(&tables);
  std::vector<DamagedTable> damaged;
  for (const auto& table : tables) {
    if (cancelled && *cancelled) return fail(ErrorCode::unavailable, "the node is stopping");
    const auto family = family_named(table.column_family_name);
    const auto path = std::filesystem::path(table.directory) / table.relative_filename;
    const auto status = read_whole(path, database.db().GetEnv());
    if (family && !status.ok()) damaged.push_back({*family, path, status.ToString()});
  }
  return damaged;
}

Status check_tables(const Database& database, const std::atomic<bool>* cancelled) {
  const auto damaged = damaged_tables(database, cancelled);
  if (!damaged) return std::unexpected(damaged.error());
  if (damaged->empty()) return {};
  return fail(ErrorCode::corrupt, damaged->front().describe());
}

}  // namespace mf::storage
