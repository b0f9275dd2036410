#pragma once
// What is said about who could do an order, and about what a change would do to the day: found by
// actors/dispatch as data, said in a language when somebody asks.
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/sentence.hpp"
#include "base/shown.hpp"
#include "base/time.hpp"
#include "base/window.hpp"

namespace mf::views {

/// Something that is in the way.
struct Rule {
  std::string code = {};  ///< a rejection's, or one of the planner's own
  Sentence detail = {};
  bool refuses = true;  ///< the command is refused; false: it only makes a bad plan
  bool is_overridable = false;
};
/// What something adds, in seconds.
struct Adds {
  double travel = 0;
  double lateness = 0;  ///< after the order's due time, by its priority's weight
  double wait = 0;      ///< until the work begins
};

/// A change of one thing with which somebody could do the order after all.
struct Help {
  std::string code = {};  ///< overtime, max_orders, other_time, on_duty, skill
  Sentence sentence = {};
  Id technician = {};
  std::string name = {};
  Window slot = {};
  Adds adds = {};
  std::string skill = {};
  int level = 0;
  Duration overtime{};
};
/// Why nobody can: what stands in most technicians' way.
struct Nobody {
  std::string code = {};
  Sentence rule = {};
  std::size_t technicians = 0, of = 0;  ///< so many it stops
  std::vector<Help> helps = {};         ///< cheapest first
};

struct Candidates {
  struct In {
    Id technician = {};
    std::string name = {}, availability = {};
    int in_agenda = 0;
    Timestamp from{};                     ///< of the slot that `assign` takes when it names none
    Duration waiting{};                   ///< until then
    std::optional<double> distance = {};  ///< m, as the crow flies
    double travel = 0;                    ///< s over that distance
    Window slot = {};                     ///< the best one, with the way there
    Adds adds = {};                       ///< by that slot
    std::optional<Id> after = {}, before = {};  ///< orders next to it on the technician's way
    std::vector<std::string> reasons = {};      ///< codes: free_now, nearest, on_break …
  };
  struct Out {
    Id technician = {};
    std::string name = {};
    std::vector<Rule> rules = {};  ///< the one that `assign` is refused with first
  };
  Id order = {};
  std::vector<In> candidates = {};  ///< best first
  std::vector<Out> out = {};        ///< by name
  std::optional<Nobody> nobody = {};
};

/// What a command would do.
struct Preview {
  struct Follow {
    Id order = {}, technician = {};
    std::string code = {};
    Window slot = {};
    std::optional<Timestamp> begins_before = {}, begins_after = {};  ///< none: not as it is planned
  };
  Id order = {};
  std::string verb = {};
  std::optional<Id> technician = {};
  std::optional<Window> slot = {};
  bool is_accepted = false;   ///< the command would be
  bool is_feasible = false;   ///< nor does the planner object
  bool may_override = false;  ///< with an override it would be accepted
  std::vector<Rule> rules = {};
  std::optional<Timestamp> begins = {};        ///< when the work is expected to begin
  double travel_before = 0, travel_after = 0;  ///< s, of all technicians whom it touches
  std::vector<Follow> follows = {};  ///< visits that would begin at another time, or be lost
  std::optional<Timestamp> due = {};
  std::optional<double> lateness_before = {}, lateness_after = {};  ///< s after `due`
};

[[nodiscard]] std::string to_json(const Candidates& found, Say say);
[[nodiscard]] std::string to_json(const Preview& preview, Say say);
[[nodiscard]] Shown form_of_candidates();
[[nodiscard]] Shown form_of_preview();
/// "nobody can do it: …", for reports.
[[nodiscard]] std::string said(const Nobody& nobody, Say say);

}  // namespace mf::views
