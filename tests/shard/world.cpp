#include "tests/shard/world_parts.hpp"

#include <cstdio>
#include <cstdlib>

#include "base/environment.hpp"
namespace mf::sim {

World::World(std::uint64_t seed, const Mutations& mutations)
    : mutations_(mutations), random_(seed), kinds_(toy::make_kinds(mutations.toy)) {
  store_.keep_keys_with(keys_);
  store_.on_applied([this](const storage::Commit& commit) {
    ++report_.commits;
    for (const auto& entry : commit.batch.entries)
      for (const auto& event : entry.events)
        if (const auto sealed = toy::text_of(event.json, "sealed");
            !sealed.empty() && !keys_.opens(entry.entity.id, sealed))
          checker_.violated("a batch is durable whose key is not: " + entry.entity.id);
    trace(commit);
    checker_.applied(commit);
  });
}

bool World::run_until(Timestamp end) {
  while (!events_.empty() && events_.begin()->first.first <= end) {
    auto event = events_.extract(events_.begin());
    now_ = event.key().first;
    event.mapped()();
    ++report_.steps;
    if (!checker_.violations().empty()) return false;
  }
  now_ = end;
  return true;
}

Report World::run() {
  for (int i = 0; i < 2; ++i) start_process();
  for (ShardId shard = 0; shard < shard_count; ++shard)
    take_over(shard, static_cast<int>(random_.below(2)));
  make_people();
  after(50ms, [this] { disturb(); });
  after(100ms, [this] { look_for_silence(); });
  if (run_until(now_ + chaos_time)) {
    come_to_rest();
    if (run_until(now_ + rest_time)) {
      for (const auto& p : people_)
        if (!p.is_done) checker_.violated("a command was never answered: " + p.command.body.verb);
      for (auto& process : processes_)
        for (auto& [number, shard] : process.shards)
          if (shard.core.reactions_waiting() > 0) checker_.violated("a reaction still waits");
      if (checker_.violations().empty()) checker_.finish(store_, kinds_, keys_, now_);
    }
  }
  report_.violations = checker_.violations();
  report_.acknowledged = checker_.acknowledged();
  return report_;
}

void World::disturb() {
  if (is_calm_) return;
  const auto process = static_cast<int>(random_.below(processes_.size()));
  if (random_.chance(60)) crash(process);
  if (random_.chance(60)) {
    const auto shard = static_cast<ShardId>(random_.below(shard_count));
    if (owner_[shard] >= 0) take_over(shard, process);
  }
  if (random_.chance(30))
    processes_[static_cast<std::size_t>(process)].skew = random_.between(-300ms, 300ms);
  after(random_.between(20ms, 200ms), [this] { disturb(); });
}

void World::come_to_rest() {
  is_calm_ = true;
  for (int p = 0; p < static_cast<int>(processes_.size()); ++p)
    for (ShardId shard = 0; shard < shard_count; ++shard)
      if (shard_at(p, shard) && !is_owner(p, shard)) close_shard(p, shard);
  for (ShardId shard = 0; shard < shard_count; ++shard)
    if (owner_[shard] < 0) take_over(shard, start_process());
}

/// A command that was received by a process that lives is answered by its deadline.
void World::look_for_silence() {
  for (auto& back : returns_)
    if (back.is_open && clock(back.at) > back.command.deadline + 700ms)
      checker_.violated("nobody answered " + back.command.body.verb);
  after(100ms, [this] {
    if (!is_calm_) look_for_silence();
  });
}

/// MF_TRACE=1 prints the journal of a replayed run.
void World::trace(const storage::Commit& commit) const {
  static const bool is_on = environment_value("MF_TRACE").has_value();
  if (!is_on) return;
  for (const auto& e : commit.batch.entries)
    for (const auto& ev : e.events)
      std::printf("%lld %u-%llu e%llu %s v%llu %s %s\n", static_cast<long long>(to_millis(now_)),
                  commit.batch.shard, static_cast<unsigned long long>(commit.batch.seq),
                  static_cast<unsigned long long>(commit.batch.epoch), e.entity.id.c_str(),
                  static_cast<unsigned long long>(e.version), ev.type.c_str(), ev.json.c_str());
}

int World::start_process() {
  Process process;
  process.skew = random_.between(-200ms, 200ms);
  process.incarnation = random_.next() >> 2;
  processes_.push_back(std::move(process));
  return static_cast<int>(processes_.size()) - 1;
}

Shard* World::shard_at(int process, ShardId shard) {
  auto& p = processes_[static_cast<std::size_t>(process)];
  const auto found = p.shards.find(shard);
  return p.is_alive && found != p.shards.end() ? &found->second : nullptr;
}

void World::crash(int number) {
  auto& process = processes_[static_cast<std::size_t>(number)];
  if (!process.is_alive) return;
  ++report_.crashes;
  for (ShardId shard = 0; shard < shard_count; ++shard) {
    if (const auto at = on_disk_.find(shard); at != on_disk_.end() && at->second.first == number) {
      static_cast<void>(store_.complete(shard, random_.chance(500)
                                                   ? MemoryStore::Fate::unknown_applied
                                                   : MemoryStore::Fate::unknown_lost));
      on_disk_.erase(at);
    }
    if (owner_[shard] != number) continue;
    owner_[shard] = -1;
    after(random_.between(20ms, 600ms), [this, shard] {
      if (owner_[shard] >= 0) return;
      const auto other = static_cast<int>(random_.below(processes_.size()));
      take_over(shard, random_.chance(500) ? start_process() : other);
    });
  }
  process.is_alive = false;
  process.shards.clear();
  for (auto& back : returns_)
    if (back.at == number) back.is_open = false;
}

void World::take_over(ShardId shard, int number) {
  if (!processes_[static_cast<std::size_t>(number)].is_alive) number = start_process();
  if (shard_at(number, shard)) return;
  ++report_.takeovers;
  const int before = owner_.contains(shard) ? owner_[shard] : -1;
  if (const auto at = on_disk_.find(shard); at != on_disk_.end()) {
    const auto [writer, seq] = at->second;
    const bool is_applied = random_.chance(500);
    auto result = store_.complete(
        shard, is_applied ? MemoryStore::Fate::committed : MemoryStore::Fate::failed);
    if (random_.chance(500)) result.state = CommitState::unknown;
    on_disk_.erase(at);
    after(delay(), [=, this] { complete(writer, shard, seq, result); });
  }
  if (before >= 0)  // it learns later that it has been replaced
    after(random_.between(1ms, 3s), [this, before, shard] {
      if (shard_at(before, shard) && !is_owner(before, shard)) close_shard(before, shard);
    });
  previous_[shard] = before;
  owner_[shard] = number;
  store_.fence(shard, ++epoch_[shard]);
  ShardLimits limits;
  limits.dispatch_deadline = 1500ms;
  limits.backoff_max = 1s;
  limits.cursor_every = 400ms;
  auto& process = processes_[static_cast<std::size_t>(number)];
  process.shards.emplace(shard,
                         Shard(ShardCore(shard, kinds_, keys_, store_, epoch_[shard],
                                         process.incarnation + epoch_[shard] * 100'000, limits)));
  auto effects = shard_at(number, shard)->core.recover(clock(number));
  if (!effects) return checker_.violated("recovery failed: " + effects.error().message);
  handle(number, shard, std::move(*effects));
}

void World::close_shard(int process, ShardId shard) {
  auto* host = shard_at(process, shard);
  if (!host) return;
  host->core.step_down();
  for (auto& [ref, core] : host->entities) {
    const auto effects = core.step_down();
    for (const auto& r : effects.replies) reply(process, shard, r);
  }
  processes_[static_cast<std::size_t>(process)].shards.erase(shard);
}

void World::make_people() {
  for (int n = 0; n < people_commands; ++n) {
    const auto job = "j" + std::to_string(n < jobs ? n : static_cast<int>(random_.below(jobs)));
    std::string verb = "create", json = "{}";
    if (n >= jobs) {
      const auto kind = random_.below(10);
      verb = kind < 5 ? "take" : kind < 7 ? "drop" : kind < 9 ? "note" : "create";
    }
    if (verb == "take") json = "{\"holder\":\"h" + std::to_string(random_.below(holders)) + "\"}";
    PeopleCommand p;
    p.command.id = blake2b_128({"people", std::to_string(n)});
    p.command.target = {toy::job_kind, job};
    p.command.body = *kinds_.of(toy::job_kind).parse(verb, json);
    p.command.fingerprint = fingerprint_of(p.command.body);
    p.command.by.account = "acc_ana";
    people_.push_back(std::move(p));
    at(now_ + (n < jobs ? 10ms : random_.between(100ms, chaos_time)),
       [this, n] { try_command(static_cast<std::size_t>(n)); });
  }
}

/// Sends it with a new deadline; without a final answer by then, once more under the same id.
void World::try_command(std::size_t n) {
  auto& p = people_[n];
  const int tries = ++p.tries;
  p.command.deadline = now_ + random_.between(300ms, 2s);
  send(-1, p.command, {Return::Type::client, -1, 0, {}, n, {}, false, -1});
  at(p.command.deadline + 10ms, [=, this] {
    if (!people_[n].is_done && people_[n].tries == tries) try_command(n);
  });
}

void World::heard(std::size_t n, const Reply& reply) {
  auto& p = people_[n];
  if (const auto* fault = std::get_if<Fault>(&reply)) {
    if (fault->code == Fault::Code::idempotency_key_reused)
      checker_.violated("a key counts as used with another body");
    return;  // its next try is planned
  }
  p.is_done = true;
  // People press twice, and browsers send again.
  if (!is_calm_ && random_.chance(200))
    after(random_.between(1ms, 4s), [this, n] {
      if (!is_calm_) try_command(n);
    });
}

Report simulate(std::uint64_t seed, const Mutations& mutations) {
  return World(seed, mutations).run();
}

}  // namespace mf::sim
