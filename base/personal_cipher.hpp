#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mf {

/// Seals the personal fields of one person in stored events and states (decision 0016).
class PersonalCipher {
 public:
  virtual ~PersonalCipher() = default;
  /// Authenticated ciphertext as base64 text.
  [[nodiscard]] virtual std::string seal(std::string_view plain) const = 0;
  /// nullopt once the person's key has been erased.
  [[nodiscard]] virtual std::optional<std::string> open(std::string_view sealed) const = 0;
};

}  // namespace mf
