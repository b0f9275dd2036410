#include "storage/rocks/tools/backup.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/blake2b.hpp"
#include "base/json.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/table_check.hpp"

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

/// Whether somebody wants the node to end.
using Cancelled = const std::atomic<bool>*;
Status check(Cancelled cancelled) {
  if (cancelled && *cancelled) return fail(ErrorCode::unavailable, "the node is stopping");
  return {};
}

struct FileDigest {
  std::uint64_t bytes = 0;
  std::string hash;
};
/// Reads a file by pieces, and writes them to `copy` unless that is empty.
Result<FileDigest> digest(const fs::path& path, const fs::path& copy, Cancelled cancelled) {
  std::ifstream in(path, std::ios::binary);
  std::ofstream out;
  if (!copy.empty()) out.open(copy, std::ios::binary | std::ios::trunc);
  Blake2b256 hash;
  FileDigest found;
  std::string piece(std::size_t{1} << 20, '\0');
  while (in) {
    if (auto ok = check(cancelled); !ok) return std::unexpected(ok.error());
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const std::string_view got(piece.data(), static_cast<std::size_t>(in.gcount()));
    hash.add(got);
    found.bytes += got.size();
    if (!copy.empty()) out << got;
  }
  if (!in.eof()) return fail(ErrorCode::io, "reading " + path.string());
  if (!copy.empty()) out.close();
  if (!out) return fail(ErrorCode::io, "writing " + copy.string());
  found.hash = to_hex(hash.end().view());
  return found;
}

/// Durable with the sync_tree() that follows.
Status write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  if (!out) return fail(ErrorCode::io, "writing " + path.string());
  return {};
}

Result<Json> describe_files(const fs::path& root, BackupReport& report, Cancelled cancelled) {
  Json files = Json::array();
  std::error_code error;
  for (const char* part : parts) {
    if (!fs::exists(root / part, error)) continue;
    for (fs::recursive_directory_iterator at(root / part, error), end; !error && at != end;
         at.increment(error)) {
      if (!at->is_regular_file(error)) continue;
      const auto found = digest(at->path(), {}, cancelled);
      if (!found) return std::unexpected(found.error());
      files.push_back({{"path", at->path().lexically_relative(root).string()},
                       {"bytes", found->bytes},
                       {"blake2b_256", found->hash}});
      ++report.files;
      report.bytes += found->bytes;
    }
    if (error) return refused("walking " + (root / part).string(), error);
  }
  return files;
}

Status check_is_new(const fs::path& target) {
  std::error_code error;
  // A link that leads nowhere is something, too.
  if (fs::exists(fs::symlink_status(target, error)))
    return fail(ErrorCode::already_exists, target.string() + " exists already");
  return {};
}

/// Without a slash at its end, behind which `.partial` would lie within.
fs::path without_slash(const fs::path& target) {
  const auto normal = target.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

/// A backup in what it copies would be copied by the next one, or swept away with it.
Status check_is_elsewhere(const fs::path& target, const fs::path& data_dir) {
  std::error_code error;
  const auto within = fs::weakly_canonical(fs::absolute(target), error);
  const auto data = fs::weakly_canonical(fs::absolute(data_dir), error);
  if (error) return refused("looking for " + target.string(), error);
  const auto from_data = within.lexically_relative(data);
  if (!from_data.empty() && *from_data.begin() != "..")
    return fail(ErrorCode::invalid_argument,
                target.string() + " lies in the data directory: back up to another place");
  return {};
}

/// Checks one listed file while copying it.
Status restore_file(const Json& file, const fs::path& backup, const fs::path& data_dir) {
  const fs::path name = file.at("path").get<std::string>();
  // Only what a backup holds: one that somebody made up must not bring keys or a clock.
  const auto normal = name.lexically_normal();
  if (normal.empty() || std::ranges::find(parts, *normal.begin()) == std::end(parts))
    return fail(ErrorCode::corrupt,
                "the backup names " + name.string() + ", which no backup holds");
  std::error_code error;
  fs::create_directories((data_dir / name).parent_path(), error);
  if (error) return refused("making " + (data_dir / name).parent_path().string(), error);
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
  if (manifest["format"] != format)
    return fail(ErrorCode::unsupported, "the backup has another format than this program's");
  return manifest;
}

}  // namespace

namespace {

/// Marks a directory as one of ours that is not finished.
constexpr const char* unfinished = "UNFINISHED";

/// An empty, private directory for a backup to grow in.
Status begin(const fs::path& partial) {
  std::error_code error;
  if (fs::exists(partial, error) && !fs::exists(partial / unfinished, error))
    return fail(ErrorCode::already_exists,
                partial.string() + " exists already, and is no backup that did not end");
  fs::remove_all(partial, error);
  if (!error) fs::create_directories(partial, error);
  if (error) return refused("making " + partial.string(), error);
  if (auto ok = make_private(partial); !ok) return ok;
  return write_file(partial / unfinished, "a backup grows here\n");
}

/// Removes what grew of a backup that failed: its tables hold words of persons in clear.
class Partial {
 public:
  explicit Partial(fs::path path) : path_(std::move(path)) {}
  ~Partial() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  Partial(const Partial&) = delete;
  void keep() { path_.clear(); }

 private:
  fs::path path_;
};

/// Words of persons stand in the index, and in the log behind it: the copy has neither. A copy that
/// can't be read is no backup.
Status leave_index_out(const fs::path& copy, Cancelled cancelled) {
  const auto database =
      Database::open({.data_dir = copy, .memory_bytes_max = std::size_t{64} << 20});
  if (!database) return std::unexpected(database.error());
  if (auto ok = (*database)->empty(Family::index); !ok) return ok;
  if (auto ok = (*database)->put_synced(keys::index_missing(), ""); !ok) return ok;
  if (auto ok = (*database)->flush(); !ok) return ok;
  return check_tables(**database, cancelled);
}

Status copy_blobs(const fs::path& from, const fs::path& to, Cancelled cancelled) {
  std::error_code error;
  if (!fs::exists(from, error)) return {};
  fs::create_directories(to, error);
  for (fs::recursive_directory_iterator at(from, error), end; !error && at != end;
       at.increment(error)) {
    if (auto ok = check(cancelled); !ok) return ok;
    const auto target = to / at->path().lexically_relative(from);
    if (at->is_directory(error)) fs::create_directories(target, error);
    else if (at->is_regular_file(error)) fs::copy_file(at->path(), target, error);
  }
  if (error) return refused("copying blobs", error);
  return {};
}

}  // namespace

Result<BackupReport> back_up(RocksStore& store, const fs::path& data_dir, const fs::path& to,
                             Cancelled cancelled) {
  const auto target = without_slash(to);
  if (auto ok = check_is_new(target); !ok) return std::unexpected(ok.error());
  if (auto ok = check_is_elsewhere(target, data_dir); !ok) return std::unexpected(ok.error());
  auto partial = target;
  partial += ".partial";
  if (auto ok = begin(partial); !ok) return std::unexpected(ok.error());
  Partial unfinished_copy(partial);
  BackupReport report{store.era(), store.shard_count(), 0, 0, 0};
  for (ShardId shard = 0; shard < store.shard_count(); ++shard)
    report.batches += store.applied(shard).seq;
  if (auto ok = store.checkpoint(partial / "db"); !ok) return std::unexpected(ok.error());
  if (auto ok = leave_index_out(partial, cancelled); !ok) return std::unexpected(ok.error());
  // Blobs are written before the event that names them, so copied after the journal none is
  // missing.
  if (auto ok = copy_blobs(data_dir / "blobs", partial / "blobs", cancelled); !ok)
    return std::unexpected(ok.error());

  auto files = describe_files(partial, report, cancelled);
  if (!files) return std::unexpected(files.error());
  const Json manifest = {{"format", format},
                         {"era", report.era},
                         {"shard_count", report.shard_count},
                         {"made_at", format_rfc3339(system_clock().now())},
                         {"files", *std::move(files)}};
  if (auto ok = write_file(partial / "backup.json", to_text(manifest, 2) + "\n"); !ok)
    return std::unexpected(ok.error());
  std::error_code error;
  fs::remove(partial / unfinished, error);
  if (error) return refused("ending the backup", error);
  if (auto ok = sync_tree(partial); !ok) return std::unexpected(ok.error());
  fs::rename(partial, target, error);
  if (error) return refused("naming " + target.string(), error);
  unfinished_copy.keep();
  if (auto ok = sync_directory(fs::absolute(target).parent_path()); !ok)
    return std::unexpected(ok.error());
  return report;
}

Result<BackupReport> back_up(const fs::path& data_dir, const fs::path& target) {
  if (auto ok = check_is_new(without_slash(target)); !ok) return std::unexpected(ok.error());
  auto store = open_rocks({.data_dir = data_dir, .create_if_missing = false});
  if (!store) return std::unexpected(store.error());
  return back_up(**store, data_dir, target);
}

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
  if (error) return refused("ending the restore", error);
  if (auto ok = sync_directory(data_dir); !ok) return std::unexpected(ok.error());
  return report;
}

}  // namespace mf::storage
