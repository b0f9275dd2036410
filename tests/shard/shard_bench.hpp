#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <iterator>
#include <ranges>

#include "actors/shard/shard_core.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/records.hpp"
#include "tests/shard/toy_kinds.hpp"

namespace mf::shard_test {

using namespace mf::entity;
using namespace mf::shard;
using namespace std::chrono_literals;
using storage::Family;
using storage::MemoryStore;

inline constexpr ShardId home = 0;
inline const Timestamp nine = from_millis(1'764'000'000'000);

/// One shard of a store whose commits the test completes. All entities live in shard 0.
struct Bench {
  MemoryStore store{1, "era", MemoryStore::Mode::queued};
  std::function<bool(std::string_view id)> can_open;
  Kinds kinds =
      toy::make_kinds({}, [this](std::string_view id) { return !can_open || can_open(id); });
  toy::NoKeys keyring;
  ShardLimits limits;
  std::unique_ptr<ShardCore> core;
  Timestamp now = nine;
  std::vector<ProposalResult> results;
  std::vector<Dispatch> dispatches;
  std::vector<Alarm> alarms;
  std::vector<std::shared_ptr<const CommittedBatch>> batches;
  std::optional<storage::Batch> in_flight;
  bool find_out = false, stepped_down = false;

  explicit Bench(ShardLimits l = {}) : limits(l) { open(1); }

  void open(std::uint64_t epoch) {
    core = std::make_unique<ShardCore>(home, kinds, keyring, store, epoch, epoch * 1000, limits);
    in_flight.reset();
    auto effects = core->recover(now);
    REQUIRE(effects);
    take(std::move(*effects));
    if (in_flight) complete();  // the epoch record
    results.clear();
    batches.clear();
  }
  void take(ShardEffects effects) {
    std::ranges::move(effects.results, std::back_inserter(results));
    std::ranges::move(effects.dispatches, std::back_inserter(dispatches));
    std::ranges::move(effects.alarms, std::back_inserter(alarms));
    if (effects.batch) batches.push_back(effects.batch);
    if (effects.commit) {
      REQUIRE_FALSE(in_flight);
      in_flight = effects.commit->batch;
      store.commit(std::move(*effects.commit));
    }
    find_out |= effects.find_out;
    stepped_down |= effects.stepped_down;
  }
  void complete(MemoryStore::Fate fate = MemoryStore::Fate::committed) {
    const auto result = store.complete(home, fate);
    in_flight.reset();
    take(core->finished(result, now));
  }
  /// A proposal made by a real entity core out of what is stored.
  Proposal proposal(const std::string& job, std::string_view verb, std::string_view json = "{}") {
    EntityCore entity(kinds.of(toy::job_kind), keyring, store, {toy::job_kind, job}, home);
    REQUIRE(entity.load());
    Command c;
    c.id = blake2b_128({job, verb, json});
    c.target = {toy::job_kind, job};
    c.body = *kinds.of(toy::job_kind).parse(verb, json);
    c.fingerprint = fingerprint_of(c.body);
    c.by.account = "acc_ana";
    c.deadline = now + 10s;
    auto effects = entity.receive(core->envelope(c, {}, now), now);
    for (const auto& ask : effects.asks)
      effects = entity.answered({ask.id, 1, std::string("{}")}, now);
    REQUIRE(effects.proposal);
    return std::move(*effects.proposal);
  }
  void propose(const std::string& job, std::string_view verb, const std::string& json = "{}") {
    std::vector<Proposal> one;
    one.push_back(proposal(job, verb, json));
    take(core->propose(std::move(one), now));
  }
  void create(const std::string& job) {
    propose(job, "create");
    complete();
  }
  void answer(const Dispatch& d, const Reply& reply) { take(core->answered(d.ticket, reply, now)); }
  void wait(Duration d) {
    now += d;
    take(core->due(now));
  }
  Dispatch last(std::string_view verb) const {
    const auto sent = dispatches | std::views::reverse;
    return *std::ranges::find(sent, verb, [](const Dispatch& d) { return d.command.body.verb; });
  }
  std::vector<std::string> sent(std::string_view verb) const {
    std::vector<std::string> bodies;
    for (const auto& d : dispatches)
      if (d.command.body.verb == verb) bodies.push_back(d.command.body.json);
    return bodies;
  }
};

inline Reply done() { return Outcome{"x", 1, {}, "0-1", false}; }
inline Reply fault() { return Fault{Fault::Code::unavailable, "no route", {}}; }

}  // namespace mf::shard_test
