#pragma once
// The inside of the simulation; only its own .cpp files include this.
#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "actors/shard/shard_core.hpp"
#include "base/node_time.hpp"
#include "storage/journal_age.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/shard/checker.hpp"
#include "tests/shard/sim_keys.hpp"
#include "tests/shard/world.hpp"

namespace mf::sim {

using namespace mf::entity;
using namespace mf::shard;
using namespace std::chrono_literals;
using storage::CommitResult;
using storage::CommitState;
using storage::MemoryStore;

inline constexpr std::uint16_t shard_count = 3;
inline constexpr int jobs = 4, holders = 2, people_commands = 40, machines = 3;
inline constexpr Duration chaos_time = 8s, rest_time = 80s, sweep_every = 10s;

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

/// What somebody wants.
struct Wish {
  EntityRef target;
  std::string verb, json;
  Principal by;
};
/// Who plays, and what people do.
struct Cast {
  Kinds kinds;
  std::unique_ptr<entity::KeyRing> keys;     ///< none: the world's
  std::vector<Wish> setup;                   ///< before anything goes wrong, in order
  std::function<Wish(Random&, int n)> wish;  ///< the n-th of people_commands
  std::vector<Wish> calm;                    ///< once all is calm
  /// What must hold at the end of what the entities say.
  /// A claim whose check is due after `checked_until` may not have been let go yet: it was armed
  /// under a clock that was trusted, and wrong.
  std::function<std::string(const std::map<EntityRef, std::shared_ptr<Entity>>&,
                            Timestamp checked_until)>
      complaint;
};
[[nodiscard]] Cast toy_cast(const toy::Mistakes& mistakes);
[[nodiscard]] Cast company_cast();

/// A store whose disk refuses to be read when the world says so.
class UnreadableStore final : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  std::optional<std::string> get(storage::Family family, std::string_view key) const override {
    if (refuses && refuses()) throw storage::ReadFailed("a bad sector");
    return MemoryStore::get(family, key);
  }
  std::function<bool()> refuses;
};

/// Whom a reply goes to.
struct Return {
  enum class Type : std::uint8_t { nobody, client, ask, dispatch };
  Type type = Type::nobody;
  int process = -1;  ///< of ask and dispatch
  ShardId shard = 0;
  EntityRef entity;          ///< of ask
  std::uint64_t number = 0;  ///< ask id, ticket, or index of the client's command
  Command command;           ///< that is answered
  bool is_open = false;      ///< received by a living process and not answered
  Timestamp expires;         ///< its deadline in true time
  int at = -1;               ///< that process
};

struct Shard {
  Shard(ShardCore c) : core(std::move(c)) {}
  ShardCore core;
  std::map<EntityRef, EntityCore> entities;
  Timestamp wakes{Timestamp::max()};
};

/// Its wall clock is off by `wrong`; its steady clock is right.
struct Machine {
  Duration wrong{0};
  std::optional<ClockRecord> record;  ///< what a process has left on its disk
};

struct Process {
  bool is_alive = true;
  std::size_t machine = 0;
  std::optional<NodeTime> time;
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
  World(std::uint64_t seed, const Mutations& mutations, Cast cast);
  Report run();

 private:
  void at(Timestamp when, std::function<void()> what) {
    events_.emplace(std::pair(std::max(when, now_), ++order_), std::move(what));
  }
  void after(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
  bool run_until(Timestamp end);
  void disturb();
  void come_to_rest();
  void look_for_silence();
  void trace(const storage::Commit& commit) const;

  int start_process();
  void crash(int process);
  void find_owner(ShardId shard);
  void take_over(ShardId shard, int process);
  void close_shard(int process, ShardId shard);
  [[nodiscard]] Shard* shard_at(int process, ShardId shard);
  [[nodiscard]] bool is_owner(int process, ShardId shard) {
    return owner_[shard] == process && shard_at(process, shard) &&
           shard_at(process, shard)->core.epoch() == epoch_[shard];
  }
  [[nodiscard]] ClockReading read_clocks(std::size_t machine) const;
  [[nodiscard]] Timestamp clock(int process);
  /// True time when a process's clock will show `at`, if nobody sets it.
  [[nodiscard]] Timestamp when(int process, Timestamp at) { return now_ + (at - clock(process)); }
  void set_a_clock();
  void sweep();
  void compact();

  Duration delay();
  void transmit(int from, const EntityRef& to, const std::function<void(int process)>& deliver);
  void transmit_back(std::function<void()> deliver);
  void send(int from, const Command& command, const Return& back);
  void receive(int process, const Command& command, Return back);
  void reply(int process, ShardId shard, const CommandReply& reply);
  void answer_ask(const Return& back, AskAnswer answer);

  EntityCore* entity(int process, const EntityRef& ref);
  void step(int process, const EntityRef& ref,
            const std::function<EntityEffects(EntityCore&)>& what);
  EntityEffects guarded(int process, EntityCore& core,
                        const std::function<EntityEffects(EntityCore&)>& what);
  void handle(int process, ShardId shard, EntityEffects effects, const EntityRef& ref);
  void ask(int process, ShardId shard, const EntityRef& from, const Ask& ask);
  void step(int process, ShardId shard, const std::function<ShardEffects(ShardCore&)>& what);
  void handle(int process, ShardId shard, ShardEffects effects);
  void submit(int process, storage::Commit commit);
  void complete(int process, ShardId shard, std::uint64_t seq, CommitResult result);
  void plan_wake(int process, ShardId shard);
  void passivate(int process, const EntityRef& ref);

  [[nodiscard]] bool set_up();
  void make_people();
  std::size_t add(const Wish& wish);
  void make_limits();
  [[nodiscard]] bool disk_refuses();
  void try_command(std::size_t n);
  void heard(std::size_t n, const Reply& reply);

  Mutations mutations_;
  Random random_;
  Cast cast_;
  const Kinds& kinds_ = cast_.kinds;
  SimKeys sim_keys_{mutations_.keys_follow_batch};
  entity::KeyRing& keys_;  ///< the cast's, or those
  UnreadableStore store_{shard_count, "era", MemoryStore::Mode::queued};
  bool reads_may_fail_ = false;  ///< in the step that is made now
  Checker checker_;
  Report report_;
  Timestamp now_ = from_millis(1'790'000'000'000);
  bool is_calm_ = false;
  /// Nodes believe their wall clocks, as if an operator had told each of them to. Then no timer has
  /// a right time until all clocks are right for good.
  bool is_trusting_ = false;
  std::array<Machine, machines> machines_;
  ShardLimits limits_;
  EntityLimits entity_limits_;
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

}  // namespace mf::sim
