#pragma once
// The secret keys of persons (design.md §7.2). They lie outside the journal, its exports and its
// backups: erasing a person is destroying 32 bytes here.
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"

namespace mf::storage {

using PersonKey = std::array<std::uint8_t, 32>;

/// One file of fixed slots, `<directory>/persons`; see docs/storage-layout.md. A key is durable
/// when create() returns, and overwritten in place when erase() returns. Thread-safe.
class KeyStore {
 public:
  /// Makes the directory when it is missing. `locked`: another process has it; `corrupt`: a key is
  /// damaged (a torn last one, which nothing can have been sealed with, is cut off).
  [[nodiscard]] static Result<std::unique_ptr<KeyStore>> open(
      const std::filesystem::path& directory);
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;

  /// `not_found`: never had one. `unavailable`: erased, for ever.
  [[nodiscard]] Result<PersonKey> get(std::string_view person);
  /// The one it has, or a new random one. `unavailable` for an erased person.
  [[nodiscard]] Result<PersonKey> get_or_create(std::string_view person);
  /// Destroys the key and remembers that the person is erased. Idempotent, also for one without.
  [[nodiscard]] Status erase(std::string_view person);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Slot;
  KeyStore(int file, std::filesystem::path path) : file_(file), path_(std::move(path)) {}
  [[nodiscard]] Status load();
  [[nodiscard]] Result<std::optional<std::uint32_t>> find(std::string_view person) const;
  [[nodiscard]] Result<Slot> read(std::uint32_t number) const;
  [[nodiscard]] Status write(std::uint32_t number, const Slot& slot);
  [[nodiscard]] Result<PersonKey> key_at(std::uint32_t number) const;

  int file_;
  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> slots_;  ///< by hash of the person
  std::uint32_t count_ = 0;
};

}  // namespace mf::storage
