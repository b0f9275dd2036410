#pragma once
// What a dispatcher reads of a board's rows. The rows are those of everybody who watches the board:
// what isn't in them no dispatcher knows.
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/dispatch/roads.hpp"
#include "actors/technician/duty.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/skill.hpp"
#include "base/time.hpp"
#include "base/window.hpp"

namespace mf::dispatch {

/// How far an order is, as a dispatcher divides it.
enum class Stage : std::uint8_t {
  untriaged,  ///< NEW: people's
  waiting,    ///< TRIAGED
  planned,    ///< SCHEDULED: a time, and perhaps a technician
  offered,    ///< ASSIGNED
  accepted,
  traveling,
  on_site,
  working,
  paused,
  done  ///< nobody has to go there
};
[[nodiscard]] inline bool is_running(Stage stage) {
  return stage >= Stage::traveling && stage <= Stage::paused;
}

struct OrderRow {
  Id id;
  std::uint64_t version = 0;
  std::string code;
  Stage stage = Stage::done;
  int priority = 3;
  std::optional<Spot> site;
  Id technician;  ///< of the visit that is alive, or of the plan; empty: nobody's
  Id visit;       ///< that one's, if there is one
  std::vector<Window> windows;
  std::optional<Window> slot;
  std::optional<Timestamp> eta;  ///< as the client was told; none: as planned
  Duration duration{};
  std::vector<Skill> skills;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> due;  ///< of the work's end, by the clocks that run
  bool is_pinned = false, is_escalated = false;
  bool is_forced = false;  ///< somebody insisted on its time, whatever spoke against it
  struct Lost {
    Id technician;
    Timestamp at{};
    bool has_expired = false, has_declined = false;  ///< neither: a person took it away
  };
  std::vector<Lost> lost;
  /// Whom a supervisor refused when they were proposed; `from`: when the visit would have begun.
  struct Refused {
    Id technician;
    Timestamp at{};
    std::optional<Timestamp> from;
  };
  std::vector<Refused> refused;
  Timestamp created_at{}, updated_at{};
};

struct TechnicianRow {
  Id id;
  std::uint64_t version = 0;
  std::string name, availability;
  std::vector<Skill> skills;
  std::vector<Id> zones;
  bool is_off = false, is_on_break = false, is_disabled = false;
  std::optional<Spot> home, position;
  Timestamp position_at{};
  double position_accuracy = -1;  ///< in metres; negative: unknown
  std::optional<int> max_orders;
  struct Line {
    Id order;
    Timestamp from{}, to{};
    bool is_running = false;
    std::optional<Timestamp> offer_until;  ///< of a visit: answered by then, or over
  };
  std::vector<Line> agenda;
  std::vector<technician::Shift> shifts, breaks;
  std::vector<technician::Absence> absences;
};

using Row = std::variant<OrderRow, TechnicianRow>;

/// It has a time that somebody chose, and nobody who comes.
[[nodiscard]] inline bool is_timed(const OrderRow& order, Timestamp now) {
  return order.stage == Stage::planned && order.technician.empty() && order.slot &&
         order.slot->from > now;
}

/// A row of a board (staff's viewpoint, with `version` and `kind`). What a newer program adds to it
/// is passed over.
[[nodiscard]] Result<Row> read_row(std::string_view json);

}  // namespace mf::dispatch
