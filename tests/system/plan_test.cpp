// What the desk has planned, while what it rests on changes: seen through the doors of a real node.
#include <catch2/catch.hpp>

#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {

struct Desk {
  World world;
  Company& c = *world.company;
  std::string order = c.assigned_order(), path = "/v1/orders/" + order;

  static void must(const Answer& answer) {
    INFO(answer.text());
    REQUIRE(answer.ok());
  }
  void supervisor(const std::string& verb, const Json& body = Json::object()) {
    must(c.supervisor().post(path + "/" + verb, body));
  }
  void ana_is(const std::string& availability) {
    must(c.ana().post("/v1/technicians/" + c.ana().technician + "/availability",
                      {{"availability", availability}}));
  }
  Json seen() { return c.admin.get(path).json; }
  template <class Condition>
  void becomes(Condition condition) {
    const bool is_so = world.loop.wait([&] { return condition(seen()); });
    INFO(seen().dump());
    REQUIRE(is_so);
  }
  static bool is_broken(const Json& order) {
    return order.contains("flags") && order.at("flags") == Json{"plan_broken"};
  }
};

}  // namespace

TEST_CASE("plan: what is pinned is flagged as long as its technician is off, and no longer") {
  Desk desk;
  desk.supervisor("pin");
  desk.ana_is("off");
  desk.becomes(Desk::is_broken);
  CHECK(desk.seen().contains("offer_left_ms"));
  desk.ana_is("available");
  desk.becomes([](const Json& order) { return !Desk::is_broken(order); });
  desk.becomes([](const Json& order) { return order.contains("offer_expires_at"); });
  desk.ana_is("off");
  desk.becomes(Desk::is_broken);
  desk.supervisor("unpin");
  CHECK(desk.seen().at("status") == "TRIAGED");
  CHECK(desk.seen().at("visits").at(0).at("end_code") == "technician_off");
}

TEST_CASE("plan: an offer does not run out while its technician is on a break") {
  Desk desk;
  desk.world.start_again({"--dispatch.offer_timeout_ms=3000"});
  desk.ana_is("break");
  desk.order = desk.c.assigned_order();
  desk.path = "/v1/orders/" + desk.order;
  CHECK(desk.seen().at("offer_left_ms") == 3000);
  desk.ana_is("available");
  desk.becomes([](const Json& order) { return order.contains("offer_expires_at"); });
  desk.becomes([](const Json& order) { return order.at("status") == "TRIAGED"; });
}

TEST_CASE("plan: a site that moves takes its open orders to who dispatches there") {
  Desk desk;
  auto& c = desk.c;
  Live south(desk.world.loop);
  south.open(desk.world.node->http(), c.supervisors[1].token());
  REQUIRE(south.call("sub", {{"topic", "board:" + c.south_zone}}).contains("ok"));
  const auto client = "/v1/clients/" + c.laura().client;
  const auto version = c.admin.get(client).json.at("version").get<std::uint64_t>();
  Desk::must(c.admin.patch(client + "/sites/" + c.laura().site,
                           {{"zone", c.south_zone}, {"lat", 6.21}}, version));
  desk.becomes([&](const Json& order) { return order.at("zone") == c.south_zone; });
  // Ana does not work there.
  desk.becomes([](const Json& order) { return order.at("status") == "TRIAGED"; });
  CHECK(desk.seen().at("visits").at(0).at("end_code") == "wrong_zone");
  CHECK(desk.seen().at("lat") == 6.21);
  CHECK(c.supervisor().get(desk.path).status == 404);
  CHECK(c.supervisors[1].get(desk.path).ok());
  CHECK(desk.world.loop.wait([&] {
    for (const auto& view : south.pushed("view"))
      if (view.dump().find(desk.order) != std::string::npos) return true;
    return false;
  }));
}
