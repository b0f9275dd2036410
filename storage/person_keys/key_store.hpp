#pragma once
// The secret keys of persons, and those of the installation (decision 0016). They lie outside the
// journal, its exports and its backups: erasing a person is destroying 32 bytes here.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "storage/key_change.hpp"

namespace mf::storage {

[[nodiscard]] PersonKey new_person_key();

/// The name of the secret that every installation has: its keys are recognised by it.
inline constexpr std::string_view installation_secret = "tracking-links";
/// Whether there are keys of more than the installation itself. Opens nothing.
[[nodiscard]] bool holds_persons(const std::filesystem::path& directory);

/// What a missing or damaged file of keys means: whoever opens it next to a journal that has
/// persons in it must not get an empty one unawares.
enum class KeyFile : std::uint8_t {
  /// `not_found` when it is missing or empty, `corrupt` when a key is damaged, or when they are
  /// fewer than the journal noted, another installation's, of before an erasure, or from a copy of
  /// the installation that went on elsewhere.
  must_be_whole,
  may_be_new,  ///< of a new directory; a damaged key is `corrupt` all the same
  /// By consent: a missing one is made; damaged keys are set aside and given up.
  accepts_loss,
};

/// One file of fixed slots, `<directory>/persons`; see docs/storage-layout.md. Any thread may ask;
/// only writers wait for the disk, and only for each other.
class KeyStore final : public KeyKeeper {
 public:
  /// `locked`: another process has it. `noted`: the journal's mark, if it has one. A torn end that
  /// no batch can need (keys are durable, and then noted, before it) is set aside in
  /// <directory>/cut/<time> before it is cut off.
  [[nodiscard]] static Result<std::unique_ptr<KeyStore>> open(
      const std::filesystem::path& directory, KeyFile file = KeyFile::may_be_new,
      const std::optional<KeyMark>& noted = {});
  ~KeyStore() override;
  KeyStore(const KeyStore&) = delete;

  /// `not_found`: never had one. `unavailable`: erased, for ever.
  [[nodiscard]] Result<PersonKey> get(std::string_view person);

  /// A destroyed key is gone for readers at once, a new one is there for them after sync(). With
  /// the first key that is destroyed goes all that was set aside: it may be in there.
  [[nodiscard]] Status stage(std::span<const KeyChange> changes) override;
  [[nodiscard]] Status sync() override;
  [[nodiscard]] std::optional<KeyMark> mark() const override;

  /// The one it has, or a new random one, durable on return: for secrets of the installation.
  [[nodiscard]] Result<PersonKey> get_or_create(std::string_view name);
  [[nodiscard]] std::size_t size() const;
  /// Whoever was erased before it was opened.
  [[nodiscard]] const std::vector<std::string>& erased_at_open() const { return erased_; }

 private:
  struct Slot;
  struct Staged {
    std::uint32_t number = 0;
    std::string person;
    PersonKey key{};
    bool is_erased = false, is_new = false;
  };
  KeyStore(int file, std::filesystem::path path) : file_(file), path_(std::move(path)) {}
  [[nodiscard]] Status load(KeyFile file, const std::optional<KeyMark>& noted);
  [[nodiscard]] Status cut_torn_end(std::size_t bytes);
  [[nodiscard]] Status compare(const KeyMark& noted) const;
  void recognise(const PersonKey& secret);
  void append_name(std::string_view person);
  [[nodiscard]] Status forget_set_aside() const;
  [[nodiscard]] Status give_up(std::uint32_t number, std::string_view bytes);
  [[nodiscard]] Status set_aside(std::uint32_t number, std::string_view bytes) const;
  [[nodiscard]] Result<std::optional<std::uint32_t>> find(std::string_view person) const;
  [[nodiscard]] Result<Slot> read(std::uint32_t number) const;
  [[nodiscard]] Status write(const Staged& staged) const;
  [[nodiscard]] Result<std::optional<Staged>> plan(const KeyChange& change,
                                                   const std::vector<Staged>& before) const;

  int file_;
  std::filesystem::path path_;
  std::mutex writer_;  ///< taken before `mutex_`, and held over the disk
  std::vector<Staged> staged_;
  mutable std::mutex mutex_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> slots_;  ///< by hash of the person
  /// Until it is durable, however often that fails.
  std::unordered_map<std::uint32_t, std::string> being_erased_;
  std::uint32_t count_ = 0;
  Hash128 installation_;
  Hash128 persons_;        ///< of all slots, see KeyMark
  Hash128 noted_persons_;  ///< of as many as the journal noted
  bool may_have_gaps_ = false;
  std::unordered_set<std::uint32_t> destroyed_;  ///< slots, durable
  std::vector<std::string> erased_;
};

}  // namespace mf::storage
