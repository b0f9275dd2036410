#pragma once
// A seeded working day of one zone in simulated time: clients who ask and cancel, technicians who
// answer, drive, work faster or slower than planned, fall ill; and who finds them their work: the
// dispatcher, or a supervisor who takes whoever is there soonest. Every draw is made of the seed
// and of what it is for, so that both meet the same people, orders and delays.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/geo.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

namespace mf::bench {

struct DayPlan {
  std::string name = "quiet";
  std::uint64_t seed = 1;
  std::size_t technicians = 20, orders = 90;
  double known_in_the_morning = 0.35;  ///< share; the others come until the afternoon
  int ill_of_ten = 0;                  ///< technicians, at 10:00
  // What only happens to a dispatcher:
  bool within_a_minute = false;   ///< all orders come at 07:45
  bool people_interfere = false;  ///< supervisors assign, take away, pin and schedule by hand
  bool is_paused = false;         ///< for some minutes, twice, and begun anew at 12:00
  bool roads_lie = false;         ///< there is a travel service, and it can't be trusted
  std::size_t dispatchers = 1;    ///< that believe the zone theirs
  std::uint64_t search = 0;       ///< iterations of each search in spare time; 0: there is none
};

enum class Rule : std::uint8_t { automatic, nearest };
[[nodiscard]] std::string_view to_string(Rule rule);

/// What became of it.
struct PlayedDay {
  DayPlan plan;
  Rule rule = Rule::automatic;
  Timestamp begin{}, end{};
  std::vector<std::string> events;  ///< as `microflow journal export` prints them
  std::map<Id, Point> sites;        ///< of orders
  std::map<Id, Point> homes;        ///< of technicians
  std::map<Id, std::string> names;
  std::map<Id, std::string> reasons;  ///< of orders that wait at the end, by the dispatcher
  std::vector<std::string> alarms;
  std::uint64_t commands = 0;          ///< of everybody
  std::map<std::string, int> refused;  ///< the dispatcher's commands, by code
  std::uint64_t sent = 0;              ///< commands of the dispatcher
  double thinking_ms = 0;              ///< all steps of the dispatcher together, real time
  std::uint64_t searches = 0;          ///< in spare time
  std::uint64_t roads_believed = 0, roads_refused = 0;  ///< answers of the travel service
};

[[nodiscard]] PlayedDay play(const DayPlan& plan, Rule rule);

}  // namespace mf::bench
