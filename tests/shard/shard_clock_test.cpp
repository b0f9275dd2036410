// A shard whose clock is set, forwards and backwards.
#include <catch2/catch.hpp>

#include "tests/shard/shard_bench.hpp"

namespace mf::test::shard_clock_test {
using namespace mf::shard_test;

TEST_CASE("shard core: the times of batches never run backwards, and a takeover writes its epoch") {
  Bench b;
  const auto ahead = GENERATE(Duration(30s), Duration(1h));
  b.now = nine + ahead;
  b.create("a");
  b.now = nine;
  b.open(2);
  CHECK(b.store.applied(home).epoch == 2);
  CHECK(b.core->time(nine) == (ahead == 30s ? nine + ahead : nine));
  b.propose("b", "create");
  CHECK(b.in_flight->time == nine + ahead);
}

TEST_CASE("shard core: no clock makes a reaction too old") {
  Bench b;
  b.create("a");
  b.dispatches.clear();
  b.now = nine + 24h * 365;
  b.open(2);
  CHECK(b.sent("add").size() == 1);
  CHECK(b.alarms.empty());
}

TEST_CASE("shard core: a deadline made after a clock was ahead waits no longer for it") {
  Bench b;
  b.now += 24h * 10;
  b.create("a");
  b.now -= 24h * 10;
  b.create("b");
  const auto told = b.batches.back();
  CHECK(told->time == nine + 24h * 10);  // batches keep their order
  b.dispatches.clear();
  b.wait(toy::tick_after - 1ms);
  CHECK(b.sent("tick").empty());
  b.wait(1ms);
  REQUIRE(b.sent("tick").size() == 1);
  CHECK(b.dispatches.back().command.target.id == "b");
}

TEST_CASE("shard core: time stands still for a clock that is a little behind") {
  Bench b;
  b.create("a");
  CHECK(b.core->time(nine - 60s) == nine);
  CHECK(b.core->time(nine - 60s - 1ms) == nine - 60s - 1ms);
}

TEST_CASE("shard core: a timer whose clock was set back is no bug of its entity's") {
  Bench b;
  b.create("a");
  b.wait(24h);
  REQUIRE(b.sent("tick").size() == 1);
  const auto tick = b.dispatches.back();
  b.now -= 24h;
  b.answer(tick, Rejection{RejectionKind::conflict, "already_done", {}, {}});
  CHECK(b.alarms.empty());
  b.dispatches.clear();
  b.wait(toy::tick_after);
  CHECK(b.sent("tick").size() == 1);
}

TEST_CASE("shard core: a clock set back does not delay what waits for it") {
  Bench b({.backoff_min = 100ms});
  b.create("a");
  b.answer(b.dispatches[0], fault());
  b.now -= 1h;
  b.wait(0ms);
  CHECK(b.sent("add").size() == 2);
}

TEST_CASE("shard core: a clock set back does not delay what is queued behind what waits") {
  Bench b;
  b.create("a");
  b.create("b");
  REQUIRE(b.sent("add").size() == 1);
  b.now -= 1h;
  b.wait(0ms);
  b.answer(b.dispatches[0], done());
  b.wait(1s);
  CHECK(b.sent("add").back() == R"({"label":"b:0"})");
}

TEST_CASE("shard core: time does not jump when the clock comes near where it once was") {
  Bench b;
  b.now += 10min;
  b.create("a");
  b.now -= 10min;
  b.propose("b", "create");
  b.complete();
  b.propose("b", "arm", R"({"due":")" + std::to_string(to_millis(nine + 9min + 30s)) + R"("})");
  b.complete();
  b.wait(9min);
  CHECK(b.core->time(b.now) == b.now);
  CHECK(b.sent("tick").empty());
  b.wait(30s);
  CHECK(b.sent("tick").size() == 1);
}

TEST_CASE("shard core: while the clock is in doubt no timer fires, and all else goes on") {
  Bench b;
  b.core->hold_timers(true);
  b.create("a");
  CHECK(b.sent("add").size() == 1);
  b.wait(toy::tick_after + 1h);
  CHECK(b.sent("tick").empty());
  REQUIRE(b.core->wake_at());
  CHECK(*b.core->wake_at() > b.now);  // and it is not asked for ever
  b.core->hold_timers(false);
  b.wait(1s);
  CHECK(b.sent("tick").size() == 1);
}

}  // namespace mf::test::shard_clock_test
