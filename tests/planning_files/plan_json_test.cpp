#include <catch2/catch.hpp>

#include "planning/files/problem_json.hpp"
#include "tests/planning_files/samples.hpp"

namespace mf::planning_files::plan_json_test {
namespace {

using planning::Plan;
using planning::Problem;
using planning::StopKind;
using planning::Term;

const Problem lima = *read_problem_json(json_text);

/// ana works on v1 after loading and a rest; nobody goes to v2.
Plan one_route() {
  Plan plan;
  plan.routes = {{.technician = 0,
                  .shift = 0,
                  .departure = 7200,
                  .end = 20000.25,
                  .stops = {{StopKind::restock, 0, 7200, 7200, 7800},
                            {StopKind::rest, 0, 8000, 8000, 11600},
                            {StopKind::visit, 0, 12000.5, 13000, 15160}}}};
  plan.unserved = {1};
  plan.score[Term::unserved] = 1;
  plan.score[Term::travel] = 1234.5;
  return plan;
}

std::string read(std::string_view part, std::string_view by) {
  return complaint(read_plan(replaced(to_json(lima, one_route()), part, by), lima));
}

TEST_CASE("plan: moments are written in seconds and as a clock shows them") {
  CHECK(to_json(lima, one_route()) == R"({"problem": "Lunes & martes",
  "score": {"unserved": 1, "lateness": 0, "overtime": 0, "vehicles": 0, "distance": 0, "travel": 1234.5, "waiting": 0, "working_time": 0, "tightness": 0, "unfairness": 0, "instability": 0},
  "routes": [
    {"technician": "ana", "shift": 0, "departure": 7200, "departure_at": "08:00:00", "end": 20000.25, "end_at": "11:33:20", "stops": [
      {"restock": "store", "arrival": 7200, "arrival_at": "08:00:00", "start": 7200, "start_at": "08:00:00", "end": 7800, "end_at": "08:10:00"},
      {"rest": 0, "arrival": 8000, "arrival_at": "08:13:20", "start": 8000, "start_at": "08:13:20", "end": 11600, "end_at": "09:13:20"},
      {"visit": "v1", "arrival": 12000.5, "arrival_at": "09:20:01", "start": 13000, "start_at": "09:36:40", "end": 15160, "end_at": "10:12:40"}]}],
  "unserved": ["v2"]}
)");
}

TEST_CASE("plan: what is written is read as the same plan") {
  const auto plan = one_route();
  const auto again = read_plan(to_json(lima, plan), lima);
  REQUIRE(again);
  REQUIRE(again->routes.size() == 1);
  const auto& route = again->routes[0];
  CHECK(route.end == 20000.25);
  REQUIRE(route.stops.size() == 3);
  CHECK(route.stops[0].kind == StopKind::restock);
  CHECK(route.stops[1].kind == StopKind::rest);
  CHECK(route.stops[2].kind == StopKind::visit);
  CHECK(route.stops[2].arrival == 12000.5);
  CHECK(again->unserved == plan.unserved);
  CHECK(again->score.values == plan.score.values);
}

TEST_CASE("plan: by hand, a clock's times, the routes and nothing else are enough") {
  const auto plan = read_plan(R"({"routes": [
    {"technician": "ben", "departure_at": "08:00", "end_at": "1 09:00", "stops": [
      {"visit": "v2", "arrival_at": "08:30", "start_at": "08:30", "end_at": "08:40"}]},
    {"technician": "ana", "departure": 0, "end": 9, "stops": [
      {"visit": "v1", "arrival": 1, "start": 2, "end": 3}]}]})",
                              lima);
  REQUIRE(plan);
  REQUIRE(plan->routes.size() == 2);
  CHECK(plan->routes[0].technician == 0);  // by technician, however they were given
  CHECK(plan->routes[1].departure == 7200);
  CHECK(plan->routes[1].end == 27 * 3600);
  CHECK(plan->routes[1].stops[0].start == 9000);
  CHECK(plan->unserved.empty());
}

TEST_CASE("plan: what no route visits is unserved") {
  const auto plan = read_plan(R"({"routes": []})", lima);
  REQUIRE(plan);
  CHECK(plan->unserved == std::vector<std::size_t>{0, 1});
}

TEST_CASE("plan: every complaint names the field") {
  CHECK(read("\"visit\": \"v1\"", "\"visit\": \"v9\"") ==
        "routes.0.stops.2.visit: there is no visit \"v9\"");
  CHECK(read("\"restock\": \"store\"", "\"restock\": \"x\"") ==
        "routes.0.stops.0.restock: there is no depot \"x\"");
  CHECK(read("\"rest\": 0", "\"rest\": 1") == "routes.0.stops.1.rest: the shift has no such break");
  CHECK(read("\"visit\": \"v1\"", "\"visit\": \"v1\", \"rest\": 0") ==
        "routes.0.stops.2: must have one of visit, restock, rest");
  CHECK(read("\"visit\": \"v1\", ", "") ==
        "routes.0.stops.2: must have one of visit, restock, rest");
  CHECK(read("\"ana\"", "\"eva\"") == "routes.0.technician: there is no technician \"eva\"");
  CHECK(read("\"shift\": 0", "\"shift\": 2") ==
        "routes.0.shift: this technician has no such shift");
  CHECK(read("\"start\": 13000, \"start_at\": \"09:36:40\", ", "") ==
        "routes.0.stops.2.start: is required");
  CHECK(read("\"09:36:40\"", "\"9.36\"") ==
        "routes.0.stops.2.start_at: must be a time like \"08:15:00\"");
  CHECK(read("[\"v2\"]", "[\"v3\"]") == "unserved.0: there is no visit \"v3\"");
  CHECK(read("\"lateness\"", "\"latenes\"") == "score.latenes: there is no such field");
  CHECK(read("\"shift\": 0", "\"shft\": 0") == "routes.0.shft: there is no such field");
  CHECK(complaint(read_plan("{}", lima)) == "routes: is required");
  CHECK(complaint(read_plan("{", lima)).starts_with("parse error at line 1"));
}

TEST_CASE("plan: what is gone since is left out of a plan to begin with, a line each") {
  const auto known = [](std::string_view part, std::string_view by) {
    const auto result = read_known_part(replaced(to_json(lima, one_route()), part, by), lima);
    REQUIRE(result);
    std::string text = "routes " + std::to_string(result->plan.routes.size()) + ", unserved " +
                       std::to_string(result->plan.unserved.size());
    if (!result->plan.routes.empty())
      text += ", stops " + std::to_string(result->plan.routes[0].stops.size());
    for (const auto& line : result->dropped) text += "\n" + line;
    return text;
  };
  CHECK(known("\"ana\"", "\"ana\"") == "routes 1, unserved 1, stops 3");
  CHECK(known("\"visit\": \"v1\"", "\"visit\": \"v9\"") ==
        "routes 0, unserved 2\nroutes.0.stops.2.visit: there is no visit \"v9\"");
  CHECK(known("\"restock\": \"store\"", "\"restock\": \"x\"") ==
        "routes 1, unserved 1, stops 2\nroutes.0.stops.0.restock: there is no depot \"x\"");
  CHECK(known("\"rest\": 0", "\"rest\": 1") ==
        "routes 1, unserved 1, stops 2\nroutes.0.stops.1.rest: the shift has no such break");
  CHECK(known("\"ana\"", "\"eva\"") ==
        "routes 0, unserved 2\nroutes.0.technician: there is no technician \"eva\"");
  CHECK(known("\"shift\": 0", "\"shift\": 2") ==
        "routes 0, unserved 2\nroutes.0.shift: this technician has no such shift");
  CHECK(known("[\"v2\"]", "[\"v3\"]") ==
        "routes 1, unserved 1, stops 3\nunserved.0: there is no visit \"v3\"");
  CHECK(complaint(read_known_part("{}", lima)) == "routes: is required");
}

TEST_CASE("plan: a moment changed by hand in one of its two forms is noticed") {
  CHECK(read("\"start\": 13000", "\"start\": 13600") ==
        "routes.0.stops.2.start_at: says something else than start");
  CHECK(read("\"09:36:40\"", "\"09:37:40\"") ==
        "routes.0.stops.2.start_at: says something else than start");
}

TEST_CASE("plan: a shift has one route, and a route has a visit") {
  const auto route = [](std::string_view stops) {
    return R"({"technician": "ben", "departure": 0, "end": 9, "stops": [)" + std::string(stops) +
           "]}";
  };
  const auto visit = route(R"({"visit": "v1", "arrival": 1, "start": 2, "end": 3})");
  CHECK(complaint(read_plan(R"({"routes": [)" + visit + "," + visit + "]}", lima)) ==
        "routes.1: this technician's shift has a route already");
  CHECK(complaint(read_plan(R"({"routes": [)" + route("") + "]}", lima)) ==
        "routes.0.stops: must have a visit");
}

}  // namespace
}  // namespace mf::planning_files::plan_json_test
