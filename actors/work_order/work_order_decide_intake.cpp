#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {
namespace {

bool is_staff(const Principal& by) {
  return by.is_system() || by.is_administrator() || by.has(Role::supervisor);
}

No may_create(const Order& order, const Create& c, const Context& context) {
  const auto& by = context.by;
  if (!is_id("ord", order.id))
    return refuse_field("id", "malformed", "not an id of this kind"_en).error();
  if (c.id && *c.id != order.id)
    return refuse_field("id", "mismatch", "not the id of this order"_en).error();
  if (is_staff(by)) return {};
  if (by.client.empty()) return forbid("orders are made by clients and supervisors"_en).error();
  if (by.client != c.client) return hide().error();
  if (!c.skills.empty() || c.duration_ms || !c.tags.empty())
    return forbid("only supervisors plan skills, duration and tags"_en).error();
  return {};
}

/// Staff also writes down what a client wished for when that time is over: nothing is planned into
/// it without an override.
No may_wish(const Create& c, const Context& context) {
  return is_staff(context.by) ? No{} : must_lie_ahead(c.windows, context);
}

/// Planning is for who dispatches the site's zone: a supervisor of another one is a client here.
No may_plan(const SiteFact& site, const Create& c, const Context& context) {
  if (!is_staff(context.by) || context.by.is_system() || context.by.dispatches(site.zone))
    return {};
  if (!c.priority && c.skills.empty() && !c.duration_ms && c.tags.empty()) return {};
  return forbid("only supervisors of its zone plan priority, skills, duration and tags"_en).error();
}

No must_not_be_done(const Order& order) {
  if (order.status == Status::COMPLETED || order.status == Status::APPROVAL_REQUIRED)
    return order_is(order);
  return must_not_be_final(order);
}

/// The site must be one that this person may order for; a foreign one looks like a missing one.
No may_order_for(const SiteFact& site, const Context& context) {
  const auto& by = context.by;
  const bool is_own = !by.client.empty() && by.client == site.client;
  if (!by.is_system() && !by.dispatches(site.zone) && !is_own) return hide().error();
  if (!site.active)
    return reject("client_inactive", "the client has no service any more"_en).error();
  return {};
}

void show(auto& event, const SiteFact& site) {
  event.lat = {site.lat};
  event.lon = {site.lon};
  event.client_name = {site.client_name};
  event.site_name = {site.site_name};
  event.address = {site.address};
  event.neighbourhood = {site.neighbourhood};
}

void place(Created& event, const SiteFact& site) {
  show(event, site);
  event.zone = site.zone;
}

Created created(const Order& order, const SiteFact& site, const Terms& terms,
                const WorkOrderPolicy& policy) {
  Created e{.code = order_code(order.id),
            .type = terms.type,
            .type_name = terms.type_name,
            .priority = terms.priority,
            .client = site.client,
            .site = site.site,
            .duration_ms = terms.duration,
            .skills = terms.skills,
            .sla = terms.limits,
            .signature_needed = terms.is_signature_needed,
            .approval_needed = terms.is_approval_needed};
  place(e, site);
  if (const auto secret = tracking_secret(policy.tracking_key, order.id); !secret.empty())
    e.tracking_hash = tracking_hash(secret);
  return e;
}

Yes with_auto_triage(Created event, const Terms& terms) {
  const bool is_all_known = event.duration_ms > Duration{0} && !event.twin;
  Yes events{std::move(event)};
  if (terms.is_auto_triage && is_all_known) events.push_back(Triaged{.automatic = true});
  return events;
}

No must_fit_window(const Order& order, const Schedule& c, const Window& slot) {
  if (c.override_ || allows_begin(order.windows, slot.from)) return {};
  return reject("outside_window", "the client can't receive us then"_en).error();
}

No must_be_distinct(const Order& order, const Triage& c) {
  if (c.confirmed_distinct || !order.twin) return {};
  return reject("possible_duplicate",
                "the order {order} asks for the same: reject this one or confirm "
                "that it is another"_en.with("order", *order.twin))
      .error();
}

}  // namespace

bool takes_priority_of_type(const Order& order, const Triage& c) {
  return c.type && *c.type != order.type && !c.priority && !order.priority_chosen.value_or(false);
}

namespace {

No must_be_ahead(const Window& slot, const Context& context) {
  if (slot.to <= slot.from)
    return refuse_field("to", "out_of_range", "must be after from"_en).error();
  if (slot.to <= context.now)
    return refuse_field("from", "in_the_past", "this time has passed"_en).error();
  return {};
}

}  // namespace

No must_take_orders(const SiteFact& site, const Terms& terms) {
  if (std::ranges::find(terms.disabled_zones, site.zone) == terms.disabled_zones.end()) return {};
  return refuse_field("site", "zone_disabled", "the site's zone takes no new orders"_en).error();
}

Decision<Event> on(const Order& order, const Create& c, const Facts& facts,
                   const Context& context) {
  const auto creator = to_hex(blake2b_128({context.by.account, c.fingerprint}).view());
  if (exists(order))
    return order.created_by == creator
               ? reject("already_exists_same")
               : reject("already_exists", "an order has this id already"_en);
  if (auto no = first_of(may_create(order, c, context), may_wish(c, context), missing(facts.site)))
    return refuse(no);
  const auto& site = **facts.site;
  if (auto no =
          first_of(may_order_for(site, context), may_plan(site, c, context), missing(facts.terms)))
    return refuse(no);
  const auto& terms = **facts.terms;
  if (auto no = first_of(must_take_orders(site, terms), missing(facts.noted))) return refuse(no);

  auto e = created(order, site, terms, facts.policy);
  // Of an edit between the two answers the order would hear nothing: the later one counts.
  if (const auto& noted = **facts.noted; noted.site) place(e, *noted.site);
  e.twin = (**facts.noted).twin;
  e.title = c.title;
  e.description = c.description;
  if (!is_staff(context.by)) e.requested_priority = c.priority;
  else if (c.priority) {
    e.priority = *c.priority;
    e.priority_chosen = true;
  }
  if (c.duration_ms) e.duration_ms = *c.duration_ms;
  if (!c.skills.empty()) e.skills = c.skills;
  e.windows = c.windows;
  e.tags = c.tags;
  e.created_by = creator;
  return with_auto_triage(std::move(e), terms);
}

Decision<Event> on(const Order& order, const OpenLinked& c, const Facts& facts,
                   const Context& context) {
  if (!context.by.is_system()) return hide();
  if (exists(order)) return reject("already_done", "the linked order exists"_en);
  if (auto no = first_of(missing(facts.site), missing(facts.terms))) return refuse(no);
  if (!facts.noted) return unasked();
  const auto& terms = **facts.terms;
  auto e = created(order, **facts.site, terms, facts.policy);
  // An erased client notes nothing; the order was promised to the one it comes from.
  if (const auto& noted = *facts.noted) {
    if (noted->site) place(e, *noted->site);
    e.twin = noted->twin;
  }
  e.title = c.title;
  if (!c.description.empty()) e.description = c.description;
  e.priority = c.priority;
  e.priority_chosen = true;
  if (c.duration_ms) e.duration_ms = *c.duration_ms;
  if (!c.skills.empty()) e.skills = c.skills;
  e.tags = c.tags;
  e.created_by = to_hex(blake2b_128({"linked", c.parent}).view());
  e.parent = Link{c.relation, c.parent};
  return with_auto_triage(std::move(e), terms);
}

Decision<Event> on(const Order& order, const Reject& c, const Facts&, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_be_in(order, {Status::NEW})))
    return refuse(no);
  return Yes{Rejected{c.reason, c.note, order.client}};
}

Decision<Event> on(const Order& order, const Triage& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_be_in(order, {Status::NEW}),
                         must_be_distinct(order, c), must_lie_ahead(c.windows, context)))
    return refuse(no);
  Triaged e{.duration_ms = c.duration_ms, .skills = c.skills, .windows = c.windows};
  if (c.type || c.priority) {
    if (auto no = missing(facts.terms)) return refuse(no);
    const auto& terms = **facts.terms;
    e.priority = c.priority;
    if (takes_priority_of_type(order, c)) e.priority = terms.priority;
    e.sla = terms.limits;
    if (c.type) {
      e.type = terms.type;
      e.type_name = terms.type_name;
      e.signature_needed = terms.is_signature_needed;
      e.approval_needed = terms.is_approval_needed;
      if (!e.duration_ms) e.duration_ms = terms.duration;
      if (e.skills.empty()) e.skills = terms.skills;
    }
  }
  if (e.duration_ms.value_or(order.duration_ms) <= Duration{0})
    return reject("duration_unknown", "estimate the duration first"_en);
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const Schedule& c, const Facts& facts,
                   const Context& context) {
  const Window slot{c.from, c.to.value_or(c.from + order.duration_ms)};
  if (auto no = first_of(must_dispatch(order, context), must_be_ahead(slot, context),
                         must_be_in(order, {Status::TRIAGED, Status::SCHEDULED}),
                         must_fit_window(order, c, slot)))
    return refuse(no);
  Scheduled e{.from = slot.from,
              .to = slot.to,
              .override_ = c.override_,
              .reason = c.reason,
              .released = held_claims(order)};
  if (c.technician) {
    if (auto no = missing(facts.agenda)) return refuse(no);
    e.plan = Plan{*c.technician, (**facts.agenda).name, claim_token(order.id, "agenda", context)};
  }
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const SetPriority& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_not_be_done(order))) return refuse(no);
  if (c.priority == order.priority)
    return reject("same_priority", "it has this priority already"_en);
  if (auto no = missing(facts.terms)) return refuse(no);
  return Yes{PriorityChanged{order.priority, c.priority, (**facts.terms).limits, c.reason}};
}

Edited edited(const Edit& c) {
  return {c.title, c.description, c.windows, c.skills, c.duration_ms, c.tags};
}

Decision<Event> on(const Order& order, const Edit& c, const Facts& facts, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_not_be_done(order))) return refuse(no);
  const bool is_other_time = c.windows.is_set() && c.windows.value != order.windows;
  if (auto no = is_other_time ? must_lie_ahead(c.windows.value, context) : No{}) return refuse(no);
  Yes events{edited(c)};
  if (!has_open_plan(order)) return events;
  auto after = after_edit(order, c, context);
  const bool is_moved_out =
      after.windows != order.windows && !allows_begin(after.windows, order.slot->from);
  const bool is_touched = after.windows != order.windows || needs_other_slot(order, after);
  if (!needs_other_slot(order, after) && !is_moved_out && !(is_touched && has_broken_plan(order)))
    return events;
  return and_judge(std::move(events), std::move(after), facts, context);
}

Decision<Event> on(const Order& order, const RefreshContact& c, const Facts& facts,
                   const Context& context) {
  if (!context.by.is_system()) return hide();
  // Also an order that came to nothing after it was noted.
  if (!exists(order) || (c.site && *c.site != order.site))
    return reject("already_done", "this is not shown by the order"_en);
  if (auto no = missing(facts.site)) {
    if (no->kind == RejectionKind::not_found)
      return reject("already_done", "there is no such site"_en);
    return refuse(no);
  }
  const auto& site = **facts.site;
  ContactChanged e{.client = order.client};
  show(e, site);
  if (is_open(order.status) && site.zone != order.zone) e.zone = site.zone;
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const TwinEnded& c, const Facts& facts,
                   const Context& context) {
  if (!context.by.is_system()) return hide();
  if (order.status != Status::NEW || order.twin != c.twin)
    return reject("already_done", "it is not taken for a repetition of this order"_en);
  if (!facts.terms) return unasked();
  Yes events{TwinChanged{c.next, c.twin}};
  const bool is_auto = *facts.terms && (**facts.terms).is_auto_triage;
  if (is_auto && !c.next && order.duration_ms > Duration{0})
    events.push_back(Triaged{.automatic = true});
  return events;
}

Decision<Event> on(const Order& order, const Pin& c, const Facts&, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_not_be_final(order)))
    return refuse(no);
  if (order.is_pinned) return reject("already_pinned", "the dispatcher leaves it alone already"_en);
  return Yes{Pinned{c.reason}};
}

Decision<Event> on(const Order& order, const Unpin& c, const Facts& facts, const Context& context) {
  if (auto no = first_of(must_dispatch(order, context), must_not_be_final(order)))
    return refuse(no);
  if (!order.is_pinned) return reject("not_pinned", "nothing is pinned"_en);
  Yes events{Unpinned{c.reason}};
  if (!has_broken_plan(order)) return events;
  auto after = order;
  apply(after, events.front(), context);
  return and_judge(std::move(events), std::move(after), facts, context);
}

}  // namespace mf::work_order
