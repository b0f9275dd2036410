#include "planning/files/problem_json.hpp"

#include <catch2/catch.hpp>

#include "planning/files/clock.hpp"
#include "planning/files/published.hpp"
#include "planning/files/text_lines.hpp"
#include "tests/planning_files/samples.hpp"

namespace mf::planning_files::problem_json_test {
namespace {

using planning::Window;

constexpr double hour = 3600, day = 24 * hour;

std::string read(std::string_view part, std::string_view by) {
  return complaint(read_problem_json(replaced(json_text, part, by)));
}

TEST_CASE("clock: a time is hours and minutes, with seconds and a day if need be") {
  CHECK(parse_clock("08:15") == 8.25 * hour);
  CHECK(parse_clock("8:15:30") == 8.25 * hour + 30);
  CHECK(parse_clock("24:00") == day);
  CHECK(parse_clock("2 00:01") == 2 * day + 60);
  CHECK(parse_clock("-00:05") == -300);
  for (const auto* text : {"", "8", "08:5", "08:60", "24:01", "8:15:30:1", "a:15", "1 2 08:15",
                           "x 08:15", "108:15", "08:15x", "--08:15", "99999999999 08:15"})
    CHECK_FALSE(parse_clock(text));
}

TEST_CASE("clock: a time is shown to the second, with the day after the first") {
  CHECK(format_clock(8.25 * hour + 29.6) == "08:15:30");
  CHECK(format_clock(day - 0.4) == "1 00:00:00");
  CHECK(format_clock(-300) == "-00:05:00");
  CHECK(format_clock(-0.2) == "00:00:00");
}

TEST_CASE("problem: a technician is read with everything that can be said about one") {
  const auto problem = read_problem_json(json_text);
  REQUIRE(problem);
  CHECK(validate(*problem));
  CHECK(problem->name == "Lunes & martes");
  CHECK(problem->vehicles_max == 2);
  REQUIRE(problem->technicians.size() == 2);
  const auto& ana = problem->technicians[0];
  CHECK(ana.id == "ana");
  CHECK(ana.start == 0);
  CHECK(ana.end == 0);
  REQUIRE(ana.shifts.size() == 2);
  CHECK(ana.shifts[0].overtime_max == 1800);
  CHECK(ana.shifts[0].breaks ==
        std::vector<planning::Break>{{.start = {6 * hour, 8 * hour}, .duration = hour}});
  CHECK(ana.shifts[1].hours == Window{26 * hour, 30.5 * hour + 15});
  CHECK(ana.skills == std::vector<Skill>{{"gas", 1}, {"electric", 3}});
  CHECK(ana.speed == 1.25);
  CHECK(ana.zones == std::vector<std::string>{"north"});
  CHECK(ana.capacity == std::vector{10, 2.5});
  CHECK(ana.stock == std::vector<planning::Amount>{{"cable", 40}});
  CHECK(ana.tools == std::vector<std::string>{"drill"});
  CHECK(ana.cost == 2);
  CHECK_FALSE(problem->technicians[1].end);
}

TEST_CASE("problem: a visit is read with everything that can be said about one") {
  const auto problem = read_problem_json(json_text);
  REQUIRE(problem);
  REQUIRE(problem->visits.size() == 2);
  const auto& visit = problem->visits[0];
  CHECK(visit.id == "v1");
  CHECK(visit.duration == 0.75 * hour);
  CHECK(visit.windows == std::vector<Window>{{3 * hour, 5 * hour}, {27 * hour, 29 * hour}});
  CHECK(visit.skills == std::vector<Skill>{{"gas", 2}});
  CHECK(visit.zone == "north");
  CHECK(visit.value == 5);
  CHECK(visit.due == 6 * hour);
  CHECK(visit.lateness_weight == 3);
  CHECK(visit.demand == std::vector{1, 0.5});
  CHECK(visit.materials == std::vector<planning::Amount>{{"cable", 2.5}});
  CHECK(visit.tools == std::vector<std::string>{"drill"});
  CHECK(visit.allowed == std::vector<std::string>{"ana"});
  CHECK(visit.forbidden == std::vector<std::string>{"ben"});
  CHECK(visit.release == 1.5 * hour);
  REQUIRE(visit.pin);
  CHECK(visit.pin->technician == "ana");
  CHECK(visit.pin->shift == 1);
  CHECK(visit.pin->place == 0);
  CHECK(visit.pin->started == 26 * hour + 300);
  REQUIRE(visit.announced);
  CHECK(visit.announced->technician == "ana");
  CHECK(visit.announced->start == 3.5 * hour);
}

TEST_CASE("problem: what isn't said has the default of the problem's structs") {
  const auto problem = read_problem_json(json_text);
  REQUIRE(problem);
  const auto& visit = problem->visits[1];
  CHECK(visit.windows.empty());
  CHECK(visit.value == 1);
  CHECK(visit.lateness_weight == 1);
  CHECK(visit.release == 0);
  CHECK_FALSE(visit.due);
  CHECK_FALSE(visit.pin);
  CHECK_FALSE(visit.announced);
  const auto& ben = problem->technicians[1];
  CHECK(ben.speed == 1);
  CHECK(ben.cost == 1);
  const auto small = read_problem_json(R"({"technicians": [], "visits": []})");
  REQUIRE(small);
  CHECK(std::holds_alternative<planning::GreatCircleTravel>(small->travel));
  CHECK(small->profile.is_flat());
  CHECK_FALSE(small->vehicles_max);
}

TEST_CASE("problem: texts are what a clock shows, numbers count from the horizon's begin") {
  const auto problem = read_problem_json(json_text);
  REQUIRE(problem);
  CHECK(clock_at_begin(*problem) == 6 * hour);
  CHECK(problem->technicians[0].shifts[0].hours == Window{2 * hour, 11 * hour});
  CHECK(problem->technicians[1].shifts[0].hours == Window{7200, 36000});
  CHECK(problem->depots[0].duration == 600);
  CHECK(problem->depots[0].hours == Window{hour, 14 * hour});
}

TEST_CASE(
    "problem: by the clock, a night shift ends on the next day, with its breaks and windows") {
  const auto night = [](std::string_view hours, std::string_view start) {
    const auto problem =
        read_problem_json(R"({"technicians": [{"id": "ana", "start":
        {"lat": 1, "lon": 2}, "shifts": [{"hours": )" +
                          std::string(hours) + R"(, "breaks": [{"start": )" + std::string(start) +
                          R"(, "duration": "00:30"}]}]}], "visits": []})");
    REQUIRE(problem);
    return problem->technicians[0].shifts[0];
  };
  const std::string_view hours = R"({"from": "22:00", "to": "06:00"})";
  CHECK(night(hours, R"({"from": "23:30", "to": "00:30"})").hours == Window{22 * hour, 30 * hour});
  CHECK(night(hours, R"({"from": "23:30", "to": "00:30"})").breaks[0].start ==
        Window{23.5 * hour, 24.5 * hour});
  CHECK(night(hours, R"({"from": "02:00", "to": "03:00"})").breaks[0].start ==
        Window{26 * hour, 27 * hour});
  CHECK(night(hours, R"({"from": "1 02:00", "to": "1 03:00"})").breaks[0].start ==
        Window{26 * hour, 27 * hour});
  // By day a break is where it says.
  CHECK(night(R"({"from": "08:00", "to": "17:00"})", R"({"from": "06:00", "to": "07:00"})")
            .breaks[0]
            .start == Window{6 * hour, 7 * hour});
  // Longer than a night, with days or as numbers it is a slip.
  CHECK(night(R"({"from": "12:00", "to": "10:00"})", R"({"from": 2, "to": 1})").hours ==
        Window{12 * hour, 10 * hour});
  CHECK(night(R"({"from": "0 22:00", "to": "06:00"})", R"({"from": 2, "to": 1})").hours ==
        Window{22 * hour, 6 * hour});
  CHECK(night(R"({"from": 79200, "to": 21600})", R"({"from": 2, "to": 1})").breaks[0].start ==
        Window{2, 1});
}

TEST_CASE("problem: a place is given by index, by id, or by its coordinates where it is needed") {
  const auto problem = read_problem_json(json_text);
  REQUIRE(problem);
  REQUIRE(problem->places.size() == 3);
  CHECK(problem->depots[0].place == 0);
  CHECK(problem->visits[1].place == 1);
  CHECK(problem->technicians[1].start == 2);
  CHECK(problem->visits[0].place == 2);  // the same coordinates are the same place
  CHECK(problem->places[2].latitude == -12.07);
  CHECK(problem->places[2].longitude == -77.02);
}

TEST_CASE("problem: travel is a great circle, a plane or a matrix") {
  const auto earth = read_problem_json(json_text);
  REQUIRE(earth);
  const auto way = leg(earth->travel, 0, 1);
  CHECK(way.distance == Approx(way.time * 10));
  CHECK(way.distance == Approx(7060 * 1.3).epsilon(0.01));
  const auto plane = read_problem_json(R"({"travel": {"kind": "plane"}, "technicians": [],
      "places": [{"x": 0, "y": 0}, {"x": 3, "y": 4}], "visits": []})");
  REQUIRE(plane);
  CHECK(leg(plane->travel, 0, 1).time == 5);
  const auto roads = read_problem_json(R"({"travel": {"kind": "matrix",
      "time_s": [[0, 1], [2, 0]], "distance_m": [[0, 3], [4, 0]]}, "technicians": [], "visits": []})");
  REQUIRE(roads);
  CHECK(roads->places.size() == 2);
  CHECK(leg(roads->travel, 0, 1).time == 1);
  CHECK(leg(roads->travel, 1, 0).distance == 4);
}

TEST_CASE("problem: what routers say instead of a road is no road, and distances may be absent") {
  for (const std::string said : {"null", "-1", "2147483647", "4294967295", "1e12"}) {
    INFO(said);
    const auto text = R"({"travel": {"kind": "matrix", "time_s": [[0, )" + said + "], [60, " +
                      said + R"(]]}, "technicians": [], "visits": []})";
    const auto problem = read_problem_json(text);
    INFO(complaint(problem));
    REQUIRE(problem);
    CHECK(validate(*problem));
    CHECK(planning::leg(problem->travel, 0, 1).is_no_road());
    CHECK(planning::leg(problem->travel, 1, 1).time == 0);
    CHECK(planning::leg(problem->travel, 1, 0).time == 60);
    CHECK(planning::leg(problem->travel, 1, 0).distance == 450);
    const auto again = read_problem_json(to_json(*problem));
    REQUIRE(again);
    CHECK(planning::leg(again->travel, 0, 1).is_no_road());
    CHECK_FALSE(std::get<planning::MatrixTravel>(again->travel).has_distances());
  }
  const auto wrong =
      read_problem_json(R"({"travel": {"kind": "matrix", "time_s": [[0, -2], [1, 0]]},
      "technicians": [], "visits": []})");
  REQUIRE(wrong);
  CHECK(validate(*wrong).error().message == "travel.0.1.time: must be between 0 and 1000000000");
}

TEST_CASE("problem: every complaint names the field") {
  CHECK(read("\"09:00\", \"to\": \"11:00\"}, {", "\"nine\", \"to\": \"11:00\"}, {") ==
        "visits.0.windows.0.from: must be a number of seconds, or a time like \"08:15\"");
  CHECK(read("\"duration\": 600", "\"duration\": [600]") ==
        "visits.1.duration: must be a number of seconds, or a time like \"08:15\"");
  CHECK(read("\"duration\": 600", "\"duraton\": 600") ==
        "visits.1.duraton: there is no such field");
  CHECK(read(", \"duration\": 600", "") == "visits.1.duration: is required");
  CHECK(read("\"id\": \"v2\"", "\"id\": 2") == "visits.1.id: must be text");
  CHECK(read("\"place\": 1,", "\"place\": 2,") ==
        "visits.1.place: there is no such place, there are 2");
  CHECK(read("\"place\": 1,", "\"place\": -1,") ==
        "visits.1.place: must be a whole number, not negative");
  CHECK(read("\"place\": 1,", "\"place\": \"bas\",") ==
        "visits.1.place: there is no place with this id");
  CHECK(read("\"place\": 1,", "\"place\": null,") == "visits.1.place: is required");
  CHECK(read("\"place\": 1,", "\"place\": true,").starts_with("visits.1.place: must be a place's"));
  CHECK(read("\"place\": 1,", "\"place\": {\"lat\": 1},") == "visits.1.place.lon: is required");
  CHECK(read("\"place\": 1,", "\"place\": {\"lat\": 1, \"lon\": 200},") ==
        "visits.1.place.lon: must be between -180 and 180 degrees");
  CHECK(read("\"place\": 1,", "\"place\": {\"x\": 1, \"y\": 2},") ==
        "visits.1.place: must have lat and lon: travel isn't on a plane");
  CHECK(read("\"value\": 5", "\"value\": \"5\"") == "visits.0.value: must be a number");
  CHECK(read("\"level\": 3", "\"level\": 6") ==
        "technicians.0.skills.1.level: must be between 1 and 5");
  CHECK(read("[\"north\"]", "[7]") == "technicians.0.zones.0: must be text");
  CHECK(read("[10, 2.5]", "[10, \"2\"]") == "technicians.0.capacity.1: must be a number");
  CHECK(read("[10, 2.5]", "10") == "technicians.0.capacity: must be a list of numbers");
  CHECK(read("[\"cable\"], \"tools\"", "{}, \"tools\"") == "depots.0.items: must be a list");
  CHECK(read("\"vehicles_max\": 2", "\"vehicles_max\": 2.5") ==
        "vehicles_max: must be a whole number, not negative");
}

TEST_CASE("problem: travel and traffic that make no sense are refused") {
  CHECK(read("great_circle", "teleport") ==
        "travel.kind: must be one of great_circle, plane, matrix");
  CHECK(read("great_circle", "plane") == "travel.detour: there is no such field");
  CHECK(read("\"kmh\": 36", "\"kmh\": 0") == "travel.kmh: must be above 0");
  CHECK(read("[1, 1, 1,", "[1, 1, 0,") ==
        "traffic.factors: must be 24 numbers above 0, one for each hour of the day");
  CHECK(read("[1, 1, 1,", "[1, 1,") ==
        "traffic.factors: must be 24 numbers above 0, one for each hour of the day");
  CHECK(read("\"06:00\"", "\"24:00\"") == "traffic.starts_at: must be a time of day");
  const auto matrix = [](std::string_view rest) {
    return complaint(read_problem_json(R"({"technicians": [], "visits": [], "travel": {"kind":
        "matrix", "time_s": [[0, 1], [2, 0]], )" +
                                       std::string(rest)));
  };
  CHECK(matrix(R"("distance_m": [[0, 3]]}})") ==
        "travel.distance_m: must have 2 rows, as time_s has");
  CHECK(matrix(R"("distance_m": [[0, 3], [4]]}})") == "travel.distance_m.1: must have 2 numbers");
  CHECK(matrix(R"("distance_m": [[0, 3], [4, "x"]]}})") ==
        "travel.distance_m.1.1: must be a number");
  CHECK(matrix(R"("distance_m": [[0, 3], [4, 0]]}, "places": [{"x": 1, "y": 1}]})") ==
        "places: must be 2, as the matrices have rows");
  CHECK(matrix(R"("distance_m": [[0, 3], [4, 0]]},
                  "depots": [{"id": "d", "place": {"x": 1, "y": 1}}]})") ==
        "depots.0.place: must be listed: travel is a matrix");
}

TEST_CASE("problem: text that isn't JSON is refused with the line of the mistake") {
  CHECK(complaint(read_problem_json("{\"name\": \"x\",\n \"visits\" []}"))
            .starts_with("parse error at line 2, column 11"));
  CHECK(complaint(read_problem_json("[]")) == "must be an object");
  CHECK(complaint(read_problem_json("{}")) == "technicians: is required");
  const auto deep = std::string(1000, '[') + std::string(1000, ']');
  CHECK(complaint(read_problem_json(deep)) == "the body nests deeper than 32 levels");
  CHECK(read_problem_json(std::string(text_size_max + 1, ' ')).error().code == ErrorCode::limit);
}

TEST_CASE("problem: what is written is read as the same problem") {
  for (const auto text : {json_text, solomon_text, trsp_text, trsp_roads_text}) {
    const auto problem = read_problem(text);
    REQUIRE(problem);
    const auto written = to_json(*problem);
    const auto again = read_problem(written);
    INFO(written << complaint(again));
    REQUIRE(again);
    CHECK(to_json(*again) == written);
    CHECK(again->places.size() == problem->places.size());
    CHECK(again->technicians.size() == problem->technicians.size());
    CHECK(again->visits.back().windows == problem->visits.back().windows);
    CHECK(again->profile.factors() == problem->profile.factors());
    CHECK(clock_at_begin(*again) == clock_at_begin(*problem));
    for (std::size_t from = 0; from < problem->places.size(); ++from) {
      CHECK(leg(again->travel, from, 1).time == Approx(leg(problem->travel, from, 1).time));
      CHECK(leg(again->travel, from, 1).distance == Approx(leg(problem->travel, from, 1).distance));
    }
  }
}

TEST_CASE("problem: a name that isn't UTF-8 is still written as JSON") {
  auto problem = *read_solomon(solomon_text);
  problem.name = "Se\xF1or \"x\"\n";
  CHECK(read_problem_json(to_json(problem))->name == "Se\xEF\xBF\xBDor \"x\"\n");
}

TEST_CASE("problem: lists may be longer than those of requests") {
  std::string text = R"({"technicians": [], "visits": [)";
  for (int i = 0; i < 3000; ++i)
    text += (i ? "," : "") + std::string(R"({"id":"v)") + std::to_string(i) +
            R"(","duration":60,"place":{"lat":1,"lon":)" + std::to_string(i % 180) + "}}";
  const auto problem = read_problem_json(text + "]}");
  REQUIRE(problem);
  CHECK(problem->visits.size() == 3000);
  CHECK(problem->places.size() == 180);
}

}  // namespace
}  // namespace mf::planning_files::problem_json_test
