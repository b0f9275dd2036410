#pragma once
// The unit of commit: the events of one shard's turn, hash-chained (docs/storage-layout.md).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity_ref.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace mf::storage {

struct StoredEvent {
  std::string type;
  std::uint16_t schema = 1;
  std::string json;
  bool operator==(const StoredEvent&) const = default;
};

/// One command and the events it made in one entity.
struct Entry {
  CommandId command;
  std::uint64_t fingerprint = 0;
  std::uint8_t origin = 0;  ///< entity::Origin, for how long the outcome is remembered
  EntityRef entity;
  std::uint64_t version = 0;  ///< of the entity after the last of these events
  std::string status;
  std::string verb;
  std::string principal;  ///< account id
  std::string role;
  std::string on_behalf_of, justification;
  std::string cause;  ///< event id a reaction came from
  std::string trace;
  Timestamp occurred_at;
  std::optional<Timestamp> device_time;
  /// Shard time of the decision, where `occurred_at` is another (the device's).
  std::optional<Timestamp> decided_at;
  std::vector<StoredEvent> events;  ///< versions version-events.size()+1 … version
  bool operator==(const Entry&) const = default;
};

/// How far the reactions of the batches before this one are done: all of them up to and including
/// `low`, and those in `done` (at most 1,024) above it.
struct ReactionMark {
  std::uint64_t seq = 0;
  std::uint32_t event = 0;     ///< index over the whole batch
  std::uint32_t reaction = 0;  ///< index in what that event caused
  auto operator<=>(const ReactionMark&) const = default;
};
struct ReactionCursor {
  std::uint64_t low = 0;  ///< every reaction of batches ≤ low is done
  std::vector<ReactionMark> done;
  bool operator==(const ReactionCursor&) const = default;
};

struct Batch {
  ShardId shard = 0;
  std::uint64_t seq = 0;  ///< 1, 2, 3 … without gaps
  std::uint64_t epoch = 0;
  std::string era;
  Timestamp time;    ///< never before the previous batch's
  Hash256 previous;  ///< chain hash of seq − 1; zero for the first
  ReactionCursor cursor;
  std::vector<Entry> entries;  ///< empty in a batch that only moves the cursor
  /// 1: the ids of its reactions do not hold the era; a program that knew no better has sent some.
  std::uint8_t format = 2;
  bool operator==(const Batch&) const = default;
};

/// How an event is named everywhere: "evt_<shard>-<seq>-<index in its batch>".
[[nodiscard]] std::string event_id(ShardId shard, std::uint64_t seq, std::size_t index);

/// BLAKE2b-256 over the previous hash and the frame with each event replaced by its digest.
[[nodiscard]] Hash256 chain_hash(const Batch& batch);
/// BLAKE2b-256 of one event's type, schema and body as the frame holds them.
[[nodiscard]] Hash256 event_digest(const StoredEvent& event);

/// Binary frame with a format version and the chain hash at its end; golden files pin it.
[[nodiscard]] std::string encode(const Batch& batch);
/// The same where chain_hash(batch) is known.
[[nodiscard]] std::string encode(const Batch& batch, const Hash256& chain);
/// The chain hash an encoded batch ends with, unchecked; zero when there are too few bytes.
[[nodiscard]] Hash256 chain_hash_of_frame(std::string_view bytes);
/// `corrupt` unless the bytes are whole and their hash is right; `unsupported` for a newer format.
[[nodiscard]] Result<Batch> decode_batch(std::string_view bytes);

}  // namespace mf::storage
