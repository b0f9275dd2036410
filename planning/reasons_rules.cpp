// Why the rules are here once more. The search asks whether something is possible, millions of
// times, of tables that hold a yes or a no (instance.cpp). Who asks why asks some hundred times and
// wants names and amounts; so here the problem itself is read, by name, and slowly.
//
// What forbids a visit whatever the route is (FixedRules) needs no route, and each rule is looked
// at, since the cure may be several. The van is followed along the route by name (VanLoad), where a
// depot lifts what was lacking so far only from there on. Time comes last and in two passes,
// because breaks may be taken at many moments and trying them all is the search's work: a route is
// first driven without them, as early as can be. That is the least delay there can be, so what is
// late there is late with any breaks, and exact. Only a route that is in time without breaks is
// given to BreakDrive, whose amount is an estimate.
//
// Who comes too late goes on all the same, beginning on arrival: so what breaks first and what
// breaks most can both be told. Where there is no road one is there at once, and its amount is more
// than any delay's, so that it is named and what comes behind it still makes sense.
//
// A visit that is under way is a fact: nothing is asked of it but whose it is.
#include "planning/reasons_rules.hpp"

#include <algorithm>

namespace mf::planning {
namespace {

constexpr double quantity_rounding = 1e-9;

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// Collects what is wrong between one visit and one shift.
class FixedRules {
 public:
  FixedRules(const Instance& instance, const Duty& duty, std::uint32_t number)
      : instance_(instance),
        duty_(duty),
        number_(number),
        who_(instance.problem.technicians[duty.technician]),
        visit_(instance.problem.visits[number]) {}

  std::vector<Reason> run() {
    pin();
    // Who is at work is asked for nothing more.
    if (instance_.nodes[number_].under_way) return std::move(reasons_);
    if (is_among(visit_.forbidden, who_.id)) add(ReasonCode::forbidden);
    if (!visit_.allowed.empty() && !is_among(visit_.allowed, who_.id)) add(ReasonCode::not_allowed);
    skills();
    if (!visit_.zone.empty() && !who_.zones.empty() && !is_among(who_.zones, visit_.zone))
      add(ReasonCode::outside_zone).subject = visit_.zone;
    if (instance_.is_never_open(instance_.nodes[number_])) never_open();
    else hours();
    supplies();
    std::ranges::stable_sort(reasons_, {}, &Reason::code);
    return std::move(reasons_);
  }

 private:
  Reason& add(ReasonCode code) {
    return reasons_.emplace_back(
        Reason{.code = code, .technician = duty_.technician, .shift = duty_.shift});
  }

  void pin() {
    if (!visit_.pin) return;
    if (visit_.pin->technician != who_.id)
      add(ReasonCode::pinned_elsewhere).subject = visit_.pin->technician;
    else if (visit_.pin->shift != duty_.shift) add(ReasonCode::pinned_to_other_shift);
    else if (instance_.nodes[number_].under_way) already_at_work();
  }

  /// Of two visits that are under way at once one is lost.
  void already_at_work() {
    const auto& front =
        instance_.fixed[static_cast<std::size_t>(instance_.nodes[number_].pinned_duty)];
    if (!instance_.nodes[number_].is_lost || front.empty()) return;
    const auto& other = instance_.nodes[front.front()];
    auto& reason = add(ReasonCode::overlaps_pinned);
    reason.subject = instance_.problem.visits[front.front()].id;
    reason.amount = other.open + instance_.work(duty_, other) - instance_.nodes[number_].open;
  }

  void skills() {
    for (const auto& need : visit_.skills) {
      const auto held = std::ranges::find(who_.skills, need.skill, &Skill::skill);
      const bool has_it = held != who_.skills.end();
      if (has_it && held->level >= need.level) continue;
      auto& reason = add(has_it ? ReasonCode::skill_level : ReasonCode::skill_missing);
      reason.subject = need.skill;
      reason.needed = need.level;
      if (has_it) reason.held = held->level;
    }
  }

  void never_open() { add(ReasonCode::never_open).window = visit_.windows.front(); }

  void hours() {
    const auto& node = instance_.nodes[number_];
    double away = node.windows == 0 ? 0 : infinity;
    for (std::uint32_t w = 0; w < node.windows; ++w) {
      const auto& window = instance_.windows[node.windows_at + w];
      const double gap = std::max(duty_.from - window.to, window.from - duty_.to_with_overtime);
      away = std::min(away, std::max(0.0, gap));
    }
    away = std::max(away, node.release - duty_.to_with_overtime);
    if (away <= 0 && instance_.has_time(duty_)) return;
    auto& reason = add(ReasonCode::outside_shift);
    reason.amount = away;
    reason.window = {duty_.from, std::max(duty_.from, duty_.to)};
  }

  void supplies() {
    const auto& depots = instance_.problem.depots;
    for (const auto& tool : visit_.tools) {
      const bool is_offered =
          std::ranges::any_of(depots, [&](const Depot& d) { return is_among(d.tools, tool); });
      if (!is_offered && !is_among(who_.tools, tool)) add(ReasonCode::tool_missing).subject = tool;
    }
    for (const auto& [item, quantity] : visit_.materials) {
      const bool is_offered =
          std::ranges::any_of(depots, [&](const Depot& d) { return is_among(d.items, item); });
      const auto held = std::ranges::find(who_.stock, item, &Amount::item);
      const double lacking = quantity - (held == who_.stock.end() ? 0 : held->quantity);
      if (!is_offered && lacking > quantity_rounding)
        lack(ReasonCode::material_missing, item, lacking);
    }
    for (std::size_t k = 0; k < visit_.demand.size(); ++k) {
      const double lacking = visit_.demand[k] - (k < who_.capacity.size() ? who_.capacity[k] : 0);
      if (lacking > quantity_rounding) lack(ReasonCode::over_capacity, std::to_string(k), lacking);
    }
  }

  void lack(ReasonCode code, std::string subject, double quantity) {
    auto& reason = add(code);
    reason.subject = std::move(subject);
    reason.quantity = quantity;
  }

  const Instance& instance_;
  const Duty& duty_;
  std::uint32_t number_;
  const Technician& who_;
  const Visit& visit_;
  std::vector<Reason> reasons_;
};

/// What is in the van on its way, by name: only routes that lack something are looked at.
class VanLoad {
 public:
  VanLoad(const Instance& instance, const Duty& duty)
      : duty_(duty),
        who_(instance.problem.technicians[duty.technician]),
        tools_(who_.tools.begin(), who_.tools.end()) {
    for (const auto& [item, quantity] : who_.stock) items_.push_back({item, quantity});
    for (std::size_t k = 0; k < instance.dimensions; ++k)
      room_.push_back({std::to_string(k), k < who_.capacity.size() ? who_.capacity[k] : 0});
  }

  void use(const Visit& visit) {
    for (const auto& tool : visit.tools)
      if (!contains(tools_, tool) && !contains(missing_, tool)) missing_.push_back(tool);
    for (const auto& [item, quantity] : visit.materials) take(item_named(item), quantity);
    for (std::size_t k = 0; k < visit.demand.size(); ++k) take(room_[k], visit.demand[k]);
  }

  void restock(const Depot& depot) {
    tools_.insert(tools_.end(), depot.tools.begin(), depot.tools.end());
    for (const auto& item : depot.items) item_named(item).has = infinity;
    for (auto& room : room_) room.used = 0;
  }

  [[nodiscard]] std::vector<Reason> lacking() const {
    std::vector<Reason> reasons;
    const auto add = [&](ReasonCode code, std::string_view subject, double quantity) {
      reasons.push_back({.code = code,
                         .technician = duty_.technician,
                         .shift = duty_.shift,
                         .subject = std::string(subject),
                         .quantity = quantity});
    };
    for (const auto tool : missing_) add(ReasonCode::tool_missing, tool, 0);
    for (const auto& item : items_)
      if (item.lacking > quantity_rounding)
        add(ReasonCode::material_missing, item.name, item.lacking);
    for (const auto& room : room_)
      if (room.lacking > quantity_rounding) add(ReasonCode::over_capacity, room.name, room.lacking);
    return reasons;
  }

 private:
  struct Supply {
    std::string name;
    double has = 0, used = 0, lacking = 0;
  };

  static bool contains(const std::vector<std::string_view>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  }

  static void take(Supply& supply, double quantity) {
    supply.used += quantity;
    supply.lacking = std::max(supply.lacking, supply.used - supply.has);
  }

  Supply& item_named(const std::string& name) {
    const auto found = std::ranges::find(items_, name, &Supply::name);
    return found == items_.end() ? items_.emplace_back(Supply{name}) : *found;
  }

  const Duty& duty_;
  const Technician& who_;
  std::vector<std::string_view> tools_, missing_;
  std::vector<Supply> items_, room_;
};

/// Drives a route and takes each break at the first stop where that is good; whoever is late goes
/// on all the same.
class BreakDrive {
 public:
  BreakDrive(const Instance& instance, const Duty& duty) : instance_(instance), duty_(duty) {}

  Reason run(std::span<const std::uint32_t> nodes) {
    double free = duty_.from;
    auto place = duty_.start;
    for (const auto number : nodes) {
      const auto& node = instance_.nodes[number];
      free = node.under_way ? instance_.free_after(duty_, node) : visit(node, free, place);
      place = node.place;
    }
    free = rest_before_end(free, instance_.legs.time(place, duty_.end));
    if (free - duty_.to_with_overtime > rounding) note(free - duty_.to_with_overtime);
    Reason reason{.code = ReasonCode::break_impossible,
                  .technician = duty_.technician,
                  .shift = duty_.shift,
                  .amount = worst_};
    if (!duty_.breaks.empty()) reason.window = duty_.breaks[blamed_].start;
    return reason;
  }

 private:
  double visit(const Node& node, double free, std::uint32_t place) {
    free = rest_while_open(free);
    double at = instance_.profile.arrival(std::max(free, node.release),
                                          instance_.legs.time(place, node.place));
    at = rest_while_open(at);
    double end = work(node, at).second;
    while (next_ < duty_.breaks.size() && end > duty_.breaks[next_].start.to) {
      at = rest(at);
      end = work(node, at).second;
    }
    const auto [start, done] = work(node, at);
    if (start - node.close > rounding) note(start - node.close);
    return done;
  }

  [[nodiscard]] std::pair<double, double> work(const Node& node, double at) const {
    const double begin = instance_.begin(node, at);
    const double start = begin == infinity ? at : begin;
    return {start, start + instance_.work(duty_, node)};
  }

  double rest_before_end(double free, double leg) {
    free = rest_while_open(free);
    while (next_ < duty_.breaks.size() &&
           instance_.profile.arrival(free, leg) > duty_.breaks[next_].start.to)
      free = rest(free);
    return instance_.profile.arrival(free, leg);
  }

  double rest_while_open(double moment) {
    while (next_ < duty_.breaks.size() && duty_.breaks[next_].start.from <= moment)
      moment = rest(moment);
    return moment;
  }

  double rest(double moment) {
    const auto& rest = duty_.breaks[next_++];
    const double start = std::max(moment, rest.start.from);
    if (start > rest.start.to) note(start - rest.start.to);
    return start + rest.duration;
  }

  void note(double late) {
    if (worst_ == 0 && next_ > 0) blamed_ = next_ - 1;
    worst_ = std::max(worst_, late);
  }

  const Instance& instance_;
  const Duty& duty_;
  std::size_t next_ = 0, blamed_ = 0;
  double worst_ = 0;
};

/// Over which of the missing roads the route would have to go.
Reason no_road_reason(const Instance& instance, Reason reason, std::span<const std::uint32_t> nodes,
                      const Breach& breach) {
  const bool is_home = breach.stop == nodes.size();
  reason.code = is_home ? ReasonCode::no_road_home : ReasonCode::no_road;
  reason.amount = 0;
  reason.window = {};
  const auto number = nodes.empty() ? 0 : nodes[is_home ? nodes.size() - 1 : breach.stop];
  reason.subject = instance.is_depot(number)
                       ? instance.problem.depots[number - instance.visit_count].id
                       : instance.problem.visits[number].id;
  return reason;
}

}  // namespace

std::vector<Reason> fixed_reasons(const Instance& instance, const Duty& duty, std::uint32_t visit) {
  return FixedRules(instance, duty, visit).run();
}

std::vector<Reason> shortages(const Instance& instance, std::uint32_t duty,
                              std::span<const std::uint32_t> nodes) {
  VanLoad van(instance, instance.duties[duty]);
  for (const auto node : nodes) {
    if (instance.is_depot(node)) van.restock(instance.problem.depots[node - instance.visit_count]);
    else if (!instance.nodes[node].under_way) van.use(instance.problem.visits[node]);
  }
  return van.lacking();
}

Breaches breaches(const Instance& instance, const Duty& duty,
                  std::span<const std::uint32_t> nodes) {
  Breaches found;
  const auto note = [&](std::size_t stop, double amount) {
    if (!found.first) found.first = {stop, amount};
    if (!found.worst || amount > found.worst->amount) found.worst = {stop, amount};
  };
  double free = duty.from;
  auto place = duty.start;
  const auto way_to = [&](std::size_t stop, std::uint32_t next) {
    const double way = instance.legs.time(place, next);
    if (way != no_road) return way;
    note(stop, Breach::no_road_amount);
    return 0.0;
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& node = instance.nodes[nodes[i]];
    double start = node.open;
    if (!node.under_way) {
      const double arrival =
          instance.profile.arrival(std::max(free, node.release), way_to(i, node.place));
      start = instance.begin(node, arrival);
      if (start == infinity) {
        note(i, arrival - node.close);
        start = arrival;
      }
    }
    free = node.under_way ? instance.free_after(duty, node) : start + instance.work(duty, node);
    place = node.place;
  }
  const double end = instance.profile.arrival(free, way_to(nodes.size(), duty.end));
  if (end > duty.to_with_overtime + rounding) note(nodes.size(), end - duty.to_with_overtime);
  return found;
}

Reason reason_for(const Instance& instance, const Duty& duty, std::span<const std::uint32_t> nodes,
                  std::size_t at, const Breach& breach) {
  Reason reason{.code = ReasonCode::shift_overrun,
                .technician = duty.technician,
                .shift = duty.shift,
                .amount = breach.amount,
                .window = {duty.from, duty.to_with_overtime}};
  if (breach.is_no_road()) return no_road_reason(instance, std::move(reason), nodes, breach);
  if (breach.stop == nodes.size()) return reason;
  const auto number = nodes[breach.stop];
  const auto& node = instance.nodes[number];
  reason.window = instance.windows[node.windows_at + node.windows - 1];
  if (breach.stop != at) {
    reason.code = ReasonCode::delays_other;
    reason.subject = instance.is_depot(number)
                         ? instance.problem.depots[number - instance.visit_count].id
                         : instance.problem.visits[number].id;
    return reason;
  }
  reason.code = ReasonCode::window_missed;
  if (at == 0 || node.is_fixed || !instance.nodes[nodes[at - 1]].is_fixed) return reason;
  // It is the pinned visits' fault when the way straight from the start would be short enough.
  const auto visit_alone = nodes.subspan(at, 1);
  const auto alone = breaches(instance, duty, visit_alone);
  if (alone.first && alone.first->stop == 0) return reason;
  reason.code = ReasonCode::overlaps_pinned;
  reason.subject = instance.problem.visits[nodes[at - 1]].id;
  return reason;
}

Reason break_reason(const Instance& instance, const Duty& duty,
                    std::span<const std::uint32_t> nodes) {
  return BreakDrive(instance, duty).run(nodes);
}

}  // namespace mf::planning
