#pragma once
#include <vector>

#include "actors/entity/kind.hpp"
#include "storage/batch.hpp"

namespace mf::shard {

/// What a stored batch causes in other entities: one list per event, in the events' order. Pure but
/// for the keys that open personal members; those of an erased person are empty. An error: an event
/// can't be read.
[[nodiscard]] Result<std::vector<std::vector<entity::Reaction>>> reactions_of(
    const storage::Batch& batch, const entity::Kinds& kinds, entity::KeyRing& keys);

}  // namespace mf::shard
