#include <algorithm>
#include <catch2/catch.hpp>

#include "planning/drawing/drawing.hpp"
#include "planning/files/published.hpp"
#include "tests/planning_files/samples.hpp"

namespace mf::planning_files::routes_test {
namespace {

using planning::Problem;
using planning::Sequence;
using planning::StopKind;

const Problem solomon = *read_solomon(solomon_text);
const Problem trsp = *read_trsp(trsp_text);

/// "1: 2 0, 0/1: R0": technicians, shifts and stops by index.
std::string shown(const Result<std::vector<Sequence>>& sequences) {
  if (!sequences) return sequences.error().message;
  std::string text;
  for (const auto& sequence : *sequences) {
    text += (text.empty() ? "" : ", ") + std::to_string(sequence.technician);
    if (sequence.shift > 0) text += "/" + std::to_string(sequence.shift);
    text += ":";
    for (const auto& stop : sequence.stops)
      text += (stop.kind == StopKind::restock ? " R" : " ") + std::to_string(stop.which);
  }
  return text;
}

TEST_CASE("routes: lines are routes of the technicians in their order") {
  CHECK(shown(read_routes("Route 1 : 3 1\r\nRoute  2 : 2\r\n", solomon)) == "0: 2 0, 1: 1");
  CHECK(shown(read_routes("Route #1: 3\nRoute #2:\n", solomon)) == "0: 2");
}

TEST_CASE("routes: what published files say above and below the routes is skipped") {
  CHECK(shown(read_routes("Instance name : S3\nAuthors : A. B.\nDate : 2020\nReference : x\n"
                          "Solution\nRoute 1 : 1\nCost 20\n",
                          solomon)) == "0: 0");
}

TEST_CASE("routes: a mistake in a route is named with its line") {
  CHECK(shown(read_routes("Route 1 : 3 9\n", solomon)) == "line 1: there is no visit 9");
  CHECK(shown(read_routes("Route 1 : 1\n\n7 8\n", solomon)) ==
        "line 3: expected \"Route 1 : 5 3 …\"");
  CHECK(shown(read_routes("Route 1\n", solomon)) == "line 1: expected \"Route 1 : 5 3 …\"");
  CHECK(shown(read_routes("Route 1 : 1\nRoute 2 : 2\nRoute 3 : 3\n", solomon)) ==
        "line 3: there are only 2 technicians");
  CHECK(shown(read_routes("Route 1 (t2): 1\nRoute 2 : 2\n", solomon)) ==
        "line 2: this technician has another route");
  CHECK(shown(read_routes("Route 1 (t9): 1\n", solomon)) == "line 1: there is no technician t9");
  CHECK(shown(read_routes("Route 1 (t1/1): 1\n", solomon)) ==
        "line 1: this technician has no shift 1");
  CHECK(shown(read_routes("Route 1 (t1/x): 1\n", solomon)) ==
        "line 1: there is no technician t1/x");
  CHECK(shown(read_routes("Route 1 : R(0)\n", solomon)) == "line 1: there is no visit R(0)");
  CHECK(shown(read_routes("", solomon)).starts_with("line 0: there are no routes"));
}

TEST_CASE("routes: what is gone since is left out of a plan to begin with, a line each") {
  std::vector<std::string> dropped;
  CHECK(shown(read_routes("Route 1 : 3 9\nRoute 2 (t9): 1 8\nRoute 3 (t2): R(0) 2\n"
                          "Route 4 (t1/1): 1\n",
                          solomon, &dropped)) == "0: 2, 1: 1");
  CHECK(dropped == std::vector<std::string>{
                       "line 1: there is no visit 9", "line 2: there is no technician t9",
                       "line 3: there is no visit R(0)", "line 4: this technician has no shift 1"});
}

TEST_CASE("routes: Pillac's numbers are technicians, requests, depots and homes") {
  CHECK(shown(read_routes("<1,0,3,6|2,8,5,4,7>", trsp)) == "0: R0 0, 1: R0 2 1");
  CHECK(shown(read_routes("T3 routes=<||2,4,9,3,7>", trsp)) == "1: 1 R0 0");
}

TEST_CASE("routes: who makes no visit has no route") {
  CHECK(shown(read_routes("<1,8,6|2,4,7>", trsp)) == "1: 1");
  CHECK(shown(read_routes("<1,6>", trsp)).empty());
}

TEST_CASE("routes: of several of Pillac's solutions the one with the problem's name counts") {
  CHECK(shown(read_routes("T1 routes=<1,3,6>\nT3 value=1\nT3 routes=<1,4,6>\n", trsp)) == "0: 1");
  CHECK(shown(read_routes("T1 routes=<1,3,6>\nT30 routes=<1,4,6>\n", trsp)) ==
        "2 sets of routes, none for \"T3.small\"");
}

TEST_CASE("routes: a mistake in Pillac's solution is named with its line") {
  CHECK(shown(read_routes("\n<1,3,6", trsp)) == "line 2: the routes have no end: > is missing");
  CHECK(shown(read_routes("<3,4,6>", trsp)) == "line 1: \"3\" is not a technician, 1 to 2");
  CHECK(shown(read_routes("<1,3,7>", trsp)) ==
        "line 1: 7 is neither a request nor a depot, for technician 1");
  CHECK(shown(read_routes("<1,6,3>", trsp)) ==
        "line 1: 6 is neither a request nor a depot, for technician 1");
  CHECK(shown(read_routes("<1,x,6>", trsp)) == "line 1: \"x\" is not a row's number");
  CHECK(shown(read_routes("<1,3,6|1,4,6>", trsp)) == "line 1: technician 1 has two routes");
}

TEST_CASE("routes: a depot is only where the problem has one") {
  CHECK(shown(read_routes("<1,0,2,3>", *read_trsp(trsp_roads_text))) ==
        "line 1: 0 is neither a request nor a depot, for technician 1");
}

TEST_CASE("routes: a plan's lists are read as they were written") {
  auto problem = trsp;
  problem.technicians[1].id = "ben:b/1";
  problem.technicians[1].shifts.push_back({.hours = {1000, 2000}});
  planning::Plan plan;
  plan.routes = {{.technician = 0, .stops = {{StopKind::visit, 2}}},
                 {.technician = 1,
                  .shift = 1,
                  .stops = {{StopKind::restock, 0},
                            {StopKind::rest, 0},
                            {StopKind::visit, 1},
                            {StopKind::visit, 0}}}};
  const auto text = route_lists(problem, plan);
  CHECK(text == "Route 1 (1): 5\nRoute 2 (ben:b/1/1): R(0) 4 3\n");
  CHECK(shown(read_routes(text, problem)) == "0: 2, 1/1: R0 1 0");
}

constexpr std::string_view header =
    "set,instance,size,objective,precision,vehicles,cost,recomputed_from_routes,note\n";

TEST_CASE("best known: a row has a value and says where it comes from") {
  const auto table = read_best_known(std::string(header) +
                                     "s,R1,100,\"hierarchical(vehicles,distance)\",double,19,1650."
                                     "7992,yes,\"says \"\"x\"\",\nno\"\r\n"
                                     "\nt,R2,100,distance_only,,,12,no,\n");
  REQUIRE(table);
  REQUIRE(table->size() == 2);
  const auto& best = table->front();
  CHECK(best.set == "s");
  CHECK(best.instance == "R1");
  CHECK(best.objective == "hierarchical(vehicles,distance)");
  CHECK(best.precision == "double");
  CHECK(best.vehicles == 19);
  CHECK(best.cost == 1650.7992);
  CHECK(best.recomputed);
  CHECK(best.note == "says \"x\",\nno");
  CHECK_FALSE(table->back().vehicles);
  CHECK_FALSE(table->back().recomputed);
  CHECK(table->back().cost == 12);
}

TEST_CASE("best known: of several the best one counts, in the objective's own convention") {
  const auto table =
      read_best_known(std::string(header) +
                      "s,r1,100,\"hierarchical(vehicles,distance)\",double,10,900,yes,\n"
                      "s,r1,100,\"hierarchical(vehicles,distance)\",double,9,950,yes,\n"
                      "s,r1,100,\"hierarchical(vehicles,distance)\",double,9,940,yes,\n"
                      "s,R1,100,distance_only,double,12,820,yes,\n"
                      "s,R1,100,distance_only,double,11,815,no,\n"
                      "s,R1,100,distance_only,1 decimal,11,810,no,\n"
                      "s,R11,100,distance_only,double,11,1,no,\n");
  REQUIRE(table);
  const auto best = [&](std::string_view objective) {
    return find_best_known(*table, {.name = "R1"}, *planning::find_objective(objective))->cost;
  };
  CHECK(best("vehicles_then_distance") == 940);
  CHECK(best("distance") == 815);
  CHECK(best("distance_1_decimal") == 810);
  CHECK_FALSE(find_best_known(*table, {.name = "R1"}, *planning::find_objective("working_time")));
}

TEST_CASE("best known: columns may come in any order") {
  const auto table = read_best_known(
      "cost,note,set,instance,objective,precision,vehicles,recomputed_from_routes\n"
      "5,n,s,i,o,p,1,no");
  REQUIRE(table);
  CHECK(table->at(0).cost == 5);
  CHECK(table->at(0).instance == "i");
}

TEST_CASE("best known: a mistake in the table is named with its line") {
  const auto read = [](std::string_view row) {
    return complaint(read_best_known(std::string(header) + std::string(row)));
  };
  CHECK(complaint(read_best_known("")) == "line 1: the table is empty");
  CHECK(complaint(read_best_known("set,instance\n")) == "line 1: the column objective is missing");
  CHECK(read("a,b\n") == "line 2: 2 fields instead of 9");
  CHECK(read("a,b,1,o,p,x,5,no,\n") == "line 2: \"x\" is not a number of vehicles");
  CHECK(read("a,b,1,o,p,1,cheap,no,\n") == "line 2: \"cheap\" is not a cost");
  CHECK(read("a,b,1,o,p,1,5,maybe,\n") == "line 2: recomputed_from_routes must be yes or no");
  CHECK(read("\"a,b,1\n\n") == "line 2: a quoted field has no end");
  CHECK(read("\"a\nb\"c,1\n") == "line 3: expected \",\" or the end of the line");
  CHECK(read("a\"b,1\n") == "line 2: a field with quotes must begin with one");
}

TEST_CASE("best known: a table is read as spreadsheets save it") {
  const std::string row = "s,R1,100,distance_only,double,19,1650.5,yes,\"a, b\"\n";
  const std::string in_europe = "s;R1;100;distance_only;double;19;1650,5;yes;\"a, b\"\r\n";
  const auto with = [](std::string text, char separator) {
    std::ranges::replace(text, ',', separator);
    return text;
  };
  const std::string mark = "\xEF\xBB\xBF", columns(header);
  for (const auto& text :
       {columns + row, mark + columns + row, "sep=,\n" + columns + row,
        mark + "sep=,\r\n" + columns + row, with(columns, ';') + in_europe,
        mark + with(columns, ';') + in_europe, "sep=;\r\n" + with(columns, ';') + in_europe,
        with(columns, '\t') + "s\tR1\t100\tdistance_only\tdouble\t19\t1.650,5\tyes\ta, b\n"}) {
    INFO(text);
    const auto table = read_best_known(text);
    INFO(complaint(table));
    REQUIRE(table);
    REQUIRE(table->size() == 1);
    CHECK(table->front().cost == 1650.5);
    CHECK(table->front().vehicles == 19);
    CHECK(table->front().note == "a, b");
  }
  CHECK(complaint(read_best_known("sep=;\n" + with(columns, ';') + "a;b\n")) ==
        "line 3: 2 fields instead of 9");
}

}  // namespace
}  // namespace mf::planning_files::routes_test
