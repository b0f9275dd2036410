// From a yes to a proposal; the order matters. Each event is sealed first, for the sealed text is
// what is stored and measured. It is applied to a clone with the context that the entry gives back
// (context_of), not with the command's own: apply() may know only what the journal keeps, or a
// rebuild would give another state than the one that was live. Version and status are set when all
// are applied, and only then is it known what changes (make_transition).
//
// Keys of persons are drafts until the commit: whatever is refused on the way leaves none behind.
// Whose key was destroyed is erased, whatever an older state says (a restored backup's): what it
// would keep could not be read again, so the answer is a no and not a yes that keeps nothing.
//
// Everything is measured here, while it can still be refused as `too_large`. Later nobody could: a
// single command that does not fit a batch would be certain to fail again and again. The sizes of a
// proposal are estimates, with a fixed amount for what has no length of its own; EntityLimits leave
// room between one command and a batch, and ShardLimits between a batch and what the journal takes.
//
// A proposal says whom the entity concerned before and whom after: who is not concerned any more
// has to see it leave.
#include "actors/shard/entity_proposal.hpp"

#include <algorithm>
#include <utility>

namespace mf::shard {
namespace {

std::string role_of(const Principal& by) {
  if (!by.roles.empty()) return std::string(to_string(by.roles.front()));
  return by.is_system() ? "system" : "";
}

/// One time for one thing: an event that says when it happened has heard more than its command.
Timestamp occurred_at(const Decided& d, const std::vector<entity::EventBody>& events) {
  const auto told =
      std::ranges::find_if(events, [](const auto& event) { return event.at.has_value(); });
  return told != events.end() ? *told->at : d.context.occurred_at;
}

storage::Entry entry_of(const Decided& d, const std::vector<entity::EventBody>& events) {
  const auto& command = d.command;
  storage::Entry entry;
  entry.command = command.id;
  entry.fingerprint = command.fingerprint;
  entry.origin = static_cast<std::uint8_t>(command.origin);
  entry.entity = d.ref;
  entry.verb = command.body.verb;
  entry.principal = command.by.account;
  entry.role = role_of(command.by);
  entry.on_behalf_of = command.body.on_behalf_of;
  entry.justification = command.body.justification;
  entry.cause = command.cause;
  entry.trace = command.trace;
  entry.occurred_at = occurred_at(d, events);
  entry.device_time = d.context.device_time;
  if (d.context.now != entry.occurred_at) entry.decided_at = d.context.now;
  return entry;
}

Rejection too_large(Sentence detail) {
  return {RejectionKind::conflict, "too_large", std::move(detail), {}};
}

void measure(Proposal& proposal) {
  constexpr std::size_t entry_overhead = 160, change_overhead = 16;
  const auto& e = proposal.entry;
  proposal.batch_bytes = entry_overhead + e.entity.id.size() + e.justification.size() +
                         e.cause.size() + e.trace.size() + e.on_behalf_of.size() +
                         e.principal.size() + e.verb.size() + e.status.size();
  for (const auto& event : e.events)
    proposal.batch_bytes += event.type.size() + event.json.size() + change_overhead;
  proposal.change_bytes =
      proposal.batch_bytes + proposal.transition.state.size() + 2 * entry_overhead;
  for (const auto& change : proposal.transition.changes)
    proposal.change_bytes +=
        change.key.size() + (change.value ? change.value->size() : 0) + change_overhead;
}

}  // namespace

Context make_context(const Envelope& envelope, Timestamp now) {
  const auto& command = envelope.command;
  Context context{.by = command.by,
                  .now = now,
                  .occurred_at = now,
                  .command = command.id,
                  .attempt = envelope.attempt,
                  .on_behalf_of = command.body.on_behalf_of,
                  .justification = command.body.justification};
  if (command.origin != entity::Origin::person || !command.body.occurred_at) return context;
  context.device_time = command.body.occurred_at;
  context.device_clock = command.body.device_clock;
  const auto said = *context.device_time + correction(context.device_clock);
  if (is_believable(said, now)) context.occurred_at = said;
  return context;
}

std::variant<Proposal, Rejection, entity::Fault> make_proposal(
    const Decided& d, std::vector<entity::EventBody> events) {
  const std::shared_ptr<entity::Entity> after = d.before.clone();
  Proposal proposal;
  auto& entry = proposal.entry = entry_of(d, events);
  const auto context = context_of(entry);
  entity::CommitKeys keys(d.keys, d.header.version == 0 ? d.ref.id : Id{});
  std::size_t bytes = 0;
  for (auto& event : events) {
    if (auto sealed = d.kind.seal(d.ref.id, event, keys); !sealed)
      return entity::Fault{entity::Fault::Code::unavailable,
                           "sealing an event: " + sealed.error().message};
    // Not so for others' events about somebody erased, an order's: those go on without the person.
    if (keys.is_erased(d.ref.id))
      return Rejection{RejectionKind::conflict, "erased", "this client has been erased"_en, {}};
    if (event.json.size() > d.limits.event_bytes_max)
      return too_large("an event of {bytes} bytes"_en.with("bytes", event.json.size()));
    bytes += event.json.size();
    after->apply(event, context);
    proposal.reactions.push_back(d.kind.react(d.ref.id, event));
    entry.events.push_back({event.type, event.schema, event.json});
  }
  if (bytes > d.limits.events_bytes_max)
    return too_large("events of {bytes} bytes"_en.with("bytes", bytes));
  entry.version = d.header.version + events.size();
  entry.status = after->status();
  proposal.transition = make_transition(d.shard, d.header, d.before, *after, entry, keys);
  proposal.keys = keys.take();
  const auto& state = proposal.transition.state;
  const auto state_max = d.kind.state_bytes_max();
  if (state.size() > state_max && state.size() > state_max + after->bookkeeping_bytes())
    return too_large("the object would be {bytes} bytes large"_en.with("bytes", state.size()));

  proposal.events = std::move(events);
  proposal.before = d.before.concerns();
  proposal.concerns = after->concerns();
  proposal.after = after;
  measure(proposal);
  if (proposal.batch_bytes > d.limits.entry_bytes_max)
    return too_large("a command of {bytes} bytes"_en.with("bytes", proposal.batch_bytes));
  return proposal;
}

}  // namespace mf::shard
