#pragma once
// The file <data_dir>/REPAIRING: there while a repair works, so that nothing starts on what it has
// not ended. Made durable before the first byte is changed.
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace mf::storage {

struct RepairNote {
  bool loses = true;      ///< acknowledged work is cut: the repair ends in a new era
  bool rebuilds = false;  ///< everything derived is emptied and made anew
  /// A copy of all that stays of the journal, within the data directory: the family is emptied and
  /// filled from it. Empty: the family itself is what stays.
  std::filesystem::path journal;
};

/// nullopt: no repair is under way. One that can't be read counts as losing.
[[nodiscard]] std::optional<RepairNote> read_repair_note(const std::filesystem::path& data_dir);
/// Durable on return, the old one or the new one at any time.
[[nodiscard]] Status write_repair_note(const std::filesystem::path& data_dir,
                                       const RepairNote& note);
/// How to end the repair that left `note`.
[[nodiscard]] std::string how_to_end(const RepairNote& note);

}  // namespace mf::storage
