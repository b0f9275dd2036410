// What the system learns of a visit that is on its way: when it will be there, and that it is.
#include <algorithm>
#include <cmath>

#include "actors/work_order/arrival.hpp"
#include "actors/work_order/work_order_rules.hpp"
#include "base/geo.hpp"

namespace mf::work_order {
namespace {

No must_be_visit(const Order& order, std::string_view id) {
  const auto* visit = alive(order);
  if (visit && visit->id == id) return {};
  return reject("visit_is_over", "that visit is not the one that is expected"_en).error();
}

No must_be_news(const Order& order, Timestamp eta, Timestamp now) {
  const auto* visit = expected_visit(order);
  const auto planned = arrival_of(order);
  if (!visit || !planned) return reject("eta_is_known").error();
  const auto& told = visit->eta;
  const auto known = told ? told->at : planned->from;
  const bool is_first_too_late = breaks_window(*planned, known, eta);
  const bool is_too_soon = told && now - told->told_at < eta_interval && !is_first_too_late;
  const bool is_too_often = told && told->times >= eta_times_max;
  if (is_news(*planned, known, eta) && !is_too_soon && !is_too_often) return {};
  return reject("eta_is_known", "this is no news to the client"_en).error();
}

}  // namespace

Decision<Event> on(const Order& order, const Estimate& c, const Facts&, const Context& context) {
  if (auto no = first_of(must_be_system(order, context),
                         must_be_in(order, {Status::ASSIGNED, Status::ACCEPTED, Status::EN_ROUTE}),
                         must_be_visit(order, c.visit), must_be_news(order, c.eta, context.now)))
    return refuse(no);
  const auto& visit = *alive(order);
  EtaChanged e{.visit = visit.id, .technician = visit.technician, .eta = c.eta};
  if (visit.eta) e.before = visit.eta->at;
  e.breaks_window = c.eta > arrival_of(order)->to;
  return Yes{std::move(e)};
}

Decision<Event> on(const Order& order, const ReachSite& c, const Facts& facts,
                   const Context& context) {
  if (auto no = first_of(must_be_system(order, context), must_be_in(order, {Status::EN_ROUTE}),
                         must_be_visit(order, c.visit)))
    return refuse(no);
  const auto& visit = *alive(order);
  const auto& policy = facts.policy;
  if (policy.at_site == AtSite::nothing || (policy.at_site == AtSite::propose && visit.at_site_at))
    return reject("already_done", "nothing is to be done about it"_en);
  const bool has_site = order.lat && order.lon;
  const auto far = has_site ? distance_m({*order.lat, *order.lon}, {c.lat, c.lon}) : 0.0;
  if (!has_site || !(far <= policy.geofence_m))
    return reject("outside_geofence", "this is far from the site: confirm the arrival"_en);
  // Never before the visit's last event, nor ahead of us.
  const auto at = std::clamp(c.at, std::min(visit.last_at, context.now), context.now);
  if (policy.at_site == AtSite::propose)
    return Yes{ArrivalProposed{visit.id, visit.technician, at, std::llround(far)}};
  Arrived e{.visit = visit.id, .technician = visit.technician, .at = at};
  e.distance_m = std::llround(far);
  if (visit.travel_token) e.released.push_back({visit.technician, *visit.travel_token});
  return Yes{std::move(e)};
}

}  // namespace mf::work_order
