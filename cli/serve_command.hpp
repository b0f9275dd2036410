#pragma once
#include "config/config.hpp"
#include "node/node.hpp"

namespace mf::cli {

/// `microflow serve`: runs a node until SIGTERM or SIGINT, drains it and returns 0; 1 when it
/// could not start or could not go on. SIGHUP reads the TLS files again. Call on the main thread,
/// before any other thread exists.
[[nodiscard]] int serve(const config::Config& config,
                        node::PersonKeys keys = node::PersonKeys::must_be_whole);

}  // namespace mf::cli
