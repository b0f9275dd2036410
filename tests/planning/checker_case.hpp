#pragma once
// A day that a checker's test breaks in one place.
#include <string>
#include <vector>

#include "planning/checker.hpp"

namespace mf::planning::checker_test {

/// Places on a road: a metre in a second; ten metres are counted for each, to tell them apart.
Travel road(const std::vector<double>& at);

enum : std::size_t { home, near, far, store };  // at 0, 100, 300 and 200

struct Case {
  Problem problem;
  Plan plan;
  Objective objective{.name = "any"};

  Technician& ana() { return problem.technicians[0]; }
  Shift& shift() { return ana().shifts[0]; }
  Visit& visit(std::size_t v) { return problem.visits[v]; }
  Route& route() { return plan.routes[0]; }
  Stop& stop(std::size_t s) { return route().stops[s]; }

  void place(Visit visit) {
    problem.visits.push_back(std::move(visit));
    plan.unserved.push_back(problem.visits.size() - 1);
  }
  void insert(std::size_t before, const Stop& stop) {
    route().stops.insert(route().stops.begin() + static_cast<std::ptrdiff_t>(before), stop);
  }
  double operator[](Term term) const { return check(problem, plan, objective).score[term]; }
};

/// What the checker finds wrong, a line for each; "" when the plan may be carried out.
std::string faults(const Case& c);

/// ana leaves home at 1000, works near 1100–1700 (v0), far 2000–2300 (v1), is home at 2600. A metre
/// of way takes a second.
Case two_visits();
/// On the way from v0 to v1 ana loads at the store, 1800–1900.
Case with_restock();
/// 100 s are owed, begun between 900 and 2500. None is taken yet.
Case with_break();
/// v0 is under way since 500, before the shift; then v1.
Case under_way();

/// Traffic is twice as slow from 3600 on.
SpeedProfile slow_second_hour();

inline const std::string at_v0 = "route of ana (shift 0), stop 0, visit v0: ",
                         at_v1 = "route of ana (shift 0), stop 1, visit v1: ",
                         at_v1_third = "route of ana (shift 0), stop 2, visit v1: ",
                         at_depot = "route of ana (shift 0), stop 1, depot d: ",
                         at_break = "route of ana (shift 0), stop 1, break 0: ",
                         at_route = "route of ana (shift 0): ";

}  // namespace mf::planning::checker_test
