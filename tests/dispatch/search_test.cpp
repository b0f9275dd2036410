// Spare time: what the search finds in a part of the day, and how the dispatcher carries it out.
#include <catch2/catch.hpp>
#include <future>

#include "actors/dispatch/search_thread.hpp"
#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;
using dispatch::Move;
using dispatch::SearchTask;
using planning::Place;

namespace {

/// Two technicians at the ends of a road of an hour, each planned for the visit at the other end.
SearchTask crossed() {
  SearchTask task;
  task.base = morning();
  auto& problem = task.problem;
  problem.places = {Place{}, Place{}};
  problem.travel = planning::MatrixTravel(2, {0, 3600, 3600, 0});
  for (std::size_t i = 0; i < 2; ++i) {
    planning::Technician who{.id = "tec_" + std::to_string(i), .start = i, .end = {}};
    who.shifts = {{.hours = {0, 10 * 3600}}};
    problem.technicians.push_back(who);
    planning::Visit visit{.id = "ord_" + std::to_string(i), .place = i, .duration = 3600};
    visit.windows = {{2 * 3600, 2.5 * 3600}};
    visit.value = 1e6;
    visit.announced = planning::Announcement{"tec_" + std::to_string(1 - i), 2 * 3600};
    problem.visits.push_back(visit);
    task.visits.push_back({.order = visit.id,
                           .version = 7,
                           .slot = Window{morning() + 2h, morning() + 3h},
                           .length = 1h,
                           .may_move = true});
    planning::Route route{.technician = 1 - i, .shift = 0};
    route.stops.push_back({.which = i, .arrival = 7200, .start = 7200, .end = 10800});
    task.present.routes.push_back(route);
  }
  return task;
}

/// The zone of `crossed`, on its board; nobody may come at another time.
void cross(PaperZone& zone) {
  zone.technician("tec_a", 6.20, -75.60);
  zone.technician("tec_b", 6.30, -75.50);
  const auto at = zone.now + 5h;
  for (const std::string id : {"a", "b"}) {
    const bool is_a = id == "a";
    auto& row = zone.order("ord_" + id, is_a ? 6.20 : 6.30, is_a ? -75.60 : -75.50);
    row["windows"] = {{{"from", format_rfc3339(at)}, {"to", format_rfc3339(at + 5min)}}};
    plan(row, is_a ? "tec_b" : "tec_a", at, at + 1h);
  }
  show_agendas(zone);
}

dispatch::Settings with_search() { return {.offer_ahead = 2h, .search = Duration{1}}; }

}  // namespace

TEST_CASE("search: two who drive past each other change their visits, for what that saves") {
  const auto task = crossed();
  const auto found = dispatch::search(task, {.iterations = 200});
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].moves.size() == 2);
  // Two hours of driving, less twice ten minutes for another face.
  CHECK(found[0].gain == Approx(2 * 3600 - 2 * 600));
  for (const auto& move : found[0].moves) {
    CHECK(move.version == 7);
    CHECK(move.to == "tec_" + move.order.substr(4));
    CHECK(move.from != move.to);
    CHECK(move.slot.from == morning() + 2h);
    CHECK(move.slot.to == morning() + 3h);
  }
}

TEST_CASE("search: what may not move stays, and what wins less than its changes cost is left") {
  auto task = crossed();
  task.visits[0].may_move = false;
  task.problem.visits[0].allowed = {"tec_1"};
  task.problem.visits[0].announced.reset();
  task.problem.visits[0].windows = {{7200, 7260}};
  CHECK(dispatch::search(task, {.iterations = 200}).empty());
  task = crossed();
  // Fifteen minutes of road: half an hour saved, of which twenty minutes are the changes' cost.
  task.problem.travel = planning::MatrixTravel(2, {0, 900, 900, 0});
  REQUIRE(dispatch::search(task, {.iterations = 200}).size() == 1);
  task.problem.travel = planning::MatrixTravel(2, {0, 720, 720, 0});
  CHECK(dispatch::search(task, {.iterations = 200}).empty());
}

TEST_CASE("search: an order that nobody could do gets somebody when others make room") {
  auto task = crossed();
  // Both visits where their technicians are; a third one that only tec_0 may do, at that time.
  for (std::size_t i = 0; i < 2; ++i) {
    task.problem.visits[i].place = 0;
    task.problem.visits[i].announced->technician = "tec_0";
    task.problem.technicians[i].start = 0;
  }
  task.present.routes.resize(1);
  task.present.routes[0].technician = 0;
  task.problem.visits[0].windows = {{7200, 7200}};
  task.problem.visits[1].windows = {{7200, 6 * 3600}};
  task.problem.visits[1].announced->start = 10800;
  task.visits[1].slot = Window{morning() + 3h, morning() + 4h};
  task.present.routes[0].stops = {{.which = 0, .start = 7200}, {.which = 1, .start = 10800}};
  planning::Visit third{.id = "ord_2", .place = 0, .duration = 3600};
  third.windows = {{10800, 10800}};
  third.allowed = {"tec_0"};
  third.value = dispatch::unplaced_cost * dispatch::weight_of(3);
  task.problem.visits.push_back(third);
  task.visits.push_back(
      {.order = "ord_2", .version = 3, .slot = {}, .length = 1h, .may_move = true});
  const auto found = dispatch::search(task, {.iterations = 200});
  REQUIRE(found.size() == 1);
  const auto& moves = found[0].moves;
  const auto placed = std::ranges::find(moves, "ord_2", &Move::order);
  REQUIRE(placed != moves.end());
  CHECK(placed->from.empty());
  CHECK(placed->to == "tec_0");
  CHECK(placed->slot.from == morning() + 3h);
  CHECK(std::ranges::find(moves, "ord_1", &Move::order) != moves.end());
}

TEST_CASE("search: an exchange is carried out one free time after the other") {
  PaperZone zone(with_search());
  cross(zone);
  std::vector<std::string> did;
  for (int i = 0; i < 20; ++i) {
    for (const auto& command : zone.commands()) {
      // Nobody's agenda is ever promised twice.
      const auto body = parse_json(command.body);
      if (body.contains("technician"))
        for (const auto& line : zone.rows[body["technician"]]["agenda"])
          CHECK((line["order"] == command.order || line["from"] != body["from"]));
      did.push_back(command.verb + " " + command.order + " " + body.value("technician", "nobody"));
      zone.done(command);
    }
    show_agendas(zone);
    zone.now += 1s;
  }
  REQUIRE(did.size() == 3);
  const bool is_a_aside = did[0] == "schedule ord_a nobody";
  CHECK(did[0] == (is_a_aside ? "schedule ord_a nobody" : "schedule ord_b nobody"));
  CHECK(did[1] == (is_a_aside ? "schedule ord_b tec_b" : "schedule ord_a tec_a"));
  CHECK(did[2] == (is_a_aside ? "schedule ord_a tec_a" : "schedule ord_b tec_b"));
  CHECK(zone.rows["ord_a"]["slot"]["from"] == format_rfc3339(morning() + 5h));
  const auto report = zone.dispatcher.report(zone.now);
  CHECK(report.figures.improvements == 2);
  CHECK(report.runs[0].did == "improved");
  CHECK(report.runs[0].gain > 600);
  CHECK_THAT(report.runs[0].why, Catch::Matchers::EndsWith("in 2 changes"));
}

TEST_CASE("search: what was found is dropped when its orders are others by then") {
  PaperZone zone(with_search());
  cross(zone);
  std::shared_ptr<const SearchTask> task;
  for (int i = 0; i < 20 && !task; ++i) {
    const auto step = zone.dispatcher.step(zone.now);
    if (step.wants_board) zone.show();
    task = step.search;
    zone.now += 1s;
  }
  REQUIRE(task);
  CHECK_FALSE(zone.dispatcher.step(zone.now).search);  // one at a time
  auto found = dispatch::search(*task, {.iterations = 300});
  REQUIRE(found.size() == 1);
  SECTION("pinned meanwhile") {
    zone.rows["ord_a"]["pinned"] = true;
    zone.changed("ord_a");
  }
  SECTION("the technician is ill meanwhile") {
    zone.rows["tec_a"]["absences"] = {
        {{"from", format_rfc3339(zone.now)}, {"to", format_rfc3339(zone.now + 9h)}}};

    zone.changed("tec_a");
  }
  zone.dispatcher.take(std::move(found));
  for (int i = 0; i < 5; ++i) {
    for (const auto& command : zone.dispatcher.step(zone.now).commands)
      CHECK(command.order == "ord_b");  // planned anew, if at all: it has lost its technician
    zone.now += 1s;
  }
}

TEST_CASE("search: a refusal in the middle leaves every visit with a time") {
  PaperZone zone(with_search());
  cross(zone);
  int count = 0;
  for (int i = 0; i < 40; ++i) {
    for (const auto& command : zone.commands()) {
      if (++count == 2) zone.refused(command, "agenda_overlap");
      else zone.done(command);
    }
    show_agendas(zone);
    zone.now += 1s;
  }
  CHECK(count >= 3);
  CHECK(count <= 8);
  for (const auto* id : {"ord_a", "ord_b"}) {
    INFO(to_text(zone.rows[id]));
    CHECK(zone.rows[id]["slot"]["from"] == format_rfc3339(morning() + 5h));
    CHECK(zone.rows[id].contains("plan"));
  }
}

TEST_CASE("search: none without time for it, and rest when nothing is won any more") {
  PaperZone without;
  cross(without);
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(without.dispatcher.step(without.now).search);
    if (!without.dispatcher.is_ready()) without.show();
    without.now += 1s;
  }
  PaperZone zone(with_search());
  cross(zone);
  int searches = 0, late_searches = 0;
  for (int i = 0; i < 200; ++i) {
    const auto step = zone.dispatcher.step(zone.now);
    if (step.wants_board) zone.show();
    if (step.search) {
      ++(i < 100 ? searches : late_searches);
      zone.dispatcher.take(std::vector<dispatch::Exchange>{});
    }
    zone.now += 1s;
  }
  CHECK(searches > 0);
  CHECK(searches <= 6);
  CHECK(late_searches == 0);
}

TEST_CASE("search: where only proposals are made, a change that makes sense alone is one") {
  PaperZone zone(with_search());
  zone.dispatcher.set(dispatch::Mode::suggest);
  cross(zone);
  for (int i = 0; i < 20; ++i) {
    CHECK(zone.commands().empty());
    zone.now += 1s;
  }
  CHECK(zone.dispatcher.report(zone.now).proposals.empty());
  // Now the other end is free.
  zone.gone("ord_b");
  show_agendas(zone);
  for (int i = 0; i < 20; ++i) {
    CHECK(zone.commands().empty());
    zone.now += 1s;
  }
  const auto proposals = zone.dispatcher.report(zone.now).proposals;
  REQUIRE(proposals.size() == 1);
  CHECK(proposals[0]->order == "ord_a");
  CHECK(proposals[0]->technician == "tec_a");
  CHECK(proposals[0]->verb == "schedule");
  CHECK(proposals[0]->why == views::WhyProposed::better);
  // It stands for as long as nothing changes.
  for (int i = 0; i < 20; ++i) {
    CHECK(zone.commands().empty());
    zone.now += 15s;
  }
  REQUIRE(zone.dispatcher.report(zone.now).proposals.size() == 1);
  CHECK(zone.dispatcher.report(zone.now).proposals[0]->id == proposals[0]->id);
}

TEST_CASE("search: a thread of its own does it, and ends in the middle when it is told to") {
  using dispatch::SearchThread;
  std::promise<SearchThread::Answer> answer;
  const auto task = std::make_shared<const SearchTask>(crossed());
  SearchThread thread(Duration{60'000}, [&](SearchThread::Answer a) { answer.set_value(a); });
  thread.begin("zon_north", task);
  auto told = answer.get_future();
  REQUIRE(told.wait_for(60s) == std::future_status::ready);
  const auto what = told.get();
  CHECK(what.zone == "zon_north");
  CHECK(what.task == task);
  CHECK(what.found.size() == 1);
  thread.stop();
  thread.stop();

  // A problem that takes more than its time to search through.
  auto big = crossed();
  for (int i = 0; i < 90; ++i) {
    planning::Visit visit{.id = "more_" + std::to_string(i), .place = 0, .duration = 60};
    big.problem.visits.push_back(visit);
    big.visits.push_back({.order = visit.id, .slot = {}, .length = 1min, .may_move = true});
  }
  int told_after = 0;
  SearchThread stopped(Duration{600'000}, [&](const SearchThread::Answer&) { ++told_after; });
  for (int i = 0; i < 3; ++i) stopped.begin("zon_north", std::make_shared<const SearchTask>(big));
  stopped.stop();
  CHECK(told_after <= 1);  // the one under way, cut short; none of those that waited

  SearchThread none(Duration{0}, [&](const SearchThread::Answer&) { ++told_after; });
  none.stop();
}
