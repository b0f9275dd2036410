#pragma once
// What `microflow journal` does, over a data directory that no node has open (else `locked`).
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/dead_letter.hpp"
#include "storage/rebuild.hpp"
#include "storage/store.hpp"

namespace mf::storage {

struct ShardReport {
  ShardId shard = 0;
  std::uint64_t applied = 0;  ///< what the states stand at
  std::uint64_t proven = 0;   ///< the last batch that is whole and chained
  std::uint64_t records = 0;
  std::string problem;            ///< empty: whole
  bool is_in_the_middle = false;  ///< batches that can still be read follow the damage
};

struct VerifyReport {
  std::string era;
  std::uint16_t shard_count = 0;
  std::vector<ShardReport> shards;
  std::string cycles_problem;  ///< a write that is gone, whatever shards it had
  std::string log_problem;     ///< the database does not even open
  [[nodiscard]] bool is_whole() const;
};

/// Reads every batch from the first one on. Changes nothing. Damage is in the report, not an error.
[[nodiscard]] Result<VerifyReport> verify_journal(const std::filesystem::path& data_dir,
                                                  std::optional<ShardId> shard = {});

struct DumpFilter {
  std::optional<ShardId> shard;
  std::uint64_t from = 1, to = std::numeric_limits<std::uint64_t>::max();
  std::string entity;  ///< an id; empty: all
};
enum class DumpForm : std::uint8_t {
  batches,  ///< everything a batch holds, hashes too: for whoever looks for a fault
  events,   ///< one line per event, for other programs
};
/// Lines of JSON without the line feed, by shard and number; `sink` may say false to stop.
/// Sealed personal fields stay sealed, and a member `secret` is hidden.
[[nodiscard]] Status dump_journal(const std::filesystem::path& data_dir, const DumpFilter& filter,
                                  DumpForm form, const std::function<bool(std::string_view)>& sink);
/// One batch as dump_journal writes it.
[[nodiscard]] std::string to_json(const Batch& batch, const Hash256& chain);

/// Every dead letter of the directory, by shard and event. `corrupt` for one that can't be read.
[[nodiscard]] Result<std::vector<DeadLetter>> dead_letters(const std::filesystem::path& data_dir);
/// Forgets these, durably.
[[nodiscard]] Status forget_dead_letters(const std::filesystem::path& data_dir,
                                         const std::vector<keys::DeadLetterKey>& letters);

struct RepairOptions {
  /// Without it nothing is changed, nor opened for writing: the report says what would be.
  bool accepts_loss = false;
  /// Makes the derived data of every shard anew, also where the journal is whole: for damage that
  /// the journal's proof does not see. Needs `rebuild`; loses nothing by itself.
  bool rebuilds_all = false;
  /// Without it a shard whose derived data no longer fit its journal can't be repaired.
  Rebuild rebuild;
  /// Without it damaged values in blocks that can be read are not looked for.
  StateCheck check = {};
};
struct RepairReport {
  struct Cut {
    ShardId shard = 0;
    std::uint64_t kept_to = 0;     ///< the last batch that stays
    std::uint64_t records = 0;     ///< cut behind it, and set aside
    std::uint64_t unreadable = 0;  ///< lost: they were there, and nobody can read them
    std::string problem;
  };
  bool was_whole = false;
  bool changed = false;
  std::string log_problem;  ///< the write-ahead log is damaged (and was cut there), or ends early
  std::string cycles_problem;
  /// Damaged tables and values, or a rebuild that did not end. Where the journal is whole, a repair
  /// with `rebuilds_all` or `accepts_loss` mends them without a loss.
  std::vector<std::string> derived_problems;
  std::vector<Cut> cuts;
  std::vector<ShardId> rebuilt;   ///< without a cut: their derived data had to be made anew
  std::filesystem::path kept_in;  ///< where everything that was cut lies
};
/// A repair that loses anything begins a new era, as a restore does.
/// Ends in a directory that starts: cuts the log or a shard's journal at the first damage, after
/// writing what it cuts to <data_dir>/cut/<time>, and rebuilds what those shards derive from it.
/// Tables that can't be read, or not even opened, are replaced by new ones; of the journal stays
/// what the others prove. `corrupt` for what only a backup gives back (the list of tables, a table
/// that is gone, `meta`): then nothing was changed.
[[nodiscard]] Result<RepairReport> repair_journal(const std::filesystem::path& data_dir,
                                                  const RepairOptions& options);

}  // namespace mf::storage
