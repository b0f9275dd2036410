// Time in an entity: deadlines of commands and of its own, and clocks that are wrong.
#include "actors/shard/timer_queue.hpp"
#include "tests/shard/entity_bench.hpp"

namespace mf::shard::entity_test {
namespace {

Command firing(EntityBench& b, Timestamp due) {
  auto tick = b.command("timer", "tick");
  tick.id = firing_id(b.ref, {"tick", due});
  tick.origin = Origin::timer;
  tick.by = Principal::system();
  tick.deadline = nine + 1h;
  return tick;
}

}  // namespace

TEST_CASE("entity core: the device's time counts up to 72 h back and 2 min ahead") {
  const auto occurred = [](Duration offset, Origin origin = Origin::person) {
    EntityBench b;
    auto c = b.command("a", "create");
    c.body.occurred_at = nine + offset;
    c.origin = origin;
    b.send(c);
    CHECK(b.proposal->entry.device_time.has_value() == (origin == Origin::person));
    return b.proposal->entry.occurred_at - nine;
  };
  CHECK(occurred(-72h) == -72h);
  CHECK(occurred(-72h - 1ms) == 0ms);
  CHECK(occurred(2min) == 2min);
  CHECK(occurred(2min + 1ms) == 0ms);
  CHECK(occurred(-1h, Origin::reaction) == 0ms);
}

TEST_CASE("entity core: past the deadline of its claim a command gives it back") {
  EntityBench b;
  b.create();
  const auto tag = b.send("t", "take", R"({"holder":"h1"})");
  b.take(b.core.expire(nine + 10s));
  CHECK(b.fault(tag) == Fault::Code::unavailable);
  CHECK(b.releases.size() == 1);
  b.answer(b.asks[0], "{}");
  CHECK_FALSE(b.proposal);
}

TEST_CASE("entity core: deadlines follow the clock, also when shard time stands ahead of it") {
  EntityBench b;
  b.take(b.core.receive({b.command("a", "create"), ToShard{7, 1}, nine + 30s, 1}, nine));
  REQUIRE(b.proposal);
  CHECK(b.proposal->entry.occurred_at == nine + 30s);
}

TEST_CASE("entity core: a clock that was far ahead and is right again is followed") {
  EntityBench b;
  b.take(b.core.receive({b.command("a", "create"), ToShard{7, 1}, nine + 1h, 1}, nine));
  REQUIRE(b.proposal);
  CHECK(b.proposal->entry.occurred_at == nine);
}

TEST_CASE("entity core: what was sent by a clock that was ahead waits no longer for it") {
  EntityBench b;
  b.create();
  const auto tag = b.send("t", "take", R"({"holder":"h1"})");
  b.take(b.core.expire(nine - 240h));
  CHECK(b.core.next_deadline() == nine - 240h + EntityLimits{}.patience_after_set_back);
  b.take(b.core.expire(*b.core.next_deadline()));
  CHECK(b.fault(tag) == Fault::Code::unavailable);
}

TEST_CASE("entity core: a firing whose deadline is gone or not yet due changes nothing") {
  EntityBench b;
  b.create();
  auto tick = firing(b, nine + toy::tick_after);
  CHECK(b.rejection(b.send(tick)).code == "already_done");
  b.send(tick, nine + toy::tick_after);
  b.commit(nine + toy::tick_after);
  tick.id = id_of("another firing");
  CHECK(b.rejection(b.send(tick, nine + toy::tick_after)).code == "already_done");
}

TEST_CASE("entity core: a deadline armed again for the same time fires again, once") {
  EntityBench b;
  b.create();
  const auto due = nine + toy::tick_after;
  auto tick = firing(b, due);
  b.send(tick, due);
  b.commit(due);
  CHECK(b.rejection(b.send(tick, due)).code == "already_done");

  auto arm = b.command("arm", "arm", R"({"due":")" + std::to_string(to_millis(due)) + R"("})");
  arm.deadline = nine + 1h;
  b.send(arm, due);
  b.commit(due);
  REQUIRE(b.core.state()->deadlines().size() == 1);
  const auto again = b.send(tick, due);
  REQUIRE(b.proposal);
  b.commit(due);
  CHECK_FALSE(b.outcome(again).replayed);
  CHECK(b.core.state()->deadlines().empty());
  CHECK(b.rejection(b.send(tick, due)).code == "already_done");
}

TEST_CASE("entity core: a late repetition of one firing does not pass for the next deadline") {
  EntityBench b;
  b.create();
  const auto due = nine + toy::tick_after;
  auto tick = firing(b, due);
  b.send(tick, due);
  b.commit(due);
  auto arm = b.command("arm", "arm", R"({"due":")" + std::to_string(to_millis(due + 1s)) + R"("})");
  arm.deadline = nine + 1h;
  b.send(arm, due);
  b.commit(due);
  CHECK(b.rejection(b.send(tick, due + 2s)).code == "already_done");
  tick.id = firing_id(b.ref, {"tick", due + 1s});
  b.send(tick, due + 2s);
  CHECK(b.proposal);
}

}  // namespace mf::shard::entity_test
