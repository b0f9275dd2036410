#pragma once
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "actors/host/host.hpp"

namespace mf::host {

/// The shell of one shard: routes mail to its entity actors, their proposals to its ShardCore, and
/// the core's commits to the store. Recovers on its first turn, and tells Host::shard_states; a
/// shard that is closed tries again now and then.
[[nodiscard]] caf::actor spawn_shard(caf::actor_system& system, Host& host, ShardId shard);

}  // namespace mf::host
