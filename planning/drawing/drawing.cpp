#include "planning/drawing/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planning/drawing/drawing_parts.hpp"
#include "planning/files/clock.hpp"

namespace mf::planning_files {

using planning::Plan;
using planning::Problem;
using planning::Seconds;
using planning::Term;
using svg::Box;

namespace {

constexpr double picture_width = 1200, margin = 24, legend_width = 330, header_height = 74;

/// A matrix doesn't say what its places are. Those of a city lie close together.
bool looks_like_degrees(const Problem& problem) {
  if (problem.places.empty()) return false;
  const auto [south, north] = std::ranges::minmax(problem.places, {}, &planning::Place::latitude);
  const auto [west, east] = std::ranges::minmax(problem.places, {}, &planning::Place::longitude);
  return std::abs(south.latitude) <= 85 && std::abs(north.latitude) <= 85 &&
         north.latitude - south.latitude < 5 && east.longitude - west.longitude < 5;
}

std::string heading(const Picture& picture) {
  const auto& plan = picture.plan;
  const auto served = picture.problem.visits.size() - plan.unserved.size();
  auto subtitle = fmt::format("{} of {} visits, {} routes", served, picture.problem.visits.size(),
                              plan.routes.size());
  for (const auto term : {Term::unserved, Term::lateness, Term::overtime, Term::distance,
                          Term::travel, Term::working_time})
    if (plan.score[term] != 0) {
      auto name = std::string(to_string(term));
      std::ranges::replace(name, '_', ' ');
      subtitle += fmt::format("  ·  {} {}", name, picture.value(term));
    }
  const auto& name = picture.problem.name;
  return svg::text(margin, margin + 18, 22, "ink bold",
                   svg::shortened(name.empty() ? "Plan" : name, 70)) +
         svg::text(margin, margin + 40, 13, "soft", subtitle);
}

}  // namespace

Picture::Picture(const Problem& problem_, const Plan& plan_)
    : problem(problem_), plan(plan_), begin(clock_at_begin(problem_)) {
  constexpr Seconds hour = 3600;
  for (const auto& route : plan.routes) drivers.push_back(route.technician);
  std::ranges::sort(drivers);
  drivers.erase(std::ranges::unique(drivers).begin(), drivers.end());
  rank.assign(problem.technicians.size(), drivers.size());
  for (std::size_t i = 0; i < drivers.size(); ++i) rank[drivers[i]] = i;

  const bool is_matrix = std::holds_alternative<planning::MatrixTravel>(problem.travel);
  const bool is_circle = std::holds_alternative<planning::GreatCircleTravel>(problem.travel);
  is_on_earth = is_circle || (is_matrix && looks_like_degrees(problem));
  const bool is_long =
      std::ranges::any_of(plan.routes, [](const auto& r) { return r.end > 2 * hour; });
  has_clock = is_circle || (is_matrix && is_long);
}

std::string Picture::moment(Seconds time) const {
  if (!has_clock) return svg::number(time);
  auto text = format_clock(std::round((time + begin) / 60) * 60);
  text.resize(text.size() - 3);  // the seconds
  return text;
}

std::string Picture::length(Seconds time) const {
  if (!has_clock) return svg::number(time, 2);
  const auto minutes = std::llround(time / 60);
  if (time < 60) return svg::number(time, 0) + " s";
  if (minutes < 60) return fmt::format("{} min", minutes);
  return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
}

std::string Picture::value(Term term) const {
  const auto value = plan.score[term];
  switch (term) {
    case Term::unserved:
    case Term::vehicles:
    case Term::unfairness: return svg::number(value, 2);
    case Term::distance:
      return has_clock ? svg::number(value / 1000, 1) + " km" : svg::number(value, 2);
    default: return length(value);
  }
}

std::string draw_svg(const Problem& problem, const Plan& plan) {
  const Picture picture(problem, plan);
  const double inner = picture_width - 2 * margin;
  Box map{margin, header_height, inner - legend_width - margin / 2, 0};
  map.height = std::max(map_height(picture, map.width), legend_height(picture));
  const Box legend{map.x + map.width + margin / 2, map.y, legend_width, map.height};
  const Box strips{margin, map.y + map.height + margin, inner, strips_height(picture)};
  return svg::document(picture_width, strips.y + strips.height + margin,
                       problem.name.empty() ? "Plan" : problem.name,
                       heading(picture) + draw_map(picture, map) + draw_legend(picture, legend) +
                           draw_strips(picture, strips));
}

}  // namespace mf::planning_files
