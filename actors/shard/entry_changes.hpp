#pragma once
// What one entry of the journal changes in everything that is derived from it: state, timeline,
// index, timers, remembered outcome, counters. The live commit and the rebuild (rebuild.hpp) both
// write through these functions and nothing else does, so what is rebuilt is what was there.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/entity/kind.hpp"
#include "actors/entity/stored.hpp"
#include "storage/batch.hpp"
#include "storage/records.hpp"
#include "storage/store.hpp"

namespace mf::shard {

/// The number of the rules by which the functions below make derived data. Count it up in a release
/// that changes what any kind's encode(), deadlines(), index() or counter() give for a state that
/// may be stored already: a directory with another number is rebuilt when it is opened.
inline constexpr std::uint32_t derived_format = 5;

/// All that Entity::apply may know of a command: what the journal keeps of it.
[[nodiscard]] Context context_of(const storage::Entry& entry);

/// One entity's step from the stored state to the next, before a batch is known.
struct Transition {
  storage::StateHeader header;           ///< `seq` is still the one before
  std::string state;                     ///< Entity::seal()
  std::vector<storage::Change> changes;  ///< index and timers: only what differs
  std::vector<Timestamp> new_timers;
  std::string counter_before, counter_after;  ///< equal: no change
};
/// `entry` has its version, status and events; `after` is a fresh clone, see Entity::seal.
[[nodiscard]] Transition make_transition(ShardId shard, const storage::StateHeader& header,
                                         const entity::Entity& before, entity::Entity& after,
                                         const storage::Entry& entry, entity::KeyRing& keys);

struct PlaceInJournal {
  ShardId shard = 0;
  std::uint64_t seq = 0;
  Timestamp time;                 ///< of the batch
  std::uint32_t first_event = 0;  ///< of the entry, over all events of the batch
};
/// The counters as the batch leaves them; `stored` gives one that the batch has not touched yet.
struct Counters {
  std::map<std::string, std::uint64_t>& now;
  std::function<std::uint64_t(const std::string&)> stored;
  /// A counter that would go below zero stays there: it was wrong before, and tells so here.
  std::vector<std::string>* went_below = nullptr;
};
/// Appends the changes of one entry; those in `transition` are moved out of it. For the same key
/// the last change counts.
void add_changes(const PlaceInJournal& place, const storage::Entry& entry, Transition& transition,
                 const Counters& counters, std::vector<storage::Change>& changes);

/// A counter's stored value; asserts that it can be read.
[[nodiscard]] std::uint64_t stored_count(const storage::Reader& reader, ShardId shard,
                                         const std::string& name);

}  // namespace mf::shard
