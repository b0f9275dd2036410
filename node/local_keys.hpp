#pragma once
#include <memory>

#include "actors/runtime/kind.hpp"
#include "storage/personal_key_ring.hpp"

namespace mf::node {

/// The runtime's view of the keys that storage keeps.
class LocalKeys final : public runtime::KeyRing {
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
