#include "tests/planning/reasons_day.hpp"

#include <catch2/catch.hpp>

#include "tests/planning/road.hpp"

namespace mf::planning::reasons_test {

Day::Day() {
  const std::vector<double> places = {0, 10, 20, 30, 37, 40, 192};
  problem.travel = road(places, 60, 1000);  // a minute's way is a kilometre
  problem.places.resize(places.size());
  add_technician("Ana");
  problem.visits = {{.id = "V12", .place = at_10, .duration = minutes(30)},
                    {.id = "V7", .place = at_30, .duration = minutes(30)},
                    {.id = "V9", .place = at_20, .duration = minutes(20)}};
  plan.routes = {{.stops = {{StopKind::visit, v12}, {StopKind::visit, v7}}}};
}

void Day::add_technician(std::string id) {
  problem.technicians.push_back({.id = std::move(id),
                                 .start = at_0,
                                 .end = at_0,
                                 .shifts = {{.hours = {oclock(8), oclock(17)}}}});
}

std::vector<Option> Day::options(std::size_t v) const {
  auto result = explain_visit(problem, objective, plan, v);
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}

Option Day::only() const {
  auto all = options();
  REQUIRE(all.size() == 1);
  return all[0];
}

Codes codes(const Option& option) {
  Codes result;
  for (const auto& reason : option.reasons) result.push_back(reason.code);
  return result;
}

std::string name_of(const Day& day, const Option& option) {
  return day.problem.technicians[option.technician].id;
}

}  // namespace mf::planning::reasons_test
