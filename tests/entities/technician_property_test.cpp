#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/technician/technician_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct Play {
  Driver driver;
  std::vector<std::string> tokens;  ///< ever granted
  std::set<std::string> released;
};

void random_step(Play& play) {
  const Id order = id_of("ord", *rc::gen::element('1', '2', '3', '4'));
  const Id visit = id_of("vis", *rc::gen::element('1', '2', '3'));
  const auto token = "t" + std::to_string(play.tokens.size());
  auto& driver = play.driver;
  driver.later(std::chrono::seconds(*rc::gen::inRange(0, 40)));
  switch (*rc::gen::inRange(0, 6)) {
    case 0: {
      json claim = {{"token", token},          {"order", order},
                    {"visit", visit},          {"zone", id_of("zon", 'N')},
                    {"skills", json::array()}, {"override", *rc::gen::arbitrary<bool>()},
                    {"reason", "why"},         {"duration_ms", *rc::gen::inRange(1, 240) * 60'000}};
      if (*rc::gen::arbitrary<bool>())
        claim["from"] = format_rfc3339(at("2026-11-24T13:00:00Z") +
                                       std::chrono::minutes(*rc::gen::inRange(0, 600)));
      if (driver.does("claim_agenda", to_text(claim)).no) return;
      play.tokens.push_back(token);
      return;
    }
    case 1: {
      const json claim = {{"token", token},
                          {"order", order},
                          {"visit", visit},
                          {"purpose", *rc::gen::element("travel", "work")}};
      if (driver.does("claim_work", to_text(claim)).no) return;
      play.tokens.push_back(token);
      return;
    }
    case 2: {
      if (play.tokens.empty()) return;
      const auto old = *rc::gen::elementOf(play.tokens);
      driver.does("release_claim", to_text(json{{"token", old}}));
      play.released.insert(old);
      return;
    }
    case 3: {
      const auto answer = *rc::gen::inRange(0, 3);
      driver.answering([answer](const entity::Need&) -> std::expected<std::string, Rejection> {
        if (answer == 0) return reject("busy");
        return std::string(answer == 1 ? R"({"used":true})" : R"({"used":false})");
      });
      driver.does("verify_claims");
      return;
    }
    case 4:
      driver.does("set_availability",
                  to_text(json{{"availability", *rc::gen::element("off", "available", "break")}}));
      return;
    default: driver.does("ack_assignment", to_text(json{{"visit", visit}}));
  }
}

void check_invariants(const Play& play) {
  const auto state = parse_json(play.driver.entity().encode());
  const auto agenda = state.value("agenda", json::array()),
             holds = state.value("holds", json::array());
  for (std::size_t i = 1; i < agenda.size(); ++i)
    RC_ASSERT(agenda[i - 1]["to"].get<std::string>() <= agenda[i]["from"].get<std::string>());
  std::set<std::string> purposes, orders;
  for (const auto& hold : holds)
    RC_ASSERT(purposes.insert(hold["purpose"].get<std::string>()).second);
  for (const auto& slot : agenda) RC_ASSERT(orders.insert(slot["order"].get<std::string>()).second);
  for (const auto* list : {&agenda, &holds})
    for (const auto& claim : *list)
      RC_ASSERT(!play.released.contains(claim["token"].get<std::string>()));
  const auto now = state["availability"].get<std::string>();
  RC_ASSERT((now == "traveling" || now == "working") == !holds.empty());
  bool is_open = false;
  for (const auto* list : {&agenda, &holds})
    for (const auto& claim : *list) is_open |= !claim["is_confirmed"].get<bool>();
  RC_ASSERT(play.driver.entity().deadlines().size() == (is_open ? 1u : 0u));
}

}  // namespace

TEST_CASE(
    "technician: whatever comes, slots never overlap, work is one and released tokens are gone") {
  const std::shared_ptr<const entity::Kind> kind = technician::make_technician_kind();
  REQUIRE(rc::check([&] {
    Play play{Driver(kind, id_of("tec", 'A')), {}, {}};
    play.driver.given("create", to_text(json{{"name", "Ana"}, {"zones", {id_of("zon", 'N')}}}));
    play.driver.as(Principal::system());
    const auto steps = *rc::gen::inRange(1, 30);
    for (int i = 0; i < steps; ++i) {
      random_step(play);
      check_invariants(play);
    }
    RC_ASSERT(play.driver.rebuilt_state() == play.driver.entity().encode());
  }));
}

TEST_CASE("technician: releasing a token that is not held changes nothing") {
  const std::shared_ptr<const entity::Kind> kind = technician::make_technician_kind();
  REQUIRE(rc::check([&] {
    Play play{Driver(kind, id_of("tec", 'A')), {}, {}};
    play.driver.given("create", to_text(json{{"name", "Ana"}, {"zones", {id_of("zon", 'N')}}}));
    play.driver.as(Principal::system());
    const auto steps = *rc::gen::inRange(1, 20);
    for (int i = 0; i < steps; ++i) random_step(play);
    for (const auto& token : play.released) {
      const auto before = play.driver.entity().encode();
      RC_ASSERT(play.driver.does("release_claim", to_text(json{{"token", token}})).text() ==
                "claim_not_held");
      RC_ASSERT(play.driver.entity().encode() == before);
    }
  }));
}
