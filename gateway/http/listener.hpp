#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "base/result.hpp"
#include "gateway/http/session.hpp"
#include "gateway/http/tls.hpp"
#include "gateway/io/io_thread.hpp"

namespace mf::gateway::http {

/// Accepts on one thread's own socket; the kernel spreads connections over threads.
class Listener {
 public:
  /// `tls` may be null. Both must outlive the listener.
  Listener(IoThread& thread, const Site& site, const TlsFiles* tls);
  /// "HOST:PORT", "[::1]:0". Before the thread runs. Gives the address as bound.
  /// `is_shared`: our other threads bind it too (SO_REUSEPORT). So could another process of this
  /// user: probe() first.
  [[nodiscard]] Result<std::string> bind(const std::string& address, bool is_shared);
  /// Fails when somebody listens there already.
  [[nodiscard]] static Status probe(const std::string& address);
  /// On the thread, once it runs, or before.
  void accept();
  /// On the thread.
  void close();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                      boost::asio::io_context::executor_type>;
  void on_accepted(PlainStream stream);

  IoThread& thread_;
  const Site& site_;
  const TlsFiles* tls_;
  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace mf::gateway::http
