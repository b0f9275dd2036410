#pragma once
// Keys of persons as an effect of a commit (decision 0016): durable before the batch that needs
// them, written by the thread that writes the batch. Nobody else waits for their disk.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"

namespace mf::storage {

using PersonKey = std::array<std::uint8_t, 32>;

struct KeyChange {
  std::string person;
  std::optional<PersonKey> key;  ///< a new one; nullopt: destroy what there is, for ever
  /// Whoever drafted the key gives it to others as long as this lives.
  std::shared_ptr<const void> draft = {};
};

/// Where a store puts the keys of its commits. Called by one thread at a time.
class KeyKeeper {
 public:
  virtual ~KeyKeeper() = default;
  /// Those of one commit. An error: none of them counts, and the commit must not be made
  /// (`already_exists`: the person got another key meanwhile, or was erased).
  [[nodiscard]] virtual Status stage(std::span<const KeyChange> changes) = 0;
  /// Makes durable what was staged; on an error none of it counts.
  [[nodiscard]] virtual Status sync() = 0;
};

}  // namespace mf::storage
