#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

namespace mf::storage {

/// Says when a disk is too full to take new work: below max(percent, bytes) free, or when no file
/// of this process may grow to so many bytes (`ulimit -f`).
/// Thread-safe; asks the operating system at most once a second.
class DiskGuard {
 public:
  DiskGuard(std::filesystem::path directory, std::uint64_t free_bytes_min, int free_percent_min);
  [[nodiscard]] bool has_room() const;

 private:
  [[nodiscard]] std::string why_full() const;
  std::filesystem::path directory_;
  std::uint64_t free_bytes_min_;
  int free_percent_min_;
  mutable std::atomic<std::int64_t> next_look_{0};
  mutable std::atomic<bool> has_room_{true};
};

}  // namespace mf::storage
