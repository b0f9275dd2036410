#pragma once
// The solver: problem and objective in, the best plan found in the time out.
#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning {

/// What the search has reached.
struct Progress {
  std::uint64_t iterations = 0;
  Seconds elapsed = 0;
  Score best;  ///< every term the objective counts
};

struct SolveOptions {
  /// The search ends at the first bound that is reached; with neither, after 10 s. Only with
  /// `iterations` alone is the result the same for the same seed on every machine.
  std::optional<Seconds> time;
  std::optional<std::uint64_t> iterations;
  std::uint64_t seed = 1;
  /// A plan to begin with: its routes are taken over as far as they are feasible now, and the
  /// result is never worse than it.
  const Plan* warm_start = nullptr;
  /// Asked often (every 10 ms at least, however large the problem): true ends the search. Before
  /// there is a first plan, solve() then fails with ErrorCode::timeout.
  std::function<bool()> is_cancelled;
  /// Called after improvements, at most ten times a second, and at the end.
  std::function<void(const Progress&)> on_progress;
};

/// Plans. Single-threaded; needs neither clock nor randomness from outside beyond the options.
/// Fails with `invalid_argument` for a problem that is wrong (validate()), or whose pinned visits
/// can't be kept; visits nobody can serve are merely unserved.
[[nodiscard]] Result<Plan> solve(const Problem& problem, const Objective& objective,
                                 const SolveOptions& options);

}  // namespace mf::planning
