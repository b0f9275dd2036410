// What derives from one entry, in two halves. make_transition() is run when a command is decided:
// it knows the entity before and after, but not the batch. add_changes() is run when the batch is
// assembled and its number, time and place of events are known; until then a Proposal carries the
// first half. The rebuild calls one after the other. So neither may ask for what the journal does
// not keep, or what is derived anew would not be what was there.
//
// Only what differs is written: of the index and the timers the difference between two sorted
// lists, most often nothing. It rests on what stands there being what these functions made of the
// state before; a release that makes something else of it must count `derived_format` up. Of an
// index entry whose value alone changed only the new one is written: deleting its key and putting
// it again would be two changes of one key.
//
// Counters are the exception: one number for the whole shard, not a function of one entity. Entries
// of the same batch see each other's (`Counters::now`), and the last put of a name counts. A count
// that would go below zero was wrong before; it stays at zero and an alarm says so, since a number
// that wraps around would never look wrong again.
//
// A claim leaves no outcome: whether it is granted is decided anew each time (entity_core.cpp).
#include "actors/shard/entry_changes.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "actors/entity/command.hpp"
#include "base/assert.hpp"

namespace mf::shard {
namespace {

using storage::Family;
namespace keys = storage::keys;

template <class T>
struct Difference {
  std::vector<T> gone, added;
};

template <class T>
Difference<T> difference(std::vector<T> before, std::vector<T> after) {
  std::ranges::sort(before);
  std::ranges::sort(after);
  Difference<T> d;
  std::ranges::set_difference(before, after, std::back_inserter(d.gone));
  std::ranges::set_difference(after, before, std::back_inserter(d.added));
  return d;
}

void add_index_changes(ShardId shard, const EntityRef& ref, const entity::Entity& before,
                       const entity::Entity& after, std::vector<storage::Change>& changes) {
  if (after.has_same_index(before)) return;
  const auto differs = after.has_same_words(before)
                           ? difference(before.index_without_words(), after.index_without_words())
                           : difference(before.index(), after.index());
  const auto key_of = [&](const entity::IndexEntry& e) {
    return keys::index(shard, ref.kind, e.index, e.key, ref.id);
  };
  const auto is_before = [](const entity::IndexEntry& a, const entity::IndexEntry& b) {
    return std::tie(a.index, a.key) < std::tie(b.index, b.key);
  };
  // An entry whose value alone changed is in both, and only written.
  for (const auto& e : differs.gone)
    if (!std::ranges::binary_search(differs.added, e, is_before))
      changes.push_back({Family::index, key_of(e), {}});
  for (const auto& e : differs.added) changes.push_back({Family::index, key_of(e), e.value});
}

void add_timer_changes(ShardId shard, const EntityRef& ref, const entity::Entity& before,
                       const entity::Entity& after, Transition& to) {
  const auto differs = difference(before.deadlines(), after.deadlines());
  for (const auto& t : differs.gone)
    to.changes.push_back({Family::timers, keys::timer(shard, t.due, ref, t.name), {}});
  for (const auto& t : differs.added) {
    to.changes.push_back({Family::timers, keys::timer(shard, t.due, ref, t.name), ""});
    to.new_timers.push_back(t.due);
  }
}

void count(ShardId shard, const Transition& transition, const Counters& counters,
           std::vector<storage::Change>& changes) {
  if (transition.counter_before == transition.counter_after) return;
  const auto add = [&](const std::string& name, int n) {
    if (name.empty()) return;
    const auto touched = counters.now.find(name);
    const auto before = touched != counters.now.end() ? touched->second : counters.stored(name);
    if (n < 0 && before == 0) {
      if (counters.went_below) counters.went_below->push_back(name);
      return;
    }
    const auto after = before + static_cast<std::uint64_t>(n);
    counters.now[name] = after;
    changes.push_back({Family::meta, keys::counter(shard, name),
                       after == 0 ? std::nullopt : std::optional(storage::encode_count(after))});
  };
  add(transition.counter_before, -1);
  add(transition.counter_after, 1);
}

}  // namespace

Context context_of(const storage::Entry& entry) {
  Context context;
  context.by.account = entry.principal;
  context.now = entry.decided_at.value_or(entry.occurred_at);
  context.occurred_at = entry.occurred_at;
  context.device_time = entry.device_time;
  context.command = entry.command;
  context.on_behalf_of = entry.on_behalf_of;
  context.justification = entry.justification;
  return context;
}

Transition make_transition(ShardId shard, const storage::StateHeader& header,
                           const entity::Entity& before, entity::Entity& after,
                           const storage::Entry& entry, entity::KeyRing& keys) {
  Transition to;
  to.header = header;
  to.header.version = entry.version;
  if (header.version == 0) {
    to.header.created_fingerprint = entry.fingerprint;
    to.header.created_version = entry.version;
    to.header.created_status = entry.status;
  }
  to.state = after.seal(keys);
  add_index_changes(shard, entry.entity, before, after, to.changes);
  add_timer_changes(shard, entry.entity, before, after, to);
  to.counter_before = before.counter();
  to.counter_after = after.counter();
  return to;
}

void add_changes(const PlaceInJournal& place, const storage::Entry& entry, Transition& transition,
                 const Counters& counters, std::vector<storage::Change>& changes) {
  auto header = transition.header;
  header.seq = place.seq;
  if (header.created_seq == 0) header.created_seq = header.seq;
  changes.push_back(
      {Family::state, keys::state(place.shard, entry.entity), encode(header, transition.state)});
  const auto first_version = entry.version - entry.events.size() + 1;
  for (std::size_t i = 0; i < entry.events.size(); ++i)
    changes.push_back({Family::timeline,
                       keys::timeline(place.shard, entry.entity, first_version + i),
                       encode(storage::EventPlace{
                           header.seq, place.first_event + static_cast<std::uint32_t>(i)})});
  std::ranges::move(transition.changes, std::back_inserter(changes));
  if (entry.origin != static_cast<std::uint8_t>(entity::Origin::claim))
    changes.push_back({Family::meta, keys::dedup(place.shard, entry.command),
                       encode(storage::OutcomeRecord{entry.origin, place.time, entry.fingerprint,
                                                     entry.version, header.seq, entry.status})});
  count(place.shard, transition, counters, changes);
}

std::uint64_t stored_count(const storage::Reader& reader, ShardId shard, const std::string& name) {
  const auto bytes = reader.get(Family::meta, keys::counter(shard, name));
  const auto stored = bytes ? storage::decode_count(*bytes) : 0;
  MF_ASSERT(stored, "counter " + name + " is not readable");
  return *stored;
}

}  // namespace mf::shard
