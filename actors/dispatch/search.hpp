#pragma once
// What spare time is for: a part of the day as a problem of its own, and the changes a search of
// the planner finds in it. Plain data and a pure function, for any thread.
//
// All times are whole minutes, ways and work rounded up: so what the search finds can be said to
// people, and still fits the day, which counts in seconds.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/id.hpp"
#include "base/time.hpp"
#include "base/window.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::dispatch {

/// What it costs to change what a client was told, as seconds on the road: another technician is
/// like ten minutes, an hour's change of the time as well. What is won beyond that must be worth
/// the trouble. A minute sooner is worth less than a minute's change costs (Terms): so no change
/// for the sooner start undoes one that a search has made.
inline constexpr double other_technician_cost = 600, seconds_moved_cost = 1.0 / 6;
inline constexpr double exchange_gain_min = 300;
/// An order that nobody could do so far is worth so much driving, times its priority's weight.
inline constexpr double unplaced_cost = 4 * 3600;
/// Of changes that only make sense together.
inline constexpr std::size_t moves_max = 12;

struct SearchTask {
  struct Visit {
    Id order;
    std::uint64_t version = 0;   ///< of the order, when the task was made
    std::optional<Window> slot;  ///< none: nobody could do it so far
    Duration length{};
    bool may_move = false;
  };
  Timestamp base{};           ///< of the problem's seconds
  planning::Problem problem;  ///< times in whole minutes
  planning::Plan present;     ///< the day as it is expected to go on
  std::vector<Visit> visits;  ///< as many as the problem's
  std::uint64_t seed = 1;
};

struct Move {
  Id order;
  std::uint64_t version = 0;
  Id from, to;  ///< technicians; `from` empty: nobody's so far
  Window slot;
};

/// Changes that only make sense together.
struct Exchange {
  std::vector<Move> moves;
  double gain = 0;  ///< as seconds on the road, what the changes cost taken off
};

/// The first bound that is reached ends the search; `time` (seconds) needs the clock.
struct SearchBudget {
  std::uint64_t iterations = 2000;
  std::optional<double> time = {};
  std::function<double()> clock = {};
  std::function<bool()> is_cancelled = {};
};

/// What it costs to change what was said: `slot` none: nothing was.
[[nodiscard]] double change_cost(const Move& move, const std::optional<Window>& slot);

/// The changes worth it, best first; they don't touch each other's technicians. Nothing that may
/// not move is moved, nothing that has a technician loses it. With iterations alone the same for
/// the same task on every machine. Throws std::invalid_argument for a task that is wrong.
[[nodiscard]] std::vector<Exchange> search(const SearchTask& task, const SearchBudget& budget);

}  // namespace mf::dispatch
