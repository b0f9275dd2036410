#pragma once
// How http/ hands a connection over. The only header both halves of the gateway share that knows
// Asio's streams.
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/api/identity.hpp"
#include "gateway/texts/language.hpp"

namespace mf::gateway {

struct Worker;

using PlainStream =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using TlsStream = boost::asio::ssl::stream<PlainStream>;

namespace ws {

/// A well-formed GET /v1/stream with Upgrade. Identity, Origin (for browsers) and limits are
/// checked; the WebSocket headers themselves are not.
struct Upgrade {
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  auth::IdentityPtr identity;  ///< null: only a tracking token in `connect` may follow
  std::string address;         ///< of the client, as limits count it
  std::shared_ptr<void> slot;  ///< counts the connection while it lives
  std::string request_id;      ///< the response to the upgrade carries it
  std::optional<texts::Language> language = {};  ///< that the request prefers
};

/// On the stream's thread. Owns the stream from here on.
void accept(PlainStream stream, Upgrade upgrade, Worker& worker);
void accept(TlsStream stream, Upgrade upgrade, Worker& worker);

}  // namespace ws
}  // namespace mf::gateway
