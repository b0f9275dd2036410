#pragma once
// The small values the shard core writes beside the journal; pinned by tests/golden like the keys.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace mf::storage {

/// Value of keys::dedup: what a command that made events answers at every repetition. `status`
/// stands last, so that a compaction filter need not read it:
/// u8 format (1), u8 origin, u64 time in ms, u64 fingerprint, varint version, varint seq, status.
struct OutcomeRecord {
  std::uint8_t origin = 0;  ///< entity::Origin
  Timestamp time;           ///< of its batch
  std::uint64_t fingerprint = 0;
  std::uint64_t version = 0;
  std::uint64_t seq = 0;
  std::string status;
  bool operator==(const OutcomeRecord&) const = default;
};
[[nodiscard]] std::string encode(const OutcomeRecord& record);
[[nodiscard]] Result<OutcomeRecord> decode_outcome(std::string_view bytes);

/// Value of keys::timeline: where one event of an entity stands. `event` is the index over all
/// events of the batch, the same as in the event's id and in ReactionMark.
struct EventPlace {
  std::uint64_t seq = 0;
  std::uint32_t event = 0;
  bool operator==(const EventPlace&) const = default;
};
[[nodiscard]] std::string encode(const EventPlace& place);
[[nodiscard]] Result<EventPlace> decode_place(std::string_view bytes);

/// Stands before the entity's own bytes in the value of keys::state. The `created_` fields are the
/// outcome of the command that made the entity, so that a repeated create answers the same.
struct StateHeader {
  std::uint64_t version = 0;
  std::uint64_t seq = 0;  ///< of the last batch that changed it
  std::uint64_t created_fingerprint = 0;
  std::uint64_t created_version = 0;
  std::uint64_t created_seq = 0;
  std::string created_status;
  bool operator==(const StateHeader&) const = default;
};
struct StoredState {
  StateHeader header;
  std::string_view body;  ///< a view into the decoded bytes
};
[[nodiscard]] std::string encode(const StateHeader& header, std::string_view body);
[[nodiscard]] Result<StoredState> decode_state(std::string_view bytes);

/// Value of keys::counter.
[[nodiscard]] std::string encode_count(std::uint64_t count);
[[nodiscard]] Result<std::uint64_t> decode_count(std::string_view bytes);

}  // namespace mf::storage
