#pragma once
// Keys of persons where nothing need be secret: nodes in memory that tests and benchmarks play
// with.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/entity/kind.hpp"
#include "base/personal_cipher.hpp"

namespace mf::bench {

/// Seals nothing: there is no disk that anybody could read.
class PlainCipher final : public PersonalCipher {
 public:
  std::string seal(std::string_view plain) const override { return std::string(plain); }
  std::optional<std::string> open(std::string_view sealed) const override {
    return std::string(sealed);
  }
};

class PlainKeys final : public entity::KeyRing {
 public:
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view, bool) override {
    return std::make_shared<PlainCipher>();
  }
  Status erase(std::string_view) override { return {}; }
};

}  // namespace mf::bench
