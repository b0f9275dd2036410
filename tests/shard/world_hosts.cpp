// What the hosts of entities and shards do with the effects of the cores.
#include "tests/shard/world_parts.hpp"

#include "actors/shard/claim_commands.hpp"
#include "base/assert.hpp"

namespace mf::sim {

EntityCore* World::entity(int process, const EntityRef& ref) {
  const auto shard = shard_of(ref, shard_count);
  auto& entities = shard_at(process, shard)->entities;
  if (const auto found = entities.find(ref); found != entities.end()) return &found->second;
  EntityCore core(kinds_.of(ref.kind), keys_, store_, ref, shard, entity_limits_);
  if (auto loaded = core.load(); !loaded) checker_.violated(loaded.error().message);
  return &entities.emplace(ref, std::move(core)).first->second;
}

/// A command that throws is refused, and the entity read again; a disk that refuses is not its
/// fault.
EntityEffects World::guarded(int process, EntityCore& core,
                             const std::function<EntityEffects(EntityCore&)>& what) {
  try {
    reads_may_fail_ = true;
    auto effects = what(core);
    reads_may_fail_ = false;
    return effects;
  } catch (const storage::ReadFailed& failed) {
    reads_may_fail_ = false;
    if (!mutations_.failed_read_is_an_answer)
      return core.read_failed(failed.what(), clock(process));
    return core.poisoned(failed.what(), clock(process)).value();
  } catch (const InvariantBroken& broken) {
    reads_may_fail_ = false;
    ++report_.throws;
    auto effects = core.poisoned(broken.what(), clock(process));
    if (effects) return std::move(*effects);
    checker_.violated("an entity can't be read again: " + effects.error().message);
    return {};
  }
}

void World::step(int process, const EntityRef& ref,
                 const std::function<EntityEffects(EntityCore&)>& what) {
  auto effects = guarded(process, *entity(process, ref), what);
  handle(process, shard_of(ref, shard_count), std::move(effects), ref);
  passivate(process, ref);
}

/// Forgets an idle entity now and then, and sees that waiting commands are answered in time.
void World::passivate(int process, const EntityRef& ref) {
  const auto shard = shard_of(ref, shard_count);
  auto* host = shard_at(process, shard);
  if (!host || !host->entities.contains(ref)) return;
  auto& core = host->entities.at(ref);
  if (core.is_idle() && random_.chance(100)) {
    host->entities.erase(ref);
    return;
  }
  const auto next = core.next_deadline();
  if (!next) return;
  at(when(process, *next), [=, this] {
    auto* later = shard_at(process, shard);
    if (!later) return;
    const auto found = later->entities.find(ref);
    if (found == later->entities.end()) return;
    const auto expire = [&](EntityCore& waiting) { return waiting.expire(clock(process)); };
    handle(process, shard, guarded(process, found->second, expire), ref);
    passivate(process, ref);
  });
}

void World::handle(int process, ShardId shard, EntityEffects effects, const EntityRef& ref) {
  for (const auto& r : effects.replies) reply(process, shard, r);
  for (const auto& a : effects.asks) ask(process, shard, ref, a);
  for (const auto& release : effects.releases)
    send(process, *release_command(release, kinds_.of(release.target.kind), clock(process) + 60s),
         {});
  if (!effects.proposal) return;
  auto* host = shard_at(process, shard);
  if (mutations_.reply_before_commit) {
    const auto& entry = effects.proposal->entry;
    for (std::size_t i = returns_.size(); i-- > 0;)
      if (returns_[i].is_open && returns_[i].command.id == entry.command) {
        checker_.replied(returns_[i].command, Outcome{entry.entity.id, entry.version, entry.status,
                                                      position_text(shard, host->core.seq() + 1)});
        break;
      }
  }
  std::vector<Proposal> proposals;
  proposals.push_back(std::move(*effects.proposal));
  step(process, shard,
       [&](ShardCore& core) { return core.propose(std::move(proposals), clock(process)); });
}

void World::ask(int process, ShardId shard, const EntityRef& from, const Ask& ask) {
  Return back{Return::Type::ask, process, shard, from, ask.id, {}, false, {}, -1};
  if (ask.need.type == Need::Type::claim)
    return send(process, *claim_command(ask, kinds_.of(ask.need.target.kind)), back);
  transmit(process, ask.need.target, [=, this](int at) {
    auto* core = entity(at, ask.need.target);
    auto answer = core->answer(ask.need.verb, ask.need.body, ask.by, clock(at));
    if (ask.need.verb == "claim_in_use" && !mutations_.replaced_owner_answers &&
        !is_owner(at, shard_of(ask.need.target, shard_count)))
      return;
    AskAnswer out{back.number, core->version(), {}};
    if (answer) out.value = *answer;
    else out.value = answer.error();
    answer_ask(back, std::move(out));
  });
}

/// A replaced owner meets what its successor wrote; whatever it makes of that, it ends there.
void World::step(int process, ShardId shard, const std::function<ShardEffects(ShardCore&)>& what) {
  auto* host = shard_at(process, shard);
  if (!host) return;
  ShardEffects effects;
  try {
    reads_may_fail_ = true;
    effects = what(host->core);
    reads_may_fail_ = false;
  } catch (const storage::ReadFailed&) {
    reads_may_fail_ = false;
    const bool was_owner = is_owner(process, shard);
    close_shard(process, shard);
    return was_owner ? find_owner(shard) : void();
  } catch (const InvariantBroken& broken) {
    reads_may_fail_ = false;
    if (is_owner(process, shard)) checker_.violated(broken.what());
    return close_shard(process, shard);
  }
  handle(process, shard, std::move(effects));
}

void World::handle(int process, ShardId shard, ShardEffects effects) {
  if (effects.commit) submit(process, std::move(*effects.commit));
  for (const auto& result : effects.results) {
    auto* host = shard_at(process, shard);
    if (!host) return;
    const auto settle = [&](EntityCore& core) {
      return result.committed ? core.committed(result.seq, clock(process))
                              : core.commit_failed(result.why, clock(process));
    };
    handle(process, shard, guarded(process, host->entities.at(result.entity), settle),
           result.entity);
    passivate(process, result.entity);
  }
  for (const auto& dispatch : effects.dispatches) {
    send(process, dispatch.command,
         {Return::Type::dispatch, process, shard, {}, dispatch.ticket, {}, false, {}, -1});
    if (mutations_.cursor_runs_ahead && dispatch.command.origin == Origin::reaction)
      step(process, shard, [&](ShardCore& core) {
        return core.answered(dispatch.ticket, Outcome{}, clock(process));
      });
  }
  for (const auto& alarm : effects.alarms)
    if (is_owner(process, shard)) checker_.violated("alarm " + alarm.id + ": " + alarm.detail);
  if (effects.find_out)
    after(random_.between(5ms, 200ms), [=, this] {
      step(process, shard,
           [&](ShardCore& core) { return core.resolved(store_.applied(shard), clock(process)); });
    });
  if (effects.stepped_down) return close_shard(process, shard);
  plan_wake(process, shard);
}

void World::plan_wake(int process, ShardId shard) {
  auto* host = shard_at(process, shard);
  if (!host) return;
  const auto wake = host->core.wake_at();
  if (!wake) return;
  const auto wakes = std::max(when(process, *wake), now_ + 5ms);
  if (host->wakes <= wakes) return;
  host->wakes = wakes;
  at(wakes, [=, this] {
    auto* later = shard_at(process, shard);
    if (!later || later->wakes != wakes) return;
    later->wakes = Timestamp::max();
    step(process, shard, [&](ShardCore& core) { return core.due(clock(process)); });
  });
}

void World::submit(int process, storage::Commit commit) {
  const auto shard = commit.batch.shard;
  const auto seq = commit.batch.seq;
  std::erase_if(commit.changes, [&](const storage::Change& change) {
    const bool is_dedup = change.family == storage::Family::meta && change.value &&
                          change.key.size() == storage::keys::dedup(shard, {}).size() &&
                          change.key[2] == 'd';
    if (!is_dedup) return false;
    const auto origin = static_cast<Origin>(storage::decode_outcome(*change.value)->origin);
    return (mutations_.people_forgotten && origin == Origin::person) ||
           (mutations_.reactions_forgotten && origin == Origin::reaction);
  });
  if (commit.batch.epoch < epoch_[shard]) {
    const CommitResult fenced{shard, seq,
                              random_.chance(500) ? CommitState::failed : CommitState::unknown,
                              "another epoch owns the shard"};
    return after(delay(), [=, this] { complete(process, shard, seq, fenced); });
  }
  store_.commit(std::move(commit));
  on_disk_[shard] = {process, seq};
  after(random_.between(1ms, 15ms), [=, this] {
    if (const auto at = on_disk_.find(shard);
        at == on_disk_.end() || at->second != std::pair(process, seq))
      return;
    on_disk_.erase(shard);
    using Fate = MemoryStore::Fate;
    auto fate = Fate::committed;
    if (!is_calm_ && random_.chance(60))
      fate = std::array{Fate::failed, Fate::unknown_applied, Fate::unknown_lost}[random_.below(3)];
    const auto result = store_.complete(shard, fate);
    after(random_.between(0ms, 5ms), [=, this] { complete(process, shard, seq, result); });
  });
}

void World::complete(int process, ShardId shard, std::uint64_t seq, CommitResult result) {
  auto* host = shard_at(process, shard);
  if (!host || host->core.seq() + 1 != seq) return;
  if (mutations_.uncertain_is_failed && result.state == CommitState::unknown)
    result.state = CommitState::failed;
  step(process, shard, [&](ShardCore& core) { return core.finished(result, clock(process)); });
}

}  // namespace mf::sim
