#pragma once
// What all actors of one process share. Made once by LocalRuntime; outlives every actor.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/actor.hpp>

#include "actors/host/catalogue_slot.hpp"
#include "actors/host/door.hpp"
#include "actors/host/figures.hpp"
#include "actors/host/mail.hpp"
#include "actors/host/runtime.hpp"
#include "actors/host/shard_states.hpp"
#include "actors/shard/entity_core.hpp"
#include "actors/shard/shard_core.hpp"
#include "base/time.hpp"
#include "storage/store.hpp"

namespace mf::host {

struct HostLimits {
  shard::EntityLimits entity;
  shard::ShardLimits shard;
  std::uint64_t commands_max = 10'000;                        ///< submitted and not yet answered
  std::uint64_t command_bytes_max = std::uint64_t{64} << 20;  ///< of their bodies, about
  std::size_t entities_max = 4'000;                           ///< awake per shard
  Duration entity_idle = std::chrono::minutes(5);
  std::uint64_t reads_max = 2'000;  ///< of any kind, not yet answered
  std::uint64_t read_bytes_max = std::uint64_t{16} << 20;
  std::uint64_t view_batches_max = 16'384;  ///< committed, not yet seen by a view actor
  std::uint64_t view_bytes_max = std::uint64_t{64} << 20;
};

/// Carries mail and answers, from any thread, and keeps what the actors share.
class Host {
 public:
  Host(const entity::Kinds& kinds, entity::KeyRing& keys, storage::Store& store, const Clock& clock,
       HostLimits limits)
      : kinds(kinds),
        keys(keys),
        store(store),
        clock(clock),
        limits(limits),
        commands(limits.commands_max, limits.command_bytes_max),
        reads(limits.reads_max, limits.read_bytes_max) {}

  const entity::Kinds& kinds;
  entity::KeyRing& keys;
  storage::Store& store;
  const Clock& clock;
  const HostLimits limits;
  std::vector<caf::actor> owners;  ///< of shards, see owner_of; filled before any mail is sent

  Door commands, reads;
  CatalogueSlot catalogue;
  Figures figures;
  ShardStates shard_states{store.shard_count()};
  std::atomic<bool> is_stopping{false};
  /// Called once when going on could lose or double something; ends the process in node/.
  std::function<void(const std::string& why)> fatal;

  [[nodiscard]] ShardId shard_of(const EntityRef& ref) const {
    return mf::shard_of(ref, store.shard_count());
  }
  /// In whose actor a shard lives.
  [[nodiscard]] const caf::actor& owner_of(ShardId shard) const {
    return owners[shard % owners.size()];
  }
  /// From any thread.
  void send(ShardId shard, ShardWork work) const;
  /// One mail per owner.
  void send(std::vector<ShardMail> mails) const;
  using Batches = std::vector<std::shared_ptr<const shard::CommittedBatch>>;
  void publish(const Batches& batches) const;
  static void post(Sink& sink, std::uint64_t tag, Answered answer);

  void add_follower(Sink& sink);
  void remove_follower(Sink& sink);
  /// The actors that keep views; hear of every batch before the followers.
  std::function<void(const Batches&)> on_batches;

 private:
  mutable std::mutex followers_mutex_;
  std::vector<Sink*> followers_;
};

}  // namespace mf::host
