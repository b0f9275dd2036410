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

std::expected<No, Rejection> plan_objection(const Order& order, const Facts& facts) {
  if (!allows_begin(order.windows, order.slot->from))
    return reject("outside_window", "the client can't receive us then"_en).error();
  if (!planned_technician(order)) return No{};
  if (!facts.holds) return unasked();
  if (!*facts.holds) return facts.holds->error();
  return No{};
}

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

Decision<Event> and_judge(Yes events, const Order& after, const Facts& facts) {
  const auto objection = plan_objection(after, facts);
  if (!objection) return std::unexpected(objection.error());
  if (auto event = judged_plan(after, *objection)) events.push_back(std::move(*event));
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

Window slot_after(const Order& before, const Order& after) {
  const auto& slot = *before.slot;
  if (after.duration_ms == before.duration_ms) return slot;
  return {slot.from, slot.from + after.duration_ms};
}

std::optional<Window> kept_slot(const Order& order, Timestamp now) {
  if (!order.slot) return {};
  const bool is_offer = order.status == Status::ASSIGNED || order.status == Status::ACCEPTED;
  const bool is_kept = (order.status == Status::SCHEDULED && order.slot->to > now) ||
                       (is_offer && order.slot->from > now);
  return is_kept ? order.slot : std::nullopt;
}

std::vector<Window> windows_of_kept(const Order& order) {
  return has_broken_plan(order) ? order.windows : std::vector<Window>{};
}

}  // namespace mf::work_order
