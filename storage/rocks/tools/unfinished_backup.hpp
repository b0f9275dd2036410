#pragma once
// A backup on its way. Until its index is emptied it holds words of persons in clear, so what a
// killed process leaves of it must not stay: it is noted in the data directory before it begins.
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace mf::storage {

/// Grows in a directory of its own, beside its later name.
class UnfinishedBackup {
 public:
  /// Makes `partial`, empty and private, after noting it durably in <data_dir>/unfinished. What
  /// an earlier try left there is replaced; anything else is `already_exists`.
  [[nodiscard]] static Result<UnfinishedBackup> begin(const std::filesystem::path& data_dir,
                                                      const std::filesystem::path& partial);
  UnfinishedBackup(UnfinishedBackup&& other) noexcept;
  UnfinishedBackup& operator=(UnfinishedBackup&&) = delete;
  /// Removes what grew, unless it has its name, and the note once nothing is left.
  ~UnfinishedBackup();

  /// All of it is there and durable, and none of it is in clear: gives it its name, then takes the
  /// mark off, without which nobody removes it.
  [[nodiscard]] Status name(const std::filesystem::path& target);

 private:
  UnfinishedBackup(std::filesystem::path partial, std::filesystem::path note)
      : partial_(std::move(partial)), note_(std::move(note)) {}
  std::filesystem::path partial_, note_;
};

/// Removes what backups of this directory left that were killed, where the mark in it is the one
/// that was noted. What can't be reached or removed now (logged) is tried again next time. Not
/// while a backup is under way.
void remove_unfinished_backups(const std::filesystem::path& data_dir);

}  // namespace mf::storage
