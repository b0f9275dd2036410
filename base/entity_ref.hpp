#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.hpp"

namespace mf {

/// The numbers are stored in keys: never reuse one.
enum class EntityKind : std::uint8_t {
  work_order = 1,
  technician = 2,
  client = 3,
  account = 4,
  unique_name = 5,
  catalogue = 6,
};
/// One more than the highest number: the size of tables by kind.
inline constexpr std::size_t entity_kind_count = 7;

/// "unknown" for a number that no kind of ours has: damaged bytes, or a newer program's.
[[nodiscard]] std::string_view to_string(EntityKind kind);
[[nodiscard]] bool is_known(EntityKind kind);
[[nodiscard]] std::optional<EntityKind> parse_entity_kind(std::string_view name);

/// The address of an entity.
struct EntityRef {
  EntityKind kind = EntityKind::work_order;
  std::string id;
  auto operator<=>(const EntityRef&) const = default;
};

/// The catalogue is one entity.
inline const EntityRef catalogue_ref{EntityKind::catalogue, "catalogue"};

struct HashOfRef {
  std::size_t operator()(const EntityRef& ref) const {
    return xxh3_64(ref.id) ^ (static_cast<std::size_t>(ref.kind) << 56);
  }
};

using ShardId = std::uint16_t;
/// The shard of an entity: XXH3 of "<kind>/<id>" modulo the shard count, fixed at creation.
[[nodiscard]] ShardId shard_of(const EntityRef& ref, std::uint16_t shard_count);

/// hash(principal, operation, target, Idempotency-Key), or of a reaction's or timer's coordinates.
using CommandId = Hash128;

}  // namespace mf
