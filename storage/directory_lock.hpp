#pragma once
#include <atomic>
#include <filesystem>
#include <utility>

#include "base/result.hpp"

namespace mf::storage {

/// One process per data directory. Held as long as this lives; a killed process frees it.
class DirectoryLock {
 public:
  /// Makes the directory when `create` is set. One that others than its owner can look into is
  /// closed to them first (logged), or refused when that can't be done. `locked` names the
  /// directory and the process that has it; `not_found` when there is no such directory.
  [[nodiscard]] static Result<DirectoryLock> take(const std::filesystem::path& directory,
                                                  bool create);
  DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

/// Closes a directory to everybody but its owner, see DirectoryLock::take.
[[nodiscard]] Status make_private(const std::filesystem::path& directory);
/// Makes the names in a directory durable.
[[nodiscard]] Status sync_directory(const std::filesystem::path& directory);
/// Makes all below a directory durable, the names in it too; not its own name. `unavailable` once
/// `cancelled` is set.
[[nodiscard]] Status sync_tree(const std::filesystem::path& directory,
                               const std::atomic<bool>* cancelled = nullptr);
/// Makes a file's bytes durable.
[[nodiscard]] Status sync_file(const std::filesystem::path& file);

}  // namespace mf::storage
