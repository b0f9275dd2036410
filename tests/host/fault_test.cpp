// What breaks in one object, one read or one shard stays there: the process and the rest live.
#include <catch2/catch.hpp>
#include <thread>

#include "base/metrics.hpp"
#include "tests/host/house.hpp"

using namespace mf;
using namespace mf::test;
using Json = House::Json;
using entity::Fault;

TEST_CASE("runtime: a fact about an object whose state is corrupt is refused, and work goes on") {
  House house;
  house.found_company();
  const auto known = house.order("one");
  house.store.corrupt({EntityKind::client, house.person});
  house.restart();
  const EntityRef next{EntityKind::work_order, derive_id("ord", "test", "create", "two")};
  const auto reply = house.run(next, "create",
                               {{"type", house.type},
                                {"client", house.person},
                                {"site", house.site},
                                {"title", "Sin internet"}},
                               house.client);
  REQUIRE(std::holds_alternative<Fault>(reply));
  CHECK(std::get<Fault>(reply).code == Fault::Code::unavailable);
  house.yes(known, "comment", {{"text", "hola"}}, house.client);
}

TEST_CASE(
    "runtime: a list or a timeline that can't be read is refused, and the next one answered") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.store.refuses_reads = true;
  const auto list = house.list({});
  const auto told = house.timeline(order, house.admin);
  house.store.refuses_reads = false;
  REQUIRE(list.fault);
  CHECK(list.fault->code == Fault::Code::unavailable);
  REQUIRE(told.fault);
  CHECK(told.fault->code == Fault::Code::unavailable);
  CHECK(house.list({}).rows.size() == 1);
  CHECK(house.timeline(order, house.admin).events.size() == 1);
}

TEST_CASE(
    "runtime: a shard that closes while it serves is not ready any more, and raises an alarm") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  REQUIRE(house.runtime().health().ready);
  const auto alarms = [] {
    const auto text = metrics::expose();
    const auto at = text.find("shard-closed\"} ");
    return at == text.npos ? 0.0 : std::stod(text.substr(at + 15));
  };
  const auto before = alarms();
  house.store.refuses_commits = true;
  const auto reply = house.run(order, "comment", {{"text", "hola"}}, house.client);
  CHECK(std::holds_alternative<Fault>(reply));
  const auto health = house.runtime().health();
  CHECK_FALSE(health.ready);
  CHECK(health.shards_owned < health.shards);
  CHECK(alarms() > before);
}

TEST_CASE(
    "runtime: a command that meets a failing disk is refused for now, and done when it can be") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.restart();  // nothing is in memory
  house.store.refuses_reads = true;
  const auto reply = house.run(order, "comment", {{"text", "hola"}}, house.client, "c1");
  house.store.refuses_reads = false;
  REQUIRE(std::holds_alternative<Fault>(reply));
  CHECK(std::get<Fault>(reply).code == Fault::Code::unavailable);
  house.pass(Duration{1000});
  CHECK_FALSE(house.yes(order, "comment", {{"text", "hola"}}, house.client, "c1").replayed);
}

TEST_CASE("runtime: an object that is repaired while the node runs is out of quarantine") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.store.corrupt(order);
  house.restart();
  const auto refused = house.run(order, "comment", {{"text", "hola"}}, house.client);
  REQUIRE(std::holds_alternative<Fault>(refused));
  CHECK(std::get<Fault>(refused).code == Fault::Code::internal);
  house.store.corrupt({EntityKind::work_order, "another"});
  CHECK(
      std::holds_alternative<Fault>(house.run(order, "comment", {{"text", "hola"}}, house.client)));
  house.pass(std::chrono::minutes(1));
  house.yes(order, "comment", {{"text", "hola"}}, house.client);
}

TEST_CASE("runtime: a closed shard does not say of what was in flight that nothing happened") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.store.refuses_commits = true;
  const auto code = [&](const char* text, const char* id) {
    const auto reply = house.run(order, "comment", {{"text", text}}, house.client, id);
    return std::holds_alternative<Fault>(reply) ? std::get<Fault>(reply).code
                                                : Fault::Code::internal;
  };
  CHECK(code("hola", "c1") == Fault::Code::outcome_unknown);
  CHECK(code("hola", "c1") == Fault::Code::outcome_unknown);
  CHECK(code("otra", "c2") == Fault::Code::unavailable);
  house.store.refuses_commits = false;
  house.pass(std::chrono::minutes(1));
  while (!house.runtime().health().ready) std::this_thread::yield();
  house.yes(order, "comment", {{"text", "hola"}}, house.client, "c1");
}

TEST_CASE("runtime: a full disk takes nothing new, and repeats the outcomes it has") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  const auto done = house.yes(order, "comment", {{"text", "hola"}}, house.client, "c1");
  house.store.is_full = true;
  const auto refused = house.run(order, "comment", {{"text", "más"}}, house.client, "c2");
  REQUIRE(std::holds_alternative<Fault>(refused));
  CHECK(std::get<Fault>(refused).code == Fault::Code::unavailable);
  CHECK(std::get<Fault>(refused).retry_after == std::chrono::seconds(30));
  const auto again = house.yes(order, "comment", {{"text", "hola"}}, house.client, "c1");
  CHECK(again.version == done.version);
  house.store.is_full = false;
  CHECK(house.yes(order, "comment", {{"text", "más"}}, house.client, "c2").version ==
        done.version + 1);
}

TEST_CASE("runtime: a node that can't write keys of persons is not ready, and says why") {
  House house;
  CHECK(house.runtime().health().ready);
  house.store.refuses_keys = true;
  CHECK_FALSE(house.runtime().health().ready);
  CHECK(house.runtime().health().why_not.find("no room") != std::string::npos);
}

TEST_CASE("runtime: a shard that can't be opened costs that shard, and comes back when it can be") {
  House house;
  house.found_company();
  const auto lost = house.order("one");
  auto other = house.order("two");
  const auto shard = [&](const EntityRef& ref) { return shard_of(ref, house.store.shard_count()); };
  for (int i = 0; shard(other) == shard(lost); ++i) other = house.order("n" + std::to_string(i));
  house.store.shard_without_timers = shard(lost);
  house.restart();
  const auto health = house.runtime().health();
  CHECK(health.is_started);
  CHECK_FALSE(health.ready);
  REQUIRE(health.closed.size() == 1);
  CHECK(health.closed[0].shard == shard(lost));
  CHECK_THAT(health.why_not, Catch::Matchers::Contains("bad timers"));
  const auto closed_in_metrics =
      "microflow_shard_open{shard=\"" + std::to_string(shard(lost)) + "\"} 0";
  CHECK_THAT(metrics::expose(), Catch::Matchers::Contains(closed_in_metrics));

  const auto refused = house.run(lost, "comment", {{"text", "hola"}}, house.client, "c1");
  REQUIRE(std::holds_alternative<Fault>(refused));
  CHECK(std::get<Fault>(refused).code == Fault::Code::unavailable);
  house.yes(other, "comment", {{"text", "hola"}}, house.client);
  const auto list = house.list({});
  REQUIRE(list.fault);
  CHECK_THAT(list.fault->detail, Catch::Matchers::Contains("shard " + std::to_string(shard(lost))));

  house.store.shard_without_timers = -1;
  house.pass(std::chrono::minutes(1));
  while (!house.runtime().health().ready) std::this_thread::yield();
  house.yes(lost, "comment", {{"text", "hola"}}, house.client, "c1");
  CHECK(house.list({}).rows.size() >= 2);
}
