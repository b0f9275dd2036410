#pragma once
#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

#include "actors/host/host.hpp"

namespace mf::host {

/// The shell of one entity: gives mail to its EntityCore and the core's effects to the shard.
/// Spawned by its shard actor, ends when it is passivated or the shard closes.
struct LifeOfShard {
  ShardId shard = 0;
  std::uint64_t life = 0;  ///< travels back in its mail: a shard that opens again is another
};
[[nodiscard]] caf::actor spawn_entity(caf::event_based_actor& shard, Host& host, EntityRef ref,
                                      LifeOfShard life);

}  // namespace mf::host
