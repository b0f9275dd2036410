// Where an absent visit would go in a tour: by sums of legs, by durations, or by timing it whole.
#include <algorithm>

#include "planning/random.hpp"
#include "planning/solution.hpp"

namespace mf::planning {

Candidate Solution::best_in(std::uint32_t visit, std::uint32_t tour, Blinks& blinks, double below) {
  switch (instance_.evaluation) {
    case Instance::Evaluation::legs: return best_in_by_legs(visit, tour, blinks, below);
    case Instance::Evaluation::durations: return best_in_by_durations(visit, tour, blinks, below);
    case Instance::Evaluation::timing: break;
  }
  return best_in_timed(visit, tour, blinks, below);
}

/// Distance alone counts: the difference of three legs, if both parts of the tour can bear it
/// (push forward, Solomon 1987; latest arrivals make it O(1)).
Candidate Solution::best_in_by_legs(std::uint32_t visit, std::uint32_t t, Blinks& blinks,
                                    double below) const {
  const auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  const auto& node = instance_.nodes[visit];
  Candidate best{.tour = t, .energy = below};
  for (std::uint32_t k = 0; k < instance_.supplies; ++k)
    if (tour.loads[k] + instance_.use[std::size_t{visit} * instance_.supplies + k] >
        instance_.has[std::size_t{t} * instance_.supplies + k] + 1e-9)
      return best;
  const double work = instance_.work(duty, node);
  const double* to = instance_.legs.times_to(node.place);
  const double* from = instance_.legs.times_from(node.place);
  const auto& slots = tour.slots;
  const bool has_one_table = per_second_ == 0 && instance_.legs.is_one_table();
  const double per_time = per_metre_ * instance_.legs.metres_per_second() * duty.cost;
  const double vehicle = tour.is_empty() ? per_vehicle_ : 0;
  // Latest arrivals grow along a tour: before this slot nobody can wait for the visit.
  std::size_t at = duty.fixed + 1;
  const double done = std::max(node.open, node.release) + work;
  while (at + 1 < slots.size() && slots[at].latest < done) ++at;
  for (; at < slots.size(); ++at) {
    const auto& before = slots[at - 1];
    const auto& next = slots[at];
    if (before.depart > node.close) break;
    const double added = has_one_table ? (to[before.place] + from[next.place]) * per_time - next.leg
                                       : leg_energy(duty, before.place, node.place) +
                                             leg_energy(duty, node.place, next.place) - next.leg;
    if (added + vehicle >= best.energy || blinks.next()) continue;
    const double start =
        instance_.begin(node, std::max(before.depart, node.release) + to[before.place]);
    double leave = start + work;
    if (next.node != Tour::no_node) leave = std::max(leave, instance_.nodes[next.node].release);
    if (leave + from[next.place] > next.latest) continue;
    best.energy = added + vehicle;
    best.at = static_cast<std::uint32_t>(at);
  }
  return best;
}

/// What the visit adds before slot `at`, where all that isn't near it changes the energy by
/// `opening`; infinity when it doesn't fit in time, or adds `below` or more.
double Solution::added_by_durations(std::uint32_t visit, const Tour& tour, const Duty& duty,
                                    std::size_t at, double opening, double below) const {
  const auto& node = instance_.nodes[visit];
  const auto& before = tour.slots[at - 1];
  const auto& next = tour.slots[at];
  const auto& head = tour.extents[at - 1];
  const auto& tail = tour.extents[at];
  const double there = instance_.legs.time(before.place, node.place);
  const double away = instance_.legs.time(node.place, next.place);
  const double work = instance_.work(duty, node);
  const double so_far = opening + leg_energy(duty, before.place, node.place) +
                        leg_energy(duty, node.place, next.place) - next.leg;
  const double busy = head.busy + there + work + away + tail.busy_after;
  if (so_far + duration_energy(busy, busy) >= below) return infinity;
  const double start = instance_.begin(node, std::max(before.depart, node.release) + there);
  double leave = start + work;
  if (next.node != Tour::no_node) leave = std::max(leave, instance_.nodes[next.node].release);
  if (leave + away > next.latest) return infinity;
  const double end = std::max(leave + away + tail.busy_after, tail.end);
  const double start_by = std::min(node.close, next.latest - away - work);
  const double latest_start = std::min(head.latest_start, start_by - there - head.busy);
  const double added = so_far + duration_energy(std::max(busy, end - latest_start), busy);
  return added < below ? added : infinity;
}

Candidate Solution::best_in_by_durations(std::uint32_t visit, std::uint32_t t, Blinks& blinks,
                                         double below) {
  const auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  const auto& node = instance_.nodes[visit];
  Candidate best{.tour = t, .energy = below};
  const bool carries_it = instance_.supplies == 0 && instance_.problem.depots.empty();
  const double opening =
      tour.is_empty() ? per_vehicle_ : -duration_energy(tour.lasting(), tour.extents.back().busy);
  const double done = std::max(node.open, node.release) + instance_.work(duty, node);
  for (std::size_t at = duty.fixed + 1; at < tour.slots.size(); ++at) {
    if (tour.slots[at - 1].depart > node.close) break;
    if (tour.slots[at].latest < done) continue;
    const double added = added_by_durations(visit, tour, duty, at, opening, best.energy);
    if (added == infinity || blinks.next()) continue;
    if (!carries_it) {
      put_into_scratch(visit, tour, at);
      if (!timing_.carries(t, scratch_)) {
        try_with_depot(t, at, best);
        continue;
      }
    }
    best = {.tour = t, .at = static_cast<std::uint32_t>(at), .energy = added};
  }
  return best;
}

/// Necessary, not sufficient: without breaks, would both parts bear it?
bool Solution::fits_in_time(std::uint32_t visit, const Tour& tour, const Duty& duty,
                            std::size_t at) const {
  const auto& node = instance_.nodes[visit];
  const auto& before = tour.slots[at - 1];
  const auto& next = tour.slots[at];
  const double arrival = instance_.profile.arrival(std::max(before.depart, node.release),
                                                   instance_.legs.time(before.place, node.place));
  double leave = instance_.begin(node, arrival) + instance_.work(duty, node);
  if (leave == infinity) return false;
  if (next.node != Tour::no_node) leave = std::max(leave, instance_.nodes[next.node].release);
  return instance_.profile.arrival(leave, instance_.legs.time(node.place, next.place)) <=
         next.latest + rounding;
}

/// The least energy that the visit adds before slot `at`: two legs for one, and its work where no
/// waiting makes room for it. Other terms rarely become less by it (work that is late enough to
/// keep a promise by accident); a search may overlook that.
double Solution::least_added(std::uint32_t visit, const Tour& tour, const Duty& duty,
                             std::size_t at) const {
  const auto& node = instance_.nodes[visit];
  const auto before = tour.slots[at - 1].place, next = tour.slots[at].place;
  const auto& legs = instance_.legs;
  const bool is_new = tour.is_empty();
  const double travel = (legs.time(before, node.place) + legs.time(node.place, next)) * fastest_ -
                        (is_new ? 0 : legs.time(before, next) * slowest_);
  double energy = per_second_ * travel * duty.cost;
  if (per_metre_ != 0)
    energy += per_metre_ * duty.cost *
              (legs.distance(before, node.place) + legs.distance(node.place, next) -
               (is_new ? 0 : legs.distance(before, next)));
  const double more = travel + instance_.work(duty, node) - tour.score[Term::waiting];
  if (more > 0) energy += per_second_working_ * more;
  if (is_new) energy += per_vehicle_;
  return energy;
}

Candidate Solution::best_in_timed(std::uint32_t visit, std::uint32_t t, Blinks& blinks,
                                  double below) {
  const auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  const auto& node = instance_.nodes[visit];
  Candidate best{.tour = t, .energy = below};
  const bool carries_it = instance_.supplies == 0 && instance_.problem.depots.empty();
  const double done = std::max(node.open, node.release) + instance_.work(duty, node);
  for (std::size_t at = duty.fixed + 1; at < tour.slots.size(); ++at) {
    if (tour.slots[at - 1].depart > node.close + rounding) break;
    if (tour.slots[at].latest < done - rounding) continue;
    // Nothing to compare with: all places of this tour are wanted exactly.
    if (below < infinity && least_added(visit, tour, duty, at) >= best.energy) continue;
    if (blinks.next() || !fits_in_time(visit, tour, duty, at)) continue;
    put_into_scratch(visit, tour, at);
    if (!carries_it && !timing_.carries(t, scratch_)) {
      try_with_depot(t, at, best);
      continue;
    }
    Score score;
    if (!timing_.evaluate_carried(t, scratch_, score)) continue;
    const double added = instance_.energy(score) - tour.energy;
    if (added < best.energy)
      best = {.tour = t, .at = static_cast<std::uint32_t>(at), .energy = added};
  }
  return best;
}

void Solution::put_into_scratch(std::uint32_t visit, const Tour& tour, std::size_t at) {
  scratch_.clear();
  for (std::size_t s = 1; s + 1 < tour.slots.size(); ++s) {
    if (s == at) scratch_.push_back(visit);
    scratch_.push_back(tour.slots[s].node);
  }
  if (at + 1 == tour.slots.size()) scratch_.push_back(visit);
}

/// The visit before slot `at` of the tour, and a depot somewhere before it. `scratch_` holds the
/// tour with the visit.
void Solution::try_with_depot(std::uint32_t t, std::size_t at, Candidate& best) {
  const auto& tour = tours_[t];
  const auto& duty = instance_.duties[t];
  auto nodes = scratch_;
  for (std::uint32_t depot = instance_.visit_count; depot < instance_.nodes.size(); ++depot) {
    nodes.insert(nodes.begin() + duty.fixed, depot);
    for (std::size_t q = duty.fixed + 1; q <= at; ++q) {
      if (q > duty.fixed + 1) std::swap(nodes[q - 2], nodes[q - 1]);
      Score score;
      if (!timing_.evaluate(t, nodes, score)) continue;
      const double added = instance_.energy(score) - tour.energy;
      if (added < best.energy)
        best = {.tour = t,
                .at = static_cast<std::uint32_t>(at),
                .depot = depot,
                .depot_at = static_cast<std::uint32_t>(q),
                .energy = added};
    }
    nodes = scratch_;
  }
}

}  // namespace mf::planning
