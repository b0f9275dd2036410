// What breaks in one object, one read or one shard stays there: the process and the rest live.
#include <catch2/catch.hpp>

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
  CHECK(list.fault->code == Fault::Code::internal);
  REQUIRE(told.fault);
  CHECK(told.fault->code == Fault::Code::internal);
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
