#include "actors/work_order/work_order_rules.hpp"

#include <algorithm>

#include "base/plain_text.hpp"

namespace mf::work_order {
namespace {

constexpr std::size_t justification_min = 10;

bool dispatches(const Order& order, const Principal& by) {
  return by.is_system() || by.dispatches(order.zone);
}
bool is_client_of(const Order& order, const Principal& by) {
  return !by.client.empty() && by.client == order.client;
}
const Visit* latest_of(const Order& order, std::string_view technician) {
  const auto found = std::find_if(order.visits.rbegin(), order.visits.rend(),
                                  [&](const Visit& v) { return v.technician == technician; });
  return found == order.visits.rend() ? nullptr : &*found;
}
std::string_view acting_technician(const Context& context) {
  return context.on_behalf_of.empty() ? context.by.technician : context.on_behalf_of;
}

/// What to add to the times of the visit's device: as before, as long as that still puts what it
/// says between the visit's last event and now, so that lengths stay what it measured; else what
/// is known of its clock; else nothing, for it may have been set right meanwhile.
Duration offset_of(const Visit* visit, const Context& context) {
  const auto& clock = context.device_clock;
  const auto fits = [&](Duration offset) {
    const auto said = *context.device_time + offset;
    return said <= context.now + clock_tolerance && (!visit || said >= visit->last_at);
  };
  const bool is_own = visit && context.on_behalf_of.empty();
  const auto before = is_own ? visit->clock_offset_ms : std::nullopt;
  const bool is_refuted = before && clock && clock->is_measured &&
                          std::chrono::abs(*before - clock->lacks) > clock_tolerance;
  if (before && !is_refuted && fits(*before)) return *before;
  const auto known = correction(clock);
  return !fits(known) && fits(Duration{0}) ? Duration{0} : known;
}

std::string_view code_of(Status status) {
  switch (status) {
    case Status::NEW: return "order_is_new";
    case Status::TRIAGED: return "order_is_triaged";
    case Status::SCHEDULED: return "order_is_scheduled";
    case Status::ASSIGNED: return "order_is_assigned";
    case Status::ACCEPTED: return "order_is_accepted";
    case Status::EN_ROUTE: return "order_is_en_route";
    case Status::ON_SITE: return "order_is_on_site";
    case Status::IN_PROGRESS: return "order_is_in_progress";
    case Status::PAUSED: return "order_is_paused";
    case Status::COMPLETED: return "order_is_completed";
    case Status::APPROVAL_REQUIRED: return "order_is_approval_required";
    case Status::CLOSED: return "order_is_closed";
    case Status::FAILED: return "order_is_failed";
    case Status::CANCELLED: return "order_is_cancelled";
    case Status::REJECTED: return "order_is_rejected";
  }
  return "order_is_unknown";
}

}  // namespace

bool is_before_travel(Status status) { return status <= Status::ACCEPTED; }

No order_is(const Order& order) {
  return reject(std::string(code_of(order.status)), "the order's state does not allow this"_en)
      .error();
}

No must_see(const Order& order, const Context& context) {
  if (!viewpoint_of(order, context.by)) return hide().error();
  return {};
}

No must_be_system(const Order& order, const Context& context) {
  if (!exists(order) || !context.by.is_system()) return hide().error();
  return {};
}

No must_dispatch(const Order& order, const Context& context) {
  if (auto no = must_see(order, context)) return no;
  if (!dispatches(order, context.by)) return forbid("only supervisors of its zone may"_en).error();
  return {};
}

No must_be_client(const Order& order, const Context& context) {
  if (auto no = must_see(order, context)) return no;
  if (!is_client_of(order, context.by)) return forbid("only its client may"_en).error();
  return {};
}

No must_be_client_or_dispatch(const Order& order, const Context& context) {
  return is_client_of(order, context.by) ? must_see(order, context) : must_dispatch(order, context);
}

No must_justify(const Context& context) {
  if (said_characters(context.justification) >= justification_min) return {};
  return refuse_field("justification", "too_short", "at least {min} characters"_en.with("min", 10))
      .error();
}

No must_lie_ahead(const std::vector<Window>& windows, const Context& context) {
  const auto has_ended = [&](const Window& window) { return window.to <= context.occurred_at; };
  if (std::ranges::none_of(windows, has_ended)) return {};
  return refuse_field("windows", "in_the_past", "this time has passed"_en).error();
}

No must_hold_visit(const Order& order, const Context& context) {
  const auto is_seen = viewpoint_of(order, context.by).has_value();
  if (!context.on_behalf_of.empty()) {
    if (!is_seen) return hide().error();
    if (!context.by.supervises(order.zone))
      return forbid("only supervisors of its zone act on a technician's behalf"_en).error();
    if (auto no = must_justify(context)) return no;
  } else if (context.by.technician.empty() || !latest_of(order, context.by.technician)) {
    return is_seen ? forbid("only the technician of its visit may"_en).error() : hide().error();
  }
  const auto* visit = alive(order);
  if (visit && visit->technician != acting_technician(context))
    return reject("offered_to_another", "another technician has this order now"_en).error();
  return {};
}

No must_be_in(const Order& order, std::initializer_list<Status> allowed) {
  if (std::ranges::find(allowed, order.status) != allowed.end()) return {};
  return order_is(order);
}

No must_not_be_final(const Order& order) {
  if (is_open(order.status)) return {};
  return order_is(order);
}

No must_be_in_time(const Order& order, const Context& context, Timestamp at) {
  const auto* visit = alive(order);
  if (!visit) visit = latest_of(order, acting_technician(context));
  if (!visit) return {};
  const bool was_too_slow = visit->status == VisitStatus::expired ||
                            (visit->status == VisitStatus::offered && visit->offer_expires_at &&
                             at > *visit->offer_expires_at);
  if (!was_too_slow) return {};
  return reject("offer_expired", "the offer was not accepted in time"_en).error();
}

Moment moment(const Order& order, const Context& context, const WorkOrderPolicy& policy) {
  if (!context.device_time) return {context.now, false};
  const auto* visit = alive(order);
  const auto last = visit ? visit->last_at : Timestamp::min();
  const auto said = *context.device_time + offset_of(visit, context);
  const bool is_late = context.now - std::max(said, last) > policy.late_after ||
                       said - context.now > device_ahead_max;
  if (said < last) return {last, is_late};
  return {is_believable(said, context.now) ? said : context.now, is_late};
}

Released held_claims(const Order& order) {
  Released released;
  if (order.plan && order.plan->token)
    released.push_back({order.plan->technician, *order.plan->token});
  if (const auto* visit = alive(order))
    for (const auto& token : {visit->agenda_token, visit->travel_token, visit->work_token})
      if (token) released.push_back({visit->technician, *token});
  return released;
}

Yes lose_offer(const Order& order, Event event, const WorkOrderPolicy& policy) {
  Yes events{std::move(event)};
  if (order.offers_lost + 1 >= policy.offers_max)
    events.push_back(Escalated{order.offers_lost + 1});
  return events;
}

std::optional<Viewpoint> viewpoint_of(const Order& order, const Principal& by) {
  if (!exists(order)) return {};
  if (dispatches(order, by)) return Viewpoint::staff;
  if (!by.technician.empty()) {
    const auto* visit = alive(order);
    if (visit && visit->technician == by.technician) return Viewpoint::technician;
  }
  // Whoever is its client as well sees more as that.
  if (is_client_of(order, by) || (!by.tracked_order.empty() && by.tracked_order == order.id))
    return Viewpoint::client;
  if (!by.technician.empty() && std::ranges::any_of(order.visits, [&](const Visit& visit) {
        return visit.technician == by.technician && !is_lost(visit);
      }))
    return Viewpoint::former;
  return {};
}

}  // namespace mf::work_order
