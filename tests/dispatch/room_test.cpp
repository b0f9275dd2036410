// A day that is full, and who gives way to whom in it.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/dispatch/zone.hpp"
#include "tests/seed.hpp"

using namespace mf;
using namespace mf::test;
using dispatch::OrderRow;

namespace {

/// One technician, whose next hours are accepted; then planned visits, an hour each.
///
///   08:00 ──accepted── 10:35 │ ord_a 10:35 │ ord_b 11:35 │ ord_c 12:35 │ …
class FullDay {
 public:
  explicit FullDay(int priority = 3) {
    zone.technician("tec_1", 6.25, -75.57);
    auto& busy = zone.order("ord_busy", 6.25, -75.57);
    busy["duration_ms"] = Duration(155min).count();
    visit(busy, zone.now);
    int hour = 0;
    for (const char* id : {"ord_a", "ord_b", "ord_c"}) {
      plan(zone.order(id, 6.25, -75.57, priority), "tec_1", at(hour), at(hour + 1));
      ++hour;
    }
    show_agendas(zone);
  }

  [[nodiscard]] Timestamp at(int hour) const { return morning() + 155min + 1h * hour; }
  void visit(Json& row, Timestamp from) {
    row["status"] = "ACCEPTED";
    row["technician"] = "tec_1";
    row.erase("plan");
    row["slot"] = {{"from", format_rfc3339(from)},
                   {"to", format_rfc3339(from + Duration(row["duration_ms"].get<std::int64_t>()))}};
  }
  Json& urgent(int priority, Timestamp arrive_due) {
    auto& row = zone.order("ord_urgent", 6.25, -75.57, priority);
    row["sla"] = {{"arrive_due", format_rfc3339(arrive_due)}};
    zone.changed("ord_urgent");
    return row;
  }
  /// Carries everything out until there is nothing to do; what was sent, in its order.
  std::vector<dispatch::Command> settle() {
    std::vector<dispatch::Command> all;
    for (int i = 0; i < 50; ++i) {
      const auto list = zone.commands();
      if (list.empty()) return all;
      for (const auto& command : list) {
        zone.done(command);
        show_agendas(zone);
      }
      all.insert(all.end(), list.begin(), list.end());
    }
    throw std::logic_error("it never comes to rest");
  }
  [[nodiscard]] Timestamp begin(const std::string& id) {
    return *parse_rfc3339(zone.rows.at(id).at("slot").at("from").get<std::string>());
  }
  [[nodiscard]] bool are_planned_as_before() {
    return begin("ord_a") == at(0) && begin("ord_b") == at(1) && begin("ord_c") == at(2);
  }

  PaperZone zone;
};

std::string reason_of(const dispatch::Command& command) {
  return parse_json(command.body).value("reason", "");
}

}  // namespace

TEST_CASE(
    "room: a plan gives way to an urgent order that would be late, is told why, and goes on") {
  FullDay day;
  day.urgent(1, day.at(0) + 10min);
  const auto sent = day.settle();
  REQUIRE(sent.size() >= 2);
  CHECK(day.begin("ord_urgent") == day.at(0));
  CHECK(day.begin("ord_b") == day.at(1));
  CHECK(day.begin("ord_c") == day.at(2));
  CHECK(day.begin("ord_a") >= day.at(3));
  // Nobody has two at a time at any moment: what gives way goes first.
  CHECK(sent[0].order == "ord_a");
  CHECK(reason_of(sent[0]) == "gives way to priority 1, late by 170 min");
  CHECK(sent[1].order == "ord_urgent");
  day.zone.now += 30s;
  CHECK(day.settle().empty());
}

TEST_CASE("room: an order that comes in time displaces nobody") {
  FullDay day;
  day.urgent(1, day.at(3) + 10min);
  day.settle();
  CHECK(day.are_planned_as_before());
  CHECK(day.begin("ord_urgent") >= day.at(3));
}

TEST_CASE("room: nobody gives way to a lower priority, nor to the same one whose clock is later") {
  for (const int priority : {3, 2}) {
    FullDay day(2);
    for (const char* id : {"ord_a", "ord_b", "ord_c"}) {
      day.zone.rows[id]["sla"] = {{"arrive_due", format_rfc3339(day.at(2))}};
      day.zone.changed(id);
    }
    day.urgent(priority, day.at(2) + 10min);
    day.settle();
    CHECK(day.are_planned_as_before());
  }
}

TEST_CASE("room: of the same priority the one whose clock runs out sooner may come first") {
  FullDay day(2);
  for (const char* id : {"ord_a", "ord_b", "ord_c"}) {
    day.zone.rows[id]["sla"] = {{"arrive_due", format_rfc3339(day.at(20))}};
    day.zone.changed(id);
  }
  day.urgent(2, day.at(0) + 10min);
  day.settle();
  CHECK(day.begin("ord_urgent") == day.at(0));
}

TEST_CASE("room: what is accepted, pinned, forced or begins within the frozen horizon stays") {
  const auto stays = [](const std::string& what, FullDay& day) {
    INFO(what);
    day.urgent(1, day.at(0) + 10min);
    day.settle();
    CHECK(day.begin("ord_a") == day.at(0));
    CHECK(day.begin("ord_urgent") > day.at(0));
  };
  {
    FullDay day;
    day.visit(day.zone.rows["ord_a"], day.at(0));
    day.zone.changed("ord_a");
    stays("accepted", day);
  }
  {
    FullDay day;
    day.zone.rows["ord_a"]["pinned"] = true;
    day.zone.changed("ord_a");
    stays("pinned", day);
  }
  {
    FullDay day;
    day.zone.rows["ord_a"]["flags"] = {"override_used"};
    day.zone.changed("ord_a");
    stays("forced", day);
  }
  {
    FullDay day;
    // Its technician answers other offers first, so it is planned still.
    day.zone.now = day.at(0) - 29min;
    day.zone.rows["ord_busy"]["status"] = "IN_PROGRESS";
    day.zone.rows["ord_busy"]["started_at"] = format_rfc3339(morning());
    day.zone.rows["tec_1"]["availability"] = "on_break";
    day.zone.changed("ord_busy");
    day.zone.changed("tec_1");
    stays("near", day);
  }
}

TEST_CASE("room: what has no other place gives way to nobody") {
  FullDay day;
  for (const char* id : {"ord_a", "ord_b", "ord_c"}) {
    const auto from = day.begin(id);
    day.zone.rows[id]["windows"] = {
        {{"from", format_rfc3339(from)}, {"to", format_rfc3339(from + 10min)}}};
    day.zone.changed(id);
  }
  day.urgent(1, day.at(0) + 10min);
  day.settle();
  CHECK(day.are_planned_as_before());
}

TEST_CASE("room: a long visit takes the place of several short ones, no more than it needs") {
  FullDay day;
  auto& row = day.urgent(1, day.at(0) + 10min);
  row["duration_ms"] = Duration(100min).count();
  day.zone.changed("ord_urgent");
  day.settle();
  CHECK(day.begin("ord_urgent") == day.at(0));
  CHECK(day.begin("ord_b") != day.at(1));
  CHECK(day.begin("ord_c") == day.at(2));
}

TEST_CASE("room: an accepted visit whose technician can't come takes a plan's place elsewhere") {
  FullDay day;
  day.zone.technician("tec_2", 6.25, -75.57);
  auto& row = day.urgent(1, day.at(0) + 10min);
  row["status"] = "ACCEPTED";
  row["technician"] = "tec_2";
  row["slot"] = {{"from", format_rfc3339(day.at(0))}, {"to", format_rfc3339(day.at(1))}};
  day.zone.changed("ord_urgent");
  REQUIRE(day.settle().empty());
  const auto absence = Json{{"from", format_rfc3339(day.zone.now)},
                            {"to", format_rfc3339(day.zone.now + 48h)},
                            {"kind", "illness"}};
  day.zone.rows["tec_2"]["absences"] = Json::array({absence});
  day.zone.changed("tec_2");
  const auto sent = day.settle();
  REQUIRE(sent.size() >= 2);
  CHECK(sent[0].order == "ord_a");
  CHECK(sent[1].order == "ord_urgent");
  CHECK(sent[1].verb == "reassign");
  CHECK(technician_of(sent[1]) == "tec_1");
  CHECK(day.begin("ord_urgent") == day.at(0));
}

TEST_CASE("room: what is only suggested moves nobody for another's sake") {
  FullDay day;
  day.zone.dispatcher.set(dispatch::Mode::suggest);
  day.urgent(1, day.at(0) + 10min);
  CHECK(day.zone.commands().empty());
  for (const auto& proposal : day.zone.dispatcher.report(day.zone.now).proposals)
    CHECK(proposal->order == "ord_urgent");
}

TEST_CASE("room: when a person is faster, the urgent order is looked at anew and nothing is lost") {
  FullDay day;
  day.urgent(1, day.at(0) + 10min);
  const auto first = day.zone.commands();
  REQUIRE(first.size() == 1);
  REQUIRE(first[0].order == "ord_a");
  day.zone.rows["ord_a"]["pinned"] = true;
  day.zone.refused(first[0], "version_mismatch");
  day.zone.changed("ord_a");
  day.settle();
  CHECK(day.begin("ord_a") == day.at(0));
  CHECK(day.zone.rows["ord_urgent"].contains("slot"));
}

TEST_CASE("room: of two orders exactly one is more urgent, and urgency goes one way") {
  CHECK(rc::check("is_more_urgent orders all", [] {
    const auto some = [] {
      OrderRow row;
      row.id = "ord_" + std::to_string(*rc::gen::inRange(0, 4));
      row.priority = *rc::gen::inRange(1, 5);
      if (*rc::gen::arbitrary<bool>()) row.due = morning() + 1min * *rc::gen::inRange(0, 4);
      row.created_at = morning() + 1min * *rc::gen::inRange(0, 3);
      return row;
    };
    const OrderRow a = some(), b = some(), c = some();
    if (a.id != b.id) RC_ASSERT(is_more_urgent(a, b) != is_more_urgent(b, a));
    RC_ASSERT(!is_more_urgent(a, a));
    if (is_more_urgent(a, b) && is_more_urgent(b, c)) RC_ASSERT(is_more_urgent(a, c));
    if (a.priority < b.priority) RC_ASSERT(is_more_urgent(a, b));
  }));
}

TEST_CASE("room: a day with more work than it holds comes to rest, the most urgent in time") {
  const auto first = seed();
  INFO("seed " << first);
  for (std::uint64_t i = 0; i < 10; ++i) {
    std::mt19937_64 random(first + i);
    const auto draw = [&](int count) {
      return static_cast<int>(random() % static_cast<std::uint64_t>(count));
    };
    PaperZone zone;
    for (int t = 0; t < 3; ++t)
      zone.technician("tec_" + std::to_string(t), 6.2 + 0.02 * draw(5), -75.6 + 0.02 * draw(5));
    std::size_t sent = 0;
    const auto settle = [&] {
      for (int step = 0; step < 200; ++step) {
        const auto list = zone.commands();
        if (list.empty()) return;
        sent += list.size();
        for (const auto& command : list) {
          zone.done(command);
          show_agendas(zone);
        }
      }
      FAIL("it never comes to rest");
    };
    settle();
    constexpr int orders = 40;
    for (int o = 0; o < orders; ++o) {
      const auto id = "ord_" + std::to_string(o);
      const int priority = 1 + draw(4);
      auto& row = zone.order(id, 6.2 + 0.02 * draw(5), -75.6 + 0.02 * draw(5), priority);
      row["sla"] = {{"arrive_due", format_rfc3339(zone.now + 1h * priority * priority)}};
      zone.changed(id);
      settle();
      zone.now += 90s;
    }
    CHECK(sent <= 8 * orders);
  }
}
