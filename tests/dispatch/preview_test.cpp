// What is asked of a zone whose dispatch is off, among real actors.
#include <algorithm>
#include <catch2/catch.hpp>

#include "actors/dispatch/dispatchers.hpp"
#include "base/json.hpp"
#include "tests/host/house.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;
using Json = House::Json;

namespace {

struct Desk {
  std::unique_ptr<dispatch::Dispatchers> dispatchers;  // outlives the runtime, as a sink
  House house;
  Id far_site = random_id("sit");

  Desk() {
    house.found_company();
    house.yes({EntityKind::client, house.person}, "add_site",
              {{"id", far_site},
               {"address", "Calle 1 # 1-1"},
               {"zone", house.zone},
               {"lat", 6.10},
               {"lon", -75.54},
               {"name", "Finca"}},
              house.admin);
    dispatchers =
        std::make_unique<dispatch::Dispatchers>(house.runtime(), house.clock, dispatch::Settings{});
  }
  ~Desk() { dispatchers->stop(); }

  [[nodiscard]] std::string in(Duration time) const {
    return format_rfc3339(house.clock.now() + time);
  }
  EntityRef order(const std::string& key, bool is_far = false,
                  const Json& windows = Json::array()) {
    const EntityRef ref{EntityKind::work_order, derive_id("ord", "test", "create", key)};
    house.yes(ref, "create",
              {{"type", house.type},
               {"client", house.person},
               {"site", is_far ? far_site : house.site},
               {"title", "Sin internet"},
               {"windows", windows}},
              house.client, key);
    const auto done = house.yes(ref, "triage", {{"confirmed_distinct", true}}, house.supervisor);
    until_told([&](const Json& row) {
      return row.at("id") == ref.id && row.at("version") >= done.version;
    });
    return ref;
  }
  void assign(const EntityRef& order, Duration from) {
    const auto done = house.yes(
        order, "assign", {{"technician", house.technician}, {"from", in(from)}}, house.supervisor);
    until_told([&](const Json& row) {
      return row.at("id") == order.id && row.at("version") >= done.version;
    });
    until_told([&](const Json& row) {
      return row.at("id") == house.technician && row.at("agenda").size() > 0 &&
             row.at("agenda").back().at("order") == order.id;
    });
  }
  /// Until the board has such a row, and whoever follows it was told.
  void until_told(const std::function<bool(const Json&)>& is_it) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    const auto is_there = [&] {
      return std::ranges::any_of(house.board(house.zone).rows, [&](const views::BoardRow& row) {
        return is_it(parse_json(*row.json));
      });
    };
    while (!is_there()) REQUIRE(std::chrono::steady_clock::now() < deadline);
    house.pass(150ms);
    // It answers in the order in which it is asked: what was due has been told by then.
    static_cast<void>(house.board(house.zone));
  }
  Json preview(const EntityRef& order, const std::string& verb, Json body) {
    auto would = house.runtime().kinds().of(EntityKind::work_order).parse(verb, to_text(body));
    REQUIRE(would);
    const auto reply =
        house.consult({.order = order.id, .by = house.supervisor, .would = std::move(*would)});
    REQUIRE_FALSE(reply.fault);
    REQUIRE_FALSE(reply.no);
    return parse_json(reply.json);
  }
  Json candidates(const EntityRef& order) {
    const auto reply = house.candidates(order.id, house.supervisor);
    REQUIRE_FALSE(reply.fault);
    REQUIRE_FALSE(reply.no);
    return parse_json(reply.json);
  }
};

std::vector<std::string> codes(const Json& preview) {
  std::vector<std::string> codes;
  for (const auto& rule : preview.at("rules")) codes.push_back(rule.at("code"));
  return codes;
}

}  // namespace

TEST_CASE("preview: candidates of a zone that is off are told, by its dispatchers alone") {
  Desk desk;
  const auto order = desk.order("one");
  const auto found = desk.candidates(order);
  REQUIRE(found.at("candidates").size() == 1);
  const auto& ana = found.at("candidates")[0];
  CHECK(ana.at("technician") == desk.house.technician);
  CHECK(ana.at("rank") == 1);
  CHECK(ana.at("from") == desk.in(0min));
  CHECK(ana.at("slot").contains("from"));
  CHECK(ana.at("adds").contains("travel_ms"));
  CHECK_FALSE(found.contains("nobody"));
  const auto no = desk.house.candidates(order.id, desk.house.client).no;
  REQUIRE(no);
  CHECK(no->kind == RejectionKind::forbidden);

  desk.dispatchers->stop();
  CHECK(desk.house.candidates(order.id, desk.house.supervisor).fault);
}

TEST_CASE(
    "preview: who has an order is no candidate for it, and one that is moved keeps its place") {
  Desk desk;
  const auto order = desk.order("one");
  desk.assign(order, 2h);
  const auto found = desk.candidates(order);
  REQUIRE(found.at("out").size() == 1);
  CHECK(found.at("out")[0].at("code") == "has_it_already");

  const Json slot{{"from", desk.in(150min)}, {"to", desk.in(200min)}};
  auto move = slot;
  move["technician"] = desk.house.technician;
  const auto moved = desk.preview(order, "reassign", move);
  CHECK(moved.at("accepted") == true);
  CHECK(codes(moved).empty());
  CHECK(moved.at("slot") == slot);
}

TEST_CASE("preview: a command that would be refused names every rule, and who can go over it") {
  Desk desk;
  desk.assign(desk.order("one"), 2h);
  const auto order = desk.order("two", false, {{{"from", desk.in(5h)}, {"to", desk.in(6h)}}});
  auto seen = desk.preview(order, "assign",
                           {{"technician", desk.house.technician}, {"from", desk.in(150min)}});
  CHECK(seen.at("accepted") == false);
  CHECK(codes(seen) == std::vector<std::string>{"outside_window", "agenda_overlap"});
  CHECK(seen.at("rules")[0].at("overridable") == true);
  CHECK(seen.at("rules")[1].at("overridable") == false);
  CHECK(seen.at("override_helps") == false);

  const Json outside{
      {"technician", desk.house.technician}, {"from", desk.in(4h)}, {"to", desk.in(270min)}};
  seen = desk.preview(order, "schedule", outside);
  CHECK(seen.at("accepted") == false);
  CHECK(codes(seen) == std::vector<std::string>{"outside_window"});
  CHECK(seen.at("override_helps") == true);
  auto forced = outside;
  forced["override"] = true;
  forced["reason"] = "insiste";
  seen = desk.preview(order, "schedule", forced);
  CHECK(seen.at("accepted") == true);
  CHECK(seen.at("feasible") == false);
  // And so it is.
  CHECK(std::holds_alternative<Rejection>(
      desk.house.run(order, "schedule", outside, desk.house.supervisor)));
  desk.house.yes(order, "schedule", forced, desk.house.supervisor);
}

TEST_CASE("preview: what the agenda allows and the way doesn't is told, with whom it makes late") {
  Desk desk;
  const auto promised = desk.order("one");
  desk.assign(promised, 2h);
  const auto far = desk.order("two", true);  // 21 km away
  const auto seen = desk.preview(far, "assign",
                                 {{"technician", desk.house.technician}, {"from", desk.in(59min)}});
  CAPTURE(to_text(seen));
  CHECK(seen.at("accepted") == true);
  CHECK(seen.at("feasible") == false);
  REQUIRE(codes(seen) == std::vector<std::string>{"delays_others"});
  CHECK(seen.at("rules")[0].at("refuses") == false);
  CHECK(seen.at("travel").at("after_ms") > seen.at("travel").value("before_ms", 0));
  REQUIRE(seen.at("follows").size() == 1);
  CHECK(seen.at("follows")[0].at("order") == promised.id);
  CHECK(seen.at("follows")[0].at("late_ms") > 30 * 60'000);
  CHECK(seen.at("sla").contains("lateness_after_ms"));

  const auto behind =
      desk.preview(far, "assign", {{"technician", desk.house.technician}, {"from", desk.in(3h)}});
  CHECK(behind.at("accepted") == true);
  CHECK(codes(behind) == std::vector<std::string>{"no_time_with_travel"});
}
