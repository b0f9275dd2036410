#include <algorithm>
#include <cmath>

#include "actors/work_order/work_order_rules.hpp"
#include "base/geo.hpp"

namespace mf::work_order {
namespace {

No must_have_room(const Order& order) {
  if (time_entries(order) < time_entries_max) return {};
  return reject("too_many_time_entries", "open a new order for this work"_en).error();
}

bool is_said(const std::optional<std::string>& text) { return text && !text->empty(); }

No must_sign(const Order& order, const Complete& c) {
  if (!order.signature_needed || is_said(c.signature) || is_said(c.signature_refusal_reason))
    return {};
  return reject("signature_missing", "a signature, or why it was refused"_en).error();
}

bool asks_for_approval(Flag flag) { return flag <= Flag::approval_by_type; }

/// Which rules keep a completed order from closing by itself.
std::vector<Flag> approval_rules(const Order& completed, Duration work,
                                 const WorkOrderPolicy& policy) {
  std::vector<Flag> rules;
  std::ranges::copy_if(completed.flags, std::back_inserter(rules), asks_for_approval);
  if (work * 100 > completed.duration_ms * policy.time_limit_percent)
    rules.push_back(Flag::time_over_limit);
  if (completed.approval_needed) rules.push_back(Flag::approval_by_type);
  return rules;
}

}  // namespace

Decision<Event> on(const Order& order, const Depart&, const Facts& facts, const Context& context) {
  const auto when = moment(order, context, facts.policy);
  if (auto no =
          first_of(must_hold_visit(order, context), must_be_in_time(order, context, when.at),
                   must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED}), missing(facts.work)))
    return refuse(no);
  const auto& visit = *alive(order);
  return Yes{TravelStarted{visit.id, visit.technician, claim_token(order.id, "travel", context),
                           when.at, when.is_late}};
}

Decision<Event> on(const Order& order, const Arrive& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_hold_visit(order, context), must_be_in(order, {Status::EN_ROUTE})))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  Arrived e{.visit = visit.id, .technician = visit.technician, .at = when.at, .late = when.is_late};
  if (!c.lat || !c.lon) {
    e.unverified = true;
  } else if (order.lat && order.lon) {
    const auto far = distance_m({*order.lat, *order.lon}, {*c.lat, *c.lon});
    e.distance_m = std::llround(far);
    e.out_of_geofence = far > facts.policy.geofence_m;
    if (e.out_of_geofence && !c.confirmed)
      return reject("outside_geofence", "this is far from the site: confirm the arrival"_en);
  }
  if (visit.travel_token) e.released.push_back({visit.technician, *visit.travel_token});
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const Start&, const Facts& facts, const Context& context) {
  const auto when = moment(order, context, facts.policy);
  if (auto no = first_of(must_hold_visit(order, context), must_be_in_time(order, context, when.at),
                         must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED, Status::ON_SITE}),
                         must_have_room(order), missing(facts.work)))
    return refuse(no);
  const auto& visit = *alive(order);
  return Yes{WorkStarted{visit.id, visit.technician, claim_token(order.id, "work", context),
                         when.at, when.is_late}};
}

Decision<Event> on(const Order& order, const Pause& c, const Facts& facts, const Context& context) {
  // A supervisor pauses in their own name, too: weather and safety are seen from the desk.
  const bool is_supervisors =
      context.on_behalf_of.empty() && context.by.supervises(order.zone) && exists(order);
  if (auto no = first_of(is_supervisors ? No{} : must_hold_visit(order, context),
                         must_be_in(order, {Status::IN_PROGRESS}), missing(facts.reason)))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  WorkPaused e{visit.id,
               visit.technician,
               c.reason,
               c.note,
               when.at,
               when.is_late,
               (**facts.reason).holds_clock,
               {}};
  if (visit.work_token) e.released.push_back({visit.technician, *visit.work_token});
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const Resume&, const Facts& facts, const Context& context) {
  if (auto no = first_of(must_hold_visit(order, context), must_be_in(order, {Status::PAUSED}),
                         must_have_room(order), missing(facts.work)))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  return Yes{WorkResumed{visit.id, visit.technician, claim_token(order.id, "work", context),
                         when.at, when.is_late}};
}

Decision<Event> on(const Order& order, const FollowUp& c, const Facts& facts,
                   const Context& context) {
  const bool is_supervisors = context.on_behalf_of.empty() && !must_dispatch(order, context);
  if (auto no = first_of(is_supervisors ? No{} : must_hold_visit(order, context),
                         must_be_in(order, {Status::PAUSED, Status::IN_PROGRESS})))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  return Yes{FollowUpRequired{visit.id, visit.technician, c.reason, c.note, c.parts, when.at,
                              when.is_late, held_claims(order)}};
}

Decision<Event> on(const Order& order, const Complete& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_hold_visit(order, context), must_be_in(order, {Status::IN_PROGRESS}),
                         must_sign(order, c)))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  WorkCompleted e{.visit = visit.id,
                  .technician = visit.technician,
                  .client = order.client,
                  .note = c.note,
                  .signature = {c.signature},
                  .signature_refusal_reason = c.signature_refusal_reason,
                  .at = when.at,
                  .late = when.is_late,
                  .released = held_claims(order)};
  if (facts.policy.auto_close_after > Duration{0})
    e.close_at = context.now + facts.policy.auto_close_after;

  auto completed = order;
  apply(completed, e, context);
  Duration work{0};
  for (const auto& each : completed.visits) work += worked(each, when.at);
  const auto rules = approval_rules(completed, work, facts.policy);
  Yes events{std::move(e)};
  if (!rules.empty()) events.push_back(ApprovalRequested{.automatic = true, .rules = rules});
  return events;
}

Decision<Event> on(const Order& order, const Fail& c, const Facts& facts, const Context& context) {
  if (auto no = first_of(must_hold_visit(order, context),
                         must_be_in(order, {Status::EN_ROUTE, Status::ON_SITE, Status::IN_PROGRESS,
                                            Status::PAUSED}),
                         missing(facts.reason)))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  return Yes{WorkFailed{visit.id, visit.technician, c.reason, c.note, when.at, when.is_late,
                        (**facts.reason).holds_clock, held_claims(order)}};
}

}  // namespace mf::work_order
