#include "actors/shard/batch_reactions.hpp"

namespace mf::shard {

Result<std::vector<std::vector<entity::Reaction>>> reactions_of(const storage::Batch& batch,
                                                                const entity::Kinds& kinds,
                                                                entity::KeyRing& keys) {
  std::vector<std::vector<entity::Reaction>> reactions;
  for (const auto& entry : batch.entries) {
    const auto& kind = kinds.of(entry.entity.kind);
    for (const auto& stored : entry.events) {
      const auto opened = kind.open(entry.entity.id, stored.type, stored.schema, stored.json, keys);
      if (!opened) return std::unexpected(opened.error());
      reactions.push_back(kind.react(entry.entity.id, *opened));
    }
  }
  return reactions;
}

}  // namespace mf::shard
