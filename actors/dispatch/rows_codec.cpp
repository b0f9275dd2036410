#include <algorithm>

#include "actors/dispatch/rows.hpp"
#include "base/described_json.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Skill, (), (skill, level))
BOOST_DESCRIBE_STRUCT(Window, (), (from, to))
}  // namespace mf

namespace mf::dispatch {
BOOST_DESCRIBE_STRUCT(Spot, (), (lat, lon))

namespace {

struct Named {
  Id technician;
};
BOOST_DESCRIBE_STRUCT(Named, (), (technician))
struct Lost {
  Id technician;
  Timestamp at{};
  std::string status;
};
BOOST_DESCRIBE_STRUCT(Lost, (), (technician, at, status))
struct Refused {
  Id technician;
  Timestamp at{};
  std::optional<Timestamp> from;
};
BOOST_DESCRIBE_STRUCT(Refused, (), (technician, at, from))
struct Sla {
  std::optional<Timestamp> arrive_due, resolve_due;
};
BOOST_DESCRIBE_STRUCT(Sla, (), (arrive_due, resolve_due))
struct Position {
  double lat = 0, lon = 0, accuracy = -1;
  Timestamp at{};
};
BOOST_DESCRIBE_STRUCT(Position, (), (lat, lon, accuracy, at))
struct Order {
  Id id;
  std::uint64_t version = 0;
  std::string code, status;
  int priority = 3;
  std::optional<double> lat, lon;
  std::optional<Id> technician, visit;
  std::vector<Window> windows;
  std::optional<Window> slot;
  std::optional<Timestamp> eta;
  Duration duration_ms{};
  std::vector<Skill> skills;
  std::optional<Timestamp> started_at;
  Sla sla;
  bool pinned = false;
  std::vector<std::string> flags;
  std::optional<Named> plan;
  std::vector<Lost> lost;
  std::vector<Refused> refused;
  Timestamp created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(Order, (),
                      (id, version, code, status, priority, lat, lon, technician, visit, windows,
                       slot, eta, duration_ms, skills, started_at, sla, pinned, flags, plan, lost,
                       refused, created_at, updated_at))

struct Shift {
  std::vector<std::string> days;
  std::string from, to;
};
BOOST_DESCRIBE_STRUCT(Shift, (), (days, from, to))
struct Absence {
  Timestamp from{}, to{};
};
BOOST_DESCRIBE_STRUCT(Absence, (), (from, to))
struct Line {
  Id order;
  Timestamp from{}, to{};
  std::string running;
  std::optional<Timestamp> offer_expires_at;
};
BOOST_DESCRIBE_STRUCT(Line, (), (order, from, to, running, offer_expires_at))
struct Technician {
  Id id;
  std::uint64_t version = 0;
  std::string name, availability;
  std::vector<Skill> skills;
  std::vector<Id> zones;
  bool disabled = false;
  std::optional<Spot> home;
  std::optional<Position> position;
  std::optional<int> max_orders;
  std::vector<Line> agenda;
  std::vector<Shift> shifts, breaks;
  std::vector<Absence> absences;
};
BOOST_DESCRIBE_STRUCT(Technician, (),
                      (id, version, name, availability, skills, zones, disabled, home, position,
                       max_orders, agenda, shifts, breaks, absences))
Stage stage_of(std::string_view status) {
  constexpr std::pair<std::string_view, Stage> stages[] = {
      {"NEW", Stage::untriaged},    {"TRIAGED", Stage::waiting},     {"SCHEDULED", Stage::planned},
      {"ASSIGNED", Stage::offered}, {"ACCEPTED", Stage::accepted},   {"EN_ROUTE", Stage::traveling},
      {"ON_SITE", Stage::on_site},  {"IN_PROGRESS", Stage::working}, {"PAUSED", Stage::paused}};
  const auto* found = std::ranges::find(stages, status, &std::pair<std::string_view, Stage>::first);
  return found == std::end(stages) ? Stage::done : found->second;
}

/// The work should be done by `resolve`, and whoever arrives by `arrive` is done a visit later.
std::optional<Timestamp> due_of(const Order& o) {
  auto due = o.sla.resolve_due;
  if (o.sla.arrive_due) {
    const auto end = *o.sla.arrive_due + o.duration_ms;
    due = std::min(due.value_or(end), end);
  }
  return due;
}

OrderRow order_of(Order o) {
  OrderRow row{.id = std::move(o.id),
               .version = o.version,
               .code = std::move(o.code),
               .stage = stage_of(o.status),
               .priority = o.priority,
               .site = {},
               .technician = o.technician.value_or(""),
               .visit = o.visit.value_or(""),
               .windows = std::move(o.windows),
               .slot = o.slot,
               .eta = o.eta,
               .duration = o.duration_ms,
               .skills = std::move(o.skills),
               .started_at = o.started_at,
               .due = due_of(o),
               .is_pinned = o.pinned};
  if (o.lat && o.lon) row.site = Spot{*o.lat, *o.lon};
  if (row.stage == Stage::planned) row.technician = o.plan ? o.plan->technician : Id();
  if (row.stage < Stage::planned || row.stage == Stage::done) row.technician.clear();
  const auto has = [&](std::string_view flag) {
    return std::ranges::find(o.flags, flag) != o.flags.end();
  };
  row.is_escalated = has("escalated");
  row.is_forced = has("override_used") || has("plan_broken");
  for (auto& lost : o.lost)
    row.lost.push_back(
        {std::move(lost.technician), lost.at, lost.status == "expired", lost.status == "declined"});
  for (auto& refused : o.refused)
    row.refused.push_back({std::move(refused.technician), refused.at, refused.from});
  row.created_at = o.created_at;
  row.updated_at = o.updated_at;
  return row;
}

std::vector<technician::Shift> shifts_of(const std::vector<Shift>& list) {
  constexpr std::string_view names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  std::vector<technician::Shift> shifts;
  for (const auto& shift : list) {
    technician::Shift one{{}, shift.from, shift.to};
    for (const auto& day : shift.days)
      if (const auto* found = std::ranges::find(names, day); found != std::end(names))
        one.days.push_back(static_cast<technician::Day>(found - std::begin(names)));
    shifts.push_back(std::move(one));
  }
  return shifts;
}

TechnicianRow technician_of(Technician t) {
  TechnicianRow row{.id = std::move(t.id),
                    .version = t.version,
                    .name = std::move(t.name),
                    .availability = std::move(t.availability),
                    .skills = std::move(t.skills),
                    .zones = std::move(t.zones),
                    .is_disabled = t.disabled,
                    .home = t.home,
                    .position = {},
                    .max_orders = t.max_orders};
  row.is_off = row.availability == "off";
  row.is_on_break = row.availability == "break";
  if (t.position) {
    row.position = Spot{t.position->lat, t.position->lon};
    row.position_at = t.position->at;
    row.position_accuracy = t.position->accuracy;
  }
  for (auto& line : t.agenda)
    row.agenda.push_back(
        {std::move(line.order), line.from, line.to, !line.running.empty(), line.offer_expires_at});
  row.shifts = shifts_of(t.shifts);
  row.breaks = shifts_of(t.breaks);
  for (const auto& absence : t.absences) row.absences.push_back({absence.from, absence.to, {}});
  return row;
}

}  // namespace

Result<Row> read_row(std::string_view text) {
  // No text of people holds this: their quotes are escaped.
  if (text.find(R"("kind":"technician")") != text.npos) {
    auto row = json::from_stored<Technician>(text);
    if (!row) return std::unexpected(row.error());
    return technician_of(std::move(*row));
  }
  auto row = json::from_stored<Order>(text);
  if (!row) return std::unexpected(row.error());
  return order_of(std::move(*row));
}

}  // namespace mf::dispatch
