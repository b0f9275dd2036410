// What the planner takes for granted afterwards. It finds places by number, adds and compares
// seconds, and lays tables out by counts, all without a look back: one NaN makes each comparison
// false and a plan nonsense, one index too many reads beside the table. So every number is finite
// and below a bound at which sums of thousands of them are still exact to far less than a second.
//
// The order is one of cost. Sizes first, so that a problem that is far too big is refused before
// anything walks through it; the travel matrix, the largest part, is read once, and of computed
// travel only one row, as it can't have other gaps. Then whatever refers to places.
//
// References by id are not followed. A visit may name technicians who have left: that is no fault
// of form but a reason why nobody does it (reasons_rules.cpp). Two of the same id are refused,
// since everything else names them by it.
//
// The number of different items and tools is counted over all that name any, as the instance gives
// each a number; one visit or technician alone is counted with those that technicians have.
//
// What can be read and makes no sense (a window that ends before it begins, shifts that overlap) is
// no fault of form either: the plan does without it, and oddities() says so.
//
// The first complaint ends it, with the path of its field: what is behind it may be nonsense only
// because of it. Nothing is repaired, for a plan for another problem than the one that was given
// helps nobody.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "planning/problem.hpp"

namespace mf::planning {
namespace {

/// Walks through a problem, keeps the path of the field it is at and the first complaint.
class Validation {
 public:
  explicit Validation(const Problem& problem) : problem_(problem) {}

  Status run() {
    if (sizes() && travel() && technicians() && depots() && visits()) return {};
    return fail(ErrorCode::invalid_argument, complaint_);
  }

  /// One visit, as if it were the problem's; of the rest only what technicians have is read.
  Status run(const Visit& another) {
    for (const auto& who : problem_.technicians) {
      tools_.insert(who.tools.begin(), who.tools.end());
      for (const auto& amount : who.stock) items_.insert(amount.item);
    }
    if (visit("visit", another) && names_fit()) return {};
    return fail(ErrorCode::invalid_argument, complaint_);
  }

  Status run(const Technician& another) {
    if (technician("technician", another)) return {};
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
    return number(field + ".from", w.from, -number_max) && number(field + ".to", w.to, -number_max);
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
  /// Whether there is such a technician is no question of form: somebody may have left since.
  bool named(const std::string& field, const std::string& id) {
    return !id.empty() || no(field, "must be named");
  }
  bool named(const std::string& field, const std::vector<std::string>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (!named(fmt::format("{}.{}", field, i), ids[i])) return false;
    return true;
  }

  bool sizes() {
    return at_most("visits", problem_.visits.size(), ProblemLimits::visits) &&
           at_most("technicians", problem_.technicians.size(), ProblemLimits::technicians) &&
           at_most("places", problem_.places.size(), ProblemLimits::places) &&
           at_most("depots", problem_.depots.size(), ProblemLimits::visits);
  }

  bool travel() {
    if (const auto* matrix = std::get_if<MatrixTravel>(&problem_.travel);
        matrix && !matrix->is_square())
      return no("travel", fmt::format("the matrices must have {0} × {0} entries", matrix->size()));
    const auto size = problem_.places.size();
    if (const auto known = planning::size(problem_.travel); known != size)
      return no("travel", fmt::format("knows {} places, there are {}", known, size));
    for (std::size_t p = 0; p < size; ++p) {
      const auto at = fmt::format("places.{}", p);
      if (!number(at, problem_.places[p].latitude, -number_max) ||
          !number(at, problem_.places[p].longitude, -number_max))
        return false;
    }
    const auto* matrix = std::get_if<MatrixTravel>(&problem_.travel);
    const bool has_only_times = matrix && !matrix->has_distances();
    // Their legs are finite when those from one place are: they can't have other gaps.
    const bool is_computed = !std::holds_alternative<MatrixTravel>(problem_.travel);
    for (std::size_t from = 0; from < (is_computed ? std::min<std::size_t>(size, 1) : size); ++from)
      for (std::size_t to = 0; to < size; ++to) {
        const auto leg = planning::leg(problem_.travel, from, to);
        if (!is_computed && leg.is_no_road()) continue;
        if (leg.time >= 0 && leg.time <= number_max && leg.distance >= 0 &&
            (leg.distance <= number_max || has_only_times))
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
    for (std::size_t b = 0; b < s.breaks.size(); ++b) {
      const auto at = fmt::format("{}.breaks.{}", field, b);
      if (!window(at + ".start", s.breaks[b].start) ||
          !number(at + ".duration", s.breaks[b].duration))
        return false;
    }
    return true;
  }

  bool technicians() {
    for (std::size_t t = 0; t < problem_.technicians.size(); ++t) {
      const auto at = fmt::format("technicians.{}", t);
      const auto& who = problem_.technicians[t];
      if (!technician(at, who)) return false;
      if (!technicians_.emplace(who.id, t).second)
        return no(at + ".id", fmt::format("\"{}\" is there twice", who.id));
    }
    return true;
  }

  bool technician(const std::string& at, const Technician& who) {
    if (who.id.empty()) return no(at + ".id", "must be named");
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
        !named(at + ".allowed", visit.allowed) || !named(at + ".forbidden", visit.forbidden) ||
        !number(at + ".release", visit.release, -number_max))
      return false;
    if (visit.announced && (!named(at + ".announced.technician", visit.announced->technician) ||
                            !number(at + ".announced.start", visit.announced->start, -number_max)))
      return false;
    if (visit.pin &&
        (!named(at + ".pin.technician", visit.pin->technician) ||
         (visit.pin->started && !number(at + ".pin.started", *visit.pin->started, -number_max))))
      return false;
    tools_.insert(visit.tools.begin(), visit.tools.end());
    return true;
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

Status validate(const Technician& technician, const Problem& problem) {
  return Validation(problem).run(technician);
}

}  // namespace mf::planning
