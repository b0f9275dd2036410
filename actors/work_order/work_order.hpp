#pragma once
// A work order: the promise to the client, and the visits that try to keep it.
//
//   NEW ──triage──► TRIAGED ──schedule──► SCHEDULED
//    │reject           ▲ │assign              │assign
//    ▼                 │ ▼                    ▼
//   REJECTED           │ ASSIGNED ◄───────────┘     ASSIGNED…ON_SITE ──reassign──► ASSIGNED
//                      │  │accept   └─start / depart──┐   (a short cut; departing accepts)
//                      │  ▼                           │
//                      │ ACCEPTED ──depart──► EN_ROUTE│──arrive──► ON_SITE
//                      │  decline, unassign,          ▼              │start
//                      │◄ expire, revoke          IN_PROGRESS ◄──────┘
//                      │                           │  ▲ │pause  ▲
//                      │◄───────follow_up──────────┤  │ ▼       │resume
//                      │◄───────follow_up──────────┼ PAUSED ────┘
//                      │                  complete ▼
//                      │                      COMPLETED ──approve, auto close──► CLOSED
//                      │          a rule, request_approval ▼                      ▲approve
//                      │◄──────return────────── APPROVAL_REQUIRED ────────────────┘
//                      │◄──retry── FAILED ◄──fail── EN_ROUTE…PAUSED
//   NEW…PAUSED, FAILED ──cancel──► CANCELLED       CLOSED, CANCELLED ──reopen──► a new order
//
// This header: the state. Commands: work_order_commands.hpp, events: work_order_events.hpp.
#include <optional>
#include <string>
#include <vector>

#include "actors/work_order/work_order_policy.hpp"
#include "base/decision.hpp"
#include "base/skill.hpp"
#include "base/window.hpp"

namespace mf::work_order {

enum class Status : std::uint8_t {
  NEW,
  TRIAGED,
  SCHEDULED,
  ASSIGNED,
  ACCEPTED,
  EN_ROUTE,
  ON_SITE,
  IN_PROGRESS,
  PAUSED,
  COMPLETED,
  APPROVAL_REQUIRED,
  CLOSED,
  FAILED,
  CANCELLED,
  REJECTED
};
enum class VisitStatus : std::uint8_t {
  offered,
  accepted,
  traveling,
  on_site,
  working,
  paused,  // alive
  done,
  partial,
  failed,
  declined,
  expired,
  revoked,
  cancelled
};
enum class Visibility : std::uint8_t { internal, client };
enum class Relation : std::uint8_t { reopened, follow_up };

/// What a supervisor should know before the order is closed. Down to `approval_by_type` they ask
/// for approval.
enum class Flag : std::uint8_t {
  override_used,
  out_of_geofence,
  late_report,
  time_over_limit,
  approval_by_type,
  arrival_unverified,
  escalated,
  plan_broken,         ///< the plan does not hold any more, and somebody wanted it so
  possible_duplicate,  ///< see Order::twin
  clock_corrected      ///< the device's clock was wrong: its times were shifted
};

/// `due` moves on by every interval that is held. Each signal is told once.
enum class Told : std::uint8_t { nothing, at_risk, breached };
struct SlaClock {
  Duration limit_ms{};  ///< 0: this clock does not run
  Timestamp due{};
  std::optional<Timestamp> met_at;
  Told told = Told::nothing;
  std::optional<Window> wait;         ///< held until the client's first window begins
  std::optional<Duration> waited_ms;  ///< all that such waits moved `due`, `wait` included
};
struct Sla {
  SlaClock respond, arrive, resolve;
  std::optional<Timestamp> held_since;  ///< for a reason of the client's, of all clocks
  std::vector<Window> held;
};

/// An agenda slot planned with a technician before there is a visit.
struct Plan {
  Id technician;
  std::string name;
  std::optional<std::string> token;
};

/// When its technician is expected, as the client was told.
struct Eta {
  Timestamp at{}, told_at{};
  int times = 0;  ///< told
};

struct TimeEntry {
  Timestamp from{};
  std::optional<Timestamp> to;
};
struct Visit {
  Id id;
  VisitStatus status = VisitStatus::offered;
  Id technician;
  std::string name, first_name;
  Id account;
  Window slot;
  Timestamp assigned_at{};
  Timestamp last_at{};  ///< of its latest event, device time where that counts
  std::optional<Timestamp> offer_expires_at, accepted_at, departed_at, arrived_at, ended_at;
  std::optional<std::string> agenda_token, travel_token, work_token;  ///< claims, while alive
  std::vector<TimeEntry> time;
  std::optional<std::string> end_code;      ///< why it ended, when that is a code
  std::optional<Duration> clock_offset_ms;  ///< what its device's clock lacks, as far as is known
  /// Of an offer without `offer_expires_at`: its technician is off or on a break, its time waits.
  std::optional<Duration> offer_left_ms;
  std::optional<Eta> eta;               ///< while nobody is there; none: as planned
  std::optional<Timestamp> at_site_at;  ///< its device was at the site: an arrival is proposed
};

/// What the technician said at the end of the work, for whoever approves it.
struct Completion {
  std::optional<std::string> note;
  Personal<std::string> signature;
  std::optional<std::string> signature_refusal_reason;
};

struct TimeEdit {
  Id visit;
  int entry = 0;  ///< which of the visit's time entries
  Timestamp from{}, to{};
  Id by;  ///< technician
  std::string justification;
  Timestamp at{};
};

/// A dispatcher's proposal that a supervisor didn't want: not this technician for it that day.
struct Refusal {
  Id technician;
  Timestamp at{};
  std::string reason;
  std::optional<Timestamp> from;  ///< when the proposed visit would have begun
};

/// What dispatchers are to leave alone; a struct of its own, for Order is as long as a description
/// may be.
struct Refusals {
  std::vector<Refusal> refused;  ///< oldest first, one for each technician
};

struct Link {
  Relation relation = Relation::reopened;
  Id order;
};

struct Order : Refusals {
  Id id;
  Status status = Status::NEW;
  std::string code;  ///< empty: there is no such order yet
  std::string title, description;
  Id type;
  std::string type_name;
  int priority = 3;
  std::optional<int> requested_priority;  ///< what the client asked for; staff decides
  std::optional<bool> priority_chosen;    ///< by our staff; else it is the type's
  Id client, site, zone;
  std::optional<double> lat, lon;
  std::optional<std::string> client_name, site_name, address, neighbourhood;  ///< copies, for rows
  Timestamp created_at{}, updated_at{};
  std::string created_by;                  ///< hash of who created it with which body
  std::string tracking_hash;               ///< of the tracking link's secret; empty: no link
  std::optional<int> tracking_generation;  ///< how often the link was withdrawn for a new one
  Duration duration_ms{};
  std::vector<Skill> skills;
  std::vector<Window> windows;  ///< when the client can receive us; none: any time
  std::optional<Window> slot;   ///< planned, or of the visit that is alive
  /// What the plan should have instead since the duration was edited, and was not granted.
  std::optional<Window> slot_needed;
  bool is_slot_forced = false;  ///< somebody overrode what spoke against it
  std::optional<Timestamp> window_confirmed_at;
  std::vector<std::string> tags;
  Sla sla;
  std::optional<Plan> plan;   ///< SCHEDULED with a technician
  std::vector<Visit> visits;  ///< at most one alive, the last
  std::vector<Flag> flags;
  std::optional<std::string> reason;  ///< of the latest reject, fail, cancel …
  std::optional<std::string> remark;  ///< why finished work was returned
  std::vector<std::string> parts;     ///< wanted for the next visit
  std::optional<Completion> completion;
  std::optional<Id> twin;  ///< an open order that it may repeat
  std::optional<Timestamp> completed_at, close_at, ended_at;
  int offers_lost = 0;  ///< since the last escalation, travel or work
  int comments = 0;
  bool signature_needed = false, approval_needed = false, is_pinned = false;
  std::optional<int> rating;
  std::optional<TimeEdit> time_edit;
  std::optional<Link> parent, successor;
};

inline constexpr std::size_t visits_max = 40, time_entries_max = 120, comments_max = 10'000,
                             refused_max = 50;

[[nodiscard]] bool exists(const Order&);
/// Through whose eyes somebody sees an order; nullopt: as if it did not exist. `technician` is who
/// holds the visit that is alive, `former` whose visit has ended without being lost.
[[nodiscard]] std::optional<Viewpoint> viewpoint_of(const Order&, const Principal&);
/// The state in which this visit left its order.
[[nodiscard]] Status left_by(const Visit&);
/// Whether the technician did not lose the visit before it began.
[[nodiscard]] bool is_lost(const Visit&);
[[nodiscard]] bool is_alive(const Visit&);
/// The visit that is alive; nullptr when there is none.
[[nodiscard]] const Visit* alive(const Order&);
/// Who is shown as the order's technician: of the visit alive, or of the one that ended the work.
[[nodiscard]] const Visit* shown_visit(const Order&);
[[nodiscard]] bool is_open(Status);
/// Within which the client may expect somebody; nullopt: nothing is planned, or somebody is there.
[[nodiscard]] std::optional<Window> arrival_of(const Order&);
/// The visit that is alive and hasn't reached the site; nullptr: none.
[[nodiscard]] const Visit* expected_visit(const Order&);
/// Is somebody or some time planned whose work has not begun?
[[nodiscard]] bool has_open_plan(const Order&);
/// Does that plan carry the flag `plan_broken`?
[[nodiscard]] bool has_broken_plan(const Order&);
/// Claims are in use exactly while their token stands here.
[[nodiscard]] bool holds_claim(const Order&, std::string_view token);
[[nodiscard]] Duration worked(const Visit&, Timestamp now);
[[nodiscard]] std::size_t time_entries(const Order&);

/// When the next signal of a clock is due; nullopt: none, or held, or met.
[[nodiscard]] std::optional<Timestamp> next_signal(const Sla&, const SlaClock&);
/// As a promise kept or broken, whatever was told: met after its due, or not met and told.
[[nodiscard]] bool is_breached(const SlaClock&);
/// `offer_expiry`, `sla_check`, `auto_close`.
[[nodiscard]] std::vector<Deadline> deadlines(const Order&);

/// The secret part of an order's tracking link; empty without a key.
[[nodiscard]] std::string tracking_secret(std::string_view key, std::string_view order,
                                          std::optional<int> generation = {});
[[nodiscard]] std::string tracking_hash(std::string_view secret);
/// Until when the link is good; nullopt: the order has not ended.
[[nodiscard]] std::optional<Timestamp> tracking_ends_at(const Order&, const WorkOrderPolicy&);

}  // namespace mf::work_order
