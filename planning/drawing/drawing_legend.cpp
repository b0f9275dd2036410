#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "planning/drawing/drawing_parts.hpp"

namespace mf::planning_files {

using planning::Term;
using svg::Box;

namespace {

constexpr double inset = 18, row_height = 19, key_height = 20, heading_height = 30,
                 unserved_height = 15;

struct LegendRow {
  std::string name, value;
};

std::vector<LegendRow> legend_rows(const Picture& picture) {
  const auto& plan = picture.plan;
  const auto visits = picture.problem.visits.size();
  std::vector<LegendRow> rows{
      {"visits served", fmt::format("{} of {}", visits - plan.unserved.size(), visits)},
      {"technicians on the road",
       fmt::format("{} of {}", picture.drivers.size(), picture.problem.technicians.size())},
      {"routes", fmt::to_string(plan.routes.size())}};
  for (std::size_t i = 0; i < planning::term_count; ++i) {
    const auto term = static_cast<Term>(i);
    if (plan.score[term] == 0 || term == Term::vehicles) continue;
    auto name = std::string(to_string(term));
    std::ranges::replace(name, '_', ' ');
    rows.push_back({term == Term::unserved ? "unserved value" : name, picture.value(term)});
  }
  return rows;
}

/// A sign around (x, y), 30 wide, and what it means.
struct KeyEntry {
  std::string_view meaning;
  std::string (*draw)(double x, double y);
};

std::string path_at(double x, double y, std::string_view shape, std::string_view attributes) {
  return fmt::format("<path d=\"{}\" transform=\"translate({} {})\" {}/>\n", shape, svg::number(x),
                     svg::number(y), attributes);
}

const KeyEntry key_entries[] = {
    {"home, or a common depot",
     [](double x, double y) { return svg::rectangle({x - 5, y - 5, 10, 10}, "home", 1); }},
    {"home of somebody not needed",
     [](double x, double y) { return svg::rectangle({x - 3.5, y - 3.5, 7, 7}, "idle", 1); }},
    {"depot to load again",
     [](double x, double y) {
       return path_at(x, y, "M0-8L8 0L0 8L-8 0Z", "stroke-width=\"1.8\" class=\"depot\"");
     }},
    {"visit nobody makes",
     [](double x, double y) {
       return path_at(x, y, "M-6-3L-3-6L0-3L3-6L6-3L3 0L6 3L3 6L0 3L-3 6L-6 3L-3 0Z",
                      "class=\"missing\"");
     }},
    {"work",
     [](double x, double y) { return svg::rectangle({x - 14, y - 6, 28, 12}, "tint c0", 2); }},
    {"on the road",
     [](double x, double y) { return svg::line(x - 14, y, x + 14, y, "stroke route c0"); }},
    {"waiting for the window to open",
     [](double x, double y) {
       return fmt::format("<g fill=\"url(#waiting)\">{}</g>",
                          svg::rectangle({x - 14, y - 5, 28, 10}, "wait"));
     }},
    {"rest", [](double x, double y) { return svg::rectangle({x - 14, y - 5, 28, 10}, "rest", 2); }},
    {"window, and when work begins",
     [](double x, double y) {
       return path_at(x, y, "M-14-3V3M-14 0H14M14-3V3", "class=\"stroke window c0\"") +
              fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"1.9\" class=\"solid c0\"/>\n",
                          svg::number(x - 4), svg::number(y));
     }},
    {"late, or beyond the shift's hours",
     [](double x, double y) { return svg::line(x - 14, y, x + 14, y, "stroke overrun"); }},
};

/// Signs that don't occur need no explanation.
bool occurs(const KeyEntry& entry, const Picture& picture) {
  const auto& problem = picture.problem;
  const auto has_stop = [&](auto&& test) {
    return std::ranges::any_of(picture.plan.routes, [&](const planning::Route& route) {
      return std::ranges::any_of(route.stops, test);
    });
  };
  if (entry.meaning.starts_with("home of"))
    return picture.drivers.size() < problem.technicians.size() &&
           std::ranges::any_of(
               problem.technicians,
               [&](const auto& who) { return who.start != problem.technicians[0].start; });
  if (entry.meaning.starts_with("depot")) return !problem.depots.empty();
  if (entry.meaning.starts_with("visit")) return !picture.plan.unserved.empty();
  if (entry.meaning.starts_with("waiting"))
    return has_stop([](const planning::Stop& s) { return s.start > s.arrival; });
  if (entry.meaning.starts_with("window")) return picture.drivers.size() <= 60;
  if (entry.meaning == "rest")
    return has_stop([](const planning::Stop& s) { return s.kind == planning::StopKind::rest; });
  if (entry.meaning.starts_with("late"))
    return picture.plan.score[Term::lateness] + picture.plan.score[Term::overtime] > 0;
  return true;
}

/// The visits nobody makes, as far as there is room.
std::vector<std::string> unserved_lines(const Picture& picture, double room) {
  constexpr std::size_t width = 42;
  const auto lines_max = static_cast<std::size_t>(std::max(0.0, room / unserved_height));
  const auto& unserved = picture.plan.unserved;
  std::vector<std::string> lines;
  if (unserved.empty() || lines_max < 2) return lines;
  lines.emplace_back("not made:");
  for (std::size_t i = 0; i < unserved.size(); ++i) {
    const auto id = svg::shortened(picture.problem.visits[unserved[i]].id, 20);
    if (characters(lines.back()) + characters(id) >= width) {
      if (lines.size() + 1 >= lines_max) {
        lines.push_back(fmt::format("and {} more", unserved.size() - i));
        break;
      }
      lines.emplace_back();
    }
    lines.back() += (lines.back().empty() ? "" : " ") + id;
  }
  return lines;
}

}  // namespace

double legend_height(const Picture& picture) {
  return 2 * inset + static_cast<double>(legend_rows(picture).size()) * row_height +
         2 * heading_height + static_cast<double>(std::size(key_entries)) * key_height;
}

std::string draw_legend(const Picture& picture, const Box& box) {
  auto out = svg::rectangle(box, "panel", 6);
  double y = box.y + inset + 8;
  for (const auto& [name, value] : legend_rows(picture)) {
    out += svg::text(box.x + inset, y, 12.5, "soft", name) +
           svg::text(box.x + box.width - inset, y, 12.5, "ink right", value);
    y += row_height;
  }
  y += 2;
  out += svg::line(box.x + inset, y - 8, box.x + box.width - inset, y - 8, "grid");
  y += 12;
  for (const auto& entry : key_entries) {
    if (!occurs(entry, picture)) continue;
    out += entry.draw(box.x + inset + 15, y) +
           svg::text(box.x + inset + 42, y + 4, 12, "soft", entry.meaning);
    y += key_height;
  }
  y += 14;
  for (const auto& line : unserved_lines(picture, box.y + box.height - y)) {
    out += svg::text(box.x + inset, y, 11, "late", line);
    y += unserved_height;
  }
  return out;
}

}  // namespace mf::planning_files
