// Orders, technicians, clients and the catalogue together: see work_order_company.hpp.
#include "tests/entities/work_order_company.hpp"
#include "actors/views/candidates/candidates.hpp"

namespace mf::test::one_company {
namespace {

TEST_CASE("company: an order knows its site, its type and its policy") {
  Company company;
  company.create();
  const auto seen = company.order_seen();
  CHECK(seen["status"] == "TRIAGED");
  CHECK(seen["zone"] == north);
  CHECK(seen["lat"] == 6.25);
  CHECK(seen["type_name"] == "Reparación");
  CHECK(seen["duration_ms"] == 3'600'000);
  CHECK(seen["sla"]["respond"]["limit_ms"] == 3'600'000);  // an hour: priority 2
  CHECK(seen["sla"]["resolve"]["limit_ms"] == 28'800'000);
  CHECK(company.order.keys().persons.contains(id_of("cli", 'C')));
}

TEST_CASE("company: a zone that is disabled takes no new order, and what is there goes on") {
  Company company;
  company.create();
  company.catalogue.given("edit_zone", to_text(Json{{"id", north}, {"disabled", true}}));
  company.supervisor("set_priority", {{"priority", 1}}).assign();
  company.technician("start").technician("complete", {{"note", "listo"}});
  CHECK(company.order_seen()["status"] == "COMPLETED");

  Company other;
  other.catalogue.given("edit_zone", to_text(Json{{"id", north}, {"disabled", true}}));
  const Json body{
      {"type", repair}, {"client", id_of("cli", 'C')}, {"site", site}, {"title", "Sin señal"}};
  const auto refused = other.order.as(supervisor_of({north})).does("create", to_text(body));
  REQUIRE(refused.no);
  CHECK(refused.no->code == "zone_disabled");
  CHECK(refused.no->field == "site");
  other.catalogue.given("edit_zone", to_text(Json{{"id", north}, {"disabled", false}}));
  other.create();
}

TEST_CASE("company: a technician's time is held from the offer to the end of the work") {
  Company company;
  company.create().assign();
  CHECK(company.ana_seen()["agenda"].size() == 1);
  CHECK(company.order_seen()["technician_name"] == "Ana Pérez");
  company.technician("depart");
  CHECK(company.ana_seen()["availability"] == "traveling");
  company.technician("arrive", {{"lat", 6.25}, {"lon", -75.57}});
  CHECK(company.ana_seen()["availability"] == "available");
  company.technician("start");
  CHECK(company.ana_seen()["availability"] == "working");
  company.technician("pause", {{"reason", "break"}}).technician("resume");
  CHECK(company.ana_seen()["availability"] == "working");
  company.technician("complete", {{"note", "listo"}});
  CHECK(company.order_seen()["status"] == "COMPLETED");
  CHECK(company.ana_seen()["availability"] == "available");
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
}

TEST_CASE("company: what the technician refuses, the order refuses") {
  Company company;
  company.create();
  company.ana.as(administrator()).given("set_availability", R"({"availability":"off"})");
  company.ana.as(Principal::system());
  const auto body = to_text(Json{{"technician", id_of("tec", 'A')}});
  CHECK(company.order.does("assign", body).text() == "technician_off");
}

TEST_CASE("company: the list of candidates asks for the time that assign asks for") {
  Company company;
  company.create().supervisor("schedule",
                              {{"from", "2026-11-24T15:00:00Z"}, {"to", "2026-11-24T17:00:00Z"}});
  const auto claim = [](const char* token, const char* from) {
    return to_text(Json{{"token", token},
                        {"order", id_of("ord", 'B')},
                        {"visit", id_of("vis", 'B')},
                        {"zone", north},
                        {"duration_ms", 1'800'000},
                        {"from", from},
                        {"override", false}});
  };
  company.ana.given("claim_agenda", claim("t", "2026-11-24T16:30:00Z"));
  const auto listed = [&] {
    const auto now = at("2026-11-24T13:00:00Z");
    static const auto technicians = technician::make_technician_kind();
    return views::candidate_facts(*technicians, id_of("tec", 'A'), company.ana.entity(),
                                  views::wanted_by(id_of("ord", 'A'), company.order.entity(), now),
                                  now);
  };
  const auto body = to_text(Json{{"technician", id_of("tec", 'A')}});
  REQUIRE(listed().no);
  CHECK(listed().no->code == "agenda_overlap");
  CHECK(company.order.copy().does("assign", body).text() == "agenda_overlap");

  company.ana.given("release_claim", R"({"token":"t"})");
  CHECK_FALSE(listed().no);
  CHECK(listed().from == at("2026-11-24T15:00:00Z"));
  company.assign();
  CHECK(company.order_seen()["slot"] ==
        parse_json(R"({"from":"2026-11-24T15:00:00.000Z","to":"2026-11-24T17:00:00.000Z"})"));
}

TEST_CASE("company: the list of candidates has the client's window before it") {
  Company company;
  company.supervisor(
      "create",
      {{"type", repair},
       {"client", id_of("cli", 'C')},
       {"site", site},
       {"title", "Sin señal"},
       {"windows", {{{"from", "2026-11-29T13:00:00Z"}, {"to", "2026-11-29T17:00:00Z"}}}}});
  static const auto technicians = technician::make_technician_kind();
  const auto now = at("2026-11-24T13:00:00Z");
  const auto listed =
      views::candidate_facts(*technicians, id_of("tec", 'A'), company.ana.entity(),
                             views::wanted_by(id_of("ord", 'A'), company.order.entity(), now), now);
  CHECK(listed.from == at("2026-11-29T13:00:00Z"));
  company.assign();
  CHECK(company.order_seen()["slot"]["from"] == "2026-11-29T13:00:00.000Z");
}

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

TEST_CASE("company: a skill is one however it is written, wherever it is named") {
  Company company;
  company.catalogue.given("edit_order_type",
                          to_text(Json{{"id", repair}, {"skills", {" Fibra  O\u0301ptica"}}}));
  company.ana.as(administrator())
      .given("edit", R"({"skills":["FIBRA \u00d3PTICA ",{"skill":"Router","level":2}]})")
      .as(Principal::system());
  company.create().assign();
  CHECK(company.order_seen()["skills"][0]["skill"] == "fibra \u00f3ptica");
  CHECK(company.order_seen()["status"] == "ASSIGNED");
  company.supervisor("edit", {{"skills", {"Fibra\u00a0\u00d3ptica", "ROUTER"}}});
  CHECK(company.order_seen()["status"] == "ASSIGNED");
  CHECK(company.ana.as(administrator()).does("edit", R"({"skills":["router"," Router"]})").text() ==
        "repeated");
}

TEST_CASE(
    "company: an order shows who and where, also after an edit, and nothing of an erased one") {
  Company company;
  company.create().assign();
  auto tell_the_order = [&, done = std::size_t{0}]() mutable {
    for (; done < company.client.reactions().size(); ++done) {
      const auto& reaction = company.client.reactions()[done];
      if (reaction.target.kind != EntityKind::work_order) continue;
      CHECK(reaction.target.id == id_of("ord", 'A'));
      company.order.as(Principal::system()).given(reaction.verb, reaction.body);
    }
  };
  CHECK(company.order_seen()["client_name"] == "Clara Ruiz");
  CHECK(company.order_seen()["address"] == "Calle 1");
  company.client.as(administrator()).given("edit", R"({"name":"Clara Mora"})");
  company.client.given("edit_site", to_text(Json{{"site", site}, {"address", "Calle 2"}}));
  tell_the_order();
  CHECK(company.order_seen()["client_name"] == "Clara Mora");
  CHECK(company.order_seen()["address"] == "Calle 2");
  CHECK(company.order.rebuilt_state() == company.order.entity().encode());
  company.client.given("erase");
  tell_the_order();
  CHECK_FALSE(company.order_seen().contains("client_name"));
  CHECK_FALSE(company.order_seen().contains("lat"));
  CHECK(company.order.rebuilt_state() == company.order.entity().encode());
}

TEST_CASE("company: own reasons of the catalogue pause an order and hold its clocks") {
  Company company;
  company.catalogue.given("put_reason_code", to_text(Json{{"code", "lluvia"},
                                                          {"verbs", {"pause"}},
                                                          {"name_es", "Lluvia"},
                                                          {"name_en", "Rain"},
                                                          {"holds_clock", true}}));
  company.create().assign().technician("start");
  CHECK(company.order.does("fail", R"({"reason":"lluvia"})").text() == "unknown_value");
  company.technician("pause", {{"reason", "lluvia"}});
  CHECK(company.order_seen()["sla"].contains("held_since"));
}

TEST_CASE("company: declining gives the slot back") {
  Company company;
  company.create().assign().technician("decline", {{"reason", "too far"}});
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
  CHECK(company.order_seen()["status"] == "TRIAGED");
}

TEST_CASE("company: who goes off loses what has not begun") {
  Company company;
  company.create().assign();
  company.ana.as(administrator()).given("set_availability", R"({"availability":"off"})");
  company.ana.as(Principal::system());
  REQUIRE(company.ana.reactions().size() == 1);
  const auto& revoke = company.ana.reactions()[0];
  CHECK(revoke.target == EntityRef{EntityKind::work_order, id_of("ord", 'A')});
  company.order.as(Principal::system()).given(revoke.verb, revoke.body);
  company.deliver();
  CHECK(company.order_seen()["status"] == "TRIAGED");
  CHECK(company.ana_seen().value("agenda", Json::array()).empty());
}

TEST_CASE("company: the holder's question is answered by the order") {
  Company company;
  company.create().assign();
  company.ana.later(31s).answering([&](const entity::Need& need) {
    return company.order.entity().answer(need.verb, need.body, Principal::system(),
                                         at("2026-11-24T13:01:00Z"));
  });
  CHECK(company.ana.does("verify_claims").text() == "technician.claim_confirmed");
}

TEST_CASE("company: the folded events give the same order again") {
  Company company;
  company.create().assign().technician("start").technician("complete");
  CHECK(company.order.rebuilt_state() == company.order.entity().encode());
}

}  // namespace
}  // namespace mf::test::one_company
