#include <algorithm>

#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {
namespace {

Assignment assignment(const Order& order, const Assign& c, const Grant& grant,
                      const WorkOrderPolicy& policy, const Context& context) {
  Assignment a{.visit = visit_id(order, context),
               .technician = c.technician,
               .name = grant.name,
               .first_name = grant.first_name,
               .account = grant.account,
               .from = grant.slot.from,
               .to = grant.slot.to,
               .token = claim_token(order.id, "agenda", context),
               .override_ = c.override_,
               .reason = c.reason,
               .released = held_claims(order)};
  if (policy.offer_timeout <= Duration{0}) return a;
  a.offer_left_ms = grant.offer.left;
  if (!grant.offer.left)
    a.offer_expires_at = grant.offer.expires_at.value_or(context.now + policy.offer_timeout);
  return a;
}

No must_have_room(const Order& order) {
  if (order.visits.size() < visits_max) return {};
  return reject("too_many_visits", "open a new order for this work"_en).error();
}

No must_not_be_over(const Order& order, const Assign& c, const Context& context) {
  if (!c.from || c.to.value_or(*c.from + order.duration_ms) > context.now) return {};
  return refuse_field("from", "in_the_past", "this time has passed"_en).error();
}

/// The technician who has the visit keeps it, offered or accepted, at another time.
Decision<Event> moved(const Order& order, const Reassign& c, const Facts& facts,
                      const Context& context) {
  const auto& visit = *alive(order);
  const auto has_already =
      reject("already_assigned_to_technician", "this technician has the order already"_en);
  if (!c.from) return has_already;
  const auto length = c.to ? *c.to - *c.from : visit.slot.to - visit.slot.from;
  if (visit.slot == Window{*c.from, *c.from + length}) return has_already;
  if (auto no =
          first_of(must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED}), missing(facts.agenda)))
    return refuse(no);
  const auto& slot = (**facts.agenda).slot;
  return Yes{SlotChanged{.visit = visit.id,
                         .technician = visit.technician,
                         .from = slot.from,
                         .to = slot.to,
                         .token = claim_token(order.id, "agenda", context),
                         .released = held_claims(order),
                         .override_ = c.override_,
                         .reason = c.reason}};
}

No must_be_planned(const Order& order, const std::optional<Id>& with) {
  if (has_open_plan(order) && (!with || planned_technician(order) == with)) return {};
  return reject("already_done", "the technician has nothing here to lose"_en).error();
}

/// What an offer that is still one has become, as its technician tells.
Decision<Event> and_offer(Yes events, const Order& after, const Facts& facts) {
  const auto token = offer_to_ask_about(after);
  if (!token) return events;
  if (!facts.offer) return unasked();
  if (!*facts.offer) return events;
  const auto& told = **facts.offer;
  const auto& visit = *alive(after);
  const bool is_known = told.expires_at || told.left;
  if (is_known && (told.expires_at != visit.offer_expires_at || told.left != visit.offer_left_ms))
    events.push_back(OfferChanged{visit.id, visit.technician, told.expires_at, told.left});
  return events;
}

/// What has been found about the plan, and with it about the offer.
Decision<Event> settle(const Order& order, Yes events, const Facts& facts, const Context& context) {
  auto after = order;
  for (const auto& event : events) apply(after, event, context);
  auto all = and_offer(std::move(events), after, facts);
  if (all && all->empty()) return reject("already_done", "the visit is as it was"_en);
  return all;
}

}  // namespace

Decision<Event> on(const Order& order, const Assign& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_not_be_over(order, c, context),
                         must_be_in(order, {Status::TRIAGED, Status::SCHEDULED}),
                         must_have_room(order), missing(facts.agenda)))
    return refuse(no);
  return Yes{Assigned{assignment(order, c, **facts.agenda, facts.policy, context)}};
}

Decision<Event> on(const Order& order, const Reassign& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_not_be_over(order, c, context),
                         must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED, Status::EN_ROUTE,
                                            Status::ON_SITE})))
    return refuse(no);
  const auto& previous = *alive(order);
  if (previous.technician == c.technician) return moved(order, c, facts, context);
  if (auto no = first_of(must_have_room(order), missing(facts.agenda))) return refuse(no);
  return Yes{Reassigned{assignment(order, c, **facts.agenda, facts.policy, context), previous.id,
                        previous.technician}};
}

Decision<Event> on(const Order& order, const RefuseProposal& c, const Facts&,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context),
                         must_be_in(order, {Status::TRIAGED, Status::SCHEDULED, Status::ASSIGNED,
                                            Status::ACCEPTED})))
    return refuse(no);
  const bool is_known = std::ranges::any_of(
      order.refused, [&](const Refusal& r) { return r.technician == c.technician; });
  if (!is_known && order.refused.size() >= refused_max)
    return reject("too_many_refusals", "pin the order, or assign it yourself"_en);
  return Yes{ProposalRefused{c.technician, c.reason, c.note, c.from}};
}

Decision<Event> on(const Order& order, const Accept&, const Facts& facts, const Context& context) {
  const auto when = moment(order, context, facts.policy);
  if (auto no = first_of(must_hold_visit(order, context), must_be_in_time(order, context, when.at),
                         must_be_in(order, {Status::ASSIGNED})))
    return refuse(no);
  const auto& visit = *alive(order);
  return Yes{Accepted{visit.id, visit.technician, when.at, when.is_late}};
}

Decision<Event> on(const Order& order, const Decline& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_hold_visit(order, context),
                         must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED})))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto when = moment(order, context, facts.policy);
  return lose_offer(order,
                    Declined{visit.id, visit.technician, c.reason, c.note, when.at, when.is_late,
                             held_claims(order)},
                    facts.policy);
}

Decision<Event> on(const Order& order, const Unassign& c, const Facts&, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context),
                         must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED})))
    return refuse(no);
  const auto& visit = *alive(order);
  return Yes{
      Revoked{visit.id, visit.technician, "unassigned", c.reason, c.note, held_claims(order)}};
}

Decision<Event> on(const Order& order, const Revoke& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_be_system(order, context), must_be_planned(order, c.technician)))
    return refuse(no);
  Yes events;
  if (auto event = judged_plan(order, reject(c.code).error())) events.push_back(std::move(*event));
  return settle(order, std::move(events), facts, context);
}

Decision<Event> on(const Order& order, const Recheck& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_be_system(order, context), must_be_planned(order, c.technician)))
    return refuse(no);
  auto events = and_judge({}, order, facts, context);
  if (!events) return events;
  return settle(order, *std::move(events), facts, context);
}

Decision<Event> on(const Order& order, const OfferExpiry&, const Facts& facts,
                   const Context& context) {
  if (auto no = must_be_system(order, context)) return refuse(no);
  const auto* visit = alive(order);
  if (order.status != Status::ASSIGNED || !visit->offer_expires_at ||
      *visit->offer_expires_at > context.now)
    return reject("already_done", "no offer waits any more"_en);
  return lose_offer(order, Expired{visit->id, visit->technician, held_claims(order)}, facts.policy);
}

}  // namespace mf::work_order
