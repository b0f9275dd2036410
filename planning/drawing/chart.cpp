#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planning/drawing/drawing.hpp"
#include "planning/drawing/svg.hpp"

namespace mf::planning_files {
namespace {

constexpr double chart_width = 960, chart_height = 520;
constexpr svg::Box plot{76, 64, 680, 392};
constexpr double name_size = 12, name_gap = 15;

struct Range {
  double from = 1e300, to = -1e300;
  void include(double value) {
    from = std::min(from, value);
    to = std::max(to, value);
  }
  [[nodiscard]] bool is_empty() const { return from > to; }
};

class Chart {
 public:
  Chart(const std::vector<Line>& lines, Axis x_axis) : is_log_(x_axis == Axis::logarithmic) {
    for (const auto& line : lines) {
      auto& kept = lines_.emplace_back(Line{line.name, {}});
      for (const auto& p : line.points)
        if (std::isfinite(p.x) && std::isfinite(p.y) && (!is_log_ || p.x > 0)) {
          kept.points.push_back(p);
          x_.include(p.x);
          y_.include(p.y);
        }
    }
    widen();
  }

  std::string draw() const {
    if (x_.is_empty())
      return svg::text(plot.x + plot.width / 2, plot.y + plot.height / 2, 13, "soft middle",
                       "There are no points.");
    std::string out = grid();
    for (std::size_t i = 0; i < lines_.size(); ++i) out += line(i);
    return out + names();
  }

 private:
  /// A range without length has no scale; values that begin near 0 are compared with 0.
  void widen() {
    if (x_.is_empty()) return;
    if (x_.from == x_.to)
      x_ = is_log_ ? Range{x_.from / 2, x_.to * 2} : Range{x_.from - 1, x_.to + 1};
    if (y_.from >= 0 && y_.from <= y_.to / 2) y_.from = 0;
    if (y_.from == y_.to) y_ = {y_.from - 1, y_.to + 1};
    const double pad = (y_.to - y_.from) * 0.05;
    y_ = {y_.from == 0 ? 0 : y_.from - pad, y_.to + pad};
  }

  [[nodiscard]] double x(double value) const {
    const auto scaled = [&](double v) { return is_log_ ? std::log10(v) : v; };
    return plot.x +
           (scaled(value) - scaled(x_.from)) / (scaled(x_.to) - scaled(x_.from)) * plot.width;
  }
  [[nodiscard]] double y(double value) const {
    return plot.y + plot.height - (value - y_.from) / (y_.to - y_.from) * plot.height;
  }

  /// 1, 2, 5, 10 …, over many decades only the powers of ten.
  std::vector<double> x_ticks() const {
    if (!is_log_) return svg::ticks(x_.from, x_.to, 8);
    std::vector<double> ticks;
    const bool is_wide = x_.to / x_.from > 3000;
    const auto first = static_cast<int>(std::floor(std::log10(x_.from))),
               last = static_cast<int>(std::ceil(std::log10(x_.to)));
    const auto step = std::max(1, (last - first + 11) / 12);
    for (int power = first; power <= last; power += step)
      for (const double factor : {1.0, 2.0, 5.0})
        if (const double at = factor * std::pow(10, power);
            (factor == 1 || !is_wide) && at >= x_.from * (1 - 1e-9) && at <= x_.to * (1 + 1e-9))
          ticks.push_back(at);
    return ticks;
  }

  std::string grid() const {
    std::string out;
    const double right = plot.x + plot.width, bottom = plot.y + plot.height;
    for (const auto at : x_ticks())
      out += svg::line(x(at), plot.y, x(at), bottom, "grid") +
             svg::text(x(at), bottom + 18, 11, "soft middle", fmt::format("{:.6g}", at));
    for (const auto at : svg::ticks(y_.from, y_.to, 7))
      out += svg::line(plot.x, y(at), right, y(at), "grid") +
             svg::text(plot.x - 8, y(at) + 4, 11, "soft right",
                       fmt::format("{:.6g}", std::abs(at) < (y_.to - y_.from) * 1e-9 ? 0 : at));
    return out;
  }

  std::string line(std::size_t i) const {
    std::string path;
    const auto& points = lines_[i].points;
    for (const auto& p : points)
      path += fmt::format("{}{} {}", path.empty() ? "M" : "L", svg::number(x(p.x)),
                          svg::number(y(p.y)));
    if (points.size() == 1)
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"3\" class=\"solid {}\"/>\n",
                         svg::number(x(points[0].x)), svg::number(y(points[0].y)), svg::colour(i));
    return fmt::format("<path d=\"{}\" class=\"stroke route {}\"{}/>\n", path, svg::colour(i),
                       svg::dashes(i));
  }

  /// Each at the height where its line ends, moved apart where two would meet.
  std::string names() const {
    struct Name {
      std::size_t line;
      double end, y;
    };
    std::vector<Name> names;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (const auto& points = lines_[i].points; !points.empty())
        names.push_back({i, y(points.back().y), y(points.back().y)});
    std::ranges::stable_sort(names, {}, &Name::end);
    for (std::size_t i = 1; i < names.size(); ++i)
      names[i].y = std::max(names[i].y, names[i - 1].y + name_gap);
    double floor = plot.y + plot.height;
    for (auto i = names.size(); i-- > 0; floor = names[i].y - name_gap)
      names[i].y = std::min(names[i].y, floor);
    std::string out;
    const double right = plot.x + plot.width;
    for (const auto& [i, end, y] : names) {
      if (y < plot.y - name_gap) continue;  // more lines than there is room for names
      const double last = x(lines_[i].points.back().x);
      out +=
          fmt::format("<path d=\"M{} {}L{} {}L{} {}\" class=\"stroke faint {}\"/>\n",
                      svg::number(last), svg::number(end), svg::number(std::max(last, right)),
                      svg::number(end), svg::number(right + 10), svg::number(y), svg::colour(i)) +
          // Where many lines end in one point, only a piece of the line tells whose name it is.
          fmt::format("<path d=\"M{} {}h14\" class=\"stroke route {}\"{}/>\n",
                      svg::number(right + 10), svg::number(y), svg::colour(i), svg::dashes(i)) +
          svg::text(right + 30, y + 4, name_size, "ink", svg::shortened(lines_[i].name, 24));
    }
    return out;
  }

  bool is_log_;
  std::vector<Line> lines_;
  Range x_, y_;
};

}  // namespace

std::string draw_lines(std::string_view title, std::string_view x_label, std::string_view y_label,
                       const std::vector<Line>& lines, Axis x_axis) {
  auto body = svg::rectangle(plot, "panel") + Chart(lines, x_axis).draw();
  body += svg::text(24, 36, 18, "ink bold", svg::shortened(title, 90));
  body +=
      svg::text(plot.x + plot.width / 2, plot.y + plot.height + 42, 12.5, "soft middle", x_label);
  body += svg::text(plot.x - 8, plot.y - 10, 12.5, "soft", y_label);
  return svg::document(chart_width, chart_height, title, body);
}

}  // namespace mf::planning_files
