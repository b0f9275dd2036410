#include <algorithm>

#include "actors/work_order/work_order_events.hpp"

namespace mf::work_order {
namespace {

void raise(Order& order, Flag flag) {
  if (std::ranges::find(order.flags, flag) == order.flags.end()) order.flags.push_back(flag);
}
void drop(Order& order, Flag flag) { std::erase(order.flags, flag); }
void raise_if(Order& order, bool is_true, Flag flag) {
  if (is_true) raise(order, flag);
}

// --- SLA clocks
std::array<SlaClock*, 3> clocks(Sla& sla) { return {&sla.respond, &sla.arrive, &sla.resolve}; }

void meet(SlaClock& clock, Timestamp at) {
  if (!clock.met_at) clock.met_at = at;
}
void hold(Sla& sla, Timestamp at) {
  if (!sla.held_since) sla.held_since = at;
}
/// Clocks that still run are due later by as long as they were held.
void unhold(Sla& sla, Timestamp at) {
  if (!sla.held_since) return;
  const Window held{*sla.held_since, std::max(at, *sla.held_since)};
  sla.held_since.reset();
  if (held.to == held.from) return;
  for (auto* clock : clocks(sla)) {
    if (clock->met_at) continue;
    clock->due += held.to - held.from;
    if (!clock->wait) continue;
    // Nothing is held twice.
    const auto from = std::max(held.from, clock->wait->from);
    const auto to = std::min(held.to, clock->wait->to);
    if (from >= to) continue;
    clock->due -= to - from;
    clock->waited_ms = clock->waited_ms.value_or(Duration{0}) - (to - from);
  }
  sla.held.push_back(held);
}
/// The client can't receive us before the first window: a clock that would be due earlier stands
/// still until then. Called when the windows or the clocks have changed; a wait that is over
/// counts, what is left of one is decided anew.
void wait_for_windows(Order& order, Timestamp now) {
  for (auto* clock : clocks(order.sla)) {
    if (clock->limit_ms <= Duration{0} || clock->met_at || clock->told == Told::breached) continue;
    const auto move = [&](Duration by) {
      clock->due += by;
      clock->waited_ms = clock->waited_ms.value_or(Duration{0}) + by;
    };
    const auto begin = order.windows.empty() ? now : order.windows.front().from;
    if (clock->wait && clock->wait->to > now) {
      // Nothing has changed for a clock that would still be due before the same windows begin.
      const auto due_without = clock->due - (clock->wait->to - clock->wait->from);
      if (begin == clock->wait->to && begin > due_without) continue;
      move(std::max(now, clock->wait->from) - clock->wait->to);
      clock->wait.reset();
    }
    if (begin <= now || begin <= clock->due) continue;
    move(begin - now);
    clock->wait = Window{now, begin};
  }
}
/// Of a due that lies ahead again nothing has been told: it will be when it comes.
void take_back_told(SlaClock& clock, Timestamp now) {
  if (clock.met_at) return;
  const bool runs = clock.limit_ms > Duration{0};
  if (clock.told == Told::breached && (!runs || now < clock.due)) clock.told = Told::at_risk;
  if (clock.told == Told::at_risk && (!runs || now < clock.due - clock.limit_ms / 5))
    clock.told = Told::nothing;
}
void set_limits(Order& order, const SlaLimits& limits, Timestamp now) {
  auto& sla = order.sla;
  Duration held{0};
  for (const auto& window : sla.held) held += window.to - window.from;
  const auto set = [&](SlaClock& clock, Duration limit) {
    if (clock.met_at) return;
    clock.limit_ms = limit;
    clock.due = order.created_at + limit + held + clock.waited_ms.value_or(Duration{0});
    take_back_told(clock, sla.held_since.value_or(now));
  };
  set(sla.respond, limits.respond_ms);
  set(sla.arrive, limits.arrive_ms);
  set(sla.resolve, limits.resolve_ms);
}

// --- visits
Visit* find(Order& order, std::string_view id) {
  const auto visit = std::find_if(order.visits.rbegin(), order.visits.rend(),
                                  [&](const Visit& v) { return v.id == id; });
  return visit == order.visits.rend() ? nullptr : &*visit;
}
void close_time(Visit& visit, Timestamp at) {
  if (visit.time.empty() || visit.time.back().to) return;
  visit.time.back().to = std::max(at, visit.time.back().from);
}
/// Ends the visit; its claims are the event's to release.
void end(Order& order, std::string_view id, VisitStatus status, Timestamp at,
         std::optional<std::string> code = {}) {
  order.slot.reset();
  order.slot_needed.reset();
  order.is_slot_forced = false;
  drop(order, Flag::plan_broken);
  order.window_confirmed_at.reset();
  auto* visit = find(order, id);
  if (!visit) return;
  close_time(*visit, at);
  visit->status = status;
  visit->last_at = visit->ended_at.emplace(at);
  visit->end_code = std::move(code);
  visit->offer_expires_at.reset();
  visit->offer_left_ms.reset();
  visit->eta.reset();
  visit->agenda_token.reset();
  visit->travel_token.reset();
  visit->work_token.reset();
}
/// A step of the visit that is alive.
Visit* step(Order& order, std::string_view id, VisitStatus status, Status now_in, Timestamp at,
            bool is_late) {
  order.status = now_in;
  raise_if(order, is_late, Flag::late_report);
  auto* visit = find(order, id);
  if (!visit) return nullptr;
  visit->status = status;
  visit->last_at = std::max(visit->last_at, at);
  visit->offer_expires_at.reset();
  visit->offer_left_ms.reset();
  return visit;
}
/// The client's confirmation is of this slot and goes with it; so does that somebody forced it.
void plan_for(Order& order, const Window& slot, bool is_forced) {
  const bool is_kept = order.slot == slot;
  if (!is_kept) order.window_confirmed_at.reset();
  order.is_slot_forced = is_forced || (is_kept && order.is_slot_forced);
  order.slot = slot;
  order.slot_needed.reset();
  drop(order, Flag::plan_broken);
}
/// Whoever gets it all the same is not refused any more.
void forget_refusal(Order& order, const Id& technician) {
  std::erase_if(order.refused, [&](const Refusal& r) { return r.technician == technician; });
}
void begin_visit(Order& order, const Assignment& a, Timestamp now) {
  order.status = Status::ASSIGNED;
  order.plan.reset();
  forget_refusal(order, a.technician);
  const Window slot{a.from, a.to};
  plan_for(order, slot, a.override_);
  raise_if(order, a.override_, Flag::override_used);
  meet(order.sla.respond, now);
  order.visits.push_back({.id = a.visit,
                          .technician = a.technician,
                          .name = a.name,
                          .first_name = a.first_name,
                          .account = a.account,
                          .slot = slot,
                          .assigned_at = now,
                          .last_at = now,
                          .offer_expires_at = a.offer_expires_at,
                          .agenda_token = a.token,
                          .offer_left_ms = a.offer_left_ms});
}

/// Copies of what the client said; nothing once its key is gone.
void show(Order& order, const auto& e) {
  order.lat = e.lat.value;
  order.lon = e.lon.value;
  order.client_name = e.client_name.value;
  order.site_name = e.site_name.value;
  order.address = e.address.value;
  order.neighbourhood = e.neighbourhood.value;
}

void on(Order& order, const Created& e, Timestamp now) {
  order.status = Status::NEW;
  order.code = e.code;
  order.title = e.title;
  order.description = e.description.value_or("");
  order.type = e.type;
  order.type_name = e.type_name;
  order.priority = e.priority;
  order.requested_priority = e.requested_priority;
  order.priority_chosen = e.priority_chosen;
  order.client = e.client;
  order.site = e.site;
  order.zone = e.zone;
  show(order, e);
  order.created_at = now;
  order.created_by = e.created_by.value_or("");
  order.tracking_hash = e.tracking_hash.value_or("");
  order.duration_ms = e.duration_ms;
  order.skills = e.skills;
  order.windows = e.windows;
  order.tags = e.tags;
  order.signature_needed = e.signature_needed;
  order.approval_needed = e.approval_needed;
  order.parent = e.parent;
  order.twin = e.twin;
  raise_if(order, e.twin.has_value(), Flag::possible_duplicate);
  set_limits(order, e.sla, now);
  wait_for_windows(order, now);
}
void on(Order& order, const Rejected& e, Timestamp now) {
  order.status = Status::REJECTED;
  order.reason = e.reason;
  order.ended_at = now;
}
void on(Order& order, const Triaged& e, Timestamp now) {
  order.status = Status::TRIAGED;
  drop(order, Flag::possible_duplicate);
  order.type = e.type.value_or(order.type);
  order.type_name = e.type_name.value_or(order.type_name);
  order.priority = e.priority.value_or(order.priority);
  order.duration_ms = e.duration_ms.value_or(order.duration_ms);
  if (!e.skills.empty()) order.skills = e.skills;
  if (!e.windows.empty()) order.windows = e.windows;
  order.signature_needed = e.signature_needed.value_or(order.signature_needed);
  order.approval_needed = e.approval_needed.value_or(order.approval_needed);
  if (e.sla) set_limits(order, *e.sla, now);
  if (e.sla || !e.windows.empty()) wait_for_windows(order, now);
}
void on(Order& order, const ProposalRefused& e, Timestamp now) {
  forget_refusal(order, e.technician);
  order.refused.push_back({e.technician, now, e.reason, e.from});
}
void on(Order& order, const Scheduled& e, Timestamp) {
  if (e.plan) forget_refusal(order, e.plan->technician);
  order.status = Status::SCHEDULED;
  plan_for(order, {e.from, e.to}, e.override_);
  order.plan = e.plan;
  raise_if(order, e.override_, Flag::override_used);
}
void on(Order& order, const Assigned& e, Timestamp now) { begin_visit(order, e, now); }
void on(Order& order, const Reassigned& e, Timestamp now) {
  const auto slot = order.slot;
  const auto confirmed_at = order.window_confirmed_at;
  const bool is_forced = order.is_slot_forced;
  end(order, e.previous_visit, VisitStatus::revoked, now, "reassigned");
  order.slot = slot;
  order.is_slot_forced = is_forced;
  order.window_confirmed_at = confirmed_at;
  begin_visit(order, e, now);
}
void on(Order& order, const Accepted& e, Timestamp) {
  if (auto* visit = step(order, e.visit, VisitStatus::accepted, Status::ACCEPTED, e.at, e.late))
    visit->accepted_at = e.at;
}
void on(Order& order, const Declined& e, Timestamp) {
  order.status = Status::TRIAGED;
  ++order.offers_lost;
  raise_if(order, e.late, Flag::late_report);
  end(order, e.visit, VisitStatus::declined, e.at);
}
void on(Order& order, const Revoked& e, Timestamp now) {
  order.status = Status::TRIAGED;
  order.plan.reset();
  end(order, e.visit.value_or(""), VisitStatus::revoked, now, e.code);
}
void on(Order& order, const Expired& e, Timestamp now) {
  order.status = Status::TRIAGED;
  ++order.offers_lost;
  end(order, e.visit, VisitStatus::expired, now);
}
void on(Order& order, const OfferChanged& e, Timestamp) {
  auto* visit = find(order, e.visit);
  if (!visit) return;
  visit->offer_expires_at = e.offer_expires_at;
  visit->offer_left_ms = e.offer_left_ms;
}
void on(Order& order, const Escalated&, Timestamp) {
  order.offers_lost = 0;
  raise(order, Flag::escalated);
}
void on(Order& order, const TravelStarted& e, Timestamp) {
  order.offers_lost = 0;
  auto* visit = step(order, e.visit, VisitStatus::traveling, Status::EN_ROUTE, e.at, e.late);
  if (!visit) return;
  if (!visit->accepted_at) visit->accepted_at = e.at;
  visit->departed_at = e.at;
  visit->travel_token = e.token;
}
void on(Order& order, const Arrived& e, Timestamp) {
  raise_if(order, e.out_of_geofence, Flag::out_of_geofence);
  raise_if(order, e.unverified, Flag::arrival_unverified);
  meet(order.sla.arrive, e.at);
  auto* visit = step(order, e.visit, VisitStatus::on_site, Status::ON_SITE, e.at, e.late);
  if (!visit) return;
  visit->arrived_at = e.at;
  visit->travel_token.reset();
}
void on(Order& order, const EtaChanged& e, Timestamp now) {
  auto* visit = find(order, e.visit);
  if (!visit) return;
  visit->eta = Eta{e.eta, now, visit->eta ? visit->eta->times + 1 : 1};
}
void on(Order& order, const ArrivalProposed& e, Timestamp) {
  if (auto* visit = find(order, e.visit)) visit->at_site_at = e.at;
}
void on(Order& order, const WorkStarted& e, Timestamp) {
  order.offers_lost = 0;
  meet(order.sla.arrive, e.at);
  auto* visit = step(order, e.visit, VisitStatus::working, Status::IN_PROGRESS, e.at, e.late);
  if (!visit) return;
  if (!visit->accepted_at) visit->accepted_at = e.at;
  visit->work_token = e.token;
  visit->time.push_back({e.at, {}});
}
void on(Order& order, const WorkPaused& e, Timestamp) {
  if (e.holds_clocks) hold(order.sla, e.at);
  auto* visit = step(order, e.visit, VisitStatus::paused, Status::PAUSED, e.at, e.late);
  if (!visit) return;
  close_time(*visit, e.at);
  visit->work_token.reset();
}
void on(Order& order, const WorkResumed& e, Timestamp) {
  unhold(order.sla, e.at);
  auto* visit = step(order, e.visit, VisitStatus::working, Status::IN_PROGRESS, e.at, e.late);
  if (!visit) return;
  visit->work_token = e.token;
  visit->time.push_back({e.at, {}});
}
void on(Order& order, const FollowUpRequired& e, Timestamp) {
  order.status = Status::TRIAGED;
  order.reason = e.reason;
  order.parts = e.parts;
  raise_if(order, e.late, Flag::late_report);
  unhold(order.sla, e.at);
  end(order, e.visit, VisitStatus::partial, e.at);
}
void on(Order& order, const WorkCompleted& e, Timestamp) {
  order.status = Status::COMPLETED;
  order.reason.reset();
  order.remark.reset();
  order.parts.clear();
  order.completion = Completion{e.note, e.signature, e.signature_refusal_reason};
  order.completed_at = e.at;
  order.close_at = e.close_at;
  raise_if(order, e.late, Flag::late_report);
  meet(order.sla.arrive, e.at);
  meet(order.sla.resolve, e.at);
  end(order, e.visit, VisitStatus::done, e.at);
}
void on(Order& order, const WorkFailed& e, Timestamp) {
  order.status = Status::FAILED;
  order.reason = e.reason;
  raise_if(order, e.late, Flag::late_report);
  if (e.holds_clocks) hold(order.sla, e.at);
  else unhold(order.sla, e.at);
  end(order, e.visit, VisitStatus::failed, e.at, e.reason);
}
void on(Order& order, const ApprovalRequested& e, Timestamp) {
  order.status = Status::APPROVAL_REQUIRED;
  order.close_at.reset();
  if (e.reason) order.reason = e.reason;
  for (const auto rule : e.rules) raise(order, rule);
}
void on(Order& order, const Closed&, Timestamp now) {
  order.status = Status::CLOSED;
  order.close_at.reset();
  order.time_edit.reset();
  order.ended_at = now;
}
/// What asked for the approval has been looked at; the resolve clock goes on.
void on(Order& order, const Returned& e, Timestamp) {
  order.status = Status::TRIAGED;
  order.remark = e.remark;
  order.flags.clear();
  order.completed_at.reset();
  order.close_at.reset();
  order.sla.resolve.met_at.reset();
}
void on(Order& order, const Retried& e, Timestamp now) {
  order.status = Status::TRIAGED;
  order.reason = e.reason;
  unhold(order.sla, now);
}
void on(Order& order, const Cancelled& e, Timestamp now) {
  order.status = Status::CANCELLED;
  order.reason = e.reason;
  order.plan.reset();
  order.ended_at = now;
  unhold(order.sla, now);
  end(order, e.visit.value_or(""), VisitStatus::cancelled, now);
}
void on(Order& order, const Reopened& e, Timestamp) {
  order.successor = Link{Relation::reopened, e.order};
}
void on(Order& order, const Commented&, Timestamp) { ++order.comments; }
void on(Order& order, const PriorityChanged& e, Timestamp now) {
  order.priority = e.to;
  order.priority_chosen = true;
  set_limits(order, e.sla, now);
  wait_for_windows(order, now);
}
void on(Order& order, const Edited& e, Timestamp now) {
  e.title.apply_to(order.title);
  e.description.apply_to(order.description);
  e.windows.apply_to(order.windows);
  e.skills.apply_to(order.skills);
  const auto duration = order.duration_ms;
  e.duration_ms.apply_to(order.duration_ms);
  if (order.duration_ms != duration && has_open_plan(order)) {
    const Window needed{order.slot->from, order.slot->from + order.duration_ms};
    order.slot_needed = needed == *order.slot ? std::nullopt : std::optional(needed);
  }
  e.tags.apply_to(order.tags);
  if (!e.windows.is_kept()) wait_for_windows(order, now);
}
void on(Order& order, const TwinChanged& e, Timestamp) {
  order.twin = e.twin;
  if (!e.twin) drop(order, Flag::possible_duplicate);
}
void on(Order& order, const PlanBroken&, Timestamp) { raise(order, Flag::plan_broken); }
void on(Order& order, const PlanRestored&, Timestamp) { drop(order, Flag::plan_broken); }
void on(Order& order, const SlotChanged& e, Timestamp) {
  const Window slot{e.from, e.to};
  plan_for(order, slot, e.override_.value_or(order.is_slot_forced));
  raise_if(order, e.override_.value_or(false), Flag::override_used);
  if (order.plan) order.plan->token = e.token;
  if (auto* visit = find(order, e.visit.value_or(""))) {
    visit->slot = slot;
    visit->agenda_token = e.token;
    visit->eta.reset();
  }
}
void on(Order& order, const Pinned&, Timestamp) { order.is_pinned = true; }
void on(Order& order, const Unpinned&, Timestamp) { order.is_pinned = false; }
void on(Order& order, const TrackingWithdrawn& e, Timestamp) {
  order.tracking_hash = e.tracking_hash;
  order.tracking_generation = e.generation;
}
void on(Order& order, const WindowConfirmed&, Timestamp now) { order.window_confirmed_at = now; }
void on(Order& order, const Rescheduled& e, Timestamp now) {
  order.windows = e.windows;
  order.window_confirmed_at.reset();
  wait_for_windows(order, now);
}
void on(Order& order, const Rated& e, Timestamp) { order.rating = e.rating; }
void on(Order& order, const TimeEditRequested& e, Timestamp now) {
  order.time_edit = TimeEdit{e.visit, e.entry, e.from, e.to, e.technician, e.justification, now};
}
void on(Order& order, const TimeEdited& e, Timestamp) {
  if (order.time_edit && order.time_edit->visit == e.visit && order.time_edit->entry == e.entry)
    order.time_edit.reset();
  auto* visit = find(order, e.visit);
  if (visit && e.entry >= 0 && e.entry < static_cast<int>(visit->time.size()))
    visit->time[e.entry] = {e.from, e.to};
}
void on(Order& order, const TimeEditRefused&, Timestamp) { order.time_edit.reset(); }

/// What a device's clock lacked, seen from the time that its report was given. One that contradicts
/// what is known may be the odd one: then nothing is known, and the next is the measure.
void hear_clock(Order& order, std::string_view id, Timestamp at, const Context& context) {
  if (!context.device_time) return;
  const auto offset = at - *context.device_time;
  raise_if(order, std::chrono::abs(offset) > clock_tolerance, Flag::clock_corrected);
  auto* visit = find(order, id);
  if (!visit || !context.on_behalf_of.empty()) return;
  auto& known = visit->clock_offset_ms;
  const bool differs =
      known && offset != Duration{0} && std::chrono::abs(offset - *known) > clock_tolerance;
  if (!is_alive(*visit) || differs) known.reset();
  else if (!known || offset == Duration{0}) known = offset;
}

void on(Order& order, const ContactChanged& e, Timestamp) {
  show(order, e);
  if (e.zone) order.zone = *e.zone;
}

void tell(Order& order, ClockName name, Told told) {
  auto& clock = *clocks(order.sla)[static_cast<std::size_t>(name)];
  clock.told = std::max(clock.told, told);
}
void on(Order& order, const SlaAtRisk& e, Timestamp) { tell(order, e.clock, Told::at_risk); }
void on(Order& order, const SlaBreached& e, Timestamp) { tell(order, e.clock, Told::breached); }

}  // namespace

void apply(Order& order, const Event& event, const Context& context) {
  std::visit(
      [&](const auto& e) {
        on(order, e, context.now);
        if constexpr (requires { e.late; }) hear_clock(order, e.visit, e.at, context);
      },
      event);
  order.updated_at = context.now;
}

}  // namespace mf::work_order
