#include "planning/drawing/drawing.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <regex>
#include <set>

#include "planning/drawing/svg.hpp"
#include "planning/files/problem_json.hpp"
#include "planning/files/published.hpp"
#include "tests/planning_files/samples.hpp"

namespace mf::planning_files::drawing_test {
namespace {

using planning::Plan;
using planning::Problem;
using planning::StopKind;

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }
std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Every element is closed in its order, and no text breaks out of its element.
bool is_well_formed(const std::string& xml) {
  static const std::regex tag(R"(<(/?)([a-z]+)((?:[^<>"]|"[^"<]*")*?)(/?)>)");
  std::vector<std::string> open;
  auto last = xml.cbegin();
  for (std::sregex_iterator at(xml.begin(), xml.end(), tag), end; at != end; ++at) {
    const std::string between((*at)[0].first > last ? std::string(last, (*at)[0].first) : "");
    last = (*at)[0].second;
    if (between.find('<') != between.npos) return false;
    if ((*at)[4].length() > 0) continue;
    if ((*at)[1].length() == 0) open.push_back((*at)[2]);
    else if (open.empty() || open.back() != (*at)[2]) return false;
    else open.pop_back();
  }
  return open.empty() && xml.find('<', static_cast<std::size_t>(last - xml.cbegin())) == xml.npos;
}

/// Each technician makes one visit, the rest nobody makes.
Plan a_visit_each(const Problem& problem) {
  Plan plan;
  for (std::size_t v = 0; v < problem.visits.size(); ++v) {
    if (v >= problem.technicians.size()) {
      plan.unserved.push_back(v);
      continue;
    }
    const auto from = problem.technicians[v].shifts[0].hours.from;
    plan.routes.push_back({.technician = v,
                           .departure = from,
                           .end = from + 9000,
                           .stops = {{StopKind::visit, v, from + 600, from + 900, from + 3600}}});
  }
  return plan;
}

Problem crew_of(std::size_t size) {
  Problem problem{.name = "many"};
  for (std::size_t i = 0; i < size; ++i) {
    const auto at = static_cast<double>(i);
    problem.places.push_back({std::sin(at) * 9, std::cos(at) * 9});
    problem.technicians.push_back(
        {.id = fmt::format("tech{}", i), .start = 0, .end = 0, .shifts = {{.hours = {0, 20000}}}});
    problem.visits.push_back({.id = fmt::format("visit{}", i), .place = i});
  }
  problem.travel = planning::PlaneTravel(problem.places);
  return problem;
}

TEST_CASE("drawing: a plan becomes one SVG with its routes, its strips and its worth") {
  const auto problem = *read_problem_json(json_text);
  auto plan = a_visit_each(problem);
  plan.score[planning::Term::distance] = 12345;
  const auto svg = draw_svg(problem, plan);
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK(is_well_formed(svg));
  CHECK(has(svg, "<title>Lunes &amp; martes</title>"));
  CHECK(has(svg, "2 of 2 visits, 2 routes"));
  CHECK(has(svg, "12.3 km"));
  CHECK(has(svg, ">ana</text>"));
  CHECK(has(svg, ">v1</text>"));
  CHECK(has(svg, "class=\"depot\""));
  CHECK(has(svg, ">08:00</text>"));
  CHECK(has(svg, "prefers-color-scheme:dark"));
}

TEST_CASE("drawing: an id can't break out of its text") {
  auto problem = *read_solomon(solomon_text);
  problem.name = "<script>\"&'";
  problem.technicians[0].id = "</text><b>";
  problem.visits[0].id =
      "a\x01\xF1"
      "b<\xEF\xBF\xBF";
  problem.visits[2].id = "<nobody>";
  const auto svg = draw_svg(problem, a_visit_each(problem));
  CHECK(is_well_formed(svg));
  CHECK_FALSE(has(svg, "<script"));
  CHECK_FALSE(has(svg, "<b>"));
  CHECK(has(svg,
            "a \xEF\xBF\xBD"
            "b&lt;\xEF\xBF\xBD"));
  CHECK(has(svg, "&lt;nobody&gt;"));
}

TEST_CASE("drawing: a visit nobody makes is marked and named") {
  const auto problem = *read_solomon(solomon_text);
  auto plan = a_visit_each(problem);
  CHECK(plan.unserved == std::vector<std::size_t>{2});
  const auto svg = draw_svg(problem, plan);
  CHECK(has(svg, "class=\"missing\"><title>3</title>"));
  CHECK(has(svg, "not made: 3"));
}

TEST_CASE("drawing: rests, loading, lateness and overtime can be seen") {
  auto problem = *read_problem_json(json_text);
  problem.visits[0].due = 9000;
  Plan plan;
  plan.routes = {{.technician = 0,
                  .departure = 7200,
                  .end = 41000,
                  .stops = {{StopKind::restock, 0, 7300, 7300, 7900},
                            {StopKind::rest, 0, 22000, 22000, 25600},
                            {StopKind::visit, 0, 26000, 27000, 30000}}}};
  plan.unserved = {1};
  plan.score[planning::Term::lateness] = 21000;
  const auto svg = draw_svg(problem, plan);
  CHECK(is_well_formed(svg));
  CHECK(has(svg, "<title>rest: 12:07 – 13:07</title>"));
  CHECK(has(svg, "<title>store: 08:02 – 08:12</title>"));
  CHECK(has(svg, "url(#waiting)"));
  CHECK(count(svg, "class=\"stroke overrun\"") == 3);  // a visit, a route, and what the sign means
}

TEST_CASE("drawing: above 60 technicians the strips have no names") {
  const auto few = crew_of(60), many = crew_of(61);
  CHECK(has(draw_svg(few, a_visit_each(few)), ">tech7</text>"));
  const auto svg = draw_svg(many, a_visit_each(many));
  CHECK(is_well_formed(svg));
  CHECK_FALSE(has(svg, ">tech7</text>"));
}

TEST_CASE("drawing: where places have no coordinates there is no map") {
  const auto problem = *read_trsp(trsp_roads_text);
  CHECK(has(draw_svg(problem, a_visit_each(problem)), "there is no map"));
}

TEST_CASE("drawing: an empty plan and an empty problem can be drawn") {
  const auto problem = *read_solomon(solomon_text);
  CHECK(has(draw_svg(problem, {}), "Nobody is on the road."));
  const auto nothing = *read_problem_json(R"({"technicians": [], "visits": []})");
  CHECK(is_well_formed(draw_svg(nothing, {})));
}

TEST_CASE("drawing: numbers are short, and never something SVG can't read") {
  CHECK(svg::number(1.25) == "1.2");
  CHECK(svg::number(3.999, 2) == "4");
  CHECK(svg::number(-0.01) == "0");
  CHECK(svg::number(120) == "120");
  CHECK(svg::number(std::nan("")) == "0");
  CHECK(svg::number(std::numeric_limits<double>::infinity()) == "0");
}

TEST_CASE("drawing: a text is shortened between characters") {
  CHECK(svg::shortened("señora", 6) == "señora");
  CHECK(svg::shortened("señoras", 6) == "señor…");
  CHECK(svg::shortened("ññ", 1) == "…");
}

TEST_CASE("drawing: ticks are round numbers inside the range") {
  CHECK(svg::ticks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(svg::ticks(3, 3, 5).empty());
  CHECK(svg::ticks(0, std::numeric_limits<double>::infinity(), 5).empty());
}

TEST_CASE("chart: lines are named at their ends") {
  const auto svg = draw_lines("Gap <1 %", "seconds", "gap %",
                              {{"seed 1", {{0.1, 5}, {1, 2}, {10, 1}}}, {"seed 2", {{0.1, 4}}}},
                              Axis::logarithmic);
  CHECK(is_well_formed(svg));
  CHECK(has(svg, ">Gap &lt;1 %</text>"));
  CHECK(has(svg, ">seed 1</text>"));
  CHECK(has(svg, ">seed 2</text>"));
  CHECK(has(svg, ">0.1</text>"));
  CHECK(has(svg, ">10</text>"));
}

TEST_CASE("chart: points without a place are left out") {
  const auto nan = std::nan("");
  CHECK(has(draw_lines("", "", "", {}), "There are no points."));
  CHECK(has(draw_lines("", "", "", {{"a", {{0, 1}, {-1, 1}, {1, nan}}}}, Axis::logarithmic),
            "There are no points."));
  const auto svg = draw_lines("", "", "", {{"a", {{nan, 1}, {2, 7}}}});
  CHECK(is_well_formed(svg));
  CHECK(has(svg, "<circle"));
}

TEST_CASE("chart: names of many lines don't meet") {
  std::vector<Line> lines;
  lines.reserve(60);
  for (int i = 0; i < 60; ++i) lines.push_back({fmt::format("line {}", i), {{0, 0}, {1, 5}}});
  const auto svg = draw_lines("", "", "", lines);
  std::set<std::string> heights;
  static const std::regex name("<text x=\"[^\"]+\" y=\"([^\"]+)\"[^>]*>line ");
  std::size_t names = 0;
  for (std::sregex_iterator at(svg.begin(), svg.end(), name), end; at != end; ++at, ++names)
    heights.insert((*at)[1]);
  CHECK(names > 20);
  CHECK(heights.size() == names);
}

}  // namespace
}  // namespace mf::planning_files::drawing_test
