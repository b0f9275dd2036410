// A plan, and what its technician and its client make of it.
#include <catch2/catch.hpp>
#include "tests/entities/company.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

TEST_CASE("company: a visit in a new absence goes back, and the technician's time with it") {
  Company company;
  company.create().assign();
  company.ana.as(administrator())
      .given("edit",
             R"({"absences":[{"from":"2026-11-24T00:00:00Z","to":"2026-11-26T00:00:00Z"}]})");
  company.ana.as(Principal::system());
  const auto recheck = company.ana.reactions().at(0);
  company.order.as(Principal::system()).given(recheck.verb, recheck.body);
  company.deliver();
  CHECK(company.order_seen()["status"] == "TRIAGED");
  CHECK(company.order_seen()["visits"][0]["end_code"] == "off_shift");
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
}

TEST_CASE("company: a pinned visit is flagged while its technician can't, and no longer") {
  const Json absent{
      {"absences", {{{"from", "2026-11-24T00:00:00Z"}, {"to", "2026-11-26T00:00:00Z"}}}}},
      off{{"availability", "off"}}, available{{"availability", "available"}};
  for (const auto& [verb, change, back] :
       {std::tuple{"edit", absent, Json{{"absences", Json::array()}}},
        {"edit", Json{{"skills", Json::array()}}, Json{{"skills", {"fibre"}}}},
        {"edit", Json{{"zones", Json::array()}}, Json{{"zones", {north}}}},
        {"set_availability", off, available}}) {
    Company company;
    company.create().assign().supervisor("pin", Json::object());
    company.tell_order(company.ana, verb, change);
    CHECK(company.order_seen()["status"] == "ASSIGNED");
    CHECK(company.has_broken_plan());
    company.tell_order(company.ana, verb, back);
    CHECK_FALSE(company.order_seen().contains("flags"));
    CHECK(company.order_seen()["status"] == "ASSIGNED");
    CHECK(company.order.rebuilt_state() == company.order.entity().encode());
  }
}

TEST_CASE("company: unpinning a visit that its technician can't do gives it back") {
  Company company;
  company.create().assign().supervisor("pin", Json::object());
  company.tell_order(company.ana, "set_availability", {{"availability", "off"}});
  company.supervisor("unpin", Json::object());
  CHECK(company.order_seen()["status"] == "TRIAGED");
  CHECK(company.order_seen()["visits"][0]["end_code"] == "technician_off");
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
}

TEST_CASE("company: an offer's time stands still during its technician's break") {
  Company company;
  company.create().assign();
  const auto until = company.order_seen()["offer_expires_at"];
  company.ana.later(1min);
  company.order.later(1min);
  company.tell_order(company.ana, "set_availability", {{"availability", "break"}});
  CHECK_FALSE(company.order_seen().contains("offer_expires_at"));
  CHECK(company.order_seen()["offer_left_ms"] == 240'000);
  company.ana.later(1h);
  company.order.later(1h);
  company.tell_order(company.ana, "set_availability", {{"availability", "available"}});
  CHECK_FALSE(company.order_seen().contains("offer_left_ms"));
  CHECK(at(company.order_seen()["offer_expires_at"].get<std::string>()) ==
        at(until.get<std::string>()) + 1h);
  CHECK(company.order.rebuilt_state() == company.order.entity().encode());
  CHECK(company.ana.rebuilt_state() == company.ana.entity().encode());
}

TEST_CASE("company: an offer made on a break waits from the beginning, and is stored so") {
  Company company;
  company.create().tell_order(company.ana, "set_availability", {{"availability", "break"}});
  const auto body = to_text(Json{{"technician", id_of("tec", 'A')}});
  const auto said = company.order.as(supervisor_of({north})).does("assign", body);
  REQUIRE(said.text() == "assignment.created");
  CHECK(company.order_seen()["offer_left_ms"] == 300'000);
  check_golden_events("work_order", {{"assignment.created.v1.waiting", said.stored.at(0)}});
}

TEST_CASE("company: a visit that is moved leaves its old time free, and is stored so") {
  Company company;
  company.create().assign();
  const auto expires = company.order_seen()["offer_expires_at"];
  const auto body = to_text(Json{{"technician", id_of("tec", 'A')},
                                 {"from", "2026-11-24T20:00:00Z"},
                                 {"to", "2026-11-24T20:45:00Z"}});
  const auto said = company.order.as(supervisor_of({north})).does("reassign", body);
  REQUIRE(said.text() == "assignment.slot_changed");
  check_golden_events("work_order", {{"assignment.slot_changed.v1.moved", said.stored.at(0)}});
  company.deliver();
  REQUIRE(company.ana_seen()["agenda"].size() == 1);
  CHECK(company.ana_seen()["agenda"][0]["from"] == "2026-11-24T20:00:00.000Z");
  CHECK(company.ana_seen()["agenda"][0]["to"] == "2026-11-24T20:45:00.000Z");
  CHECK(company.order_seen()["status"] == "ASSIGNED");
  CHECK(company.order_seen()["offer_expires_at"] == expires);
  CHECK(company.order_seen()["slot"]["from"] == "2026-11-24T20:00:00.000Z");
  company.technician("accept");
  CHECK(company.order.rebuilt_state() == company.order.entity().encode());
  CHECK(company.ana.rebuilt_state() == company.ana.entity().encode());
}

TEST_CASE(
    "company: an order follows its site into another zone, and leaves who doesn't work there") {
  const Json moved{{"site", site}, {"zone", south}, {"lat", 6.18}, {"lon", -75.58}};
  Company company;
  company.create().assign();
  company.tell_order(company.client, "edit_site", moved);
  CHECK(company.order_seen()["zone"] == south);
  CHECK(company.order_seen()["lat"] == 6.18);
  CHECK(company.order_seen()["status"] == "TRIAGED");
  CHECK(company.order_seen()["visits"][0]["end_code"] == "wrong_zone");
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
  CHECK(company.order.rebuilt_state() == company.order.entity().encode());

  Company other;
  other.create().tell_order(other.ana, "edit", {{"zones", {north, south}}});
  other.assign().tell_order(other.client, "edit_site", moved);
  CHECK(other.order_seen()["zone"] == south);
  CHECK(other.order_seen()["status"] == "ASSIGNED");

  Company ended;
  ended.create().supervisor("cancel", {{"reason", "solved"}});
  ended.order.as(Principal::system());
  ended.client.as(administrator()).given("edit_site", to_text(moved)).as(Principal::system());
  ended.order.given("refresh_contact");
  CHECK(ended.order_seen()["zone"] == north);
}

TEST_CASE("company: whom a supervisor does not see can't be booked, whatever is overridden") {
  const Json forced{
      {"technician", id_of("tec", 'A')}, {"override", true}, {"reason", "La necesito"}};
  auto planned = forced;
  planned["from"] = "2026-11-24T15:00:00Z";
  Company company;
  company.create().tell_order(company.ana, "edit", {{"zones", {south}}});
  const auto says = [&](Principal by, const char* verb, const Json& body) {
    return company.order.as(std::move(by)).does(verb, to_text(body)).text();
  };
  CHECK(says(supervisor_of({north}), "assign", forced) == "unknown_technician");
  CHECK(says(supervisor_of({north}), "assign", {{"technician", id_of("tec", 'A')}}) ==
        "unknown_technician");
  CHECK(says(supervisor_of({north}), "schedule", planned) == "unknown_technician");
  CHECK(says(supervisor_of({north, south}), "schedule", planned) == "order.scheduled");
  company.deliver();
  // Who is in the plan is shown with it.
  CHECK(says(supervisor_of({north}), "assign", forced) == "assignment.created");
  CHECK(says(supervisor_of({north}), "unassign", {{"reason", "other"}}) == "assignment.revoked");
  company.deliver();
  CHECK(says(supervisor_of({north}), "assign", forced) == "unknown_technician");
  CHECK(says(administrator(), "assign", forced) == "assignment.created");
}

TEST_CASE("company: an order that takes longer keeps its place in the agenda, or loses it") {
  Company company;
  company.create().assign().supervisor("edit", {{"duration_ms", 7'200'000}});
  REQUIRE(company.ana_seen()["agenda"].size() == 1);
  CHECK(company.ana_seen()["agenda"][0]["to"] == "2026-11-24T15:00:00.000Z");
  CHECK(company.order_seen()["slot"]["to"] == "2026-11-24T15:00:00.000Z");
  CHECK(company.order_seen()["status"] == "ASSIGNED");
  company.supervisor("edit", {{"skills", {"antenna"}}});
  CHECK(company.order_seen()["status"] == "TRIAGED");
  CHECK(company.order_seen()["visits"][0]["end_code"] == "skill_missing");
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
}

}  // namespace
