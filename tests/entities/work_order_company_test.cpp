// What an order and its neighbours make of each other.
#include <catch2/catch.hpp>
#include "tests/entities/company.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;

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

TEST_CASE("company: a second order for the same names the first, until that one has ended") {
  Company company;
  company.create();
  const auto second = [&](char letter, const Json& more = Json::object()) {
    Driver order{std::shared_ptr(work_order::make_work_order_kind({})), id_of("ord", letter)};
    order.as(client_named(id_of("cli", 'C'))).answering([&](const entity::Need& need) {
      return company.respond(need);
    });
    Json body{{"type", repair}, {"client", id_of("cli", 'C')}, {"site", site}, {"title", "Otra"}};
    body.update(more);
    order.given("create", to_text(body));
    return parse_json(order.entity().view(entity::Viewpoint::staff));
  };
  const auto seen = second('B');
  CHECK(seen["twin"] == id_of("ord", 'A'));
  CHECK(seen["flags"] == Json{"possible_duplicate"});
  CHECK(seen["status"] == "NEW");
  company.supervisor("cancel", {{"reason", "solved"}});
  CHECK(second('C')["twin"] == id_of("ord", 'B'));
  company.client.does("forget_order", to_text(Json{{"order", id_of("ord", 'B')}}));
  company.client.does("forget_order", to_text(Json{{"order", id_of("ord", 'C')}}));
  CHECK_FALSE(second('D').contains("twin"));
  company.client.later(31min);
  CHECK_FALSE(second('E').contains("twin"));
}

TEST_CASE("company: a second order goes on by itself when the first is cancelled or done") {
  for (const std::string end : {"cancel", "complete"}) {
    INFO(end);
    Company company;
    company.create();
    Driver second{std::shared_ptr(work_order::make_work_order_kind({})), id_of("ord", 'B')};
    second.as(client_named(id_of("cli", 'C'))).answering([&](const entity::Need& need) {
      return company.respond(need);
    });
    second.given(
        "create",
        to_text(Json{
            {"type", repair}, {"client", id_of("cli", 'C')}, {"site", site}, {"title", "Otra"}}));
    const auto seen = [&] { return parse_json(second.entity().view(entity::Viewpoint::staff)); };
    REQUIRE(seen()["flags"] == Json{"possible_duplicate"});
    if (end == "cancel") company.supervisor("cancel", {{"reason", "solved"}});
    else company.assign().technician("start").technician("complete");
    REQUIRE(company.client.reactions().size() == 1);
    const auto& reaction = company.client.reactions()[0];
    CHECK(reaction.target == EntityRef{EntityKind::work_order, id_of("ord", 'B')});
    CHECK(second.as(Principal::system()).does(reaction.verb, reaction.body).text() ==
          "order.twin_changed, order.triaged");
    CHECK(seen()["status"] == "TRIAGED");
    CHECK_FALSE(seen().contains("twin"));
    CHECK(second.rebuilt_state() == second.entity().encode());
  }
}

TEST_CASE("company: a disabled type is not reopened") {
  Company company;
  company.create().supervisor("cancel", {{"reason", "solved"}});
  company.catalogue.given("edit_order_type", to_text(Json{{"id", repair}, {"disabled", true}}));
  company.order.as(supervisor_of({north}));
  const auto refused = company.order.does("reopen", R"({"reason":"again"})");
  CHECK(refused.text() == "type_disabled");
  CHECK(refused.no->kind == RejectionKind::conflict);
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
