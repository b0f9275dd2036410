#include "planning/objective.hpp"

#include <algorithm>
#include <cmath>

namespace mf::planning {
namespace {

constexpr std::array<std::string_view, term_count> names = {
    "unserved", "lateness",     "overtime",  "vehicles",   "distance",   "travel",
    "waiting",  "working_time", "tightness", "unfairness", "instability"};

// In published objectives a hundred-thousandth decides; a dispatcher doesn't reorder a day for a
// minute.
const Objective ready_made[] = {
    {"dispatch",
     {{Term::unserved, 1e-6},
      {Term::lateness, 60},
      {Term::overtime, 60},
      {Term::instability, 900},
      {Term::travel, 60},
      {Term::tightness, 300},
      {Term::unfairness, 0.01}}},
    {"vehicles_then_distance",
     {{Term::unserved, 1e-6}, {Term::vehicles, 1e-6}, {Term::distance, 1e-5}}},
    {"distance", {{Term::unserved, 1e-6}, {Term::distance, 1e-5}}},
    {"distance_1_decimal", {{Term::unserved, 1e-6}, {Term::distance, 1e-5}}, true},
    {"working_time", {{Term::unserved, 1e-6}, {Term::working_time, 1e-5}}},
};

}  // namespace

std::string_view to_string(Term term) { return names[static_cast<std::size_t>(term)]; }

std::optional<Term> parse_term(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return {};
  return static_cast<Term>(found - names.begin());
}

Score& Score::operator+=(const Score& other) {
  for (std::size_t i = 0; i < term_count; ++i) values[i] += other.values[i];
  return *this;
}

Score& Score::operator-=(const Score& other) {
  for (std::size_t i = 0; i < term_count; ++i) values[i] -= other.values[i];
  return *this;
}

bool Objective::has(Term term) const {
  return std::ranges::find(levels, term, &Level::term) != levels.end();
}

double Objective::sum(const Score& score) const {
  double sum = 0;
  for (const auto& level : levels)
    sum += (*weights)[static_cast<std::size_t>(level.term)] * score[level.term];
  return sum;
}

bool is_better(const Score& a, const Score& b, const Objective& objective) {
  constexpr double noise = 1e-6;
  if (objective.weights) return objective.sum(a) < objective.sum(b) - noise;
  for (const auto& level : objective.levels) {
    const double difference = a[level.term] - b[level.term];
    if (std::abs(difference) > level.tolerance) return difference < 0;
  }
  return false;
}

const Objective* find_objective(std::string_view name) {
  const auto found = std::ranges::find(ready_made, name, &Objective::name);
  return found == std::end(ready_made) ? nullptr : &*found;
}

std::span<const Objective> ready_made_objectives() { return ready_made; }

}  // namespace mf::planning
