#pragma once
// Everything a node can be told, parsed once at start and passed by value. Each member below is
// one key of the same name ("gateway.listen"), described in keys.cpp and docs/configuration.md.
// Values that say "container" are chosen from the container's limits unless somebody sets them.
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace mf::config {

/// A number of bytes; written 65536 or "64KiB".
struct Bytes {
  std::uint64_t count = 0;
  constexpr operator std::uint64_t() const { return count; }
  auto operator<=>(const Bytes&) const = default;
};
constexpr Bytes mib(std::uint64_t n) { return {n << 20}; }
constexpr Bytes gib(std::uint64_t n) { return {n << 30}; }

enum class LogLevel : std::uint8_t { debug, info, warn, error };
/// automatic: text on a terminal, JSON otherwise.
enum class LogFormat : std::uint8_t { automatic, terminal, json };

/// What a phone at the site means, while its technician is on the way.
enum class AtSite : std::uint8_t { nothing, propose, arrive };

struct Gateway {
  std::string listen = "127.0.0.1:8080";
  int threads = 1;  ///< container
  std::vector<std::string> allowed_origins;
  std::vector<std::string> trusted_proxies;
  std::string tls_certificate, tls_key, public_url;
  int connections_max = 8000;
  Duration header_timeout_ms{10'000};
  Duration body_timeout_ms{20'000};
  Duration idle_timeout_ms{75'000};
  Duration stranger_idle_timeout_ms{12'000};
  Duration write_timeout_ms{15'000};
  Duration request_timeout_ms{10'000};
  Duration principal_cache_ms{30'000};
  int inbox_items_max = 100'000;
  Bytes inbox_bytes_max = mib(64);
};

struct Websocket {
  Duration connect_timeout_ms{10'000};
  Duration ping_interval_ms{25'000};
  Duration resend_ms{5'000};
  Duration close_timeout_ms{10'000};
  Bytes queue_bytes_max = mib(1);
  int pending_max = 32;
  int topics_max = 128;
};

struct Admin {
  std::string listen = "127.0.0.1:8081";
  int connections_max = 64;
};

struct Limits {
  int commands_per_second = 20;
  int reads_per_second = 100;
  int subscriptions_per_second = 50;
  int position_frames_per_second = 5;
  int logins_per_minute = 5;
  int logins_per_address_per_minute = 20;
  int orders_per_client_per_day = 200;
  int connections_per_address = 100;
  int streams_per_account = 16;
  Bytes stream_bytes_per_second{std::uint64_t{128} * 1024};
};

struct Storage {
  std::string data_dir = "data";
  std::string keys_dir;  ///< empty: data_dir/keys
  bool create = true;
  int shard_count = 0;      ///< 0: 64 for a new directory, its own for an existing one
  Bytes memory = mib(256);  ///< container
  Bytes wal_bytes_max = mib(64);
  Bytes free_bytes_min = gib(1);
  int free_percent_min = 5;
};

struct Runtime {
  int threads = 2;  ///< container
  int queued_commands_max = 10'000;
  Bytes queued_command_bytes_max = mib(64);
  int queued_per_shard_max = 4'096;
  int queued_per_entity_max = 256;
  int queued_reads_max = 2'000;
  Bytes views_queue_bytes_max = mib(64);
  int batch_commands_max = 512;
  int entities_max = 20'000;  ///< container
  Duration entity_idle_ms{300'000};
  int timers_per_second = 2'000;
};

struct Auth {
  Duration session_ms{24 * 3'600'000LL};
  int hashes_max = 2;
  int logins_waiting_max = 32;
  Bytes hash_memory = mib(19);
  int hash_passes = 2;
  int password_length_min = 10;
  bool administrators_need_totp = false;
  std::string first_password_file;  ///< empty: shown on standard error
  int lockout_failures = 5;
  Duration lockout_ms{30'000};
  Duration lockout_max_ms{3'600'000};
};

struct Dispatch {
  Duration offer_timeout_ms{300'000};
  int offers_max = 3;
  int geofence_m = 200;
  AtSite at_site = AtSite::propose;
  Duration at_site_after_ms{20'000};
  Duration offer_ahead_ms{2 * 3'600'000};
  int offers_per_technician = 2;
  Duration frozen_ms{30 * 60'000};
  Duration search_ms{300};
};

struct Travel {
  std::string service;
  Duration timeout_ms{2'000};
  Duration keep_ms{12 * 3'600'000};
  int speed_kmh = 27;
  int detour_percent = 140;
  std::vector<std::string> hour_percent;
};

struct Orders {
  Duration auto_close_ms{24 * 3'600'000};
  Duration late_after_ms{300'000};
  Duration warranty_ms{30LL * 24 * 3'600'000};
  int time_limit_percent = 200;
};

struct Node {
  Duration drain_timeout_ms{20'000};
  bool trust_wall_clock = false;
};

struct Cluster {
  std::string name;
  std::vector<std::string> etcd;
  std::string node_id, peer_listen, peer_advertise;
  std::string ca, certificate, key;
  std::string etcd_ca, etcd_certificate, etcd_key;
  bool operator==(const Cluster&) const = default;
};

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::automatic;
};

struct Config {
  Gateway gateway;
  Websocket websocket;
  Admin admin;
  Limits limits;
  Storage storage;
  Runtime runtime;
  Auth auth;
  Dispatch dispatch;
  Travel travel;
  Orders orders;
  Node node;
  Cluster cluster;
  Log log;
};

}  // namespace mf::config
