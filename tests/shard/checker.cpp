#include "tests/shard/checker.hpp"

#include "tests/shard/toy_kinds.hpp"

namespace mf::sim {

using namespace mf::entity;
using namespace mf::shard;
using storage::Family;
using toy::text_of;
namespace keys = storage::keys;

namespace {
std::string name(const CommandId& id) { return to_hex(id.view()).substr(0, 8); }
constexpr auto claim_origin = static_cast<std::uint8_t>(Origin::claim);
}  // namespace

void Checker::violated(std::string what) { violations_.push_back(std::move(what)); }

void Checker::applied(const storage::Commit& commit, Timestamp now) {
  const auto& batch = commit.batch;
  auto& head = heads_[batch.shard];
  if (batch.seq != head.seq + 1) violated("the journal has a gap");
  if (batch.previous != head.chain) violated("the chain is broken");
  if (batch.time < head.time) violated("time runs backwards");
  if (batch.epoch < head.epoch) violated("an old owner has written");
  if (batch.cursor.done.size() > 1024) violated("too many reactions done out of order");
  head = {batch.seq, batch.epoch, storage::chain_hash(batch), batch.time};
  for (const auto& e : batch.entries) entry(batch, e, now);
}

void Checker::entry(const storage::Batch& batch, const storage::Entry& e, Timestamp now) {
  if (e.origin != claim_origin) {
    const Fact fact{e.entity, e.version, batch.seq, e.fingerprint, e.status};
    if (!outcomes_.emplace(e.command, fact).second)
      violated("command " + name(e.command) + " (" + e.verb + ") has two outcomes");
    if (denied_.contains(e.command))
      violated("command " + name(e.command) + " (" + e.verb + ") happened though it was denied");
    if (e.version == e.events.size()) created_.emplace(e.entity, fact);
  }
  if (!places_.emplace(e.entity, e.version).second)
    violated(e.entity.id + " has version " + std::to_string(e.version) + " twice");
  for (const auto& ev : e.events) event(e, ev, now);
}

void Checker::event(const storage::Entry& e, const storage::StoredEvent& ev, Timestamp now) {
  const bool is_toy = ev.type.starts_with("job.") || ev.type.starts_with("holder.") ||
                      ev.type.starts_with("counter.");
  if (!is_toy) return;
  const auto label = text_of(ev.json, "label");
  const auto holder = text_of(ev.json, "holder"), token = text_of(ev.json, "token");
  if (ev.type == "counter.added") {
    if (!labels_.insert(label).second) violated("reaction " + label + " took effect twice");
  } else if (!label.empty()) {
    expected_labels_.insert(label);
  }
  if (ev.type == "job.created") {
    const auto due = ticks_due_[e.entity.id] = from_millis(std::stoll(text_of(ev.json, "due")));
    const auto right = now + toy::tick_after;
    if (clocks_off_ && (due < right - *clocks_off_ || due > right + *clocks_off_))
      violated("the timer of " + e.entity.id + " is due at a wrong time");
    if (clocks_off_) rightly_due_.insert(e.entity.id);
  }
  if (ev.type == "job.ticked") ticked(e, now);
  if (ev.type == "job.taken") {
    const auto [at, is_free] = used_.emplace(holder, std::pair(e.entity.id, token));
    if (!is_free) violated(holder + " is held by " + at->second.first + " and by " + e.entity.id);
  }
  if (ev.type == "job.dropped") used_.erase(holder);
  if (ev.type == "holder.released")
    if (const auto at = used_.find(e.entity.id); at != used_.end() && at->second.second == token)
      violated("a used claim of " + e.entity.id + " was freed");
}

void Checker::ticked(const storage::Entry& e, Timestamp now) {
  const auto due = ticks_due_[e.entity.id];
  if (!ticked_.insert(e.entity.id).second) violated("the timer of " + e.entity.id + " fired twice");
  if (e.decided_at.value_or(e.occurred_at) < due) violated("a timer fired early");
  if (!rightly_due_.contains(e.entity.id)) return;
  using namespace std::chrono_literals;
  if (now < due - 1s) violated("the timer of " + e.entity.id + " fired before its time");
  if (now > due + 60s) violated("the timer of " + e.entity.id + " fired more than a minute late");
}

void Checker::sent(const Command& command) {
  ++copies_[command.id];
  denied_.erase(command.id);
}

void Checker::replied(const Command& command, const Reply& reply) {
  if (const auto* fault = std::get_if<Fault>(&reply)) {
    const bool nothing_happened =
        fault->code == Fault::Code::unavailable || fault->code == Fault::Code::overloaded;
    if (nothing_happened && copies_[command.id] == 1 && command.origin != Origin::claim) {
      if (outcomes_.contains(command.id))
        violated("command " + name(command.id) + " was denied though it has happened");
      denied_.insert(command.id);
    }
    if (fault->code == Fault::Code::internal && command.body.verb != "break")
      violated("internal: " + fault->detail);
    return;
  }
  const auto* outcome = std::get_if<Outcome>(&reply);
  if (!outcome) return;
  if (command.origin == Origin::claim) {
    if (!places_.contains({command.target, outcome->version}))
      violated("a claim was granted before it was durable");
    return;
  }
  auto known = outcomes_.find(command.id);
  Fact fact;
  if (known != outcomes_.end()) fact = known->second;
  else if (outcome->replayed && created_.contains(command.target)) fact = created_[command.target];
  else return violated("a reply before it was durable");
  if (fact !=
          Fact{command.target, outcome->version, fact.seq, command.fingerprint, outcome->status} ||
      !outcome->position.ends_with("-" + std::to_string(fact.seq)))
    violated("the answer to " + name(command.id) + " is not what happened");
  if (command.origin == Origin::person) acknowledged_.try_emplace(command.id, command, *outcome);
}

void Checker::finish(const storage::MemoryStore& store, const Kinds& kinds, KeyRing& keyring,
                     Timestamp now) {
  end_ = now;
  for (const auto& [shard, head] : heads_) fold(store, kinds, keyring, shard);
  for (const auto& label : expected_labels_)
    if (!labels_.contains(label)) violated("reaction " + label + " never took effect");
  for (const auto& label : labels_)
    if (!expected_labels_.contains(label)) violated("reaction " + label + " has no cause");
  for (const auto& [job, due] : ticks_due_)
    if (due < now && !ticked_.contains(job)) violated("the timer of " + job + " never fired");
  repeat(store, kinds, keyring, now);
}

void Checker::fold(const storage::MemoryStore& store, const Kinds& kinds, KeyRing& keyring,
                   ShardId shard) {
  std::map<EntityRef, std::pair<std::shared_ptr<Entity>, std::uint64_t>> entities;
  Hash256 chain;
  const auto last = store.applied(shard).seq;
  for (std::uint64_t seq = 1; seq <= last; ++seq) {
    const auto batch = store.batch(shard, seq);
    if (!batch || batch->previous != chain) return violated("the journal does not read back");
    chain = storage::chain_hash(*batch);
    for (const auto& e : batch->entries) {
      auto& [entity, version] = entities[e.entity];
      if (!entity) entity = kinds.of(e.entity.kind).empty(e.entity.id);
      const auto& kind = kinds.of(e.entity.kind);
      for (const auto& ev : e.events) {
        const auto opened = kind.open(e.entity.id, ev.type, ev.schema, ev.json, keyring);
        if (!opened) return violated("a stored event can't be read: " + ev.type);
        entity->apply(*opened, context_of(e));
      }
      version += e.events.size();
      if (version != e.version) violated("versions of " + e.entity.id + " are not contiguous");
    }
  }
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [ref, item] : entities) {
    compare(store, keyring, shard, ref, *item.first, item.second);
    folded_.emplace(ref, item.first);
    if (const auto name = item.first->counter(); !name.empty()) ++counts[name];
  }
  for (const auto* name : {"zone|FREE", "zone|TAKEN"}) counts.try_emplace(name, 0);
  for (const auto& [name, count] : counts) {
    const auto stored = store.get(Family::meta, keys::counter(shard, name));
    if ((stored ? *storage::decode_count(*stored) : 0) != count)
      violated("the counter " + name + " is wrong");
  }
}

void Checker::compare(const storage::MemoryStore& store, KeyRing& keyring, ShardId shard,
                      const EntityRef& ref, const Entity& entity, std::uint64_t version) {
  const auto bytes = store.get(Family::state, keys::state(shard, ref)).value_or("");
  const auto stored = storage::decode_state(bytes);
  if (!stored || stored->body != entity.clone()->seal(keyring) || stored->header.version != version)
    violated("the state of " + ref.id + " is not the fold of its events");
  for (const auto& due : entity.deadlines())
    if (!store.get(Family::timers, keys::timer(shard, due.due, ref, due.name)))
      violated("a timer of " + ref.id + " is missing");
  for (const auto& e : entity.index())
    if (!store.get(Family::index, keys::index(shard, ref.kind, e.index, e.key, ref.id)))
      violated("an index key of " + ref.id + " is missing");
  for (std::uint64_t v = 1; v <= version; ++v)
    if (!store.get(Family::timeline, keys::timeline(shard, ref, v)))
      violated("the timeline of " + ref.id + " has a hole");
  if (ref.kind == toy::holder_kind && ref.id.starts_with("h")) {
    const auto text = entity.encode();
    const auto used = used_.find(ref.id);
    // Its own encoding begins with the length of the owner's name: 0 for nobody.
    const bool is_held = text.front() != 0;
    // Of a check that was armed by a believed clock nobody knows when it should have been.
    const auto checks = entity.deadlines();
    const bool waits = clocks_were_wrong_ && !checks.empty() && checks.front().due > end_;
    if (is_held && used == used_.end() && !waits)
      violated("a claim of " + ref.id + " was never freed");
    if (!is_held && used != used_.end()) violated(ref.id + " has lost its claim");
  }
}

void Checker::repeat(const storage::MemoryStore& store, const Kinds& kinds, KeyRing& keyring,
                     Timestamp now) {
  for (auto& [id, said] : acknowledged_) {
    auto& [command, outcome] = said;
    EntityCore core(kinds.of(command.target.kind), keyring, store, command.target,
                    shard_of(command.target, store.shard_count()));
    if (!core.load()) return violated("a stored entity can't be loaded");
    command.deadline = now + std::chrono::seconds(1);
    const auto effects = core.receive({command, {}, now, 1}, now);
    const auto* again =
        effects.replies.size() == 1 ? std::get_if<Outcome>(&effects.replies[0].reply) : nullptr;
    if (!again || again->version != outcome.version || again->status != outcome.status ||
        again->position != outcome.position || !again->replayed)
      violated("a repetition of " + name(id) + " is answered differently");
  }
}

}  // namespace mf::sim
