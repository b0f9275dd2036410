#include "base/assert.hpp"
#include "tests/shard/entity_bench.hpp"

namespace mf::shard::entity_test {
TEST_CASE("entity core: nobody hears anything before the commit") {
  EntityBench b;
  const auto tag = b.send("a", "create");
  CHECK(b.replies.empty());
  CHECK(b.core.version() == 0);
  CHECK_FALSE(b.core.state()->exists());
  b.commit();
  CHECK(b.outcome(tag).id == "j1");
  CHECK(b.outcome(tag).version == 1);
  CHECK(b.outcome(tag).status == "FREE");
  CHECK(b.outcome(tag).position == "3-1");
  CHECK_FALSE(b.outcome(tag).replayed);
  CHECK(b.core.version() == 1);
}

TEST_CASE("entity core: a repeated command gets its first outcome, also after a restart") {
  EntityBench b;
  b.create();
  const auto first = b.send("g", "grow", R"({"size":"5"})");
  b.commit();
  b.send("g2", "grow", R"({"size":"6"})");
  b.commit();
  REQUIRE(b.core.load());
  const auto again = b.send("g", "grow", R"({"size":"5"})");
  CHECK_FALSE(b.proposal);
  CHECK(b.outcome(again).version == b.outcome(first).version);
  CHECK(b.outcome(again).position == b.outcome(first).position);
  CHECK(b.outcome(again).replayed);
}

TEST_CASE("entity core: a duplicate waits for the running first one and gets its outcome") {
  EntityBench b;
  const auto first = b.send("a", "create");
  const auto second = b.send("a", "create");
  CHECK(b.replies.empty());
  b.commit();
  CHECK(b.outcome(first).version == 1);
  CHECK(b.outcome(second).version == 1);
  CHECK(b.outcome(second).replayed);
  CHECK_FALSE(b.proposal);
}

TEST_CASE("entity core: the same command id with another body is refused") {
  EntityBench b;
  b.create();
  b.send("g", "grow", R"({"size":"5"})");
  b.commit();
  const auto other = b.send("g", "grow", R"({"size":"6"})");
  CHECK(b.fault(other) == Fault::Code::idempotency_key_reused);
}

TEST_CASE("entity core: a rejected command is decided anew") {
  EntityBench b;
  b.create();
  const auto no = b.send("d", "drop");
  CHECK(b.rejection(no).code == "not_taken");
  b.send("t", "take", R"({"holder":"h1"})");
  b.answer(b.asks.back(), "{}");
  b.commit();
  const auto yes = b.send("d", "drop");
  b.commit();
  CHECK(b.outcome(yes).status == "FREE");
}

TEST_CASE("entity core: creating the same again answers as the first time, otherwise it exists") {
  EntityBench b;
  b.create();
  b.send("g", "grow", R"({"size":"5"})");
  b.commit();
  const auto same = b.send("another key", "create");
  CHECK(b.outcome(same).version == 1);
  CHECK(b.outcome(same).position == "3-1");
  CHECK(b.outcome(same).replayed);
  const auto other = b.send("third key", "create", R"({"title":"x"})");
  CHECK(b.rejection(other).code == "already_exists");
}

TEST_CASE("entity core: commands wait in order while one is running") {
  EntityBench b;
  b.create();
  const auto take = b.send("t", "take", R"({"holder":"h1"})");
  const auto drop = b.send("d", "drop");
  const auto again = b.send("d2", "drop");
  CHECK(b.asks.size() == 1);
  b.answer(b.asks[0], "{}");
  b.commit();
  CHECK(b.outcome(take).version == 2);
  b.commit();
  CHECK(b.outcome(drop).version == 3);
  CHECK(b.rejection(again).code == "not_taken");
}

TEST_CASE("entity core: beyond its queue it says so at once") {
  EntityBench b;
  b.send("running", "create");
  for (int i = 0; i < 3; ++i) b.send("waiting" + std::to_string(i), "drop");
  const auto excess = b.send("excess", "drop");
  CHECK(b.fault(excess) == Fault::Code::overloaded);
}

TEST_CASE("entity core: a claim that was granted and not used is released") {
  EntityBench b;
  b.create();
  b.send("t", "take", R"({"holder":"h1"})");
  b.answer(b.asks[0], "{}");
  CHECK(b.releases.empty());
  b.commit();
  CHECK(b.releases.empty());
  const auto second = b.send("t2", "take", R"({"holder":"h1"})");
  const auto token = b.asks[1].need.token;
  b.answer(b.asks[1], "{}");
  CHECK(b.rejection(second).code == "taken_already");
  REQUIRE(b.releases.size() == 1);
  CHECK(b.releases[0].token == token);
  CHECK(b.releases[0].target == EntityRef{toy::holder_kind, "h1"});
}

TEST_CASE("entity core: two runs of one command claim under different tokens") {
  EntityBench b;
  b.create();
  b.send("t", "take", R"({"holder":"h1"})");
  b.answer(b.asks[0], Fault{Fault::Code::unavailable, "no route"});
  b.send("t", "take", R"({"holder":"h1"})");
  REQUIRE(b.asks.size() == 2);
  CHECK(b.asks[0].need.token != b.asks[1].need.token);
}

TEST_CASE("entity core: an answer to an earlier run is not taken for one to this run") {
  EntityBench b;
  b.create();
  b.send("n", "note");
  const auto late = b.asks[0];
  REQUIRE(b.core.load());
  EntityCore reborn(b.kinds.of(toy::job_kind), b.keys, b.store, b.ref, home);
  REQUIRE(reborn.load());
  const auto effects = reborn.receive(
      {b.command("t", "take", R"({"holder":"h1"})"), ToShard{7, 99}, nine, 555}, nine);
  REQUIRE(effects.asks.size() == 1);
  CHECK(effects.asks[0].id != late.id);
  CHECK_FALSE(reborn.answered({late.id, 1, std::string("{}")}, nine).proposal);
}

TEST_CASE("entity core: a fact that can't be had ends the command with nothing done") {
  EntityBench b;
  b.create();
  const auto note = b.send("n", "note");
  b.answer(b.asks[0], Fault{Fault::Code::unavailable, "no route"});
  CHECK(b.fault(note) == Fault::Code::unavailable);
  CHECK(b.core.is_idle());
}

TEST_CASE("entity core: claim_in_use waits for the running command's outcome") {
  EntityBench b;
  b.create();
  b.send("t", "take", R"({"holder":"h1"})");
  const auto body = "{\"token\":\"" + b.asks[0].need.token + "\"}";
  const auto ask = [&] { return b.core.answer("claim_in_use", body, Principal::system(), nine); };
  CHECK(ask().error().code == "busy");
  b.answer(b.asks[0], "{}");
  CHECK(ask().error().code == "busy");
  b.commit();
  CHECK(ask() == R"({"used":"yes"})");
}

TEST_CASE("entity core: a version that is none of the expected ones is a precondition failed") {
  EntityBench b;
  b.create();
  auto c = b.command("g", "grow", R"({"size":"5"})");
  c.expected_versions = {7, 8};
  const auto tag = b.send(c);
  CHECK(b.rejection(tag).kind == RejectionKind::precondition);
  CHECK(b.rejection(tag).code == "version_mismatch");
  c.by.account = "guest";
  CHECK(b.rejection(b.send(c)).kind == RejectionKind::forbidden);
  c.by.account = "stranger";
  CHECK(b.rejection(b.send(c)).kind == RejectionKind::not_found);
  c.by.account = "acc_ana";
  c.expected_versions = {7, 1};
  b.send(c);
  CHECK(b.proposal);
}

TEST_CASE("entity core: a state beyond 64 KiB is refused and nothing changes") {
  EntityBench b;
  b.create();
  const auto fits = b.send("g", "grow", R"({"size":"65000"})");
  b.commit();
  CHECK(b.outcome(fits).version == 2);
  const auto tag = b.send("h", "grow", R"({"size":"65536"})");
  CHECK(b.rejection(tag).code == "too_large");
  CHECK(b.core.version() == 2);
}

TEST_CASE(
    "entity core: past its deadline a waiting command has done nothing, a proposed one is "
    "unknown") {
  EntityBench b;
  b.create();
  const auto proposed = b.send("g", "grow", R"({"size":"5"})");
  const auto waiting = b.send("d", "drop");
  const auto duplicate = b.send("g", "grow", R"({"size":"5"})");
  CHECK(b.core.next_deadline() == nine + 10s);
  b.take(b.core.expire(nine + 9s));
  CHECK(b.replies.empty());
  b.take(b.core.expire(nine + 10s));
  CHECK(b.fault(proposed) == Fault::Code::outcome_unknown);
  CHECK(b.fault(waiting) == Fault::Code::unavailable);
  CHECK(b.fault(duplicate) == Fault::Code::outcome_unknown);
  b.commit(nine + 11s);
  CHECK(b.replies.size() == 3);
  CHECK(b.core.version() == 2);
  const auto late = b.send(b.command("late", "drop"), nine + 10s);
  CHECK(b.fault(late) == Fault::Code::unavailable);
}

TEST_CASE("entity core: a failed commit leaves the state and gives claims back") {
  EntityBench b;
  b.create();
  const auto tag = b.send("t", "take", R"({"holder":"h1"})");
  b.answer(b.asks[0], "{}");
  b.proposal.reset();
  b.take(b.core.commit_failed("disk", nine));
  CHECK(b.fault(tag) == Fault::Code::unavailable);
  CHECK(b.releases.size() == 1);
  CHECK(b.core.version() == 1);
  CHECK(b.core.state()->status() == "FREE");
}

TEST_CASE("entity core: stepping down answers everybody and keeps claims that may be in use") {
  EntityBench b;
  b.create();
  const auto proposed = b.send("t", "take", R"({"holder":"h1"})");
  b.answer(b.asks[0], "{}");
  const auto waiting = b.send("d", "drop");
  b.take(b.core.step_down());
  CHECK(b.fault(proposed) == Fault::Code::outcome_unknown);
  CHECK(b.fault(waiting) == Fault::Code::unavailable);
  CHECK(b.releases.empty());
}

TEST_CASE("entity core: a command that breaks an invariant is refused alone") {
  EntityBench b;
  b.create();
  const auto running = b.send("g", "grow", R"({"size":"5"})");
  const auto poison = b.send("p", "break");
  const auto second = b.send("p2", "break");
  const auto next = b.send("h", "grow", R"({"size":"6"})");
  CHECK_THROWS_AS(b.commit(), InvariantBroken);
  auto effects = b.core.poisoned("as asked", nine);
  REQUIRE(effects);
  b.take(std::move(*effects));
  CHECK(b.outcome(running).version == 2);  // the reply of the step that threw is not lost
  CHECK(b.fault(poison) == Fault::Code::internal);
  CHECK(b.fault(second) == Fault::Code::internal);
  CHECK_FALSE(b.is_answered(next));
  b.commit();
  CHECK(b.outcome(next).version == 3);
}

TEST_CASE("entity core: a failed read refuses the command for now, and all that follow go on") {
  EntityBench b;
  b.create();
  b.disk.fails = true;
  CHECK_THROWS_AS(b.send("g", "grow", R"({"size":"5"})"), storage::ReadFailed);
  b.take(b.core.read_failed("a bad sector", nine));
  CHECK(b.fault(b.tag) == Fault::Code::unavailable);
  CHECK(b.core.is_idle());
  b.disk.fails = false;
  const auto again = b.send("g", "grow", R"({"size":"5"})");
  b.commit();
  CHECK(b.outcome(again).version == 2);
}

TEST_CASE("entity core: what waits behind a failed read and breaks an invariant is refused alone") {
  EntityBench b;
  b.create();
  const auto running = b.send("g", "grow", R"({"size":"5"})");
  const auto unread = b.send("h", "grow", R"({"size":"6"})");
  b.disk.fails = true;
  CHECK_THROWS_AS(b.commit(), storage::ReadFailed);
  b.disk.fails = false;
  const auto poison = b.tag + 1;
  b.take(b.core.read_failed("a bad sector", nine));
  CHECK_THROWS_AS(b.send("p", "break"), InvariantBroken);
  b.take(b.core.poisoned("as asked", nine).value());
  CHECK(b.outcome(running).version == 2);
  CHECK(b.fault(unread) == Fault::Code::unavailable);
  CHECK(b.fault(poison) == Fault::Code::internal);
}

TEST_CASE("entity core: a duplicate refused at the door is not told that nothing happened") {
  EntityBench b;
  b.create();
  const auto first = b.send("t", "grow", R"({"size":"5"})");  // proposed, its commit is under way
  auto late = b.command("t", "grow", R"({"size":"5"})");
  late.deadline = nine;
  const auto repeated = b.send(late);
  CHECK(b.fault(repeated) == Fault::Code::outcome_unknown);
  for (const char* other : {"a", "b", "c"}) b.send(other, "note");
  const auto full = b.send("t", "grow", R"({"size":"5"})");
  CHECK(b.fault(full) == Fault::Code::outcome_unknown);
  const auto stranger = b.send("x", "note");
  CHECK(b.fault(stranger) == Fault::Code::overloaded);
  b.commit();
  CHECK(b.outcome(first).version == 2);
}

TEST_CASE("entity core: where nothing may be written, what has an outcome is still answered") {
  EntityBench b;
  b.create();
  const auto send_refused = [&](std::string_view id, std::string_view json) {
    Envelope envelope{b.command(id, "grow", json), ToShard{7, ++b.tag}, nine, ++b.attempt};
    envelope.refusal = Fault{Fault::Code::unavailable, "the disk is nearly full", Duration{30'000}};
    b.take(b.core.receive(std::move(envelope), nine));
    return b.tag;
  };
  const auto first = b.send("t", "grow", R"({"size":"5"})");  // proposed before the disk was full
  const auto repeated = send_refused("t", R"({"size":"5"})");
  const auto fresh = send_refused("u", R"({"size":"6"})");
  CHECK_FALSE(b.is_answered(repeated));
  b.commit();
  CHECK(b.outcome(first).version == 2);
  CHECK(b.outcome(repeated).version == 2);
  CHECK(b.outcome(repeated).replayed);
  CHECK(b.fault(fresh) == Fault::Code::unavailable);
  CHECK_FALSE(b.proposal);
  CHECK(b.outcome(send_refused("t", R"({"size":"5"})")).version == 2);
}

TEST_CASE("entity core: a proposal carries only what differs in indexes and timers") {
  EntityBench b;
  b.create();
  b.send("t", "take", R"({"holder":"h1"})");
  b.answer(b.asks[0], "{}");
  using storage::Family;
  namespace keys = storage::keys;
  const std::vector<storage::Change> expected = {
      {Family::index, keys::index(home, toy::job_kind, 1, "FREE", "j1"), {}},
      {Family::index, keys::index(home, toy::job_kind, 1, "TAKEN", "j1"), ""},
      {Family::index, keys::index(home, toy::job_kind, 3, "state", "j1"), "TAKEN"},
      {Family::timers, keys::timer(home, nine + toy::timeout_after, b.ref, "timeout"), ""}};
  CHECK(b.proposal->transition.changes == expected);
  CHECK(b.proposal->transition.counter_before == "zone|FREE");
  CHECK(b.proposal->transition.counter_after == "zone|TAKEN");
}

}  // namespace mf::shard::entity_test
