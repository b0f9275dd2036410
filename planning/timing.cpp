// Where the four passes of timing.hpp come from.
//
// Forward with labels: at each stop, for each number of breaks taken by then, the earliest end. One
// time a label is enough, since traffic is first-in first-out and windows only make one wait:
// earlier is never worse. A break is taken before leaving or on arriving, so extending a label over
// a leg is two nested loops over the breaks that may follow. Most routes owe one break: the table
// is two columns wide and the loops end at once.
//
// The trace then turns labels into steps: leg, rest, work, in order of time. From there on nothing
// is chosen any more but moments, and every pass is one walk over the steps.
//
// Late before early: to know how late one may set out, everything is pushed to its latest moment,
// from the end backwards; what bounds each step is its window, its break, and what its visit would
// lose (harmless_until). But a day where everything is as late as possible is a bad one: clients
// wait, and one surprise topples it. So from that departure on all is done as soon as it can be.
// By first-in first-out nothing is later than before, the end is the same, and so are waiting and
// working time; only the place of the waiting changes.
//
// What is under way lies in the past: its leg has no length, its moment no choice. What comes
// behind it waits for the shift's begin, as anything does.
#include "planning/timing.hpp"

#include <algorithm>
#include <cmath>

namespace mf::planning {

bool Timing::begin(std::uint32_t duty, std::span<const std::uint32_t> nodes) {
  duty_ = &instance_.duties[duty];
  nodes_ = nodes;
  breaks_ = duty_->breaks.size();
  wanted_.clear();
  return forward() && finish();
}

bool Timing::evaluate(std::uint32_t duty, std::span<const std::uint32_t> nodes, Score& score) {
  return carries(duty, nodes) && evaluate_carried(duty, nodes, score);
}

bool Timing::evaluate_carried(std::uint32_t duty, std::span<const std::uint32_t> nodes,
                              Score& score) {
  score = {};
  if (nodes.empty()) return true;
  if (!begin(duty, nodes)) return false;
  trace();
  if (instance_.counts_delay) settle(instance_.places_waiting);
  count(score);
  return true;
}

std::optional<Route> Timing::timeline(std::uint32_t duty, std::span<const std::uint32_t> nodes,
                                      Score& score) {
  score = {};
  if (!carries(duty, nodes) || !begin(duty, nodes)) return {};
  trace();
  settle(true);
  count(score);
  Route route{
      .technician = duty_->technician, .shift = duty_->shift, .departure = departure_, .end = end_};
  double arrival = departure_;
  for (const auto& step : steps_) {
    if (step.kind == Step::Kind::leg) {
      arrival = step.end;
    } else if (step.kind == Step::Kind::rest) {
      route.stops.push_back(
          {StopKind::rest, duty_->break_numbers[step.which], step.start, step.start, step.end});
    } else {
      const bool is_depot = instance_.is_depot(step.which);
      route.stops.push_back({is_depot ? StopKind::restock : StopKind::visit,
                             is_depot ? step.which - instance_.visit_count : step.which, arrival,
                             step.start, step.end});
    }
  }
  return route;
}

std::uint32_t Timing::place_of(std::size_t stop) const {
  return stop == 0 ? duty_->start : instance_.nodes[nodes_[stop - 1]].place;
}

bool Timing::forward() {
  labels_.assign((nodes_.size() + 1) * (breaks_ + 1), {});
  labels(0)[0].end = duty_->from;
  for (std::size_t stop = 1; stop <= nodes_.size(); ++stop) {
    extend(stop);
    const auto* at = labels(stop);
    if (std::all_of(at, at + breaks_ + 1, [](const Label& l) { return l.end == infinity; }))
      return false;
  }
  return true;
}

bool Timing::rest(std::size_t which, double& moment) const {
  if (which >= breaks_) return false;
  const auto& rest = duty_->breaks[which];
  const double start = std::max(moment, rest.start.from);
  if (start > rest.start.to) return false;
  moment = start + rest.duration;
  return true;
}

/// All ways from the labels of the stop before: breaks before leaving, the leg, breaks on arrival.
void Timing::extend(std::size_t stop) {
  const auto& node = instance_.nodes[nodes_[stop - 1]];
  const double leg = instance_.legs.time(place_of(stop - 1), node.place);
  const double work = instance_.work(*duty_, node);
  const auto* before = labels(stop - 1);
  auto* here = labels(stop);
  if (node.under_way) {
    here[0].end = instance_.free_after(*duty_, node);
    return;
  }
  for (std::size_t b = 0; b <= breaks_; ++b) {
    double leave = before[b].end;
    if (leave == infinity) continue;
    std::size_t leaving = b;
    do {
      double at = instance_.profile.arrival(std::max(leave, node.release), leg);
      std::size_t taken = leaving;
      do {
        const double ready = wanted_.empty() ? at : std::max(at, wanted_[stop - 1]);
        const double end = instance_.begin(node, ready) + work;
        if (end < here[taken].end)
          here[taken] = {end, static_cast<std::uint8_t>(b), static_cast<std::uint8_t>(leaving)};
      } while (rest(taken++, at));
    } while (rest(leaving++, leave));
  }
}

/// Chooses how the route ends: as early as possible, with every break that is owed by then.
bool Timing::finish() {
  const auto* last = labels(nodes_.size());
  const double leg = instance_.legs.time(place_of(nodes_.size()), duty_->end);
  end_ = infinity;
  for (std::size_t b = 0; b <= breaks_; ++b) {
    double leave = last[b].end;
    if (leave == infinity) continue;
    std::size_t taken = b;
    do {
      const double end = instance_.profile.arrival(leave, leg);
      const bool is_owed = taken < breaks_ && end > duty_->breaks[taken].start.to;
      if (!is_owed && end < end_) {
        end_ = end;
        rests_taken_ = static_cast<std::uint8_t>(taken);
        rests_at_end_ = static_cast<std::uint8_t>(taken - b);
      }
    } while (rest(taken++, leave));
  }
  return end_ <= duty_->to_with_overtime + rounding;
}

void Timing::add_leg(std::size_t from_stop, std::uint32_t to_node) {
  Step leg{.kind = Step::Kind::leg, .which = to_node};
  const auto to = to_node == none ? duty_->end : instance_.nodes[to_node].place;
  leg.length = instance_.legs.time(place_of(from_stop), to);
  if (to_node != none) {
    leg.start_min = instance_.nodes[to_node].release;
    if (instance_.nodes[to_node].under_way) {  // it lies in the past
      leg.start_min = instance_.nodes[to_node].open;
      leg.length = 0;
    }
  }
  steps_.push_back(leg);
}

void Timing::add_work(std::uint32_t number) {
  const auto& node = instance_.nodes[number];
  steps_.push_back(
      {.kind = Step::Kind::work, .which = number, .length = instance_.work(*duty_, node)});
}

void Timing::add_rest(std::size_t which) {
  const auto& rest = duty_->breaks[which];
  steps_.push_back({.kind = Step::Kind::rest,
                    .which = static_cast<std::uint32_t>(which),
                    .length = rest.duration,
                    .start_min = rest.start.from,
                    .start_max = rest.start.to});
}

/// Follows the labels from the end to the start, turns that round and gives it times.
void Timing::trace() {
  steps_.clear();
  std::size_t taken = rests_taken_;
  add_leg(nodes_.size(), none);
  for (std::size_t i = 0; i < rests_at_end_; ++i) add_rest(--taken);
  for (std::size_t stop = nodes_.size(); stop > 0; --stop) {
    const auto label = labels(stop)[taken];
    add_work(nodes_[stop - 1]);
    if (!wanted_.empty()) steps_.back().wanted = wanted_[stop - 1];
    while (taken > label.leaving) add_rest(--taken);
    add_leg(stop - 1, nodes_[stop - 1]);
    while (taken > label.before) add_rest(--taken);
  }
  std::ranges::reverse(steps_);
  as_early_as_possible();
}

bool Timing::is_promise(const Step& step) const {
  if (step.kind != Step::Kind::work) return false;
  const auto& node = instance_.nodes[step.which];
  return node.announced_technician != Node::nobody && !node.under_way;
}

/// Under way, or the way there.
bool Timing::is_past(const Step& step) const {
  return step.kind != Step::Kind::rest && step.which != none &&
         instance_.nodes[step.which].under_way;
}

void Timing::settle(bool is_final) {
  const bool waits = instance_.waits_for_promises && keep_promises();
  as_late_as_possible();
  if (is_final || waits) as_soon_as_possible();
}

void Timing::as_early_as_possible() {
  double free = duty_->from;
  departure_ = -infinity;
  for (auto& step : steps_) {
    const bool past = is_past(step);
    step.start = past ? step.start_min : std::max(free, step.start_min);
    switch (step.kind) {
      case Step::Kind::leg:
        if (departure_ == -infinity) departure_ = step.start;
        step.end = instance_.profile.arrival(step.start, step.length);
        break;
      case Step::Kind::rest: step.end = step.start + step.length; break;
      case Step::Kind::work: {
        const auto& node = instance_.nodes[step.which];
        step.start =
            node.under_way ? node.open : instance_.begin(node, std::max(free, step.wanted));
        step.end = step.start + step.length;
        // In the window that was chosen.
        const double harmless = harmless_until(node, step);
        step.start_max = std::min(harmless, node.close);
        for (std::uint32_t w = 0; node.windows > 1 && w < node.windows; ++w) {
          const auto& window = instance_.windows[node.windows_at + w];
          if (step.start <= window.to + rounding) {
            step.start_max = std::min(harmless, window.to);
            break;
          }
        }
        break;
      }
    }
    free = past ? std::max(step.end, duty_->from) : step.end;
  }
}

double Timing::harmless_until(const Node& node, const Step& work) const {
  double until = node.due - work.length;
  if (instance_.keeps_slack && node.windows > 0) until = std::min(until, node.close - slack_wanted);
  if (instance_.keeps_promises && node.announced_technician != Node::nobody)
    until = std::min(until, node.announced);
  return std::max(work.start, until);
}

void Timing::as_late_as_possible() {
  double bound = end_;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const double latest = step->kind == Step::Kind::leg
                              ? std::min(bound, instance_.profile.departure(bound, step->length))
                              : std::min(step->start_max, bound - step->length);
    step->start = std::max(step->start, latest);
    step->end = step->kind == Step::Kind::leg ? bound : step->start + step->length;
    bound = step->start;
    if (step->kind == Step::Kind::leg) departure_ = step->start;
  }
}

/// From the departure on, so nothing is later than it was. Work that was announced stays where it
/// is, or comes nearer to its time.
void Timing::as_soon_as_possible() {
  double free = departure_;
  bool has_left = false;
  for (auto& step : steps_) {
    has_left = has_left || step.kind == Step::Kind::leg;
    if (has_left && !is_past(step)) {
      double ready = std::max(free, step.start_min);
      if (is_promise(step))
        ready = std::max(ready, std::min(step.start, instance_.nodes[step.which].announced));
      step.start = step.kind == Step::Kind::work
                       ? std::min(step.start, instance_.begin(instance_.nodes[step.which], ready))
                       : ready;
      step.end = step.kind == Step::Kind::leg ? instance_.profile.arrival(step.start, step.length)
                                              : step.start + step.length;
    }
    free = std::max(free, step.end);
    if (is_past(step)) free = std::max(free, duty_->from);
  }
  end_ = steps_.back().end;
}

void Timing::count(Score& score) const {
  const double working = end_ - departure_;
  double busy = 0;
  std::uint32_t place = duty_->start;
  for (const auto& step : steps_) {
    if (step.start >= departure_ - rounding) busy += step.end - step.start;
    if (step.kind == Step::Kind::work) count_visit(step, score);
    if (step.kind != Step::Kind::leg) continue;
    const auto to = step.which == none ? duty_->end : instance_.nodes[step.which].place;
    const double leg = instance_.legs.time(place, to);
    // The way to what is under way has no time of its own; it counts as if it were driven then.
    const bool is_past = step.which != none && instance_.nodes[step.which].under_way;
    const double travel = instance_.profile.is_flat() ? leg
                          : is_past ? instance_.profile.arrival(departure_, leg) - departure_
                                    : step.end - step.start;
    score[Term::travel] += travel * duty_->cost;
    score[Term::distance] += instance_.legs.distance(place, to) * duty_->cost;
    place = to;
  }
  score[Term::vehicles] = 1;
  score[Term::overtime] = std::max(0.0, end_ - duty_->to);
  score[Term::working_time] = working;
  score[Term::waiting] = std::max(0.0, working - busy);
  const double share = working / std::max(1.0, duty_->length);
  score[Term::unfairness] = share * share;
}

void Timing::count_visit(const Step& step, Score& score) const {
  const auto& node = instance_.nodes[step.which];
  if (instance_.is_depot(step.which)) return;
  if (step.end > node.due) score[Term::lateness] += node.lateness_weight * (step.end - node.due);
  if (node.windows > 0 && !node.under_way)
    score[Term::tightness] += std::max(0.0, slack_wanted - (node.close - step.start));
  if (node.announced_technician == Node::nobody) return;
  score[Term::instability] += std::abs(step.start - node.announced);
  if (static_cast<std::uint32_t>(node.announced_technician) != duty_->technician)
    score[Term::instability] += other_technician;
}

bool Timing::carries(std::uint32_t duty, std::span<const std::uint32_t> nodes) {
  const auto supplies = instance_.supplies;
  const double* has = instance_.has.data() + std::size_t{duty} * supplies;
  used_.assign(supplies, 0);
  auto tools = instance_.has_tools[duty];
  for (const auto number : nodes) {
    if (!instance_.is_depot(number)) {
      if ((instance_.needs_tools[number] & ~tools).any()) return false;
      const double* use = instance_.use.data() + std::size_t{number} * supplies;
      for (std::uint32_t k = 0; k < supplies; ++k) {
        used_[k] += use[k];
        if (used_[k] > has[k] + 1e-9) return false;
      }
      continue;
    }
    const auto depot = number - instance_.visit_count;
    tools |= instance_.offers_tools[depot];
    for (std::uint32_t k = 0; k < supplies; ++k)
      if (instance_.offers[std::size_t{depot} * supplies + k])
        used_[k] = k < instance_.dimensions ? 0 : -infinity;
  }
  return true;
}

}  // namespace mf::planning
