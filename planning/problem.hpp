#pragma once
// What is to be planned, as plain data: who there is, what must be done where and when, and what
// may not be. Lists refer to each other by index (places) or by id (technicians, items, skills).
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/skill.hpp"
#include "planning/travel.hpp"

namespace mf::planning {

/// Both ends belong to it.
struct Window {
  Seconds from = 0, to = 0;
  bool operator==(const Window&) const = default;
};

/// So much of an item: a material that is used up.
struct Amount {
  std::string item;
  double quantity = 0;
  bool operator==(const Amount&) const = default;
};

/// A rest that is taken wherever the technician is: before leaving a place, or on arriving at the
/// next one. It begins inside `start`. Nobody owes it whose day ends by `start.to`, or begins
/// later.
struct Break {
  Window start;
  Seconds duration = 0;
  bool operator==(const Break&) const = default;
};

/// One day's work. Several shifts are several days of the horizon.
struct Shift {
  Window hours;               ///< leaves the start place and is back at the end place within
  Seconds overtime_max = 0;   ///< may come back so much later; it is counted as overtime
  std::vector<Break> breaks;  ///< taken in the order in which their windows end
  bool operator==(const Shift&) const = default;
};

struct Technician {
  std::string id;
  std::size_t start = 0;           ///< place where each shift begins
  std::optional<std::size_t> end;  ///< where it ends; none: with the last visit
  /// In any order. Nobody is in two at once: of two that overlap the later begins when the earlier
  /// ends, overtime ends where the next one begins, and one that runs over holds up the next.
  std::vector<Shift> shifts;
  std::vector<Skill> skills;
  double speed = 1;                ///< of work: 2 needs half a visit's duration
  std::vector<std::string> zones;  ///< may work only there; empty: everywhere
  std::vector<double> capacity;    ///< of the van, per dimension of Visit::demand
  std::vector<Amount> stock;       ///< in the van when a shift begins
  std::vector<std::string> tools;  ///< the same
  double cost = 1;                 ///< weight of this technician's travel
  bool operator==(const Technician&) const = default;
};

/// Where a visit must stay. What is under way or frozen comes first in its route, in the order of
/// the places (a gap is nobody's fault). A pin that can't be kept (its window has passed, the
/// technician has left) costs that visit, which is unserved then, and nothing else. What is under
/// way is a fact: no rule about windows, rights, van or the shift's hours is asked of it. What
/// comes after it waits for the shift to begin.
struct Pin {
  std::string technician;
  std::size_t shift = 0;
  std::optional<std::size_t> place;  ///< in the sequence of the route's visits
  std::optional<Seconds> started;    ///< under way since then
};

/// What the client was told.
struct Announcement {
  std::string technician;
  Seconds start = 0;
};

struct Visit {
  std::string id;
  std::size_t place = 0;
  Seconds duration = 0;         ///< of work at speed 1
  std::vector<Window> windows;  ///< work begins inside one of them; in any order (windows.hpp)
  std::vector<Skill> skills;
  std::string zone;            ///< empty: any technician's
  double value = 1;            ///< what it costs to leave it unserved: priority
  std::optional<Seconds> due;  ///< ended later, it is late
  double lateness_weight = 1;  ///< per second late
  std::vector<double> demand;  ///< of the van's capacity
  std::vector<Amount> materials;
  std::vector<std::string> tools;
  std::vector<std::string> allowed;    ///< technicians, also some there aren't; empty: all
  std::vector<std::string> forbidden;  ///< the same
  Seconds release = 0;                 ///< nobody sets out for it before
  std::optional<Pin> pin;
  std::optional<Announcement> announced;
};

/// Where a van is loaded again. From then on it carries whatever the rest of the shift needs of
/// these items and has these tools; its capacity is free again.
struct Depot {
  std::string id;
  std::size_t place = 0;
  Seconds duration = 0;
  Window hours;                    ///< loading begins inside
  std::vector<std::string> items;  ///< what it has
  std::vector<std::string> tools;
};

struct Problem {
  std::string name;
  std::vector<Place> places;
  Travel travel;         ///< between the places
  SpeedProfile profile;  ///< how much slower traffic is, by hour
  std::vector<Technician> technicians;
  std::vector<Visit> visits;
  std::vector<Depot> depots;
  std::optional<std::size_t> vehicles_max;  ///< so many routes at most
};

/// Bounds of a problem: beyond them it is refused before anything is computed.
struct ProblemLimits {
  static constexpr std::size_t visits = 10'000, technicians = 2'000, places = 12'000, shifts = 31,
                               breaks = 8, windows = 16, items = 200, tools = 256, dimensions = 8;
};

/// Checks everything a plan depends on and names the first field that is wrong
/// ("visits.12.windows.0: …"). Nothing is repaired. Linear in the size of the problem, and quick
/// for one that is far too big.
[[nodiscard]] Status validate(const Problem& problem);
/// What a valid problem says that can't be meant, and how the plan does without it, a line each:
/// "visits.12.windows.0: ends before it begins; it is left out".
[[nodiscard]] std::vector<std::string> oddities(const Problem& problem);
/// One visit that is to join a valid problem ("visit.duration: …"); whether its id is taken and
/// the other visits (and the names only they have) are not looked at.
[[nodiscard]] Status validate(const Visit& visit, const Problem& problem);
/// A technician who is to become one of the problem's ("technician.speed: …"), the same.
[[nodiscard]] Status validate(const Technician& technician, const Problem& problem);

}  // namespace mf::planning
