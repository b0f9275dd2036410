// Waiting on purpose, so that work begins when it was announced.
//
// The route has been timed as early as possible. What was announced for later may wait, but what
// comes behind it is pushed then: away from its own promise, into lateness, overtime, out of its
// window. The second kind is forbidden, by the latest start of each step that costs nothing above
// promises (one pass backwards). Within these bounds, and with legs as long as they were, the least
// sum of |start − announced| along the route is isotonic regression: take the work and the ways
// before it off each moment, and promises must only not decrease; neighbours that would are pooled
// at the median of their wishes (pool adjacent violators). In traffic legs change their length with
// the hour, so it is a proposal there; it is taken only if it turns out better.
//
// A break that was not owed because the route ended before it may be when the route waits: then the
// breaks are placed anew, with the wishes as bounds.
#include <algorithm>
#include <cmath>

#include "planning/timing.hpp"

namespace mf::planning {
namespace {

/// Of all moments at which work may begin the nearest to the announced one.
double nearest_begin(const Instance& instance, const Node& node) {
  const double before = instance.begin_by(node, node.announced);
  const double after = instance.begin(node, node.announced);
  return node.announced - before <= after - node.announced ? before : after;
}

}  // namespace

bool Timing::is_before_promised() const {
  return std::ranges::any_of(steps_, [&](const Step& step) {
    return is_promise(step) && step.start < instance_.nodes[step.which].announced - rounding;
  });
}

/// Nothing that the objective compares before promises is worse, and promises are kept better.
bool Timing::is_worth_it(const Score& now, const Score& before) const {
  constexpr double noise = 1e-6;
  for (const auto& level : instance_.objective.levels) {
    if (level.term == Term::instability) break;
    if (now[level.term] > before[level.term] + noise) return false;
  }
  return now[Term::instability] < before[Term::instability] - noise;
}

/// False when nothing came of it.
bool Timing::keep_promises() {
  if (!is_before_promised()) return false;
  Score best;
  count(best);
  const auto steps = steps_;
  const double end = end_, departure = departure_;
  find_latest();
  choose_moments();
  as_early_as_possible();
  end_ = steps_.back().end;
  Score now;
  count(now);
  bool waits = is_worth_it(now, best);
  if (waits) {
    best = now;
  } else {
    steps_ = steps;
    end_ = end;
    departure_ = departure;
  }
  if (rests_taken_ < breaks_ && is_before_promised()) waits = wait_with_later_breaks(best) || waits;
  return waits;
}

/// No later than this may the route end, so that nothing above promises becomes worse. Once the
/// next break's time is over it would be owed.
double Timing::end_max() const {
  const auto& levels = instance_.objective.levels;
  const auto level_of = [&](Term term) { return std::ranges::find(levels, term, &Level::term); };
  double bound = duty_->to_with_overtime;
  if (level_of(Term::overtime) < level_of(Term::instability)) bound = std::min(bound, duty_->to);
  if (rests_taken_ < breaks_) bound = std::min(bound, duty_->breaks[rests_taken_].start.to);
  return std::max(bound, end_);
}

void Timing::find_latest() {
  const auto& levels = instance_.objective.levels;
  const auto is_above = [&](Term term) {
    return std::ranges::find(levels, term, &Level::term) <
           std::ranges::find(levels, Term::instability, &Level::term);
  };
  double bound = end_max();
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    double latest = step->start;
    if (step->kind == Step::Kind::leg) {
      latest = instance_.profile.departure(bound, step->length);
    } else if (step->kind == Step::Kind::rest) {
      latest = std::min(step->start_max, bound - step->length);
    } else if (const auto& node = instance_.nodes[step->which]; !node.under_way) {
      double until = bound - step->length;
      if (is_above(Term::lateness)) until = std::min(until, node.due - step->length);
      if (is_above(Term::tightness) && node.windows > 0)
        until = std::min(until, node.close - slack_wanted);
      latest = instance_.begin_by(node, until);
    }
    step->latest = is_past(*step) ? step->start : std::max(step->start, latest);
    bound = step->latest;
  }
}

/// Sets `wanted` of the promised steps.
void Timing::choose_moments() {
  blocks_.clear();
  wishes_.clear();
  double before = 0;  // work, ways and rests
  for (const auto& step : steps_) {
    if (is_promise(step)) {
      const double wish = nearest_begin(instance_, instance_.nodes[step.which]);
      const double moment = std::clamp(wish, step.start, step.latest) - before;
      blocks_.push_back({wishes_.size(), wishes_.size(), moment});
      wishes_.push_back(moment);
      while (blocks_.size() > 1 && blocks_[blocks_.size() - 2].moment > blocks_.back().moment) {
        const auto last = blocks_.back().last;
        blocks_.pop_back();
        auto& block = blocks_.back();
        block.last = last;
        sorted_.assign(wishes_.begin() + static_cast<std::ptrdiff_t>(block.first),
                       wishes_.begin() + static_cast<std::ptrdiff_t>(block.last) + 1);
        // Of two medians the earlier one: nobody waits for nothing.
        const auto middle = sorted_.begin() + (std::ssize(sorted_) - 1) / 2;
        std::ranges::nth_element(sorted_, middle);
        block.moment = *middle;
      }
    }
    before += step.end - step.start;
  }
  before = 0;
  std::size_t wish = 0, block = 0;
  for (auto& step : steps_) {
    if (is_promise(step)) {
      if (wish > blocks_[block].last) ++block;
      step.wanted = std::clamp(blocks_[block].moment + before, step.start, step.latest);
      ++wish;
    }
    before += step.end - step.start;
  }
}

/// Places the breaks anew, with promised work waiting: all of it, or else one after the other where
/// it is worth it. `best`: what the route costs as it is.
bool Timing::wait_with_later_breaks(Score& best) {
  bool waits = false;
  auto steps = steps_;
  double end = end_, departure = departure_;
  auto taken = rests_taken_, at_end = rests_at_end_;
  const auto improves = [&] {
    if (forward() && finish()) {
      trace();
      Score now;
      count(now);
      if (is_worth_it(now, best)) {
        best = now;
        waits = true;
        steps = steps_;
        end = end_;
        departure = departure_;
        taken = rests_taken_;
        at_end = rests_at_end_;
        return true;
      }
    }
    return false;
  };
  std::vector<double> wishes(nodes_.size(), -infinity);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto& node = instance_.nodes[nodes_[i]];
    if (node.announced_technician != Node::nobody && !node.under_way)
      wishes[i] = nearest_begin(instance_, node);
  }
  wanted_ = wishes;
  if (!improves()) {
    wanted_.assign(nodes_.size(), -infinity);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (wishes[i] == -infinity) continue;
      wanted_[i] = wishes[i];
      if (!improves()) wanted_[i] = -infinity;
    }
  }
  steps_ = std::move(steps);
  end_ = end;
  departure_ = departure;
  rests_taken_ = taken;
  rests_at_end_ = at_end;
  return waits;
}

}  // namespace mf::planning
