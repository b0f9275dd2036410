#pragma once
#include <memory>
#include <string>

#include "actors/host/runtime.hpp"
#include "base/result.hpp"
#include "gateway/api/options.hpp"

namespace mf::gateway {

/// REST, WebSocket and the admin listener over one runtime. Owns its threads.
/// stop() before the runtime ends; destroy it after (the runtime may still hold its sinks).
class Gateway {
 public:
  Gateway(GatewayOptions options, host::Runtime& runtime, const Clock& clock = system_clock());
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  struct Bound {
    std::string http, admin;  ///< HOST:PORT as bound
  };
  /// Binds and starts the threads. Fails when an address is taken or a certificate is unreadable.
  [[nodiscard]] Result<Bound> start();
  /// Reads the certificate and key again; the old ones stay in use when they can't be read. The
  /// files are also looked at every few seconds.
  void reload_tls();
  /// Stops accepting, says goodbye to every connection and waits until all have left or `time` is
  /// over.
  void drain(Duration time);
  /// Ends the threads. Idempotent.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mf::gateway
