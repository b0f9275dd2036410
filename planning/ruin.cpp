#include "planning/ruin.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mf::planning {

RuinAndRecreate::RuinAndRecreate(const Instance& instance, Random& random, RuinSettings settings)
    : instance_(instance),
      random_(random),
      settings_(settings),
      blinks_(settings.blink, random),
      is_cut_(instance.duties.size()),
      empty_seen_(instance.kinds),
      hopeless_before_(instance.visit_count),
      is_granular_(instance.duties.size() > many_duties),
      near_duties_(instance.visit_count),
      looked_at_(instance.duties.size()) {
  for (std::uint32_t v = 0; v < instance.visit_count; ++v) {
    const auto& node = instance.nodes[v];
    double nearest = infinity, size = node.duration * 1e-6;
    const double* to = instance.legs.times_to(node.place);
    for (const auto& duty : instance.duties) nearest = std::min(nearest, to[duty.start]);
    for (std::uint32_t k = 0; k < instance.supplies; ++k)
      size += instance.use[std::size_t{v} * instance.supplies + k];
    from_start_.push_back(nearest);
    size_.push_back(size);
    window_.push_back(std::min(node.close - node.open, 1e9));
  }
}

void RuinAndRecreate::ruin(Solution& solution) {
  if (instance_.visit_count > 0) ruin(solution, random_.below(instance_.visit_count));
}

void RuinAndRecreate::ruin(Solution& solution, std::uint32_t seed) {
  const double placed = static_cast<double>(instance_.visit_count - solution.absent().size());
  const double mean_tour = placed / static_cast<double>(std::max<std::size_t>(1, solution.used()));
  const double string_max = std::max(1.0, std::min(settings_.string_max, mean_tour));
  const double strings_max = std::max(1.0, 4 * settings_.removed_mean / (1 + string_max) - 1);
  const auto strings = static_cast<std::size_t>(random_.unit() * strings_max + 1);
  for (const auto visit : instance_.neighbours(seed)) {
    if (cut_.size() >= strings) break;
    if (solution.is_absent(visit) || instance_.nodes[visit].is_fixed ||
        is_cut_[solution.tour_of(visit)])
      continue;
    cut(solution, visit, string_max);
  }
  for (const auto t : cut_) is_cut_[t] = false;
  cut_.clear();
}

/// Takes a string around `visit` out of its tour, or (half the time) one with a stretch in its
/// middle that stays.
void RuinAndRecreate::cut(Solution& solution, std::uint32_t visit, double string_max) {
  const auto t = solution.tour_of(visit);
  const auto& tour = solution.tours()[t];
  const std::uint32_t fixed = instance_.duties[t].fixed;
  const auto size = static_cast<std::uint32_t>(tour.size()) - fixed;
  is_cut_[t] = true;
  cut_.push_back(t);
  auto length = static_cast<std::uint32_t>(random_.unit() * std::min<double>(size, string_max) + 1);
  length = std::min(length, size);
  std::uint32_t kept = 0;
  if (length > 1 && length < size && random_.below(2) == 0) {
    kept = 1;
    while (length + kept < size && random_.below(100) == 0) ++kept;
  }
  const std::uint32_t at = solution.slot_of(visit) - fixed - 1;  // among those that may go
  const std::uint32_t whole = length + kept;
  const std::uint32_t first_min = at + 1 > whole ? at + 1 - whole : 0;
  const std::uint32_t first_max = std::min(at, size - whole);
  const std::uint32_t first = first_min + random_.below(first_max - first_min + 1);
  const std::uint32_t kept_from = kept > 0 ? first + 1 + random_.below(length - 1) : first + whole;
  slots_.clear();
  for (std::uint32_t i = first; i < first + whole; ++i) {
    if (i >= kept_from && i < kept_from + kept) continue;
    const auto slot = i + fixed + 1;
    if (!instance_.is_depot(tour.slots[slot].node)) slots_.push_back(slot);
  }
  if (!slots_.empty()) solution.remove(t, slots_);
}

void RuinAndRecreate::sort_absent(std::vector<std::uint32_t>& visits) {
  // By a fixed order first: that of `absent` is an accident.
  for (std::size_t i = visits.size(); i > 1; --i)
    std::swap(visits[i - 1], visits[random_.below(static_cast<std::uint32_t>(i))]);
  const auto by = [&](auto key) { std::ranges::stable_sort(visits, std::less{}, key); };
  const auto kind = random_.below(17);
  if (kind < 4) return;
  if (kind < 8) return by([&](std::uint32_t v) { return -size_[v]; });
  if (kind < 10) return by([&](std::uint32_t v) { return -from_start_[v]; });
  if (kind < 11) return by([&](std::uint32_t v) { return from_start_[v]; });
  if (kind < 13) return by([&](std::uint32_t v) { return window_[v]; });
  if (kind < 15) return by([&](std::uint32_t v) { return instance_.nodes[v].open; });
  by([&](std::uint32_t v) { return -instance_.nodes[v].close; });
}

/// Of those that may serve the visit. Found when first asked for: for all visits at once it would
/// take longer than anybody who cancels wants to wait.
std::span<const std::uint32_t> RuinAndRecreate::near_duties(std::uint32_t visit) {
  auto& near = near_duties_[visit];
  if (!near.empty()) return near;
  const double* to = instance_.legs.times_to(instance_.nodes[visit].place);
  std::vector<std::uint32_t> order(instance_.duties.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto last = order.begin() + std::min(near_duties_max, std::ssize(order));
  std::ranges::partial_sort(order, last, {}, [&](std::uint32_t d) {
    const auto& duty = instance_.duties[d];
    return instance_.can_serve(duty.kind, visit) ? to[duty.start] : infinity;
  });
  near.assign(order.begin(), last);
  return near;
}

void RuinAndRecreate::look_at(Solution& solution, std::uint32_t visit, std::uint32_t tour,
                              std::size_t vehicles_max, Candidate& best) {
  if (looked_at_[tour] == insertion_) return;
  looked_at_[tour] = insertion_;
  const auto kind = instance_.duties[tour].kind;
  if (!instance_.can_serve(kind, visit)) return;
  if (!solution.tours()[tour].is_empty()) {
    if (solution.tours()[tour].version < hopeless_before_[visit]) return;
  } else {
    if (solution.used() >= vehicles_max || empty_seen_[kind] == insertion_) return;
    empty_seen_[kind] = insertion_;
  }
  const auto found = solution.best_in(visit, tour, blinks_, best.energy);
  if (!found.is_none()) best = found;
}

Candidate RuinAndRecreate::cheapest(Solution& solution, std::uint32_t visit,
                                    std::size_t vehicles_max) {
  ++insertion_;
  Candidate best;
  const auto tours = static_cast<std::uint32_t>(solution.tours().size());
  if (is_granular_) {
    const auto near = instance_.neighbours(visit);
    for (const auto other : near.first(std::min(near.size(), near_visits)))
      if (!solution.is_absent(other))
        look_at(solution, visit, solution.tour_of(other), vehicles_max, best);
    for (const auto duty : near_duties(visit)) look_at(solution, visit, duty, vehicles_max, best);
    if (!best.is_none()) return best;
  }
  for (std::uint32_t t = 0; t < tours; ++t) look_at(solution, visit, t, vehicles_max, best);
  return best;
}

void RuinAndRecreate::recreate(Solution& solution, std::size_t vehicles_max,
                               const std::function<bool()>& is_cancelled) {
  order_ = solution.absent();
  sort_absent(order_);
  for (const auto visit : order_) {
    if (is_cancelled()) return;
    const auto best = cheapest(solution, visit, vehicles_max);
    hopeless_before_[visit] = best.is_none() ? solution.version() + 1 : 0;
    if (!best.is_none()) solution.insert(visit, best);
  }
}

}  // namespace mf::planning
