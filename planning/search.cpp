#include "planning/search.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/assert.hpp"
#include "planning/checker.hpp"
#include "planning/ruin.hpp"

namespace mf::planning {
namespace {

/// How far the search has come, by time and by iterations.
class Budget {
 public:
  explicit Budget(const SolveOptions& options)
      : options_(options), time_(options.time), began_(options.clock ? options.clock() : 0) {
    if (!options.time && !options.iterations) time_ = 10;
  }
  /// Counts an iteration; false when the search is over.
  bool next() {
    ++iterations_;
    return !is_over();
  }
  [[nodiscard]] bool is_over() {
    if (is_over_) return true;
    if (options_.is_cancelled && options_.is_cancelled()) return is_over_ = true;
    if (time_ && elapsed() >= *time_) return is_over_ = true;
    return is_over_ = options_.iterations && iterations_ > *options_.iterations;
  }
  /// How many iterations there will be, judged by those so far.
  [[nodiscard]] double expected() const {
    const double by_time = time_ && iterations_ > 0 ? static_cast<double>(iterations_) * *time_ /
                                                          std::max(elapsed(), 1e-6)
                                                    : infinity;
    return std::min(by_time,
                    options_.iterations ? static_cast<double>(*options_.iterations) : infinity);
  }
  /// From 0 to 1.
  [[nodiscard]] double spent() const {
    double part = 0;
    if (time_) part = elapsed() / *time_;
    if (options_.iterations)
      part = std::max(part,
                      static_cast<double>(iterations_) / static_cast<double>(*options_.iterations));
    return std::min(part, 1.0);
  }
  [[nodiscard]] Seconds elapsed() const { return options_.clock ? options_.clock() - began_ : 0; }
  [[nodiscard]] std::uint64_t iterations() const { return iterations_; }

 private:
  const SolveOptions& options_;
  std::optional<Seconds> time_;
  Seconds began_;
  std::uint64_t iterations_ = 0;
  bool is_over_ = false;
};

/// The best sequences so far; only tours that changed are copied.
class Best {
 public:
  explicit Best(std::size_t tours) : nodes(tours), versions_(tours, ~0ULL) {}

  void keep(const Solution& solution, const Score& its_score) {
    score = its_score;
    energy = solution.energy();
    for (std::uint32_t t = 0; t < nodes.size(); ++t) {
      if (versions_[t] == solution.tours()[t].version) continue;
      versions_[t] = solution.tours()[t].version;
      nodes[t] = solution.nodes(t);
    }
  }

  Score score;
  double energy = infinity;
  std::vector<std::vector<std::uint32_t>> nodes;  ///< by duty

 private:
  std::vector<std::uint64_t> versions_;
};

/// What it costs in the annealing to leave a visit out. Where everything can be served by the
/// fewest technicians, the way from one good plan to another often leads through incomplete ones
/// (as with the penalties of Vidal's hybrid genetic search, 2012); then it is a price that adapts
/// so that half of the plans on the way are complete. Elsewhere it is the objective's own weight.
class Price {
 public:
  Price(const Instance& instance, const Solution& solution)
      : instance_(instance),
        weight_(instance.weights[static_cast<std::size_t>(Term::unserved)]),
        is_adaptive_(instance.objective.has(Term::vehicles) && solution.absent().empty() &&
                     instance.visit_count <= visits_max),
        price_(10 * instance.unit) {}

  [[nodiscard]] bool is_adaptive() const { return is_adaptive_; }
  [[nodiscard]] double energy(const Solution& solution) const {
    double sum = solution.energy();
    if (is_adaptive_)
      for (const auto v : solution.absent()) sum += price_ - weight_ * instance_.nodes[v].value;
    return sum;
  }
  /// To be told every iteration; true when the price has changed.
  bool adapt(const Solution& solution, double heat) {
    complete_ += solution.absent().empty() ? 1 : 0;
    if (++seen_ < period) return false;
    const double wanted = 2 * complete_ < seen_ ? price_ * 1.1 : price_ / 1.1;
    price_ = std::clamp(wanted, heat, 20 * std::max(heat, instance_.unit));
    seen_ = complete_ = 0;
    return true;
  }

 private:
  static constexpr std::uint32_t period = 200;
  /// With more, somebody is left out nearly always, and complete plans become rare.
  static constexpr std::uint32_t visits_max = 250;
  const Instance& instance_;
  double weight_;
  bool is_adaptive_;
  double price_;
  std::uint32_t seen_ = 0, complete_ = 0;
};

class Search {
 public:
  /// `given`: the plan to begin with, where it can be carried out as it stands.
  Search(const Instance& instance, const SolveOptions& options, std::optional<Plan> given)
      : instance_(instance),
        options_(options),
        budget_(options),
        random_(options.seed),
        moves_(instance, random_),
        current_(instance),
        best_(instance.duties.size()),
        given_(std::move(given)),
        absences_(instance.visit_count),
        vehicles_max_(instance.vehicles_max) {}

  Plan run() {
    if (options_.warm_start) take_over(*options_.warm_start);
    note_best();
    if (options_.warm_start) taken_over_ = given_ ? given_->score : best_.score;
    moves_.recreate(current_, vehicles_max_, is_over_);
    note_best();
    if (!current_.absent().empty() || instance_.objective.has(Term::vehicles)) {
      anneal(settling_share);
      serve_all_with_fewer(settling_share + serving_share);
    }
    anneal(1);
    auto found = plan();
    // Somebody may have timed it in a way that the search can't.
    if (given_ && is_better(given_->score, found.score, instance_.objective)) {
      found = std::move(*given_);
      best_.score = found.score;
    }
    report(true);
    return found;
  }

 private:
  void take_over(const Plan& plan);
  void serve_all_with_fewer(double until);
  void drop_a_tour();
  void anneal(double until);
  void ruin(double near_absent);
  [[nodiscard]] double temperature(double part) const;
  void restore_best();
  void note_best();
  void report(bool is_end);
  [[nodiscard]] double unserved() const;
  [[nodiscard]] double absences() const;
  [[nodiscard]] std::size_t fewest_vehicles() const;
  [[nodiscard]] Plan plan();

  /// Of the budget: for tours that are good enough to be worth squeezing, then for serving
  /// everything and for fewer vehicles.
  static constexpr double settling_share = 0.1, serving_share = 0.2;
  /// In how many of the ruins room is made near a visit that is left out: where all that counts is
  /// to place it, and where the way should become shorter, too.
  static constexpr double near_absent_serving = 0.7, near_absent_annealing = 0.2;
  /// So long without a complete plan, the annealing goes back to the best.
  static constexpr std::uint32_t incomplete_max = 3000;
  /// More visits than these are never left out to place another one, except those that are anyway.
  static constexpr std::size_t exchanged_max = 2;

  const Instance& instance_;
  const SolveOptions& options_;
  Budget budget_;
  Random random_;
  RuinAndRecreate moves_;
  Solution current_;
  Best best_;
  std::optional<Plan> given_;
  std::optional<Score> taken_over_;  ///< nothing worse is kept: tolerances must not add up
  std::vector<double> absences_;     ///< by visit: iterations it was left out
  std::size_t vehicles_max_;
  double reported_ = -1;
  std::function<bool()> is_over_ = [this] { return budget_.is_over(); };
};

void Search::take_over(const Plan& plan) {
  std::map<std::pair<std::size_t, std::size_t>, std::uint32_t> duty_of;
  for (std::uint32_t d = 0; d < instance_.duties.size(); ++d)
    duty_of[{instance_.duties[d].technician, instance_.duties[d].shift}] = d;
  for (const auto& route : plan.routes) {
    const auto found = duty_of.find({route.technician, route.shift});
    if (found == duty_of.end() ||
        current_.tours()[found->second].size() > instance_.duties[found->second].fixed)
      continue;
    const auto& duty = instance_.duties[found->second];
    std::vector<std::uint32_t> nodes = instance_.fixed[found->second];
    for (const auto& stop : route.stops) {
      if (stop.kind == StopKind::rest) continue;
      const auto node = static_cast<std::uint32_t>(
          stop.which + (stop.kind == StopKind::restock ? instance_.visit_count : 0));
      if (node >= instance_.nodes.size()) continue;
      const bool is_free = instance_.is_depot(node) ||
                           (current_.is_absent(node) && instance_.can_serve(duty.kind, node) &&
                            std::ranges::find(nodes, node) == nodes.end());
      if (is_free) nodes.push_back(node);
    }
    const bool has_visits = std::any_of(nodes.begin() + duty.fixed, nodes.end(),
                                        [&](auto n) { return !instance_.is_depot(n); });
    if (has_visits && (duty.fixed > 0 || current_.used() < vehicles_max_))
      static_cast<void>(current_.assign(found->second, nodes));
  }
}

void Search::note_best() {
  // The objective decides: far from home a visit may cost more energy than leaving it out, and a
  // few long tours more than many short ones.
  const bool may_be_better = best_.energy == infinity ||
                             unserved() < best_.score[Term::unserved] - 1e-9 ||
                             (instance_.objective.has(Term::vehicles) &&
                              static_cast<double>(current_.used()) < best_.score[Term::vehicles]) ||
                             current_.energy() < best_.energy - 1e-9 * std::abs(best_.energy);
  if (!may_be_better) return;
  const auto score = current_.score();
  if (best_.energy < infinity && !is_better(score, best_.score, instance_.objective)) return;
  if (taken_over_ && is_better(*taken_over_, score, instance_.objective)) return;
  best_.keep(current_, score);
  report(false);
}

void Search::report(bool is_end) {
  if (!options_.on_progress) return;
  const auto elapsed = budget_.elapsed();
  if (!is_end && elapsed < reported_ + 0.1) return;
  reported_ = elapsed;
  options_.on_progress({budget_.iterations(), elapsed, best_.score});
}

void Search::restore_best() {
  for (std::uint32_t t = 0; t < best_.nodes.size(); ++t) {
    const auto fixed = instance_.duties[t].fixed;
    std::vector<std::uint32_t> slots;
    for (std::uint32_t s = fixed + 1; s + 1 < current_.tours()[t].slots.size(); ++s)
      if (!instance_.is_depot(current_.tours()[t].slots[s].node)) slots.push_back(s);
    if (!slots.empty()) current_.remove(t, slots);
  }
  for (std::uint32_t t = 0; t < best_.nodes.size(); ++t)
    if (best_.nodes[t].size() > instance_.duties[t].fixed) {
      const bool is_feasible = current_.assign(t, best_.nodes[t]);
      MF_ASSERT(is_feasible, "the best plan has a tour that is not feasible");
    }
}

double Search::unserved() const {
  double sum = 0;
  for (const auto v : current_.absent()) sum += instance_.nodes[v].value;
  return sum;
}

double Search::absences() const {
  double sum = 0;
  for (const auto v : current_.absent()) sum += (1 + absences_[v]) * instance_.nodes[v].value;
  return sum;
}

/// No fewer can carry all there is.
std::size_t Search::fewest_vehicles() const {
  std::size_t fewest = 1;
  for (std::uint32_t k = 0; k < instance_.supplies; ++k) {
    double used = 0, most = 0;
    for (std::uint32_t v = 0; v < instance_.visit_count; ++v)
      used += instance_.use[std::size_t{v} * instance_.supplies + k];
    for (std::size_t d = 0; d < instance_.duties.size(); ++d)
      most = std::max(most, instance_.has[d * instance_.supplies + k]);
    if (most > 0 && instance_.problem.depots.empty())
      fewest = std::max(fewest, static_cast<std::size_t>(std::ceil(used / most - 1e-9)));
  }
  return fewest;
}

/// The tour whose visits are easiest to place elsewhere, as far as that is known.
void Search::drop_a_tour() {
  std::uint32_t easiest = 0;
  double fewest = infinity;
  for (std::uint32_t t = 0; t < current_.tours().size(); ++t) {
    const auto& tour = current_.tours()[t];
    if (tour.is_empty() || instance_.duties[t].fixed > 0) continue;
    double sum = 0;
    for (std::size_t s = 1; s + 1 < tour.slots.size(); ++s)
      if (!instance_.is_depot(tour.slots[s].node)) sum += 1 + absences_[tour.slots[s].node];
    if (sum < fewest) {
      fewest = sum;
      easiest = t;
    }
  }
  if (fewest == infinity) return;
  std::vector<std::uint32_t> slots;
  const auto& tour = current_.tours()[easiest];
  for (std::uint32_t s = 1; s + 1 < tour.slots.size(); ++s)
    if (!instance_.is_depot(tour.slots[s].node)) slots.push_back(s);
  current_.remove(easiest, slots);
}

/// From hot to a hundredth of it, in energy. The paper begins at 100 and ends at 1 on instances
/// whose neighbouring visits are about 10 apart; a search too short for that does better from a
/// fifth of that.
double Search::temperature(double part) const {
  const double per_visit = budget_.expected() / std::max(1.0, double(instance_.visit_count));
  const double hot = instance_.unit * std::clamp(per_visit / 300, 2.0, 10.0);
  return hot * std::pow(0.01, part);
}

/// SISR's fleet minimisation: visits may stay out; a change is taken when those it leaves out were
/// left out less often, so that hard ones come in and every combination is tried. When all are in,
/// one tour is dropped. Ours: the ruins near what is left out, and that few may be left out
/// instead.
void Search::serve_all_with_fewer(double until) {
  restore_best();
  const double begun = budget_.spent();
  const bool fewer = instance_.objective.has(Term::vehicles);
  const auto goal = fewest_vehicles();
  const auto next_goal = [&] {
    if (!fewer || current_.used() <= goal || !current_.absent().empty()) return;
    vehicles_max_ = current_.used() - 1;
    drop_a_tour();
  };
  next_goal();
  while (!current_.absent().empty() && budget_.next()) {
    const double part = (budget_.spent() - begun) / (until - begun);
    if (part >= 1) break;
    const double heat = temperature(part);
    const double absences_before = absences(), energy_before = current_.energy();
    const auto absent_before = current_.absent().size();
    current_.begin_change();
    ruin(near_absent_serving);
    moves_.recreate(current_, vehicles_max_, is_over_);
    for (const auto v : current_.absent()) absences_[v] += 1;
    if (current_.absent().empty()) {
      note_best();
      next_goal();
      continue;
    }
    const double now = absences();
    const auto absent_now = current_.absent().size();
    const bool is_accepted =
        absent_now <= std::max(absent_before, exchanged_max) &&
        (now < absences_before ||
         (absent_now == absent_before && now <= absences_before + static_cast<double>(absent_now) &&
          current_.energy() < energy_before - heat * std::log(random_.unit())));
    if (is_accepted) {
      note_best();
    } else {
      current_.undo();
    }
  }
  restore_best();
  vehicles_max_ = instance_.vehicles_max;
  if (fewer) vehicles_max_ = std::min(vehicles_max_, std::max<std::size_t>(current_.used(), 1));
}

void Search::ruin(double near_absent) {
  const auto& absent = current_.absent();
  if (!absent.empty() && random_.unit() < near_absent) {
    const auto which = random_.below(static_cast<std::uint32_t>(absent.size()));
    moves_.ruin(current_, absent[which]);
  } else {
    moves_.ruin(current_);
  }
}

/// Simulated annealing over ruins and recreations, cooling until so much of the budget is spent.
void Search::anneal(double until) {
  const double begun = budget_.spent();
  Price price(instance_, current_);
  double before = price.energy(current_);
  std::uint32_t incomplete = 0;  // iterations since the last complete plan
  while (budget_.next()) {
    const double spent = budget_.spent();
    if (until < 1 && spent >= until) break;
    const double heat = temperature(begun < until ? (spent - begun) / (until - begun) : 1);
    current_.begin_change();
    ruin(near_absent_annealing);
    moves_.recreate(current_, vehicles_max_, is_over_);
    const double now = price.energy(current_);
    if (now < before - heat * std::log(random_.unit())) {
      note_best();
      before = now;
    } else {
      current_.undo();
    }
    if (!price.is_adaptive()) continue;
    incomplete = current_.absent().empty() ? 0 : incomplete + 1;
    if (incomplete == incomplete_max) {
      restore_best();
      incomplete = 0;
    }
    if (price.adapt(current_, heat) || incomplete == 0) before = price.energy(current_);
  }
}

Plan Search::plan() {
  Plan plan;
  Timing timing(instance_);
  std::vector<bool> is_served(instance_.visit_count);
  for (std::uint32_t t = 0; t < best_.nodes.size(); ++t) {
    if (best_.nodes[t].empty()) continue;
    Score score;
    auto route = timing.timeline(t, best_.nodes[t], score);
    MF_ASSERT(route, "the best plan has a tour that is not feasible");
    plan.routes.push_back(std::move(*route));
    plan.score += score;
    for (const auto node : best_.nodes[t])
      if (!instance_.is_depot(node)) is_served[node] = true;
  }
  for (std::uint32_t v = 0; v < instance_.visit_count; ++v) {
    if (is_served[v]) continue;
    plan.unserved.push_back(v);
    plan.score[Term::unserved] += instance_.nodes[v].value;
  }
  return plan;
}

/// The plan to begin with as it stands, times included, if it can be carried out.
std::optional<Plan> as_it_stands(const Problem& problem, const Objective& objective,
                                 const Plan* warm_start) {
  if (!warm_start) return {};
  const auto verdict = check(problem, *warm_start, objective);
  if (!verdict.violations.empty()) return {};
  auto plan = *warm_start;
  plan.score = verdict.score;
  std::ranges::stable_sort(plan.routes, {},
                           [](const Route& r) { return std::pair(r.technician, r.shift); });
  return plan;
}

}  // namespace

Result<Plan> solve(const Problem& problem, const Objective& objective,
                   const SolveOptions& options) {
  if (auto status = validate(problem); !status) return std::unexpected(status.error());
  if (options.time && !(*options.time >= 0))
    return fail(ErrorCode::invalid_argument, "time: must be a number of seconds, 0 or more");
  if (!options.clock && (options.time || !options.iterations))
    return fail(ErrorCode::invalid_argument, "time: there is no clock to measure it with");
  bool was_cancelled = false;
  const auto is_cancelled = [&] {
    return was_cancelled = was_cancelled || (options.is_cancelled && options.is_cancelled());
  };
  const Instance instance(problem, objective, {}, is_cancelled);
  if (was_cancelled)
    return fail(ErrorCode::timeout, "cancelled before there was a plan to begin with");
  return Search(instance, options, as_it_stands(problem, objective, options.warm_start)).run();
}

}  // namespace mf::planning
