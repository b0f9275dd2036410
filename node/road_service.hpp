#pragma once
// Where roads are known: an OSRM-compatible service, over HTTP.
#include <memory>

#include "actors/dispatch/road_asker.hpp"
#include "config/config.hpp"

namespace mf::node {

/// Of the address in the configuration, and nowhere else: redirects are failures. Not for two
/// threads at once.
[[nodiscard]] std::unique_ptr<dispatch::RoadService> make_road_service(
    const config::Travel& config);

}  // namespace mf::node
