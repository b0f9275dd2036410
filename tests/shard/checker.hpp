#pragma once
// What must always hold (docs/ARCHITECTURE.md), checked against everything that becomes durable and
// everything that is said to anybody.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/shard/entity_core.hpp"
#include "storage/memory/memory_store.hpp"

namespace mf::sim {

class Checker {
 public:
  /// Every commit, at the moment it becomes durable; `now` is true time.
  void applied(const storage::Commit& commit, Timestamp now);
  /// From now on a deadline is made by clocks that are at most `off` wrong; nullopt: by any.
  void clocks_are_right(std::optional<Duration> off) {
    clocks_off_ = off;
    clocks_were_wrong_ |= !off;
  }
  /// One more copy of a command is on its way.
  void sent(const entity::Command& command);
  /// An entity has answered; `command` is what it was asked.
  void replied(const entity::Command& command, const entity::Reply& reply);
  void violated(std::string what);

  /// After everything has come to rest: the stored state is the fold of the journal, every
  /// acknowledged command is in it and is answered the same again, every claim is free or in use,
  /// every reaction took effect, every timer fired.
  void finish(const storage::MemoryStore& store, const entity::Kinds& kinds, entity::KeyRing& keys,
              Timestamp now);

  /// After finish(): every entity as its events make it.
  [[nodiscard]] const std::map<EntityRef, std::shared_ptr<entity::Entity>>& folded() const {
    return folded_;
  }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] std::size_t acknowledged() const { return acknowledged_.size(); }

 private:
  struct Fact {  ///< what the journal says about a command
    EntityRef entity;
    std::uint64_t version = 0, seq = 0, fingerprint = 0;
    std::string status;
    bool operator==(const Fact&) const = default;
  };
  struct Head {
    std::uint64_t seq = 0, epoch = 0;
    Hash256 chain;
    Timestamp time;
  };
  void entry(const storage::Batch& batch, const storage::Entry& entry, Timestamp now);
  void event(const storage::Entry& entry, const storage::StoredEvent& event, Timestamp now);
  void ticked(const storage::Entry& entry, Timestamp now);
  void fold(const storage::MemoryStore& store, const entity::Kinds& kinds, entity::KeyRing& keys,
            ShardId shard);
  void compare(const storage::MemoryStore& store, entity::KeyRing& keys, ShardId shard,
               const EntityRef& ref, const entity::Entity& entity, std::uint64_t version);
  void repeat(const storage::MemoryStore& store, const entity::Kinds& kinds, entity::KeyRing& keys,
              Timestamp now);

  std::map<ShardId, Head> heads_;
  std::map<CommandId, Fact> outcomes_;  ///< not of claims
  std::set<std::pair<EntityRef, std::uint64_t>> places_;
  std::map<EntityRef, Fact> created_;
  std::map<CommandId, std::pair<entity::Command, entity::Outcome>> acknowledged_;
  std::map<CommandId, int> copies_;
  std::set<CommandId> denied_;                                       ///< said to have done nothing
  std::map<std::string, std::pair<std::string, std::string>> used_;  ///< holder → job, token
  std::set<std::string> expected_labels_, labels_;
  std::map<std::string, Timestamp> ticks_due_;
  std::set<std::string> rightly_due_;  ///< jobs whose ticks are due in true time
  std::optional<Duration> clocks_off_;
  bool clocks_were_wrong_ = false;
  Timestamp end_;  ///< of the history
  std::set<std::string> ticked_;
  std::map<EntityRef, std::shared_ptr<entity::Entity>> folded_;
  std::vector<std::string> violations_;
};

}  // namespace mf::sim
