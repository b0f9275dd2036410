// POST /v1/sync: a technician's queued commands, and what their stamps say of the phone's clock.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

void put_own_order(World& world) {
  world.runtime.put(
      EntityKind::work_order,
      to_text(json{{"id", order}, {"zone", zone}, {"client", client}, {"technician", tech}}));
}

json json_of(const HttpReply& reply) { return parse_json(reply.body); }

TEST_CASE("routes: a technician's queued commands are decided in order, each with its verdict") {
  World world;
  put_own_order(world);
  const json queue{
      {"commands",
       {{{"method", "orders.accept"}, {"params", {{"id", order}}}, {"key", "a"}},
        {{"method", "orders.fly"}, {"params", {{"id", order}}}, {"key", "b"}},
        {{"method", "orders.start"}, {"params", {{"id", order}, {"nope", 1}}}, {"key", "c"}},
        {{"method", "orders.start"},
         {"params", {{"id", order}}},
         {"key", "d"},
         {"occurred_at", "2026-11-24T10:00:00Z"}}}}};
  const auto reply = world.ask({"POST", "/v1/sync", world.technician(), to_text(queue), {}});
  REQUIRE(reply.status == 200);
  const auto results = json_of(reply)["results"];
  REQUIRE(results.size() == 4);
  CHECK(results[0]["ok"]["status"] == "ACCEPT");
  CHECK(results[1]["err"]["code"] == "unknown_method");
  CHECK(results[2]["err"]["status"] == 422);
  CHECK(results[3]["ok"]["status"] == "START");
  CHECK(world.runtime.commands().back().body.occurred_at == parse_rfc3339("2026-11-24T10:00:00Z"));
  CHECK(world.ask({"POST", "/v1/sync", world.supervisor(), to_text(queue), {}}).status == 403);
}

TEST_CASE("routes: a queued command that is none is refused alone, and stops nobody") {
  World world;
  put_own_order(world);
  const auto good = [](const std::string& verb) {
    return json{{"method", "orders." + verb}, {"params", {{"id", order}}}, {"key", verb}};
  };
  auto odd = good("pause");
  const auto [member, value] = GENERATE(table<std::string, json>({{"occurred_at", "yesterday"},
                                                                  {"occurred_at", 1'796'009'235},
                                                                  {"key", ""},
                                                                  {"params", nullptr},
                                                                  {"nope", 1}}));
  odd[member] = value;
  auto timeless = good("start");
  timeless["occurred_at"] = nullptr;
  const json queue{{"sent_at", nullptr},
                   {"commands", {good("accept"), odd, nullptr, json::object(), timeless}}};
  const auto reply = world.ask({"POST", "/v1/sync", world.technician(), to_text(queue), {}});
  REQUIRE(reply.status == 200);
  const auto results = json_of(reply)["results"];
  REQUIRE(results.size() == 5);
  CHECK(results[0]["ok"]["status"] == "ACCEPT");
  CHECK(results[1]["err"]["errors"][0]["field"] == member);
  CHECK(results[1]["err"]["retry"] == false);
  for (const int i : {2, 3}) {
    CHECK(results[i]["err"]["code"] == "invalid");
    CHECK(results[i]["key"].is_null());
  }
  CHECK(results[4]["ok"]["status"] == "START");
  CHECK_FALSE(world.runtime.commands().back().body.occurred_at);
  for (const char* none : {R"({"commands":{}})", R"({"commands":[],"sent_at":"now"})", "{}"})
    CHECK(world.ask({"POST", "/v1/sync", world.technician(), none, {}}).status == 422);
}

TEST_CASE("routes: one odd stamp does not move a whole batch, a clock that is ahead does") {
  World world;
  put_own_order(world);
  const auto now = system_clock().now();
  const auto clock_of = [&](const std::vector<Timestamp>& stamps) {
    json queue{{"commands", json::array()}};
    for (const auto at : stamps)
      queue["commands"].push_back({{"method", "orders.comment"},
                                   {"params", {{"id", order}}},
                                   {"key", "k" + std::to_string(to_millis(at))},
                                   {"occurred_at", format_rfc3339(at)}});
    world.ask({"POST", "/v1/sync", world.technician(), to_text(queue), {}});
    return world.runtime.commands().back().body.device_clock;
  };
  const auto odd = *parse_rfc3339("2099-01-01T00:00:00Z");
  CHECK_FALSE(clock_of({now - 140s, now - 5s, odd}));
  CHECK_FALSE(clock_of({odd, now - 140s}));
  const auto ahead = clock_of({now + 5h - 140s, now + 5h});
  REQUIRE(ahead);
  CHECK_FALSE(ahead->is_measured);
  CHECK(ahead->lacks >= Duration(-5h));
  CHECK(ahead->lacks < Duration(-5h + 30s));
}

TEST_CASE("routes: nothing overtakes a queued command that could not be decided") {
  World world;
  put_own_order(world);
  world.runtime.on_command = [](const entity::Command& command) -> std::optional<entity::Reply> {
    if (command.body.verb != "accept") return {};
    return entity::Fault{entity::Fault::Code::unavailable, "", Duration{1000}};
  };
  const json queue{{"commands",
                    {{{"method", "orders.accept"}, {"params", {{"id", order}}}, {"key", "a"}},
                     {{"method", "orders.start"}, {"params", {{"id", order}}}, {"key", "b"}}}}};
  const auto results =
      json_of(world.ask({"POST", "/v1/sync", world.technician(), to_text(queue), {}}))["results"];
  CHECK(results[0]["err"]["retry"] == true);
  CHECK(results[1]["err"]["code"] == "not_tried");
  CHECK(world.runtime.commands().size() == 1);
}

TEST_CASE("routes: each queued command counts; the first beyond the limit ends the batch") {
  auto options = quiet_options();
  options.limits.commands_per_second = 1;  // a burst of two
  World world(options);
  put_own_order(world);
  json queue{{"commands", json::array()}};
  for (const std::string key : {"a", "b", "c", "d"})
    queue["commands"].push_back(
        {{"method", "orders.comment"}, {"params", {{"id", order}}}, {"key", key}});
  const auto reply = world.ask({"POST", "/v1/sync", world.technician(), to_text(queue), {}});
  const auto results = json_of(reply)["results"];
  REQUIRE(results.size() == 4);
  CHECK(results[1].contains("ok"));
  CHECK(results[2]["err"]["status"] == 429);
  CHECK(results[2]["err"]["retry"] == true);
  CHECK(results[2]["err"]["retry_after_ms"] == 1000);
  CHECK(results[3]["err"]["code"] == "not_tried");
  CHECK(world.runtime.commands().size() == 2);
}

}  // namespace
}  // namespace mf::test
