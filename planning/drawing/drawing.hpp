#pragma once
// Pictures of plans, as SVG that stands alone: no scripts, no fonts, no files beside it. It follows
// the reader's preference for light or dark.
#include <string>
#include <string_view>
#include <vector>

#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning_files {

/// A map of the routes, what the plan is worth, and below them a strip per technician with work,
/// waiting, rests and windows over time. Needs a valid problem and a plan of it. Where places have
/// no coordinates there is no map. Above 60 technicians the strips are thin and without names.
[[nodiscard]] std::string draw_svg(const planning::Problem& problem, const planning::Plan& plan);

/// The plan without times, a line per route: "Route 1 (t3): 81 78 R(0) 76". read_routes() reads it
/// again where ids have no blanks.
[[nodiscard]] std::string route_lists(const planning::Problem& problem, const planning::Plan& plan);

/// Points joined in their order. Those that aren't finite, or not above 0 on a logarithmic axis,
/// are left out.
struct Line {
  struct Point {
    double x = 0, y = 0;
  };
  std::string name;
  std::vector<Point> points;
};
enum class Axis { linear, logarithmic };

/// A chart of lines, each named at its end: how a value changes with time or size.
[[nodiscard]] std::string draw_lines(std::string_view title, std::string_view x_label,
                                     std::string_view y_label, const std::vector<Line>& lines,
                                     Axis x_axis = Axis::linear);

}  // namespace mf::planning_files
