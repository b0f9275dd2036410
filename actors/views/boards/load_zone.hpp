#pragma once
// What a zone's board begins with: the open orders and technicians that are durable now.
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actors/entity/kind.hpp"
#include "base/id.hpp"
#include "storage/store.hpp"

namespace mf::views {

struct LoadedRow {
  EntityRef ref;
  std::uint64_t version = 0;
  std::shared_ptr<const entity::Entity> state;
};
struct LoadedZone {
  std::vector<LoadedRow> rows;
  std::size_t left_out = 0;  ///< found no room, or could not be read (logged)
};

/// Walks the open orders of the whole company, so it belongs on a thread that may block. `shards`:
/// all there are. Throws ReadFailed.
[[nodiscard]] LoadedZone load_zone(const storage::Reader& reader, const entity::Kinds& kinds,
                                   std::span<const ShardId> shards, const Id& zone,
                                   std::size_t rows_max);

/// The zones on whose board a thing is.
[[nodiscard]] std::vector<Id> boards_of(EntityKind kind, const entity::Concerns& concerns);

}  // namespace mf::views
