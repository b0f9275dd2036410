#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/table_check.hpp"
#include "storage/rocks/tools/backup.hpp"
#include "storage/rocks/tools/backup_files.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  if (!in) return fail(ErrorCode::io, "reading " + path.string());
  return std::move(bytes).str();
}

/// Checks one listed file while copying it.
Status restore_file(const Json& file, const fs::path& backup, const fs::path& data_dir) {
  const fs::path name = file.at("path").get<std::string>();
  // Only what a backup holds: one that somebody made up must not bring keys or a clock.
  const auto normal = name.lexically_normal();
  if (normal.empty() || std::ranges::find(backup_parts, *normal.begin()) == std::end(backup_parts))
    return fail(ErrorCode::corrupt,
                "the backup names " + name.string() + ", which no backup holds");
  std::error_code error;
  fs::create_directories((data_dir / name).parent_path(), error);
  if (error) return backup_refused("making " + (data_dir / name).parent_path().string(), error);
  const auto found = digest(backup / name, data_dir / name, nullptr);
  if (!found) return std::unexpected(found.error());
  if (found->hash != file.at("blake2b_256").get<std::string>())
    return fail(ErrorCode::corrupt, (backup / name).string() + " is not what was backed up");
  return {};
}

Status restore_files(const Json& manifest, const fs::path& backup, const fs::path& data_dir,
                     BackupReport& report) {
  for (const auto& file : manifest.at("files")) {
    if (auto ok = restore_file(file, backup, data_dir); !ok) return ok;
    ++report.files;
    report.bytes += file.at("bytes").get<std::uint64_t>();
  }
  return {};
}

/// Proves the journal from its first batch on and begins a new era.
Status begin_again(const fs::path& data_dir, BackupReport& report) {
  const auto database = Database::open({.data_dir = data_dir, .is_restore = true});
  if (!database) return std::unexpected(database.error());
  auto node = (*database)->node();
  if (!node) return std::unexpected(node.error());
  if (!*node) return fail(ErrorCode::corrupt, "the backup has no record of its era");
  const auto mark = (*database)->proof((*node)->shard_count);
  if (!mark) return std::unexpected(mark.error());
  const auto proof = prove_journal(**database, *mark, ProofScope::all);
  if (!proof) return std::unexpected(proof.error());
  if (!proof->is_whole())
    return fail(ErrorCode::corrupt, "the journal in the backup is damaged: " + proof->summary());
  if (auto ok = check_tables(**database); !ok) return ok;
  for (const auto& shard : proof->shards) report.batches += shard.proven.seq;
  (*node)->era = to_hex(random_bytes(16));
  report.era = (*node)->era;
  report.shard_count = (*node)->shard_count;
  return (*database)->put_synced(keys::node(), encode(**node));
}

Result<Json> read_manifest(const fs::path& backup) {
  const auto text = read_file(backup / "backup.json");
  if (!text)
    return fail(ErrorCode::not_found, backup.string() + " is not a backup: it has no backup.json");
  auto manifest = parse_ordered_json(*text);
  if (!manifest.is_object() || !manifest.contains("files") || !manifest.contains("format"))
    return fail(ErrorCode::corrupt, (backup / "backup.json").string() + " is malformed");
  if (manifest["format"] != backup_format)
    return fail(ErrorCode::unsupported, "the backup has another format than this program's");
  return manifest;
}

}  // namespace

Result<BackupReport> restore(const fs::path& backup, const fs::path& data_dir) {
  const auto manifest = read_manifest(backup);
  if (!manifest) return std::unexpected(manifest.error());
  std::error_code error;
  if (fs::exists(data_dir, error) && !fs::is_empty(data_dir, error) && !error)
    return fail(ErrorCode::already_exists,
                data_dir.string() + " is not empty: restore into a new directory");
  const auto lock = DirectoryLock::take(data_dir, /*create=*/true);
  if (!lock) return std::unexpected(lock.error());
  if (auto ok = write_file(unfinished_restore(data_dir), "see docs/storage-layout.md\n"); !ok)
    return std::unexpected(ok.error());
  if (auto ok = sync_tree(data_dir); !ok) return std::unexpected(ok.error());
  BackupReport report;
  try {
    if (auto ok = restore_files(*manifest, backup, data_dir, report); !ok)
      return std::unexpected(ok.error());
  } catch (const Json::exception&) {
    return fail(ErrorCode::corrupt, (backup / "backup.json").string() + " is malformed");
  }
  if (auto ok = sync_tree(data_dir); !ok) return std::unexpected(ok.error());
  if (auto ok = begin_again(data_dir, report); !ok) return std::unexpected(ok.error());
  fs::remove(unfinished_restore(data_dir), error);
  if (error) return backup_refused("ending the restore", error);
  if (auto ok = sync_directory(data_dir); !ok) return std::unexpected(ok.error());
  return report;
}

}  // namespace mf::storage
