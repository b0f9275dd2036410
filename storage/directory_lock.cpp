#include "storage/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/log.hpp"
#include "base/os_error.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;

Status sync(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (file < 0) return fail_with_errno("opening " + path.string());
  const int synced = ::fsync(file);
  const int why = errno;
  ::close(file);
  errno = why;
  if (synced != 0) return fail_with_errno("syncing " + path.string());
  return {};
}

std::string holder(int file) {
  char text[32] = {};
  const auto size = ::pread(file, text, sizeof text - 1, 0);
  return size > 0 ? "process " + std::string(text, static_cast<std::size_t>(size))
                  : "another process";
}

}  // namespace

Result<DirectoryLock> DirectoryLock::take(const fs::path& directory, bool create) {
  std::error_code error;
  if (!fs::exists(directory, error)) {
    if (!create)
      return fail(ErrorCode::not_found, "there is no data directory " + directory.string());
    fs::create_directories(directory, error);
    if (!error) fs::permissions(directory, fs::perms::owner_all, error);
    if (error)
      return fail(ErrorCode::io,
                  "making the data directory " + directory.string() + ": " + error.message());
    const auto parent = fs::absolute(directory, error).parent_path();
    if (auto ok = sync_directory(parent); !ok) return std::unexpected(ok.error());
  }
  if (auto ok = make_private(directory); !ok) return std::unexpected(ok.error());
  const auto path = directory / "LOCK";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return fail_with_errno("opening " + path.string());
  DirectoryLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorCode::locked, "the data directory " + directory.string() + " is in use by " +
                                       holder(file) +
                                       ": stop that node, or choose another directory");
  const auto pid = std::to_string(::getpid());
  // The number only serves the message above: a full disk must not keep a node from starting.
  if (::ftruncate(file, 0) == 0) [[maybe_unused]]
    const auto written = ::pwrite(file, pid.data(), pid.size(), 0);
  return lock;
}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) ::close(file_);
}

Status make_private(const fs::path& directory) {
  constexpr auto others = fs::perms::group_all | fs::perms::others_all;
  std::error_code error;
  const auto found = fs::status(directory, error).permissions();
  if (!error && (found & others) == fs::perms::none) return {};
  // Names, addresses and hashes of passwords are in there.
  if (!error) fs::permissions(directory, fs::perms::owner_all, error);
  if (error)
    return fail(ErrorCode::io, "others can look into " + directory.string() +
                                   ", and it can't be closed to them (" + error.message() +
                                   "): give it to this user, or name a directory below it");
  log::warn(log::journal, "directory-closed-to-others", {{"directory", directory.string()}});
  return {};
}

Status sync_directory(const fs::path& directory) { return sync(directory, O_DIRECTORY); }

Status sync_tree(const fs::path& directory, const std::atomic<bool>* cancelled) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (cancelled && *cancelled) return fail(ErrorCode::unavailable, "the node is stopping");
    const bool is_directory = at->is_directory(error);
    if (error || (!is_directory && !at->is_regular_file(error))) continue;
    if (auto ok = sync(at->path(), is_directory ? O_DIRECTORY : 0); !ok) return ok;
  }
  if (error) return fail(ErrorCode::io, "walking " + directory.string() + ": " + error.message());
  return sync_directory(directory);
}

Status sync_file(const fs::path& file) { return sync(file, 0); }

}  // namespace mf::storage
