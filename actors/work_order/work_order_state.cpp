#include <algorithm>

#include "actors/work_order/arrival.hpp"
#include "actors/work_order/work_order.hpp"
#include "base/hash.hpp"

namespace mf::work_order {

bool exists(const Order& order) { return !order.code.empty(); }

bool is_alive(const Visit& visit) { return visit.status <= VisitStatus::paused; }

bool is_lost(const Visit& visit) {
  return visit.status == VisitStatus::declined || visit.status == VisitStatus::expired ||
         visit.status == VisitStatus::revoked;
}

const Visit* alive(const Order& order) {
  return !order.visits.empty() && is_alive(order.visits.back()) ? &order.visits.back() : nullptr;
}

Status left_by(const Visit& visit) {
  switch (visit.status) {
    case VisitStatus::done: return Status::COMPLETED;
    case VisitStatus::failed: return Status::FAILED;
    case VisitStatus::cancelled: return Status::CANCELLED;
    default: return Status::TRIAGED;
  }
}

const Visit* shown_visit(const Order& order) {
  if (const auto* visit = alive(order)) return visit;
  switch (order.status) {
    case Status::COMPLETED:
    case Status::APPROVAL_REQUIRED:
    case Status::CLOSED:
    case Status::FAILED: return order.visits.empty() ? nullptr : &order.visits.back();
    default: return nullptr;
  }
}

bool holds_claim(const Order& order, std::string_view token) {
  if (order.plan && order.plan->token == token) return true;
  const auto* visit = alive(order);
  return visit && (visit->agenda_token == token || visit->travel_token == token ||
                   visit->work_token == token);
}

Duration worked(const Visit& visit, Timestamp now) {
  Duration sum{0};
  for (const auto& entry : visit.time) sum += entry.to.value_or(now) - entry.from;
  return sum;
}

std::size_t time_entries(const Order& order) {
  std::size_t count = 0;
  for (const auto& visit : order.visits) count += visit.time.size();
  return count;
}

std::optional<Timestamp> next_signal(const Sla& sla, const SlaClock& clock) {
  if (clock.limit_ms <= Duration{0} || clock.met_at || sla.held_since) return {};
  switch (clock.told) {
    case Told::nothing: return clock.due - clock.limit_ms / 5;
    case Told::at_risk: return clock.due;
    case Told::breached: break;
  }
  return {};
}

bool is_breached(const SlaClock& clock) {
  return clock.met_at ? *clock.met_at > clock.due : clock.told == Told::breached;
}

bool is_open(Status status) {
  return status != Status::CLOSED && status != Status::CANCELLED && status != Status::REJECTED;
}

bool has_open_plan(const Order& order) {
  return order.slot && (order.status == Status::SCHEDULED || order.status == Status::ASSIGNED ||
                        order.status == Status::ACCEPTED);
}

const Visit* expected_visit(const Order& order) {
  const bool is_expected = order.status == Status::ASSIGNED || order.status == Status::ACCEPTED ||
                           order.status == Status::EN_ROUTE;
  return is_expected ? alive(order) : nullptr;
}

std::optional<Window> arrival_of(const Order& order) {
  const bool is_planned = order.status == Status::SCHEDULED || expected_visit(order);
  if (!is_planned || !order.slot) return {};
  return arrival_window(*order.slot, order.windows);
}

bool has_broken_plan(const Order& order) {
  return has_open_plan(order) &&
         std::ranges::find(order.flags, Flag::plan_broken) != order.flags.end();
}

std::vector<Deadline> deadlines(const Order& order) {
  std::vector<Deadline> result;
  const auto* visit = alive(order);
  if (order.status == Status::ASSIGNED && visit && visit->offer_expires_at)
    result.push_back({"offer_expiry", *visit->offer_expires_at});
  if (order.status == Status::COMPLETED && order.close_at)
    result.push_back({"auto_close", *order.close_at});
  if (order.ended_at || !exists(order)) return result;
  std::optional<Timestamp> next;
  for (const auto* clock : {&order.sla.respond, &order.sla.arrive, &order.sla.resolve})
    if (const auto at = next_signal(order.sla, *clock)) next = std::min(next.value_or(*at), *at);
  if (next) result.push_back({"sla_check", *next});
  return result;
}

std::string tracking_secret(std::string_view key, std::string_view order,
                            std::optional<int> generation) {
  if (key.empty()) return {};
  if (generation)
    return crockford_base32(
        blake2b_256({"tracking again", key, order, std::to_string(*generation)}).view());
  return crockford_base32(blake2b_256({"tracking", key, order}).view());
}

std::string tracking_hash(std::string_view secret) { return to_hex(blake2b_256(secret).view()); }

std::optional<Timestamp> tracking_ends_at(const Order& order, const WorkOrderPolicy& policy) {
  if (!order.ended_at) return {};
  return *order.ended_at + policy.tracking_after_end;
}

}  // namespace mf::work_order
