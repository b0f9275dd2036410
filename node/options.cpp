#include "node/options.hpp"

#include <unistd.h>

#include "base/log.hpp"

namespace mf::node {

storage::RocksOptions rocks_options(const config::Config& config,
                                    std::function<void(const Error&)> on_stopped) {
  const auto& from = config.storage;
  return {.data_dir = from.data_dir,
          .shard_count = static_cast<std::uint16_t>(from.shard_count),
          .create_if_missing = from.create,
          .memory_bytes_max = from.memory,
          .wal_bytes_max = from.wal_bytes_max,
          .free_bytes_min = from.free_bytes_min,
          .free_percent_min = from.free_percent_min,
          .on_stopped = std::move(on_stopped)};
}

std::filesystem::path keys_directory(const config::Config& config) {
  const std::filesystem::path given = config.storage.keys_dir;
  return given.empty() ? std::filesystem::path(config.storage.data_dir) / "keys" : given;
}

host::RuntimeOptions runtime_options(const config::Config& config,
                                     std::function<void(const std::string&)> fatal) {
  const auto& from = config.runtime;
  return {.threads = static_cast<unsigned>(from.threads),
          .commands_max = static_cast<std::uint64_t>(from.queued_commands_max),
          .queued_command_bytes_max = from.queued_command_bytes_max,
          .entities_max = static_cast<std::size_t>(from.entities_max),
          .entity_idle = from.entity_idle_ms,
          .queued_per_entity_max = static_cast<std::size_t>(from.queued_per_entity_max),
          .queued_per_shard_max = static_cast<std::size_t>(from.queued_per_shard_max),
          .queued_reads_max = static_cast<std::uint64_t>(from.queued_reads_max),
          .views_queue_bytes_max = from.views_queue_bytes_max,
          .batch_commands_max = static_cast<std::size_t>(from.batch_commands_max),
          .timers_per_second = from.timers_per_second,
          .fatal = std::move(fatal)};
}

dispatch::Settings dispatch_settings(const config::Config& config) {
  return {.offer_ahead = config.dispatch.offer_ahead_ms,
          .offers_per_technician = config.dispatch.offers_per_technician,
          .frozen = config.dispatch.frozen_ms,
          .search = config.dispatch.search_ms};
}

dispatch::RoadSettings road_settings(const config::Travel& config) {
  dispatch::RoadSettings settings;
  settings.road = {.detour = config.detour_percent / 100.0,
                   .metres_per_second = config.speed_kmh / 3.6};
  const auto& hours = config.hour_percent;
  if (hours.empty()) return settings;
  auto& factors = settings.factors.emplace();
  for (std::size_t hour = 0; hour < factors.size(); ++hour)
    factors[hour] = std::stod(hours[hour]) / 100;
  return settings;
}

work_order::WorkOrderPolicy work_order_policy(const config::Config& config) {
  return {.offer_timeout = config.dispatch.offer_timeout_ms,
          .offers_max = config.dispatch.offers_max,
          .geofence_m = static_cast<double>(config.dispatch.geofence_m),
          .at_site = static_cast<work_order::AtSite>(config.dispatch.at_site),
          .auto_close_after = config.orders.auto_close_ms,
          .late_after = config.orders.late_after_ms,
          .time_limit_percent = config.orders.time_limit_percent,
          .warranty = config.orders.warranty_ms};
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
  options.public_url = from.public_url;
  options.limits.commands_per_second = config.limits.commands_per_second;
  options.limits.reads_per_second = config.limits.reads_per_second;
  options.limits.subscriptions_per_second = config.limits.subscriptions_per_second;
  options.limits.position_frames_per_second = config.limits.position_frames_per_second;
  options.limits.logins_per_minute = config.limits.logins_per_minute;
  options.limits.logins_per_address_per_minute = config.limits.logins_per_address_per_minute;
  options.limits.orders_per_client_per_day = config.limits.orders_per_client_per_day;
  options.limits.connections_per_address = config.limits.connections_per_address;
  options.limits.connections = from.connections_max;
  options.limits.admin_connections = config.admin.connections_max;
  options.limits.streams_per_account = config.limits.streams_per_account;
  options.limits.stream_bytes_per_second =
      static_cast<double>(config.limits.stream_bytes_per_second);
  options.inbox = {static_cast<std::size_t>(from.inbox_items_max), from.inbox_bytes_max};
  options.deadlines.header = from.header_timeout_ms;
  options.deadlines.body = from.body_timeout_ms;
  options.deadlines.idle = from.idle_timeout_ms;
  options.deadlines.stranger_idle = from.stranger_idle_timeout_ms;
  options.deadlines.write = from.write_timeout_ms;
  options.deadlines.command = from.request_timeout_ms;
  options.limits.logins_waiting = config.auth.logins_waiting_max;
  options.stream.ping = config.websocket.ping_interval_ms;
  options.stream.connect = config.websocket.connect_timeout_ms;
  options.stream.resend_after = config.websocket.resend_ms;
  options.stream.close_grace = config.websocket.close_timeout_ms;
  options.stream.queue_bytes = config.websocket.queue_bytes_max;
  options.stream.pending_commands = config.websocket.pending_max;
  options.stream.topics = config.websocket.topics_max;
  options.fence = {config.dispatch.at_site != config::AtSite::nothing,
                   static_cast<double>(config.dispatch.geofence_m),
                   config.dispatch.at_site_after_ms};
  options.passwords.memory_bytes = config.auth.hash_memory;
  options.passwords.passes = config.auth.hash_passes;
  options.passwords.hashes_at_once = config.auth.hashes_max;
  options.passwords.size_min = config.auth.password_length_min;
  options.passwords.administrators_need_totp = config.auth.administrators_need_totp;
  options.passwords.failures_before_lock = config.auth.lockout_failures;
  options.passwords.lock = config.auth.lockout_ms;
  options.passwords.lock_max = config.auth.lockout_max_ms;
  options.session_lifetime = config.auth.session_ms;
  options.principal_cache = from.principal_cache_ms;
  return options;
}

void configure_log(const config::Config& config) {
  const bool is_terminal = config.log.format == config::LogFormat::terminal ||
                           (config.log.format == config::LogFormat::automatic && isatty(2));
  log::configure(static_cast<log::Level>(config.log.level),
                 is_terminal ? log::Format::terminal : log::Format::json);
}

}  // namespace mf::node
