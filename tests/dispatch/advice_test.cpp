// Who could do an order, why others can't, what would help, and what a command would do.
#include <catch2/catch.hpp>
#include <limits>

#include "actors/dispatch/advice.hpp"
#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;
using dispatch::Day;

namespace {

/// A zone's day at one moment.
struct Board {
  PaperZone zone;
  std::optional<Day> day;

  Board() { zone.dispatcher.set(dispatch::Mode::off); }
  /// The rows as they are.
  Day& made() {
    zone.dispatcher.consult(true);
    for (int i = 0; i < 2; ++i)
      if (zone.dispatcher.step(zone.now).wants_board) zone.show();
    REQUIRE(zone.dispatcher.day());
    return *zone.dispatcher.day();
  }
  [[nodiscard]] dispatch::Wanted wanted(const Id& order) {
    made();
    return dispatch::wanted_of(*zone.dispatcher.picture().order(order), "zon_north", {}, zone.now);
  }
  views::Candidates candidates(const Id& order) {
    const auto asked = wanted(order);
    return dispatch::candidates(made(), zone.dispatcher.picture(), asked, zone.now);
  }
  void shift(const Id& technician, const char* from, const char* to) {
    zone.rows[technician]["shifts"] = {
        {{"days", {"mon", "tue", "wed", "thu", "fri"}}, {"from", from}, {"to", to}}};
  }
  /// A visit with a time on the board and in the agenda.
  void visit(const Id& order, const Id& technician, Timestamp from, Timestamp to) {
    auto& row = zone.rows[order];
    row["status"] = "ACCEPTED";
    row["technician"] = technician;
    row["slot"] = {{"from", format_rfc3339(from)}, {"to", format_rfc3339(to)}};
    zone.rows[technician]["agenda"].push_back(
        {{"order", order}, {"from", format_rfc3339(from)}, {"to", format_rfc3339(to)}});
  }
};

std::vector<std::string> codes(const views::Candidates& found, const Id& technician) {
  std::vector<std::string> codes;
  for (const auto& out : found.out)
    if (out.technician == technician)
      for (const auto& rule : out.rules) codes.push_back(rule.code);
  return codes;
}
const views::Help* help(const views::Candidates& found, const std::string& code) {
  REQUIRE(found.nobody);
  const auto& helps = found.nobody->helps;
  const auto at = std::ranges::find(helps, code, &views::Help::code);
  return at == helps.end() ? nullptr : &*at;
}

}  // namespace

TEST_CASE("advice: everybody is ranked with time and terms, and next to whom") {
  Board board;
  board.zone.technician("tec_near", 6.25, -75.57);
  board.zone.technician("tec_far", 6.30, -75.60);
  board.zone.order("ord_1", 6.251, -75.571);
  board.zone.order("ord_2", 6.252, -75.572);
  board.visit("ord_2", "tec_near", board.zone.now + 4h, board.zone.now + 5h);
  const auto found = board.candidates("ord_1");
  REQUIRE(found.candidates.size() == 2);
  const auto& best = found.candidates.front();
  CHECK(best.technician == "tec_near");
  CHECK(best.before == "ord_2");
  CHECK_FALSE(best.after);
  CHECK(best.in_agenda == 1);
  CHECK(best.reasons.front() == "nearest");
  CHECK(best.slot.from >= board.zone.now);
  CHECK(best.slot.to <= board.zone.now + 4h);
  CHECK(found.candidates[1].adds.travel > best.adds.travel);
  CHECK_FALSE(found.nobody);
}

TEST_CASE("advice: where there is no road no number stands for it") {
  Board board;
  board.zone.technician("tec_near", 6.25, -75.57);
  board.zone.order("ord_1", 6.25, -75.57);
  auto found = board.candidates("ord_1");
  REQUIRE(found.candidates.size() == 1);
  found.candidates[0].travel = found.candidates[0].adds.travel =
      std::numeric_limits<double>::infinity();
  const auto told = parse_json(to_json(found, [](const Sentence& s) { return s.in_english(); }));
  const auto& one = told.at("candidates").at(0);
  CHECK_FALSE(one.contains("travel_ms"));
  CHECK(one.at("adds").at("travel_ms") == 9'007'199'254'740'991);
}

TEST_CASE("advice: who can't is told every rule that is in the way") {
  Board board;
  auto& row = board.zone.technician("tec_1", 6.25, -75.57);
  row["zones"] = {"zon_south"};
  row["availability"] = "off";
  board.zone.order("ord_1", 6.25, -75.57)["skills"] = {{{"skill", "fibra"}, {"level", 2}},
                                                       {{"skill", "router"}, {"level", 1}}};
  const auto found = board.candidates("ord_1");
  CHECK(codes(found, "tec_1") ==
        std::vector<std::string>{"technician_off", "wrong_zone", "skill_missing", "skill_missing"});
  REQUIRE(found.nobody);
  CHECK(found.nobody->code == "technician_off");
}

TEST_CASE("advice: time that the agenda has and the way there hasn't is the planner's no") {
  Board board;
  board.zone.technician("tec_1", 6.25, -75.57);
  board.zone.order("ord_1", 6.45, -75.57);  // 22 km away: more than an hour
  board.zone.order("ord_2", 6.25, -75.57);
  board.shift("tec_1", "08:00", "10:00");
  board.visit("ord_2", "tec_1", board.zone.now + 10min, board.zone.now + 60min);
  board.zone.rows["ord_1"]["windows"] = {
      {{"from", format_rfc3339(board.zone.now)}, {"to", format_rfc3339(board.zone.now + 2h)}}};
  const auto found = board.candidates("ord_1");
  CHECK(codes(found, "tec_1") == std::vector<std::string>{"no_time_with_travel"});
}

TEST_CASE("advice: what the day doesn't look at yet is asked of the agenda") {
  Board board;
  board.zone.technician("tec_1", 6.25, -75.57);
  board.zone.order("ord_1", 6.25,
                   -75.57)["windows"] = {{{"from", format_rfc3339(board.zone.now + 72h)},
                                          {"to", format_rfc3339(board.zone.now + 80h)}}};
  const auto found = board.candidates("ord_1");
  REQUIRE(found.candidates.size() == 1);
  CHECK(found.candidates[0].slot.from == board.zone.now + 72h);
}

TEST_CASE("advice: nobody has the skill: it says who could with it") {
  Board board;
  board.zone.technician("tec_1", 6.25, -75.57)["skills"] = {{{"skill", "fibra"}, {"level", 1}}};
  board.zone.order("ord_1", 6.25, -75.57)["skills"] = {{{"skill", "fibra"}, {"level", 2}}};
  const auto found = board.candidates("ord_1");
  const auto* skill = help(found, "skill");
  REQUIRE(skill);
  CHECK(skill->technician == "tec_1");
  CHECK(skill->skill == "fibra");
  CHECK(skill->level == 2);
  CHECK(found.nobody->helps.size() == 1);
}

TEST_CASE("advice: so many minutes of overtime would do it, or another time") {
  Board board;
  board.zone.technician("tec_1", 6.25, -75.57);
  board.shift("tec_1", "08:00", "12:00");
  // From 11:20 on, an hour of work: 20 minutes more.
  board.zone.order("ord_1", 6.25,
                   -75.57)["windows"] = {{{"from", format_rfc3339(board.zone.now + 200min)},
                                          {"to", format_rfc3339(board.zone.now + 239min)}}};
  const auto found = board.candidates("ord_1");
  CHECK(codes(found, "tec_1") == std::vector<std::string>{"off_shift"});
  const auto* overtime = help(found, "overtime");
  REQUIRE(overtime);
  CHECK(overtime->overtime == 20min);
  CHECK(found.nobody->helps.front().code == "overtime");
  const auto* other = help(found, "other_time");
  REQUIRE(other);
  CHECK(other->slot.to <= board.zone.now + 4h);
}

TEST_CASE("advice: one order more, or somebody who comes back") {
  Board board;
  board.zone.technician("tec_full", 6.25, -75.57)["max_orders"] = 1;
  board.zone.technician("tec_off", 6.25, -75.57)["availability"] = "off";
  board.zone.order("ord_1", 6.25, -75.57);
  board.zone.order("ord_2", 6.25, -75.57);
  board.visit("ord_2", "tec_full", board.zone.now + 2h, board.zone.now + 3h);
  const auto found = board.candidates("ord_1");
  REQUIRE(help(found, "max_orders"));
  CHECK(help(found, "max_orders")->technician == "tec_full");
  REQUIRE(help(found, "on_duty"));
  CHECK(help(found, "on_duty")->technician == "tec_off");
}

TEST_CASE("advice: the dispatcher's report says what would help") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57)["skills"] = {{{"skill", "fibra"}, {"level", 1}}};
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "skill_missing");
  const auto json = parse_json(views::to_json(zone.dispatcher.report(zone.now), say_in_english));
  const auto& waiting = json.at("waiting").at(0);
  CHECK(waiting.at("text") ==
        "nobody can do it; of 1 technicians this stops 1: needs fibra at level 1");
  REQUIRE(waiting.at("helps").size() == 1);
  CHECK(waiting.at("helps")[0].at("code") == "skill");
  CHECK(waiting.at("helps")[0].at("text") == "with the skill fibra at level 1");
}

TEST_CASE("advice: asking changes nothing of the day") {
  Board board;
  board.zone.technician("tec_1", 6.25, -75.57);
  board.zone.order("ord_1", 6.25, -75.57);
  board.zone.order("ord_2", 6.26, -75.57);
  board.visit("ord_2", "tec_1", board.zone.now + 1h, board.zone.now + 2h);
  const auto before = board.made().route("tec_1");
  static_cast<void>(board.candidates("ord_1"));
  static_cast<void>(board.candidates("ord_2"));
  const auto after = board.made().route("tec_1");
  CHECK(after.begins == before.begins);
  CHECK(after.travel == before.travel);
  CHECK(board.made().assumptions().empty());
}
