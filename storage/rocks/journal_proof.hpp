#pragma once
// Proves that a journal is what was acknowledged: per shard contiguous, chained, and ending where
// `applied` says; over all shards without a lost write cycle.
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/rocks/database.hpp"

namespace mf::storage {

struct ShardProof {
  ShardId shard = 0;
  std::uint64_t applied = 0;  ///< what `applied` says
  std::uint64_t records = 0;  ///< looked at
  Applied proven;             ///< the last position that is right
  std::string problem;        ///< empty: whole
  /// Whether the broken place is followed by batches that can still be read.
  bool is_in_the_middle = false;
};

struct JournalProof {
  std::vector<ShardProof> shards;
  std::uint64_t cycle = 0;     ///< the newest one seen
  std::string cycles_problem;  ///< empty: no write cycle is missing
  [[nodiscard]] bool is_whole() const;
  /// One sentence for people; empty when whole.
  [[nodiscard]] std::string summary() const;
};

enum class ProofScope : std::uint8_t {
  tail,  ///< behind `mark`: what may have come out of the write-ahead log at this start
  all,   ///< from the first batch on (cycles still behind `mark`: a repair resets them)
};

/// An error only when the applied positions themselves can't be read.
[[nodiscard]] Result<JournalProof> prove_journal(const Database& database, const ProofMark& mark,
                                                 ProofScope scope,
                                                 std::optional<ShardId> only = {});

}  // namespace mf::storage
