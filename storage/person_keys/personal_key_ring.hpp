#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/personal_cipher.hpp"
#include "storage/person_keys/key_store.hpp"

namespace mf::storage {

class PersonKeyCipher;

/// Ciphers of persons over a KeyStore, a bounded number of them kept at hand. Thread-safe.
/// A sealed text is base64 (URL alphabet, no padding) of: 1, nonce (24 bytes), the
/// XChaCha20-Poly1305 ciphertext with its tag; bound to the person's id.
class PersonalKeyRing {
 public:
  explicit PersonalKeyRing(KeyStore& keys, std::size_t kept_max = 4096);
  explicit PersonalKeyRing(std::unique_ptr<KeyStore> keys, std::size_t kept_max = 4096);
  ~PersonalKeyRing();

  /// nullptr: the person has no key, or was erased. With `create` a missing one is made, durably.
  /// Throws ReadFailed when the disk refuses: that must not look like an erased person.
  [[nodiscard]] std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person,
                                                                bool create);
  /// Destroys the key. Ciphers still in somebody's hands stop opening.
  [[nodiscard]] Status erase(std::string_view person);

 private:
  using Kept = std::list<std::pair<std::string, std::shared_ptr<PersonKeyCipher>>>;
  [[nodiscard]] std::shared_ptr<PersonKeyCipher> at_hand(std::string_view person);
  void keep(std::string_view person, std::shared_ptr<PersonKeyCipher> cipher);

  std::unique_ptr<KeyStore> owned_;
  KeyStore& keys_;
  std::size_t kept_max_;
  std::mutex mutex_;
  Kept kept_;  ///< the last used first
  std::unordered_map<std::string_view, Kept::iterator> by_person_;
  /// Those that fell out of `kept_` while somebody may still hold them.
  std::unordered_map<std::string, std::weak_ptr<PersonKeyCipher>> held_;
};

/// A ring over the keys in this directory, see KeyStore::open.
[[nodiscard]] Result<std::unique_ptr<PersonalKeyRing>> open_key_ring(
    const std::filesystem::path& directory);

}  // namespace mf::storage
