// What is kept up to date after every change, and why it is enough.
//
// A slot knows two moments: the earliest at which one can be through with it (all before it being
// done as early as possible), and the latest arrival that leaves everything behind it feasible.
// Together they say in O(1) whether a visit fits between two slots. Where breaks exist they are
// necessary, not sufficient: then a place that passes is timed whole (timing.cpp).
//
// A change touches one tour. Forward values change only behind it and backward values only before
// it, and both stop where nothing comes of it any more: refresh() walks until a value is as it was.
// That is most of the speed on long tours. The energy of a tour is a sum over its legs, or what
// timing says; the plan's energy is kept by difference, so a tour that can't be driven counts
// nothing (infinity would never come out of the sum again) and is cleared at once.
//
// Undo: the first change of a tour since begin_change() copies it aside. Copies keep their memory
// from change to change, as most ruins touch the same few tours; versions tell others (who was
// hopeless where, what the best plan must copy) that a tour is not what it was, also after an undo.
#include "planning/solution.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace mf::planning {

Solution::Solution(const Instance& instance)
    : instance_(instance),
      timing_(instance),
      tours_(instance.duties.size()),
      where_(instance.visit_count),
      per_vehicle_(instance.weights[static_cast<std::size_t>(Term::vehicles)]),
      per_second_(instance.weights[static_cast<std::size_t>(Term::travel)]),
      per_metre_(instance.weights[static_cast<std::size_t>(Term::distance)]),
      per_second_waiting_(instance.weights[static_cast<std::size_t>(Term::waiting)]),
      per_second_working_(instance.weights[static_cast<std::size_t>(Term::working_time)]),
      fastest_(instance.profile.is_flat() ? 1 : std::ranges::min(instance.profile.factors())),
      slowest_(instance.profile.is_flat() ? 1 : std::ranges::max(instance.profile.factors())),
      saved_in_(instance.duties.size()) {
  for (std::uint32_t v = 0; v < instance.visit_count; ++v) {
    absent_.push_back(v);
    energy_ += instance.weights[static_cast<std::size_t>(Term::unserved)] * instance.nodes[v].value;
  }
  for (std::uint32_t t = 0; t < tours_.size(); ++t) {
    auto& tour = tours_[t];
    const auto& duty = instance.duties[t];
    tour.slots.resize(2);
    tour.slots[0] = {.node = Tour::no_node, .place = duty.start, .depart = duty.from};
    tour.slots[1] = {.node = Tour::no_node, .place = duty.end, .latest = duty.to_with_overtime};
    tour.loads.assign(instance.supplies, 0);
    refresh(t, 1, 0);
    if (!instance.fixed[t].empty())
      assign(t, instance.fixed[t]);  // facts.cpp has made sure that it can be done
  }
}

Score Solution::score() {
  Score sum;
  for (std::uint32_t t = 0; t < tours_.size(); ++t) {
    if (tours_[t].is_empty()) continue;
    if (instance_.evaluation == Instance::Evaluation::timing) {
      sum += tours_[t].score;
      continue;
    }
    Score score;
    const bool is_feasible = timing_.evaluate(t, nodes(t), score);
    MF_ASSERT(is_feasible, "a tour of the search is not feasible");
    sum += score;
  }
  for (const auto v : absent_) sum[Term::unserved] += instance_.nodes[v].value;
  return sum;
}

std::vector<std::uint32_t> Solution::nodes(std::uint32_t tour) const {
  std::vector<std::uint32_t> result;
  const auto& slots = tours_[tour].slots;
  for (std::size_t i = 1; i + 1 < slots.size(); ++i) result.push_back(slots[i].node);
  return result;
}

void Solution::begin_change() {
  ++change_;
  saved_count_ = 0;
  absent_before_ = absent_;
  energy_before_ = energy_;
  used_before_ = used_;
}

void Solution::touch(std::uint32_t tour) {
  tours_[tour].version = ++version_;
  if (saved_in_[tour] == change_) return;
  saved_in_[tour] = change_;
  if (saved_.size() == saved_count_) saved_.emplace_back();
  saved_[saved_count_].tour = tour;
  saved_[saved_count_].was = tours_[tour];
  ++saved_count_;
}

void Solution::undo() {
  for (std::size_t i = 0; i < saved_count_; ++i)
    for (const auto& slot : tours_[saved_[i].tour].slots)
      if (slot.node < instance_.visit_count) where_[slot.node].tour = nowhere;
  for (std::size_t i = 0; i < saved_count_; ++i) {
    const auto t = saved_[i].tour;
    std::swap(tours_[t], saved_[i].was);
    tours_[t].version = ++version_;
    for (std::uint32_t s = 1; s + 1 < tours_[t].slots.size(); ++s)
      if (const auto node = tours_[t].slots[s].node; node < instance_.visit_count)
        where_[node] = {t, s};
  }
  saved_count_ = 0;
  ++change_;
  absent_ = absent_before_;
  energy_ = energy_before_;
  used_ = used_before_;
}

double Solution::leg_energy(const Duty& duty, std::uint32_t from, std::uint32_t to) const {
  double energy = per_metre_ == 0 ? 0 : per_metre_ * instance_.legs.distance(from, to);
  if (per_second_ != 0) energy += per_second_ * instance_.legs.time(from, to);
  return energy * duty.cost;
}

double Solution::latest_at(const Duty& duty, const Slot& slot, const Slot& next) const {
  const double leg = instance_.legs.time(slot.place, next.place);
  const double leave = instance_.profile.departure(next.latest, leg);
  if (next.node != Tour::no_node && leave < instance_.nodes[next.node].release - rounding)
    return -infinity;
  if (slot.node == Tour::no_node) return leave;
  const auto& node = instance_.nodes[slot.node];
  if (node.under_way)
    return instance_.free_after(duty, node) <= leave + rounding ? infinity : -infinity;
  return instance_.begin_by(node, leave - instance_.work(duty, node));
}

double Solution::depart_at(const Duty& duty, const Slot& slot, const Slot& before) const {
  const double leg = instance_.legs.time(before.place, slot.place);
  if (slot.node == Tour::no_node) return instance_.profile.arrival(before.depart, leg);
  const auto& node = instance_.nodes[slot.node];
  if (node.under_way) return instance_.free_after(duty, node);
  const double leave = std::max(before.depart, node.release);
  return instance_.begin(node, instance_.profile.arrival(leave, leg)) + instance_.work(duty, node);
}

/// Recomputes what slots hand on from `forward_from` to the end, and what they bear from
/// `backward_from` to the start; slots before `forward_from` are as they were. Where nothing comes
/// of a change any more, the old values stay.
void Solution::refresh(std::uint32_t t, std::size_t forward_from, std::size_t backward_from) {
  auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  auto& slots = tour.slots;
  const bool is_timed = instance_.evaluation == Instance::Evaluation::timing;
  bool is_same = false;  // is what the slot before hands on?
  for (std::size_t s = std::max<std::size_t>(1, forward_from); s < slots.size(); ++s) {
    auto& slot = slots[s];
    const auto& before = slots[s - 1];
    if (slot.node < instance_.visit_count) where_[slot.node] = {t, static_cast<std::uint32_t>(s)};
    const bool is_new = slot.depart == Slot::unknown;
    if (is_same && !is_new) continue;
    // The way of an empty tour isn't driven, and need not exist.
    if (is_new && !is_timed)
      slot.leg = slots.size() == 2 ? 0 : leg_energy(duty, before.place, slot.place);
    const double depart = depart_at(duty, slot, before);
    is_same = depart == slot.depart;
    slot.depart = depart;
  }
  for (std::size_t s = std::min(backward_from, slots.size() - 2) + 1; s-- > 0;) {
    const double latest = latest_at(duty, slots[s], slots[s + 1]);
    if (latest == slots[s].latest && s + 1 < forward_from) break;
    slots[s].latest = latest;
  }
  if (instance_.evaluation == Instance::Evaluation::durations) measure(t);
}

/// Sets the tour's extents.
void Solution::measure(std::uint32_t t) {
  auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  const auto& slots = tour.slots;
  auto& extents = tour.extents;
  extents.assign(slots.size(), {});
  const auto leg_to = [&](std::size_t s) {
    return instance_.legs.time(slots[s - 1].place, slots[s].place);
  };
  const std::size_t last = slots.size() - 1;
  for (std::size_t s = 1; s <= last; ++s) {
    const auto& before = extents[s - 1];
    const double arrived = before.busy + leg_to(s);
    const auto* node = s < last ? &instance_.nodes[slots[s].node] : nullptr;
    const double close = node ? node->close : duty.to_with_overtime;
    extents[s].latest_start = std::min(before.latest_start, close - arrived);
    extents[s].busy = arrived + (node ? instance_.work(duty, *node) : 0);
  }
  for (std::size_t s = last - 1; s > 0; --s) {
    const auto& node = instance_.nodes[slots[s].node];
    const auto& next = extents[s + 1];
    const double work = instance_.work(duty, node), rest = leg_to(s + 1) + next.busy_after;
    double leave = node.open + work;
    if (s + 1 < last) leave = std::max(leave, instance_.nodes[slots[s + 1].node].release);
    extents[s].busy_after = work + rest;
    extents[s].end = std::max(leave + rest, next.end);
  }
}

double Solution::duration_energy(double lasting, double busy) const {
  return per_second_working_ * lasting + per_second_waiting_ * (lasting - busy);
}

/// Sets the tour's energy; false when it breaks a rule.
bool Solution::judge(std::uint32_t t) {
  auto& tour = tours_[t];
  const double before = tour.energy;
  bool is_feasible = true;
  if (instance_.evaluation != Instance::Evaluation::timing) {
    tour.energy = 0;
    if (!tour.is_empty()) {
      const auto& end = tour.slots.back();
      tour.energy = per_vehicle_;
      for (std::size_t s = 1; s < tour.slots.size(); ++s) tour.energy += tour.slots[s].leg;
      is_feasible = end.depart <= end.latest + rounding &&
                    tour.slots[0].depart <= tour.slots[0].latest + rounding;
      if (instance_.evaluation == Instance::Evaluation::durations)
        tour.energy += duration_energy(tour.lasting(), tour.extents.back().busy);
    }
  } else {
    scratch_.clear();
    for (std::size_t s = 1; s + 1 < tour.slots.size(); ++s) scratch_.push_back(tour.slots[s].node);
    is_feasible = timing_.evaluate(t, scratch_, tour.score);
    tour.energy = instance_.energy(tour.score);
  }
  // Over a missing road it would be infinite, and leave no number when it is taken back.
  if (!is_feasible) tour.energy = 0;
  energy_ += tour.energy - before;
  return is_feasible;
}

void Solution::remove(std::uint32_t t, std::span<const std::uint32_t> slots_to_go) {
  touch(t);
  auto& tour = tours_[t];
  std::size_t first = tour.slots.size();
  for (const auto s : slots_to_go) {
    auto& slot = tour.slots[s];
    first = std::min<std::size_t>(first, s);
    for (std::uint32_t k = 0; k < instance_.supplies; ++k)
      tour.loads[k] -= instance_.use[std::size_t{slot.node} * instance_.supplies + k];
    where_[slot.node].tour = nowhere;
    absent_.push_back(slot.node);
    energy_ += instance_.weights[static_cast<std::size_t>(Term::unserved)] *
               instance_.nodes[slot.node].value;
    slot.place = ~0U;  // marked
  }
  std::size_t last = 0;
  for (std::size_t s = first, kept = first; s < tour.slots.size(); ++s) {
    if (tour.slots[s].place == ~0U) {
      last = kept;
      continue;
    }
    if (s != kept) tour.slots[kept] = tour.slots[s];
    if (last == kept) tour.slots[kept].depart = Slot::unknown;
    ++kept;
  }
  tour.slots.resize(tour.slots.size() - slots_to_go.size());
  refresh(t, first, last == 0 ? 0 : last - 1);
  if (!instance_.problem.depots.empty()) drop_needless_depots(t);
  if (!judge(t)) clear(t);
  if (tours_[t].is_empty()) --used_;
}

/// Where a detour is shorter than the way itself, less can be more than feasible.
void Solution::clear(std::uint32_t t) {
  auto& tour = tours_[t];
  const auto fixed = instance_.duties[t].fixed;
  for (std::size_t s = fixed + 1; s + 1 < tour.slots.size(); ++s) {
    const auto node = tour.slots[s].node;
    if (instance_.is_depot(node)) continue;
    for (std::uint32_t k = 0; k < instance_.supplies; ++k)
      tour.loads[k] -= instance_.use[std::size_t{node} * instance_.supplies + k];
    where_[node].tour = nowhere;
    absent_.push_back(node);
    energy_ +=
        instance_.weights[static_cast<std::size_t>(Term::unserved)] * instance_.nodes[node].value;
  }
  tour.slots.erase(tour.slots.begin() + fixed + 1, tour.slots.end() - 1);
  tour.slots.back().depart = Slot::unknown;
  refresh(t, fixed + 1, fixed);
  const bool is_feasible = judge(t);
  MF_ASSERT(is_feasible, "what is pinned must stay feasible");
}

void Solution::reset(std::uint32_t t) {
  touch(t);
  auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  const bool was_used = !tour.is_empty();
  auto& first = tour.slots.front();
  auto& last = tour.slots.back();
  first.place = duty.start;
  first.depart = duty.from;
  tour.slots[1].depart = Slot::unknown;
  last.place = duty.end;
  last.latest = duty.to_with_overtime;
  clear(t);
  if (was_used && tour.is_empty()) --used_;
}

void Solution::drop_needless_depots(std::uint32_t t) {
  auto& slots = tours_[t].slots;
  for (std::size_t s = 1; s + 1 < slots.size(); ++s) {
    if (!instance_.is_depot(slots[s].node)) continue;
    scratch_.clear();
    for (std::size_t i = 1; i + 1 < slots.size(); ++i)
      if (i != s) scratch_.push_back(slots[i].node);
    if (!timing_.carries(t, scratch_)) continue;
    slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(s));
    slots[s].depart = Slot::unknown;
    refresh(t, s, s - 1);
    --s;
  }
}

void Solution::insert(std::uint32_t visit, const Candidate& c) {
  touch(c.tour);
  auto& tour = tours_[c.tour];
  if (tour.is_empty()) ++used_;
  const auto put = [&](std::uint32_t node, std::size_t at) {
    tour.slots.insert(tour.slots.begin() + static_cast<std::ptrdiff_t>(at),
                      Slot{.node = node, .place = instance_.nodes[node].place});
    tour.slots[at + 1].depart = Slot::unknown;
  };
  put(visit, c.at);
  if (c.depot != Tour::no_node) put(c.depot, c.depot_at);
  for (std::uint32_t k = 0; k < instance_.supplies; ++k)
    tour.loads[k] += instance_.use[std::size_t{visit} * instance_.supplies + k];
  const auto gone = std::ranges::find(absent_, visit);
  *gone = absent_.back();
  absent_.pop_back();
  energy_ -=
      instance_.weights[static_cast<std::size_t>(Term::unserved)] * instance_.nodes[visit].value;
  refresh(c.tour, c.depot == Tour::no_node ? c.at : c.depot_at,
          c.depot == Tour::no_node ? c.at : c.at + 1);
  const bool is_feasible = judge(c.tour);
  MF_ASSERT(is_feasible, "an insertion that was found feasible is not");
}

bool Solution::assign(std::uint32_t t, std::span<const std::uint32_t> nodes) {
  Score score;
  if (nodes.empty() || !timing_.evaluate(t, nodes, score)) return false;
  touch(t);
  auto& tour = tours_[t];
  std::vector<Slot> slots(tour.slots.begin(), tour.slots.end() - 1);
  const bool was_empty = tour.is_empty();
  for (const auto node : nodes.subspan(tour.size())) {
    slots.push_back({.node = node, .place = instance_.nodes[node].place});
    if (instance_.is_depot(node)) continue;
    for (std::uint32_t k = 0; k < instance_.supplies; ++k)
      tour.loads[k] += instance_.use[std::size_t{node} * instance_.supplies + k];
    energy_ -=
        instance_.weights[static_cast<std::size_t>(Term::unserved)] * instance_.nodes[node].value;
    std::erase(absent_, node);
  }
  slots.push_back(tour.slots.back());
  slots.back().depart = Slot::unknown;
  tour.slots = std::move(slots);
  if (was_empty) ++used_;
  refresh(t, 1, tour.slots.size());
  return judge(t);
}

}  // namespace mf::planning
