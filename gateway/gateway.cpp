#include "gateway/gateway.hpp"

#include <boost/asio/post.hpp>
#include <list>
#include <thread>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/password_pool.hpp"
#include "gateway/documents/documents.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway {
namespace {

constexpr auto certificate_check = std::chrono::seconds(5);
constexpr auto drain_check = std::chrono::milliseconds(20);

double burst(double per_second) { return 2 * per_second; }

}  // namespace

struct Gateway::Impl {
  Impl(GatewayOptions given, host::Runtime& runtime, const Clock& clock)
      : options(std::move(given)),
        operations(runtime.kinds()),
        commands(options.limits.commands_per_second, burst(options.limits.commands_per_second)),
        reads(options.limits.reads_per_second, burst(options.limits.reads_per_second)),
        strangers(options.limits.commands_per_second, burst(options.limits.commands_per_second)),
        subscriptions(options.limits.subscriptions_per_second,
                      burst(options.limits.subscriptions_per_second)),
        position_frames(options.limits.position_frames_per_second,
                        burst(options.limits.position_frames_per_second)),
        stream_bytes(options.limits.stream_bytes_per_second,
                     burst(options.limits.stream_bytes_per_second)),
        connections(options.limits.connections_per_address, options.limits.connections),
        admin_connections(0, options.limits.admin_connections),
        account_streams(options.limits.streams_per_account, 0),
        passwords(static_cast<std::size_t>(options.limits.logins_waiting),
                  options.passwords.hashes_at_once),
        logins(options.limits, options.passwords),
        shared{.options = options,
               .runtime = runtime,
               .operations = operations,
               .commands = commands,
               .reads = reads,
               .strangers = strangers,
               .subscriptions = subscriptions,
               .position_frames = position_frames,
               .stream_bytes = stream_bytes,
               .connections = connections,
               .admin_connections = admin_connections,
               .account_streams = account_streams,
               .passwords = passwords,
               .logins = logins,
               .clock = clock} {
    // Pages of our own come from there, whatever host the proxy asks for.
    if (!options.public_url.empty()) options.allowed_origins.push_back(options.public_url);
    // Where commands aren't counted at all, orders aren't either.
    if (const auto a_day = options.limits.orders_per_client_per_day;
        a_day > 0 && options.limits.commands_per_second > 0)
      shared.orders_per_client = std::make_unique<RateLimiter>(a_day / 86'400, a_day);
    routes::add_all(router, operations);
    routes::add_admin_routes(admin_router);
    shared.openapi = documents::openapi_document(router, runtime.kinds(), options.version);
    shared.openapi_etag = "\"" + to_hex(blake2b_128({shared.openapi}).view()) + "\"";
  }

  Result<Bound> start();
  Status load_certificate();
  Result<Bound> bind();
  void introduce_workers();
  void check_certificate();
  void close_listeners();
  void stop();

  GatewayOptions options;
  Operations operations;
  RateLimiter commands, reads, strangers, subscriptions, position_frames, stream_bytes;
  ConnectionCount connections, admin_connections, account_streams;
  auth::PasswordPool passwords;
  auth::LoginGuard logins;
  Shared shared;
  http::Router router, admin_router;
  http::Site site{router, false}, admin_site{admin_router, true};
  std::unique_ptr<http::TlsFiles> tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::list<http::Listener> listeners;  // number i is on worker i; the last one is the admin's
  std::unique_ptr<boost::asio::steady_timer> certificate_timer;
  std::vector<std::thread> running;
};

Result<Gateway::Bound> Gateway::Impl::start() {
  if (auto loaded = load_certificate(); !loaded) return std::unexpected(std::move(loaded.error()));
  auto bound = bind();
  if (!bound) return bound;
  // Made before the first login needs it.
  passwords.run({}, [this](auth::PasswordPool::Turn turn) {
    if (turn == auth::PasswordPool::Turn::run) static_cast<void>(logins.decoys().for_name({}));
  });
  metrics::gauge("microflow_build_info", "The version that runs, as a label; always 1",
                 {{"version", options.version}})
      .set(1);
  for (auto& listener : listeners) listener.accept();
  if (tls) {
    certificate_timer = std::make_unique<boost::asio::steady_timer>(workers[0]->thread.io());
    check_certificate();
  }
  for (auto& worker : workers) running.emplace_back([&worker] { worker->thread.run(); });
  return bound;
}

Status Gateway::Impl::load_certificate() {
  if (options.tls_certificate.empty() && options.tls_key.empty()) return {};
  if (options.tls_certificate.empty() || options.tls_key.empty())
    return fail(ErrorCode::invalid_argument, "TLS needs a certificate and a key");
  tls = std::make_unique<http::TlsFiles>(options.tls_certificate, options.tls_key);
  shared.is_tls = true;
  return tls->load();
}

Result<Gateway::Bound> Gateway::Impl::bind() {
  Bound bound{options.listen, options.admin_listen};
  const int count = std::max(options.threads, 1);
  if (auto free = http::Listener::probe(options.listen); !free)
    return std::unexpected(std::move(free.error()));
  for (int i = 0; i < count; ++i) {
    workers.push_back(std::make_unique<Worker>(shared));
    auto& listener = listeners.emplace_back(*workers.back(), site, tls.get());
    // The first one chooses the port; the others share it.
    auto address = listener.bind(bound.http, count > 1);
    if (!address) return std::unexpected(std::move(address.error()));
    bound.http = *address;
  }
  introduce_workers();
  auto& listener = listeners.emplace_back(*workers[0], admin_site, nullptr);
  auto address = listener.bind(options.admin_listen, false);
  if (!address) return std::unexpected(std::move(address.error()));
  bound.admin = *address;
  return bound;
}

void Gateway::Impl::introduce_workers() {
  std::vector<auth::Principals*> everybody;
  everybody.reserve(workers.size());
  for (auto& worker : workers) everybody.push_back(&worker->principals);
  for (auto& worker : workers) {
    worker->principals.tell(everybody);
    std::vector<topics::Positions*> others;
    for (auto& other : workers)
      if (other != worker) others.push_back(&other->hub.positions());
    worker->hub.positions().tell(std::move(others));
  }
}

void Gateway::Impl::check_certificate() {
  certificate_timer->expires_after(certificate_check);
  certificate_timer->async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const auto changed = tls->load_if_changed();
    if (!changed)
      log::warn(log::gateway, "certificate-unreadable", {{"why", changed.error().message}});
    else if (*changed) log::info(log::gateway, "certificate-reloaded");
    check_certificate();
  });
}

void Gateway::Impl::close_listeners() {
  std::size_t i = 0;
  for (auto& listener : listeners) {
    // The admin listener keeps telling that we drain.
    const bool is_admin = i == workers.size();
    if (!is_admin) boost::asio::post(workers[i]->thread.io(), [&listener] { listener.close(); });
    ++i;
  }
}

void Gateway::Impl::stop() {
  for (auto& worker : workers) worker->thread.stop();
  for (auto& thread : running)
    if (thread.joinable()) thread.join();
  running.clear();
  // Last: waiting jobs hold connections, which are dropped here now that their threads are gone.
  // Running ones post to a thread that never takes it, and dies with it.
  passwords.stop();
}

Gateway::Gateway(GatewayOptions options, host::Runtime& runtime, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), runtime, clock)) {}

Gateway::~Gateway() { stop(); }

Result<Gateway::Bound> Gateway::start() { return impl_->start(); }

void Gateway::reload_tls() {
  if (!impl_->tls) return;
  // On the thread that checks the files: one reader at a time.
  boost::asio::post(impl_->workers[0]->thread.io(), [this] {
    if (auto loaded = impl_->tls->load(); !loaded)
      log::warn(log::gateway, "certificate-unreadable", {{"why", loaded.error().message}});
    else log::info(log::gateway, "certificate-reloaded");
  });
}

void Gateway::drain(Duration time) {
  impl_->close_listeners();
  for (auto& worker : impl_->workers) worker->thread.drain(time);
  const auto end = std::chrono::steady_clock::now() + time;
  while (impl_->connections.total() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(drain_check);
}

void Gateway::stop() { impl_->stop(); }

}  // namespace mf::gateway
