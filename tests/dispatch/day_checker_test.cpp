// The checker of working days against lists of events that were tampered with: each thing that must
// never happen is found, and a day as it should be finds nothing.
#include <catch2/catch.hpp>
#include <functional>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "bench/days/day_checker.hpp"

namespace mf::test::day_checker_test {
using namespace mf::bench;
using Json = nlohmann::json;

namespace {

constexpr Point north{6.30, -75.57}, south{6.20, -75.57};  // eleven kilometres

/// 30 November 2026, a Monday; the time of day in Bogota.
std::string at(const std::string& clock) {
  return format_rfc3339(*parse_rfc3339("2026-11-30T" + clock + ":00-05:00"));
}

Json event(const std::string& type, const std::string& entity, const std::string& clock, Json data,
           const std::string& principal = "system") {
  return {{"id", "evt"},
          {"type", type},
          {"entity", entity},
          {"version", 1},
          {"recorded_at", at(clock)},
          {"principal", principal},
          {"data", std::move(data)}};
}

Json technician(const std::string& id) {
  const Json days{"mon", "tue"};
  return event("technician.created", "technician/" + id, "06:00",
               {{"name", "Ana"},
                {"zones", {"zon_1"}},
                {"skills", {{{"skill", "fibra"}, {"level", 2}}}},
                {"shifts", {{{"days", days}, {"from", "08:00"}, {"to", "17:00"}}}},
                {"breaks", {{{"days", days}, {"from", "12:00"}, {"to", "12:45"}}}}},
               "acc_admin");
}

Json created(const std::string& order) {
  return event("order.created", "work_order/" + order, "07:00",
               {{"zone", "zon_1"}, {"skills", {{{"skill", "fibra"}, {"level", 2}}}}}, "acc_client");
}
Json triaged(const std::string& order) {
  return event("order.triaged", "work_order/" + order, "07:01", Json::object(), "acc_supervisor");
}
Json slot(const std::string& who, const std::string& from, const std::string& to) {
  return {{"technician", who}, {"from", at(from)}, {"to", at(to)}};
}
Json offered(const std::string& order, const std::string& clock, const std::string& who,
             const std::string& from, const std::string& to) {
  auto data = slot(who, from, to);
  data["visit"] = "vis";
  data["offer_expires_at"] = at("18:00");
  return event("assignment.created", "work_order/" + order, clock, std::move(data));
}
Json scheduled(const std::string& order, const std::string& clock, const std::string& who,
               const std::string& from, const std::string& to) {
  auto data = slot(who, from, to);
  data["plan"] = {{"technician", who}};
  return event("order.scheduled", "work_order/" + order, clock, std::move(data));
}
Json step(const std::string& type, const std::string& order, const std::string& clock,
          const std::string& who = "ana") {
  return event(type, "work_order/" + order, clock,
               {{"visit", "vis"}, {"technician", who}, {"at", at(clock)}}, "acc_" + who);
}

/// Two orders of one technician, one after the other, done as they were promised.
std::vector<Json> good_day() {
  return {technician("ana"),
          technician("ben"),
          created("one"),
          triaged("one"),
          created("two"),
          triaged("two"),
          scheduled("two", "07:20", "ana", "10:30", "11:30"),
          offered("one", "07:30", "ana", "09:00", "10:00"),
          step("assignment.accepted", "one", "07:31"),
          step("tracking.travel_started", "one", "08:50"),
          step("tracking.arrived", "one", "09:00"),
          step("tracking.work_started", "one", "09:01"),
          offered("two", "09:10", "ana", "10:30", "11:30"),
          step("assignment.accepted", "two", "09:11"),
          step("tracking.work_completed", "one", "10:00"),
          step("tracking.travel_started", "two", "10:01"),
          step("tracking.arrived", "two", "10:30"),
          step("tracking.work_started", "two", "10:31"),
          step("tracking.work_completed", "two", "11:30")};
}

std::vector<Finding> findings(const std::vector<Json>& events,
                              const std::map<Id, std::string>* reasons = nullptr) {
  DayChecker checker;
  checker.site("one", north);
  checker.site("two", south);
  for (const auto& line : events) checker.take(to_text(line));
  if (reasons) checker.waiting(*reasons);
  return checker.findings();
}

/// Exactly this kind, once or more, when the good day was changed so.
void finds(const std::string& kind, const std::function<void(std::vector<Json>&)>& change) {
  auto events = good_day();
  change(events);
  const auto found = findings(events);
  INFO(kind);
  for (const auto& finding : found) INFO(describe(finding));
  CHECK_FALSE(found.empty());
  for (const auto& finding : found) CHECK(finding.kind == kind);
}

constexpr std::size_t plan_two = 6, offer_one = 7, offer_two = 12;

}  // namespace

TEST_CASE("day checker: a day as it should be finds nothing") {
  for (const auto& finding : findings(good_day())) FAIL(describe(finding));
}

TEST_CASE("day checker: a promised time that breaks a hard rule is found") {
  finds("skill_missing", [](auto& day) { day[0]["data"]["skills"][0]["level"] = 1; });
  finds("skill_missing", [](auto& day) { day[0]["data"]["skills"] = Json::array(); });
  finds("wrong_zone", [](auto& day) { day[0]["data"]["zones"] = {"zon_2"}; });
  finds("off_duty", [](auto& day) { day[0]["data"]["shifts"][0]["from"] = "09:30"; });
  finds("off_duty", [](auto& day) { day[0]["data"]["shifts"][0]["days"] = {"sun"}; });
  finds("off_duty", [](auto& day) { day[0]["data"]["breaks"][0]["from"] = "11:15"; });
  finds("off_duty", [](auto& day) {
    day[0]["data"]["absences"] = {{{"from", at("09:50")}, {"to", at("10:20")}}};
  });
  finds("off_duty", [](auto& day) {
    day.insert(day.begin() + offer_two,
               event("technician.availability_changed", "technician/ana", "09:09",
                     {{"from", "working"}, {"to", "off"}}, "acc_ana"));
  });
  finds("outside_window", [](auto& day) {
    day[2]["data"]["windows"] = {{{"from", at("09:30")}, {"to", at("11:00")}}};
  });
}

TEST_CASE("day checker: what was known changes with later events") {
  finds("skill_missing", [](auto& day) {
    day.insert(day.begin() + offer_one,
               event("technician.edited", "technician/ana", "07:25",
                     {{"changes", {{"skills", Json::array()}}}}, "acc_admin"));
  });
  finds("outside_window", [](auto& day) {
    day.insert(day.begin() + offer_one,
               event("order.edited", "work_order/one", "07:25",
                     {{"windows", {{{"from", at("14:00")}, {"to", at("15:00")}}}}}, "acc_client"));
  });
  auto insisted = good_day();
  insisted[2]["data"]["windows"] = {{{"from", at("14:00")}, {"to", at("15:00")}}};
  insisted[offer_one]["data"]["override"] = true;
  CHECK(findings(insisted).empty());
}

TEST_CASE("day checker: two promised times of one technician that can't both be kept are found") {
  const auto moved = [](const std::string& from, const std::string& to) {
    return [=](std::vector<Json>& day) {
      for (const auto i : {plan_two, offer_two}) {
        day[i]["data"]["from"] = at(from);
        day[i]["data"]["to"] = at(to);
      }
    };
  };
  finds("overlap", moved("09:50", "10:50"));
  finds("no_time_for_way", moved("10:10", "11:10"));
}

TEST_CASE("day checker: somebody at two places is found") {
  finds("two_places", [](auto& day) {  // eleven kilometres in a minute
    day[16] = step("tracking.arrived", "two", "10:01");
  });
  finds("two_places", [](auto& day) {  // at work twice
    std::swap(day[14], day[17]);
  });
}

TEST_CASE("day checker: offers beyond their limits are found") {
  finds("offered_twice", [](auto& day) {
    day.insert(day.begin() + offer_one + 1, offered("one", "07:30", "ana", "09:00", "10:00"));
  });
  finds("asked_again", [](auto& day) {
    day.insert(day.begin() + offer_one + 1, {step("assignment.declined", "one", "07:31"),
                                             offered("one", "07:40", "ana", "09:00", "10:00")});
  });
  finds("asked_again", [](auto& day) {
    auto taken = step("assignment.revoked", "one", "07:31");
    taken["data"]["code"] = "unassigned";
    day.insert(day.begin() + offer_one + 1,
               {taken, offered("one", "07:40", "ana", "09:00", "10:00")});
  });
  finds("too_many_offers", [](auto& day) {
    day.insert(day.begin() + offer_one,
               {offered("one", "07:22", "ben", "09:00", "10:00"),
                step("assignment.expired", "one", "07:28", "ben"),
                event("order.escalated", "work_order/one", "07:28", {{"offers", 3}})});
  });
  finds("too_many_at_once", [](auto& day) {
    day.insert(day.begin() + offer_one, {created("x"), triaged("x"), created("y"), triaged("y"),
                                         offered("x", "07:26", "ana", "13:00", "14:00"),
                                         offered("y", "07:27", "ana", "15:00", "16:00")});
  });
}

TEST_CASE("day checker: a promised time that moves needs a reason") {
  const auto later = [](std::vector<Json>& day) {
    day[offer_two]["data"]["from"] = at("10:45");
    day[offer_two]["data"]["to"] = at("11:45");
  };
  finds("moved_silently", later);
  auto told = good_day();
  later(told);
  told[offer_two]["data"]["reason"] = "late";
  CHECK(findings(told).empty());
  auto by_hand = good_day();
  later(by_hand);
  by_hand[offer_two]["principal"] = "acc_supervisor";
  CHECK(findings(by_hand).empty());
}

TEST_CASE("day checker: an order that nobody has needs a reason") {
  auto day = good_day();
  day.push_back(created("three"));
  day.push_back(triaged("three"));
  const std::map<Id, std::string> none, told{{"three", "skill_missing"}};
  CHECK(findings(day, &told).empty());
  const auto found = findings(day, &none);
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == "no_reason");
  CHECK(found[0].order == "three");
}

}  // namespace mf::test::day_checker_test
