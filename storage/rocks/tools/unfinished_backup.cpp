#include "storage/rocks/tools/unfinished_backup.hpp"

#include <fstream>
#include <utility>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "storage/directory_lock.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;

/// In the backup: whose it is. The note has the same line first, and then its path.
constexpr const char* mark_name = "UNFINISHED";

fs::path notes_of(const fs::path& data_dir) { return data_dir / "unfinished"; }

std::string first_line(const fs::path& file) {
  std::string line;
  std::ifstream in(file);
  std::getline(in, line);
  return line;
}

Status write_durably(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return fail(ErrorCode::io, "writing " + file.string());
  if (auto ok = sync_file(file); !ok) return ok;
  return sync_directory(file.parent_path());
}

Status make_notes(const fs::path& notes) {
  std::error_code error;
  if (!fs::create_directory(notes, error) && error)
    return fail(ErrorCode::io, "making " + notes.string() + ": " + error.message());
  return sync_directory(notes.parent_path());
}

Status make_empty(const fs::path& partial) {
  std::error_code error;
  fs::remove_all(partial, error);
  if (!error) fs::create_directories(partial, error);
  if (error) return fail(ErrorCode::io, "making " + partial.string() + ": " + error.message());
  return make_private(partial);
}

/// False: it is still there, and so is what tells of it.
bool was_removed(const fs::path& partial) {
  std::error_code error;
  fs::remove_all(partial, error);
  if (error)
    log::error(log::journal, "unfinished-backup-left",
               {{"directory", partial.string()}, {"why", error.message()}});
  return !error;
}

void forget(const fs::path& note) {
  std::error_code error;
  fs::remove(note, error);
}

}  // namespace

Result<UnfinishedBackup> UnfinishedBackup::begin(const fs::path& data_dir,
                                                 const fs::path& partial) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(partial, error)) && !fs::exists(partial / mark_name, error))
    return fail(ErrorCode::already_exists,
                partial.string() + " exists already, and is no backup that did not end");
  const auto path = fs::absolute(partial);
  const auto notes = notes_of(data_dir);
  if (auto ok = make_notes(notes); !ok) return std::unexpected(ok.error());
  // A note per place: one that can never be reached again is no more than one file.
  const auto note = notes / to_hex(blake2b_128({path.string()}).view());
  const auto mark = to_hex(random_bytes(16));
  if (auto ok = write_durably(note, mark + "\n" + path.string() + "\n"); !ok)
    return std::unexpected(ok.error());
  UnfinishedBackup begun(path, note);
  if (auto ok = make_empty(path); !ok) return std::unexpected(ok.error());
  if (auto ok = write_durably(path / mark_name, mark + "\n"); !ok)
    return std::unexpected(ok.error());
  return begun;
}

UnfinishedBackup::UnfinishedBackup(UnfinishedBackup&& other) noexcept
    : partial_(std::exchange(other.partial_, {})), note_(std::exchange(other.note_, {})) {}

UnfinishedBackup::~UnfinishedBackup() {
  if (!partial_.empty() && was_removed(partial_)) forget(note_);
}

Status UnfinishedBackup::name(const fs::path& target) {
  std::error_code error;
  fs::rename(partial_, target, error);
  if (error) return fail(ErrorCode::io, "naming " + target.string() + ": " + error.message());
  partial_.clear();
  fs::remove(target / mark_name, error);
  forget(note_);
  if (auto ok = sync_directory(target); !ok) return ok;
  return sync_directory(fs::absolute(target).parent_path());
}

void remove_unfinished_backups(const fs::path& data_dir) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(notes_of(data_dir), error)) {
    std::ifstream in(entry.path());
    std::string mark, line;
    std::getline(in, mark);
    std::getline(in, line);
    const fs::path partial = line;
    std::error_code gone;
    // Its disk may be elsewhere just now.
    if (!line.empty() && !fs::exists(fs::symlink_status(partial, gone))) continue;
    const bool is_ours = !mark.empty() && fs::is_directory(fs::symlink_status(partial, gone)) &&
                         first_line(partial / mark_name) == mark;
    if (is_ours && !was_removed(partial)) continue;
    if (is_ours)
      log::warn(log::journal, "unfinished-backup-removed", {{"directory", partial.string()}});
    forget(entry.path());
  }
}

}  // namespace mf::storage
