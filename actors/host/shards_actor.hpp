#pragma once
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "actors/host/host.hpp"

namespace mf::host {

/// The shell of every `of`-th shard from `first` on (Host::owner_of). One mail may bring work for
/// many of them; what they have for the journal, for followers and for callers goes out at the end
/// of the turn together. Between threads a mail costs more than the work of a command.
[[nodiscard]] caf::actor spawn_shards(caf::actor_system& system, Host& host, std::size_t first,
                                      std::size_t of);

}  // namespace mf::host
