// When a technician can come: duty, gaps, windows, and whether a visit still holds.
#include "actors/technician/duty.hpp"
#include "tests/entities/technician_driver.hpp"

namespace mf::test::technician_agenda_test {
using namespace mf::test::one_technician;

TEST_CASE("technician: a slot without a time begins after what is in the agenda already") {
  auto driver = with_shifts();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 2h)));
  driver.given("claim_agenda", to_text(agenda_claim("t2", order_2, visit_2, 1h)));
  CHECK(slot_of(driver, "t1") == "2026-11-24T13:00 2026-11-24T15:00");
  CHECK(slot_of(driver, "t2") == "2026-11-24T15:00 2026-11-24T16:00");
}

TEST_CASE("technician: the first gap counts, not the end of the agenda") {
  auto driver = with_shifts();
  const auto claims = [&](const char* token, char order, Duration length) {
    driver.given("claim_agenda",
                 to_text(agenda_claim(token, id_of("ord", order), visit_2, length)));
    return slot_of(driver, token);
  };
  driver.given("claim_agenda",
               to_text(from(agenda_claim("far", order_1, visit_1, 2h), "2026-11-30T14:00:00Z")));
  driver.given("claim_agenda",
               to_text(from(agenda_claim("soon", order_2, visit_2, 1h), "2026-11-24T14:00:00Z")));
  CHECK(claims("short", '3', 1h) == "2026-11-24T13:00 2026-11-24T14:00");
  CHECK(claims("long", '4', 2h) == "2026-11-24T15:00 2026-11-24T17:00");
  CHECK(claims("longer", '5', 3h) == "2026-11-24T18:00 2026-11-24T21:00");
}

TEST_CASE("technician: the first gap lies in the client's windows and begins there") {
  auto driver = with_shifts();
  const auto claims = [&](const char* token, const Id& order, Duration length) {
    auto claim = agenda_claim(token, order, visit_1, length);
    // 03:00–06:00 in Bogotá, nobody works then; 15:30–16:30 the day after.
    claim["windows"] = {{{"from", "2026-11-25T08:00:00Z"}, {"to", "2026-11-25T11:00:00Z"}},
                        {{"from", "2026-11-25T20:30:00Z"}, {"to", "2026-11-25T21:30:00Z"}}};
    return driver.does("claim_agenda", to_text(claim)).text();
  };
  CHECK(claims("t1", order_1, 1h) == "technician.agenda_claimed");
  CHECK(slot_of(driver, "t1") == "2026-11-25T20:30 2026-11-25T21:30");
  CHECK(claims("t2", order_2, 30min) == "technician.agenda_claimed");
  CHECK(slot_of(driver, "t2") == "2026-11-25T21:30 2026-11-25T22:00");
  CHECK(claims("t3", id_of("ord", '3'), 30min) == "agenda_full");
}

TEST_CASE("technician: an override takes the first gap in shift and window, else any gap") {
  auto driver = with_shifts();
  auto claim = overriding(agenda_claim("t1", order_1, visit_1, 1h));
  claim["windows"] = {{{"from", "2026-11-24T15:00:00Z"}, {"to", "2026-11-24T16:00:00Z"}}};
  driver.given("claim_agenda", to_text(claim));
  CHECK(slot_of(driver, "t1") == "2026-11-24T15:00 2026-11-24T16:00");
  auto over = overriding(agenda_claim("t2", order_2, visit_2, 1h));
  over["windows"] = {{{"from", "2026-11-23T15:00:00Z"}, {"to", "2026-11-23T16:00:00Z"}}};
  driver.given("claim_agenda", to_text(over));
  CHECK(slot_of(driver, "t2") == "2026-11-24T13:00 2026-11-24T14:00");
}

TEST_CASE("technician: an offer's time runs while its technician is on duty") {
  auto driver = with_shifts();
  const auto ends = [&](std::string_view now) {
    auto claim = agenda_claim("t1", order_1, visit_1, 1h);
    claim["offer_ms"] = 600'000;
    driver.now(at(now)).given("claim_agenda", to_text(claim));
    const auto answer = driver.ask("claim", to_text(claim));
    return parse_json(answer)["offer_expires_at"].get<std::string>().substr(0, 16);
  };
  CHECK(ends("2026-11-24T14:00:00Z") == "2026-11-24T14:10");
  CHECK(ends("2026-11-24T16:55:00Z") == "2026-11-24T18:05");  // across lunch
  CHECK(ends("2026-11-25T03:00:00Z") == "2026-11-25T13:10");  // at night
  CHECK(ends("2026-11-27T21:57:00Z") == "2026-11-30T13:07");  // over the weekend
}

TEST_CASE(
    "technician: an offer waits while its technician is on a break or off, and goes on after") {
  auto driver = with_shifts();
  auto claim = agenda_claim("t1", order_1, visit_1, 1h);
  claim["offer_ms"] = 600'000;
  claim["from"] = "2026-11-24T20:00:00Z";
  const auto says = [&](const char* availability, std::string_view now) {
    const auto before = driver.reactions().size();
    driver.now(at(now)).given("set_availability", to_text(json{{"availability", availability}}));
    return driver.reactions().size() - before;
  };
  const auto offer = [&] {
    const auto answer = parse_json(driver.ask("claim", R"({"token":"t1"})"));
    if (answer.contains("offer_left_ms"))
      return std::to_string(answer["offer_left_ms"].get<int>() / 1000) + " s";
    return answer["offer_expires_at"].get<std::string>().substr(11, 8);
  };
  // 11:55 in Bogotá; lunch is from 12:00 to 13:00.
  driver.now(at("2026-11-24T16:55:00Z")).given("claim_agenda", to_text(claim));
  CHECK(offer() == "18:05:00");
  CHECK(says("break", "2026-11-24T16:57:00Z") == 1);
  CHECK(driver.reactions().back().verb == "recheck");
  CHECK(driver.reactions().back().target == EntityRef{EntityKind::work_order, order_1});
  CHECK(offer() == "480 s");
  CHECK(says("available", "2026-11-24T18:30:00Z") == 1);
  CHECK(offer() == "18:38:00");
  CHECK(says("off", "2026-11-24T18:31:00Z") == 1);
  CHECK(driver.reactions().back().verb == "revoke");
  CHECK(offer() == "420 s");
  CHECK(says("break", "2026-11-24T18:32:00Z") == 1);
  CHECK(driver.reactions().back().verb == "recheck");
  CHECK(says("available", "2026-11-24T21:55:00Z") == 1);
  CHECK(offer() == "13:02:00");  // five minutes are left of this day
  // What is over is nobody's concern any more.
  CHECK(says("break", "2026-11-25T14:00:00Z") == 0);
  CHECK(offer() == "13:02:00");
}

TEST_CASE("technician: an offer made on a break waits, and work that begins lets it go on") {
  auto driver = always_on_duty();
  driver.given("set_availability", R"({"availability":"break"})");
  auto claim = agenda_claim("t1", order_1, visit_1, 1h);
  claim["offer_ms"] = 600'000;
  const auto said = driver.does("claim_agenda", to_text(claim));
  REQUIRE(said.text() == "technician.agenda_claimed");
  check_golden_events("technician",
                      {{"technician.agenda_claimed.v1.with_offer", said.stored.at(0)}});
  CHECK(parse_json(driver.ask("claim", R"({"token":"t1"})"))["offer_left_ms"] == 600'000);
  driver.given("claim_work", to_text(work_claim("w", order_2, "work")));
  CHECK(driver.reactions().back().target == EntityRef{EntityKind::work_order, order_1});
  CHECK(parse_json(driver.ask("claim", R"({"token":"t1"})")).contains("offer_expires_at"));
}

TEST_CASE("technician: another shift lets an offer go on with what was left of it") {
  auto driver = with_shifts();
  auto claim = agenda_claim("t1", order_1, visit_1, 1h);
  claim["offer_ms"] = 600'000;
  const auto ends = [&] {
    return parse_json(driver.ask("claim", R"({"token":"t1"})"))["offer_expires_at"]
        .get<std::string>()
        .substr(0, 19);
  };
  driver.now(at("2026-11-24T15:00:00Z")).given("claim_agenda", to_text(claim));
  driver.now(at("2026-11-24T15:04:00Z")).as(administrator());
  driver.given("edit",
               R"({"absences":[{"from":"2026-11-24T15:00:00Z","to":"2026-11-24T16:00:00Z"}]})");
  CHECK(ends() == "2026-11-24T16:06:00");
  driver.now(at("2026-11-24T15:30:00Z")).given("edit", R"({"absences":[]})");
  CHECK(ends() == "2026-11-24T15:36:00");
  // A longer visit of the same order keeps what is left.
  driver.as(Principal::system())
      .given("claim_agenda", to_text(agenda_claim("t2", order_1, visit_1, 2h)));
  CHECK(parse_json(driver.ask("claim", R"({"token":"t2"})"))["offer_expires_at"]
            .get<std::string>()
            .substr(0, 19) == "2026-11-24T15:36:00");
}

TEST_CASE("technician: whoever is back on duty has its visits judged again") {
  auto driver = always_on_duty();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  driver.given("set_availability", R"({"availability":"off"})");
  CHECK(driver.reactions().back().verb == "revoke");
  driver.given("set_availability", R"({"availability":"available"})");
  REQUIRE(driver.reactions().size() == 2);
  CHECK(driver.reactions().back().verb == "recheck");
  CHECK(driver.reactions().back().body == to_text(json{{"technician", ana}}));
  driver.given("set_availability", R"({"availability":"break"})");
  CHECK(driver.reactions().size() == 2);
}

TEST_CASE("technician: a change that visits rest on tells their orders, another one nobody") {
  auto driver = with_shifts();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  driver.as(administrator());
  for (const auto* edit :
       {R"({"absences":[{"from":"2026-11-24T00:00:00Z","to":"2026-11-25T00:00:00Z"}]})",
        R"({"skills":[]})", R"({"zones":[]})", R"({"shifts":null})", R"({"breaks":[]})"}) {
    auto changed = driver.copy();
    changed.given("edit", edit);
    REQUIRE(changed.reactions().size() == driver.reactions().size() + 1);
    const auto& reaction = changed.reactions().back();
    CHECK(reaction.target == EntityRef{EntityKind::work_order, order_1});
    CHECK(reaction.verb == "recheck");
    CHECK(parse_json(reaction.body) == json{{"technician", ana}});
  }
  driver.given("edit", R"({"name":"Ana María","max_orders":3})");
  CHECK(driver.reactions().empty());
}

TEST_CASE("technician: whether a visit holds is answered by what would have been promised") {
  const auto asks = [](const Driver& driver, const json& more) {
    json visit{{"zone", north},
               {"skills", {{{"skill", "fibre"}, {"level", 1}}}},
               {"from", "2026-11-24T14:00:00Z"},
               {"to", "2026-11-24T15:00:00Z"}};
    visit.update(more);
    return driver.ask("visit_holds", to_text(visit));
  };
  auto driver = with_shifts();
  CHECK(asks(driver, json::object()) == "{}");
  CHECK(asks(driver, {{"zone", south}}) == "wrong_zone");
  CHECK(asks(driver, {{"skills", {{{"skill", "antenna"}, {"level", 1}}}}}) == "skill_missing");
  CHECK(asks(driver, {{"to", "2026-11-24T17:30:00Z"}}) == "off_shift");
  CHECK(asks(driver,
             {{"windows", {{{"from", "2026-11-24T14:30:00Z"}, {"to", "2026-11-24T16:00:00Z"}}}}}) ==
        "outside_window");
  driver.as(administrator())
      .given("edit",
             R"({"absences":[{"from":"2026-11-24T14:30:00Z","to":"2026-11-24T14:40:00Z"}]})");
  CHECK(asks(driver, json::object()) == "off_shift");
  driver.given("edit", R"({"absences":[]})").given("set_availability", R"({"availability":"off"})");
  CHECK(asks(driver, json::object()) == "technician_off");
}

TEST_CASE("technician: a slot never lies across a break or outside a shift") {
  auto driver = with_shifts();
  driver.given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 3h)));
  driver.given("claim_agenda", to_text(agenda_claim("t2", order_2, visit_2, 2h)));
  CHECK(slot_of(driver, "t2") == "2026-11-24T18:00 2026-11-24T20:00");
  const Id order_3 = id_of("ord", '3');
  driver.given("claim_agenda", to_text(agenda_claim("t3", order_3, visit_2, 3h)));
  CHECK(slot_of(driver, "t3") == "2026-11-25T13:00 2026-11-25T16:00");
  const auto night =
      from(agenda_claim("t4", id_of("ord", '4'), visit_2, 1h), "2026-11-25T03:00:00Z");
  CHECK(driver.does("claim_agenda", to_text(night)).text() == "off_shift");
  const auto long_one = agenda_claim("t5", id_of("ord", '5'), visit_2, 6h);
  CHECK(driver.does("claim_agenda", to_text(long_one)).text() == "off_shift");
}

TEST_CASE("technician: a shift may end on the next day") {
  const std::vector<technician::Shift> shifts = {{{technician::Day::tue}, "22:00", "06:00"}};
  const std::vector<technician::Shift> breaks;
  const std::vector<technician::Absence> absences;
  const auto list = technician::on_duty({shifts, breaks, absences},
                                        {at("2026-11-25T00:00:00Z"), at("2026-11-26T00:00:00Z")});
  REQUIRE(list.size() == 1);
  CHECK(list[0].from == at("2026-11-25T03:00:00Z"));
  CHECK(list[0].to == at("2026-11-25T11:00:00Z"));
}

TEST_CASE("technician: an absence is a hole in the shift") {
  auto driver = with_shifts();
  driver.as(administrator())
      .given("edit",
             R"({"absences":[{"from":"2026-11-24T00:00:00Z","to":"2026-11-25T15:00:00Z"}]})");
  driver.as(Principal::system())
      .given("claim_agenda", to_text(agenda_claim("t1", order_1, visit_1, 1h)));
  CHECK(slot_of(driver, "t1") == "2026-11-25T15:00 2026-11-25T16:00");
}

TEST_CASE("technician: the guards of an assignment say no by name") {
  auto driver = with_shifts();
  auto claim = agenda_claim("t1", order_1, visit_1, 1h);
  SECTION("off duty") {
    driver.given("set_availability", R"({"availability":"off"})");
    CHECK(driver.does("claim_agenda", to_text(claim)).text() == "technician_off");
  }
  SECTION("another zone") {
    claim["zone"] = south;
    CHECK(driver.does("claim_agenda", to_text(claim)).text() == "wrong_zone");
  }
  SECTION("a skill missing") {
    claim["skills"] = {"antenna"};
    CHECK(driver.does("claim_agenda", to_text(claim)).text() == "skill_missing");
  }
  SECTION("a skill at too low a level") {
    claim["skills"] = {{{"skill", "fibre"}, {"level", 2}}};
    CHECK(driver.does("claim_agenda", to_text(claim)).text() == "skill_missing");
  }
  SECTION("overlap") {
    driver.given("claim_agenda", to_text(claim));
    const auto other = from(agenda_claim("t2", order_2, visit_2, 1h), "2026-11-24T13:59:00Z");
    CHECK(driver.does("claim_agenda", to_text(other)).text() == "agenda_overlap");
    CHECK(driver.does("claim_agenda", to_text(overriding(other))).text() == "agenda_overlap");
  }
  SECTION("nothing is free in the client's window") {
    claim["windows"] = {{{"from", "2026-11-24T13:00:00Z"}, {"to", "2026-11-24T13:30:00Z"}}};
    driver.given("claim_agenda", to_text(claim));
    auto other = agenda_claim("t2", order_2, visit_2, 1h);
    other["windows"] = claim["windows"];
    CHECK(driver.does("claim_agenda", to_text(other)).text() == "agenda_full");
  }
  SECTION("outside the client's windows") {
    claim["windows"] = {{{"from", "2026-11-24T11:00:00Z"}, {"to", "2026-11-24T12:00:00Z"}}};
    CHECK(driver.does("claim_agenda", to_text(claim)).text() == "outside_window");
    claim["windows"] = {{{"from", "2026-11-26T14:00:00Z"}, {"to", "2026-11-26T15:00:00Z"}}};
    const auto early = from(claim, "2026-11-25T14:00:00Z");
    CHECK(driver.does("claim_agenda", to_text(early)).text() == "outside_window");
    CHECK(driver.does("claim_agenda", to_text(overriding(early))).text() ==
          "technician.agenda_claimed");
  }
  SECTION("no duty in the client's window") {
    claim["windows"] = {{{"from", "2026-11-25T02:00:00Z"}, {"to", "2026-11-25T03:00:00Z"}}};
    CHECK(driver.does("claim_agenda", to_text(claim)).text() == "off_shift");
  }
  SECTION("as many orders as it may have") {
    driver.as(administrator()).given("edit", R"({"max_orders":1})").as(Principal::system());
    driver.given("claim_agenda", to_text(claim));
    CHECK(driver.does("claim_agenda", to_text(agenda_claim("t2", order_2, visit_2, 1h))).text() ==
          "agenda_full");
  }
}

TEST_CASE("technician: with a reason, overriding skips zone, skills, shift and availability") {
  auto driver = with_shifts();
  driver.given("set_availability", R"({"availability":"off"})");
  auto claim = from(agenda_claim("t1", order_1, visit_1, 1h), "2026-11-25T03:00:00Z");
  claim["zone"] = south;
  claim["skills"] = {"antenna"};
  CHECK(driver.does("claim_agenda", to_text(overriding(claim))).text() ==
        "technician.agenda_claimed");
  claim["override"] = true;
  CHECK(driver.does("claim_agenda", to_text(claim)).text() == "required");
}

}  // namespace mf::test::technician_agenda_test
