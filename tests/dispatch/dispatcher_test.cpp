#include <catch2/catch.hpp>

#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;
using dispatch::Mode;

TEST_CASE("dispatcher: a triaged order is offered to the technician who is nearest") {
  PaperZone zone;
  zone.technician("tec_far", 6.30, -75.60);
  zone.technician("tec_near", 6.25, -75.57);
  zone.order("ord_1", 6.251, -75.571);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].verb == "assign");
  CHECK(sent[0].expected_version == 1);
  CHECK(technician_of(sent[0]) == "tec_near");
  CHECK(from_of(sent[0]) >= zone.now);
  CHECK(from_of(sent[0]) < zone.now + 10min);
}

TEST_CASE("dispatcher: nothing is decided before there is a board, nor twice for one version") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  const auto first = zone.dispatcher.step(zone.now);
  CHECK(first.commands.empty());
  CHECK(first.wants_board);
  CHECK_FALSE(zone.dispatcher.step(zone.now + 1s).wants_board);
  CHECK(zone.dispatcher.step(zone.now + 11s).wants_board);
  zone.now += 12s;
  zone.show();
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  zone.now += 2s;
  CHECK(zone.commands().empty());  // its verdict is waited for
  zone.done(sent[0]);
  CHECK(zone.commands().empty());
}

TEST_CASE("dispatcher: technicians whose place nobody knows can do what comes to an empty board") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57).erase("home");
  CHECK(zone.commands().empty());
  zone.order("ord_1", 6.25, -75.57);
  zone.changed("ord_1");
  CHECK(technician_of(zone.only()) == "tec_1");
}

TEST_CASE("dispatcher: off decides nothing, suggest proposes and sends nothing") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  zone.dispatcher.set(Mode::off);
  CHECK(zone.commands().empty());
  zone.dispatcher.set(Mode::suggest);
  CHECK(zone.commands().empty());
  const auto proposals = zone.dispatcher.report(zone.now).proposals;
  REQUIRE(proposals.size() == 1);
  CHECK(proposals[0]->technician == "tec_1");
  CHECK(proposals[0]->verb == "assign");
  zone.dispatcher.set(Mode::automatic);
  CHECK(zone.only().order == "ord_1");
}

TEST_CASE("dispatcher: proposals fit together, and go with what they were for") {
  PaperZone zone;
  zone.dispatcher.set(Mode::suggest);
  zone.technician("tec_1", 6.25, -75.57);
  for (int i = 1; i <= 3; ++i) zone.order("ord_" + std::to_string(i), 6.25, -75.57);
  CHECK(zone.commands().empty());
  auto proposals = zone.dispatcher.report(zone.now).proposals;
  REQUIRE(proposals.size() == 3);
  std::ranges::sort(proposals, {}, [](const auto& p) { return p->slot.from; });
  for (std::size_t i = 0; i + 1 < proposals.size(); ++i)
    CHECK(proposals[i]->slot.to <= proposals[i + 1]->slot.from);
  zone.gone("ord_1");
  zone.rows["ord_2"]["status"] = "CANCELLED";
  zone.changed("ord_2");
  zone.now += 16s;
  CHECK(zone.commands().empty());
  proposals = zone.dispatcher.report(zone.now).proposals;
  REQUIRE(proposals.size() == 1);
  CHECK(proposals[0]->order == "ord_3");
  CHECK(proposals[0]->slot.from < zone.now + 10min);
}

TEST_CASE("dispatcher: a technician's second order begins when the first is over") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57, 1);
  zone.order("ord_2", 6.25, -75.57, 2);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].order == "ord_1");
  CHECK(from_of(sent[1]) >= from_of(sent[0]) + 60min);
  CHECK(from_of(sent[1]) < from_of(sent[0]) + 70min);
}

TEST_CASE("dispatcher: so many offers wait for one technician at a time, the rest is planned") {
  PaperZone zone({.offer_ahead = 10h, .offers_per_technician = 1});
  zone.technician("tec_1", 6.25, -75.57);
  for (int i = 1; i <= 3; ++i) zone.order("ord_" + std::to_string(i), 6.25, -75.57);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].verb == "assign");
  CHECK(sent[1].verb == "schedule");
  CHECK(sent[2].verb == "schedule");
  for (const auto& command : sent) zone.done(command);
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of(sent[1].order) == "technician_has_offers");
  zone.rows[sent[0].order]["status"] = "ACCEPTED";
  zone.changed(sent[0].order);
  const auto next = zone.commands();
  REQUIRE(next.size() == 1);
  CHECK(next[0].verb == "assign");
  CHECK(next[0].order == sent[1].order);
  CHECK_FALSE(parse_json(next[0].body).contains("from"));  // its planned time
}

TEST_CASE("dispatcher: work that begins later is planned, and offered when its time comes") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  auto& busy = zone.order("ord_0", 6.25, -75.57);
  busy["status"] = "IN_PROGRESS";
  busy["technician"] = "tec_1";
  busy["started_at"] = format_rfc3339(zone.now);
  auto& order = zone.order("ord_1", 6.25, -75.57);
  order["windows"] = {
      {{"from", format_rfc3339(zone.now + 5h)}, {"to", format_rfc3339(zone.now + 6h)}}};
  const auto plan = zone.only();
  CHECK(plan.verb == "schedule");
  CHECK(from_of(plan) == zone.now + 5h);
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "not_due");
  zone.now += 3h + 1min;
  const auto offer = zone.only();
  CHECK(offer.verb == "assign");
  CHECK(technician_of(offer) == "tec_1");
}

TEST_CASE("dispatcher: who declined is not asked again that day, and the next best is") {
  PaperZone zone;
  zone.technician("tec_far", 6.28, -75.58);
  zone.technician("tec_near", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  CHECK(technician_of(zone.only()) == "tec_near");
  auto& row = zone.rows["ord_1"];
  const auto lose = [&](const std::string& technician) {
    row["status"] = "TRIAGED";
    row.erase("technician");
    row.erase("slot");
    row["lost"].push_back({{"technician", technician}, {"at", format_rfc3339(zone.now)}});
    zone.changed("ord_1");
  };
  zone.now += 1min;
  lose("tec_near");
  CHECK(technician_of(zone.only()) == "tec_far");
  zone.now += 1min;
  lose("tec_far");
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "asked_already");
  zone.now += 17h;  // the next morning
  CHECK(technician_of(zone.only()) == "tec_near");
}

TEST_CASE("dispatcher: escalated and pinned orders are left to people") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  auto& escalated = zone.order("ord_1", 6.25, -75.57);
  escalated["flags"] = {"escalated"};
  escalated["lost"].push_back({{"technician", "tec_9"}, {"at", format_rfc3339(zone.now)}});
  zone.order("ord_2", 6.25, -75.57)["pinned"] = true;
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "escalated");
  CHECK(zone.reason_of("ord_2") == "pinned");
  // After a visit that took place it is a new errand.
  zone.rows["ord_1"]["lost"] = Json::array();
  zone.changed("ord_1");
  zone.now += 1min;
  CHECK(zone.only().order == "ord_1");
}

TEST_CASE("dispatcher: an order nobody can do says why, and stops no other") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57)["skills"] = {{{"skill", "fibra"}, {"level", 2}}};
  zone.order("ord_2", 6.25, -75.57);
  CHECK(zone.only().order == "ord_2");
  const auto waiting = zone.dispatcher.report(zone.now).waiting;
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].reason == "skill_missing");
  REQUIRE(waiting[0].nobody);
  CHECK(waiting[0].nobody->rule.in_english() == "needs fibra at level 2");
  zone.rows["tec_1"]["skills"] = {{{"skill", "fibra"}, {"level", 3}}};
  zone.changed("tec_1");
  zone.now += 16s;
  CHECK(zone.only().order == "ord_1");
}

TEST_CASE("dispatcher: a person who was faster wins, and the order's new row is waited for") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  zone.refused(sent[0], "version_mismatch", RejectionKind::precondition);
  CHECK(zone.commands().empty());
  auto& row = zone.rows["ord_1"];
  row["status"] = "ASSIGNED";
  row["technician"] = "tec_1";
  row["slot"] = {{"from", format_rfc3339(zone.now)}, {"to", format_rfc3339(zone.now + 1h)}};
  zone.changed("ord_1");
  zone.now += 1min;
  CHECK(zone.commands().empty());
}

TEST_CASE("dispatcher: a technician's no leads to the next one, and a bounded number of them") {
  PaperZone zone;
  for (int i = 0; i < 9; ++i) zone.technician("tec_" + std::to_string(i), 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  std::set<std::string> asked;
  std::size_t count = 0;
  for (int round = 0; round < 30; ++round) {
    for (const auto& command : zone.commands()) {
      asked.insert(technician_of(command));
      zone.refused(command, "agenda_overlap");
      ++count;
    }
  }
  CHECK(count == 4);
  CHECK(asked.size() == 4);
}

TEST_CASE("dispatcher: overload makes it pause, longer each time") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  int sent = 0;
  const auto end = zone.now + 60s;
  for (; zone.now < end; zone.now += 500ms)
    for (const auto& command : zone.commands()) {
      ++sent;
      zone.dispatcher.take(command.tag,
                           entity::Fault{entity::Fault::Code::overloaded, "x", Duration{1000}},
                           zone.now);
    }
  CHECK(sent >= 4);
  CHECK(sent <= 8);
}

TEST_CASE("dispatcher: after a pause of minutes it looks at the board before it plans") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  CHECK(zone.commands().empty());
  zone.order("ord_1", 6.25, -75.57);
  zone.changed("ord_1");
  zone.now += 5min;
  const auto step = zone.dispatcher.step(zone.now);
  CHECK(step.commands.empty());
  CHECK(step.wants_board);
  zone.show();
  CHECK(zone.only().order == "ord_1");
}

TEST_CASE("dispatcher: a picture that does not show what we did is asked for anew") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  zone.dispatcher.take(sent[0].tag, entity::Outcome{.version = 2}, zone.now);
  CHECK_FALSE(zone.dispatcher.step(zone.now + 1s).wants_board);
  const auto step = zone.dispatcher.step(zone.now + 6s);
  CHECK(step.wants_board);
  CHECK(step.commands.empty());
}

TEST_CASE("dispatcher: a snapshot older than our command takes nothing back") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  zone.dispatcher.take(sent[0].tag, entity::Outcome{.version = 2}, zone.now);
  zone.now += 6s;
  zone.order("ord_2", 6.25, -75.57);
  const auto next = zone.commands();  // with a new snapshot, in which the first is not offered yet
  REQUIRE(next.size() == 1);
  CHECK(next[0].order == "ord_2");
  CHECK(from_of(next[0]) >= from_of(sent[0]) + 60min);
}

TEST_CASE("dispatcher: shifts, breaks and absences are kept, whatever is free otherwise") {
  PaperZone zone;
  auto& ana = zone.technician("tec_1", 6.25, -75.57);
  const auto every_day = Json{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  ana["shifts"] = {{{"days", every_day}, {"from", "09:00"}, {"to", "13:00"}}};
  ana["breaks"] = {{{"days", every_day}, {"from", "10:00"}, {"to", "11:00"}}};
  ana["absences"] = {{{"from", "2026-11-30T16:00:00Z"}, {"to", "2026-11-30T17:00:00Z"}}};
  // 09–10, and 12–13 in Bogota.
  for (int i = 1; i <= 3; ++i) zone.order("ord_" + std::to_string(i), 6.25, -75.57);
  std::vector<Timestamp> begins;
  for (const auto& command : zone.commands()) begins.push_back(from_of(command));
  REQUIRE(begins.size() == 3);
  CHECK(begins[0] == *parse_rfc3339("2026-11-30T14:00:00Z"));
  CHECK(begins[1] == *parse_rfc3339("2026-11-30T17:00:00Z"));
  CHECK(begins[2] == *parse_rfc3339("2026-12-01T14:00:00Z"));
}

TEST_CASE("dispatcher: a plan that is late because work runs over is made anew, once") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.technician("tec_2", 6.26, -75.58);
  auto& running = zone.order("ord_0", 6.25, -75.57);
  running["status"] = "IN_PROGRESS";
  running["technician"] = "tec_1";
  running["started_at"] = format_rfc3339(zone.now - 30min);
  auto& planned = zone.order("ord_1", 6.25, -75.57);
  planned["status"] = "SCHEDULED";
  planned["plan"] = {{"technician", "tec_1"}, {"technician_name", "Ana"}};
  planned["slot"] = {{"from", format_rfc3339(zone.now + 3h)},
                     {"to", format_rfc3339(zone.now + 4h)}};
  zone.rows["ord_0"]["duration_ms"] = 2 * 3'600'000;
  CHECK(zone.commands().empty());
  // The work is taken to last two hours more.
  zone.rows["ord_0"]["duration_ms"] = 6 * 3'600'000;
  zone.changed("ord_0");
  const auto sent = zone.only();
  CHECK(sent.order == "ord_1");
  CHECK(technician_of(sent) == "tec_2");
  CHECK(zone.commands().empty());
}

TEST_CASE("dispatcher: who goes off is late first and gone then, and the order waits for nobody") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  zone.only();
  // The technician's row comes before the order's own.
  zone.rows["tec_1"]["availability"] = "off";
  zone.changed("tec_1");
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "visit_late");
  for (const auto* gone : {"technician", "slot"}) zone.rows["ord_1"].erase(gone);
  zone.rows["ord_1"]["status"] = "TRIAGED";
  zone.changed("ord_1");
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "technician_off");
  zone.rows["tec_1"]["availability"] = "available";
  zone.changed("tec_1");
  zone.now += 16s;
  CHECK(zone.only().order == "ord_1");
}

TEST_CASE(
    "dispatcher: of many that wait those that need somebody are told, and how many there are") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  for (int i = 0; i < 250; ++i) {
    const auto id = "ord_" + std::to_string(i);
    plan(zone.order(id, 6.25, -75.57, 1), "tec_1", zone.now + 10h + i * 2min,
         zone.now + 10h + i * 2min + 1min);
    zone.rows[id]["duration_ms"] = 60'000;
  }
  zone.order("ord_hard", 6.25, -75.57, 4)["skills"] = {{{"skill", "fibra"}, {"level", 2}}};
  show_agendas(zone);
  CHECK(zone.commands().empty());
  const auto report = zone.dispatcher.report(zone.now);
  CHECK(report.waiting_count == 251);
  REQUIRE(report.waiting.size() == 200);
  CHECK(report.waiting.front().order == "ord_hard");
  CHECK(report.waiting.back().reason == "not_due");
}

TEST_CASE("dispatcher: 300 orders at once are all decided, the most urgent first") {
  PaperZone zone;
  for (int i = 0; i < 60; ++i)
    zone.technician("tec_" + std::to_string(i), 6.2 + 0.002 * i, -75.6 + 0.001 * i);
  for (int i = 0; i < 300; ++i)
    zone.order("ord_" + std::to_string(i), 6.2 + 0.0004 * i, -75.6 + 0.0002 * i, 1 + i % 4);
  std::size_t sent = 0;
  int priority = 1;
  for (int round = 0; round < 100; ++round)
    for (const auto& command : zone.commands()) {
      ++sent;
      const auto own = zone.rows[command.order]["priority"].get<int>();
      CHECK(own >= priority);
      priority = own;
      zone.done(command);
    }
  CHECK(sent >= 300);
  CHECK(zone.dispatcher.report(zone.now).figures.insertions >= 300);
}

TEST_CASE("dispatcher: a plan moves in spare time for a named gain, and not inside the horizon") {
  PaperZone zone({.offer_ahead = 1h, .frozen = 30min});
  zone.technician("tec_far", 6.33, -75.62);
  zone.technician("tec_near", 6.25, -75.57);
  auto& order = zone.order("ord_1", 6.25, -75.57);
  order["status"] = "SCHEDULED";
  order["plan"] = {{"technician", "tec_far"}, {"technician_name", "Ana"}};
  order["slot"] = {{"from", format_rfc3339(zone.now + 3h)}, {"to", format_rfc3339(zone.now + 4h)}};
  CHECK(zone.commands().empty());
  zone.now += 6s;
  const auto moved = zone.only();
  CHECK(moved.verb == "schedule");
  CHECK(technician_of(moved) == "tec_near");
  const auto run = zone.dispatcher.report(zone.now).runs.front();
  CHECK(run.did == "improved");
  CHECK_THAT(run.why, Catch::Matchers::StartsWith("saves "));

  zone.rows["ord_1"]["pinned"] = true;
  zone.rows["ord_1"]["plan"]["technician"] = "tec_far";
  zone.rows["ord_1"]["slot"] = {{"from", format_rfc3339(zone.now + 3h)},
                                {"to", format_rfc3339(zone.now + 4h)}};
  zone.changed("ord_1");
  zone.now += 15min;
  CHECK(zone.commands().empty());
}

TEST_CASE("dispatcher: an accepted visit moves only to who is there much sooner") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  auto& running = zone.order("ord_0", 6.25, -75.57);
  running["status"] = "IN_PROGRESS";
  running["technician"] = "tec_1";
  running["started_at"] = format_rfc3339(zone.now);
  running["duration_ms"] = 3 * 3'600'000;
  auto& accepted = zone.order("ord_1", 6.25, -75.57);
  accepted["status"] = "ACCEPTED";
  accepted["technician"] = "tec_1";
  accepted["slot"] = {{"from", format_rfc3339(zone.now)}, {"to", format_rfc3339(zone.now + 1h)}};
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "visit_late");
  zone.technician("tec_2", 6.26, -75.58);
  zone.changed("tec_2");
  zone.now += 6min;
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].verb == "reassign");
  CHECK(technician_of(sent[0]) == "tec_2");
}

TEST_CASE("dispatcher: a time that a supervisor chose is kept, and gets a technician") {
  PaperZone zone;
  zone.technician("tec_1", 6.25, -75.57);
  auto& order = zone.order("ord_1", 6.25, -75.57);
  order["status"] = "SCHEDULED";
  order["slot"] = {{"from", format_rfc3339(zone.now + 5h)}, {"to", format_rfc3339(zone.now + 7h)}};
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].verb == "schedule");
  CHECK(technician_of(sent[0]) == "tec_1");
  CHECK(from_of(sent[0]) == zone.now + 5h);
  CHECK(parse_json(sent[0].body)["to"] == format_rfc3339(zone.now + 7h));
}

TEST_CASE("dispatcher: what somebody insisted on stays, and work that is far ahead waits") {
  PaperZone zone;
  auto& ana = zone.technician("tec_1", 6.25, -75.57);
  ana["absences"] = {{{"from", format_rfc3339(zone.now)}, {"to", format_rfc3339(zone.now + 8h)}}};
  zone.technician("tec_2", 6.25, -75.57);
  auto& forced = zone.order("ord_1", 6.25, -75.57);
  forced["status"] = "SCHEDULED";
  forced["flags"] = {"override_used"};
  forced["plan"] = {{"technician", "tec_1"}, {"technician_name", "Ana"}};
  forced["slot"] = {{"from", format_rfc3339(zone.now + 5h)}, {"to", format_rfc3339(zone.now + 6h)}};
  auto& far = zone.order("ord_2", 6.25, -75.57);
  far["windows"] = {
      {{"from", format_rfc3339(zone.now + 60h)}, {"to", format_rfc3339(zone.now + 62h)}}};
  CHECK(zone.commands().empty());
  CHECK(zone.reason_of("ord_1") == "not_due");
  CHECK(zone.reason_of("ord_2") == "not_yet");
}
