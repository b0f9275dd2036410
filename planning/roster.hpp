#pragma once
// A plan that is kept while the day goes on: one visit, one technician at a time.
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"
#include "planning/reasons.hpp"

namespace mf::planning {

/// The best place for a visit with one technician.
struct Placement {
  std::size_t technician = 0, shift = 0;
  std::size_t position = 0;          ///< among the route's visits and restocks
  std::optional<std::size_t> depot;  ///< to be visited first: the van lacks something
  std::size_t depot_position = 0;
  Score change;  ///< what it adds to every term
};

/// Holds a plan ready for insertions: a change recomputes one route, a ranking looks at each route
/// once. What isn't changed is never rebuilt, except when room runs out or a name of an item or a
/// tool is new (then all of it, which takes as long as create()). Not for two threads at once.
class Roster {
 public:
  /// Fails with `invalid_argument` for a wrong problem, or a plan that isn't feasible for it.
  /// `room`: for so many visits more before anything is rebuilt; 0: for half as many again.
  [[nodiscard]] static Result<Roster> create(Problem problem, const Objective& objective,
                                             const Plan& plan, std::size_t room = 0);
  Roster(Roster&&) noexcept;
  Roster& operator=(Roster&&) noexcept;
  ~Roster();

  /// The problem as it is now. Numbers of visits that nobody uses at the moment (spare ones, and
  /// those of cancelled visits) are in it with value 0 and nobody allowed.
  [[nodiscard]] const Problem& problem() const;
  /// Is it no visit, but a number for a later one?
  [[nodiscard]] bool is_vacant(std::size_t visit) const;
  [[nodiscard]] Plan plan() const;
  /// The visits of that shift's route, in their order.
  [[nodiscard]] std::vector<std::size_t> visits_of(std::size_t technician, std::size_t shift) const;

  /// A new place; its index. Where travel is a matrix, somebody must know the roads: from each
  /// place of the problem to the new one, and back to each (a leg may be `no_road`). Where it is
  /// computed, there must be none. ErrorCode::invalid_argument names what is wrong.
  struct Roads {
    std::vector<Leg> to, from;
  };
  [[nodiscard]] Result<std::size_t> add_place(const Place& place, const Roads& roads = {});
  /// That place is somewhere else now, as a technician is who moves; `roads` as in add_place (what
  /// is said of the place itself doesn't matter). What can't stay in the routes that lead there is
  /// taken out and returned. Places that move need no new ones.
  [[nodiscard]] Result<std::vector<std::size_t>> move_place(std::size_t which, const Place& to,
                                                            const Roads& roads = {});
  /// A visit nobody does yet; its index. Pins to a place are for create().
  [[nodiscard]] Result<std::size_t> add(Visit visit);
  /// The visit is another one now; it leaves its route.
  [[nodiscard]] Status change(std::size_t visit, Visit to);
  /// It leaves its route and is forgotten. ErrorCode::not_found when there is none.
  [[nodiscard]] Status cancel(std::size_t visit);

  /// The best place of each technician's shift that may do the visit, best first, at most `most`.
  /// Empty when nobody can (reasons.hpp says why). The visit must have no route.
  [[nodiscard]] std::vector<Placement> rank(std::size_t visit, std::size_t most = 10) const;
  /// Why nobody can do a visit, or who could after all. Far slower than rank(): it times the plan.
  [[nodiscard]] Result<Explanation> explain(std::size_t visit) const;
  /// Carries out what rank() said for this very state; else ErrorCode::invalid_argument.
  [[nodiscard]] Status place(std::size_t visit, const Placement& placement);
  /// The visit's route ends without it. It stays to be placed.
  [[nodiscard]] Status take_out(std::size_t visit);

  /// The technician is another one now (ill, later, elsewhere): what can't stay in the routes, in
  /// the order it was planned, is taken out and returned, pinned or not. The number of shifts
  /// stays.
  [[nodiscard]] Result<std::vector<std::size_t>> change_technician(std::size_t technician,
                                                                   Technician to);

 private:
  struct State;
  explicit Roster(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mf::planning
