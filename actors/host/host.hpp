#pragma once
// What all actors of one process share. Made once by LocalRuntime; outlives every actor.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/actor.hpp>

#include "actors/host/figures.hpp"
#include "actors/host/mail.hpp"
#include "actors/host/runtime.hpp"
#include "actors/shard/entity_core.hpp"
#include "actors/shard/shard_core.hpp"
#include "base/time.hpp"
#include "storage/store.hpp"

namespace mf::host {

struct HostLimits {
  shard::EntityLimits entity;
  shard::ShardLimits shard;
  std::uint64_t commands_max = 10'000;  ///< submitted and not yet answered
  std::size_t entities_max = 4'000;     ///< live entity actors per shard
  Duration entity_idle = std::chrono::minutes(5);
  std::uint64_t reads_max = 2'000;  ///< lists and timelines waiting for the reader thread
};

/// Where an answer to `ReplyTo` goes: nobody (0), a shard (1 … shard count) or a gateway's Sink
/// (its address).
class Host {
 public:
  Host(const entity::Kinds& kinds, entity::KeyRing& keys, storage::Store& store, const Clock& clock,
       HostLimits limits)
      : kinds(kinds), keys(keys), store(store), clock(clock), limits(limits) {}

  const entity::Kinds& kinds;
  entity::KeyRing& keys;
  storage::Store& store;
  const Clock& clock;
  const HostLimits limits;
  std::vector<caf::actor> shards;  ///< filled before any mail is sent
  std::uint64_t incarnation = 0;   ///< random per process life

  std::atomic<std::uint64_t> queued_commands{0};
  Figures figures;
  std::atomic<std::uint16_t> shards_ready{0};
  std::atomic<bool> is_stopping{false};
  /// Called once when going on could lose or double something; ends the process in node/.
  std::function<void(const std::string& why)> fatal;

  [[nodiscard]] ShardId shard_of(const EntityRef& ref) const {
    return mf::shard_of(ref, static_cast<std::uint16_t>(shards.size()));
  }
  [[nodiscard]] static shard::ReplyTo reply_to_shard(ShardId shard, std::uint64_t tag) {
    return {std::uint64_t{shard} + 1, tag};
  }
  [[nodiscard]] static shard::ReplyTo reply_to_sink(Sink& sink, std::uint64_t tag) {
    return {reinterpret_cast<std::uintptr_t>(&sink), tag};
  }

  /// From any thread.
  void send(ShardId shard, ShardMail mail) const;
  void reply(shard::CommandReply reply);
  void answer_fact(const shard::ReplyTo& to, std::uint64_t version,
                   std::expected<std::string, Rejection> value) const;
  /// There is no answer to be had.
  void fail_fact(const shard::ReplyTo& to, std::string why) const;
  void publish(const std::shared_ptr<const shard::CommittedBatch>& batch) const;

  void add_follower(Sink& sink);
  void remove_follower(Sink& sink);
  /// The actor that keeps zone views and the catalogue; hears of every batch before the followers.
  std::function<void(const std::shared_ptr<const shard::CommittedBatch>&)> on_batch;

 private:
  [[nodiscard]] bool is_shard(std::uint64_t address) const { return address <= shards.size(); }
  mutable std::mutex followers_mutex_;
  std::vector<Sink*> followers_;
};

}  // namespace mf::host
