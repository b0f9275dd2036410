#include "planning/files/published.hpp"

#include <catch2/catch.hpp>

#include "planning/files/problem_json.hpp"
#include "planning/files/text_lines.hpp"
#include "tests/planning_files/samples.hpp"

namespace mf::planning_files::published_test {
namespace {

using planning::Window;

TEST_CASE("published: Solomon's customers become visits, its vehicles technicians of the depot") {
  const auto problem = read_solomon(solomon_text);
  REQUIRE(problem);
  CHECK(problem->name == "S3");
  REQUIRE(problem->technicians.size() == 2);
  const auto& who = problem->technicians[1];
  CHECK(who.id == "t2");
  CHECK(who.start == 0);
  CHECK(who.end == 0);
  CHECK(who.shifts == std::vector<planning::Shift>{{.hours = {0, 230}}});
  CHECK(who.capacity == std::vector{200.0});
  REQUIRE(problem->visits.size() == 3);
  const auto& visit = problem->visits[1];
  CHECK(visit.id == "2");
  CHECK(visit.place == 2);
  CHECK(visit.duration == 10);
  CHECK(visit.windows == std::vector<Window>{{50, 60}});
  CHECK(visit.demand == std::vector{7.5});
  CHECK(problem->places[0].longitude == 35);
  CHECK(problem->places[0].latitude == 40);
  CHECK(problem->depots.empty());
  CHECK(leg(problem->travel, 0, 2).time == 23);
  CHECK(leg(problem->travel, 0, 2).distance == 23);
  CHECK(validate(*problem));
}

TEST_CASE("published: a mistake in Solomon's text is named with its line") {
  const auto read = [](std::string_view part, std::string_view by) {
    return complaint(read_solomon(replaced(solomon_text, part, by)));
  };
  CHECK(complaint(read_solomon("")) == "line 0: the text is empty");
  CHECK(read("VEHICLE", "CARS") == "line 3: expected VEHICLE");
  CHECK(read("  2         200", "  2") == "line 5: expected number and capacity of the vehicles");
  CHECK(read("  2         200", "9999 5") == "line 5: between 1 and 2000 vehicles are possible");
  CHECK(read("  2         200", "0 5") == "line 5: between 1 and 2000 vehicles are possible");
  CHECK(read("CUSTOMER\r\n", "") == "line 7: expected CUSTOMER");
  CHECK(read("\t7.5\t", "\t7.5x\t") == "line 12: \"7.5x\" is not a number");
  CHECK(read("\t7.5\t", "\tnan\t") == "line 12: \"nan\" is not a number");
  CHECK(read("\t7.5\t", "\t1e999\t") == "line 12: \"1e999\" is not a number");
  CHECK(read("\t7.5\t", "\t").starts_with("line 12: a customer has 7 numbers"));
  CHECK(read("\t2\t35", "\t1\t35") == "line 12: customer 1 is there twice");
  CHECK(read("\t2\t35", "\t2.5\t35") == "line 12: a customer's number has no sign and no fraction");
  CHECK(read("    0   ", "    7   ") == "line 10: the first customer must be 0, the depot");
  const auto head = solomon_text.substr(0, solomon_text.find("    1   "));
  CHECK(complaint(read_solomon(head)) == "line 10: there are no customers");
}

TEST_CASE("published: a technician of Pillac's text has a home, skills, tools and parts") {
  const auto problem = read_trsp(trsp_text);
  REQUIRE(problem);
  CHECK(problem->name == "T3.small");
  REQUIRE(problem->technicians.size() == 2);
  const auto& who = problem->technicians[0];
  CHECK(who.id == "1");
  CHECK(who.start == 1);
  CHECK(who.end == 1);
  CHECK(who.shifts == std::vector<planning::Shift>{{.hours = {0, 500}}});
  CHECK(who.skills == std::vector<Skill>{{"s0"}, {"s1"}});
  CHECK(who.tools == std::vector<std::string>{"tool1"});
  CHECK(who.stock == std::vector<planning::Amount>{{"part0", 3}});
  CHECK(who.capacity.empty());
  CHECK(validate(*problem));
}

TEST_CASE("published: a request of Pillac's text needs skills, tools and parts") {
  const auto problem = read_trsp(trsp_text);
  REQUIRE(problem);
  REQUIRE(problem->visits.size() == 3);
  const auto& visit = problem->visits[0];
  CHECK(visit.id == "3");
  CHECK(visit.place == 3);
  CHECK(visit.duration == 90);
  CHECK(visit.windows == std::vector<Window>{{10, 20}});
  CHECK(visit.skills == std::vector<Skill>{{"s1"}});
  CHECK(visit.tools == std::vector<std::string>{"tool0", "tool1"});
  CHECK(visit.materials == std::vector<planning::Amount>{{"part0", 1}});
  CHECK(problem->visits[1].materials.empty());
}

TEST_CASE("published: the depot of Pillac's text has every part and every tool") {
  const auto problem = read_trsp(trsp_text);
  REQUIRE(problem);
  REQUIRE(problem->depots.size() == 1);
  const auto& depot = problem->depots[0];
  CHECK(depot.id == "0");
  CHECK(depot.place == 0);
  CHECK(depot.hours == Window{5, 900});
  CHECK(depot.items == std::vector<std::string>{"part0", "part1"});
  CHECK(depot.tools == std::vector<std::string>{"tool0", "tool1"});
}

TEST_CASE("published: matrices of Pillac's text replace the plane, without the copied nodes") {
  const auto problem = read_trsp(trsp_roads_text);
  REQUIRE(problem);
  CHECK(problem->depots.empty());
  CHECK(size(problem->travel) == 3);
  CHECK(leg(problem->travel, 0, 1).time == 10.1);
  CHECK(leg(problem->travel, 0, 1).distance == 1.5);
  CHECK(leg(problem->travel, 2, 0).time == 50);
  CHECK(leg(problem->travel, 2, 0).distance == 5.5);
  CHECK(validate(*problem));
}

TEST_CASE("published: a mistake in Pillac's text is named with its line") {
  const auto read = [](std::string_view part, std::string_view by) {
    return complaint(read_trsp(replaced(trsp_text, part, by)));
  };
  CHECK(complaint(read_trsp(" \n\r\n")) == "line 2: the text is empty");
  CHECK(read("2      2       2       2", "2 2 2").starts_with("line 5: expected 4 numbers"));
  CHECK(read("2      2       2       2", "2 2 2 -2") == "line 5: \"-2\" is not a count");
  CHECK(read("2      2       2       2", "2 2 2 999999999999") ==
        "line 5: 999999999999 is too many");
  CHECK(read("2      2       2       2", "0 2 2 2") == "line 5: there are no technicians");
  CHECK(read("2      2       2       2", "5 2 2 2") ==
        "line 14: after 6 rows the table ends: expected the depot, 5 technicians and requests");
  CHECK(read("2    7", "9    7") == "line 11: expected row 2, not 9");
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,1]\t[1]").starts_with("line 10: expected three lists"));
  CHECK(read("[0,1]\t[1]\t[3,0]", "").starts_with("line 10: expected three lists"));
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,1] 5 [1]\t[3,0]").starts_with("line 10: expected three"));
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,1][1][3,0] x") ==
        "line 10: there is something behind the lists");
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,,1][1][3,0]") == "line 10: \"\" is not a whole number");
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,2][1][3,0]") == "line 10: there is no skill 2");
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,1][7][3,0]") == "line 10: there is no tool 7");
  CHECK(read("[0,1]\t[1]\t[3,0]", "[0,1][1][3,0,1]") == "line 10: 2 spare parts, but 3 are listed");
  CHECK(read("1    9     6 ", "1    9    ").starts_with("line 10: expected ID, X, Y"));
}

TEST_CASE("published: a matrix that isn't square or isn't complete is refused") {
  const auto read = [](std::string_view part, std::string_view by) {
    return complaint(read_trsp(replaced(trsp_roads_text, part, by)));
  };
  CHECK(read("1;3.5;0.0;4.5;3.5", "1;3.5;0.0;4.5") ==
        "line 12: expected the row's number and 4 values, here are 3");
  CHECK(read("1;3.5;0.0;4.5;3.5", "4;3.5;0.0;4.5;3.5") == "line 12: expected row 1, not \"4\"");
  CHECK(read("1;3.5;0.0;4.5;3.5", "1;3.5;;4.5;3.5") == "line 12: \"\" is not a number");
  CHECK(read("3;0.0;1.5;2.5;0.0\n", "") == "line 14: the matrix has 3 rows and 4 columns");
  CHECK(read("DISTANCES", "TRAVEL TIMES") == "line 15: this matrix is there twice");
  const auto one = trsp_roads_text.substr(0, trsp_roads_text.find("TRAVEL"));
  CHECK(complaint(read_trsp(one)) == "line 14: TRAVEL TIMES are missing");
}

TEST_CASE("published: a dynamic instance says when each customer becomes known") {
  const auto dynamic = read_dynamic(solomon_text, "3\t-1\r\n1\t20.5\r\n\r\n2\t0\r\n");
  REQUIRE(dynamic);
  CHECK(dynamic->problem.visits.size() == 3);
  CHECK(dynamic->revealed == std::vector<planning::Seconds>{20.5, 0, 0});
}

TEST_CASE("published: a dynamic instance names every customer once") {
  CHECK(complaint(read_dynamic(solomon_text, "1 5\n2 5\n")) ==
        "times: line 2: the times end here, customer 3 and 0 others have none");
  CHECK(complaint(read_dynamic(solomon_text, "1 5\n1 6\n")) ==
        "times: line 2: there is no customer 1, or it came before");
  CHECK(complaint(read_dynamic(solomon_text, "1 soon\n"))
            .starts_with("times: line 1: expected a customer"));
  CHECK(complaint(read_dynamic("S3", "")) == "instance: line 1: VEHICLE is missing");
}

TEST_CASE("published: a problem's format is known by its content") {
  CHECK(looks_like_json(" \n{"));
  CHECK(looks_like_json("\xEF\xBB\xBF["));
  CHECK_FALSE(looks_like_json(""));
  CHECK_FALSE(looks_like_json("C101"));
  CHECK(read_problem(solomon_text)->visits.size() == 3);
  CHECK(read_problem(trsp_text)->depots.size() == 1);
  CHECK(read_problem(json_text)->visits.size() == 2);
  CHECK(complaint(read_problem("Dear planner,\n")).starts_with("not a problem: expected JSON"));
  CHECK(complaint(read_problem("")).starts_with("not a problem: expected JSON"));
}

TEST_CASE("published: a text above 64 MiB is refused before it is read") {
  const std::string huge(text_size_max + 1, ' ');
  for (const auto& error : {read_problem(huge).error(), read_solomon(huge).error(),
                            read_trsp(huge).error(), read_dynamic(solomon_text, huge).error(),
                            read_routes(huge, {}).error(), read_best_known(huge).error()})
    CHECK(error.code == ErrorCode::limit);
}

TEST_CASE("files: the mark that Windows puts before a text is no part of it, in every format") {
  const std::string mark = "\xEF\xBB\xBF";
  for (const auto text : {json_text, solomon_text, trsp_text}) {
    const auto problem = read_problem(mark + std::string(text));
    INFO(complaint(problem));
    REQUIRE(problem);
    CHECK(to_json(*problem) == to_json(*read_problem(text)));
  }
  CHECK(read_solomon(mark + std::string(solomon_text))->name == read_solomon(solomon_text)->name);
  CHECK(read_routes(mark + "Route 1: 1\n", *read_solomon(solomon_text)));
  CHECK(read_problem("\xFF\xFE{").error().message == "the text is UTF-16: save it as UTF-8");
}

}  // namespace
}  // namespace mf::planning_files::published_test
