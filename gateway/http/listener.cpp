#include "gateway/http/listener.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "gateway/http/address.hpp"

namespace mf::gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

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

/// Counts a connection as long as somebody holds it.
std::shared_ptr<void> make_slot(Shared& shared, const std::string& address) {
  static auto& open = metrics::gauge("microflow_connections", "Open client connections");
  const bool is_proxy = is_in_network(address, shared.options.trusted_proxies);
  const auto key = limit_key(address);
  if (!shared.connections.enter(key, is_proxy)) return nullptr;
  open.add(1);
  return {&shared.connections, [key](ConnectionCount* of) {
            of->leave(key);
            open.add(-1);
          }};
}

}  // namespace

Listener::Listener(IoThread& thread, const Site& site, const TlsFiles* tls)
    : thread_(thread), site_(site), tls_(tls), acceptor_(thread.io()), pause_(thread.io()) {}

Result<std::string> Listener::bind(const std::string& address, bool is_shared) {
  auto endpoint = endpoint_of(address);
  if (!endpoint) return std::unexpected(std::move(endpoint.error()));
  error_code error;
  acceptor_.open(endpoint->protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && is_shared) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.bind(*endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(ErrorCode::io, "listening on " + address + ": " + error.message());
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

void Listener::accept() {
  acceptor_.async_accept(thread_.io().get_executor(),
                         [this](const error_code& error, PlainStream stream) {
                           if (error == asio::error::operation_aborted || !acceptor_.is_open())
                             return;
                           if (!error) {
                             on_accepted(std::move(stream));
                             return accept();
                           }
                           // Out of descriptors: what is open must go first.
                           log::warn(log::gateway, "accept-failed", {{"why", error.message()}});
                           pause_.expires_after(std::chrono::milliseconds(100));
                           pause_.async_wait([this](const error_code& aborted) {
                             if (!aborted) accept();
                           });
                         });
}

void Listener::on_accepted(PlainStream stream) {
  error_code error;
  const auto peer = stream.remote_endpoint(error);
  if (error) return;
  stream.set_option(tcp::no_delay(true), error);
  auto address = peer.address().to_string();
  std::shared_ptr<void> slot;
  if (!site_.is_admin) {
    slot = make_slot(thread_.shared(), address);
    static auto& refused =
        metrics::counter("microflow_connections_refused_total", "Connections beyond the limits");
    if (!slot) return refused.add();
  }
  if (const auto context = tls_ ? tls_->context() : nullptr)
    return serve(std::move(stream), context, site_, thread_, std::move(address), std::move(slot));
  serve(std::move(stream), site_, thread_, std::move(address), std::move(slot));
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace mf::gateway::http
