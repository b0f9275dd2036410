#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <set>

#include "planning/drawing/drawing_parts.hpp"

namespace mf::planning_files {

using planning::StopKind;
using svg::Box;
using svg::number;

namespace {

struct Pixel {
  double x = 0, y = 0;
};

/// From places to the map: equal scales, north above.
class Projection {
 public:
  explicit Projection(const Picture& picture) : places_(picture.problem.places) {
    for (const auto& who : picture.problem.technicians) {
      include(who.start);
      if (who.end) include(*who.end);
    }
    for (const auto& visit : picture.problem.visits) include(visit.place);
    for (const auto& depot : picture.problem.depots) include(depot.place);
    if (picture.is_on_earth) shrink_ = std::cos((south_ + north_) / 2 * std::numbers::pi / 180);
  }

  [[nodiscard]] bool is_flat() const { return !(east_ > west_ || north_ > south_); }
  /// Height by width.
  [[nodiscard]] double aspect() const {
    return (north_ - south_) / std::max(1e-9, (east_ - west_) * shrink_);
  }
  void fit(const Box& box) {
    scale_ = std::min(box.width / std::max(1e-9, (east_ - west_) * shrink_),
                      box.height / std::max(1e-9, north_ - south_));
    centre_ = {box.x + box.width / 2, box.y + box.height / 2};
  }
  [[nodiscard]] Pixel operator()(std::size_t place) const {
    const auto& p = places_[place];
    return {centre_.x + (p.longitude - (west_ + east_) / 2) * shrink_ * scale_,
            centre_.y - (p.latitude - (south_ + north_) / 2) * scale_};
  }

 private:
  void include(std::size_t place) {
    const auto& p = places_[place];
    west_ = std::min(west_, p.longitude);
    east_ = std::max(east_, p.longitude);
    south_ = std::min(south_, p.latitude);
    north_ = std::max(north_, p.latitude);
  }

  const std::vector<planning::Place>& places_;
  double west_ = 1e300, east_ = -1e300, south_ = 1e300, north_ = -1e300, shrink_ = 1, scale_ = 1;
  Pixel centre_;
};

std::string joined(const std::vector<Pixel>& points, std::string_view attributes) {
  std::string path;
  for (const auto& p : points)
    path += fmt::format("{}{} {}", path.empty() ? "M" : "L", number(p.x), number(p.y));
  return fmt::format("<path d=\"{}\"{}/>\n", path, attributes);
}

/// Keeps labels off each other and off the signs they belong to.
class Labels {
 public:
  explicit Labels(const Box& box) : box_(box) {}

  void keep_free(const Pixel& p, double radius) {
    taken_.push_back({p.x - radius, p.y - radius, 2 * radius, 2 * radius});
  }
  /// Beside, above or below the point; nothing where there is no room.
  std::string place(const Pixel& p, double gap, double size, std::string_view classes,
                    const std::string& text) {
    const double width = svg::text_width(text, size);
    const Box choices[] = {{p.x + gap, p.y - size / 2, width, size},
                           {p.x - gap - width, p.y - size / 2, width, size},
                           {p.x - width / 2, p.y - gap - size, width, size},
                           {p.x - width / 2, p.y + gap, width, size}};
    for (const auto& choice : choices) {
      if (!is_free(choice)) continue;
      taken_.push_back(choice);
      return svg::text(choice.x + width / 2, choice.y + size * 0.85, size,
                       fmt::format("{} middle halo", classes), text);
    }
    return {};
  }

 private:
  bool is_free(const Box& b) const {
    if (b.x < box_.x || b.y < box_.y || b.x + b.width > box_.x + box_.width ||
        b.y + b.height > box_.y + box_.height)
      return false;
    return std::ranges::none_of(taken_, [&](const Box& t) {
      return b.x < t.x + t.width && t.x < b.x + b.width && b.y < t.y + t.height &&
             t.y < b.y + b.height;
    });
  }

  Box box_;
  std::vector<Box> taken_;
};

class Map {
 public:
  Map(const Picture& picture, const Box& box)
      : picture_(picture), problem_(picture.problem), box_(box), at_(picture) {
    constexpr double padding = 28;
    at_.fit({box.x + padding, box.y + padding, box.width - 2 * padding, box.height - 2 * padding});
    const auto visits = problem_.visits.size();
    radius_ = visits <= 60 ? 4.5 : visits <= 200 ? 3.4 : visits <= 500 ? 2.6 : 2;
    has_details_ = picture.drivers.size() <= 60 && visits <= 400;
  }

  std::string draw() const {
    if (at_.is_flat())
      return svg::text(box_.x + box_.width / 2, box_.y + box_.height / 2, 13, "soft middle",
                       "The places have no coordinates: there is no map.");
    std::string out;
    for (const auto& route : picture_.plan.routes) out += lines(route);
    return out + homes() + depots() + dots() + crosses() + labels();
  }

 private:
  std::vector<Pixel> points(const planning::Route& route) const {
    const auto& who = problem_.technicians[route.technician];
    std::vector<Pixel> points{at_(who.start)};
    for (const auto& stop : route.stops) {
      if (stop.kind == StopKind::visit) points.push_back(at_(problem_.visits[stop.which].place));
      if (stop.kind == StopKind::restock) points.push_back(at_(problem_.depots[stop.which].place));
    }
    if (who.end) points.push_back(at_(*who.end));
    return points;
  }

  /// The ways from and to home stay faint: around a common depot they would hide everything else.
  std::string lines(const planning::Route& route) const {
    const auto rank = picture_.rank[route.technician];
    const bool returns = problem_.technicians[route.technician].end.has_value();
    auto all = points(route);
    auto out = fmt::format("<g class=\"stroke {}\">\n", svg::colour(rank));
    const auto last = all.size() - 1;
    out += joined({all[0], all[1]}, " class=\"faint\"");
    if (returns && last > 1) out += joined({all[last - 1], all[last]}, " class=\"faint\"");
    const std::vector<Pixel> middle(all.begin() + 1, all.end() - (returns ? 1 : 0));
    if (middle.size() > 1)
      out += has_details_ ? joined(middle, fmt::format(" class=\"route\"{}", svg::dashes(rank)))
                          : joined(middle, " class=\"thin\"");
    if (has_details_)
      for (std::size_t i = 1; i < all.size(); ++i) out += arrow(all[i - 1], all[i]);
    return out + "</g>\n";
  }

  static std::string arrow(const Pixel& from, const Pixel& to) {
    const double dx = to.x - from.x, dy = to.y - from.y, length = std::hypot(dx, dy);
    if (length < 30) return {};
    const double ux = dx / length, uy = dy / length;
    const Pixel tip{from.x + dx * 0.55 + ux * 3.5, from.y + dy * 0.55 + uy * 3.5};
    const auto wing = [&](double side) {
      return Pixel{tip.x - ux * 7 - uy * 3 * side, tip.y - uy * 7 + ux * 3 * side};
    };
    return joined({wing(1), tip, wing(-1)}, " class=\"solid\" stroke=\"none\"");
  }

  std::string dots() const {
    std::string out;
    for (const auto& route : picture_.plan.routes) {
      out += fmt::format("<g class=\"{}\">\n", svg::colour(picture_.rank[route.technician]));
      for (const auto& stop : route.stops) {
        if (stop.kind != StopKind::visit) continue;
        const auto p = at_(problem_.visits[stop.which].place);
        out += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"solid{}\"/>\n",
                           number(p.x), number(p.y), number(radius_), has_details_ ? " dot" : "");
      }
      out += "</g>\n";
    }
    return out;
  }

  std::string homes() const {
    std::map<std::size_t, bool> is_used;
    for (std::size_t t = 0; t < problem_.technicians.size(); ++t) {
      const auto& who = problem_.technicians[t];
      is_used[who.start] |= picture_.rank[t] < picture_.drivers.size();
      is_used[who.end.value_or(who.start)] |= picture_.rank[t] < picture_.drivers.size();
    }
    std::string out;
    for (const auto& [place, used] : is_used) {
      const auto p = at_(place);
      const double half = used ? 5 : 3.5;
      out +=
          svg::rectangle({p.x - half, p.y - half, 2 * half, 2 * half}, used ? "home" : "idle", 1);
    }
    return out;
  }

  std::string depots() const {
    std::string out;
    for (const auto& depot : problem_.depots) {
      const auto p = at_(depot.place);
      out += fmt::format(
          "<path d=\"M0-9L9 0L0 9L-9 0Z\" transform=\"translate({} {})\" stroke-width=\"1.8\" "
          "class=\"depot\"/>\n",
          number(p.x), number(p.y));
    }
    return out;
  }

  std::string crosses() const {
    std::string out;
    for (const auto visit : picture_.plan.unserved) {
      const auto p = at_(problem_.visits[visit].place);
      out += fmt::format(
          "<path d=\"M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z\" transform=\"translate({} {}) rotate(45)\" "
          "class=\"missing\"><title>{}</title></path>\n",
          number(p.x), number(p.y), svg::escaped(problem_.visits[visit].id));
    }
    return out;
  }

  /// Names of the visits where there are few enough of them to be read.
  std::string labels() const {
    constexpr std::size_t visits_max = 150, characters_max = 12;
    if (problem_.visits.size() > visits_max) return {};
    Labels labels(box_);
    for (const auto& visit : problem_.visits) labels.keep_free(at_(visit.place), radius_);
    for (const auto& who : problem_.technicians) labels.keep_free(at_(who.start), 5);
    for (const auto& depot : problem_.depots) labels.keep_free(at_(depot.place), 9);
    const std::set<std::size_t> missing(picture_.plan.unserved.begin(),
                                        picture_.plan.unserved.end());
    std::string out;
    for (std::size_t v = 0; v < problem_.visits.size(); ++v)
      out += labels.place(at_(problem_.visits[v].place), missing.contains(v) ? 8 : radius_ + 2.5,
                          10, missing.contains(v) ? "late" : "ink",
                          svg::shortened(problem_.visits[v].id, characters_max));
    return out;
  }

  const Picture& picture_;
  const planning::Problem& problem_;
  Box box_;
  Projection at_;
  double radius_ = 3;
  bool has_details_ = true;
};

}  // namespace

double map_height(const Picture& picture, double width) {
  constexpr double min = 460, max = 760, flat = 120;
  const Projection projection(picture);
  if (projection.is_flat()) return flat;
  return std::clamp(width * projection.aspect(), min, max);
}

std::string draw_map(const Picture& picture, const Box& box) {
  return svg::rectangle(box, "panel", 6) + Map(picture, box).draw();
}

}  // namespace mf::planning_files
