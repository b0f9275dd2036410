#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "gateway/http/route.hpp"
#include "gateway/ws/accept.hpp"

namespace mf::gateway::http {

/// A set of routes behind a listener.
struct Site {
  const Router& router;
  bool is_admin = false;  ///< no accounts, no limits per stranger, no upgrades
};

/// Speaks HTTP on this connection until it closes; on its thread. `slot` counts the connection.
void serve(PlainStream stream, const Site& site, Worker& worker, std::string address,
           std::shared_ptr<void> slot);
/// The same behind a TLS handshake.
void serve(PlainStream stream, std::shared_ptr<boost::asio::ssl::context> tls, const Site& site,
           Worker& worker, std::string address, std::shared_ptr<void> slot);

}  // namespace mf::gateway::http
