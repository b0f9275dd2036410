// Who could take an order, and when. The roster ranks: it looks at each technician's routes once,
// by the planner's objective. What it proposes is then timed the way the day really goes on (from
// now on, as soon as possible), held against the agendas, whose rule the technicians ask
// themselves (no two orders at one time, so many at most), and weighed once more with the waiting,
// which the objective doesn't know.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "actors/dispatch/day_state.hpp"

namespace mf::dispatch {
namespace {

constexpr std::size_t ranked_max = 32, choices_max = 8;
/// Of visits in a row that give way to one, and of places where some do.
constexpr std::size_t out_max = 3, rooms_max = 4;

bool overlaps(const Window& a, const Window& b) { return a.from < b.to && b.from < a.to; }

/// Of a visit in a route: "technician/order".
Id order_of(const planning::Visit& visit) { return visit.id.substr(visit.id.find('/') + 1); }

}  // namespace

double weight_of(int priority) { return std::pow(4, 4 - std::clamp(priority, 1, 4)); }

double lateness_of(const OrderRow& order, Timestamp end) {
  if (!order.due || end <= *order.due) return 0;
  return static_cast<double>((end - *order.due).count()) / 1000 * weight_of(order.priority);
}

planning::Visit Day::State::visit_of(const OrderRow& order, const std::set<Id>& except,
                                     Timestamp now) {
  planning::Visit visit{.id = order.id, .place = place_of(order.site)};
  const auto window_of = [&](const Window& window) {
    return planning::Window{seconds(window.from), seconds(window.to)};
  };
  const bool has_time = is_timed(order, now);
  const auto length = has_time ? order.slot->to - order.slot->from : order.duration;
  visit.duration = static_cast<double>(length.count()) / 1000;
  // Those that aren't over; when all are, one of them, for none would mean any time.
  auto windows = order.windows;
  std::ranges::sort(windows, {}, &Window::to);
  for (const auto& window : windows)
    if (window.to >= now && visit.windows.size() < planning::ProblemLimits::windows)
      visit.windows.push_back(window_of(window));
  if (visit.windows.empty() && !windows.empty()) visit.windows.push_back(window_of(windows.back()));
  std::ranges::sort(visit.windows, {}, &planning::Window::from);
  if (has_time) visit.windows = {window_of({order.slot->from, order.slot->from})};
  visit.skills = order.skills;
  visit.release = std::max(0.0, seconds(now));
  visit.value = weight_of(order.priority);
  visit.forbidden.assign(except.begin(), except.end());
  if (order.due) {
    visit.due = seconds(*order.due);
    visit.lateness_weight = weight_of(order.priority);
  }
  return visit;
}

bool is_more_urgent(const OrderRow& order, const OrderRow& than) {
  const auto key = [](const OrderRow& o) {
    return std::tuple(std::clamp(o.priority, 1, 4), o.due.value_or(Timestamp::max()), o.created_at,
                      std::string_view(o.id));
  };
  return key(order) < key(than);
}

/// One order that is asked about: in the roster while this lives.
class Asked {
 public:
  Asked(Day::State& day, const OrderRow& order, const std::set<Id>& except, Timestamp now)
      : day_(day), order_(order), now_(now) {
    auto visit = day.visit_of(order, except, now);
    if (const auto added = day.roster->add(std::move(visit))) number_ = *added;
  }
  ~Asked() {
    if (number_) static_cast<void>(day_.roster->cancel(*number_));
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  [[nodiscard]] std::vector<Choice> choices() const {
    std::vector<Choice> found;
    if (!number_) return found;
    for (const auto& placement : day_.roster->rank(*number_, ranked_max))
      if (auto choice = timed(placement)) found.push_back(std::move(*choice));
    std::ranges::stable_sort(found, {}, [](const Choice& c) { return c.adds.cost(); });
    if (found.size() > choices_max) found.resize(choices_max);
    return found;
  }

  /// Of everybody's day, what is in the way of it.
  [[nodiscard]] std::vector<Room> rooms(const std::set<Id>& except,
                                        const std::function<bool(const OrderRow&)>& may_give_way,
                                        const Otherwise& otherwise) const {
    std::vector<Room> found;
    if (!number_) return found;
    for (const auto& [id, member] : day_.members) {
      if (except.contains(id) || missing_skill(member.work.skills, order_.skills)) continue;
      for (std::size_t piece = 0; piece < member.work.pieces.size(); ++piece)
        look_for_room({member, piece, may_give_way, otherwise}, found);
    }
    std::ranges::stable_sort(found, std::greater{}, &Room::saves);
    if (found.size() > rooms_max) found.resize(rooms_max);
    return found;
  }

  /// Of all places of this technician's day.
  [[nodiscard]] std::optional<Choice> best_of(const Id& id) const {
    std::optional<Choice> best;
    if (!number_) return best;
    const auto& member = day_.members.at(id);
    for (std::size_t piece = 0; piece < member.work.pieces.size(); ++piece) {
      const auto others = day_.roster->visits_of(member.number, piece);
      for (std::size_t at = 0; at <= others.size(); ++at) {
        auto choice = timed(
            {.technician = member.number, .shift = piece, .position = at, .change = {}}, others);
        if (!choice || (best && best->adds.cost() <= choice->adds.cost())) continue;
        const auto& visits = day_.roster->problem().visits;
        if (at > 0) choice->after = order_of(visits[others[at - 1]]);
        if (at < others.size()) choice->before = order_of(visits[others[at]]);
        best = std::move(choice);
      }
    }
    return best;
  }

 private:
  [[nodiscard]] std::optional<Choice> timed(const planning::Placement& p) const {
    return timed(p, day_.roster->visits_of(p.technician, p.shift));
  }
  struct Look {
    const Day::State::Member& member;
    std::size_t piece;
    const std::function<bool(const OrderRow&)>& may_give_way;
    const Otherwise& otherwise;
  };

  /// From each of the technician's visits on, as few as possible give way.
  void look_for_room(const Look& look, std::vector<Room>& found) const {
    const auto others = day_.roster->visits_of(look.member.number, look.piece);
    const auto begin = day_.begin_of(look.member, look.piece, now_);
    const auto usual = day_.times(begin, others, *number_);
    for (std::size_t at = 0; usual && at < others.size(); ++at) {
      // Whatever gives way, it doesn't begin before what stays before it is over.
      const auto soonest = at == 0 ? begin.at : (*usual)[at - 1].end;
      const auto length = day_.roster->problem().visits[*number_].duration;
      const auto late = lateness_of(order_, day_.timestamp(soonest + length));
      if (Terms{.lateness = late}.cost() >= look.otherwise.cost) break;
      auto kept = others;
      Room room;
      double lost = 0;
      while (room.out.size() < out_max && at < kept.size()) {
        const auto& visit = day_.roster->problem().visits[kept[at]];
        const auto id = order_of(visit);
        const auto* order = day_.picture.order(id);
        if (!order || !order->slot || !look.may_give_way(*order)) break;
        lost += lost_by(*order, look.otherwise.end);
        if (lost >= look.otherwise.cost) break;
        room.out.push_back(id);
        kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(at));
        auto choice = timed(
            {.technician = look.member.number, .shift = look.piece, .position = at, .change = {}},
            kept, room.out);
        if (!choice) continue;
        room.saves = look.otherwise.cost - choice->adds.cost() - lost;
        room.choice = std::move(*choice);
        if (room.saves > 0) found.push_back(std::move(room));
        break;
      }
    }
  }
  /// What gives way is expected to be done when the order would have been.
  [[nodiscard]] static double lost_by(const OrderRow& order, Timestamp end) {
    const auto later = std::max(Duration{0}, end - order.slot->to);
    return Terms{.travel = 0,
                 .lateness = lateness_of(order, order.slot->to + later) -
                             lateness_of(order, order.slot->to),
                 .wait = static_cast<double>(later.count()) / 1000}
               .cost() +
           seconds_moved_cost * static_cast<double>(later.count()) / 1000;
  }

  /// `others`: the visits that are there; `out`: orders that would be, and give way.
  [[nodiscard]] std::optional<Choice> timed(const planning::Placement& p,
                                            const std::vector<std::size_t>& others,
                                            const std::vector<Id>& out = {}) const {
    const auto& id = day_.ids[p.technician];
    const auto& member = day_.members.at(id);
    const auto& work = member.work;
    const bool has_room = work.room > 0 || !out.empty() || work.busy.contains(order_.id);
    if (p.shift >= work.pieces.size() || !has_room) return {};
    const auto begin = day_.begin_of(member, p.shift, now_);
    auto visits = others;
    visits.insert(visits.begin() + static_cast<std::ptrdiff_t>(p.position), *number_);
    const auto before = day_.times(begin, others, *number_);
    const auto after = day_.times(begin, visits, *number_);
    if (!before || !after) return {};
    for (auto i = p.position; i < before->size(); ++i) {
      // Measured from its own time, or what is new would push it a little each time.
      const auto own_time = day_.roster->problem().visits[others[i]].windows.front().from;
      const auto latest = std::max((*before)[i].start + planning::rounding, own_time + tolerance);
      if ((*after)[i + 1].start > latest) return {};
    }
    const auto& own = (*after)[p.position];
    Choice choice{.technician = id,
                  .slot = {day_.timestamp(own.start), day_.timestamp(own.end)},
                  .adds = terms(begin, visits, p.position, own),
                  .is_next = false,
                  .offers = work.offers};
    for (const auto& [order, slot] : work.busy)
      if (order != order_.id && overlaps(slot, choice.slot) &&
          std::ranges::find(out, order) == out.end())
        return {};
    if (!has_way_to_unplanned(member, choice.slot, out)) return {};
    choice.is_next = p.shift == 0 && p.position == 0 && !work.is_running &&
                     work.pieces.front().from <= now_ && work.offers == 0;
    return choice;
  }

  /// What can't be kept as it is planned is on no route, and still promised: until it moves there
  /// must be time for the way.
  [[nodiscard]] bool has_way_to_unplanned(const Day::State::Member& member, const Window& slot,
                                          const std::vector<Id>& out) const {
    const auto here = day_.roster->problem().visits[*number_].place;
    for (std::size_t i = 0; i < member.work.fixed.size(); ++i) {
      const auto& fixed = member.work.fixed[i];
      const bool is_on_route = i < member.visits.size() && member.visits[i];
      if (is_on_route || !fixed.site || fixed.order == order_.id ||
          std::ranges::find(out, fixed.order) != out.end())
        continue;
      const auto gap =
          slot.from >= fixed.slot.to ? slot.from - fixed.slot.to : fixed.slot.from - slot.to;
      const auto way = day_.drive(here, day_.place_of(fixed.site));
      if (static_cast<double>(gap.count()) / 1000 < way) return false;
    }
    return true;
  }

  [[nodiscard]] Terms terms(const Day::State::Begin& begin, const std::vector<std::size_t>& visits,
                            std::size_t at, const Day::State::Timed& own) const {
    const auto place = [&](std::size_t i) {
      return day_.roster->problem().visits[visits[i]].place;
    };
    const auto from = at == 0 ? begin.place : place(at - 1);
    Terms adds{.travel = day_.drive(from, place(at))};
    if (at + 1 < visits.size())
      adds.travel += day_.drive(place(at), place(at + 1)) - day_.drive(from, place(at + 1));
    adds.lateness = lateness_of(order_, day_.timestamp(own.end));
    adds.wait = own.start - day_.seconds(now_);
    return adds;
  }

  Day::State& day_;
  const OrderRow& order_;
  const Timestamp now_;
  std::optional<std::size_t> number_;
};

std::vector<Choice> Day::choices(const OrderRow& order, const std::set<Id>& except, Timestamp now) {
  return Asked(*state_, order, except, now).choices();
}

std::vector<Room> Day::rooms(const OrderRow& order, const std::set<Id>& except,
                             const std::function<bool(const OrderRow&)>& may_give_way,
                             const Otherwise& otherwise, Timestamp now) {
  return Asked(*state_, order, except, now).rooms(except, may_give_way, otherwise);
}

std::map<Id, Choice> Day::each(const OrderRow& order, const Relaxed& relaxed, Timestamp now,
                               const Id& only) {
  auto& s = *state_;
  const Asked asked(s, order, {}, now);
  std::map<Id, Choice> found;
  for (auto& [id, member] : s.members) {
    const auto* row = s.picture.technician(id);
    if (!row || (!only.empty() && id != only)) continue;
    auto usual = std::pair(member.work.pieces, member.work.room);
    s.relax(member.work, *row, relaxed, now);
    if (auto best = asked.best_of(id)) found.emplace(id, std::move(*best));
    std::tie(member.work.pieces, member.work.room) = std::move(usual);
  }
  return found;
}

void Day::State::relax(Work& work, const TechnicianRow& row, const Relaxed& relaxed,
                       Timestamp now) const {
  if (relaxed.is_on_duty && row.is_off) {
    auto back = row;
    back.is_off = false;
    work.pieces = work_of(back, picture, orders_of, assumed, roads, now).pieces;
  }
  if (relaxed.has_room) work.room = std::max<std::size_t>(work.room, 1);
  for (std::size_t i = 0; i < work.pieces.size(); ++i) {
    auto& end = work.pieces[i].to;
    end += relaxed.overtime;
    if (i + 1 < work.pieces.size()) end = std::min(end, work.pieces[i + 1].from);
  }
}

Route Day::route(const Id& technician) const {
  const auto& s = *state_;
  Route route;
  const auto found = s.members.find(technician);
  if (found == s.members.end()) return route;
  const auto& member = found->second;
  for (std::size_t i = 0; i < member.work.fixed.size(); ++i) {
    auto& begins = route.begins[member.work.fixed[i].order];
    if (member.expected[i]) begins = s.timestamp(*member.expected[i]);
  }
  for (std::size_t piece = 0; piece < member.work.pieces.size(); ++piece) {
    auto from = s.roster->problem().technicians[member.number].start;
    for (const auto visit : s.roster->visits_of(member.number, piece)) {
      const auto to = s.roster->problem().visits[visit].place;
      route.travel += s.drive(from, to);
      from = to;
    }
  }
  return route;
}

double Day::way(const std::optional<Spot>& from, const std::optional<Spot>& to) const {
  // Whose place nobody knows is in the middle.
  const auto& middle = state_->roster->problem().places.front();
  const Spot there{middle.latitude, middle.longitude};
  return state_->roads.leg(from.value_or(there), to.value_or(there)).time;
}

Terms Day::cost_of(const OrderRow& order, Timestamp now) const {
  const auto& s = *state_;
  Terms cost;
  const auto member = s.members.find(order.technician);
  const auto begins = expected(order);
  if (member == s.members.end() || !begins) return cost;
  cost.lateness = lateness_of(order, *begins + order.duration);
  cost.wait = s.seconds(*begins) - s.seconds(now);
  const auto id = order.technician + "/" + order.id;
  for (std::size_t piece = 0; piece < member->second.work.pieces.size(); ++piece) {
    auto from = s.roster->problem().technicians[member->second.number].start;
    const auto visits = s.roster->visits_of(member->second.number, piece);
    for (std::size_t i = 0; i < visits.size(); ++i) {
      const auto& visit = s.roster->problem().visits[visits[i]];
      if (visit.id == id) {
        cost.travel = s.drive(from, visit.place);
        if (i + 1 < visits.size()) {
          const auto next = s.roster->problem().visits[visits[i + 1]].place;
          cost.travel += s.drive(visit.place, next) - s.drive(from, next);
        }
        return cost;
      }
      from = visit.place;
    }
  }
  return cost;
}

bool Day::is_next(const OrderRow& order, Timestamp now) const {
  const auto found = state_->find(order);
  if (!found || found->at != 0) return false;
  const auto& work = found->member->work;
  const bool is_free = !work.is_running && work.offers == 0 && !work.pieces.empty() &&
                       work.pieces.front().from <= now;
  return is_free && work.fixed.front().slot.from < work.pieces.front().to;
}

}  // namespace mf::dispatch
