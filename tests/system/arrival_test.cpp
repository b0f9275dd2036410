// A technician on the way, seen by the client, the desk and the technician.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "base/time.hpp"
#include "tests/system/company.hpp"

using namespace mf::system_test;
using namespace std::chrono_literals;

namespace {

/// Laura's order, to which Ana sets out; what Laura's link hears of it.
struct Journey {
  explicit Journey(std::vector<std::string> flags = {})
      : world(std::move(flags)), link(world.loop), phone(world.loop) {
    auto& c = *world.company;
    order = c.assigned_order();
    const auto seen = c.laura().get(path()).json;
    token = seen.at("tracking").at("token");
    link.open(world.node->http(), {}, {{"tracking", token}});
    phone.open(world.node->http(), c.ana().token());
    for (auto* stream : {&link, &phone})
      REQUIRE(stream->call("sub", {{"topic", topic()}}).contains("ok"));
    const auto site = c.supervisor().get(path()).json;
    lat = site.at("lat");
    lon = site.at("lon");
  }
  [[nodiscard]] std::string path() const { return "/v1/orders/" + order; }
  [[nodiscard]] std::string topic() const { return "order:" + order; }
  Json track() {
    Person anybody(world.loop, world.node->http());
    return anybody.request("GET", "/v1/track", {}, {{"Authorization", "Tracking " + token}}).json;
  }
  void depart() { REQUIRE(world.company->ana().post(path() + "/depart").ok()); }
  void position(double north, mf::Duration age) {
    const auto at = mf::to_millis(mf::system_clock().now() - age);
    phone.send(mf::to_text(Json{{"pos", {{++seq, at, lat + north, lon, 8, 6, 90}}}}));
  }
  std::vector<Json> heard(Live& stream, const std::string& type) const {
    std::vector<Json> events;
    for (const auto& event : stream.events(topic()))
      if (event.at("type") == type) events.push_back(event);
    return events;
  }

  World world;
  Live link, phone;
  std::string order, token;
  double lat = 0, lon = 0;
  int seq = 0;
};

}  // namespace

TEST_CASE(
    "arrival: the client hears once when it will be another time, and the technician is asked") {
  Journey journey({"--dispatch.at_site_after_ms=1000"});
  auto& c = *journey.world.company;
  auto& loop = journey.world.loop;
  CHECK(journey.track().contains("arrival"));
  CHECK_FALSE(journey.track().contains("eta"));
  journey.depart();
  // What the system says of it, nobody else does.
  for (auto* person : c.everybody())
    for (const auto* verb : {"/estimate", "/reach_site"})
      CHECK(person->post(journey.path() + verb, Json::object()).status == 404);
  const auto said = journey.phone.rpc("orders.reach_site", {{"id", journey.order}});
  CHECK(said.contains("err"));
  journey.position(0.1, 45s);  // 11.1 km: 35 minutes by road, and half an hour was planned
  const auto eta_changed = "tracking.eta_changed", proposed = "tracking.arrival_proposed";
  REQUIRE(loop.wait([&] { return !journey.heard(journey.link, eta_changed).empty(); }));
  const auto told = journey.heard(journey.link, eta_changed).front().at("data");
  CHECK(told.size() == 2);
  CHECK(told.at("breaks_window") == true);
  CHECK(journey.track().at("eta") == told.at("eta"));
  CHECK(c.laura().get(journey.path()).json.at("eta") == told.at("eta"));
  CHECK(c.ana().get(journey.path()).json.at("eta") == told.at("eta"));
  CHECK(c.supervisor().get(journey.path()).json.at("eta") == told.at("eta"));

  // There: it counts when it has stayed a while, and is known well enough.
  journey.position(0, 2s);
  journey.position(0, 0s);
  REQUIRE(loop.wait([&] { return !journey.heard(journey.phone, proposed).empty(); }));
  CHECK(journey.heard(journey.link, proposed).empty());
  CHECK(c.ana().get(journey.path()).json.contains("arrival_proposed_at"));
  CHECK(c.supervisor().get(journey.path()).json.at("status") == "EN_ROUTE");
  CHECK(journey.heard(journey.link, eta_changed).size() == 1);

  REQUIRE(
      c.ana().post(journey.path() + "/arrive", {{"lat", journey.lat}, {"lon", journey.lon}}).ok());
  CHECK(journey.track().at("status") == "ON_SITE");
  CHECK_FALSE(journey.track().contains("eta"));
  CHECK_FALSE(journey.track().contains("arrival"));
  const auto timeline = mf::to_text(c.supervisor().get(journey.path() + "/timeline").json);
  const auto first = timeline.find(proposed);
  REQUIRE(first != timeline.npos);
  CHECK(timeline.find(proposed, first + 1) == timeline.npos);
}

TEST_CASE("arrival: where it is configured so, the phone at the site is the arrival") {
  Journey journey({"--dispatch.at_site_after_ms=1000", "--dispatch.at_site=arrive"});
  auto& c = *journey.world.company;
  auto& loop = journey.world.loop;
  // A phone that is known already: where it travels to is heard, not asked for.
  journey.position(0.01, 5s);
  const auto place = "/v1/technicians/" + c.ana().technician + "/positions";
  REQUIRE(loop.wait([&] { return c.supervisor().get(place).ok(); }));
  journey.depart();
  REQUIRE(
      loop.wait([&] { return !journey.heard(journey.phone, "tracking.travel_started").empty(); }));
  journey.position(0, 2s);
  journey.position(0, 0s);
  REQUIRE(loop.wait([&] { return !journey.heard(journey.link, "tracking.arrived").empty(); }));
  const auto seen = c.supervisor().get(journey.path()).json;
  CHECK(seen.at("status") == "ON_SITE");
  CHECK_FALSE(seen.contains("flags"));
  CHECK(c.ana().post(journey.path() + "/start").ok());
}

TEST_CASE("arrival: a road service that isn't there is said, and costs nobody an answer") {
  World world({"--travel.service=http://127.0.0.1:1", "--travel.hour_percent=" + [] {
                 std::string list = "100";
                 for (int hour = 1; hour < 24; ++hour) list += ",100";
                 return list;
               }()});
  auto& c = *world.company;
  const auto zone = "/v1/zones/" + c.north_zone;
  const auto tag = c.admin.get(zone).raw.header("ETag");
  REQUIRE(c.admin
              .patch(zone, {{"dispatch", "automatic"}},
                     std::stoull(std::string(tag.substr(1, tag.size() - 2))))
              .ok());
  const auto now = mf::to_millis(mf::system_clock().now());
  REQUIRE(c.ana()
              .post("/v1/technicians/" + c.ana().technician + "/positions",
                    {{"positions", {{1, now, 6.2, -75.5, 8, 1, 1}}}})
              .ok());
  const auto order = c.new_order();
  REQUIRE(
      c.supervisor().post("/v1/orders/" + order + "/triage", {{"confirmed_distinct", true}}).ok());
  CHECK(world.loop.wait(
      [&] { return c.supervisor().get("/v1/orders/" + order).json.at("status") == "ASSIGNED"; }));
  CHECK(world.loop.wait(
      [&] { return c.supervisor().get(zone + "/dispatch").json.at("travel") == "service_down"; }));
  CHECK(world.node->logged().find("road-service-lost") != std::string::npos);
}
