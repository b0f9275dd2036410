// Whether an open plan still holds. Whatever it rests on changes (the order, its client's windows,
// its technician), the same judgement is made, so that no flag outlives its reason and none is
// missing.
#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {

std::optional<Id> planned_technician(const Order& order) {
  if (const auto* visit = alive(order)) return visit->technician;
  if (order.plan) return order.plan->technician;
  return {};
}

namespace {

No window_objection(const Order& order) {
  if (allows_begin(order.windows, order.slot->from)) return {};
  return reject("outside_window", "the client can't receive us then"_en).error();
}

/// What its technician says against the plan as it is; `unasked` until then.
std::expected<No, Rejection> technician_objection(const Order& order, const Facts& facts) {
  if (!planned_technician(order)) return No{};
  if (!facts.holds) return unasked();
  if (!*facts.holds) return facts.holds->error();
  return No{};
}

/// The time that the order needs: of its technician's agenda, where it has one.
std::expected<SlotChanged, Rejection> needed_slot(const Order& order, const Facts& facts,
                                                  const Context& context) {
  const auto& slot = *order.slot_needed;
  SlotChanged e{.technician = planned_technician(order), .from = slot.from, .to = slot.to};
  if (!e.technician) return e;
  if (auto no = missing(facts.agenda)) return refuse(no);
  if (const auto* visit = alive(order)) e.visit = visit->id;
  e.token = claim_token(order.id, "agenda", context);
  e.released = held_claims(order);
  return e;
}

}  // namespace

std::optional<Event> judged_plan(const Order& order, const No& objection) {
  if (!has_open_plan(order)) return {};
  const bool is_flagged = has_broken_plan(order);
  const auto* visit = alive(order);
  const auto id = visit ? std::optional(visit->id) : std::nullopt;
  const auto technician = planned_technician(order);
  if (!objection) {
    if (is_flagged) return PlanRestored{id, technician};
    return {};
  }
  const auto whose = technician.value_or("");  // nobody's: a time alone
  if (!order.is_pinned && !order.is_slot_forced)
    return Revoked{id, whose, objection->code, {}, {}, held_claims(order)};
  if (is_flagged) return {};
  return PlanBroken{id, whose, objection->code};
}

bool asks_for_other_slot(const Order& order) {
  // What was forced is granted whatever the windows are; else they would be the answer.
  return order.slot_needed && (order.is_slot_forced || !window_objection(order));
}

Decision<Event> and_judge(Yes events, Order after, const Facts& facts, const Context& context) {
  auto objection = window_objection(after);
  if (asks_for_other_slot(after)) {
    auto slot = needed_slot(after, facts, context);
    if (!slot && slot.error().code == unasked_code) return unasked();
    if (slot) {
      events.emplace_back(std::move(*slot));
      apply(after, events.back(), context);
      // Who granted it without being forced to has said that it holds.
      if (!after.is_slot_forced) return events;
    } else if (!objection) {
      objection = std::move(slot.error());
    }
  }
  if (!objection) {
    auto said = technician_objection(after, facts);
    if (!said) return std::unexpected(std::move(said.error()));
    objection = std::move(*said);
  }
  if (auto event = judged_plan(after, objection)) events.push_back(std::move(*event));
  return events;
}

std::optional<std::string> offer_to_ask_about(const Order& order) {
  const auto* visit = alive(order);
  if (order.status != Status::ASSIGNED || !visit) return {};
  if (!visit->offer_expires_at && !visit->offer_left_ms) return {};
  return visit->agenda_token;
}

bool needs_other_slot(const Order& before, const Order& after) {
  return after.duration_ms != before.duration_ms || after.skills != before.skills;
}

Order after_edit(const Order& order, const Edit& c, const Context& context) {
  auto after = order;
  apply(after, edited(c), context);
  if (has_open_plan(order) && needs_other_slot(order, after) && !after.slot_needed)
    after.slot_needed = after.slot;
  return after;
}

std::optional<Window> kept_slot(const Order& order, Timestamp now) {
  if (!order.slot) return {};
  const bool is_offer = order.status == Status::ASSIGNED || order.status == Status::ACCEPTED;
  const bool is_kept = (order.status == Status::SCHEDULED && order.slot->to > now) ||
                       (is_offer && order.slot->from > now);
  if (!is_kept) return {};
  return order.slot_needed ? order.slot_needed : order.slot;
}

std::vector<Window> windows_of_kept(const Order& order) {
  return has_broken_plan(order) ? order.windows : std::vector<Window>{};
}

}  // namespace mf::work_order
