#pragma once
// Every RocksDB key, big-endian, shard first: a shard is one range per family
// (docs/storage-layout.md, pinned by tests/golden/keys.txt).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/entity_ref.hpp"
#include "base/hash.hpp"
#include "base/time.hpp"

namespace mf::storage {

/// The column families.
enum class Family : std::uint8_t { journal, state, timeline, index, timers, meta };
inline constexpr int family_count = 6;
[[nodiscard]] std::string_view to_string(Family family);

namespace keys {

[[nodiscard]] std::string journal(ShardId shard, std::uint64_t seq);
[[nodiscard]] std::string state(ShardId shard, const EntityRef& ref);
[[nodiscard]] std::string timeline(ShardId shard, const EntityRef& ref, std::uint64_t version);
/// shard | kind | index number | key | id
[[nodiscard]] std::string index(ShardId shard, EntityKind kind, std::uint8_t index,
                                std::string_view key, std::string_view id);
/// shard | due | kind | id | name
[[nodiscard]] std::string timer(ShardId shard, Timestamp due, const EntityRef& ref,
                                std::string_view name);
/// Before every timer of the shard that is due at `due` or later.
[[nodiscard]] std::string timers_from(ShardId shard, Timestamp due);
/// meta: shard | 'a' → applied position {seq, chain hash, epoch, time, cursor}
[[nodiscard]] std::string applied(ShardId shard);
/// meta: shard | 'd' | command id → outcome
[[nodiscard]] std::string dedup(ShardId shard, const CommandId& id);
/// meta: shard | 'c' | name → count
[[nodiscard]] std::string counter(ShardId shard, std::string_view name);
/// meta: shard | 'x' | seq,event,reaction → a reaction its target refused (dead letter)
[[nodiscard]] std::string dead_letter(ShardId shard, std::uint64_t seq, std::uint32_t event,
                                      std::uint32_t reaction);
/// What the keys of all dead letters of a shard start with.
[[nodiscard]] std::string dead_letters(ShardId shard);

// What belongs to the whole directory stands in `meta` behind all shards.
inline constexpr ShardId node_wide = 0xffff;
/// meta: ffff | 'n' → format, shard count, era
[[nodiscard]] std::string node();
/// meta: ffff | 'p' → up to where the journal has been proven
[[nodiscard]] std::string proof();
/// meta: ffff | 'i' → there while the index is to be made from the states (a restored backup)
[[nodiscard]] std::string index_missing();
/// meta: ffff | 'w' | state key → there until the words of somebody erased have left the files
[[nodiscard]] std::string to_wipe(std::string_view state_key);
/// meta: ffff | 'k' → what the journal knows of its keys of persons (KeyMark)
[[nodiscard]] std::string person_keys();
/// meta: ffff | 'l' → how long the journal has lived, and how far its shards were at each hour
[[nodiscard]] std::string age();

struct TimerKey {
  Timestamp due;
  EntityRef ref;
  std::string name;
};
[[nodiscard]] std::optional<TimerKey> parse_timer(std::string_view key);
struct StateKey {
  ShardId shard = 0;
  EntityRef ref;
};
[[nodiscard]] std::optional<StateKey> parse_state(std::string_view key);
struct DeadLetterKey {
  ShardId shard = 0;
  std::uint64_t seq = 0;
  std::uint32_t event = 0, reaction = 0;
  auto operator<=>(const DeadLetterKey&) const = default;
};
[[nodiscard]] std::optional<DeadLetterKey> parse_dead_letter(std::string_view key);
[[nodiscard]] std::optional<std::uint64_t> parse_journal_seq(std::string_view key);
/// What every key of a shard starts with, in every family.
[[nodiscard]] std::string shard_prefix(ShardId shard);
/// The first key behind every key that starts with `prefix`.
[[nodiscard]] std::string end_of(std::string prefix);

}  // namespace keys
}  // namespace mf::storage
