#include "actors/technician/technician.hpp"

#include <algorithm>
#include <iterator>

#include "actors/technician/technician_rules.hpp"
#include "base/field_check.hpp"
#include "base/id_list.hpp"

namespace mf::technician {
namespace {

/// People's commands: first whether they may see the technician at all, then whether they may act.
std::optional<Rejection> guard_dispatcher(const Technician& t, const Context& context) {
  if (!exists(t)) return hide().error();
  if (is_dispatcher_of(t, context.by)) return {};
  return is_that_technician(t, context.by) ? forbid("only supervisors do this"_en).error()
                                           : hide().error();
}
std::optional<Rejection> guard_self(const Technician& t, const Context& context) {
  if (!exists(t)) return hide().error();
  if (is_that_technician(t, context.by) || context.by.is_system()) return {};
  return is_dispatcher_of(t, context.by) ? forbid("only the technician does this"_en).error()
                                         : hide().error();
}
/// A supervisor hands out own zones only.
std::optional<Rejection> guard_zones(const std::vector<Id>& zones, const Context& context) {
  if (context.by.is_administrator() || context.by.is_system()) return {};
  if (zones.empty()) return forbid("a supervisor names at least one own zone"_en).error();
  for (const auto& zone : zones)
    if (!context.by.supervises(zone)) return forbid("not a zone you supervise"_en).error();
  return {};
}

std::optional<Rejection> refused_zone(const Facts& facts) {
  if (facts.refused_zones.empty()) return {};
  auto no = facts.refused_zones.begin()->second;
  no.field = "zones";
  return no;
}

/// Accounts are the administrators'. A supervisor links what one of them has made for a technician
/// of an own zone: whoever has the account works, and is shown clients, in this technician's name.
/// Administrators may name one that is yet to be made.
std::optional<Rejection> refused_account(const Technician& t, const Facts& facts,
                                         const Context& context) {
  if (!facts.account) return {};
  const auto& by = context.by;
  const bool may_name_any = by.is_administrator() || by.is_system();
  if (!*facts.account) {
    auto no = facts.account->error();
    if (no.kind != RejectionKind::not_found) return no;
    if (may_name_any) return {};
    return refuse_field("account", "unknown_account", "there is no such account"_en).error();
  }
  const auto& account = **facts.account;
  if (account.technician && *account.technician != t.id)
    return reject("account_taken", "this account belongs to another technician"_en).error();
  if (may_name_any) return {};
  const bool is_ours =
      std::ranges::any_of(account.zones, [&](const Id& zone) { return by.supervises(zone); });
  if (account.is_technicians && is_ours) return {};
  return forbid("only administrators link this account"_en).error();
}

std::vector<Id> orders_of(const Technician& t) {
  std::vector<Id> orders;
  orders.reserve(t.agenda.size());
  for (const auto& slot : t.agenda) orders.push_back(slot.order);
  return orders;
}

AvailabilityChanged went_off(const Technician& t) {
  return {t.availability, Availability::off, orders_of(t)};
}

/// What is in one of them only.
std::vector<Id> changed_zones(const std::vector<Id>& before, const std::vector<Id>& after) {
  auto changed = added_ids(before, after);
  for (auto& zone : added_ids(after, before)) changed.push_back(std::move(zone));
  return changed;
}

/// What objection() looks at.
bool touches_visits(const Edit& c) {
  return !c.skills.is_kept() || !c.zones.is_kept() || !c.shifts.is_kept() || !c.breaks.is_kept() ||
         !c.absences.is_kept();
}

}  // namespace

Decision<Event> on(const Technician& t, const Create& c, const Facts& facts,
                   const Context& context) {
  if (auto no = check_profile(c)) return std::unexpected(*no);
  if (!context.by.is_administrator() && !context.by.has(Role::supervisor) &&
      !context.by.is_system())
    return forbid("only supervisors and administrators add technicians"_en);
  if (auto no = guard_zones(c.zones, context)) return std::unexpected(*no);
  if (exists(t))
    return t.created_by == c.fingerprint ? reject("already_exists_same")
                                         : reject("already_exists", "this id is in use"_en);
  if (auto no = refused_zone(facts)) return std::unexpected(*no);
  if (auto no = refused_account(t, facts, context)) return std::unexpected(*no);
  Created event;
  static_cast<Profile&>(event) = c;
  event.created_by = c.fingerprint;
  return Yes{std::move(event)};
}

Decision<Event> on(const Technician& t, const Edit& c, const Facts& facts, const Context& context) {
  if (auto no = guard_dispatcher(t, context)) return std::unexpected(*no);
  auto after = t;
  apply(after, Edited{c, {}}, context);
  if (const auto changed = changed_zones(t.zones, after.zones); !changed.empty())
    if (auto no = guard_zones(changed, context)) return std::unexpected(*no);
  if (c.name.is_removal()) return refuse_field("name", "required", "the name can't be removed"_en);
  if (auto no = check_profile(after)) return std::unexpected(*no);
  if (auto no = refused_zone(facts)) return std::unexpected(*no);
  if (auto no = refused_account(t, facts, context)) return std::unexpected(*no);
  if (c.disabled.is_removal()) return refuse_field("disabled", "required", "true or false"_en);
  Yes events;
  if (c.disabled.is_set() && c.disabled.value) {
    if (!t.holds.empty()) return reject("work_in_progress", "a visit is under way"_en);
    // Off first: what has been offered and planned goes back as when somebody goes home.
    if (t.availability != Availability::off) events.emplace_back(went_off(t));
  }
  Edited event{c, {}};
  if (touches_visits(c)) event.orders = orders_of(t);
  events.emplace_back(std::move(event));
  return events;
}

Decision<Event> on(const Technician& t, const Link& c, const Facts& facts, const Context& context) {
  if (!context.by.is_system()) return hide();
  if (!exists(t)) return reject("already_done", "there is no such technician to link"_en);
  const auto& old = facts.account;
  const bool was_left = old && (old->has_value() ? (*old)->technician != t.id
                                                 : old->error().kind == RejectionKind::not_found);
  if (t.account == c.account || (t.account && !was_left))
    return reject("already_done", "the technician has an account"_en);
  return Yes{Linked{c.account}};
}

Decision<Event> on(const Technician& t, const SetAvailability& c, const Facts&,
                   const Context& context) {
  if (c.availability == Availability::traveling || c.availability == Availability::working)
    return refuse_field("availability", "follows_from_work",
                        "set by departing, starting and what follows"_en);
  if (!is_that_technician(t, context.by))
    if (auto no = guard_dispatcher(t, context)) return std::unexpected(*no);
  if (!exists(t)) return hide();
  if (t.disabled.value_or(false) && c.availability != Availability::off)
    return reject("technician_disabled", "an edit brings the technician back"_en);
  if (!t.holds.empty()) return reject("work_in_progress", "a visit is under way"_en);
  if (c.availability == Availability::off) return Yes{went_off(t)};
  AvailabilityChanged event{t.availability, c.availability,
                            orders_with_offers(t, c.availability, context.now)};
  if (t.availability == Availability::off) event.orders = orders_of(t);
  return Yes{std::move(event)};
}

Decision<Event> on(const Technician& t, const AckAssignment& c, const Facts&,
                   const Context& context) {
  if (auto no = guard_self(t, context)) return std::unexpected(*no);
  const auto slot = std::ranges::find(t.agenda, c.visit, &Slot::visit);
  if (slot == t.agenda.end() || slot->is_acked)
    return reject("already_done", "no assignment of this visit waits for it"_en);
  return Yes{AssignmentAcked{c.visit}};
}

Decision<Event> on(const Technician& t, const RecordTrail& c, const Facts&,
                   const Context& context) {
  if (auto no = guard_self(t, context)) return std::unexpected(*no);
  FieldCheck check;
  check.that("points", !c.points.empty(), "required", "at least one point"_en);
  double last = 0;
  for (std::size_t i = 0; i < c.points.size() && !check.rejection(); ++i) {
    const auto& point = c.points[i];
    const auto field = "points." + std::to_string(i);
    check.that(field, point.size() == 4, "malformed", "must be [at_ms, lat, lon, accuracy]"_en);
    if (check.rejection()) break;
    check
        .that(field, point[0] >= last && point[0] < point_time_max, "out_of_range",
              "times ascend"_en)
        .latitude(field, point[1])
        .longitude(field, point[2]);
    last = point[0];
  }
  if (check.rejection()) return std::unexpected(*check.rejection());
  return Yes{TrailRecorded{c.points}};
}

Decision<Event> decide(const Technician& t, const Command& command, const Facts& facts,
                       const Context& context) {
  return std::visit([&](const auto& c) { return on(t, c, facts, context); }, command);
}

}  // namespace mf::technician
