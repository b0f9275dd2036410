#include "actors/work_order/work_order_views.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "actors/work_order/work_order_fields.hpp"
#include "actors/work_order/work_order_shown_fields.hpp"
#include "base/described_schema.hpp"

namespace mf::work_order::shown {

constexpr json::Note arrival_note{"arrival", "Within which somebody may be expected, as planned."};
constexpr json::Note eta_note{
    "eta",
    "When the technician is expected, once that was another time than planned by five "
    "minutes or more; told by tracking.eta_changed."};

constexpr auto notes_on(const SlaRow*) {
  return std::array{
      json::Note{"respond_due", "Until when somebody should be assigned; gone once one was."},
      json::Note{"arrive_due", "Until when a technician should be there; gone once one was."},
      json::Note{"resolve_due", "Until when the work should be done; gone once it was."},
      json::Note{"held", "The clocks stand still for a reason of the client's."}};
}
constexpr auto notes_on(const Row*) {
  return std::array{
      json::Note{"code", "The short name people say on the phone: ORD-7K3Q-9F2M-XW."},
      json::Note{"priority", "1 is the most urgent, 4 the least."},
      json::Note{"lat", "Of the site."},
      json::Note{"lon", "Of the site."},
      json::Note{"technician", "Whose visit is alive, or ended the work."},
      json::Note{"flags", "What to look at before it is closed. Supervision only."},
      json::Note{"visit", "That technician's visit."},
      json::Note{"offer_expires_at", "Until when the technician may accept."},
      json::Note{"offer_left_ms",
                 "Of the offer's time, while it waits for a technician on a break."},
      json::Note{"windows", "When work may begin, as the client wants it; none: at any time."},
      json::Note{"slot", "When the visit is planned."},
      arrival_note,
      eta_note,
      json::Note{"arrival_proposed_at",
                 "Since when the technician's device is at the site: is this the arrival?"},
      json::Note{"duration_ms", "How long the work is expected to take."},
      json::Note{"started_at", "When the work of the visit first began."},
      json::Note{"plan", "With whom it is planned, before there is a visit. Supervision only."},
      json::Note{"offers_lost", "Declined or expired, ever. Supervision only."},
      json::Note{"lost",
                 "Who declined it, let it expire or had it taken away since the last visit "
                 "that took place, oldest first. Supervision only."},
      json::Note{
          "refused",
          "Whom a supervisor refused when a dispatcher proposed them: not proposed again that "
          "day. Supervision only."},
      json::Note{"pinned", "Planners leave it where it is. Supervision only, else false."}};
}
constexpr auto notes_on(const VisitView*) {
  return std::array{json::Note{"time", "Recorded work; the last entry is open while it goes on."},
                    json::Note{"end_code", "Why it ended, where that is a code."}};
}
constexpr auto notes_on(const ClockView*) {
  return std::array{
      json::Note{"limit_ms", "0: this clock does not run."},
      json::Note{"due", "None while the clock is held."},
      json::Note{"waits_until", "It is held until the client's first window begins."}};
}
constexpr auto notes_on(const SlaView*) {
  return std::array{json::Note{"held_since", "For a reason of the client's, all clocks."},
                    json::Note{"held", "When they were, before."}};
}
constexpr auto notes_on(const Tracking*) {
  return std::array{json::Note{"token", "trk_…: for GET /v1/track, and the page /t#trk_…"}};
}
constexpr auto notes_on(const Detail*) {
  return std::array{
      json::Note{"window_confirmed_at", "When the client agreed to the slot."},
      json::Note{"signature_needed", "Work is finished with a signature, or why there is none."},
      json::Note{"reason", "Of the latest reject, fail, cancel …"},
      json::Note{"remark", "Why finished work was returned."},
      json::Note{"parts", "Wanted for the next visit."},
      json::Note{"comments", "How many there are; they stand in the timeline."},
      json::Note{"time_edit", "A change of recorded time that was asked for."},
      json::Note{"requested_priority", "What the client asked for. Supervision only."},
      json::Note{"twin", "An open order that this one may repeat. Supervision only."},
      json::Note{"close_at", "When it closes by itself. Supervision only."},
      json::Note{"rating", "1 to 5, by the client. Supervision only."},
      json::Note{"tracking", "The client's link while it is good. Supervision only."}};
}
constexpr auto notes_on(const ClientRow*) {
  return std::array{json::Note{"technician", "While on the way, for the map."},
                    json::Note{"technician_name", "First name."},
                    json::Note{"slot", "When the visit is planned."}, arrival_note, eta_note};
}
constexpr auto notes_on(const FormerRow*) {
  return std::array{json::Note{"status", "While nobody came after; else as this visit left it."}};
}
constexpr auto notes_on(const LinkView*) {
  return std::array{json::Note{"technician", "While on the way, for the map."},
                    json::Note{"technician_name", "First name."},
                    arrival_note,
                    eta_note,
                    json::Note{"lat", "Of the site, rounded; while somebody travels there."},
                    json::Note{"lon", "Of the site, rounded; while somebody travels there."},
                    json::Note{"expires_at", "When this link ends; none while the order is open."}};
}

}  // namespace mf::work_order::shown

namespace mf::work_order {
namespace {

using namespace shown;

std::optional<Timestamp> open_due(const Sla& sla, const SlaClock& clock) {
  if (clock.limit_ms <= Duration{0} || clock.met_at || sla.held_since) return {};
  return clock.due;
}

SlaRow sla_row(const Sla& sla) {
  SlaRow row{open_due(sla, sla.respond), open_due(sla, sla.arrive), open_due(sla, sla.resolve)};
  for (const auto* clock : {&sla.respond, &sla.arrive, &sla.resolve}) {
    row.at_risk |= !clock->met_at && clock->told == Told::at_risk;
    row.breached |= is_breached(*clock);
  }
  row.held = sla.held_since.has_value();
  return row;
}

ClockView clock_view(const Sla& sla, const SlaClock& clock) {
  ClockView view{clock.limit_ms, clock.met_at ? clock.due : open_due(sla, clock), clock.met_at};
  view.at_risk = !clock.met_at && clock.told == Told::at_risk;
  view.breached = is_breached(clock);
  if (clock.wait && !clock.met_at) view.waits_until = clock.wait->to;
  return view;
}

bool lost_by_refusal(const Visit& v) {
  return v.status == VisitStatus::declined || v.status == VisitStatus::expired;
}

/// Whom a dispatcher doesn't ask again for a while. A visit that took place ends the list: what
/// comes after it is another errand.
std::vector<LostView> lost_since_last_visit(const Order& o) {
  std::vector<LostView> lost;
  for (auto v = o.visits.rbegin(); v != o.visits.rend() && (is_alive(*v) || is_lost(*v)); ++v) {
    const bool was_taken_away = v->status == VisitStatus::revoked &&
                                (v->end_code == "unassigned" || v->end_code == "reassigned");
    if (lost_by_refusal(*v) || was_taken_away)
      lost.push_back({v->technician, v->ended_at.value_or(v->last_at), v->status});
  }
  std::ranges::reverse(lost);
  return lost;
}

Row row(const Order& o, Viewpoint as) {
  Row r{.id = o.id,
        .code = o.code,
        .status = o.status,
        .priority = o.priority,
        .type = o.type,
        .type_name = o.type_name,
        .title = o.title,
        .client = o.client,
        .site = o.site,
        .zone = o.zone,
        .lat = o.lat,
        .lon = o.lon,
        .client_name = o.client_name,
        .site_name = o.site_name,
        .address = o.address,
        .neighbourhood = o.neighbourhood};
  if (const auto* visit = shown_visit(o)) {
    r.technician = visit->technician;
    r.technician_name = visit->name;
    r.visit = visit->id;
    r.offer_expires_at = visit->offer_expires_at;
    r.offer_left_ms = visit->offer_left_ms;
    if (!visit->time.empty()) r.started_at = visit->time.front().from;
  }
  r.windows = o.windows;
  r.slot = o.slot;
  r.arrival = arrival_of(o);
  if (const auto* visit = expected_visit(o)) {
    if (visit->eta) r.eta = visit->eta->at;
    r.arrival_proposed_at = visit->at_site_at;
  }
  r.duration_ms = o.duration_ms;
  r.skills = o.skills;
  r.tags = o.tags;
  r.sla = sla_row(o.sla);
  if (as == Viewpoint::staff) {
    r.pinned = o.is_pinned;
    r.flags = o.flags;
    if (o.plan) r.plan = PlanView{o.plan->technician, o.plan->name};
    r.offers_lost = static_cast<int>(std::ranges::count_if(o.visits, lost_by_refusal));
    r.lost = lost_since_last_visit(o);
    r.refused = o.refused;
  }
  r.created_at = o.created_at;
  r.updated_at = o.updated_at;
  return r;
}

std::optional<Tracking> tracking(const Order& o, const WorkOrderPolicy& policy) {
  const auto secret = tracking_secret(policy.tracking_key, o.id, o.tracking_generation);
  // After a change of the key only links that were handed out before are good.
  if (secret.empty() || tracking_hash(secret) != o.tracking_hash) return {};
  return Tracking{"trk_" + o.id + "." + secret, tracking_ends_at(o, policy)};
}

Detail detail(const Order& o) {
  Detail d{.description = o.description,
           .window_confirmed_at = o.window_confirmed_at,
           .signature_needed = o.signature_needed};
  d.sla = {clock_view(o.sla, o.sla.respond), clock_view(o.sla, o.sla.arrive),
           clock_view(o.sla, o.sla.resolve), o.sla.held_since, o.sla.held};
  d.reason = o.reason;
  d.remark = o.remark;
  d.parts = o.parts;
  d.completion = o.completion;
  d.completed_at = o.completed_at;
  d.ended_at = o.ended_at;
  d.comments = o.comments;
  d.time_edit = o.time_edit;
  d.parent = o.parent;
  d.successor = o.successor;
  return d;
}

VisitView visit_view(const Visit& v) {
  return {v.id,          v.status,       v.technician,       v.name,
          v.slot,        v.assigned_at,  v.offer_expires_at, v.accepted_at,
          v.departed_at, v.arrived_at,   v.ended_at,         v.time,
          v.end_code,    v.offer_left_ms};
}

Detail staff_detail(const Order& o, const WorkOrderPolicy& policy) {
  auto d = detail(o);
  for (const auto& visit : o.visits) d.visits.push_back(visit_view(visit));
  d.requested_priority = o.requested_priority;
  d.close_at = o.close_at;
  d.twin = o.twin;
  d.rating = o.rating;
  d.tracking = tracking(o, policy);
  return d;
}

/// The own visits, and what concerns them.
Detail technician_detail(const Order& o, std::string_view technician) {
  auto d = detail(o);
  for (const auto& visit : o.visits)
    if (visit.technician == technician) d.visits.push_back(visit_view(visit));
  if (d.time_edit && d.time_edit->by != technician) d.time_edit.reset();
  // Of a visit before this one: its note and signature are between that technician and the desk.
  d.completion.reset();
  return d;
}

FormerRow former_row(const Order& o, std::string_view technician) {
  FormerRow r{.id = o.id,
              .code = o.code,
              .type = o.type,
              .type_name = o.type_name,
              .title = o.title,
              .technician = Id(technician)};
  const auto* shown = shown_visit(o);
  for (const auto& visit : o.visits)
    if (visit.technician == technician && !is_lost(visit)) {
      r.status = &visit == shown ? o.status : left_by(visit);
      r.technician_name = visit.name;
      r.visit = visit.id;
      r.slot = visit.slot;
    }
  return r;
}

FormerDetail former_detail(const Order& o, std::string_view technician) {
  FormerDetail d;
  for (const auto& visit : o.visits)
    if (visit.technician == technician && !is_lost(visit)) d.visits.push_back(visit_view(visit));
  if (o.time_edit && o.time_edit->by == technician) d.time_edit = o.time_edit;
  return d;
}

/// Rights end with the visit, also where a list was made of who is shown.
Viewer in_fact(const Order& o, const Viewer& viewer) {
  const auto* visit = alive(o);
  const bool is_over =
      viewer.as == Viewpoint::technician && (!visit || visit->technician != viewer.technician);
  return is_over ? Viewer{Viewpoint::former, viewer.technician} : viewer;
}

ClientRow client_row(const Order& o) {
  ClientRow r{.id = o.id,
              .code = o.code,
              .status = o.status,
              .type = o.type,
              .type_name = o.type_name,
              .title = o.title,
              .client = o.client,
              .site = o.site,
              .site_name = o.site_name,
              .address = o.address,
              .neighbourhood = o.neighbourhood};
  if (const auto* visit = shown_visit(o)) {
    r.technician_name = visit->first_name;
    if (o.status == Status::EN_ROUTE) r.technician = visit->technician;
  }
  r.windows = o.windows;
  r.slot = o.slot;
  r.arrival = arrival_of(o);
  if (const auto* visit = expected_visit(o); visit && visit->eta) r.eta = visit->eta->at;
  r.created_at = o.created_at;
  r.updated_at = o.updated_at;
  return r;
}

ClientDetail client_detail(const Order& o, const WorkOrderPolicy& policy) {
  ClientDetail d{.description = o.description,
                 .lat = o.lat,
                 .lon = o.lon,
                 .window_confirmed_at = o.window_confirmed_at};
  if (const auto* visit = shown_visit(o)) {
    d.departed_at = visit->departed_at;
    d.arrived_at = visit->arrived_at;
    if (!visit->time.empty()) d.started_at = visit->time.front().from;
  }
  d.completed_at = o.completed_at;
  d.ended_at = o.ended_at;
  static constexpr Status told_why[] = {Status::REJECTED, Status::CANCELLED, Status::FAILED};
  if (std::ranges::find(told_why, o.status) != std::end(told_why)) d.reason = o.reason;
  d.rating = o.rating;
  d.parent = o.parent;
  d.successor = o.successor;
  d.tracking = tracking(o, policy);
  return d;
}

/// Three decimals are 111 m of latitude, and no more of longitude.
std::optional<double> rounded(std::optional<double> degrees) {
  if (degrees) *degrees = std::round(*degrees * 1000) / 1000;
  return degrees;
}

LinkView link_view(const Order& o, const WorkOrderPolicy& policy) {
  const auto row = client_row(o);
  const auto detail = client_detail(o, policy);
  LinkView v{.id = o.id,
             .code = o.code,
             .status = o.status,
             .type_name = o.type_name,
             .title = o.title,
             .technician = row.technician,
             .technician_name = row.technician_name,
             .windows = o.windows,
             .slot = o.slot,
             .arrival = row.arrival,
             .eta = row.eta};
  if (o.status == Status::EN_ROUTE) {
    v.lat = rounded(o.lat);
    v.lon = rounded(o.lon);
  }
  v.window_confirmed_at = detail.window_confirmed_at;
  v.departed_at = detail.departed_at;
  v.arrived_at = detail.arrived_at;
  v.started_at = detail.started_at;
  v.completed_at = detail.completed_at;
  v.ended_at = detail.ended_at;
  v.reason = detail.reason;
  v.created_at = o.created_at;
  v.updated_at = o.updated_at;
  v.expires_at = tracking_ends_at(o, policy);
  return v;
}

/// One object of both structs' members; of a name in both the second's value stands.
template <class A, class B>
std::string joined(const A& first, const B& second, std::string_view replaced = {}) {
  auto out = json::to_text(first);
  if (!replaced.empty()) {
    const auto name = "\"" + std::string(replaced) + "\":";
    const auto begin = out.find("," + name), value = begin + name.size() + 1;
    out.erase(begin, out.find('}', value) + 1 - begin);
  }
  out.pop_back();
  json::write_members(out, second, nullptr);
  return out + '}';
}

}  // namespace

std::string view_of(const Order& order, const Viewer& viewer, const WorkOrderPolicy& policy) {
  const auto as = in_fact(order, viewer);
  switch (as.as) {
    case Viewpoint::staff: return joined(row(order, as), staff_detail(order, policy), "sla");
    case Viewpoint::technician:
      return joined(row(order, as), technician_detail(order, as.technician), "sla");
    case Viewpoint::former:
      return joined(former_row(order, as.technician), former_detail(order, as.technician));
    case Viewpoint::client: break;
  }
  return joined(client_row(order), client_detail(order, policy));
}

std::string link_view_of(const Order& order, const WorkOrderPolicy& policy) {
  return json::to_text(link_view(order, policy));
}

std::string row_of(const Order& order, const Viewer& viewer) {
  const auto as = in_fact(order, viewer);
  if (as == Viewpoint::client) return json::to_text(client_row(order));
  if (as == Viewpoint::former) return json::to_text(former_row(order, as.technician));
  return json::to_text(row(order, as));
}

std::vector<Shown> forms_of_orders() {
  using enum Shown::Use;
  const std::string to_former = "To a technician whose visit has ended: that visit alone.",
                    to_client = "To the order's client: the public part.";
  return {json::shown<Row, Detail>(
              view, "Order",
              "To supervisors of its zone and administrators; to the technician whose visit is "
              "alive without what is for supervision only, and with the own visits alone."),
          json::shown<FormerRow, FormerDetail>(view, "OrderForFormerTechnician", to_former),
          json::shown<ClientRow, ClientDetail>(view, "OrderForClient", to_client),
          json::shown<Row>(row, "OrderRow",
                           "To supervisors of its zone, administrators and the technician whose "
                           "visit is alive."),
          json::shown<FormerRow>(row, "OrderRowForFormerTechnician", to_former),
          json::shown<ClientRow>(row, "OrderRowForClient", to_client),
          json::shown<LinkView>(link, "OrderLink", "To whoever holds the tracking link.")};
}

}  // namespace mf::work_order
