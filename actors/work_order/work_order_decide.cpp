#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {
namespace {

/// Whoever has the order's visit is shown with it; others are booked by those who see them.
std::optional<std::vector<Id>> zones_seen(const Order& order, const Context& context,
                                          const Id& technician) {
  const auto& by = context.by;
  if (by.is_system() || by.is_administrator() || planned_technician(order) == technician) return {};
  return by.zones;
}

/// A slot of the technician's agenda.
Wants::Agenda slot_wanted(const Order& order, const Context& context, const Id& technician) {
  return {.technician = technician,
          .visit = visit_id(order, context),
          .token = claim_token(order.id, "agenda", context),
          .skills = order.skills,
          .windows = order.windows,
          .duration = order.duration_ms,
          .seen_zones = zones_seen(order, context, technician)};
}

Wants agenda_for(const Order& order, const Assign& c, const WorkOrderPolicy& policy,
                 const Context& context) {
  auto agenda = slot_wanted(order, context, c.technician);
  agenda.from = c.from;
  agenda.override_ = c.override_;
  agenda.reason = c.reason;
  agenda.offer = policy.offer_timeout;
  if (c.from && c.to) agenda.duration = *c.to - *c.from;
  if (const auto kept = kept_slot(order, context.now); kept && !c.from) {
    agenda.from = kept->from;
    agenda.duration = kept->to - kept->from;
    agenda.windows = windows_of_kept(order);
  }
  return {.agenda = std::move(agenda)};
}

std::optional<Wants::Offer> offer_wanted(const Order& order) {
  auto token = offer_to_ask_about(order);
  if (!token) return {};
  return Wants::Offer{alive(order)->technician, *std::move(token)};
}

/// What judging the open plan asks of its technician, for the order as it is (or would be).
Wants judgement_wanted(const Order& order, const Context& context) {
  const auto technician = planned_technician(order);
  if (!technician) return {};
  Wants wants;
  const auto slot = order.slot_needed.value_or(*order.slot);
  if (asks_for_other_slot(order)) {
    auto& agenda = wants.agenda.emplace(slot_wanted(order, context, *technician));
    if (const auto* visit = alive(order)) agenda.visit = visit->id;
    agenda.from = slot.from;
    agenda.duration = slot.to - slot.from;
    agenda.override_ = order.is_slot_forced;
    if (order.is_slot_forced) agenda.reason = "as before";
  }
  if (!wants.agenda || order.is_slot_forced)
    wants.holds = {*technician, order.skills, order.windows, slot};
  return wants;
}

Wants work_for(const Order& order, const std::string& purpose, const Context& context) {
  const auto* visit = alive(order);
  return {.work = Wants::Work{visit->technician, visit->id, claim_token(order.id, purpose, context),
                              purpose}};
}

struct Wanted {
  const Order& order;
  const WorkOrderPolicy& policy;
  const Context& context;

  Wants operator()(const Create& c) const {
    const bool is_wish = !context.by.is_administrator() && !context.by.has(Role::supervisor) &&
                         !context.by.is_system();
    return {.site = Wants::Site{c.client, c.site},
            .terms = Wants::OrderTerms{c.type, is_wish ? std::nullopt : c.priority, true},
            .note = Wants::Note{c.client, c.site, c.type, claim_token(order.id, "noted", context),
                                is_wish}};
  }
  Wants operator()(const OpenLinked& c) const {
    return {.site = Wants::Site{c.client, c.site},
            .terms = Wants::OrderTerms{c.type, c.priority},
            .note = Wants::Note{c.client, c.site, c.type, claim_token(order.id, "noted", context)}};
  }
  Wants operator()(const RefreshContact&) const {
    return {.site = Wants::Site{order.client, order.site}};
  }
  Wants operator()(const Reopen&) const {
    return {.site = Wants::Site{order.client, order.site},
            .terms = Wants::OrderTerms{order.type, order.priority, true}};
  }
  Wants operator()(const TwinEnded&) const {
    return {.terms = Wants::OrderTerms{order.type, order.priority}};
  }
  Wants operator()(const Triage& c) const {
    const auto priority = takes_priority_of_type(order, c)
                              ? std::nullopt
                              : std::optional(c.priority.value_or(order.priority));
    return {.terms = Wants::OrderTerms{c.type.value_or(order.type), priority,
                                       c.type && *c.type != order.type}};
  }
  Wants operator()(const SetPriority& c) const {
    return {.terms = Wants::OrderTerms{order.type, c.priority}};
  }
  Wants operator()(const Schedule& c) const {
    auto agenda = slot_wanted(order, context, *c.technician);
    agenda.from = c.from;
    agenda.override_ = c.override_;
    agenda.reason = c.reason;
    if (c.to) agenda.duration = *c.to - c.from;
    return {.agenda = std::move(agenda)};
  }
  Wants operator()(const Assign& c) const { return agenda_for(order, c, policy, context); }
  Wants operator()(const Reassign& c) const {
    auto wants = agenda_for(order, c, policy, context);
    const auto& visit = *alive(order);
    if (visit.technician != c.technician) return wants;
    // The visit stays, and with it its offer.
    wants.agenda->visit = visit.id;
    wants.agenda->offer = Duration{0};
    if (!c.to) wants.agenda->duration = visit.slot.to - visit.slot.from;
    return wants;
  }
  Wants operator()(const Edit& c) const {
    return judgement_wanted(after_edit(order, c, context), context);
  }
  Wants operator()(const Reschedule& c) const {
    auto after = order;
    after.windows = c.windows;
    return judgement_wanted(after, context);
  }
  Wants operator()(const Unpin&) const { return judgement_wanted(order, context); }
  Wants operator()(const Recheck&) const {
    auto wants = judgement_wanted(order, context);
    wants.offer = offer_wanted(order);
    return wants;
  }
  Wants operator()(const Revoke&) const { return {.offer = offer_wanted(order)}; }
  Wants operator()(const Pause& c) const { return {.reason = Wants::Reason{"pause", c.reason}}; }
  Wants operator()(const Fail& c) const { return {.reason = Wants::Reason{"fail", c.reason}}; }
  Wants operator()(const Depart&) const { return work_for(order, "travel", context); }
  Wants operator()(const Start&) const { return work_for(order, "work", context); }
  Wants operator()(const Resume&) const { return work_for(order, "work", context); }
  Wants operator()(const auto&) const { return {}; }
};

}  // namespace

Wants wants(const Order& order, const Command& command, const WorkOrderPolicy& policy,
            const Context& context) {
  const auto probe = decide(order, command, Facts{policy}, context);
  if (probe || probe.error().code != unasked_code) return {};
  return std::visit(Wanted{order, policy, context}, command);
}

Decision<Event> decide(const Order& order, const Command& command, const Facts& facts,
                       const Context& context) {
  return std::visit([&](const auto& c) { return on(order, c, facts, context); }, command);
}

Id visit_id(const Order& order, const Context& context) {
  return derive_id("vis", order.id, "visit", to_hex(context.command.view()));
}

}  // namespace mf::work_order
