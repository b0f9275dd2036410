#pragma once
// Entities as they lie in storage, read without waking their actors.
#include <memory>
#include <optional>
#include <string>

#include "actors/entity/kind.hpp"
#include "storage/records.hpp"
#include "storage/store.hpp"

namespace mf::entity {

struct Stored {
  storage::StateHeader header;             ///< version 0 when nothing is stored
  std::unique_ptr<entity::Entity> entity;  ///< empty then; never null
  [[nodiscard]] bool exists() const { return header.version > 0; }
};

/// `corrupt` when what lies there can't be read. Throws storage::ReadFailed.
[[nodiscard]] Result<Stored> load(const storage::Reader& reader, const Kind& kind, ShardId shard,
                                  const EntityRef& ref, KeyRing& keys);
/// With the keys of Kinds::open_with().
[[nodiscard]] Result<Stored> load(const storage::Reader& reader, const Kinds& kinds, ShardId shard,
                                  const EntityRef& ref);
/// For lists and boards, which go on without it: nullopt when there is none, or when it can't be
/// read: that is logged, and sets `is_unreadable`.
[[nodiscard]] std::optional<Stored> load_if_readable(const storage::Reader& reader,
                                                     const Kinds& kinds, ShardId shard,
                                                     const EntityRef& ref, bool& is_unreadable);

/// A row as lists and boards carry it: Entity::row or view with its version, and `kind` if given.
/// `object` starts with {"id":…}.
[[nodiscard]] std::string row_with_version(std::string_view object, std::uint64_t version,
                                           std::string_view kind = {});

}  // namespace mf::entity
