#include "tests/entities/technician_driver.hpp"

using namespace mf;
using namespace mf::test;
using namespace mf::test::one_technician;

TEST_CASE("technician: a skill's name alone means level 1") {
  const auto view = parse_json(always_on_duty().entity().view(entity::Viewpoint::staff));
  CHECK(view["skills"] ==
        parse_json(R"([{"skill":"fibre","level":1},{"skill":"router","level":3}])"));
}

TEST_CASE("technician: supervisors add technicians to zones they supervise, others don't") {
  Driver driver(kind(), ana);
  CHECK(driver.as(supervisor_of({south})).does("create", to_text(profile())).text() == "forbidden");
  CHECK(driver.as(technician_named(ana)).does("create", to_text(profile())).text() == "forbidden");
  CHECK(driver.as(supervisor_of({north})).does("create", to_text(profile())).text() ==
        "technician.created");
}

TEST_CASE("technician: a zone the catalogue does not know is refused") {
  Driver driver(kind(), ana);
  driver.answering([](const entity::Need&) { return refuse_field("zone", "unknown_zone"); });
  const auto said = driver.does("create", to_text(profile()));
  CHECK(said.text() == "unknown_zone");
  CHECK(said.no->field == "zones");
}

TEST_CASE("technician: the same create again is recognised, another one is a conflict") {
  auto driver = always_on_duty().as(administrator());
  CHECK(driver.does("create", to_text(profile())).text() == "already_exists_same");
  auto other = profile();
  other["name"] = "Another";
  CHECK(driver.does("create", to_text(other)).text() == "already_exists");
}

TEST_CASE("technician: a supervisor of another zone can't see it, itself it sees but can't edit") {
  auto driver = always_on_duty();
  const auto edit = R"({"max_orders":3})";
  CHECK(driver.as(supervisor_of({south})).does("edit", edit).text() == "not_found");
  CHECK(driver.as(technician_named(ana)).does("edit", edit).text() == "forbidden");
  CHECK(driver.as(technician_named(id_of("tec", 'B'))).does("edit", edit).text() == "not_found");
  CHECK(driver.as(supervisor_of({north})).does("edit", edit).text() == "technician.edited");
  CHECK_FALSE(driver.entity().viewpoint(client_named(id_of("cli", '1'))));
}

TEST_CASE("technician: an edit changes what it names, removes what is null and keeps the rest") {
  auto driver = always_on_duty().as(administrator());
  driver.given("edit", R"({"max_orders":3,"home":{"lat":6.2,"lon":-75.5}})");
  driver.given("edit", R"({"max_orders":null})");
  const auto view = parse_json(driver.entity().view(entity::Viewpoint::staff));
  CHECK_FALSE(view.contains("max_orders"));
  CHECK(view["home"]["lat"] == 6.2);
  CHECK(view["name"] == "Ana Pérez");
  CHECK(driver.does("edit", R"({"name":null})").text() == "required");
}

TEST_CASE("technician: one travels to one order and works on one at a time") {
  auto driver = always_on_duty();
  driver.given("claim_work", to_text(work_claim("t1", order_1, "travel")));
  CHECK(availability(driver) == "traveling");
  CHECK(driver.does("claim_work", to_text(work_claim("t2", order_2, "travel"))).text() ==
        "busy_with_another_order");
  driver.given("claim_work", to_text(work_claim("t3", order_1, "work")));
  CHECK(availability(driver) == "working");
  driver.given("release_claim", R"({"token":"t1"})");
  CHECK(availability(driver) == "working");
  driver.given("release_claim", R"({"token":"t3"})");
  CHECK(availability(driver) == "available");
}

TEST_CASE("technician: a late release of an earlier claim frees nothing newer") {
  auto driver = always_on_duty();
  driver.given("claim_work", to_text(work_claim("t1", order_1, "work")));
  driver.given("claim_work", to_text(work_claim("t2", order_1, "work")));
  driver.given("release_claim", R"({"token":"t1"})");
  CHECK(driver.does("claim_work", to_text(work_claim("t3", order_2, "work"))).text() ==
        "busy_with_another_order");
  CHECK(driver.does("release_claim", R"({"token":"t1"})").text() == "claim_not_held");
}

TEST_CASE("technician: a newer claim that is not used gives the slot before it back") {
  auto driver = always_on_duty();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  driver.given("claim_agenda",
               to_text(from(agenda_claim("t2", order_1, visit_2, 1h), "2026-11-24T20:00:00Z")));
  const auto between = from(agenda_claim("t3", order_2, visit_2, 1h), "2026-11-24T13:00:00Z");
  CHECK(driver.does("claim_agenda", to_text(between)).text() == "agenda_overlap");
  driver.given("release_claim", R"({"token":"t2"})");
  CHECK(slot_of(driver, "t1") == "2026-11-24T13:00 2026-11-24T14:00");
  CHECK(driver.entity().deadlines().size() == 1);
}

TEST_CASE("technician: a claim is asked about after 30 s and no clock ever frees it") {
  auto driver = always_on_duty();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  const auto due = driver.entity().deadlines();
  REQUIRE(due.size() == 1);
  CHECK(due[0] == Deadline{"verify_claims", at("2026-11-24T13:00:30Z")});
  driver.now(due[0].due);
  SECTION("the order uses it: never asked again") {
    CHECK(driver.does("verify_claims").text() == "technician.claim_confirmed");
    CHECK(driver.asked()[0].target == EntityRef{EntityKind::work_order, order_1});
    CHECK(driver.entity().deadlines().empty());
  }
  SECTION("the order does not use it: freed") {
    CHECK(driver.answering(unused).does("verify_claims").text() == "technician.claim_released");
    CHECK(driver.ask("claim", R"({"token":"t1"})") == "not_found");
  }
  SECTION("no answer: kept, and asked again") {
    CHECK(driver.answering(busy).does("verify_claims").text() == "technician.claim_kept");
    CHECK(driver.entity().deadlines()[0].due == at("2026-11-24T13:01:00Z"));
    CHECK(slot_of(driver, "t1") == "2026-11-24T13:00 2026-11-24T14:00");
  }
}

TEST_CASE(
    "technician: going off duty tells every order in the agenda, but not in the middle of work") {
  auto driver = always_on_duty();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  driver.given("claim_work", to_text(work_claim("t2", order_1, "work")));
  driver.as(technician_named(ana));
  CHECK(driver.does("set_availability", R"({"availability":"off"})").text() == "work_in_progress");
  driver.as(Principal::system()).given("release_claim", R"({"token":"t2"})");
  driver.as(technician_named(ana)).given("set_availability", R"({"availability":"off"})");
  REQUIRE(driver.reactions().size() == 1);
  const auto& reaction = driver.reactions()[0];
  CHECK(reaction.target == EntityRef{EntityKind::work_order, order_1});
  CHECK(reaction.verb == "revoke");
  CHECK(parse_json(reaction.body) == json{{"technician", ana}, {"code", "technician_off"}});
}

TEST_CASE("technician: nobody sets traveling or working by hand") {
  auto driver = always_on_duty().as(technician_named(ana));
  CHECK(driver.does("set_availability", R"({"availability":"working"})").text() ==
        "follows_from_work");
  CHECK(driver.does("set_availability", R"({"availability":"break"})").text() ==
        "technician.availability_changed");
}

TEST_CASE("technician: who is disabled loses what was planned and gets nothing, by no override") {
  auto driver = always_on_duty();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  driver.as(supervisor_of({north}));
  CHECK(driver.does("edit", R"({"disabled":true})").text() ==
        "technician.availability_changed, technician.edited");
  REQUIRE(driver.reactions().size() == 1);
  CHECK(driver.reactions()[0].verb == "revoke");
  CHECK(parse_json(driver.entity().row(entity::Viewpoint::staff))["disabled"] == true);
  CHECK(driver.does("set_availability", R"({"availability":"available"})").text() ==
        "technician_disabled");
  driver.as(Principal::system());
  CHECK(driver.does("claim_agenda", to_text(overriding(agenda_claim("t2", order_2, visit_2, 1h))))
            .text() == "technician_disabled");
  CHECK(driver.does("claim_work", to_text(work_claim("t3", order_1, "work"))).text() ==
        "technician_disabled");
  driver.as(administrator()).given("edit", R"({"disabled":false})");
  driver.given("set_availability", R"({"availability":"available"})");
}

TEST_CASE("technician: an assignment is undelivered until its technician acknowledged it, once") {
  auto driver = always_on_duty();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  CHECK(parse_json(driver.ask("undelivered")) ==
        json{{"visits", {{{"visit", visit_1}, {"order", order_1}}}}});
  const auto ack = to_text(json{{"visit", visit_1}});
  CHECK(driver.as(administrator()).does("ack_assignment", ack).text() == "forbidden");
  driver.as(technician_named(ana)).given("ack_assignment", ack);
  CHECK(parse_json(driver.ask("undelivered"))["visits"].empty());
  CHECK(driver.does("ack_assignment", ack).text() == "already_done");
}

TEST_CASE("technician: the trail's last point is the last known position") {
  auto driver = always_on_duty().as(technician_named(ana));
  CHECK(driver.does("record_trail", R"({"points":[[1000,6.2,-75.5,10]]})").text() == "not_found");
  driver.as(Principal::system());
  CHECK(driver.does("record_trail", R"({"points":[[2000,6.2,-75.5,10],[1000,6.2,-75.5,10]]})")
            .text() == "out_of_range");
  driver.given("record_trail", R"({"points":[[1000,6.1,-75.4,10],[2000,6.2,-75.5,12.5]]})");
  const auto row = parse_json(driver.entity().row(entity::Viewpoint::staff));
  CHECK(row["position"] ==
        parse_json(R"({"at":"1970-01-01T00:00:02.000Z","lat":6.2,"lon":-75.5,"accuracy":12.5})"));
}

TEST_CASE("technician: a trail that comes late does not move the technician back") {
  auto driver = always_on_duty().as(Principal::system());
  driver.given("record_trail", R"({"points":[[2000,6.2,-75.5,12.5]]})");
  driver.given("record_trail", R"({"points":[[1000,6.1,-75.4,10]]})");
  const auto row = parse_json(driver.entity().row(entity::Viewpoint::staff));
  CHECK(row["position"]["lat"] == 6.2);
  driver.given("record_trail", R"({"points":[[3000,6.3,-75.6,10]]})");
  const auto later = parse_json(driver.entity().row(entity::Viewpoint::staff));
  CHECK(later["position"]["lat"] == 6.3);
}

TEST_CASE("technician: claims and links do not exist for people") {
  auto driver = always_on_duty().as(administrator());
  CHECK(driver.does("claim_work", to_text(work_claim("t", order_1, "work"))).text() == "not_found");
  CHECK(driver.does("release_claim", R"({"token":"t"})").text() == "not_found");
  CHECK(driver.does("link", to_text(json{{"account", id_of("acc", 'B')}})).text() == "not_found");
}

/// What the account says when the technician is to be linked with it.
Driver::Responder account_says(const std::optional<Id>& technician, bool is_technicians,
                               const std::vector<Id>& zones) {
  return [=](const entity::Need& need) -> std::expected<std::string, Rejection> {
    if (need.target.kind != EntityKind::account) return "{}";
    CHECK(need.verb == "whose");
    return to_text(json{{"technician", technician ? json(*technician) : json()},
                        {"is_technicians", is_technicians},
                        {"zones", zones}});
  };
}

TEST_CASE("technician: a supervisor links a free account that was made for an own technician") {
  const auto hire = id_of("acc", 'H');
  const auto create = [&](const Principal& by, const Driver::Responder& says) {
    Driver driver(kind(), ana);
    auto body = profile();
    body["account"] = hire;
    return driver.as(by).answering(says).does("create", to_text(body)).text();
  };
  const auto northern = supervisor_of({north});
  CHECK(create(northern, account_says({}, true, {north})) == "technician.created");
  CHECK(create(northern, account_says({}, true, {south})) == "forbidden");
  CHECK(create(northern, account_says({}, true, {})) == "forbidden");
  CHECK(create(northern, account_says({}, false, {north})) == "forbidden");  // an operator's …
  CHECK(create(administrator(), account_says({}, false, {south})) == "technician.created");
  for (const auto& by : {northern, administrator()}) {
    CHECK(create(by, account_says(id_of("tec", 'B'), true, {north})) == "account_taken");
    CHECK(create(by, account_says(ana, true, {north})) == "technician.created");
    const auto none = [](const entity::Need& need) -> std::expected<std::string, Rejection> {
      if (need.target.kind == EntityKind::account) return hide();
      return "{}";
    };
    CHECK(create(by, none) == (by.is_administrator() ? "technician.created" : "unknown_account"));
  }

  auto driver = always_on_duty();
  driver.as(northern).answering(account_says({}, true, {south}));
  const auto edit = to_text(json{{"account", hire}});
  CHECK(driver.does("edit", edit).text() == "forbidden");
  driver.answering(account_says({}, true, {north})).given("edit", edit);
  // What it has already is asked about no more.
  driver.answering([](const entity::Need&) { return hide(); }).given("edit", edit);
}

TEST_CASE("technician: an account that has left makes room for the one that names it now") {
  auto driver = always_on_duty();
  const auto link = [](char account) { return to_text(json{{"account", id_of("acc", account)}}); };
  driver.given("link", link('A'));
  driver.answering(account_says(ana, true, {north}));
  CHECK(driver.does("link", link('B')).text() == "already_done");
  CHECK(driver.does("link", link('A')).text() == "already_done");
  driver.answering(account_says({}, true, {north}));
  CHECK(driver.does("link", link('A')).text() == "already_done");
  CHECK(driver.does("link", link('B')).text() == "technician.linked");
  CHECK(parse_json(driver.entity().view(entity::Viewpoint::staff))["account"] == id_of("acc", 'B'));
}

TEST_CASE("technician: nothing is done to a technician on somebody's behalf") {
  const auto body = kind()->parse("edit", to_text(json{{"name", "Ana"}, {"on_behalf_of", ana}}));
  REQUIRE_FALSE(body);
  CHECK(body.error()[0].field == "on_behalf_of");
  CHECK(body.error()[0].code == "unknown_field");
}

TEST_CASE("technician: every command in every state is in docs/states") {
  Driver nobody(kind(), ana);
  auto available = always_on_duty();
  auto off = always_on_duty(), on_break = always_on_duty(), assigned = always_on_duty();
  off.given("set_availability", R"({"availability":"off"})");
  on_break.given("set_availability", R"({"availability":"break"})");
  assigned.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h))).later(30s);
  auto traveling = assigned.copy(), working = assigned.copy();
  traveling.given("claim_work", to_text(work_claim("t2", order_1, "travel"))).later(30s);
  working.given("claim_work", to_text(work_claim("t3", order_1, "work"))).later(30s);
  const auto self = technician_named(ana);
  const auto system = Principal::system();
  check_matrix(
      "technician", "The states are the availability, and available with an order in the agenda.",
      {{"(none)", nobody},
       {"off", off},
       {"available", available},
       {"break", on_break},
       {"assigned", assigned},
       {"traveling", traveling},
       {"working", working}},
      {{"create (supervisor)", "create", to_text(profile()), supervisor_of({north})},
       {"edit (supervisor)", "edit", R"({"max_orders":5})", supervisor_of({north})},
       {"edit (itself)", "edit", R"({"max_orders":5})", self},
       {"set_availability off (itself)", "set_availability", R"({"availability":"off"})", self},
       {"set_availability available (itself)", "set_availability",
        R"({"availability":"available"})", self},
       {"set_availability break (supervisor)", "set_availability", R"({"availability":"break"})",
        supervisor_of({north})},
       {"claim_agenda (an order)", "claim_agenda", to_text(agenda_claim("x", order_2, visit_2, 1h)),
        system},
       {"claim_work travel (the same order)", "claim_work",
        to_text(work_claim("x", order_1, "travel")), system},
       {"claim_work work (another order)", "claim_work", to_text(work_claim("x", order_2, "work")),
        system},
       {"release_claim of the agenda", "release_claim", R"({"token":"t1"})", system},
       {"release_claim of the travel", "release_claim", R"({"token":"t2"})", system},
       {"release_claim of the work", "release_claim", R"({"token":"t3"})", system},
       {"verify_claims, used", "verify_claims", "{}", system},
       {"verify_claims, not used", "verify_claims", "{}", system, unused},
       {"verify_claims, no answer", "verify_claims", "{}", system, busy},
       {"ack_assignment (itself)", "ack_assignment", to_text(json{{"visit", visit_1}}), self},
       {"record_trail", "record_trail", R"({"points":[[1000,6.2,-75.5,10]]})", system},
       {"link (an account)", "link", to_text(json{{"account", id_of("acc", 'A')}}), system}});
}

TEST_CASE("technician: a home is where people live, each axis in its place") {
  auto driver = always_on_duty().as(administrator());
  const auto no = driver.does("edit", R"({"home":{"lat":-75.57,"lon":6.24}})").no;
  REQUIRE(no);
  CHECK(no->code == "axes_swapped");
  CHECK(no->field == "home.lat");
  CHECK(driver.does("edit", R"({"home":{"lat":6.24,"lon":-75.57}})").text() == "technician.edited");
}

TEST_CASE("technician: a shift may end when the day does, and none begins there") {
  Driver driver(kind(), ana);
  const auto shift = [&](const char* from, const char* to) {
    auto body = profile();
    body["shifts"] = {{{"days", {"tue"}}, {"from", from}, {"to", to}}};
    return driver.does("create", to_text(body));
  };
  CHECK(shift("24:00", "06:00").no->field == "shifts.0.from");
  CHECK(shift("16:00", "24:01").no->field == "shifts.0.to");
  CHECK(shift("16:00", "25:00").no->field == "shifts.0.to");
  auto evening = profile();
  evening["shifts"] = {{{"days", {"tue"}}, {"from", "16:00"}, {"to", "24:00"}}};
  driver.given("create", to_text(evening));
  driver.as(Principal::system());
  const auto view = parse_json(driver.entity().view(entity::Viewpoint::staff));
  CHECK(view["shifts"][0]["to"] == "24:00");
  // Tuesday ends in Bogotá at 05:00 UTC on the 25th.
  const auto claims = [&](const char* token, const Id& order, const char* at) {
    return driver.does("claim_agenda", to_text(from(agenda_claim(token, order, visit_1, 1h), at)))
        .text();
  };
  CHECK(claims("t1", order_1, "2026-11-25T04:00:00Z") == "technician.agenda_claimed");
  CHECK(claims("t2", order_2, "2026-11-25T05:00:00Z") == "off_shift");
}

TEST_CASE("technician: the stored bytes of every event are pinned") {
  std::map<std::string, std::string> events;
  Driver driver(kind(), ana);
  const auto play = [&](const std::string& verb, const std::string& body) {
    const auto said = driver.does(verb, body);
    INFO(verb << ": " << said.text());
    REQUIRE_FALSE(said.events.empty());
    for (std::size_t i = 0; i < said.events.size(); ++i)
      events.emplace(said.events[i], said.stored[i]);
  };
  auto full = profile();
  full["shifts"] = {{{"days", {"mon", "tue"}}, {"from", "08:00"}, {"to", "17:00"}}};
  full["absences"] = {
      {{"from", "2026-12-24T00:00:00Z"}, {"to", "2026-12-26T00:00:00Z"}, {"reason", "leave"}}};
  full["home"] = {{"lat", 6.25}, {"lon", -75.56}};
  full["max_orders"] = 8;
  play("create", to_text(full));
  play("edit", R"({"name":"Ana María Pérez","home":null,"max_orders":null,"shifts":[]})");
  driver.as(Principal::system());
  play("link", to_text(json{{"account", id_of("acc", 'A')}}));
  play("claim_agenda",
       to_text(overriding(from(agenda_claim("t1", order_1, visit_1, 1h), "2026-11-24T20:00:00Z"))));
  play("claim_work", to_text(work_claim("t2", order_1, "travel")));
  driver.later(30s).answering(busy);
  play("verify_claims", "{}");
  driver.later(30s).answering([](const entity::Need&) { return std::string(R"({"used":true})"); });
  play("verify_claims", "{}");
  play("release_claim", R"({"token":"t2"})");
  play("ack_assignment", to_text(json{{"visit", visit_1}}));
  play("record_trail", R"({"points":[[1764000000000,6.2442,-75.5812,7.5]]})");
  CHECK(events.size() == 11);
  check_golden_events("technician", events);
}
