#include "storage/rocks/table_check.hpp"

#include <rocksdb/sst_file_reader.h>

#include <optional>

#include "storage/rocks/files_kept.hpp"

namespace mf::storage {
namespace {

std::optional<Family> family_named(std::string_view name) {
  for (int i = 0; i < family_count; ++i)
    if (const auto family = static_cast<Family>(i); to_string(family) == name) return family;
  return {};
}

/// Empty when all of it can be read.
std::string why_unreadable(const std::filesystem::path& path, rocksdb::Env* env) {
  rocksdb::Options options;
  options.env = env;
  rocksdb::SstFileReader reader(options);
  rocksdb::ReadOptions all;
  all.readahead_size = 2u << 20;
  all.fill_cache = false;
  auto status = reader.Open(path.string());
  if (status.ok()) status = reader.VerifyChecksum(all);
  return status.ok() ? "" : status.ToString();
}

}  // namespace

std::string DamagedTable::describe() const {
  return "the table " + path.filename().string() + " of the family " +
         std::string(to_string(family)) + " can't be read whole: " + why;
}

Result<std::vector<DamagedTable>> damaged_tables(const Database& database,
                                                 const std::atomic<bool>* cancelled,
                                                 const std::map<std::string, std::string>& known) {
  const FilesKept kept(database.db());
  std::vector<rocksdb::LiveFileMetaData> tables;
  database.db().GetLiveFilesMetaData(&tables);
  std::vector<DamagedTable> damaged;
  for (const auto& table : tables) {
    if (cancelled && *cancelled) return fail(ErrorCode::unavailable, "the node is stopping");
    const auto family = family_named(table.column_family_name);
    if (!family) continue;
    const auto path = std::filesystem::path(table.directory) / table.relative_filename;
    const auto told = known.find(path.filename().string());
    const auto why =
        told == known.end() ? why_unreadable(path, database.db().GetEnv()) : told->second;
    if (!why.empty()) damaged.push_back({*family, path, why});
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
