#pragma once
// What followers receive: one committed batch of one shard, with the states it left.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/entity/kind.hpp"
#include "base/entity_ref.hpp"
#include "base/time.hpp"

namespace mf::shard {

/// One event as followers and timelines carry it.
struct EventRecord {
  EntityRef entity;
  std::uint64_t version = 0;  ///< of the entity after this event
  std::string id;             ///< "evt_<shard>-<seq>-<index>"
  entity::EventBody body;
  Timestamp recorded_at, occurred_at;
  std::optional<Timestamp> device_time;
  std::string principal, role, on_behalf_of, justification, command, cause, trace;
};

/// One entity's change in one commit.
struct Change {
  EntityRef entity;
  std::uint64_t version = 0;
  std::shared_ptr<const entity::Entity> after;
  entity::Concerns before, concerns;  ///< before and after: a row may have left a board
  std::vector<EventRecord> events;
};

/// One committed batch of one shard. Shared, immutable.
struct CommittedBatch {
  ShardId shard = 0;
  std::uint64_t seq = 0;
  std::string era;
  Timestamp time;
  std::vector<Change> changes;
};

}  // namespace mf::shard
