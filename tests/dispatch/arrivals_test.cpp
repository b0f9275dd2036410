// When who is awaited will be there, by a zone's rows: what becomes a command, and how often.
#include <catch2/catch.hpp>

#include "actors/dispatch/arrivals.hpp"
#include "actors/work_order/arrival.hpp"
#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;
using dispatch::Estimate;

namespace {

/// Off: people dispatch it, and its clients are told all the same.
struct Road {
  PaperZone zone;
  dispatch::Roads roads;
  dispatch::Arrivals arrivals;

  Road() {
    zone.dispatcher.set(dispatch::Mode::off);
    zone.technician("tec_1", 6.20, -75.57);
    traveling("ord_1", 6.25);
  }
  Json& visit(const std::string& id, const std::string& status, double lat, Duration from) {
    auto& order = zone.order(id, lat, -75.57);
    order["status"] = status;
    order["technician"] = "tec_1";
    order["visit"] = "vis_" + id;
    order["slot"] = {{"from", format_rfc3339(zone.now + from)},
                     {"to", format_rfc3339(zone.now + from + 1h)}};
    return order;
  }
  void traveling(const std::string& id, double lat) { visit(id, "EN_ROUTE", lat, 0min); }
  /// A degree of latitude is 111.2 km: 0.01 are 1,112 m, on roads 1,557 m, 208 s.
  void position(double lat, Duration age = 0s, double accuracy = 10) {
    zone.rows["tec_1"]["position"] = {{"lat", lat},
                                      {"lon", -75.57},
                                      {"accuracy", accuracy},
                                      {"at", format_rfc3339(zone.now - age)}};
    zone.changed("tec_1");
  }
  std::vector<Estimate> news() {
    zone.commands();
    return arrivals.step(zone.dispatcher.picture(), roads, zone.now);
  }
  /// As the order would show it.
  void heard(const Estimate& estimate) {
    zone.rows[estimate.order]["eta"] = format_rfc3339(estimate.eta);
    zone.changed(estimate.order);
  }
};

}  // namespace

TEST_CASE("arrivals: who is on the way is there after the way from where it was seen") {
  Road road;
  CHECK(road.news().empty());  // nobody has seen it
  road.position(6.20);         // 0.05: 1,038 s
  const auto news = road.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].order == "ord_1");
  CHECK(news[0].visit == "vis_ord_1");
  CHECK(news[0].version == 1);
  CHECK(news[0].eta > road.zone.now + 17min);
  CHECK(news[0].eta < road.zone.now + 18min);
  // Not again before it is due, whatever became of it; and not when the client knows.
  CHECK(road.news().empty());
  road.heard(news[0]);
  road.zone.now += 3min;
  road.position(6.20 + 0.00868);  // as fast as expected
  CHECK(road.news().empty());
}

TEST_CASE("arrivals: a position that is old or coarse says nothing, and a road that isn't") {
  Road road;
  road.position(6.20, 20min);
  CHECK(road.news().empty());
  road.position(6.20, 0s, 5000);
  CHECK(road.news().empty());
  struct NoRoad final : dispatch::KnownRoads {
    std::optional<planning::Leg> leg(const dispatch::Spot&, const dispatch::Spot&) override {
      return planning::Leg{planning::no_road, planning::no_road};
    }
    std::size_t fill(const std::vector<dispatch::Spot>&, std::vector<double>&,
                     std::vector<double>&) override {
      return 0;
    }
    std::uint64_t generation() const override { return 0; }
    std::string_view state() const override { return "service"; }
  };
  road.roads = dispatch::Roads({}, std::make_shared<NoRoad>());
  road.position(6.20);
  CHECK(road.news().empty());
}

TEST_CASE("arrivals: who isn't seen for some minutes is taken to drive on") {
  Road road;
  road.position(6.20, 10min);  // 1,038 s from then on: in 438 s
  const auto news = road.news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].eta > road.zone.now + 7min);
  CHECK(news[0].eta < road.zone.now + 8min);
}

TEST_CASE("arrivals: the visit that follows is told when what comes before takes longer") {
  Road road;
  road.visit("ord_1", "IN_PROGRESS", 6.25, -30min)["started_at"] =
      format_rfc3339(road.zone.now - 30min);
  road.visit("ord_2", "ACCEPTED", 6.25, 20min);
  road.visit("ord_3", "ACCEPTED", 6.25, 3h);
  road.zone.show();
  const auto news = road.news();  // half an hour of work is left
  REQUIRE(news.size() == 1);
  CHECK(news[0].order == "ord_2");
  CHECK(news[0].eta == road.zone.now + 30min);
  // And never before its own time.
  road.heard({"ord_2", "vis_ord_2", 1, road.zone.now + 30min});
  road.zone.rows["ord_1"]["duration_ms"] = 31 * 60'000;
  road.zone.changed("ord_1");
  road.zone.now += 3min;
  const auto earlier = road.news();
  REQUIRE(earlier.size() == 1);
  CHECK(earlier[0].eta == road.zone.now - 3min + 20min);
}

TEST_CASE("arrivals: a day of phones that jump about is a bounded number of commands") {
  Road road;
  int told = 0;
  for (int second = 0; second < 3600; second += 5) {
    road.zone.now += 5s;
    road.position(second % 10 == 0 ? 6.20 : 6.10);
    for (const auto& estimate : road.news()) {
      ++told;
      road.heard(estimate);
    }
  }
  CHECK(told > 5);
  CHECK(told <= 1h / work_order::eta_interval + 1);
}

TEST_CASE("arrivals: a zone that is off keeps its picture, sends nothing, and can be switched on") {
  Road road;
  road.zone.order("ord_9", 6.25, -75.57);
  road.zone.technician("tec_2", 6.25, -75.57);
  CHECK(road.zone.commands().empty());
  CHECK(road.zone.dispatcher.is_ready());
  CHECK(road.zone.dispatcher.report(road.zone.now).state == "off");
  road.zone.dispatcher.set(dispatch::Mode::automatic);
  CHECK(road.zone.only().order == "ord_9");
}
