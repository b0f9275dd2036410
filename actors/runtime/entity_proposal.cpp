#include "actors/runtime/entity_proposal.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace mf::runtime {
namespace {

using storage::Change;
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

void add_index_changes(const Decided& d, const Entity& after, std::vector<Change>& changes) {
  const auto differs = difference(d.before.index(), after.index());
  const auto key_of = [&](const IndexEntry& e) {
    return keys::index(d.shard, d.ref.kind, e.index, e.key, d.ref.id);
  };
  const auto is_before = [](const IndexEntry& a, const IndexEntry& b) {
    return std::tie(a.index, a.key) < std::tie(b.index, b.key);
  };
  // An entry whose value alone changed is in both, and only written.
  for (const auto& e : differs.gone)
    if (!std::ranges::binary_search(differs.added, e, is_before))
      changes.push_back({Family::index, key_of(e), {}});
  for (const auto& e : differs.added) changes.push_back({Family::index, key_of(e), e.value});
}

void add_timer_changes(const Decided& d, const Entity& after, Proposal& proposal) {
  const auto differs = difference(d.before.deadlines(), after.deadlines());
  for (const auto& t : differs.gone)
    proposal.changes.push_back({Family::timers, keys::timer(d.shard, t.due, d.ref, t.name), {}});
  for (const auto& t : differs.added) {
    proposal.changes.push_back({Family::timers, keys::timer(d.shard, t.due, d.ref, t.name), ""});
    proposal.new_timers.push_back(t.due);
  }
}

std::string role_of(const Principal& by) {
  if (!by.roles.empty()) return std::string(to_string(by.roles.front()));
  return by.is_system() ? "system" : "";
}

storage::Entry entry_of(const Decided& d, const Entity& after, std::uint64_t version) {
  const auto& command = d.command;
  storage::Entry entry;
  entry.command = command.id;
  entry.fingerprint = command.fingerprint;
  entry.origin = static_cast<std::uint8_t>(command.origin);
  entry.entity = d.ref;
  entry.version = version;
  entry.status = after.status();
  entry.verb = command.body.verb;
  entry.principal = command.by.account;
  entry.role = role_of(command.by);
  entry.on_behalf_of = command.body.on_behalf_of;
  entry.justification = command.body.justification;
  entry.cause = command.cause;
  entry.trace = command.trace;
  entry.occurred_at = d.context.occurred_at;
  entry.device_time = d.context.device_time;
  return entry;
}

Rejection too_large(std::string detail) {
  return {RejectionKind::conflict, "too_large", std::move(detail), {}};
}

void measure(Proposal& proposal) {
  constexpr std::size_t entry_overhead = 160, change_overhead = 16;
  const auto& e = proposal.entry;
  proposal.batch_bytes = entry_overhead + e.entity.id.size() + e.justification.size() +
                         e.cause.size() + e.trace.size();
  for (const auto& event : e.events)
    proposal.batch_bytes += event.type.size() + event.json.size() + change_overhead;
  proposal.change_bytes = proposal.batch_bytes + proposal.state.size() + 2 * entry_overhead;
  for (const auto& change : proposal.changes)
    proposal.change_bytes +=
        change.key.size() + (change.value ? change.value->size() : 0) + change_overhead;
}

}  // namespace

Context make_context(const Envelope& envelope, Timestamp now, const EntityLimits& limits) {
  const auto& command = envelope.command;
  const auto device = command.body.occurred_at;
  const bool is_believed = device && command.origin == Origin::person &&
                           *device >= now - limits.occurred_age_max &&
                           *device <= now + limits.occurred_ahead_max;
  return {command.by, now, is_believed ? *device : now, device, command.id, envelope.attempt,
          command.body.on_behalf_of, command.body.justification};
}

std::variant<Proposal, Rejection, Fault> make_proposal(const Decided& d,
                                                       std::vector<EventBody> events) {
  const std::shared_ptr<Entity> after = d.before.clone();
  Proposal proposal;
  std::size_t bytes = 0;
  for (auto& event : events) {
    after->apply(event, d.context);
    if (auto sealed = d.kind.seal(d.ref.id, event, d.keys); !sealed)
      return Fault{Fault::Code::unavailable, "sealing an event: " + sealed.error().message};
    if (event.json.size() > d.limits.event_bytes_max)
      return too_large("an event of " + std::to_string(event.json.size()) + " bytes");
    bytes += event.json.size();
    proposal.reactions.push_back(d.kind.react(d.ref.id, event));
  }
  if (bytes > d.limits.events_bytes_max)
    return too_large("events of " + std::to_string(bytes) + " bytes");
  proposal.state = after->encode();
  if (proposal.state.size() > d.limits.state_bytes_max)
    return too_large("the object would be " + std::to_string(proposal.state.size()) +
                     " bytes large");

  proposal.header = d.header;
  proposal.header.version += events.size();
  if (d.header.version == 0) {
    proposal.header.created_fingerprint = d.command.fingerprint;
    proposal.header.created_version = proposal.header.version;
    proposal.header.created_status = after->status();
  }
  proposal.entry = entry_of(d, *after, proposal.header.version);
  for (const auto& event : events)
    proposal.entry.events.push_back({event.type, event.schema, event.json});
  proposal.events = std::move(events);
  proposal.before = d.before.concerns();
  proposal.concerns = after->concerns();
  add_index_changes(d, *after, proposal.changes);
  add_timer_changes(d, *after, proposal);
  proposal.counter_before = d.before.counter();
  proposal.counter_after = after->counter();
  proposal.after = after;
  measure(proposal);
  return proposal;
}

}  // namespace mf::runtime
