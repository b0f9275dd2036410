#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/version.hpp"

namespace mf::gateway {

/// Everything the gateway may be told; node/ fills it from the configuration. 0 switches a rate
/// limit off.
struct GatewayOptions {
  std::string listen = "127.0.0.1:8080";  ///< HOST:PORT, port 0 picks a free one
  std::string admin_listen = "127.0.0.1:8081";
  int threads = 1;
  std::vector<std::string> allowed_origins;  ///< "https://ops.example.com", exact
  std::vector<std::string> trusted_proxies;  ///< networks whose X-Forwarded-For is believed
  std::string tls_certificate, tls_key;      ///< PEM files; both or none
  /// "https://ops.example.com": how browsers reach us, where a proxy stands in front. Decides
  /// scheme, cookie, HSTS and the Origin of our own pages. Empty: what the connection is.
  std::string public_url;
  std::string node_id = "local", cluster = "local", version = std::string(mf::version());

  struct Limits {
    double commands_per_second = 20;  ///< per account; and per address without a login
    double reads_per_second = 100;    ///< GET and HEAD, per account
    double subscriptions_per_second = 50;
    double position_frames_per_second = 5;
    double logins_per_minute = 5;               ///< per name and place
    double logins_per_address_per_minute = 20;  ///< of places that never logged in well
    double orders_per_client_per_day = 200;
    int connections_per_address = 100;  ///< four times as many per network, and again around that
    int connections = 15'000;           ///< of the whole node
    int admin_connections = 64;         ///< on the admin listener
    int streams_per_account = 16;
    double stream_bytes_per_second = 128 * 1024;  ///< that one account may send
    int logins_waiting = 32;                      ///< for one of Passwords::hashes_at_once
  } limits;

  struct Deadlines {
    Duration header{10'000};  ///< first byte (or accept) to the blank line
    Duration body{20'000};
    Duration idle{75'000};           ///< between two requests of one connection
    Duration stranger_idle{12'000};  ///< the same where nobody has logged in
    Duration write{15'000};          ///< one response
    Duration command{10'000};        ///< how long a caller waits for its commit
  } deadlines;

  struct Stream {
    Duration ping{25'000};         ///< `{}` goes out this often, to be answered once
    Duration connect{10'000};      ///< the handshake to `connect`
    Duration resend_after{5'000};  ///< unacked assignments: after 1, 2 and 4 times this
    Duration close_grace{10'000};  ///< for a slow client to read its closing code
    std::size_t queue_bytes = std::size_t{1024} * 1024;  ///< per session; beyond it: 4508
    int pending_commands = 32;                           ///< beyond: 429
    int topics = 128;                                    ///< per session
  } stream;

  struct InboxBounds {
    std::size_t items_max = 100'000;  ///< committed batches and board changes that wait
    std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
  } inbox;  ///< of each thread; beyond it its streams close 4508

  struct AtSite {
    bool is_watched = true;
    double radius_m = 200;
    Duration stay{20'000};  ///< so long a phone must be there
  } fence;

  struct Passwords {
    std::uint64_t memory_bytes = 19 << 20;  ///< of one Argon2id hash
    int passes = 2;
    int hashes_at_once = 2;
    int size_min = 10;  ///< characters of a new password
    bool administrators_need_totp = false;
    std::string device_key;  ///< proves the cookies of devices; empty: a new one in each process
    int failures_before_lock = 5;
    Duration lock{30'000}, lock_max{3'600'000};  ///< doubled with each failure
  } passwords;

  Duration session_lifetime = std::chrono::hours(24);
  Duration principal_cache = std::chrono::seconds(30);
};

}  // namespace mf::gateway
