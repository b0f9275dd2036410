#pragma once
// What draw_svg() puts together.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "planning/drawing/svg.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning_files {

/// What all parts of a picture agree on. Refers to problem and plan.
struct Picture {
  Picture(const planning::Problem& problem, const planning::Plan& plan);

  const planning::Problem& problem;
  const planning::Plan& plan;
  std::vector<std::size_t> drivers;  ///< technicians with a route, ascending
  std::vector<std::size_t> rank;     ///< per technician: its place in `drivers`, or their number
  bool is_on_earth = false;          ///< places are degrees
  bool has_clock = false;            ///< times are of a day, not units of a published instance
  planning::Seconds begin = 0;       ///< what the clock shows when the horizon begins

  [[nodiscard]] std::string moment(planning::Seconds time) const;  ///< "08:15" or "61.5"
  [[nodiscard]] std::string length(planning::Seconds time) const;  ///< "1 h 05 min" or "61.5"
  /// Value of a term with its unit.
  [[nodiscard]] std::string value(planning::Term term) const;
};

/// Where the plan goes; says so when places have no coordinates.
[[nodiscard]] std::string draw_map(const Picture& picture, const svg::Box& box);
/// How high a map of that width should be.
[[nodiscard]] double map_height(const Picture& picture, double width);

/// What the plan is worth, and what the signs mean.
[[nodiscard]] std::string draw_legend(const Picture& picture, const svg::Box& box);
[[nodiscard]] double legend_height(const Picture& picture);

/// A strip per driver over time; `box.height` is strips_height().
[[nodiscard]] std::string draw_strips(const Picture& picture, const svg::Box& box);
[[nodiscard]] double strips_height(const Picture& picture);

}  // namespace mf::planning_files
