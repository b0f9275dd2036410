#pragma once
// Entities as they lie in storage, read without waking their actors.
#include <memory>
#include <optional>
#include <string>

#include "actors/entity/kind.hpp"
#include "storage/store.hpp"

namespace mf::entity {

struct Stored {
  std::uint64_t version = 0;
  std::unique_ptr<entity::Entity> entity;
};

/// nullopt when there is none (any more), or what lies there can't be read (logged).
[[nodiscard]] std::optional<Stored> load(const storage::Reader& reader, const entity::Kinds& kinds,
                                         ShardId shard, const EntityRef& ref);

/// A row as lists and boards carry it: Entity::row or view with its version, and `kind` if given.
/// `object` starts with {"id":…}.
[[nodiscard]] std::string with_version(std::string_view object, std::uint64_t version,
                                       std::string_view kind = {});

}  // namespace mf::entity
