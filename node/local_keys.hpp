#pragma once
#include <memory>

#include "actors/entity/kind.hpp"
#include "storage/person_keys/personal_key_ring.hpp"

namespace mf::node {

/// The runtime's view of the keys that storage keeps.
class LocalKeys final : public entity::KeyRing {
 public:
  explicit LocalKeys(storage::PersonalKeyRing& ring) : ring_(ring) {}
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool create) override {
    return ring_.cipher_of(person, create);
  }
  Status erase(std::string_view person) override { return ring_.erase(person); }

 private:
  storage::PersonalKeyRing& ring_;
};

}  // namespace mf::node
