#pragma once
// Keys of persons as the simulator keeps them: durable with a commit, drafted before.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/entity/kind.hpp"
#include "storage/key_change.hpp"

namespace mf::sim {

/// "Seals" by naming the key, so that whoever sees a batch can ask whether that key is durable.
class SimKeys final : public entity::KeyRing, public storage::KeyKeeper {
 public:
  /// `follows_batch` (a mutation): what is synced is durable only with the next sync.
  explicit SimKeys(bool follows_batch) : follows_batch_(follows_batch) {}

  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool) override {
    const auto found = durable_.find(person);
    return found == durable_.end() ? nullptr : std::make_shared<Cipher>(found->second);
  }
  Drafted draft(std::string_view person, storage::KeyOf whose) override {
    asked.emplace_back(person, whose);
    if (erased.contains(person)) return {};
    if (auto cipher = cipher_of(person, false)) return {cipher, {}};
    auto draft = drafts_[std::string(person)].lock();
    if (!draft) {
      draft = std::make_shared<storage::PersonKey>();
      std::memcpy(draft->data(), &++made_, sizeof made_);
      drafts_[std::string(person)] = draft;
    }
    return {std::make_shared<Cipher>(*draft),
            storage::KeyChange{std::string(person), *draft, draft}};
  }
  Status erase(std::string_view) override {
    return fail(ErrorCode::unsupported, "a key is destroyed with a commit");
  }

  Status stage(std::span<const storage::KeyChange> changes) override {
    for (const auto& change : changes) {
      const auto found = durable_.find(change.person);
      if (found != durable_.end() && found->second != change.key)
        return fail(ErrorCode::already_exists, "another key");
    }
    for (const auto& change : changes) staged_.emplace_back(change.person, *change.key);
    return {};
  }
  Status sync() override {
    auto now = follows_batch_ ? std::exchange(late_, std::exchange(staged_, {}))
                              : std::exchange(staged_, {});
    for (auto& [person, key] : now) durable_.emplace(std::move(person), key);
    return {};
  }
  std::set<std::string, std::less<>> erased;
  std::vector<std::pair<std::string, storage::KeyOf>> asked;

  /// Whether what was sealed with `text` for this person can be opened after a crash right now.
  [[nodiscard]] bool opens(std::string_view person, std::string_view text) const {
    const auto found = durable_.find(person);
    return found != durable_.end() && Cipher(found->second).seal("") == text;
  }

 private:
  struct Cipher final : PersonalCipher {
    explicit Cipher(const storage::PersonKey& k) : key(k) {}
    std::string seal(std::string_view) const override {
      return to_hex({reinterpret_cast<const char*>(key.data()), 8});
    }
    std::optional<std::string> open(std::string_view) const override { return {}; }
    storage::PersonKey key;
  };
  bool follows_batch_;
  std::uint64_t made_ = 0;
  std::map<std::string, storage::PersonKey, std::less<>> durable_;
  std::map<std::string, std::weak_ptr<storage::PersonKey>> drafts_;
  std::vector<std::pair<std::string, storage::PersonKey>> staged_, late_;
};

}  // namespace mf::sim
