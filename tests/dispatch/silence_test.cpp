// A technician who vanishes in the middle of the day.
#include <catch2/catch.hpp>

#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;

namespace {

/// The offer of this order to the technician ran out.
void expires(PaperZone& zone, const std::string& order, const std::string& technician,
             const char* how = "expired") {
  auto& row = zone.rows[order];
  row["status"] = "TRIAGED";
  row.erase("technician");
  row.erase("slot");
  row["lost"].push_back(
      {{"technician", technician}, {"at", format_rfc3339(zone.now)}, {"status", how}});
  zone.changed(order);
}

/// tec_1 is nearest to everything, tec_2 not far.
PaperZone two(dispatch::Settings settings = {}) {
  PaperZone zone(std::move(settings));
  zone.technician("tec_1", 6.25, -75.57);
  zone.technician("tec_2", 6.26, -75.58);
  return zone;
}

}  // namespace

TEST_CASE("silence: who lets two offers pass without a sign of life gets none for an hour") {
  PaperZone zone = two({.offer_ahead = 10h, .offers_per_technician = 8});
  CHECK(zone.commands().empty());
  for (const std::string id : {"ord_1", "ord_2"}) {
    zone.order(id, 6.25, -75.57)["technician"] = "tec_1";
    zone.rows[id]["status"] = "ASSIGNED";
    zone.rows[id]["slot"] = {{"from", format_rfc3339(zone.now + 6h)},
                             {"to", format_rfc3339(zone.now + 7h)}};
    zone.changed(id);
  }
  SECTION("without a sign") {
    for (const std::string id : {"ord_1", "ord_2"}) expires(zone, id, "tec_1");
    for (const auto& command : zone.commands()) CHECK(technician_of(command) == "tec_2");
    zone.order("ord_3", 6.25, -75.57);
    zone.changed("ord_3");
    for (const auto& command : zone.commands()) CHECK(technician_of(command) == "tec_2");
    const auto report = zone.dispatcher.report(zone.now);
    CHECK(std::ranges::count(report.runs, "silent", &views::DispatchReport::Run::did) == 1);
    // An hour later somebody looks whether there is an answer again.
    zone.now += 61min;
    zone.show();
    zone.order("ord_4", 6.25, -75.57);
    zone.changed("ord_4");
    bool is_asked = false;
    for (const auto& command : zone.commands())
      is_asked = is_asked || technician_of(command) == "tec_1";
    CHECK(is_asked);
  }
  SECTION("one is not enough, nor are declines") {
    expires(zone, "ord_1", "tec_1");
    expires(zone, "ord_2", "tec_1", "declined");
    zone.order("ord_3", 6.25, -75.57, 1);
    zone.changed("ord_3");
    for (const auto& command : zone.commands())
      if (command.order == "ord_3") CHECK(technician_of(command) == "tec_1");
  }
  SECTION("a position is a sign of life") {
    for (const std::string id : {"ord_1", "ord_2"}) expires(zone, id, "tec_1");
    zone.rows["tec_1"]["position"] = {
        {"at", format_rfc3339(zone.now + 1s)}, {"lat", 6.25}, {"lon", -75.57}};
    zone.changed("tec_1");
    zone.order("ord_3", 6.25, -75.57, 1);
    zone.changed("ord_3");
    for (const auto& command : zone.commands())
      if (command.order == "ord_3") CHECK(technician_of(command) == "tec_1");
  }
}

TEST_CASE("silence: plans of who has vanished go to others when their time comes, or say why") {
  PaperZone zone = two();
  for (const std::string id : {"ord_1", "ord_2"}) {
    zone.order(id, 6.25, -75.57);
    expires(zone, id, "tec_1");
    zone.rows[id]["status"] = "CANCELLED";
  }
  auto& near = zone.order("ord_3", 6.25, -75.57);
  near["status"] = "SCHEDULED";
  near["plan"] = {{"technician", "tec_1"}, {"technician_name", "Ana"}};
  near["slot"] = {{"from", format_rfc3339(zone.now + 5h)}, {"to", format_rfc3339(zone.now + 6h)}};
  zone.rows["ord_4"] = near;
  auto& pinned = zone.rows["ord_4"];
  pinned["id"] = "ord_4";
  pinned["pinned"] = true;
  pinned["slot"] = {{"from", format_rfc3339(zone.now + 8h)}, {"to", format_rfc3339(zone.now + 9h)}};
  zone.show();
  CHECK(zone.commands().empty());  // far ahead: the phone may be found by then
  CHECK(zone.reason_of("ord_3") == "not_due");
  SECTION("somebody else can") {
    zone.now += 61min;
    for (const std::string id : {"ord_1", "ord_2"})
      zone.rows[id]["lost"][0]["at"] = format_rfc3339(zone.now - 2min);
    zone.show();
    const auto sent = zone.only();
    CHECK(sent.order == "ord_3");
    CHECK(technician_of(sent) == "tec_2");
    const auto run = zone.dispatcher.report(zone.now).runs.front();
    CHECK(run.did == "replanned");
    CHECK(run.why == "technician_silent");
  }
  SECTION("nobody else can") {
    zone.rows["tec_2"]["availability"] = "off";
    zone.now += 61min;
    for (const std::string id : {"ord_1", "ord_2"})
      zone.rows[id]["lost"][0]["at"] = format_rfc3339(zone.now - 2min);
    zone.show();
    CHECK(zone.commands().empty());
    CHECK(zone.reason_of("ord_3") == "technician_silent");
    zone.order("ord_5", 6.25, -75.57);
    zone.changed("ord_5");
    CHECK(zone.commands().empty());
    CHECK(zone.reason_of("ord_5") == "technician_silent");
  }
}

TEST_CASE("silence: offers of another zone count for the technician who has to answer them") {
  PaperZone zone({.offer_ahead = 10h, .offers_per_technician = 1});
  auto& ana = zone.technician("tec_1", 6.25, -75.57);
  const auto line = [&](Timestamp until) {
    return Json{{{"order", "ord_elsewhere"},
                 {"visit", "vis_1"},
                 {"from", format_rfc3339(zone.now + 3h)},
                 {"to", format_rfc3339(zone.now + 4h)},
                 {"offer_expires_at", format_rfc3339(until)}}};
  };
  ana["agenda"] = line(zone.now + 5min);
  zone.order("ord_1", 6.25, -75.57);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].verb == "schedule");
  zone.done(sent[0]);
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "technician_has_offers");
  // It was answered, or ran out.
  zone.now += 6min;
  zone.show();
  CHECK(zone.only().verb == "assign");
}
