#pragma once
// The values this adapter adds to a commit, and those that belong to the whole directory.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/store.hpp"

namespace mf::storage {

/// Value of keys::applied.
[[nodiscard]] std::string encode(const Applied& applied);
[[nodiscard]] Result<Applied> decode_applied(std::string_view bytes);

/// Value of keys::node: fixed at creation, but for `era`, which a restore changes, and the number
/// of the rules by which what derives from the journal was made (1 where none is stored).
struct NodeRecord {
  std::uint16_t shard_count = 0;
  std::string era;
  Timestamp created_at;
  std::uint32_t derived_format = 1;
  bool operator==(const NodeRecord&) const = default;
};
[[nodiscard]] std::string encode(const NodeRecord& record);
[[nodiscard]] Result<NodeRecord> decode_node(std::string_view bytes);

/// Value of keys::proof: up to where the journal has been proven *and* no longer depends on the
/// write-ahead log, so that the next start need not look at it again.
struct ProofMark {
  struct Position {
    std::uint64_t seq = 0;
    Hash256 chain;
    bool operator==(const Position&) const = default;
  };
  std::uint64_t cycle = 0;
  std::vector<Position> shards;
  bool operator==(const ProofMark&) const = default;
};
[[nodiscard]] std::string encode(const ProofMark& mark);
[[nodiscard]] Result<ProofMark> decode_proof(std::string_view bytes);

/// Value of keys::person_keys.
[[nodiscard]] std::string encode(const KeyMark& mark);
[[nodiscard]] Result<KeyMark> decode_key_mark(std::string_view bytes);

/// Value of keys::journal: the batch's frame, then in which write cycle it was made durable and
/// how many batches that cycle had. A lost cycle is a hole in these numbers, even when the shards
/// it touched never wrote again, which no chain of a shard can show.
struct JournalValue {
  std::string_view frame;
  std::uint64_t cycle = 0;
  std::uint16_t batches = 0;
};
void append_cycle(std::string& frame, std::uint64_t cycle, std::uint16_t batches);
/// `corrupt` when it is too short; the frame itself is not looked at.
[[nodiscard]] Result<JournalValue> split_journal(std::string_view value);

}  // namespace mf::storage
