#include "node/options.hpp"

namespace mf::node {

storage::RocksOptions rocks_options(const config::Config& config,
                                    std::function<void(const Error&)> on_stopped) {
  const auto& from = config.storage;
  return {.data_dir = from.data_dir,
          .shard_count = static_cast<std::uint16_t>(from.shard_count),
          .memory_bytes_max = from.memory,
          .free_bytes_min = from.free_bytes_min,
          .free_percent_min = from.free_percent_min,
          .on_stopped = std::move(on_stopped)};
}

std::filesystem::path keys_directory(const config::Config& config) {
  const std::filesystem::path given = config.storage.keys_dir;
  return given.empty() ? std::filesystem::path(config.storage.data_dir) / "keys" : given;
}

runtime::RuntimeOptions runtime_options(const config::Config& config,
                                        std::function<void(const std::string&)> fatal) {
  const auto& from = config.runtime;
  return {.threads = static_cast<unsigned>(from.threads),
          .commands_max = static_cast<std::uint64_t>(from.queued_commands_max),
          .entities_max = static_cast<std::size_t>(from.entities_max),
          .entity_idle = from.entity_idle_ms,
          .fatal = std::move(fatal)};
}

work_order::WorkOrderPolicy work_order_policy(const config::Config& config) {
  return {.offer_timeout = config.dispatch.offer_timeout_ms,
          .offers_max = config.dispatch.offers_max,
          .geofence_m = static_cast<double>(config.dispatch.geofence_m)};
}

gateway::GatewayOptions gateway_options(const config::Config& config) {
  const auto& from = config.gateway;
  gateway::GatewayOptions options;
  options.listen = from.listen;
  options.admin_listen = config.admin.listen;
  options.threads = from.threads;
  options.allowed_origins = from.allowed_origins;
  options.trusted_proxies = from.trusted_proxies;
  options.tls_certificate = from.tls_certificate;
  options.tls_key = from.tls_key;
  options.limits.commands_per_second = config.limits.commands_per_second;
  options.limits.subscriptions_per_second = config.limits.subscriptions_per_second;
  options.limits.position_frames_per_second = config.limits.position_frames_per_second;
  options.limits.logins_per_minute = config.limits.logins_per_minute;
  options.limits.connections_per_address = config.limits.connections_per_address;
  options.limits.connections = from.connections_max;
  options.deadlines.header = from.header_timeout_ms;
  options.deadlines.body = from.body_timeout_ms;
  options.deadlines.idle = from.idle_timeout_ms;
  options.deadlines.write = from.write_timeout_ms;
  options.deadlines.command = from.request_timeout_ms;
  options.session_lifetime = config.auth.session_ms;
  options.principal_cache = from.principal_cache_ms;
  return options;
}

}  // namespace mf::node
