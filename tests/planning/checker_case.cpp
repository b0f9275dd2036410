#include "tests/planning/checker_case.hpp"

#include "tests/planning/road.hpp"

namespace mf::planning::checker_test {

Travel road(const std::vector<double>& at) { return planning::road(at, 1, 10); }

std::string faults(const Case& c) {
  std::string text;
  for (const auto& [where, what] : check(c.problem, c.plan, c.objective).violations)
    text += (text.empty() ? "" : "\n") + where + ": " + what;
  return text;
}

Case two_visits() {
  Case c;
  c.problem.travel = road({0, 100, 300, 200});
  c.problem.places.resize(4);
  c.problem.technicians = {{.id = "ana",
                            .start = home,
                            .end = home,
                            .shifts = {{.hours = {1000, 9000}, .overtime_max = 500}}}};
  c.problem.visits = {{.id = "v0", .place = near, .duration = 600},
                      {.id = "v1", .place = far, .duration = 300}};
  c.plan.routes = {
      {.departure = 1000,
       .end = 2600,
       .stops = {{StopKind::visit, 0, 1100, 1100, 1700}, {StopKind::visit, 1, 1900, 2000, 2300}}}};
  return c;
}

Case with_restock() {
  auto c = two_visits();
  c.problem.depots = {{.id = "d", .place = store, .duration = 100, .hours = {1000, 5000}}};
  c.insert(1, {StopKind::restock, 0, 1800, 1800, 1900});
  c.stop(2).arrival = 2000;
  return c;
}

Case with_break() {
  auto c = two_visits();
  c.shift().breaks = {{.start = {900, 2500}, .duration = 100}};
  return c;
}

Case under_way() {
  auto c = two_visits();
  c.visit(0).pin = Pin{.technician = "ana", .place = 0, .started = 500};
  c.route().departure = 500;
  c.stop(0) = {StopKind::visit, 0, 500, 500, 1100};
  return c;
}

SpeedProfile slow_second_hour() {
  std::array<double, 24> factors{};
  factors.fill(1);
  factors[1] = 2;
  return SpeedProfile(factors);
}

}  // namespace mf::planning::checker_test
