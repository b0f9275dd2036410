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
constexpr Bytes kib(std::uint64_t n) { return {n << 10}; }
constexpr Bytes mib(std::uint64_t n) { return {n << 20}; }
constexpr Bytes gib(std::uint64_t n) { return {n << 30}; }

enum class LogLevel : std::uint8_t { debug, info, warn, error };
/// automatic: text on a terminal, JSON otherwise.
enum class LogFormat : std::uint8_t { automatic, terminal, json };

struct Gateway {
  std::string listen = "127.0.0.1:8080";
  int threads = 1;  ///< container
  std::vector<std::string> allowed_origins;
  std::vector<std::string> trusted_proxies;
  std::string tls_certificate, tls_key;
  int connections_max = 8000;
  Bytes header_bytes_max = kib(8);
  Bytes uri_bytes_max = kib(4);
  Bytes body_bytes_max = kib(60);
  Duration header_timeout_ms{10'000};
  Duration body_timeout_ms{30'000};
  Duration idle_timeout_ms{75'000};
  Duration write_timeout_ms{10'000};
  Duration request_timeout_ms{10'000};
  Duration principal_cache_ms{30'000};
  int principal_cache_max = 20'000;
};

struct Websocket {
  Duration connect_timeout_ms{10'000};
  Duration ping_interval_ms{25'000};
  Bytes frame_bytes_max = kib(64);
  Bytes send_frame_bytes_max = kib(256);
  Bytes queue_bytes_max = mib(1);
  int pending_max = 32;
  int topics_max = 128;
  int messages_per_frame_max = 16;
  bool deflate = false;
  Duration position_interval_ms{1'000};
};

struct Admin {
  std::string listen = "127.0.0.1:8081";
};

struct Limits {
  int commands_per_second = 20;
  int subscriptions_per_second = 50;
  int position_frames_per_second = 5;
  int logins_per_minute = 5;
  int connections_per_address = 100;
};

struct Storage {
  std::string data_dir = "data";
  std::string keys_dir;  ///< empty: data_dir/keys
  int shard_count = 64;
  Bytes memory = mib(256);  ///< container
  int open_files_max = 1'000;
  Bytes batch_bytes_max = kib(256);
  Bytes event_bytes_max = kib(64);
  Bytes state_bytes_max = kib(64);
  Bytes free_bytes_min = gib(1);
  int free_percent_min = 5;
  Duration disk_check_interval_ms{1'000};
  Duration remember_people_ms{24 * 3'600'000LL};
  Duration remember_reactions_ms{7 * 24 * 3'600'000LL};
};

struct Runtime {
  int threads = 2;  ///< container
  int throughput = 200;
  int queued_commands_max = 20'000;
  int queued_per_shard_max = 4'000;
  int queued_per_entity_max = 64;
  int batch_commands_max = 1'024;
  int entities_max = 20'000;  ///< container
  Duration entity_idle_ms{120'000};
  Duration need_timeout_ms{5'000};
  Duration reaction_retry_ms{500};
  Duration reaction_retry_max_ms{60'000};
  int timers_per_second = 1'000;
  Duration board_interval_ms{100};
};

struct Auth {
  Duration session_ms{7 * 24 * 3'600'000LL};
  int hashes_max = 2;
  Bytes hash_memory = mib(19);
  int hash_passes = 2;
  int password_length_min = 10;
  int lockout_failures = 5;
  Duration lockout_ms{60'000};
  Duration lockout_max_ms{3'600'000};
  bool administrators_need_totp = false;
};

struct Dispatch {
  Duration offer_timeout_ms{300'000};
  int offers_max = 3;
  int geofence_m = 200;
};

struct Node {
  Duration drain_timeout_ms{20'000};
};

struct Cluster {
  std::string name;
  std::vector<std::string> etcd;
  std::string node_id, peer_listen, peer_advertise;
  std::string ca, certificate, key;
  std::string etcd_ca, etcd_certificate, etcd_key;
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
  Node node;
  Cluster cluster;
  Log log;
};

}  // namespace mf::config
