#pragma once
// What a repair saves of a journal before it cuts: lines of {"key":…,"value":…} in hex, raw, as
// nobody may be able to decode them. All files are durable on return, their folder's name is not.
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/table_check.hpp"

namespace mf::storage {

struct SetAside {
  std::uint64_t records = 0;     ///< written
  std::uint64_t unreadable = 0;  ///< that must have been there, in blocks that can't be read
};
/// Everything of a shard behind what is proven. Numbers are contiguous, so that batches behind an
/// unreadable block are found by their keys, up to `known_to`.
[[nodiscard]] Result<SetAside> set_aside(const Database& database, const ShardProof& proof,
                                         std::uint64_t known_to,
                                         const std::filesystem::path& kept_in);
/// The damaged files themselves, linked or copied to `kept_in`/tables: for whoever can read more.
[[nodiscard]] Status keep_tables(const std::vector<DamagedTable>& tables,
                                 const std::filesystem::path& kept_in);
/// All batches that are proven, into `file`.
[[nodiscard]] Status write_proven(const Database& database, const JournalProof& proof,
                                  const std::filesystem::path& file);
/// Empties the journal and fills it with what write_proven() wrote. Interrupted, it can be repeated
/// as long as the file is there.
[[nodiscard]] Status refill_journal(Database& database, const std::filesystem::path& file);

}  // namespace mf::storage
