#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "base/result.hpp"
#include "gateway/http/session.hpp"
#include "gateway/http/tls.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::http {

/// Accepts on one thread's own socket; the kernel spreads connections over threads.
class Listener {
 public:
  /// `tls` may be null. Both must outlive the listener.
  Listener(Worker& worker, const Site& site, const TlsFiles* tls);
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
  void accept_waiting();
  void pause(const boost::system::error_code& error);
  void warn_of_plain_text(const boost::asio::ip::tcp::endpoint& endpoint) const;

  Worker& worker_;
  const Site& site_;
  const TlsFiles* tls_;
  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  int failures_ = 0;
  SteadyTime complain_at_{};
};

}  // namespace mf::gateway::http
