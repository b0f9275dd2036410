// Whole working days in simulated time, judged by the checker: the dispatcher against real
// entities, with people who decline, are late, cancel and fall ill.
#include <catch2/catch.hpp>

#include "base/environment.hpp"
#include "bench/days/day_checker.hpp"
#include "bench/days/day_measures.hpp"
#include "tests/seed.hpp"

using namespace mf;
using namespace mf::bench;
using mf::test::seed;

namespace {

void judge(const PlayedDay& day, std::size_t promises_min = 1, DayChecker::Limits limits = {}) {
  DayChecker checker(limits);
  for (const auto& [order, place] : day.sites) checker.site(order, place);
  for (const auto& line : day.events) checker.take(line);
  checker.waiting(day.reasons);
  for (const auto& finding : checker.findings()) UNSCOPED_INFO(describe(finding));
  for (const auto& alarm : day.alarms) UNSCOPED_INFO(alarm);
  CHECK(checker.findings().empty());
  CHECK(day.alarms.empty());
  CHECK(checker.promises() >= promises_min);
}

}  // namespace

TEST_CASE(
    "played days: the checker finds nothing on quiet days, in storms and when half fall ill") {
  const auto first = seed();
  const std::uint64_t seeds = environment_value("MF_LONG") ? 10 : 1;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const DayPlan plans[] = {{"quiet", first + i, 8, 36},
                             {"storm", first + i, 8, 72},
                             {"half ill", first + i, 8, 36, 0.35, 5}};
    for (const auto& plan : plans) {
      INFO(plan.name << ", seed " << plan.seed);
      const auto day = play(plan, Rule::automatic);
      judge(day, plan.orders / 2);
      const auto figures = measure(day);
      CHECK(figures.served >= 10);
      CHECK(figures.findings == 0);
    }
  }
}

TEST_CASE("played days: a search in spare time breaks no rule, and is the same each time") {
  const DayPlan plan{.name = "storm", .seed = seed(), .technicians = 6, .orders = 40, .search = 60};
  const auto day = play(plan, Rule::automatic);
  judge(day, plan.orders / 2);
  CHECK(day.searches > 0);
  CHECK(day.sent <= 20 * plan.orders);
  CHECK(play(plan, Rule::automatic).events == day.events);
}

TEST_CASE("played days: the same seed is the same day") {
  const DayPlan plan{"quiet", 7, 5, 20};
  CHECK(play(plan, Rule::automatic).events == play(plan, Rule::automatic).events);
  CHECK(play(plan, Rule::nearest).events == play(plan, Rule::nearest).events);
}

TEST_CASE("played days: whatever befalls the dispatcher, the checker finds nothing and it rests") {
  const auto first = seed();
  const std::uint64_t seeds = environment_value("MF_LONG") ? 10 : 1;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const auto one = first + i;
    const DayPlan plans[] = {
        {.name = "people interfere",
         .seed = one,
         .technicians = 8,
         .orders = 40,
         .people_interfere = true},
        {.name = "paused and begun anew",
         .seed = one,
         .technicians = 8,
         .orders = 40,
         .is_paused = true},
        {.name = "two dispatchers", .seed = one, .technicians = 8, .orders = 40, .dispatchers = 2},
        {.name = "300 orders within a minute",
         .seed = one,
         .technicians = 20,
         .orders = 300,
         .within_a_minute = true},
        {.name = "everybody falls ill",
         .seed = one,
         .technicians = 6,
         .orders = 30,
         .ill_of_ten = 10}};
    for (const auto& plan : plans) {
      INFO(plan.name << ", seed " << plan.seed);
      const auto day = play(plan, Rule::automatic);
      judge(day);
      CHECK(day.sent <= 12 * plan.orders);
    }
  }
}

// Open (docs/PLAN.md): two dispatchers, or a person and one, promise in the same instant what the
// other's way leaves no time for; a claim on an agenda knows slots, and no ways between them.
TEST_CASE("played days: all that may befall at once", "[!mayfail]") {
  const DayPlan plan{.name = "all at once",
                     .seed = seed(),
                     .technicians = 8,
                     .orders = 60,
                     .ill_of_ten = 3,
                     .within_a_minute = true,
                     .people_interfere = true,
                     .is_paused = true,
                     .dispatchers = 2};
  INFO("seed " << plan.seed);
  const auto day = play(plan, Rule::automatic);
  judge(day);
  CHECK(day.sent <= 12 * plan.orders);
}

TEST_CASE("played days: a travel service that lies costs time, and breaks no rule") {
  const DayPlan plan{
      .name = "lies", .seed = seed(), .technicians = 8, .orders = 40, .roads_lie = true};
  const auto day = play(plan, Rule::automatic);
  CHECK(day.roads_believed > 0);
  CHECK(day.roads_refused > 0);
  // Whatever it says: 2 km apart are as one place, and nobody is faster than 250 km/h.
  judge(day, plan.orders / 2, {.drive_m_per_s = 70, .grain = Duration(120'000)});
  CHECK(measure(day).served >= 10);
  CHECK(day.sent <= 12 * plan.orders);
  CHECK(play(plan, Rule::automatic).events == day.events);
}

TEST_CASE("played days: with nobody on duty every order waits and says why") {
  const auto day = play({.name = "nobody", .technicians = 0, .orders = 10}, Rule::automatic);
  CHECK(measure(day).served == 0);
  judge(day, 0);
  for (const auto& [order, reason] : day.reasons) CHECK(reason == "nobody_works_here");
}
