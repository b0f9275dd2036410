#pragma once
// Copies of files beside a node that works: they give up when it has to end, and leave its disk
// time for its own writes.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>

#include "base/result.hpp"

namespace mf::storage {

/// One thread at a time.
class FileCopier {
 public:
  /// Goes on until `cancelled` is set (nullptr: never); at most so many bytes a second over all its
  /// copies (0: as fast as the disks can).
  explicit FileCopier(const std::atomic<bool>* cancelled = nullptr,
                      std::uint64_t bytes_per_second = 0);

  static constexpr auto whole = std::numeric_limits<std::uint64_t>::max();
  /// Copies the first `bytes` of `from` into a new file, for its owner alone: never a second name
  /// of the same file; blocks are shared where the file system can (reflink). Not durable yet.
  /// `unavailable` once cancelled, with a part of the file there.
  [[nodiscard]] Status copy(const std::filesystem::path& from, const std::filesystem::path& to,
                            std::uint64_t bytes = whole);
  /// All files below a directory, their folders too; nothing when there is none.
  [[nodiscard]] Status copy_tree(const std::filesystem::path& from,
                                 const std::filesystem::path& to);

  /// `unavailable` once cancelled.
  [[nodiscard]] Status check() const;
  [[nodiscard]] const std::atomic<bool>* cancelled() const { return cancelled_; }

 private:
  [[nodiscard]] Status copy_bytes(int from, int to, std::uint64_t bytes);
  [[nodiscard]] Status keep_pace(std::uint64_t bytes);

  const std::atomic<bool>* cancelled_;
  const std::uint64_t bytes_per_second_;
  std::chrono::steady_clock::time_point due_;  ///< when the next piece may be copied
};

}  // namespace mf::storage
