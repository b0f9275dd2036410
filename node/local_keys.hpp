#pragma once
#include <memory>

#include "actors/entity/kind.hpp"
#include "storage/person_keys/personal_key_ring.hpp"

namespace mf::node {

/// The runtime's view of the keys that storage keeps. Makes and destroys none by itself: both are
/// effects of a commit (entity::CommitKeys).
class LocalKeys final : public entity::KeyRing {
 public:
  explicit LocalKeys(storage::PersonalKeyRing& ring) : ring_(ring) {}
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool) override {
    return ring_.cipher_of(person);
  }
  Drafted draft(std::string_view person, storage::KeyOf whose) override {
    auto [cipher, made] = ring_.draft(person, whose);
    return {std::move(cipher), std::move(made)};
  }
  bool is_destroyed(std::string_view person) override { return ring_.is_destroyed(person); }
  Status erase(std::string_view) override {
    return fail(ErrorCode::unsupported, "a key is destroyed with a commit");
  }

 private:
  storage::PersonalKeyRing& ring_;
};

}  // namespace mf::node
