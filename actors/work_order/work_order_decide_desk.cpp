#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {
namespace {

bool is_own_client(const Order& order, const Principal& by) {
  return !by.client.empty() && by.client == order.client && !by.dispatches(order.zone);
}

/// A client may until somebody is on the way; the company as long as nothing is done.
No must_be_cancellable(const Order& order, const Context& context) {
  if (is_own_client(order, context.by) && !is_before_travel(order.status) &&
      (order.status <= Status::PAUSED || order.status == Status::FAILED))
    return reject("too_late_to_cancel", "a technician is or was on the way"_en).error();
  if (order.status <= Status::PAUSED || order.status == Status::FAILED) return {};
  return order_is(order);
}

/// Here a site that is not there any more is one without service: the order is visible after all.
No must_be_served(const Asked<SiteFact>& site) {
  auto no = missing(site);
  if (no && no->kind != RejectionKind::not_found) return no;
  if (!no && (*site)->active) return {};
  return reject("client_inactive", "the client has no service any more"_en).error();
}

/// What would be wrong with a field of a new order is what has become of this one.
No must_be_taken_again(const Asked<SiteFact>& site, const Asked<Terms>& terms) {
  auto no = missing(terms);
  if (!no) no = must_take_orders(**site, **terms);
  if (no && no->kind == RejectionKind::invalid) return reject(no->code, no->detail).error();
  return no;
}

/// A request that nobody can settle once the order is closed is turned down before.
Yes closing(const Order& order, Event event) {
  Yes events;
  if (const auto& asked = order.time_edit)
    events.push_back(TimeEditRefused{asked->visit, asked->entry});
  events.push_back(std::move(event));
  return events;
}

void signal(Yes& events, const Sla& sla, SlaClock clock, ClockName name, Timestamp now) {
  for (auto due = next_signal(sla, clock); due && *due <= now; due = next_signal(sla, clock)) {
    if (clock.told == Told::nothing) {
      events.push_back(SlaAtRisk{name, clock.due});
      clock.told = Told::at_risk;
    } else {
      events.push_back(SlaBreached{name, clock.due});
      clock.told = Told::breached;
    }
  }
}

}  // namespace

Decision<Event> on(const Order& order, const RequestApproval& c, const Facts&,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_be_in(order, {Status::COMPLETED})))
    return refuse(no);
  return Yes{ApprovalRequested{.reason = c.reason, .note = c.note}};
}

Decision<Event> on(const Order& order, const Approve& c, const Facts&, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context),
                         must_be_in(order, {Status::COMPLETED, Status::APPROVAL_REQUIRED})))
    return refuse(no);
  return closing(order, Closed{.note = c.note, .noted_by = order.client});
}

Decision<Event> on(const Order& order, const Return& c, const Facts&, const Context& context) {
  if (auto no =
          first_of(must_dispatch(order, context), must_be_in(order, {Status::APPROVAL_REQUIRED})))
    return refuse(no);
  Returned e{.remark = c.remark};
  if (const auto* visit = shown_visit(order)) e.technician = visit->technician;
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const Retry& c, const Facts&, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_be_in(order, {Status::FAILED})))
    return refuse(no);
  return Yes{Retried{c.reason, c.note}};
}

Decision<Event> on(const Order& order, const Cancel& c, const Facts&, const Context& context) {
  if (auto no =
          first_of(must_be_client_or_dispatch(order, context), must_be_cancellable(order, context)))
    return refuse(no);
  Cancelled e{.reason = c.reason,
              .note = c.note,
              .by_client = is_own_client(order, context.by),
              .released = held_claims(order),
              .noted_by = order.client};
  if (const auto* visit = alive(order)) {
    e.visit = visit->id;
    e.technician = visit->technician;
  }
  return closing(order, std::move(e));
}

Decision<Event> on(const Order& order, const Reopen& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context),
                         must_be_in(order, {Status::CLOSED, Status::CANCELLED})))
    return refuse(no);
  if (order.successor) return reject("already_reopened", "a new order follows this one already"_en);
  if (!c.override_ && order.ended_at && context.now > *order.ended_at + facts.policy.warranty)
    return reject("out_of_warranty", "the warranty has ended"_en);
  if (auto no = must_be_served(facts.site)) return refuse(no);
  if (auto no = must_be_taken_again(facts.site, facts.terms)) return refuse(no);
  return Yes{Reopened{.order = derive_id("ord", order.id, "reopen", to_hex(context.command.view())),
                      .reason = c.reason,
                      .note = c.note,
                      .override_ = c.override_,
                      .type = order.type,
                      .client = order.client,
                      .site = order.site,
                      .title = order.title,
                      .description = order.description,
                      .priority = order.priority,
                      .skills = order.skills,
                      .duration_ms = order.duration_ms,
                      .tags = order.tags}};
}

Decision<Event> on(const Order& order, const SlaCheck&, const Facts&, const Context& context) {
  if (auto no = must_be_system(order, context)) return refuse(no);
  Yes events;
  if (is_open(order.status)) {
    signal(events, order.sla, order.sla.respond, ClockName::respond, context.now);
    signal(events, order.sla, order.sla.arrive, ClockName::arrive, context.now);
    signal(events, order.sla, order.sla.resolve, ClockName::resolve, context.now);
  }
  if (events.empty()) return reject("already_done", "no clock has anything to tell"_en);
  return events;
}

Decision<Event> on(const Order& order, const AutoClose&, const Facts&, const Context& context) {
  if (auto no = must_be_system(order, context)) return refuse(no);
  if (order.status != Status::COMPLETED || !order.close_at || *order.close_at > context.now)
    return reject("already_done", "it does not close by itself"_en);
  return closing(order, Closed{.automatic = true, .noted_by = order.client});
}

}  // namespace mf::work_order
