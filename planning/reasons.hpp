#pragma once
// Why somebody can or can't do a visit, and what it would change: data first, words second
// (reasons_text.cpp says everything in Spanish and English).
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "planning/instance.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning {

/// The rule that stands in the way; the hardest to mend first.
enum class ReasonCode {
  pinned_elsewhere,       ///< to technician `subject`
  pinned_to_other_shift,  ///< of the same technician
  forbidden,
  not_allowed,
  never_open,        ///< each `window` of the visit ends before it begins
  skill_missing,     ///< `subject`, `needed`
  skill_level,       ///< `subject`, `needed`, `held`
  outside_zone,      ///< `subject`
  no_shift,          ///< the technician has none at all
  no_road,           ///< from the stop before it to visit or depot `subject`
  no_road_home,      ///< from visit or depot `subject` to the route's end
  outside_shift,     ///< `window`: the shift's hours; `amount` away from it
  tool_missing,      ///< `subject`
  material_missing,  ///< `subject`; `quantity` more is needed, the route's other visits counted
  over_capacity,     ///< `subject`: the dimension; by `quantity`
  no_vehicle_left,   ///< `needed` routes are all there may be
  route_broken,      ///< it can't be driven even without the visit
  break_impossible,  ///< `window`: when it must begin; `amount` of time is lacking
  overlaps_pinned,   ///< visit `subject` is pinned first; after it, `amount` too late
  delays_other,      ///< visit or depot `subject` would be reached `amount` after `window`
  window_missed,     ///< by `amount`; `window` is the last one
  shift_overrun,     ///< by `amount`; `window`: the shift's hours with overtime
};
inline constexpr std::size_t reason_code_count = 22;

[[nodiscard]] std::string_view to_string(ReasonCode code);

/// One rule that forbids a visit to a technician's shift. What the fields mean depends on the code.
struct Reason {
  ReasonCode code = ReasonCode::forbidden;
  std::size_t technician = 0, shift = 0;
  std::string subject;
  int needed = 0, held = 0;
  double quantity = 0;
  Seconds amount = 0;
  Window window;
  std::string depot;  ///< of what is about time: when it is loaded there first
  bool operator==(const Reason&) const = default;
};

/// Could this technician do the visit in this shift, and where in the route?
struct Option {
  std::size_t technician = 0, shift = 0;
  bool is_feasible = false;

  // When it is feasible:
  std::size_t position = 0;  ///< stops of the route before it, rests not counted
  std::optional<Sequence::Stop> previous, next;  ///< its neighbours there; none: start, end
  std::optional<std::size_t> restock;            ///< a depot that must be put in before it, too
  Seconds start = 0;                             ///< of the work
  /// Every term of the route with the visit minus that of the route without. What the visit costs
  /// unserved is not in it, being the same for all.
  Score change;

  /// When it isn't, hardest first: every rule that holds whatever the route is. Of the places in
  /// the route the one nearest to feasible says what is wrong about time: what breaks first and, if
  /// that is something else, what breaks most.
  std::vector<Reason> reasons;
};

/// One option for each technician's shift. A visit that is in the plan is first taken out, with the
/// depots it was the reason for. Feasible ones come first, best first: level by level, what is
/// within the tolerance of the best of its class counts as equal (is_better() alone is no order).
/// Then the others, nearest to feasible first. Fails with `invalid_argument` when the problem is
/// invalid, or when the visit or something in the plan isn't the problem's. With an instance at
/// hand the problem is known to be valid, and 500 routes of five stops take a few milliseconds;
/// otherwise the tables of travel take far longer.
[[nodiscard]] Result<std::vector<Option>> explain_visit(const Instance& instance, const Plan& plan,
                                                        std::size_t visit);
[[nodiscard]] Result<std::vector<Option>> explain_visit(const Problem& problem,
                                                        const Objective& objective,
                                                        const Plan& plan, std::size_t visit);

/// Why nobody does a visit: each technician counted once, by the hardest rule of the nearest shift.
struct Explanation {
  struct Group {
    std::size_t technicians = 0;
    Reason nearest;  ///< of the technician who is nearest to feasible
  };
  std::size_t visit = 0;
  std::vector<Option> possible;  ///< the feasible options, best first: somebody could after all
  std::vector<Group> groups;     ///< largest first; of one code, or skill, item … of it
};

/// `options` as explain_visit() gives them.
[[nodiscard]] Explanation why_nobody(const Problem& problem, std::size_t visit,
                                     std::span<const Option> options);
[[nodiscard]] Result<Explanation> why_nobody(const Problem& problem, const Objective& objective,
                                             const Plan& plan, std::size_t visit);

/// What a term of the objective costs, and which visits drive it.
struct TermShare {
  struct Driver {
    std::size_t visit = 0;
    double amount = 0;  ///< saved if the visit were taken out of its route; unserved: its value
    bool operator==(const Driver&) const = default;
  };
  static constexpr std::size_t drivers_max = 5;

  Term term = Term::unserved;
  double value = 0;
  std::vector<Driver> drivers;  ///< largest first, so many at most
};

struct PlanExplanation {
  std::vector<TermShare> terms;  ///< as the objective orders them
  /// A route that can't be driven as it is now costs nothing here: why not. One reason for each.
  std::vector<Reason> broken;
};

/// Costs are those of the routes timed anew, not `plan.score`. Fails like explain_visit().
[[nodiscard]] Result<PlanExplanation> explain_plan(const Instance& instance, const Plan& plan);
[[nodiscard]] Result<PlanExplanation> explain_plan(const Problem& problem,
                                                   const Objective& objective, const Plan& plan);

enum class Language { spanish, english };

/// All texts are for dispatchers; moments are the clock's, the horizon beginning at 00:00 of day 0.
/// "A Ana le falta la habilidad fibra (nivel 2; tiene 1)": a sentence without a full stop.
[[nodiscard]] std::string say(const Problem& problem, const Reason& reason, Language language);
/// "Cabe entre V12 y V7, empieza 10:40; añade 14 min de viaje", or the reasons.
[[nodiscard]] std::string say(const Problem& problem, const Option& option, Language language);
/// "Nadie puede atender V9: a 12 les falta la habilidad fibra (nivel 2); Ana llegaría …".
[[nodiscard]] std::string say(const Problem& problem, const Explanation& explanation,
                              Language language);
/// "Viaje: 1 h 20 min; pesan más V7 (14 min) y V3 (9 min)".
[[nodiscard]] std::string say(const Problem& problem, const TermShare& share, Language language);
/// A line for each term that costs something and for each broken route.
[[nodiscard]] std::string say(const Problem& problem, const PlanExplanation& explanation,
                              Language language);

}  // namespace mf::planning
