#include "storage/rocks/tools/backup.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "storage/directory_lock.hpp"
#include "storage/file_copier.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/table_check.hpp"
#include "storage/rocks/tools/backup_files.hpp"
#include "storage/rocks/tools/unfinished_backup.hpp"
#include "storage/rocks/tools/unsynced_files.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Status check_is_new(const fs::path& target) {
  std::error_code error;
  // A link that leads nowhere is something, too.
  if (fs::exists(fs::symlink_status(target, error)))
    return fail(ErrorCode::already_exists, target.string() + " exists already");
  return {};
}

/// Without a slash at its end, behind which `.partial` would lie within.
fs::path without_slash(const fs::path& target) {
  // Not lexically_normal(): behind a link `..` is not where it looks to be.
  auto path = target;
  while (path.has_parent_path() && path.has_relative_path() &&
         (!path.has_filename() || path.filename() == "."))
    path = path.parent_path();
  return path;
}

/// A backup in what it copies would be copied by the next one, or swept away with it; one beside
/// the keys opens with what lies there. Links are followed: of the target as of each directory.
Status check_is_elsewhere(const fs::path& target, const fs::path& data_dir,
                          const std::vector<fs::path>& apart_from) {
  std::error_code error;
  const auto within = fs::weakly_canonical(fs::absolute(target), error);
  if (error) return backup_refused("looking for " + target.string(), error);
  std::vector<fs::path> directories = {data_dir, data_dir / "keys"};
  for (const char* part : backup_parts) directories.push_back(data_dir / part);
  directories.insert(directories.end(), apart_from.begin(), apart_from.end());
  for (const auto& directory : directories) {
    const auto real = fs::weakly_canonical(fs::absolute(directory), error);
    if (error) return backup_refused("looking for " + directory.string(), error);
    const auto way = within.lexically_relative(real);
    if (!way.empty() && *way.begin() != "..")
      return fail(ErrorCode::invalid_argument, target.string() + " lies in " + real.string() +
                                                   ", which is the node's own: back up to "
                                                   "another place");
  }
  return {};
}

Result<Json> describe_files(const fs::path& root, BackupReport& report, const FileCopier& copier) {
  Json files = Json::array();
  std::error_code error;
  for (const char* part : backup_parts) {
    if (!fs::exists(root / part, error)) continue;
    for (fs::recursive_directory_iterator at(root / part, error), end; !error && at != end;
         at.increment(error)) {
      if (!at->is_regular_file(error)) continue;
      const auto found = digest(at->path(), {}, copier.cancelled());
      if (!found) return std::unexpected(found.error());
      files.push_back({{"path", at->path().lexically_relative(root).string()},
                       {"bytes", found->bytes},
                       {"blake2b_256", found->hash}});
      ++report.files;
      report.bytes += found->bytes;
    }
    if (error) return backup_refused("walking " + (root / part).string(), error);
  }
  return files;
}

/// Words of persons stand in the index, and in the log behind it: the copy has neither. A copy that
/// can't be read is no backup.
Status leave_index_out(const fs::path& copy, const FileCopier& copier) {
  const auto database = Database::open({.data_dir = copy,
                                        .memory_bytes_max = std::size_t{64} << 20,
                                        .file_system = unsynced_files(copier.cancelled())});
  if (!database) return std::unexpected(database.error());
  if (auto ok = (*database)->empty(Family::index); !ok) return ok;
  if (auto ok = (*database)->put_synced(keys::index_missing(), ""); !ok) return ok;
  if (auto ok = (*database)->flush(); !ok) return ok;
  return check_tables(**database, copier.cancelled());
}

/// Everything a backup holds, in clear nowhere, not yet durable.
Result<BackupReport> grow(RocksStore& store, const fs::path& data_dir, const fs::path& partial,
                          FileCopier& copier) {
  BackupReport report{store.era(), store.shard_count(), 0, 0, 0};
  for (ShardId shard = 0; shard < store.shard_count(); ++shard)
    report.batches += store.applied(shard).seq;
  if (auto ok = store.copy_to(partial / "db", copier); !ok) return std::unexpected(ok.error());
  if (auto ok = leave_index_out(partial, copier); !ok) return std::unexpected(ok.error());
  // Blobs are written before the event that names them, so copied after the journal none is
  // missing.
  if (auto ok = copier.copy_tree(data_dir / "blobs", partial / "blobs"); !ok)
    return std::unexpected(ok.error());
  auto files = describe_files(partial, report, copier);
  if (!files) return std::unexpected(files.error());
  const Json manifest = {{"format", backup_format},
                         {"era", report.era},
                         {"shard_count", report.shard_count},
                         {"made_at", format_rfc3339(system_clock().now())},
                         {"files", *std::move(files)}};
  if (auto ok = write_file(partial / "backup.json", to_text(manifest, 2) + "\n"); !ok)
    return std::unexpected(ok.error());
  return report;
}

}  // namespace

Result<BackupReport> back_up(RocksStore& store, const fs::path& data_dir, const fs::path& to,
                             const BackupRules& rules) {
  const auto target = without_slash(to);
  if (auto ok = check_is_new(target); !ok) return std::unexpected(ok.error());
  if (auto ok = check_is_elsewhere(target, data_dir, rules.apart_from); !ok)
    return std::unexpected(ok.error());
  remove_unfinished_backups(data_dir);
  auto partial = target;
  partial += ".partial";
  auto unfinished = UnfinishedBackup::begin(data_dir, partial);
  if (!unfinished) return std::unexpected(unfinished.error());
  FileCopier copier(rules.cancelled, rules.bytes_per_second);
  auto report = grow(store, data_dir, partial, copier);
  // Whatever it ran into when it gave up, that is why.
  if (auto ok = copier.check(); !ok) return std::unexpected(ok.error());
  if (!report) return report;
  if (auto ok = sync_tree(partial, rules.cancelled); !ok) return std::unexpected(ok.error());
  if (auto ok = unfinished->name(target); !ok) return std::unexpected(ok.error());
  return report;
}

Result<BackupReport> back_up(const fs::path& data_dir, const fs::path& target,
                             const BackupRules& rules) {
  if (auto ok = check_is_new(without_slash(target)); !ok) return std::unexpected(ok.error());
  auto store = open_rocks({.data_dir = data_dir, .create_if_missing = false});
  if (!store) return std::unexpected(store.error());
  return back_up(**store, data_dir, target, rules);
}

}  // namespace mf::storage
