#pragma once
// From the configuration to what each part is told.
#include <filesystem>
#include <functional>
#include <string>

#include "actors/dispatch/dispatcher.hpp"
#include "actors/host/local_runtime.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "config/config.hpp"
#include "gateway/api/options.hpp"
#include "storage/rocks/rocks_store.hpp"

namespace mf::node {

[[nodiscard]] storage::RocksOptions rocks_options(const config::Config& config,
                                                  std::function<void(const Error&)> on_stopped);
[[nodiscard]] std::filesystem::path keys_directory(const config::Config& config);
[[nodiscard]] host::RuntimeOptions runtime_options(const config::Config& config,
                                                   std::function<void(const std::string&)> fatal);
[[nodiscard]] dispatch::Settings dispatch_settings(const config::Config& config);
[[nodiscard]] dispatch::RoadSettings road_settings(const config::Travel& config);
[[nodiscard]] work_order::WorkOrderPolicy work_order_policy(const config::Config& config);
[[nodiscard]] gateway::GatewayOptions gateway_options(const config::Config& config);
/// Call before threads start.
void configure_log(const config::Config& config);

}  // namespace mf::node
