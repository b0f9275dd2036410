#pragma once
// The runtime of one node: CAF actors behind the Runtime port. No CAF in here.
#include <functional>
#include <memory>

#include "actors/host/runtime.hpp"
#include "base/time.hpp"
#include "storage/store.hpp"

namespace mf::host {

struct RuntimeOptions {
  unsigned threads = 2;                 ///< of the actor scheduler
  std::uint64_t commands_max = 10'000;  ///< submitted and not yet answered; beyond: overloaded
  std::uint64_t queued_command_bytes_max = std::uint64_t{64} << 20;  ///< their bodies; likewise
  std::size_t entities_max = 200'000;                                ///< awake, all shards together
  Duration entity_idle = std::chrono::minutes(5);
  std::size_t queued_per_entity_max = 256;  ///< commands behind a running one; beyond: overloaded
  std::size_t queued_per_shard_max = 4096;  ///< decided commands waiting for their commit
  std::uint64_t queued_reads_max = 2'000;   ///< of any kind, not yet answered
  /// Committed batches that a view has not seen yet; beyond, it begins anew (BoardDelta::is_lost).
  std::uint64_t views_queue_bytes_max = std::uint64_t{64} << 20;
  std::size_t batch_commands_max = 512;  ///< in one commit of one shard
  int timers_per_second = 2'000;         ///< overdue ones, per shard
  /// Called when going on could lose or double something; must not return to serving.
  std::function<void(const std::string& why)> fatal;
};

/// A Runtime with a beginning and an end.
class LocalRuntime : public Runtime {
 public:
  /// Waits until every shard has opened or said why it can't (see health()); false after
  /// `patience`.
  [[nodiscard]] virtual bool wait_until_recovered(Duration patience) = 0;
  /// Refuses new commands (`unavailable`) and waits until what is in flight is answered, at most
  /// `patience`. Then ends all actors. Idempotent.
  virtual void stop(Duration patience) = 0;
  /// For tests with a clock of their own: everything that is due now happens now.
  virtual void wake() = 0;
};

/// Spawns all shards of the store. `kinds`, `keys`, `store` and `clock` must outlive the runtime.
/// Takes over Store::on_results.
[[nodiscard]] std::unique_ptr<LocalRuntime> start_runtime(const entity::Kinds& kinds,
                                                          entity::KeyRing& keys,
                                                          storage::Store& store, const Clock& clock,
                                                          RuntimeOptions options);

}  // namespace mf::host
