#pragma once
// The dispatchers of a node, alive: one for each zone of the catalogue. Those that are `off` decide
// nothing, but tell clients when somebody will be there and answer who could do an order.
#include <memory>

#include "actors/dispatch/dispatcher.hpp"
#include "actors/host/runtime.hpp"
#include "base/time.hpp"

namespace mf::dispatch {

/// Follows the catalogue and the boards through the runtime's port as everybody does, sends what
/// the dispatchers decide as commands of the system, and tells of it: a log line for each decision,
/// metrics, a report for each zone (Runtime::tell). All on one thread of its own, but for the
/// search in spare time, which has another: planning holds up no actor and no connection.
class Dispatchers {
 public:
  /// `runtime` and `clock` must live until stop().
  Dispatchers(host::Runtime& runtime, const Clock& clock, Settings settings);
  /// After the runtime's: it may still hold this one's sink.
  ~Dispatchers();
  Dispatchers(const Dispatchers&) = delete;
  Dispatchers& operator=(const Dispatchers&) = delete;

  /// Ends the thread; before the runtime is. Idempotent.
  void stop();
  /// For tests with a clock of their own: looks at the hour now.
  void wake();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mf::dispatch
