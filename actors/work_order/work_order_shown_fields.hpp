#pragma once
// What an order shows, as plain structs: each viewpoint's row, and what its detail adds to the row.
// For work_order_views_codec.cpp alone.
#include <optional>
#include <string>
#include <vector>

#include "actors/work_order/work_order_fields.hpp"

namespace mf::work_order::shown {

struct SlaRow {
  std::optional<Timestamp> respond_due, arrive_due, resolve_due;  ///< of clocks that are not met
  bool at_risk = false, breached = false, held = false;
};
BOOST_DESCRIBE_STRUCT(SlaRow, (), (respond_due, arrive_due, resolve_due, at_risk, breached, held))

struct PlanView {
  Id technician;
  std::string technician_name;
};
BOOST_DESCRIBE_STRUCT(PlanView, (), (technician, technician_name))
/// A technician who had the order and lost it before anything was done.
struct LostView {
  Id technician;
  Timestamp at{};
  VisitStatus status = VisitStatus::declined;  ///< or expired, revoked
};
BOOST_DESCRIBE_STRUCT(LostView, (), (technician, at, status))

struct Row {
  Id id;
  std::string code;
  Status status = Status::NEW;
  int priority = 3;
  Id type;
  std::string type_name, title;
  Id client, site, zone;
  std::optional<double> lat, lon;
  std::optional<std::string> client_name, site_name, address, neighbourhood;
  std::optional<Id> technician;
  std::optional<std::string> technician_name;
  std::optional<Id> visit;
  std::optional<Timestamp> offer_expires_at;
  std::optional<Duration> offer_left_ms;
  std::vector<Window> windows;
  std::optional<Window> slot, arrival;
  std::optional<Timestamp> eta, arrival_proposed_at;
  Duration duration_ms{};
  std::vector<Skill> skills;
  std::vector<std::string> tags;
  std::optional<Timestamp> started_at;
  SlaRow sla;
  bool pinned = false;
  // Supervision only:
  std::vector<Flag> flags;
  std::optional<PlanView> plan;
  std::optional<int> offers_lost;
  std::vector<LostView> lost;
  std::vector<Refusal> refused;
  Timestamp created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (id, code, status, priority, type, type_name, title, client, site, zone, lat,
                       lon, client_name, site_name, address, neighbourhood, technician,
                       technician_name, visit, offer_expires_at, offer_left_ms, windows, slot,
                       arrival, eta, arrival_proposed_at, duration_ms, skills, tags, started_at,
                       sla, pinned, flags, plan, offers_lost, lost, refused, created_at,
                       updated_at))

struct VisitView {
  Id id;
  VisitStatus status = VisitStatus::offered;
  Id technician;
  std::string technician_name;
  Window slot;
  Timestamp assigned_at{};
  std::optional<Timestamp> offer_expires_at, accepted_at, departed_at, arrived_at, ended_at;
  std::vector<TimeEntry> time;
  std::optional<std::string> end_code;
  std::optional<Duration> offer_left_ms;
};
BOOST_DESCRIBE_STRUCT(VisitView, (),
                      (id, status, technician, technician_name, slot, assigned_at, offer_expires_at,
                       offer_left_ms, accepted_at, departed_at, arrived_at, ended_at, time,
                       end_code))

struct ClockView {
  Duration limit_ms{};
  std::optional<Timestamp> due, met_at;  ///< no due while it is held
  bool at_risk = false, breached = false;
  std::optional<Timestamp> waits_until;  ///< the client's window
};
BOOST_DESCRIBE_STRUCT(ClockView, (), (limit_ms, due, met_at, at_risk, breached, waits_until))
struct SlaView {
  ClockView respond, arrive, resolve;
  std::optional<Timestamp> held_since;
  std::vector<Window> held;
};
BOOST_DESCRIBE_STRUCT(SlaView, (), (respond, arrive, resolve, held_since, held))

struct Tracking {
  std::string token;
  std::optional<Timestamp> expires_at;
};
BOOST_DESCRIBE_STRUCT(Tracking, (), (token, expires_at))

/// What comes after the members of Row.
struct Detail {
  std::string description;
  std::optional<Timestamp> window_confirmed_at;
  bool signature_needed = false;
  std::vector<VisitView> visits;
  SlaView sla;
  std::optional<std::string> reason, remark;
  std::vector<std::string> parts;
  std::optional<Completion> completion;
  std::optional<Timestamp> completed_at, ended_at;
  int comments = 0;
  std::optional<TimeEdit> time_edit;
  std::optional<Link> parent, successor;
  // Supervision only:
  std::optional<int> requested_priority;
  std::optional<Id> twin;
  std::optional<Timestamp> close_at;
  std::optional<int> rating;
  std::optional<Tracking> tracking;
};
BOOST_DESCRIBE_STRUCT(Detail, (),
                      (description, window_confirmed_at, signature_needed, visits, sla, reason,
                       remark, parts, completion, completed_at, ended_at, comments, time_edit,
                       parent, successor, requested_priority, twin, close_at, rating, tracking))

struct ClientRow {
  Id id;
  std::string code;
  Status status = Status::NEW;
  Id type;
  std::string type_name, title;
  Id client, site;
  std::optional<std::string> site_name, address, neighbourhood;
  std::optional<Id> technician;                ///< while EN_ROUTE, for the map
  std::optional<std::string> technician_name;  ///< first name
  std::vector<Window> windows;
  std::optional<Window> slot, arrival;
  std::optional<Timestamp> eta;
  Timestamp created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(ClientRow, (),
                      (id, code, status, type, type_name, title, client, site, site_name, address,
                       neighbourhood, technician, technician_name, windows, slot, arrival, eta,
                       created_at, updated_at))
struct ClientDetail {
  std::string description;
  std::optional<double> lat, lon;
  std::optional<Timestamp> window_confirmed_at, departed_at, arrived_at, started_at, completed_at,
      ended_at;
  std::optional<std::string> reason;
  std::optional<int> rating;
  std::optional<Link> parent, successor;
  std::optional<Tracking> tracking;
};
BOOST_DESCRIBE_STRUCT(ClientDetail, (),
                      (description, lat, lon, window_confirmed_at, departed_at, arrived_at,
                       started_at, completed_at, ended_at, reason, rating, parent, successor,
                       tracking))

/// To somebody whose visit has ended: what that was, and nothing later.
struct FormerRow {
  Id id;
  std::string code;
  Status status = Status::NEW;  ///< while nobody came after; else as this visit left it
  Id type;
  std::string type_name, title;
  Id technician;
  std::string technician_name;
  Id visit;
  Window slot;
};
BOOST_DESCRIBE_STRUCT(FormerRow, (),
                      (id, code, status, type, type_name, title, technician, technician_name, visit,
                       slot))
struct FormerDetail {
  std::vector<VisitView> visits;
  std::optional<TimeEdit> time_edit;
};
BOOST_DESCRIBE_STRUCT(FormerDetail, (), (visits, time_edit))

struct LinkView {
  Id id;
  std::string code;
  Status status = Status::NEW;
  std::string type_name, title;
  std::optional<Id> technician;  ///< while EN_ROUTE, for the map
  std::optional<std::string> technician_name;
  std::vector<Window> windows;
  std::optional<Window> slot, arrival;
  std::optional<Timestamp> eta;
  std::optional<double> lat, lon;
  std::optional<Timestamp> window_confirmed_at, departed_at, arrived_at, started_at, completed_at,
      ended_at;
  std::optional<std::string> reason;
  Timestamp created_at{}, updated_at{};
  std::optional<Timestamp> expires_at;
};
BOOST_DESCRIBE_STRUCT(LinkView, (),
                      (id, code, status, type_name, title, technician, technician_name, windows,
                       slot, arrival, eta, lat, lon, window_confirmed_at, departed_at, arrived_at,
                       started_at, completed_at, ended_at, reason, created_at, updated_at,
                       expires_at))

}  // namespace mf::work_order::shown
