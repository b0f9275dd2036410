#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planning/drawing/drawing_parts.hpp"

namespace mf::planning_files {

using planning::Route;
using planning::Seconds;
using planning::Stop;
using planning::StopKind;
using planning::Window;
using svg::Box;
using svg::number;

namespace {

constexpr double axis_height = 26, names_width = 112, lane_height = 4;
constexpr double rows_seen_at_once = 500;  // above it the axis is repeated below

/// Strips get thinner the more there are.
struct StripSizes {
  explicit StripSizes(std::size_t strips)
      : row(strips <= 30    ? 36
            : strips <= 60  ? 28
            : strips <= 150 ? 9
                            : 6),
        block(strips <= 30   ? 18
              : strips <= 60 ? 14
                             : row - 3),
        has_names(strips <= 60),
        lanes(strips <= 30   ? 3
              : strips <= 60 ? 2
                             : 0) {}
  double row, block;
  bool has_names;
  std::size_t lanes;  ///< for windows, below the blocks
};

struct TimeTick {
  Seconds at;
  std::string label;
};

/// Full hours where there is a clock; at midnight the day.
std::vector<TimeTick> clock_ticks(const Picture& picture, Seconds from, Seconds to) {
  constexpr Seconds steps[] = {60,    300,   600,   900,   1800,   3600,   7200,
                               14400, 21600, 43200, 86400, 172800, 604800, 2592000};
  constexpr Seconds day = 86'400;
  const auto* step = std::ranges::find_if(steps, [&](Seconds s) { return (to - from) / s <= 13; });
  if (step == std::end(steps)) return {};
  std::vector<TimeTick> ticks;
  const auto begin = picture.begin;
  for (auto i = std::ceil((from + begin) / *step); i * *step <= to + begin && ticks.size() < 20;
       ++i) {
    const Seconds clock = i * *step;
    const bool is_midnight = std::fmod(clock, day) == 0 && (to + begin > day || clock != 0);
    auto label = is_midnight ? fmt::format("day {}", number(clock / day + 1, 0))
                             : picture.moment(clock - begin);
    if (const auto blank = label.rfind(' '); !is_midnight && blank != label.npos)
      label = label.substr(blank + 1);
    ticks.push_back({clock - begin, std::move(label)});
  }
  return ticks;
}

class Strips {
 public:
  Strips(const Picture& picture, const Box& box)
      : picture_(picture),
        problem_(picture.problem),
        size_(picture.drivers.size()),
        left_(box.x + (size_.has_names ? names_width : 0)),
        right_(box.x + box.width),
        top_(box.y + axis_height),
        bottom_(top_ + size_.row * static_cast<double>(picture.drivers.size())) {
    from_ = 1e300, to_ = -1e300;
    for (const auto& route : picture.plan.routes) {
      from_ = std::min(from_, route.departure);
      to_ = std::max(to_, route.end);
      for (const auto& stop : route.stops) from_ = std::min(from_, stop.arrival);
    }
    const auto pad = std::max(1e-6, (to_ - from_) * 0.012);
    from_ -= pad;
    to_ += pad;
    name_size_ = size_for_names();
  }

  std::string draw() const {
    if (picture_.drivers.empty())
      return svg::text(left_, top_, 13, "soft", "Nobody is on the road.");
    std::string out = bands() + axis();
    for (const auto& route : picture_.plan.routes) out += strip(route);
    if (!size_.has_names) return out;
    for (std::size_t i = 0; i < picture_.drivers.size(); ++i) out += name(i);
    return out;
  }

 private:
  [[nodiscard]] double x(Seconds time) const {
    return left_ + (std::clamp(time, from_, to_) - from_) / (to_ - from_) * (right_ - left_);
  }
  [[nodiscard]] double row_top(std::size_t technician) const {
    return top_ + size_.row * static_cast<double>(picture_.rank[technician]);
  }
  /// One size for all blocks' names, so that nothing looks more important: nine of ten fit.
  [[nodiscard]] double size_for_names() const {
    std::size_t blocks = 0;
    constexpr double sizes[] = {11, 9, 7.5};
    std::size_t fit[std::size(sizes)]{};
    for (const auto& route : picture_.plan.routes)
      for (const auto& stop : route.stops) {
        if (stop.kind != StopKind::visit) continue;
        ++blocks;
        for (std::size_t i = 0; i < std::size(sizes); ++i)
          fit[i] += fits(problem_.visits[stop.which].id, sizes[i], x(stop.end) - x(stop.start));
      }
    for (std::size_t i = 0; i < std::size(sizes); ++i)
      if (fit[i] * 10 >= blocks * 9) return sizes[i];
    return sizes[2];
  }
  [[nodiscard]] static bool fits(std::string_view name, double size, double width) {
    return svg::text_width(name, size) + 2 <= width;
  }

  /// Top of the blocks, below a margin.
  [[nodiscard]] double block_top(std::size_t technician) const {
    return row_top(technician) + (size_.has_names ? 4 : 1.5);
  }

  /// The shifts' hours, behind everything.
  std::string bands() const {
    std::string out;
    for (const auto technician : picture_.drivers)
      for (const auto& shift : problem_.technicians[technician].shifts) {
        if (shift.hours.to < shift.hours.from || shift.hours.to < from_ || shift.hours.from > to_)
          continue;
        const double left = x(shift.hours.from), gap = size_.has_names ? 1.5 : 0.5;
        out += svg::rectangle(
            {left, row_top(technician) + gap, x(shift.hours.to) - left, size_.row - 2 * gap},
            "band", size_.has_names ? 3 : 0);
      }
    return out;
  }

  std::string axis() const {
    std::vector<TimeTick> ticks;
    if (picture_.has_clock) ticks = clock_ticks(picture_, from_, to_);
    else
      for (const auto at : svg::ticks(from_, to_, 12)) ticks.push_back({at, number(at, 3)});
    std::string out;
    const bool twice = bottom_ - top_ > rows_seen_at_once;
    for (const auto& [at, label] : ticks) {
      out += svg::line(x(at), top_ - 6, x(at), bottom_ + (twice ? 6 : 0), "grid");
      out += svg::text(x(at), top_ - 10, 11, "soft middle", label);
      if (twice) out += svg::text(x(at), bottom_ + 18, 11, "soft middle", label);
    }
    return out;
  }

  std::string name(std::size_t rank) const {
    const auto technician = picture_.drivers[rank];
    std::size_t visits = 0;
    for (const auto& route : picture_.plan.routes)
      if (route.technician == technician)
        visits +=
            static_cast<std::size_t>(std::ranges::count(route.stops, StopKind::visit, &Stop::kind));
    const double x = left_ - names_width, y = block_top(technician);
    const bool is_tall = size_.row > 30;
    return svg::rectangle({x, y + 1, 4, size_.row - 10}, "solid " + svg::colour(rank), 2) +
           svg::text(x + 11, y + 11, 12, "ink bold",
                     svg::shortened(problem_.technicians[technician].id, 13)) +
           (is_tall ? svg::text(x + 11, y + 24, 10, "soft",
                                fmt::format("{} visit{}", visits, visits == 1 ? "" : "s"))
                    : std::string());
  }

  std::string strip(const Route& route) const {
    const auto& who = problem_.technicians[route.technician];
    auto out = fmt::format("<g class=\"{}\">\n", svg::colour(picture_.rank[route.technician]));
    std::size_t place = who.start;
    Seconds free = route.departure;  // since when the road may be taken
    for (const auto& stop : route.stops) {
      if (stop.kind == StopKind::rest) continue;
      const auto next = stop.kind == StopKind::visit ? problem_.visits[stop.which].place
                                                     : problem_.depots[stop.which].place;
      out += road(route, free, stop.arrival, place, next);
      out += waiting(route, stop);
      place = next;
      free = stop.end;
    }
    if (who.end) out += road(route, free, route.end, place, *who.end);
    for (const auto& stop : route.stops) out += block(route, stop);
    out += windows(route) + overtime(route);
    return out + "</g>\n";
  }

  std::string road(const Route& route, Seconds free, Seconds arrival, std::size_t from,
                   std::size_t to) const {
    const auto leg = planning::leg(problem_.travel, from, to);
    const auto left = std::max(free, problem_.profile.departure(arrival, leg.time));
    if (!(arrival > left)) return {};
    const double y = block_top(route.technician) + size_.block / 2;
    return svg::line(x(left), y, x(arrival), y, size_.has_names ? "stroke route" : "stroke hair");
  }

  std::string waiting(const Route& route, const Stop& stop) const {
    const double width = x(stop.start) - x(stop.arrival);
    if (width < 0.3) return {};
    const double inset = size_.has_names ? 3 : 1;
    return fmt::format("<g fill=\"url(#waiting)\">{}</g>",
                       svg::rectangle({x(stop.arrival), block_top(route.technician) + inset, width,
                                       size_.block - 2 * inset},
                                      "wait"));
  }

  std::string block(const Route& route, const Stop& stop) const {
    const double y = block_top(route.technician), left = x(stop.start);
    const Box box{left, y, std::max(1.2, x(stop.end) - left), size_.block};
    if (stop.kind == StopKind::rest) return titled(svg::rectangle(box, "rest", 2), "rest", stop);
    const double radius = size_.has_names ? 2 : 0;
    if (stop.kind == StopKind::restock)
      return titled(svg::rectangle(box, "depot", radius), problem_.depots[stop.which].id, stop) +
             block_name(box, problem_.depots[stop.which].id);
    const auto& visit = problem_.visits[stop.which];
    auto out =
        titled(svg::rectangle(box, size_.has_names ? "tint" : "solid", radius), visit.id, stop);
    if (visit.due && stop.end > *visit.due + 1e-6)
      out += svg::line(left, y + size_.block, left + box.width, y + size_.block, "stroke overrun");
    return out + block_name(box, visit.id);
  }

  std::string titled(std::string_view shape, std::string_view id, const Stop& stop) const {
    if (!size_.has_names) return std::string(shape);
    return fmt::format("<g><title>{}: {} – {}</title>{}</g>\n", svg::escaped(id),
                       picture_.moment(stop.start), picture_.moment(stop.end), shape);
  }

  /// Where it fits.
  std::string block_name(const Box& box, std::string_view id) const {
    if (!size_.has_names) return {};
    if (fits(id, name_size_, box.width))
      return svg::text(box.x + box.width / 2, box.y + box.height / 2 + name_size_ * 0.36,
                       name_size_, "ink middle", id);
    return {};
  }

  /// The window in which each visit begins, in as many lanes as there are; one that spans the whole
  /// picture says nothing.
  std::string windows(const Route& route) const {
    std::vector<double> lane_ends(size_.lanes, -1e300);
    std::vector<std::pair<Window, Seconds>> shown;
    for (const auto& stop : route.stops)
      if (const auto* window = window_of(stop);
          window && !(window->from <= from_ && window->to >= to_))
        shown.emplace_back(*window, stop.start);
    std::ranges::sort(shown, {}, [](const auto& w) { return w.first.from; });
    std::string out;
    for (const auto& [window, start] : shown) {
      const auto lane =
          std::ranges::find_if(lane_ends, [&](double end) { return end + 3 <= x(window.from); });
      if (lane == lane_ends.end()) continue;
      *lane = x(window.to);
      const double y = block_top(route.technician) + size_.block + 3.5 +
                       lane_height * static_cast<double>(lane - lane_ends.begin());
      out += bracket(window, start, y);
    }
    return out;
  }

  const Window* window_of(const Stop& stop) const {
    if (stop.kind != StopKind::visit) return nullptr;
    const auto& windows = problem_.visits[stop.which].windows;
    const auto found = std::ranges::find_if(windows, [&](const Window& w) {
      return w.from <= stop.start + 1e-6 && stop.start <= w.to + 1e-6;
    });
    return found != windows.end() ? &*found : windows.empty() ? nullptr : &windows.front();
  }

  std::string bracket(const Window& window, Seconds start, double y) const {
    const double left = x(window.from), right = x(window.to);
    std::string path = fmt::format("M{} {}H{}", number(left), number(y), number(right));
    if (window.from >= from_) path += fmt::format("M{} {}v3", number(left), number(y - 1.5));
    if (window.to <= to_) path += fmt::format("M{} {}v3", number(right), number(y - 1.5));
    return fmt::format(
        "<path d=\"{}\" class=\"stroke window\"/><circle cx=\"{}\" cy=\"{}\" "
        "r=\"1.5\" class=\"solid\"/>\n",
        path, number(x(start)), number(y));
  }

  std::string overtime(const Route& route) const {
    const auto& hours = problem_.technicians[route.technician].shifts[route.shift].hours;
    if (route.end <= hours.to + 1e-6) return {};
    const double y = block_top(route.technician) - 1;
    return svg::line(x(hours.to), y, x(route.end), y, "stroke overrun");
  }

  const Picture& picture_;
  const planning::Problem& problem_;
  StripSizes size_;
  double left_, right_, top_, bottom_;
  Seconds from_, to_;
  double name_size_ = 0;
};

}  // namespace

double strips_height(const Picture& picture) {
  const auto strips = std::max<std::size_t>(1, picture.drivers.size());
  const double rows = StripSizes(strips).row * static_cast<double>(strips);
  return axis_height + rows + (rows > rows_seen_at_once ? axis_height : 0);
}

std::string draw_strips(const Picture& picture, const Box& box) {
  return Strips(picture, box).draw();
}

}  // namespace mf::planning_files
