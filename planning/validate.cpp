#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "planning/problem.hpp"

namespace mf::planning {
namespace {

constexpr double number_max = 1e9;  // thirty years in seconds: sums stay exact to a microsecond

/// Walks through a problem, keeps the path of the field it is at and the first complaint.
class Validation {
 public:
  explicit Validation(const Problem& problem) : problem_(problem) {}

  Status run() {
    if (sizes() && travel() && technicians() && depots() && visits() && pins()) return {};
    return fail(ErrorCode::invalid_argument, complaint_);
  }

  /// One visit, as if it were the problem's; of the rest only the technicians' names are read.
  Status run(const Visit& another) {
    for (std::size_t t = 0; t < problem_.technicians.size(); ++t) {
      const auto& who = problem_.technicians[t];
      technicians_.emplace(who.id, t);
      tools_.insert(who.tools.begin(), who.tools.end());
      for (const auto& amount : who.stock) items_.insert(amount.item);
    }
    if (visit("visit", another) && (!another.pin || pin("visit.pin", *another.pin)) && names_fit())
      return {};
    return fail(ErrorCode::invalid_argument, complaint_);
  }

 private:
  bool no(std::string field, std::string_view why) {
    complaint_ = fmt::format("{}: {}", field, why);
    return false;
  }
  bool number(const std::string& field, double value, double min = 0, double max = number_max) {
    if (!std::isfinite(value)) return no(field, "must be a finite number");
    if (value < min || value > max)
      return no(field, fmt::format("must be between {} and {}", min, max));
    return true;
  }
  bool at_most(std::string_view field, std::size_t size, std::size_t max) {
    return size <= max ||
           no(std::string(field), fmt::format("{} are too many, at most {}", size, max));
  }
  bool place(const std::string& field, std::size_t index) {
    return index < problem_.places.size() ||
           no(field,
              fmt::format("there is no place {}, there are {}", index, problem_.places.size()));
  }
  bool window(const std::string& field, const Window& w) {
    return number(field + ".from", w.from, -number_max) &&
           number(field + ".to", w.to, -number_max) &&
           (w.from <= w.to || no(field, "ends before it begins"));
  }
  bool items(const std::string& field, const std::vector<Amount>& amounts) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      const auto at = fmt::format("{}.{}", field, i);
      if (amounts[i].item.empty()) return no(at + ".item", "must be named");
      if (!seen.insert(amounts[i].item).second)
        return no(at + ".item", fmt::format("\"{}\" is there twice", amounts[i].item));
      if (!number(at + ".quantity", amounts[i].quantity)) return false;
      items_.insert(amounts[i].item);
    }
    return true;
  }
  bool skills(const std::string& field, const std::vector<Skill>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto at = fmt::format("{}.{}", field, i);
      if (list[i].skill.empty()) return no(at + ".skill", "must be named");
      if (list[i].level < 1 || list[i].level > 5)
        return no(at + ".level", "must be between 1 and 5");
    }
    return true;
  }
  bool loads(const std::string& field, const std::vector<double>& values) {
    if (!at_most(field, values.size(), ProblemLimits::dimensions)) return false;
    for (std::size_t d = 0; d < values.size(); ++d)
      if (!number(fmt::format("{}.{}", field, d), values[d])) return false;
    return true;
  }
  bool known(const std::string& field, const std::vector<std::string>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (!technicians_.contains(ids[i]))
        return no(fmt::format("{}.{}", field, i),
                  fmt::format("there is no technician \"{}\"", ids[i]));
    return true;
  }

  bool sizes() {
    return at_most("visits", problem_.visits.size(), ProblemLimits::visits) &&
           at_most("technicians", problem_.technicians.size(), ProblemLimits::technicians) &&
           at_most("places", problem_.places.size(), ProblemLimits::places) &&
           at_most("depots", problem_.depots.size(), ProblemLimits::visits);
  }

  bool travel() {
    if (!problem_.travel) return no("travel", "is missing");
    if (const auto* matrix = dynamic_cast<const MatrixTravel*>(problem_.travel.get());
        matrix && !matrix->is_square())
      return no("travel", fmt::format("the matrices must have {0} × {0} entries", matrix->size()));
    const auto size = problem_.places.size();
    if (problem_.travel->size() != size)
      return no("travel",
                fmt::format("knows {} places, there are {}", problem_.travel->size(), size));
    for (std::size_t p = 0; p < size; ++p) {
      const auto at = fmt::format("places.{}", p);
      if (!number(at, problem_.places[p].latitude, -number_max) ||
          !number(at, problem_.places[p].longitude, -number_max))
        return false;
    }
    // Their legs are finite when those from one place are: they can't have other gaps.
    const bool is_computed = dynamic_cast<const PlaneTravel*>(problem_.travel.get()) ||
                             dynamic_cast<const GreatCircleTravel*>(problem_.travel.get());
    for (std::size_t from = 0; from < (is_computed ? std::min<std::size_t>(size, 1) : size); ++from)
      for (std::size_t to = 0; to < size; ++to) {
        const auto leg = problem_.travel->leg(from, to);
        if (leg.time >= 0 && leg.time <= number_max && leg.distance >= 0 &&
            leg.distance <= number_max)
          continue;
        const auto at = fmt::format("travel.{}.{}", from, to);
        return number(at + ".time", leg.time) && number(at + ".distance", leg.distance);
      }
    if (problem_.profile.is_flat()) return true;
    for (std::size_t h = 0; h < 24; ++h)
      if (!number(fmt::format("profile.factors.{}", h), problem_.profile.factors()[h], 0.1, 10))
        return false;
    // Far from zero, or no number at all, it swallows the moments.
    const Seconds moment = 0.001;
    return std::abs(problem_.profile.arrival(moment, 0) - moment) < 1e-6 ||
           no("profile.time_of_day", "must be a moment of a day");
  }

  bool shift(const std::string& field, const Shift& s) {
    if (!window(field + ".hours", s.hours) || !number(field + ".overtime_max", s.overtime_max) ||
        !at_most(field + ".breaks", s.breaks.size(), ProblemLimits::breaks))
      return false;
    if (s.hours.from == s.hours.to) return no(field + ".hours", "has no length");
    for (std::size_t b = 0; b < s.breaks.size(); ++b) {
      const auto at = fmt::format("{}.breaks.{}", field, b);
      if (!window(at + ".start", s.breaks[b].start) ||
          !number(at + ".duration", s.breaks[b].duration))
        return false;
      if (b > 0 && s.breaks[b].start.from < s.breaks[b - 1].start.to + s.breaks[b - 1].duration)
        return no(at + ".start", "may begin before the break before it has ended");
    }
    return true;
  }

  bool technicians() {
    for (std::size_t t = 0; t < problem_.technicians.size(); ++t) {
      const auto& who = problem_.technicians[t];
      const auto at = fmt::format("technicians.{}", t);
      if (who.id.empty()) return no(at + ".id", "must be named");
      if (!technicians_.emplace(who.id, t).second)
        return no(at + ".id", fmt::format("\"{}\" is there twice", who.id));
      if (!place(at + ".start", who.start) || (who.end && !place(at + ".end", *who.end)) ||
          !at_most(at + ".shifts", who.shifts.size(), ProblemLimits::shifts) ||
          !skills(at + ".skills", who.skills) || !number(at + ".speed", who.speed, 0.05, 20) ||
          !loads(at + ".capacity", who.capacity) || !items(at + ".stock", who.stock) ||
          !number(at + ".cost", who.cost, 0, 1e6))
        return false;
      tools_.insert(who.tools.begin(), who.tools.end());
      for (std::size_t s = 0; s < who.shifts.size(); ++s) {
        const auto here = fmt::format("{}.shifts.{}", at, s);
        if (!shift(here, who.shifts[s])) return false;
        if (s > 0 &&
            who.shifts[s].hours.from < who.shifts[s - 1].hours.to + who.shifts[s - 1].overtime_max)
          return no(here + ".hours", "begins before the shift before it has ended");
      }
    }
    return true;
  }

  bool depots() {
    std::unordered_set<std::string_view> seen;
    for (std::size_t d = 0; d < problem_.depots.size(); ++d) {
      const auto& depot = problem_.depots[d];
      const auto at = fmt::format("depots.{}", d);
      if (depot.id.empty()) return no(at + ".id", "must be named");
      if (!seen.insert(depot.id).second)
        return no(at + ".id", fmt::format("\"{}\" is there twice", depot.id));
      if (!place(at + ".place", depot.place) || !number(at + ".duration", depot.duration) ||
          !window(at + ".hours", depot.hours))
        return false;
      items_.insert(depot.items.begin(), depot.items.end());
      tools_.insert(depot.tools.begin(), depot.tools.end());
    }
    return true;
  }

  bool windows(const std::string& field, const std::vector<Window>& list) {
    if (!at_most(field, list.size(), ProblemLimits::windows)) return false;
    for (std::size_t w = 0; w < list.size(); ++w) {
      const auto at = fmt::format("{}.{}", field, w);
      if (!window(at, list[w])) return false;
      if (w > 0 && list[w].from <= list[w - 1].to)
        return no(at, "begins before the window before it has ended");
    }
    return true;
  }

  bool visits() {
    std::unordered_set<std::string_view> seen;
    for (std::size_t v = 0; v < problem_.visits.size(); ++v) {
      const auto at = fmt::format("visits.{}", v);
      const auto& id = problem_.visits[v].id;
      if (!visit(at, problem_.visits[v])) return false;
      if (!seen.insert(id).second) return no(at + ".id", fmt::format("\"{}\" is there twice", id));
    }
    return names_fit();
  }
  bool names_fit() {
    return at_most("items", items_.size(), ProblemLimits::items) &&
           at_most("tools", tools_.size(), ProblemLimits::tools);
  }

  bool visit(const std::string& at, const Visit& visit) {
    if (visit.id.empty()) return no(at + ".id", "must be named");
    if (!place(at + ".place", visit.place) || !number(at + ".duration", visit.duration) ||
        !windows(at + ".windows", visit.windows) || !skills(at + ".skills", visit.skills) ||
        !number(at + ".value", visit.value, 0, 1e6) ||
        (visit.due && !number(at + ".due", *visit.due, -number_max)) ||
        !number(at + ".lateness_weight", visit.lateness_weight, 0, 1e6) ||
        !loads(at + ".demand", visit.demand) || !items(at + ".materials", visit.materials) ||
        !known(at + ".allowed", visit.allowed) || !known(at + ".forbidden", visit.forbidden) ||
        !number(at + ".release", visit.release, -number_max))
      return false;
    if (visit.announced && (!known(at + ".announced.technician", {visit.announced->technician}) ||
                            !number(at + ".announced.start", visit.announced->start, -number_max)))
      return false;
    tools_.insert(visit.tools.begin(), visit.tools.end());
    return true;
  }

  /// The places pinned in one route are 0, 1, 2 …, and only the first may be under way.
  bool pins() {
    std::unordered_map<std::string, std::vector<bool>> taken;
    for (std::size_t v = 0; v < problem_.visits.size(); ++v) {
      const auto& p = problem_.visits[v].pin;
      if (!p) continue;
      const auto at = fmt::format("visits.{}.pin", v);
      if (!pin(at, *p)) return false;
      if (!p->place) continue;
      if (*p->place >= problem_.visits.size()) return no(at + ".place", "is beyond the last visit");
      auto& places = taken[fmt::format("{}/{}", p->technician, p->shift)];
      if (places.size() <= *p->place) places.resize(*p->place + 1);
      if (places[*p->place]) return no(at + ".place", "another visit is pinned there");
      places[*p->place] = true;
    }
    for (const auto& [route, places] : taken)
      for (std::size_t p = 0; p < places.size(); ++p)
        if (!places[p])
          return no(
              "visits",
              fmt::format("no visit is pinned at place {} of {}, but one behind it is", p, route));
    return true;
  }

  bool pin(const std::string& at, const Pin& pin) {
    if (!known(at + ".technician", {pin.technician})) return false;
    const auto& who = problem_.technicians[technicians_.at(pin.technician)];
    if (pin.shift >= who.shifts.size()) return no(at + ".shift", "there is no such shift");
    if (!pin.started) return true;
    const auto& hours = who.shifts[pin.shift].hours;
    if (!number(at + ".started", *pin.started, hours.from, hours.to)) return false;
    return pin.place == 0 || no(at + ".place", "must be 0 for a visit that is under way");
  }

  const Problem& problem_;
  std::string complaint_;
  std::unordered_map<std::string_view, std::size_t> technicians_;
  std::unordered_set<std::string_view> items_, tools_;  ///< all that are named
};

}  // namespace

Status validate(const Problem& problem) { return Validation(problem).run(); }

Status validate(const Visit& visit, const Problem& problem) {
  return Validation(problem).run(visit);
}

}  // namespace mf::planning
