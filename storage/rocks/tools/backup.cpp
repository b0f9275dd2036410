#include "storage/rocks/tools/backup.hpp"

#include <fstream>
#include <sstream>

#include "base/json.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/journal_proof.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int format = 1;

std::unexpected<Error> refused(const std::string& doing, const std::error_code& why) {
  return fail(why == std::errc::no_space_on_device ? ErrorCode::disk_full : ErrorCode::io,
              doing + ": " + why.message());
}

/// Database and blobs: what a backup holds.
constexpr const char* parts[] = {"db", "blobs"};

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  if (!in) return fail(ErrorCode::io, "reading " + path.string());
  return std::move(bytes).str();
}

/// Durable with the sync_tree() that follows.
Status write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  if (!out) return fail(ErrorCode::io, "writing " + path.string());
  return {};
}

Result<Json> describe_files(const fs::path& root, BackupReport& report) {
  Json files = Json::array();
  for (const char* part : parts) {
    if (!fs::exists(root / part)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / part)) {
      if (!entry.is_regular_file()) continue;
      const auto bytes = read_file(entry.path());
      if (!bytes) return std::unexpected(bytes.error());
      files.push_back({{"path", fs::relative(entry.path(), root).string()},
                       {"bytes", bytes->size()},
                       {"blake2b_256", to_hex(blake2b_256(*bytes).view())}});
      ++report.files;
      report.bytes += bytes->size();
    }
  }
  return files;
}

Status check_is_new(const fs::path& target) {
  std::error_code error;
  if (fs::exists(target, error))
    return fail(ErrorCode::already_exists, target.string() + " exists already");
  return {};
}

/// Checks one listed file while copying it.
Status restore_file(const Json& file, const fs::path& backup, const fs::path& data_dir) {
  const fs::path name = file.at("path").get<std::string>();
  if (name.is_absolute() || name.lexically_normal().string().starts_with(".."))
    return fail(ErrorCode::corrupt, "the backup names a file outside of itself");
  const auto bytes = read_file(backup / name);
  if (!bytes) return std::unexpected(bytes.error());
  if (to_hex(blake2b_256(*bytes).view()) != file.at("blake2b_256").get<std::string>())
    return fail(ErrorCode::corrupt, (backup / name).string() + " is not what was backed up");
  std::error_code error;
  fs::create_directories((data_dir / name).parent_path(), error);
  if (error) return refused("making " + (data_dir / name).parent_path().string(), error);
  return write_file(data_dir / name, *bytes);
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
  if (manifest["format"] != format)
    return fail(ErrorCode::unsupported, "the backup has another format than this program's");
  return manifest;
}

}  // namespace

Result<BackupReport> back_up(RocksStore& store, const fs::path& data_dir, const fs::path& target) {
  if (auto ok = check_is_new(target); !ok) return std::unexpected(ok.error());
  auto partial = target;
  partial += ".partial";
  std::error_code error;
  fs::remove_all(partial, error);
  fs::create_directories(partial, error);
  if (error) return refused("making " + partial.string(), error);
  BackupReport report{store.era(), store.shard_count(), 0, 0, 0};
  for (ShardId shard = 0; shard < store.shard_count(); ++shard)
    report.batches += store.applied(shard).seq;
  if (auto ok = store.checkpoint(partial / "db"); !ok) return std::unexpected(ok.error());
  // Blobs are written before the event that names them, so copied after the journal none is
  // missing.
  if (fs::exists(data_dir / "blobs"))
    fs::copy(data_dir / "blobs", partial / "blobs", fs::copy_options::recursive, error);
  if (error) return refused("copying blobs", error);

  auto files = describe_files(partial, report);
  if (!files) return std::unexpected(files.error());
  const Json manifest = {{"format", format},
                         {"era", report.era},
                         {"shard_count", report.shard_count},
                         {"made_at", format_rfc3339(system_clock().now())},
                         {"files", *std::move(files)}};
  if (auto ok = write_file(partial / "backup.json", to_text(manifest, 2) + "\n"); !ok)
    return std::unexpected(ok.error());
  if (auto ok = sync_tree(partial); !ok) return std::unexpected(ok.error());
  fs::rename(partial, target, error);
  if (error) return refused("naming " + target.string(), error);
  if (auto ok = sync_directory(fs::absolute(target).parent_path()); !ok)
    return std::unexpected(ok.error());
  return report;
}

Result<BackupReport> back_up(const fs::path& data_dir, const fs::path& target) {
  if (auto ok = check_is_new(target); !ok) return std::unexpected(ok.error());
  auto store = open_rocks({.data_dir = data_dir, .create_if_missing = false});
  if (!store) return std::unexpected(store.error());
  return back_up(**store, data_dir, target);
}

Result<BackupReport> restore(const fs::path& backup, const fs::path& data_dir) {
  const auto manifest = read_manifest(backup);
  if (!manifest) return std::unexpected(manifest.error());
  std::error_code error;
  if (fs::exists(data_dir, error) && !fs::is_empty(data_dir, error))
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
  if (error) return refused("ending the restore", error);
  if (auto ok = sync_directory(data_dir); !ok) return std::unexpected(ok.error());
  return report;
}

}  // namespace mf::storage
