#include <catch2/catch.hpp>

#include "storage/dead_letter.hpp"
#include "tests/shard/shard_bench.hpp"

using namespace mf;
using namespace mf::shard_test;
namespace keys = storage::keys;

TEST_CASE("shard core: what is proposed during a commit becomes the next batch, in order") {
  Bench b;
  b.propose("a", "create");
  const auto first = b.in_flight->seq;
  b.propose("b", "create");
  b.propose("c", "create");
  CHECK(b.core->waiting() == 2);
  b.complete();
  REQUIRE(b.in_flight);
  CHECK(b.in_flight->seq == first + 1);
  REQUIRE(b.in_flight->entries.size() == 2);
  CHECK(b.in_flight->entries[0].entity.id == "b");
  CHECK(b.in_flight->entries[1].entity.id == "c");
  CHECK(b.in_flight->previous == b.store.applied(home).chain);
  CHECK(b.results.size() == 1);
  b.complete();
  CHECK(b.results.size() == 3);
  CHECK(b.batches.back()->changes.size() == 2);
}

TEST_CASE("shard core: a batch stops at its bounds of entries and bytes") {
  Bench few({.batch_entries_max = 2});
  for (const char* job : {"a", "b", "c", "d"}) few.propose(job, "create");
  few.complete();
  CHECK(few.in_flight->entries.size() == 2);
  few.complete();
  CHECK(few.in_flight->entries.size() == 1);

  Bench small({.batch_bytes_max = 1});
  for (const char* job : {"a", "b", "c"}) small.propose(job, "create");
  small.complete();
  CHECK(small.in_flight->entries.size() == 1);  // one always fits
}

TEST_CASE("shard core: beyond its bound of waiting proposals the excess fails for certain") {
  Bench b({.waiting_max = 1});
  for (const char* job : {"a", "b", "c"}) b.propose(job, "create");
  REQUIRE(b.results.size() == 1);
  CHECK(b.results[0].entity.id == "c");
  CHECK_FALSE(b.results[0].committed);
}

TEST_CASE("shard core: a failed commit fails its commands and the next one takes its place") {
  Bench b;
  b.propose("a", "create");
  const auto seq = b.in_flight->seq;
  b.propose("b", "create");
  b.complete(MemoryStore::Fate::failed);
  REQUIRE(b.results.size() == 1);
  CHECK_FALSE(b.results[0].committed);
  CHECK(b.in_flight->seq == seq);
  CHECK(b.in_flight->entries[0].entity.id == "b");
  b.complete();
  CHECK(b.results[1].committed);
}

TEST_CASE("shard core: an uncertain commit stops the shard until it is known") {
  for (const bool is_applied : {true, false}) {
    Bench b;
    b.propose("a", "create");
    b.propose("b", "create");
    b.complete(is_applied ? MemoryStore::Fate::unknown_applied : MemoryStore::Fate::unknown_lost);
    CHECK(b.find_out);
    CHECK(b.core->is_uncertain());
    CHECK(b.results.empty());
    b.wait(1s);
    CHECK_FALSE(b.in_flight);
    b.take(b.core->resolved(b.store.applied(home), b.now));
    REQUIRE(b.results.size() == 1);
    CHECK(b.results[0].committed == is_applied);
    REQUIRE(b.in_flight);
    b.complete();
    CHECK(b.results[1].committed);
  }
}

TEST_CASE("shard core: when somebody else has written it steps down and does nothing more") {
  Bench b;
  b.propose("a", "create");
  const auto mine = b.in_flight->seq;
  b.complete(MemoryStore::Fate::unknown_lost);
  auto others = b.store.applied(home);
  others.seq = mine;
  others.chain.bytes[0] ^= 1;
  b.take(b.core->resolved(others, b.now));
  CHECK(b.stepped_down);
  CHECK(b.results.empty());
  b.propose("b", "create");
  CHECK_FALSE(b.in_flight);
}

TEST_CASE("shard core: an owner under an older epoch can't open the shard") {
  Bench b;
  b.open(5);
  ShardCore old(home, b.kinds, b.keyring, b.store, 4, 9, {});
  CHECK_FALSE(old.recover(nine).has_value());
}

TEST_CASE("shard core: one commit changes state, timeline, index, timers, counters and dedup") {
  Bench b;
  b.create("a");
  const EntityRef ref{toy::job_kind, "a"};
  const auto seq = b.store.applied(home).seq;
  const auto bytes = *b.store.get(Family::state, keys::state(home, ref));
  const auto state = storage::decode_state(bytes);
  CHECK(state->header.version == 1);
  CHECK(state->header.seq == seq);
  CHECK(state->header.created_seq == seq);
  CHECK(b.store.get(Family::timeline, keys::timeline(home, ref, 1)) ==
        encode(storage::EventPlace{seq, 0}));
  CHECK(b.store.get(Family::index, keys::index(home, toy::job_kind, 1, "FREE", "a")));
  CHECK(b.store.get(Family::timers, keys::timer(home, nine + toy::tick_after, ref, "tick")));
  CHECK(b.store.get(Family::meta, keys::counter(home, "zone|FREE")) == storage::encode_count(1));
  const auto outcome = storage::decode_outcome(
      *b.store.get(Family::meta, keys::dedup(home, blake2b_128({"a", "create", "{}"}))));
  CHECK(outcome->version == 1);
  CHECK(outcome->time == nine);
  CHECK(b.batches.back()->changes[0].events[0].id == "evt_0-" + std::to_string(seq) + "-0");
}

TEST_CASE("shard core: counters follow from state to state and disappear at zero") {
  Bench b;
  b.propose("a", "create");
  b.propose("b", "create");
  b.propose("c", "create");
  b.complete();
  b.complete();
  const auto count = [&](const char* name) {
    return b.store.get(Family::meta, keys::counter(home, name));
  };
  CHECK(count("zone|FREE") == storage::encode_count(3));
  for (const char* job : {"a", "b", "c"}) {
    b.propose(job, "take", R"({"holder":"h1"})");
    b.complete();
  }
  CHECK_FALSE(count("zone|FREE"));
  CHECK(count("zone|TAKEN") == storage::encode_count(3));
  b.open(2);
  b.propose("a", "drop");
  b.complete();
  CHECK(count("zone|FREE") == storage::encode_count(1));
  CHECK(count("zone|TAKEN") == storage::encode_count(2));
}

TEST_CASE("shard core: reactions to one target go one after the other, in order") {
  Bench b;
  b.create("a");
  b.create("b");
  REQUIRE(b.sent("add") == std::vector<std::string>{R"({"label":"a:0"})"});
  b.answer(b.dispatches[0], done());
  CHECK(b.sent("add") == std::vector<std::string>{R"({"label":"a:0"})", R"({"label":"b:0"})"});
  CHECK(b.dispatches[0].command.id != b.dispatches[1].command.id);
  CHECK(b.dispatches[0].command.by.is_system());
  CHECK(b.dispatches[0].command.cause.starts_with("evt_0-"));
}

TEST_CASE("shard core: an unreachable target does not hold up the others") {
  Bench b;
  b.create("a");
  b.propose("a", "take", R"({"holder":"h1"})");
  b.complete();
  b.propose("a", "drop");
  b.complete();
  CHECK(b.sent("add").size() == 1);            // not answered
  CHECK(b.sent("release_claim").size() == 1);  // goes out all the same
}

TEST_CASE(
    "shard core: a reaction without success is sent again under the same id, less and less often") {
  Bench b({.backoff_min = 100ms});
  b.create("a");
  b.answer(b.dispatches[0], fault());
  b.wait(100ms);
  CHECK(b.dispatches.size() == 1);
  b.wait(100ms);
  REQUIRE(b.dispatches.size() == 2);
  CHECK(b.dispatches[1].command.id == b.dispatches[0].command.id);
  b.answer(b.dispatches[1], fault());
  b.wait(399ms);
  CHECK(b.dispatches.size() == 2);
  b.wait(1ms);
  CHECK(b.dispatches.size() == 3);
}

TEST_CASE("shard core: a reaction without any answer is sent again after its deadline") {
  Bench b({.dispatch_deadline = 1s, .backoff_min = 100ms});
  b.create("a");
  CHECK(b.dispatches[0].command.deadline == nine + 1s);
  b.wait(1s);
  CHECK(b.dispatches.size() == 1);
  b.wait(100ms);
  CHECK(b.dispatches.size() == 2);
}

TEST_CASE("shard core: a reaction that its target refuses becomes a dead letter with an alarm") {
  Bench b;
  b.create("a");
  const auto seq = b.store.applied(home).seq;
  b.answer(b.dispatches[0], Rejection{RejectionKind::conflict, "no_such_thing", {}, {}});
  REQUIRE(b.alarms.size() == 1);
  CHECK(b.alarms[0].id == "reaction-refused");
  CHECK(b.core->reactions_waiting() == 0);
  b.wait(1s);
  b.complete();
  CHECK(b.store.get(Family::meta, keys::dead_letter(home, seq, 0, 0)));
}

TEST_CASE(
    "shard core: a reaction that breaks its target is tried again before it is a dead letter") {
  Bench b({.reaction_attempts_max = 3, .backoff_min = 100ms});
  b.create("a");
  const auto seq = b.store.applied(home).seq;
  for (std::size_t attempt = 1; attempt <= 3; ++attempt) {
    REQUIRE(b.sent("add").size() == attempt);
    CHECK(b.alarms.empty());
    b.answer(b.dispatches.back(), Fault{Fault::Code::internal, "the object is quarantined"});
    b.wait(500ms);
  }
  CHECK(b.sent("add").size() == 3);
  REQUIRE(b.alarms.size() == 1);
  CHECK(b.alarms[0].id == "reaction-refused");
  for (int i = 0; i < 2; ++i) {
    b.wait(1s);
    if (b.in_flight) b.complete();
  }
  const auto key = keys::dead_letter(home, seq, 0, 0);
  const auto letter = storage::decode_dead_letter(key, b.store.get(Family::meta, key).value());
  REQUIRE(letter);
  CHECK(letter->verb == "add");
  CHECK_FALSE(b.store.get(Family::meta, key)->contains(b.dispatches[0].command.body.json));
  CHECK(letter->command == b.dispatches[0].command.id);
}

TEST_CASE("shard core: what a reaction wants being so already counts as done") {
  for (const char* code : {"claim_not_held", "already_done"}) {
    Bench b;
    b.create("a");
    b.answer(b.dispatches[0], Rejection{RejectionKind::conflict, code, {}, {}});
    CHECK(b.alarms.empty());
    CHECK(b.core->reactions_waiting() == 0);
  }
}

TEST_CASE("shard core: an idle shard writes its cursor once a second, and then rests") {
  Bench b;
  b.create("a");
  const auto seq = b.store.applied(home).seq;
  b.answer(b.dispatches[0], done());
  CHECK_FALSE(b.in_flight);
  CHECK(b.core->wake_at() == nine + 1s);
  b.wait(999ms);
  CHECK_FALSE(b.in_flight);
  b.wait(1ms);
  REQUIRE(b.in_flight);
  CHECK(b.in_flight->entries.empty());
  CHECK(b.in_flight->cursor.low == seq);
  b.complete();
  b.wait(900ms);
  CHECK_FALSE(b.in_flight);
}

TEST_CASE("shard core: after a restart only reactions that the cursor does not count run again") {
  Bench b;
  b.create("a");
  b.answer(b.dispatches[0], done());
  b.create("b");  // its header says that a's reaction is done
  b.dispatches.clear();
  b.open(2);
  CHECK(b.sent("add") == std::vector<std::string>{R"({"label":"b:0"})"});
}

TEST_CASE("shard core: a reaction runs again under its first id when only its cursor was lost") {
  Bench b;
  b.create("a");
  const auto id = b.dispatches[0].command.id;
  b.answer(b.dispatches[0], done());
  b.dispatches.clear();
  b.open(2);
  REQUIRE(b.dispatches.size() == 1);
  CHECK(b.dispatches[0].command.id == id);
}

namespace {

/// Under which ids a shard sends the reaction of a batch that it finds in the journal.
CommandId id_of_reaction(std::uint8_t format, const std::string& era_of_batch,
                         const std::string& era_now) {
  MemoryStore store{1, era_now};
  storage::Commit commit;
  commit.batch.format = format;
  commit.batch.era = era_of_batch;
  commit.batch.seq = commit.batch.epoch = 1;
  commit.batch.time = nine;
  storage::Entry entry;
  entry.entity = {toy::job_kind, "a"};
  entry.version = 1;
  entry.events.push_back({"job.created", 1, R"({"label":"a:0","due":"1764000000000"})"});
  commit.batch.entries.push_back(std::move(entry));
  store.commit(std::move(commit));
  const auto kinds = toy::make_kinds();
  toy::NoKeys keyring;
  ShardCore core(home, kinds, keyring, store, 1, 1000, {});
  const auto effects = core.recover(nine);
  REQUIRE(effects);
  REQUIRE(effects->dispatches.size() == 1);
  return effects->dispatches[0].command.id;
}

}  // namespace

TEST_CASE("shard core: a batch made again after a repair has reactions with other ids") {
  CHECK(id_of_reaction(2, "before", "before") != id_of_reaction(2, "after", "after"));
  // What the repair kept is sent again under its own id.
  CHECK(id_of_reaction(2, "before", "after") == id_of_reaction(2, "before", "before"));
}

TEST_CASE("shard core: reactions that an older program may have sent keep the ids it gave them") {
  const auto its_id =
      blake2b_128({"reaction", "0", "1", "0", to_string(toy::counter_kind), "sum", "add", "0"});
  CHECK(id_of_reaction(1, "before", "before") == its_id);
  CHECK(id_of_reaction(1, "before", "after") == its_id);
}

TEST_CASE("shard core: reactions done out of order are marked one by one") {
  Bench b;
  b.create("a");  // add: unanswered
  b.propose("a", "take", R"({"holder":"h1"})");
  b.complete();
  b.propose("a", "drop");
  b.complete();
  const auto seq = b.store.applied(home).seq;
  for (const auto& d : std::vector(b.dispatches))
    if (d.command.body.verb == "release_claim") b.answer(d, done());
  b.wait(1s);
  REQUIRE(b.in_flight);
  CHECK(b.in_flight->cursor.low == seq - 3);
  CHECK(b.in_flight->cursor.done == std::vector<storage::ReactionMark>{{seq, 0, 1}});
  b.complete();
  b.dispatches.clear();
  b.open(2);
  CHECK(b.sent("add").size() == 1);
  CHECK(b.sent("release_claim").empty());
}

TEST_CASE("shard core: reactions that do not fit into memory wait in the journal") {
  Bench b({.reactions_loaded_max = 2});
  for (const char* job : {"a", "b", "c", "d", "e"}) b.create(job);
  CHECK(b.core->reactions_waiting() == 2);
  for (std::size_t i = 0; i < 5; ++i) {
    REQUIRE(b.dispatches.size() == i + 1);
    b.answer(b.dispatches[i], done());
  }
  CHECK(b.sent("add").back() == R"({"label":"e:0"})");
  CHECK(b.core->reactions_waiting() == 0);
}

TEST_CASE("shard core: a reaction older than its target's memory is not run but reported") {
  Bench b;
  b.create("a");
  b.dispatches.clear();
  b.store.on_older_than([](ShardId, Duration age) {
    return std::uint64_t{age == ShardLimits{}.reaction_age_max ? 2u : 0u};
  });
  b.open(2);
  CHECK(b.sent("add").empty());
  REQUIRE_FALSE(b.alarms.empty());
  CHECK(b.alarms[0].id == "reaction-too-old");
}

TEST_CASE("shard core: a timer fires when it is due, not before, and once while it is under way") {
  Bench b;
  b.create("a");
  b.answer(b.dispatches[0], done());
  CHECK(b.sent("tick").empty());
  b.wait(toy::tick_after - 1ms);
  if (b.in_flight) b.complete();
  CHECK(b.sent("tick").empty());
  CHECK(b.core->wake_at() == nine + toy::tick_after);
  b.wait(1ms);
  CHECK(b.sent("tick").size() == 1);
  b.wait(1ms);
  CHECK(b.sent("tick").size() == 1);
}

TEST_CASE(
    "shard core: a timer that was left alone fires when it is armed again for the same time") {
  Bench b({.timer_attempts_max = 1, .backoff_min = 100ms});
  b.create("a");
  b.wait(toy::tick_after);
  REQUIRE(b.sent("tick").size() == 1);
  b.answer(b.dispatches.back(), Rejection{RejectionKind::conflict, "no", {}, {}});
  b.wait(1h);
  CHECK(b.sent("tick").size() == 1);  // left alone
  const auto due = std::to_string(to_millis(nine + toy::tick_after));
  b.propose("a", "arm", R"({"due":"1"})");
  b.complete();
  b.propose("a", "arm", R"({"due":")" + due + R"("})");
  b.complete();
  b.wait(1ms);
  CHECK(b.sent("tick").size() >= 2);
}

TEST_CASE("shard core: an answer that comes late, by a clock set back, frees a timer left alone") {
  Bench b({.timer_attempts_max = 1, .backoff_min = 100ms});
  b.create("a");
  b.wait(toy::tick_after);
  const auto tick = b.last("tick");
  const Reply no = Rejection{RejectionKind::conflict, "no", {}, {}};
  b.answer(tick, no);
  b.now -= 1h;
  b.answer(tick, no);
  b.now += 1h;
  b.wait(1ms);
  CHECK(b.sent("tick").size() == 2);
}

TEST_CASE("shard core: overdue timers fire after a restart, under the same id") {
  Bench b;
  b.create("a");
  b.wait(toy::tick_after);
  const auto first = b.dispatches.back().command;
  b.dispatches.clear();
  b.now += 1h;
  b.open(2);
  REQUIRE(b.sent("tick").size() == 1);
  for (const auto& d : b.dispatches)
    if (d.command.body.verb == "tick") CHECK(d.command.id == first.id);
}

TEST_CASE("shard core: a refused timer is reported, and not for ever") {
  Bench b({.timer_attempts_max = 3, .backoff_min = 1ms});
  b.create("a");
  b.wait(toy::tick_after);
  std::size_t fired = 0;
  for (int i = 0; i < 10; ++i) {
    for (const auto& d : std::exchange(b.dispatches, {}))
      if (d.command.body.verb == "tick") {
        ++fired;
        b.answer(d, Rejection{RejectionKind::conflict, "not_now", {}, {}});
      }
    b.wait(1s);
    if (b.in_flight) b.complete();
  }
  CHECK(fired == 3);
  CHECK(std::ranges::count(b.alarms, "timer-refused", &Alarm::id) == 3);
}

TEST_CASE("shard core: only so many timers are under way at once") {
  Bench b({.timers_in_flight_max = 2});
  for (const char* job : {"a", "b", "c"}) b.create(job);
  b.wait(toy::tick_after);
  CHECK(b.sent("tick").size() == 2);
}

TEST_CASE("shard core: a batch with an event that can't be opened is queued once, when it can be") {
  Bench b({.reactions_loaded_max = 1});
  b.create("a");
  std::vector<Proposal> two;
  two.push_back(b.proposal("b", "create"));
  two.push_back(b.proposal("c", "create"));
  b.take(b.core->propose(std::move(two), b.now));
  b.complete();
  b.can_open = [](std::string_view id) { return id != "c"; };
  b.answer(b.dispatches[0], done());
  for (int i = 0; i < 3; ++i) b.wait(10s);
  CHECK(std::ranges::count(b.alarms, "journal-unreadable", &Alarm::id) > 0);
  CHECK(b.core->reactions_waiting() == 0);
  b.can_open = nullptr;
  b.dispatches.clear();
  b.wait(10s);
  REQUIRE(b.sent("add") == std::vector<std::string>{R"({"label":"b:0"})"});
  b.answer(b.last("add"), done());
  REQUIRE(b.sent("add").size() == 2);
  b.answer(b.last("add"), done());
  CHECK(b.sent("add") == std::vector<std::string>{R"({"label":"b:0"})", R"({"label":"c:0"})"});
  CHECK(b.core->reactions_waiting() == 0);
}

TEST_CASE("shard core: a counter that was wrong costs an alarm, not the shard") {
  Bench b;
  b.create("a");
  b.store.drop(Family::meta, [](std::string_view key, std::string_view) { return key[2] == 'c'; });
  b.open(2);
  b.propose("a", "take", R"({"holder":"h"})");
  b.complete();
  REQUIRE(b.alarms.size() == 1);
  CHECK(b.alarms[0].id == "counter-below-zero");
  CHECK(storage::decode_count(b.store.get(Family::meta, keys::counter(home, "zone|TAKEN")).value())
            .value() == 1);
  CHECK_FALSE(b.store.get(Family::meta, keys::counter(home, "zone|FREE")));
}
