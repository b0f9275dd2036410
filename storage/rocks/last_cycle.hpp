#pragma once
// A note beside the journal of what was acknowledged last. The journal proves that nothing is
// missing in its middle; that its end is missing, no journal can tell by itself.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace mf::storage {

/// The file <data_dir>/last: a line with the write cycle and the number of the log file that was
/// written then. Not synced: after a power cut it may be older than the journal, never newer.
class LastCycle {
 public:
  struct Note {
    std::uint64_t cycle = 0, log = 0;
  };
  /// nullopt: there is none, or it can't be read (logged).
  [[nodiscard]] static std::optional<Note> read(const std::filesystem::path& data_dir);
  [[nodiscard]] static std::filesystem::path path(const std::filesystem::path& data_dir);

  [[nodiscard]] static Result<std::unique_ptr<LastCycle>> open(
      const std::filesystem::path& data_dir);
  ~LastCycle();
  LastCycle(const LastCycle&) = delete;

  /// One small write into the page cache. A disk that refuses is logged, once: the note only
  /// guards against losses.
  void write(const Note& note);

 private:
  explicit LastCycle(int file) : file_(file) {}
  int file_;
  bool has_failed_ = false;
};

/// Why the newest part of the write-ahead log must be gone, before the database is opened (which
/// begins a new one); empty: nothing says so.
[[nodiscard]] std::string log_missing(const std::filesystem::path& data_dir);
/// Why acknowledged cycles must be missing behind `cycle`, the last one that is there.
[[nodiscard]] std::string loss_noted(const std::filesystem::path& data_dir, std::uint64_t cycle);

}  // namespace mf::storage
