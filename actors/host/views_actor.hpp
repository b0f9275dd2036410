#pragma once
#include <cstddef>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "actors/host/host.hpp"
#include "actors/host/reader_thread.hpp"
#include "actors/host/view_feed.hpp"

namespace mf::host {

/// Which of the view actors keeps a zone.
[[nodiscard]] inline std::size_t view_of(const Id& zone, std::size_t views) {
  return static_cast<std::size_t>(xxh3_64(zone) % views);
}

/// One of several actors that follow every batch of this node: the boards of its zones, whose
/// deltas go to the gateways' sinks at most ten times a second each. Zones are loaded on `reader`,
/// never on the actor's own thread. `feed` and `reader` outlive it.
[[nodiscard]] caf::actor spawn_views(caf::actor_system& system, Host& host, ViewFeed& feed,
                                     ReaderThread& reader);

}  // namespace mf::host
