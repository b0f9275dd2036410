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
  /// `iterations` alone is the result the same for the same seed on every machine. Time needs a
  /// `clock`.
  std::optional<Seconds> time;
  std::optional<std::uint64_t> iterations;
  std::uint64_t seed = 1;
  /// A plan to begin with: its routes are taken over as far as they are feasible now. If it can be
  /// carried out as it stands, the result is never worse than it, its times included.
  const Plan* warm_start = nullptr;
  /// Seconds since some moment, never backwards; asked once an insertion or so. Without one there
  /// is no time: only `iterations` bound the search, and progress is told at its begin and end.
  std::function<Seconds()> clock;
  /// Asked often (every 10 ms at least, however large the problem): true ends the search. Before
  /// there is a first plan, solve() then fails with ErrorCode::timeout.
  std::function<bool()> is_cancelled;
  /// Called after improvements, at most ten times a second, and at the end.
  std::function<void(const Progress&)> on_progress;
};

/// Plans. Single-threaded and pure but for what the options let it ask.
/// Fails with `invalid_argument` for a problem that is wrong (validate()). What is impossible in it
/// stops nothing: visits nobody can serve, and pinned ones that can't be kept, are merely unserved.
[[nodiscard]] Result<Plan> solve(const Problem& problem, const Objective& objective,
                                 const SolveOptions& options);

}  // namespace mf::planning
