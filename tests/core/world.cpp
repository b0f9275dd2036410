#include "tests/core/world.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>

#include "actors/runtime/shard_core.hpp"
#include "base/assert.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/core/checker.hpp"

namespace mf::sim {
namespace {

using namespace runtime;
using namespace std::chrono_literals;
using storage::CommitResult;
using storage::CommitState;
using storage::MemoryStore;

constexpr std::uint16_t shard_count = 3;
constexpr int jobs = 4, holders = 2, people_commands = 40;
constexpr Duration chaos_time = 8s, rest_time = 60s;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  std::uint64_t next() {  // splitmix64
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  bool chance(int per_mille) { return below(1000) < static_cast<std::uint64_t>(per_mille); }
  Duration between(Duration low, Duration high) {
    return low + Duration(below(static_cast<std::uint64_t>((high - low).count()) + 1));
  }

 private:
  std::uint64_t state_;
};

/// Whom a reply goes to.
struct Return {
  enum class Type : std::uint8_t { nobody, client, ask, dispatch };
  Type type = Type::nobody;
  int process = -1;      ///< of ask and dispatch
  ShardId shard = 0;
  EntityRef entity;      ///< of ask
  std::uint64_t number = 0;  ///< ask id, ticket, or index of the client's command
  Command command;       ///< that is answered
  bool is_open = false;  ///< received by a living process and not answered
  int at = -1;           ///< that process
};

struct Shard {
  Shard(ShardCore c) : core(std::move(c)) {}
  ShardCore core;
  std::map<EntityRef, EntityCore> entities;
  Timestamp wakes{Timestamp::max()};
};

struct Process {
  bool is_alive = true;
  Duration skew{0};
  std::uint64_t incarnation = 0;
  std::map<ShardId, Shard> shards;
};

struct PeopleCommand {
  Command command;
  bool is_done = false;
  int tries = 0;
};

class World {
 public:
  World(std::uint64_t seed, const Mutations& mutations);
  Report run();

 private:
  // the machinery
  void at(Timestamp when, std::function<void()> what) {
    events_.emplace(std::pair(std::max(when, now_), ++order_), std::move(what));
  }
  void after(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
  bool run_until(Timestamp end);
  void disturb();
  void come_to_rest();
  void look_for_silence();
  void trace(const storage::Commit& commit) const;

  // processes
  int start_process();
  void crash(int process);
  void take_over(ShardId shard, int process);
  void close_shard(int process, ShardId shard);
  [[nodiscard]] Shard* shard_at(int process, ShardId shard);
  [[nodiscard]] bool is_owner(int process, ShardId shard) {
    return owner_[shard] == process && shard_at(process, shard) &&
           shard_at(process, shard)->core.epoch() == epoch_[shard];
  }
  [[nodiscard]] Timestamp clock(int process) const {
    return now_ + processes_[static_cast<std::size_t>(process)].skew;
  }

  // the network
  Duration delay();
  void transmit(int from, const EntityRef& to, std::function<void(int process)> deliver);
  void transmit_back(std::function<void()> deliver);
  void send(int from, const Command& command, Return back);
  void receive(int process, const Command& command, Return back);
  void reply(int process, ShardId shard, const CommandReply& reply);
  void answer_ask(const Return& back, AskAnswer answer);

  // entities and shards
  EntityCore* entity(int process, const EntityRef& ref);
  void step(int process, const EntityRef& ref,
            const std::function<EntityEffects(EntityCore&)>& what);
  void handle(int process, ShardId shard, EntityEffects effects, const EntityRef& ref);
  void ask(int process, ShardId shard, const EntityRef& from, const Ask& ask);
  void step(int process, ShardId shard, const std::function<ShardEffects(ShardCore&)>& what);
  void handle(int process, ShardId shard, ShardEffects effects);
  void submit(int process, storage::Commit commit);
  void complete(int process, ShardId shard, std::uint64_t seq, CommitResult result);
  void plan_wake(int process, ShardId shard);
  void passivate(int process, const EntityRef& ref);

  // people
  void make_people();
  void try_command(std::size_t n);
  void heard(std::size_t n, const Reply& reply);

  Mutations mutations_;
  Random random_;
  Kinds kinds_;
  toy::NoKeys keys_;
  MemoryStore store_{shard_count, "era", MemoryStore::Mode::queued};
  Checker checker_;
  Report report_;
  Timestamp now_ = from_millis(1'000'000);
  bool is_calm_ = false;
  std::map<std::pair<Timestamp, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t order_ = 0;
  std::vector<Process> processes_;
  std::map<ShardId, int> owner_, previous_;
  std::map<ShardId, std::uint64_t> epoch_;
  std::map<ShardId, std::pair<int, std::uint64_t>> on_disk_;  ///< queued: of which process, seq
  std::map<std::pair<int, EntityRef>, Timestamp> lanes_;
  std::vector<Return> returns_;
  std::vector<PeopleCommand> people_;
};

World::World(std::uint64_t seed, const Mutations& mutations)
    : mutations_(mutations), random_(seed), kinds_(toy::make_kinds(mutations.toy)) {
  store_.on_applied([this](const storage::Commit& commit) {
    ++report_.commits;
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

// --- trouble ---------------------------------------------------------------------------------

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
  after(100ms, [this] { if (!is_calm_) look_for_silence(); });
}

/// MF_TRACE=1 prints the journal of a replayed run.
void World::trace(const storage::Commit& commit) const {
  static const bool is_on = std::getenv("MF_TRACE") != nullptr;
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
    auto result = store_.complete(shard, is_applied ? MemoryStore::Fate::committed
                                                    : MemoryStore::Fate::failed);
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
  process.shards.emplace(shard, Shard(ShardCore(shard, kinds_, keys_, store_, epoch_[shard],
                                                process.incarnation + epoch_[shard] * 100'000,
                                                limits)));
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

// --- network ---------------------------------------------------------------------------------

Duration World::delay() {
  if (is_calm_) return random_.between(1ms, 3ms);
  if (random_.chance(25)) return random_.between(500ms, 5s);
  return random_.between(1ms, 30ms);
}

/// First-in-first-out per sender and target within one process life; a duplicate comes whenever.
void World::transmit(int from, const EntityRef& to, std::function<void(int)> deliver) {
  const auto shard = shard_of(to, shard_count);
  // Routing tables lag behind.
  const auto process = !is_calm_ && random_.chance(150) ? previous_[shard] : owner_[shard];
  const auto arrive = [=, this] {
    if (process >= 0 && shard_at(process, shard)) deliver(process);
  };
  const bool is_dropped = !is_calm_ && random_.chance(25);
  const bool is_doubled = !is_calm_ && random_.chance(25);
  if (is_doubled) at(now_ + delay(), arrive);
  if (is_dropped) return;
  auto when = now_ + delay();
  if (from >= 0) {
    auto& last = lanes_[{from, to}];
    when = last = std::max(last, when);
  }
  at(when, arrive);
}

void World::transmit_back(std::function<void()> deliver) {
  if (!is_calm_ && random_.chance(25)) return;
  if (!is_calm_ && random_.chance(25)) after(delay(), deliver);
  after(delay(), std::move(deliver));
}

void World::send(int from, const Command& command, Return back) {
  checker_.sent(command);
  // A duplicate of the network is a copy too; counting one more than there are is harmless.
  if (!is_calm_) checker_.sent(command);
  transmit(from, command.target,
           [=, this](int process) { receive(process, command, back); });
}

void World::receive(int process, const Command& command, Return back) {
  const auto shard = shard_of(command.target, shard_count);
  back.command = command;
  back.is_open = true;
  back.at = process;
  returns_.push_back(std::move(back));
  const ReplyTo to{returns_.size() - 1, 0};
  step(process, command.target, [&](EntityCore& core) {
    auto envelope = shard_at(process, shard)->core.envelope(command, to, clock(process));
    return core.receive(std::move(envelope), clock(process));
  });
}

void World::reply(int process, ShardId shard, const CommandReply& r) {
  auto& back = returns_[r.to.address];
  if (!back.is_open) return checker_.violated("answered twice: " + back.command.body.verb);
  back.is_open = false;
  checker_.replied(back.command, r.reply);
  // What no commit of its own proves, a replaced owner must not tell other entities.
  const bool is_proved = std::holds_alternative<Outcome>(r.reply);
  if (!is_proved && back.type != Return::Type::client && !is_owner(process, shard) &&
      !mutations_.replaced_owner_answers)
    return;
  const auto address = r.to.address;
  switch (back.type) {
    case Return::Type::nobody: return;
    case Return::Type::client:
      return transmit_back([=, this, said = r.reply] {
        heard(returns_[address].number, said);
      });
    case Return::Type::dispatch:
      return transmit_back([=, this, said = r.reply] {
        const auto to = returns_[address];
        step(to.process, to.shard, [&](ShardCore& core) {
          return core.answered(to.number, said, clock(to.process));
        });
      });
    case Return::Type::ask: break;
  }
  AskAnswer answer{back.number, 0, {}};
  if (const auto* yes = std::get_if<Outcome>(&r.reply)) {
    answer.version = yes->version;
    answer.value = r.claim;
  } else if (const auto* no = std::get_if<Rejection>(&r.reply)) {
    answer.value = *no;
  } else {
    answer.value = std::get<Fault>(r.reply);
  }
  answer_ask(back, std::move(answer));
}

void World::answer_ask(const Return& to, AskAnswer answer) {
  transmit_back([=, this] {
    auto* host = shard_at(to.process, to.shard);
    if (!host || !host->entities.contains(to.entity)) return;
    step(to.process, to.entity,
         [&](EntityCore& core) { return core.answered(answer, clock(to.process)); });
  });
}

// --- entities --------------------------------------------------------------------------------

EntityCore* World::entity(int process, const EntityRef& ref) {
  const auto shard = shard_of(ref, shard_count);
  auto& entities = shard_at(process, shard)->entities;
  if (const auto found = entities.find(ref); found != entities.end()) return &found->second;
  EntityCore core(kinds_.of(ref.kind), keys_, store_, ref, shard);
  if (auto loaded = core.load(); !loaded) checker_.violated(loaded.error().message);
  return &entities.emplace(ref, std::move(core)).first->second;
}

void World::step(int process, const EntityRef& ref,
                 const std::function<EntityEffects(EntityCore&)>& what) {
  auto effects = what(*entity(process, ref));
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
  at(*next - processes_[static_cast<std::size_t>(process)].skew, [=, this] {
    auto* later = shard_at(process, shard);
    if (!later) return;
    const auto found = later->entities.find(ref);
    if (found == later->entities.end()) return;
    handle(process, shard, found->second.expire(clock(process)), ref);
    passivate(process, ref);
  });
}

void World::handle(int process, ShardId shard, EntityEffects effects, const EntityRef& ref) {
  for (const auto& r : effects.replies) reply(process, shard, r);
  for (const auto& a : effects.asks) ask(process, shard, ref, a);
  for (const auto& release : effects.releases)
    send(process,
         *release_command(release, kinds_.of(release.target.kind), clock(process) + 60s), {});
  if (!effects.proposal) return;
  auto* host = shard_at(process, shard);
  if (mutations_.reply_before_commit) {
    const auto& entry = effects.proposal->entry;
    for (std::size_t i = returns_.size(); i-- > 0;)
      if (returns_[i].is_open && returns_[i].command.id == entry.command) {
        checker_.replied(returns_[i].command,
                         Outcome{entry.entity.id, entry.version, entry.status,
                                 position_text(shard, host->core.seq() + 1)});
        break;
      }
  }
  std::vector<Proposal> proposals;
  proposals.push_back(std::move(*effects.proposal));
  step(process, shard, [&](ShardCore& core) {
    return core.propose(std::move(proposals), clock(process));
  });
}

void World::ask(int process, ShardId shard, const EntityRef& from, const Ask& ask) {
  Return back{Return::Type::ask, process, shard, from, ask.id, {}, false, -1};
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

// --- shards ----------------------------------------------------------------------------------

/// A replaced owner meets what its successor wrote; whatever it makes of that, it ends there.
void World::step(int process, ShardId shard,
                 const std::function<ShardEffects(ShardCore&)>& what) {
  auto* host = shard_at(process, shard);
  if (!host) return;
  ShardEffects effects;
  try {
    effects = what(host->core);
  } catch (const InvariantBroken& broken) {
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
    auto& core = host->entities.at(result.entity);
    handle(process, shard,
           result.committed ? core.committed(result.seq, clock(process))
                            : core.commit_failed(result.why, clock(process)),
           result.entity);
    passivate(process, result.entity);
  }
  for (const auto& dispatch : effects.dispatches) {
    send(process, dispatch.command,
         {Return::Type::dispatch, process, shard, {}, dispatch.ticket, {}, false, -1});
    if (mutations_.cursor_runs_ahead)
      step(process, shard, [&](ShardCore& core) {
        return core.answered(dispatch.ticket, Outcome{}, clock(process));
      });
  }
  for (const auto& alarm : effects.alarms)
    if (is_owner(process, shard)) checker_.violated("alarm " + alarm.id + ": " + alarm.detail);
  if (effects.find_out)
    after(random_.between(5ms, 200ms), [=, this] {
      step(process, shard, [&](ShardCore& core) {
        return core.resolved(store_.applied(shard), clock(process));
      });
    });
  if (effects.stepped_down) return close_shard(process, shard);
  plan_wake(process, shard);
}

void World::plan_wake(int process, ShardId shard) {
  auto* host = shard_at(process, shard);
  if (!host) return;
  const auto wake = host->core.wake_at();
  if (!wake) return;
  const auto skew = processes_[static_cast<std::size_t>(process)].skew;
  const auto when = std::max(*wake - skew, now_ + 5ms);
  if (host->wakes <= when) return;
  host->wakes = when;
  at(when, [=, this] {
    auto* later = shard_at(process, shard);
    if (!later || later->wakes != when) return;
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
  step(process, shard,
       [&](ShardCore& core) { return core.finished(result, clock(process)); });
}

// --- people ----------------------------------------------------------------------------------

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

}  // namespace

Report simulate(std::uint64_t seed, const Mutations& mutations) {
  return World(seed, mutations).run();
}

}  // namespace mf::sim
