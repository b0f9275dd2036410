#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/personal_cipher.hpp"
#include "storage/person_keys/key_store.hpp"

namespace mf::storage {

class PersonKeyCipher;

/// Ciphers of persons over a KeyStore, a bounded number of them kept at hand. Any thread; never
/// waits for a write to the disk, but in sync().
/// A sealed text is base64 (URL alphabet, no padding) of: 1, nonce (24 bytes), the
/// XChaCha20-Poly1305 ciphertext with its tag; bound to the person's id. The nonce is a keyed hash
/// of what is sealed, so that the same text of the same person always gives the same bytes: a state
/// that is made again from its events is the one that was there.
class PersonalKeyRing final : public KeyKeeper {
 public:
  explicit PersonalKeyRing(KeyStore& keys, std::size_t kept_max = 4096);
  explicit PersonalKeyRing(std::unique_ptr<KeyStore> keys, std::size_t kept_max = 4096);
  ~PersonalKeyRing() override;

  /// nullptr: the person has no durable key, or was erased.
  /// Throws ReadFailed when the disk refuses: that must not look like an erased person.
  [[nodiscard]] std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person);

  /// Whether the person was erased. Throws like cipher_of().
  [[nodiscard]] bool is_destroyed(std::string_view person);

  struct Drafted {
    std::shared_ptr<const PersonalCipher> cipher;  ///< nullptr: erased, for ever
    std::optional<KeyChange> made;                 ///< what the commit that seals with it carries
  };
  /// The key a person has, or a new one, which exists only for whoever holds `made` until a commit
  /// makes it durable. Throws like cipher_of(), also for a known person without one, unless
  /// somebody has accepted that keys are lost: what the old one sealed would be written over.
  [[nodiscard]] Drafted draft(std::string_view person, KeyOf whose = KeyOf::newcomer);

  /// As KeyStore's. Ciphers of a destroyed key, also those in somebody's hands, open no more.
  [[nodiscard]] Status stage(std::span<const KeyChange> changes) override;
  [[nodiscard]] Status sync() override;
  [[nodiscard]] std::optional<KeyMark> mark() const override { return keys_.mark(); }

 private:
  struct Draft;
  using Kept = std::list<std::pair<std::string, std::shared_ptr<PersonKeyCipher>>>;
  [[nodiscard]] std::shared_ptr<PersonKeyCipher> at_hand(std::string_view person);
  /// With the ErrorCode of KeyStore::get where there is none.
  [[nodiscard]] Result<std::shared_ptr<PersonKeyCipher>> durable(std::string_view person);
  void keep(std::string_view person, std::shared_ptr<PersonKeyCipher> cipher);
  void forget(std::string_view person);

  std::unique_ptr<KeyStore> owned_;
  KeyStore& keys_;
  std::size_t kept_max_;
  std::mutex mutex_;
  Kept kept_;  ///< the last used first
  std::unordered_map<std::string_view, Kept::iterator> by_person_;
  /// Those that fell out of `kept_` while somebody may still hold them.
  std::unordered_map<std::string, std::weak_ptr<PersonKeyCipher>> held_;
  std::unordered_map<std::string, std::weak_ptr<Draft>> drafts_;
  std::vector<std::pair<std::string, std::shared_ptr<Draft>>> staged_;
};

/// A ring over the keys in this directory, see KeyStore::open.
[[nodiscard]] Result<std::unique_ptr<PersonalKeyRing>> open_key_ring(
    const std::filesystem::path& directory, KeyFile file = KeyFile::must_be_whole,
    const std::optional<KeyMark>& noted = {});

}  // namespace mf::storage
