#pragma once
// Keys of persons as an effect of a commit (decision 0016): durable before the batch that needs
// them, written by the thread that writes the batch. Nobody else waits for their disk.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/hash.hpp"
#include "base/result.hpp"

namespace mf::storage {

using PersonKey = std::array<std::uint8_t, 32>;

struct KeyChange {
  std::string person;
  std::optional<PersonKey> key;  ///< a new one; nullopt: destroy what there is, for ever
  /// Whoever drafted the key gives it to others as long as this lives.
  std::shared_ptr<const void> draft = {};
};

/// Whose key is asked for: one that a known person lacks was lost, and is not replaced silently.
enum class KeyOf : std::uint8_t { newcomer, known };

/// What the journal notes of its keys with every batch that adds or destroys any, so that a start
/// notices when they have become fewer, are those of another installation, of another life of this
/// one, or know of fewer erasures.
struct KeyMark {
  std::uint64_t slots = 0;     ///< durable ones, of destroyed keys, too
  Hash128 installation;        ///< of the installation's own secret; zeros: it had none yet
  bool may_have_gaps = false;  ///< somebody accepted that keys are lost: known persons may lack one
  std::uint64_t destroyed = 0;  ///< of the slots; an older copy of the file has fewer
  /// Hash of the persons of these slots, in order: a copy that went on elsewhere has others. Zeros:
  /// an older program did not note it.
  Hash128 persons = {};
  bool operator==(const KeyMark&) const = default;
};

/// Where a store puts the keys of its commits. Called by one thread at a time.
class KeyKeeper {
 public:
  virtual ~KeyKeeper() = default;
  /// Those of one commit. An error: none of them counts, and the commit must not be made
  /// (`already_exists`: the person got another key meanwhile, or was erased). To destroy a key that
  /// is destroyed already is to do it again: nobody knows what an earlier error left on the disk.
  [[nodiscard]] virtual Status stage(std::span<const KeyChange> changes) = 0;
  /// Makes durable what was staged; on an error none of it counts.
  [[nodiscard]] virtual Status sync() = 0;
  /// Of what is durable; nullopt: nothing that a journal would have to note.
  [[nodiscard]] virtual std::optional<KeyMark> mark() const { return {}; }
};

}  // namespace mf::storage
