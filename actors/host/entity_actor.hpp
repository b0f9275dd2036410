#pragma once
#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

#include "actors/host/host.hpp"

namespace mf::host {

/// The shell of one entity: gives mail to its EntityCore and the core's effects to the shard.
/// Spawned by its shard actor, ends when it is passivated or the shard closes.
[[nodiscard]] caf::actor spawn_entity(caf::event_based_actor& shard, Host& host, EntityRef ref,
                                      ShardId shard_id);

}  // namespace mf::host
