#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "planning/checker.hpp"
#include "planning/windows.hpp"

namespace mf::planning {
namespace {

/// Times one sequence: forward as early as possible, then backward as late as costs nothing.
class SequenceTimes {
 public:
  SequenceTimes(const Problem& problem, const Objective& objective, const Sequence& sequence)
      : problem_(problem),
        objective_(objective),
        technician_(problem.technicians[sequence.technician]),
        route_{sequence.technician, sequence.shift} {
    std::size_t place = technician_.start;
    for (const auto& [kind, which] : sequence.stops) {
      route_.stops.push_back({.kind = kind, .which = which});
      jobs_.push_back(kind == StopKind::visit ? job_of(problem.visits[which], place)
                                              : job_of(problem.depots[which], place));
    }
    if (technician_.end) home_ = leg_time(place, *technician_.end);
  }

  Route run() && {
    forward(technician_.shifts[route_.shift].hours.from);
    backward();
    depart();
    return std::move(route_);
  }

 private:
  struct Job {
    Seconds travel, duration;  ///< of the leg to it, of the work
    Seconds release = std::numeric_limits<Seconds>::lowest();
    std::vector<Window> windows;  ///< in order; none: any time
    const Visit* visit = nullptr;
    Seconds start_max = std::numeric_limits<Seconds>::max();  ///< of the window it begins in
  };

  /// Also goes to the job's place.
  Job job_of(const Visit& visit, std::size_t& place) const {
    return {.travel = leg_time(std::exchange(place, visit.place), visit.place),
            .duration = visit.duration / technician_.speed,
            .release = visit.release,
            .windows = united(visit.windows),
            .visit = &visit};
  }
  Job job_of(const Depot& depot, std::size_t& place) const {
    return {.travel = leg_time(std::exchange(place, depot.place), depot.place),
            .duration = depot.duration,
            .windows = {depot.hours}};
  }

  [[nodiscard]] Seconds leg_time(std::size_t from, std::size_t to) const {
    const auto whole = leg(problem_.travel, from, to).time;
    if (whole == no_road) return 0;  // check() says so
    return objective_.truncates_legs ? std::floor(whole * 10 + 1e-9) / 10 : whole;
  }

  void forward(Seconds now) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      auto& job = jobs_[i];
      auto& stop = route_.stops[i];
      stop.start = problem_.profile.arrival(std::max(now, job.release), job.travel);
      const auto open = next_window(job, stop.start);
      if (open != job.windows.end()) {
        stop.start = std::max(stop.start, open->from);
        job.start_max = open->to;
      } else if (!job.windows.empty()) job.start_max = stop.start;
      now = stop.end = stop.start + job.duration;
    }
    route_.end = home_ ? problem_.profile.arrival(now, *home_) : now;
  }

  /// The last start stays, or the route's end would move.
  void backward() {
    for (std::size_t i = jobs_.size() - 1; i-- > 0;) {
      const auto end_max =
          problem_.profile.departure(route_.stops[i + 1].start, jobs_[i + 1].travel);
      auto& stop = route_.stops[i];
      stop.start = std::min(
          {end_max - jobs_[i].duration, jobs_[i].start_max, free_start(jobs_[i], stop.start)});
      stop.end = stop.start + jobs_[i].duration;
    }
  }

  /// Until when the work may begin without worsening a term of the visit's.
  [[nodiscard]] Seconds free_start(const Job& job, Seconds start) const {
    Seconds free = std::numeric_limits<Seconds>::max();
    if (!job.visit) return free;
    if (job.visit->due) free = *job.visit->due - job.duration;
    if (!job.visit->windows.empty() && objective_.has(Term::tightness))
      free = std::min(free, job.windows.back().to - slack_wanted);
    if (job.visit->announced && objective_.has(Term::instability))
      free = std::min(free, job.visit->announced->start);
    return std::max(free, start);
  }

  /// From the first place as late as its stop allows; from then on everything at once, but what was
  /// announced not before its time: free work comes before the waiting.
  void depart() {
    route_.departure = problem_.profile.departure(route_.stops[0].start, jobs_[0].travel);
    Seconds leave = route_.departure;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      auto& job = jobs_[i];
      auto& stop = route_.stops[i];
      stop.arrival = problem_.profile.arrival(std::max(leave, job.release), job.travel);
      Seconds ready = stop.arrival;
      if (job.visit && job.visit->announced && objective_.has(Term::instability))
        ready = std::max(ready, std::min(stop.start, job.visit->announced->start));
      if (const auto open = next_window(job, ready); open != job.windows.end())
        ready = std::max(ready, open->from);
      stop.start = std::min(stop.start, ready);
      leave = stop.end = stop.start + job.duration;
    }
  }

  static std::vector<Window>::const_iterator next_window(const Job& job, Seconds moment) {
    return std::ranges::find_if(job.windows,
                                [&](const Window& window) { return moment <= window.to; });
  }

  const Problem& problem_;
  const Objective& objective_;
  const Technician& technician_;
  Route route_;
  std::vector<Job> jobs_;  ///< as the stops
  std::optional<Seconds> home_;
};

bool names_what_exists(const Problem& problem, const Sequence& sequence) {
  return sequence.technician < problem.technicians.size() &&
         sequence.shift < problem.technicians[sequence.technician].shifts.size() &&
         std::ranges::all_of(
             sequence.stops,
             [&](const Sequence::Stop& stop) {
               return stop.which < (stop.kind == StopKind::visit     ? problem.visits.size()
                                    : stop.kind == StopKind::restock ? problem.depots.size()
                                                                     : 0);
             });
}

/// For check() to find out what is wrong with it.
Route untimed(const Sequence& sequence) {
  Route route{sequence.technician, sequence.shift};
  for (const auto& [kind, which] : sequence.stops)
    route.stops.push_back({.kind = kind, .which = which});
  return route;
}

std::vector<std::size_t> unserved_by(const std::vector<Route>& routes, std::size_t visits) {
  std::vector<bool> is_served(visits);
  for (const auto& route : routes)
    for (const auto& stop : route.stops)
      if (stop.kind == StopKind::visit && stop.which < visits) is_served[stop.which] = true;
  std::vector<std::size_t> unserved;
  for (std::size_t v = 0; v < visits; ++v)
    if (!is_served[v]) unserved.push_back(v);
  return unserved;
}

}  // namespace

Plan time_sequences(const Problem& problem, const std::vector<Sequence>& sequences,
                    const Objective& objective) {
  Plan plan;
  for (const auto& sequence : sequences)
    plan.routes.push_back(!sequence.stops.empty() && names_what_exists(problem, sequence)
                              ? SequenceTimes(problem, objective, sequence).run()
                              : untimed(sequence));
  std::ranges::stable_sort(
      plan.routes, {}, [](const Route& route) { return std::pair(route.technician, route.shift); });
  plan.unserved = unserved_by(plan.routes, problem.visits.size());
  plan.score = check(problem, plan, objective).score;
  return plan;
}

}  // namespace mf::planning
