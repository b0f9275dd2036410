#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {
namespace {

/// A slot of the technician's agenda.
Wants::Agenda slot_wanted(const Order& order, const Context& context, const Id& technician,
                          std::optional<Timestamp> from, bool is_override,
                          const std::optional<std::string>& reason) {
  return {technician, visit_id(order, context), claim_token(order.id, "agenda", context),
          from,       order.duration_ms,        is_override,
          reason};
}

Wants agenda_for(const Order& order, const Assign& c, const Context& context) {
  auto agenda = slot_wanted(order, context, c.technician, c.from, c.override_, c.reason);
  if (const auto kept = kept_slot(order, context.now); kept && !c.from) {
    agenda.from = kept->from;
    agenda.duration = kept->to - kept->from;
  }
  return {.agenda = std::move(agenda)};
}

Wants work_for(const Order& order, const std::string& purpose, const Context& context) {
  const auto* visit = alive(order);
  return {.work = Wants::Work{visit->technician, visit->id, claim_token(order.id, purpose, context),
                              purpose}};
}

struct Wanted {
  const Order& order;
  const Context& context;

  Wants operator()(const Create& c) const {
    const bool is_wish = !context.by.is_administrator() && !context.by.has(Role::supervisor) &&
                         !context.by.is_system();
    return {.site = Wants::Site{c.client, c.site},
            .terms = Wants::OrderTerms{c.type, is_wish ? std::nullopt : c.priority, true}};
  }
  Wants operator()(const OpenLinked& c) const {
    return {.site = Wants::Site{c.client, c.site}, .terms = Wants::OrderTerms{c.type, c.priority}};
  }
  Wants operator()(const Reopen&) const { return {.site = Wants::Site{order.client, order.site}}; }
  Wants operator()(const Triage& c) const {
    return {.terms = Wants::OrderTerms{c.type.value_or(order.type),
                                       c.priority ? *c.priority : order.priority,
                                       c.type && *c.type != order.type}};
  }
  Wants operator()(const SetPriority& c) const {
    return {.terms = Wants::OrderTerms{order.type, c.priority}};
  }
  Wants operator()(const Schedule& c) const {
    auto agenda = slot_wanted(order, context, *c.technician, c.from, c.override_, c.reason);
    if (c.to) agenda.duration = *c.to - c.from;
    return {.agenda = std::move(agenda)};
  }
  Wants operator()(const Assign& c) const { return agenda_for(order, c, context); }
  Wants operator()(const Reassign& c) const { return agenda_for(order, c, context); }
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
  return std::visit(Wanted{order, context}, command);
}

Decision<Event> decide(const Order& order, const Command& command, const Facts& facts,
                       const Context& context) {
  return std::visit([&](const auto& c) { return on(order, c, facts, context); }, command);
}

std::optional<Window> kept_slot(const Order& order, Timestamp now) {
  if (!order.slot) return {};
  const bool is_offer = order.status == Status::ASSIGNED || order.status == Status::ACCEPTED;
  const bool is_kept = (order.status == Status::SCHEDULED && order.slot->to > now) ||
                       (is_offer && order.slot->from > now);
  return is_kept ? order.slot : std::nullopt;
}

Id visit_id(const Order& order, const Context& context) {
  return derive_id("vis", order.id, "visit", to_hex(context.command.view()));
}

}  // namespace mf::work_order
