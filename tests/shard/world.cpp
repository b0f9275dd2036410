#include "tests/shard/world_parts.hpp"

#include <cstdio>
#include <cstdlib>

#include "base/assert.hpp"
#include "base/environment.hpp"
namespace mf::sim {

World::World(std::uint64_t seed, const Mutations& mutations, Cast cast)
    : mutations_(mutations),
      random_(seed),
      cast_(std::move(cast)),
      keys_(cast_.keys ? *cast_.keys : sim_keys_) {
  store_.keep_keys_with(sim_keys_);
  store_.refuses = [this] { return disk_refuses(); };
  is_trusting_ = random_.chance(300);
  make_limits();
  store_.on_applied([this](const storage::Commit& commit) {
    ++report_.commits;
    for (const auto& entry : commit.batch.entries)
      for (const auto& event : entry.events)
        if (const auto sealed = toy::text_of(event.json, "sealed");
            !cast_.keys && !sealed.empty() && !sim_keys_.opens(entry.entity.id, sealed))
          checker_.violated("a batch is durable whose key is not: " + entry.entity.id);
    trace(commit);
    checker_.applied(commit, now_);
  });
  if (mutations_.reactions_age_by_clock)
    store_.on_older_than([this](ShardId shard, Duration age) {
      auto seq = store_.applied(shard).seq;
      while (seq > 0 && store_.batch(shard, seq)->time + age >= now_ + machines_[0].wrong) --seq;
      return seq;
    });
}

bool World::disk_refuses() {
  if (!reads_may_fail_ || is_calm_ || !random_.chance(5)) return false;
  ++report_.failed_reads;
  return true;
}

/// In one history of three whatever has a limit meets it.
void World::make_limits() {
  limits_.dispatch_deadline = 1500ms;
  limits_.backoff_max = 1s;
  limits_.cursor_every = 400ms;
  if (mutations_.shard_time_freezes)
    limits_.set_back_max = entity_limits_.set_back_max = Duration::max();
  if (!random_.chance(333)) return;
  limits_.batch_entries_max = limits_.batch_reactions_max = 2;
  limits_.done_max = 6;
  limits_.reactions_loaded_max = 4;
  limits_.reactions_in_flight_max = 2;
  limits_.timers_in_flight_max = 1;
  limits_.waiting_max = 3;
  entity_limits_.queue_max = 4;
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
  if (set_up()) make_people();
  checker_.clocks_are_right(is_trusting_ ? std::nullopt : std::optional(Duration(5s)));
  after(50ms, [this] { disturb(); });
  after(sweep_every, [this] { sweep(); });
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
      if (checker_.violations().empty())
        if (auto wrong = cast_.complaint(checker_.folded(), is_trusting_ ? now_ : Timestamp::max());
            !wrong.empty())
          checker_.violated(std::move(wrong));
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
  if (random_.chance(40)) set_a_clock();
  if (random_.chance(50)) compact();
  after(random_.between(20ms, 200ms), [this] { disturb(); });
}

/// By little, or by hours and days, forwards or backwards; or right again.
void World::set_a_clock() {
  auto& machine = machines_[random_.below(machines)];
  const auto kind = random_.below(4);
  machine.wrong = kind == 0   ? random_.between(-300ms, 300ms)
                  : kind == 1 ? random_.between(-3h, 3h)
                              : random_.between(-24h * 20, 24h * 20);
  ++report_.jumps;
}

ClockReading World::read_clocks(std::size_t machine) const {
  return {now_.time_since_epoch() + machine * 1h, now_ + machines_[machine].wrong};
}

Timestamp World::clock(int number) {
  auto& process = processes_[static_cast<std::size_t>(number)];
  const auto now = read_clocks(process.machine);
  if (is_trusting_ || mutations_.node_follows_wall) return now.wall;
  process.time->look(now);
  return process.time->at(now.steady);
}

/// What a shard's actor does every ten seconds.
void World::sweep() {
  for (int process = 0; process < static_cast<int>(processes_.size()); ++process)
    for (ShardId shard = 0; shard < shard_count; ++shard)
      step(process, shard, [&](ShardCore& core) { return core.due(clock(process)); });
  after(sweep_every, [this] { sweep(); });
}

/// RocksDB drops what may be forgotten: nothing, for no history lasts four days.
void World::compact() {
  if (!mutations_.forgets_by_clock) return;
  Timestamp newest{};
  for (ShardId shard = 0; shard < shard_count; ++shard)
    newest = std::max(newest, store_.applied(shard).time);
  store_.drop(storage::Family::meta, [&](std::string_view key, std::string_view value) {
    return key.size() == storage::keys::dedup(0, {}).size() && key[2] == 'd' &&
           storage::decode_outcome(value)->time + storage::people_remembered < newest;
  });
}

void World::come_to_rest() {
  is_calm_ = true;
  if (is_trusting_)
    for (auto& machine : machines_) machine.wrong = random_.between(-200ms, 200ms);
  else set_a_clock();
  checker_.clocks_are_right(is_trusting_ ? set_back_max + 5s : Duration(5s));
  for (const auto& wish : cast_.calm) {
    const auto n = add(wish);
    after(10ms, [this, n] { try_command(n); });
  }
  for (int p = 0; p < static_cast<int>(processes_.size()); ++p)
    for (ShardId shard = 0; shard < shard_count; ++shard)
      if (shard_at(p, shard) && !is_owner(p, shard)) close_shard(p, shard);
  for (ShardId shard = 0; shard < shard_count; ++shard)
    if (owner_[shard] < 0) take_over(shard, start_process());
}

/// A command that was received by a process that lives is answered by its deadline.
void World::look_for_silence() {
  for (auto& back : returns_)
    if (back.is_open && !is_trusting_ && now_ > back.expires + 700ms)
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
  process.machine = random_.below(machines);
  auto& machine = machines_[process.machine];
  if (!machine.record) machine.wrong = random_.between(-200ms, 200ms);
  const auto now = read_clocks(process.machine);
  const auto boot = "machine-" + std::to_string(process.machine);
  process.time = time_at_start({.now = now, .boot = boot, .last = machine.record, .newest = {}});
  machine.record = ClockRecord{boot, now.steady, process.time->at(now.steady)};
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
    if (owner_[shard] == number) find_owner(shard);
  }
  process.is_alive = false;
  process.shards.clear();
  for (auto& back : returns_)
    if (back.at == number) back.is_open = false;
}

/// Nobody owns the shard; after a while somebody does.
void World::find_owner(ShardId shard) {
  owner_[shard] = -1;
  after(random_.between(20ms, 600ms), [this, shard] {
    if (owner_[shard] >= 0) return;
    const auto other = static_cast<int>(random_.below(processes_.size()));
    take_over(shard, random_.chance(500) ? start_process() : other);
  });
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
  auto& process = processes_[static_cast<std::size_t>(number)];
  process.shards.emplace(shard,
                         Shard(ShardCore(shard, kinds_, keys_, store_, epoch_[shard],
                                         process.incarnation + epoch_[shard] * 100'000, limits_)));
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

bool World::set_up() {
  is_calm_ = true;
  for (const auto& wish : cast_.setup) {
    const auto n = add(wish);
    try_command(n);
    for (int i = 0; i < 100 && !people_[n].is_done; ++i)
      if (!run_until(now_ + 10ms)) return false;
    if (!people_[n].is_done) checker_.violated("can't be set up: " + wish.verb);
  }
  is_calm_ = false;
  return true;
}

void World::make_people() {
  for (int n = 0; n < people_commands; ++n) {
    const auto number = add(cast_.wish(random_, n));
    at(now_ + (n < jobs ? 10ms : random_.between(100ms, chaos_time)),
       [this, number] { try_command(number); });
  }
}

std::size_t World::add(const Wish& wish) {
  const auto n = people_.size();
  PeopleCommand p;
  p.command.id = blake2b_128({"people", std::to_string(n)});
  p.command.target = wish.target;
  auto body = kinds_.of(wish.target.kind).parse(wish.verb, wish.json);
  MF_ASSERT(body, "a wish that can't be read: " + wish.verb + " " + wish.json);
  p.command.body = std::move(*body);
  p.command.fingerprint = fingerprint_of(p.command.body);
  p.command.by = wish.by;
  people_.push_back(std::move(p));
  return n;
}

/// Sends it with a new deadline; without a final answer by then, once more under the same id.
void World::try_command(std::size_t n) {
  auto& p = people_[n];
  const int tries = ++p.tries;
  p.command.deadline = now_ + random_.between(300ms, 2s);
  send(-1, p.command, {Return::Type::client, -1, 0, {}, n, {}, false, {}, -1});
  at(p.command.deadline + 10ms, [=, this] {
    if (!people_[n].is_done && people_[n].tries == tries) try_command(n);
  });
}

void World::heard(std::size_t n, const Reply& reply) {
  auto& p = people_[n];
  if (const auto* fault = std::get_if<Fault>(&reply)) {
    if (fault->code == Fault::Code::idempotency_key_reused)
      checker_.violated("a key counts as used with another body");
    if (fault->code == Fault::Code::internal) p.is_done = true;
    return;  // its next try is planned
  }
  p.is_done = true;
  // People press twice, and browsers send again.
  if (!is_calm_ && random_.chance(200))
    after(random_.between(1ms, 4s), [this, n] {
      if (!is_calm_) try_command(n);
    });
}

Report simulate(std::uint64_t seed, const Mutations& mutations, Play play) {
  return World(seed, mutations, play == Play::toys ? toy_cast(mutations.toy) : company_cast())
      .run();
}

}  // namespace mf::sim
