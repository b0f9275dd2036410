#pragma once
// One node of MicroFlow in this process: storage, actors, gateway, wired together. The composition
// root: only node/ sees everything.
#include <memory>
#include <stop_token>
#include <string>

#include "actors/host/runtime.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "node/first_administrator.hpp"
#include "node/system_door.hpp"
#include "storage/keys.hpp"

namespace mf::node {

/// closed: no listeners and no timers, for commands that work on a directory nobody serves.
enum class Doors { open, closed };
/// accept_loss: goes on without keys of persons that are missing or damaged, and makes new ones.
enum class PersonKeys { must_be_whole, accept_loss };

class Node {
 public:
  /// Opens (or creates) the data directory and recovers every shard. With open doors also listens,
  /// and then makes the first administrator of an empty store: a port that is taken must not cost
  /// the password. A shard that can't be opened is told and left out: the rest serves. Recovering
  /// takes as long as it takes, and logs how far it is; `stopping` ends it. The error says what to
  /// do.
  [[nodiscard]] static Result<std::unique_ptr<Node>> start(
      const config::Config& config, Doors doors = Doors::open, FirstPassword first_password = {},
      PersonKeys keys = PersonKeys::must_be_whole, const std::stop_token& stopping = {});
  /// Stops at once what has not been stopped.
  virtual ~Node() = default;

  struct Addresses {
    std::string http, admin;  ///< HOST:PORT as bound
  };
  [[nodiscard]] virtual Addresses addresses() const = 0;
  [[nodiscard]] virtual host::Runtime& runtime() = 0;
  /// For the caller's own commands; not to be used once stop() was called.
  [[nodiscard]] virtual SystemDoor door() = 0;
  /// The reaction a dead letter stands for, made anew from the event that caused it; of an erased
  /// person without personal data. An error: the journal does not have it (any more).
  [[nodiscard]] virtual Result<entity::Reaction> reaction_of(
      const storage::keys::DeadLetterKey& letter) = 0;
  /// Reads the TLS files again.
  virtual void reload() = 0;
  /// True once the node cannot go on (a commit's outcome is unknown): stop and exit with 1.
  [[nodiscard]] virtual bool has_failed() const = 0;
  /// Says goodbye to clients, finishes what is in flight (at most node.drain_timeout_ms), closes
  /// the store. Idempotent.
  virtual void stop() = 0;
};

}  // namespace mf::node
