#pragma once
// Who could do an order: a ranking with its reasons, until the planner (planning/) does it.
// rank_candidates is pure; whether a technician may have the order at all is asked of the
// technician's own decide(), so that this list and `assign` never disagree.
#include <optional>
#include <string>
#include <vector>

#include "actors/entity/kind.hpp"
#include "base/decision.hpp"
#include "base/geo.hpp"
#include "base/shown.hpp"
#include "base/time.hpp"

namespace mf::views {

/// What an order wants of a technician.
struct Wanted {
  Id order, zone, technician;  ///< technician: who has it now, else empty
  std::string skills = "[]";   ///< JSON, [{skill, level}]
  std::string windows = "[]";  ///< JSON, [{from, to}]
  Duration duration{60 * 60'000};
  std::optional<Timestamp> from;  ///< of a slot that it keeps; none: when the agenda has room
  std::optional<Point> site;
};
/// Reads the order's view, and asks it which slot `assign` would claim.
[[nodiscard]] Wanted wanted_by(const Id& id, const entity::Entity& order, Timestamp now);

/// One technician, with what its decide() says to the order's claim.
struct CandidateFacts {
  Id id;
  std::string name, availability;
  std::optional<Rejection> no;  ///< technician_off, wrong_zone, skill_missing, agenda_full …
  Timestamp from;               ///< when the slot would begin
  int in_agenda = 0;
  std::optional<Point> place;  ///< last known position, else the home base
  bool is_placed_by_home = false;
};
[[nodiscard]] CandidateFacts candidate_facts(const entity::Kind& technicians, const Id& id,
                                             const entity::Entity& technician, const Wanted& wanted,
                                             Timestamp now);

struct Candidate {
  CandidateFacts facts;
  std::optional<double> distance;    ///< m
  Duration travel{0}, waiting{0};    ///< until the technician sets out
  std::vector<std::string> reasons;  ///< codes: free_now, nearest, on_break, distance_unknown …
};
struct Ranking {
  Id order;
  std::vector<Candidate> candidates;  ///< best first
  std::vector<CandidateFacts> out;    ///< each with `no`, by name
};

/// Best is who could be there first: waiting until the slot plus travel (detour 1.4, 22 km/h, the
/// demo city's average); then the shorter agenda, then the id.
[[nodiscard]] Ranking rank_candidates(const Wanted& wanted, std::vector<CandidateFacts> technicians,
                                      Timestamp now);

/// {"order", "candidates":[{technician, name, rank, distance_m, …, reasons, reason_texts}],
///  "out":[{technician, name, code, detail}]}; at most 100 of each. Texts as `say` says them.
[[nodiscard]] std::string to_json(const Ranking& ranking, Say say);
[[nodiscard]] Shown form_of_ranking();

}  // namespace mf::views
