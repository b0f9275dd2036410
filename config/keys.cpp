#include "config/keys.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mf::config {
namespace {

constexpr std::int64_t second = 1'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::int64_t mega = 1 << 20, giga = 1LL << 30;

constexpr std::string_view levels[] = {"debug", "info", "warn", "error"};
constexpr std::string_view at_site[] = {"nothing", "propose", "arrive"};
constexpr std::string_view formats[] = {"auto", "terminal", "json"};

// One expression gives the key's name and its place, so they cannot differ.
#define MF_KEY(path) #path, [](Config& c) -> Slot { return &c.path; }
#define MF_CHOICE(path, names) \
  #path, [](Config& c) -> Slot { return Choice{reinterpret_cast<unsigned char*>(&c.path), names}; }

// clang-format off
const Key table[] = {
  {MF_KEY(gateway.listen), "Public HTTP and WebSocket address; port 0 picks a free one.", 0, 0, Form::address, "listen"},
  {MF_KEY(gateway.threads), "Threads that serve connections.", 1, 256, Form::any, "", true},
  {MF_KEY(gateway.allowed_origins), "Origins browsers may come from (https://console.example.com). Empty: only the origin a page was served from.", 0, 0, Form::origin},
  {MF_KEY(gateway.trusted_proxies), "Addresses or networks whose forwarded headers are believed (10.0.0.0/8).", 0, 0, Form::network},
  {MF_KEY(gateway.tls_certificate), "PEM file of the certificate chain. Empty: no TLS. Read again on SIGHUP."},
  {MF_KEY(gateway.tls_key), "PEM file of the certificate's private key."},
  {MF_KEY(gateway.public_url), "How browsers reach this node (https://ops.example.com), where a proxy stands in front: decides scheme, cookie, HSTS and the origin of our own pages. Empty: what the connection is.", 0, 0, Form::origin},
  {MF_KEY(gateway.connections_max), "Open connections; lowered at start to what the limit of open files leaves. When nine tenths are there, the oldest idle one without a login makes room.", 1, 1'000'000},
  {MF_KEY(gateway.header_timeout_ms), "From the first byte of a request to the end of its headers.", 100, hour},
  {MF_KEY(gateway.body_timeout_ms), "To receive a body.", 100, hour},
  {MF_KEY(gateway.idle_timeout_ms), "Between two requests on one connection.", 100, day},
  {MF_KEY(gateway.stranger_idle_timeout_ms), "The same where nobody has logged in.", 100, day},
  {MF_KEY(gateway.write_timeout_ms), "For one message to a client that reads too slowly; then the connection is reset, as no close frame fits into a message.", 100, hour},
  {MF_KEY(gateway.request_timeout_ms), "Until a command whose outcome is still unknown is answered so.", 100, hour},
  {MF_KEY(gateway.principal_cache_ms), "How long a checked token is believed; the account's changes end it sooner.", 0, 30 * second},
  {MF_KEY(gateway.inbox_items_max), "Committed batches and board changes that may wait for one thread; beyond it its streams are closed 4508 and resume.", 16, 100'000'000},
  {MF_KEY(gateway.inbox_bytes_max), "The same in bytes.", mega, 1024 * giga},

  {MF_KEY(websocket.connect_timeout_ms), "Until a new stream must have sent its connect frame.", 100, hour},
  {MF_KEY(websocket.ping_interval_ms), "Between two empty messages that a client answers.", second, hour},
  {MF_KEY(websocket.resend_ms), "First wait before an assignment that was not acknowledged is pushed again; doubles each time.", 100, hour},
  {MF_KEY(websocket.close_timeout_ms), "For a slow client to read why it is closed.", 100, hour},
  {MF_KEY(websocket.queue_bytes_max), "Unsent bytes of one session before it is closed with 4508.", 16 << 10, giga},
  {MF_KEY(websocket.pending_max), "Commands of one session that wait for their reply.", 1, 10'000},
  {MF_KEY(websocket.topics_max), "Topics one session may follow.", 1, 10'000},

  {MF_KEY(admin.listen), "Address of /livez, /readyz, /startupz and /metrics.", 0, 0, Form::address, "admin-listen"},
  {MF_KEY(admin.connections_max), "Open connections there.", 1, 10'000},

  {MF_KEY(limits.commands_per_second), "Commands per account and per address; 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.reads_per_second), "Reads (GET and HEAD) per account; 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.subscriptions_per_second), "Subscriptions per account and per address; 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.position_frames_per_second), "Position frames per technician; 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.logins_per_minute), "Login attempts per user name and address; 0 = no limit on logins at all.", 0, 1'000'000},
  {MF_KEY(limits.logins_per_address_per_minute), "Login attempts per address, of whoever had no good login from there before; 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.orders_per_client_per_day), "Orders one client may create a day; beyond it 429 `too_many_orders`; 0 = no limit, as where commands_per_second is 0.", 0, 1'000'000},
  {MF_KEY(limits.connections_per_address), "Connections per client address (IPv4 address, IPv6 /64); four times as many per network (/24, /56). 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.streams_per_account), "Open streams of one account; 0 = no limit.", 0, 1'000'000},
  {MF_KEY(limits.stream_bytes_per_second), "Bytes one account may send over its streams; 0 = no limit.", 0, giga},

  {MF_KEY(storage.data_dir), "Directory of the node's data; one process at a time.", 0, 0, Form::not_empty, "data-dir"},
  {MF_KEY(storage.keys_dir), "Directory of the keys of personal data, kept out of backups. Empty: `keys` in the data directory."},
  {MF_KEY(storage.create), "Make a new data directory where there is none; false refuses to start there (a volume that was not mounted)."},
  {MF_KEY(storage.shard_count), "Shards of a new data directory; 0 makes 64. An existing one keeps its number: another one is refused.", 0, 1'024},
  {MF_KEY(storage.memory), "Caches and write buffers of RocksDB together.", 16 * mega, 1024 * giga, Form::any, "", true},
  {MF_KEY(storage.wal_bytes_max), "Write-ahead log that a start after a crash may have to replay.", 4 * mega, 16 * giga},
  {MF_KEY(storage.free_bytes_min), "Free disk space below which no commands are taken (or the percentage, whichever is more).", 0, 1024 * giga},
  {MF_KEY(storage.free_percent_min), "Free disk space in percent below which no commands are taken.", 0, 50},

  {MF_KEY(runtime.threads), "Threads that run actors.", 1, 256, Form::any, "", true},
  {MF_KEY(runtime.queued_commands_max), "Commands submitted and not yet answered; beyond it 503 with Retry-After.", 16, 10'000'000},
  {MF_KEY(runtime.queued_per_shard_max), "Decided commands of one shard waiting for their commit.", 1, 1'000'000},
  {MF_KEY(runtime.queued_per_entity_max), "Commands waiting for one entity.", 1, 100'000},
  {MF_KEY(runtime.queued_command_bytes_max), "What the bodies of those may hold in memory.", mega, giga},
  {MF_KEY(runtime.queued_reads_max), "Reads of any kind taken and not yet answered; beyond it 503 with Retry-After.", 1, 1'000'000},
  {MF_KEY(runtime.views_queue_bytes_max), "Committed batches that a view has not seen yet; beyond it boards are loaded again.", mega, giga},
  {MF_KEY(runtime.batch_commands_max), "Commands in one commit of one shard.", 1, 100'000},
  {MF_KEY(runtime.entities_max), "Entities kept awake; the longest idle go to sleep first.", 64, 100'000'000, Form::any, "", true},
  {MF_KEY(runtime.entity_idle_ms), "Idle time after which an entity goes to sleep.", 100, day},
  {MF_KEY(runtime.timers_per_second), "Overdue timers fired per second and shard after a restart.", 1, 1'000'000},

  {MF_KEY(auth.session_ms), "Life of a session.", minute, 365 * day},
  {MF_KEY(auth.hashes_max), "Password checks at the same time.", 1, 64},
  {MF_KEY(auth.logins_waiting_max), "Logins that may wait for a password check; beyond it 503.", 1, 10'000},
  {MF_KEY(auth.hash_memory), "Memory of one password check (Argon2id).", 8 * mega, giga},
  {MF_KEY(auth.hash_passes), "Passes of one password check (Argon2id).", 1, 100},
  {MF_KEY(auth.password_length_min), "Shortest password, in visible characters.", 8, 128},
  {MF_KEY(auth.administrators_need_totp), "Administrators without a second factor may only set one up."},
  {MF_KEY(auth.first_password_file), "File, readable by its owner only, for the random password of the first administrator. Empty: it is shown once, on standard error, where a container's log may keep it."},
  {MF_KEY(auth.lockout_failures), "Wrong passwords in a row from one place that lock the user name for that place.", 1, 1'000},
  {MF_KEY(auth.lockout_ms), "First lock; doubles with each further one (but for logins from the machine itself).", second, day},
  {MF_KEY(auth.lockout_max_ms), "Longest lock.", second, 30 * day},

  {MF_KEY(dispatch.offer_timeout_ms), "How long a technician may think about an offer.", second, day},
  {MF_KEY(dispatch.offers_max), "Declined or expired offers after which an order is escalated.", 1, 100},
  {MF_KEY(dispatch.geofence_m), "Distance from the site within which an arrival needs no confirmation.", 10, 100'000},
  {MF_CHOICE(dispatch.at_site, at_site), "What a technician's phone within that distance means while its technician is on the way: nothing; propose: the technician is asked whether this is the arrival; arrive: it is."},
  {MF_KEY(dispatch.at_site_after_ms), "How long it must stay there.", 0, hour},
  {MF_KEY(dispatch.offer_ahead_ms), "Automatic zones: work that begins sooner is offered, other work is planned first.", minute, 2 * day},
  {MF_KEY(dispatch.offers_per_technician), "Automatic zones: offers that wait for one technician's answer at a time.", 1, 64},
  {MF_KEY(dispatch.frozen_ms), "Automatic zones: plans that begin sooner are not improved any more.", 0, 2 * day},
  {MF_KEY(dispatch.search_ms), "How long a search for better plans may take at a time, in spare time and for all zones one after the other; 0: none.", 0, minute},

  {MF_KEY(travel.service), "A road service, http://HOST:PORT, that answers /table/v1/driving as OSRM does; asked beside the planning, and by this node alone. Empty, and while it has no answer: the great circle times the detour.", 0, 0, Form::plain_url},
  {MF_KEY(travel.timeout_ms), "How long it may take for an answer.", 50, minute},
  {MF_KEY(travel.keep_ms), "After which it is asked again about a way.", minute, 30 * day},
  {MF_KEY(travel.speed_kmh), "Speed where no service knows better.", 1, 200},
  {MF_KEY(travel.detour_percent), "Length of a road in percent of the great circle, there.", 100, 500},
  {MF_KEY(travel.hour_percent), "Traffic: how long a way takes in percent of its usual time, for each of the 24 hours of the day in Bogota, from midnight on. Empty: 100.", 0, 0, Form::percent},

  {MF_KEY(orders.auto_close_ms), "After which a completed order closes by itself; 0: never.", 0, 365 * day},
  {MF_KEY(orders.late_after_ms), "Age beyond which what a device reports is flagged as late.", second, 3 * day},
  {MF_KEY(orders.warranty_ms), "Within which an ended order is reopened without an override.", 0, 3650 * day},
  {MF_KEY(orders.time_limit_percent), "Of the estimated duration; more work needs approval.", 100, 10'000},

  {MF_KEY(node.drain_timeout_ms), "From SIGTERM to the end, for what is in flight.", 0, hour},
  {MF_KEY(node.trust_wall_clock), "At the start, believe the machine's clock and not what the data directory knows of the time. For one start, after the alarm clock-skewed, when the machine is right."},

  {MF_KEY(cluster.name), "Name of the cluster. Empty: this node is alone.", 0, 0, Form::any, "cluster"},
  {MF_KEY(cluster.etcd), "Client addresses of etcd.", 0, 0, Form::origin, "etcd"},
  {MF_KEY(cluster.node_id), "This node's name, unique in the cluster and the same after a restart.", 0, 0, Form::any, "node-id"},
  {MF_KEY(cluster.peer_listen), "Address for the other nodes.", 0, 0, Form::address, "peer-listen"},
  {MF_KEY(cluster.peer_advertise), "The same as the other nodes reach it.", 0, 0, Form::address, "peer-advertise"},
  {MF_KEY(cluster.ca), "PEM file of the authority of all nodes' certificates."},
  {MF_KEY(cluster.certificate), "PEM file of this node's certificate for the other nodes."},
  {MF_KEY(cluster.key), "PEM file of that certificate's private key."},
  {MF_KEY(cluster.etcd_ca), "PEM file of the authority of etcd's certificates."},
  {MF_KEY(cluster.etcd_certificate), "PEM file of our certificate for etcd."},
  {MF_KEY(cluster.etcd_key), "PEM file of that certificate's private key."},

  {MF_CHOICE(log.level, levels), "The least important lines that are written."},
  {MF_CHOICE(log.format, formats), "auto: text on a terminal, JSON otherwise."},
};
// clang-format on

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const Key> keys() { return table; }

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Key::name);
  return found == std::end(table) ? nullptr : found;
}

std::string environment_name(std::string_view key) {
  std::string name = "MICROFLOW_";
  for (const char c : key)
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known) {
  std::optional<std::string> best;
  std::size_t distance_min = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& candidate : known) {
    // A name without its section ("listen") is as good as a small slip.
    const bool is_tail = candidate.size() > name.size() && candidate.ends_with(name) &&
                         candidate[candidate.size() - name.size() - 1] == '.';
    const auto distance = is_tail ? 1 : edit_distance(name, candidate);
    if (distance < distance_min) {
      distance_min = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace mf::config
