#pragma once
// What is in a backup, for the two that write and read it.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.hpp"

namespace mf::storage {

/// Of the file backup.json.
inline constexpr int backup_format = 1;
/// The folders of a data directory that a backup holds: database and blobs.
inline constexpr const char* backup_parts[] = {"db", "blobs"};

[[nodiscard]] std::unexpected<Error> backup_refused(const std::string& doing,
                                                    const std::error_code& why);

struct FileDigest {
  std::uint64_t bytes = 0;
  std::string hash;  ///< BLAKE2b-256 in hex
};
/// Reads a file by pieces, and writes them to `copy` unless that is empty. `unavailable` once
/// `cancelled` is set.
[[nodiscard]] Result<FileDigest> digest(const std::filesystem::path& path,
                                        const std::filesystem::path& copy,
                                        const std::atomic<bool>* cancelled);

/// Durable with a later sync_tree().
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace mf::storage
