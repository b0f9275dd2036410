#include "storage/person_keys/personal_key_ring.hpp"

#include <sodium.h>

#include <atomic>
#include <utility>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "storage/store.hpp"

namespace mf::storage {
namespace {

constexpr char sealed_format = 1;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t head_size = 1 + nonce_size;
constexpr int alphabet = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(sizeof(PersonKey) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// What to do stands in the alarm's runbook; the caller tries again until it is done.
ReadFailed lost(std::string_view person) {
  static auto& missing = metrics::counter(
      "microflow_personal_keys_missing_total",
      "Commands refused because the key of a person they know is not in the file of keys");
  missing.add();
  log::error(log::journal, "key-missing", {{"person", std::string(person)}});
  return ReadFailed("the key of " + std::string(person) + " is not there");
}

}  // namespace

class PersonKeyCipher final : public PersonalCipher {
 public:
  PersonKeyCipher(std::string_view person, const PersonKey& key) : person_(person), key_(key) {
    constexpr std::string_view purpose = "microflow nonces of sealed texts";
    crypto_generichash(nonces_.data(), nonces_.size(), raw(purpose), purpose.size(), key_.data(),
                       key_.size());
  }
  ~PersonKeyCipher() override {
    sodium_memzero(key_.data(), key_.size());
    sodium_memzero(nonces_.data(), nonces_.size());
  }

  std::string seal(std::string_view plain) const override {
    std::string sealed(head_size + plain.size() + tag_size, '\0');
    sealed[0] = sealed_format;
    crypto_generichash(raw(sealed) + 1, nonce_size, raw(plain), plain.size(), nonces_.data(),
                       nonces_.size());
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + head_size, nullptr, raw(plain),
                                               plain.size(), raw(person_), person_.size(), nullptr,
                                               raw(sealed) + 1, key_.data());
    std::string text(sodium_base64_encoded_len(sealed.size(), alphabet), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(sealed), sealed.size(), alphabet);
    text.pop_back();  // the terminating zero
    return text;
  }

  std::optional<std::string> open(std::string_view sealed) const override {
    if (is_erased_) return {};
    std::string bytes(sealed.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(raw(bytes), bytes.size(), sealed.data(), sealed.size(), nullptr, &size,
                          nullptr, alphabet) != 0 ||
        size < head_size + tag_size || bytes[0] != sealed_format)
      return {};
    std::string plain(size - head_size - tag_size, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            raw(plain), nullptr, nullptr, raw(bytes) + head_size, size - head_size, raw(person_),
            person_.size(), raw(bytes) + 1, key_.data()) != 0)
      return {};
    return plain;
  }

  void erase() { is_erased_ = true; }

 private:
  std::string person_;
  PersonKey key_;
  PersonKey nonces_{};  ///< what makes them, derived from the key
  std::atomic<bool> is_erased_{false};
};

/// Keeps the new key alive for all that seal with it, as long as one of their commits may come.
struct PersonalKeyRing::Draft {
  Draft(std::string_view person, const PersonKey& made)
      : key(made), cipher(std::make_shared<PersonKeyCipher>(person, made)) {}
  PersonKey key;
  std::shared_ptr<PersonKeyCipher> cipher;
};

PersonalKeyRing::PersonalKeyRing(KeyStore& keys, std::size_t kept_max)
    : keys_(keys), kept_max_(kept_max) {}
PersonalKeyRing::PersonalKeyRing(std::unique_ptr<KeyStore> keys, std::size_t kept_max)
    : owned_(std::move(keys)), keys_(*owned_), kept_max_(kept_max) {}
PersonalKeyRing::~PersonalKeyRing() = default;

std::shared_ptr<PersonKeyCipher> PersonalKeyRing::at_hand(std::string_view person) {
  if (const auto found = by_person_.find(person); found != by_person_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    return found->second->second;
  }
  const auto held = held_.find(std::string(person));
  return held == held_.end() ? nullptr : held->second.lock();
}

void PersonalKeyRing::keep(std::string_view person, std::shared_ptr<PersonKeyCipher> cipher) {
  if (by_person_.contains(person)) return;
  kept_.emplace_front(person, std::move(cipher));
  by_person_.emplace(kept_.front().first, kept_.begin());
  if (kept_.size() <= kept_max_) return;
  auto& [last, out] = kept_.back();
  if (out.use_count() > 1) held_[last] = out;
  by_person_.erase(last);
  kept_.pop_back();
  std::erase_if(held_, [](const auto& item) { return item.second.expired(); });
}

Result<std::shared_ptr<PersonKeyCipher>> PersonalKeyRing::durable(std::string_view person) {
  auto cipher = at_hand(person);
  if (!cipher) {
    const auto key = keys_.get(person);
    const auto code = key ? ErrorCode::internal : key.error().code;
    if (!key && code != ErrorCode::not_found && code != ErrorCode::unavailable)
      throw ReadFailed(key.error().message);
    if (!key) return std::unexpected(key.error());
    cipher = std::make_shared<PersonKeyCipher>(person, *key);
  }
  keep(person, cipher);
  return cipher;
}

std::shared_ptr<const PersonalCipher> PersonalKeyRing::cipher_of(std::string_view person) {
  const std::lock_guard lock(mutex_);
  return durable(person).value_or(nullptr);
}

bool PersonalKeyRing::is_destroyed(std::string_view person) {
  const auto key = keys_.get(person);
  if (key || key.error().code == ErrorCode::not_found) return false;
  if (key.error().code != ErrorCode::unavailable) throw ReadFailed(key.error().message);
  return true;
}

PersonalKeyRing::Drafted PersonalKeyRing::draft(std::string_view person, KeyOf whose) {
  const std::lock_guard lock(mutex_);
  const auto found = durable(person);
  if (found) return {*found, {}};
  if (found.error().code == ErrorCode::unavailable) return {};
  if (whose == KeyOf::known && !keys_.mark()->may_have_gaps) throw lost(person);
  auto draft = drafts_[std::string(person)].lock();
  if (!draft) {
    std::erase_if(drafts_, [](const auto& item) { return item.second.expired(); });
    draft = std::make_shared<Draft>(person, new_person_key());
    drafts_[std::string(person)] = draft;
  }
  return {draft->cipher, KeyChange{std::string(person), draft->key, draft}};
}

Status PersonalKeyRing::stage(std::span<const KeyChange> changes) {
  if (auto ok = keys_.stage(changes); !ok) return ok;
  const std::lock_guard lock(mutex_);
  for (const auto& change : changes) {
    if (!change.key) {
      forget(change.person);
      std::erase_if(staged_, [&](const auto& item) { return item.first == change.person; });
    } else if (const auto draft = drafts_.find(change.person); draft != drafts_.end()) {
      if (auto held = draft->second.lock()) staged_.emplace_back(change.person, std::move(held));
    }
  }
  return {};
}

Status PersonalKeyRing::sync() {
  const auto synced = keys_.sync();
  const std::lock_guard lock(mutex_);
  // One cipher per key: whoever holds the draft's hears of an erasure, too.
  for (auto& [person, draft] : std::exchange(staged_, {}))
    if (synced) keep(person, draft->cipher);
  return synced;
}

void PersonalKeyRing::forget(std::string_view person) {
  if (const auto cipher = at_hand(person)) cipher->erase();
  if (const auto found = by_person_.find(person); found != by_person_.end()) {
    const auto kept = found->second;
    by_person_.erase(found);
    kept_.erase(kept);
  }
  held_.erase(std::string(person));
}

Result<std::unique_ptr<PersonalKeyRing>> open_key_ring(const std::filesystem::path& directory,
                                                       KeyFile file,
                                                       const std::optional<KeyMark>& noted) {
  auto keys = KeyStore::open(directory, file, noted);
  if (!keys) return std::unexpected(keys.error());
  return std::make_unique<PersonalKeyRing>(*std::move(keys));
}

}  // namespace mf::storage
