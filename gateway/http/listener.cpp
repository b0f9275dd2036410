#include "gateway/http/listener.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/http/address.hpp"
#include "gateway/io/sockets.hpp"

namespace mf::gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int accepts_per_turn = 16;
constexpr int send_buffer_size = 128 * 1024;
constexpr auto complaint_interval = std::chrono::seconds(10);

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

Result<tcp::endpoint> endpoint_of(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos)
    return fail(ErrorCode::invalid_argument, address + ": HOST:PORT is needed");
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  std::uint16_t port = 0;
  const auto* end = address.data() + address.size();
  const auto [stop, wrong] = std::from_chars(address.data() + colon + 1, end, port);
  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error || wrong != std::errc() || stop != end)
    return fail(ErrorCode::invalid_argument, address + ": not an address and a port");
  return tcp::endpoint(ip, port);
}

std::string text_of(const tcp::endpoint& endpoint) {
  const auto ip = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(endpoint.port());
}

/// Counts a connection as long as somebody holds it; null when there is no room for it.
std::shared_ptr<void> make_slot(Shared& shared, const std::string& address, bool is_admin) {
  static auto& open = metrics::gauge("microflow_connections", "Open client connections");
  if (is_admin) return take_slot(shared.admin_connections, {});
  // A proxy that is trusted speaks for many: only the total counts for it.
  const bool is_proxy = is_in_network(address, shared.options.trusted_proxies);
  auto slot =
      take_slot(shared.connections, is_proxy ? std::vector<std::string>() : limit_keys(address));
  if (!slot) return nullptr;
  open.add(1);
  return {slot.get(), [slot](void*) mutable {
            slot.reset();
            open.add(-1);
          }};
}

bool is_loopback(const tcp::endpoint& endpoint) { return endpoint.address().is_loopback(); }

}  // namespace

Listener::Listener(Worker& worker, const Site& site, const TlsFiles* tls)
    : worker_(worker),
      site_(site),
      tls_(tls),
      acceptor_(worker.thread.io()),
      pause_(worker.thread.io()) {}

Result<std::string> Listener::bind(const std::string& address, bool is_shared) {
  auto endpoint = endpoint_of(address);
  if (!endpoint) return std::unexpected(std::move(endpoint.error()));
  error_code error;
  acceptor_.open(endpoint->protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && is_shared) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.bind(*endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  // Several are taken in one turn, as long as there are some.
  if (!error) acceptor_.non_blocking(true, error);
  if (error) return fail(ErrorCode::io, "listening on " + address + ": " + error.message());
  warn_of_plain_text(acceptor_.local_endpoint());
  return text_of(acceptor_.local_endpoint());
}

Status Listener::probe(const std::string& address) {
  auto endpoint = endpoint_of(address);
  if (!endpoint) return std::unexpected(std::move(endpoint.error()));
  asio::io_context io;
  tcp::acceptor acceptor(io);
  error_code error;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(1, error);
  if (error) return fail(ErrorCode::io, "listening on " + address + ": " + error.message());
  return {};
}

void Listener::warn_of_plain_text(const tcp::endpoint& endpoint) const {
  if (is_loopback(endpoint)) return;
  if (site_.is_admin)
    log::warn(log::gateway, "admin-beyond-loopback",
              {{"address", text_of(endpoint)}, {"what", "metrics are open to who reaches it"}});
  else if (!tls_ && !worker_.thread.shared().options.public_url.starts_with("https://"))
    log::warn(log::gateway, "plain-http-beyond-loopback",
              {{"address", text_of(endpoint)},
               {"what",
                "passwords travel in clear: set gateway.tls_certificate, or "
                "gateway.public_url behind a proxy that ends TLS"}});
}

void Listener::accept() {
  acceptor_.async_accept(worker_.thread.io().get_executor(),
                         [this](const error_code& error, PlainStream stream) {
                           if (error == asio::error::operation_aborted || !acceptor_.is_open())
                             return;
                           if (error) return pause(error);
                           on_accepted(std::move(stream));
                           accept_waiting();
                           accept();
                         });
}

void Listener::accept_waiting() {
  for (int i = 1; i < accepts_per_turn; ++i) {
    error_code error;
    auto stream = acceptor_.accept(worker_.thread.io().get_executor(), error);
    if (error) return;  // most often: nobody else waits
    on_accepted(std::move(stream));
  }
}

/// Out of descriptors: what is open must go first.
void Listener::pause(const error_code& error) {
  ++failures_;
  if (const auto now = steady_now(); now >= complain_at_) {
    log::warn(log::gateway, "accept-failed",
              {{"why", error.message()}, {"times", std::to_string(failures_)}});
    failures_ = 0;
    complain_at_ = now + complaint_interval;
  }
  worker_.thread.connections().close_idle_stranger();
  pause_.expires_after(std::chrono::milliseconds(100));
  pause_.async_wait([this](const error_code& aborted) {
    if (!aborted) accept();
  });
}

void Listener::on_accepted(PlainStream stream) {
  error_code error;
  const auto peer = stream.remote_endpoint(error);
  if (error) return;
  auto& shared = worker_.thread.shared();
  stream.set_option(tcp::no_delay(true), error);
  bound_socket(stream.native_handle(), send_buffer_size, shared.options.deadlines.write);
  auto address = peer.address().to_string();
  if (!site_.is_admin && shared.connections.is_nearly_full())
    worker_.thread.connections().close_idle_stranger();
  auto slot = make_slot(shared, address, site_.is_admin);
  static auto& refused =
      metrics::counter("microflow_connections_refused_total", "Connections beyond the limits");
  if (!slot) return refused.add();
  if (const auto context = tls_ ? tls_->context() : nullptr)
    return serve(std::move(stream), context, site_, worker_, std::move(address), std::move(slot));
  serve(std::move(stream), site_, worker_, std::move(address), std::move(slot));
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace mf::gateway::http
