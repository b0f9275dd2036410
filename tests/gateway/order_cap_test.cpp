// How many orders a client makes a day, through every door.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/gateway/http_world.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test {
namespace {

TEST_CASE("order cap: what makes no new order takes nothing off a client's day") {
  auto options = quiet_options();
  options.limits.commands_per_second = 1000;
  options.limits.orders_per_client_per_day = 2;
  World world(options);
  const auto customer = world.customer();
  const auto order = [&](const std::string& body, const std::string& key) {
    return world.ask({"POST", "/v1/orders", customer, body, {"Idempotency-Key: " + key}}).status;
  };
  for (int i = 0; i < 5; ++i) CHECK(order(R"({"nope":1})", "bad") == 422);
  world.runtime.on_command = [](const entity::Command&) {
    return std::optional<entity::Reply>(reject("no_such_site").error());
  };
  for (int i = 0; i < 5; ++i) CHECK(order("{}", "refused") == 409);
  world.runtime.on_command = nullptr;
  for (int i = 0; i < 5; ++i) CHECK(order("{}", "one") == 201);
  CHECK(order("{}", "two") == 201);
  CHECK(order("{}", "three") == 429);
}

TEST_CASE("order cap: a client's day is as long through queued commands and by stream") {
  auto options = quiet_options();
  options.limits.commands_per_second = 1000;
  options.limits.orders_per_client_per_day = 2;
  World world(options);
  const auto both =
      world.runtime.log_in({"", {Role::technician, Role::client}, {}, tech, client, {}});
  const auto queued = [](const std::string& key) {
    return json{{"method", "orders.create"}, {"params", json::object()}, {"key", key}};
  };
  const json body{{"commands", {queued("1"), queued("1"), queued("2"), queued("3")}}};
  const auto results =
      parse_json(world.ask({"POST", "/v1/sync", both, to_text(body), {}}).body)["results"];
  REQUIRE(results.size() == 4);
  for (int i = 0; i < 3; ++i) CHECK(results[i].contains("ok"));
  CHECK(results[3]["err"]["code"] == "too_many_orders");
  Phone phone(static_cast<std::uint16_t>(
                  std::stoi(world.bound.http.substr(world.bound.http.rfind(':') + 1))),
              both);
  CHECK(phone.ask("rpc", queued("4"))["err"]["code"] == "too_many_orders");
}

}  // namespace
}  // namespace mf::test
