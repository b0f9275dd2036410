#include <algorithm>

#include "actors/technician/technician_rules.hpp"

namespace mf::technician {
namespace {

void sort_agenda(Technician& t) { std::ranges::sort(t.agenda, {}, &Slot::from); }

void on(Technician& t, const Created& e, Timestamp now) {
  static_cast<Profile&>(t) = e;
  t.created_by = e.created_by;
  t.created_at = now;
}

void edit(Technician& t, const Edit& c) {
  c.name.apply_to(t.name);
  c.account.apply_to(t.account);
  c.skills.apply_to(t.skills);
  c.zones.apply_to(t.zones);
  c.shifts.apply_to(t.shifts);
  c.breaks.apply_to(t.breaks);
  c.absences.apply_to(t.absences);
  c.home.apply_to(t.home);
  c.vehicle.apply_to(t.vehicle);
  c.max_orders.apply_to(t.max_orders);
  if (c.disabled.is_set()) t.disabled = c.disabled.value;
}

void on(Technician& t, const Edited& e, Timestamp now) {
  keep_offers(t, now, [&] { edit(t, e.changes); });
}

void on(Technician& t, const Linked& e, Timestamp) { t.account = e.account; }
void on(Technician& t, const AvailabilityChanged& e, Timestamp now) {
  keep_offers(t, now, [&] { t.availability = e.to; });
}

void on(Technician& t, const AgendaClaimed& e, Timestamp now) {
  Slot slot{e.token, e.order, e.visit, e.from, e.to, false, false, now + claim_check_delay, {}};
  if (e.offer_ms) slot.offer = offer_from(t, now, *e.offer_ms);
  const auto old = std::ranges::find(t.agenda, e.order, &Slot::order);
  if (old != t.agenda.end()) {
    if (old->visit == e.visit) {
      slot.is_acked = old->is_acked;
      if (!slot.offer) slot.offer = old->offer;
    }
    slot.replaced = std::move(old->replaced);
    slot.replaced.push_back(
        {old->token, old->visit, old->from, old->to, old->is_acked, old->offer});
    if (slot.replaced.size() > replaced_max) slot.replaced.erase(slot.replaced.begin());
    t.agenda.erase(old);
  }
  t.agenda.push_back(std::move(slot));
  sort_agenda(t);
}

void on(Technician& t, const WorkClaimed& e, Timestamp now) {
  Hold hold{e.token, e.order, e.visit, e.purpose, false, now + claim_check_delay, {}};
  const auto old = std::ranges::find(t.holds, e.purpose, &Hold::purpose);
  if (old != t.holds.end()) {
    hold.replaced = std::move(old->replaced);
    hold.replaced.push_back(old->token);
    if (hold.replaced.size() > replaced_max) hold.replaced.erase(hold.replaced.begin());
    t.holds.erase(old);
  }
  t.holds.push_back(std::move(hold));
}

/// The claim before is asked about again: its order may have let it go since.
void give_back(Slot& slot) {
  const auto old = std::move(slot.replaced.back());
  slot.replaced.pop_back();
  slot.token = old.token;
  slot.visit = old.visit;
  slot.from = old.from;
  slot.to = old.to;
  slot.is_acked = old.is_acked;
  slot.offer = old.offer;
}
void give_back(Hold& hold) {
  hold.token = std::move(hold.replaced.back());
  hold.replaced.pop_back();
}

/// Takes the token out of the list of claims, or out of what one of them had replaced.
template <class Claim>
void release(std::vector<Claim>& claims, const std::string& token, Timestamp now) {
  for (auto claim = claims.begin(); claim != claims.end(); ++claim) {
    std::erase_if(claim->replaced, [&](const auto& old) {
      if constexpr (requires { old.token; }) return old.token == token;
      else return old == token;
    });
    if (claim->token != token) continue;
    if (claim->replaced.empty()) {
      claims.erase(claim);
    } else {
      give_back(*claim);
      claim->is_confirmed = false;
      claim->check_at = now + claim_check_delay;
    }
    return;
  }
}

void on(Technician& t, const ClaimReleased& e, Timestamp now) {
  release(t.agenda, e.token, now);
  release(t.holds, e.token, now);
  sort_agenda(t);
}

void on(Technician& t, const ClaimConfirmed& e, Timestamp) {
  for (auto& slot : t.agenda)
    if (slot.token == e.token) {
      slot.is_confirmed = true;
      slot.replaced.clear();
    }
  for (auto& hold : t.holds)
    if (hold.token == e.token) {
      hold.is_confirmed = true;
      hold.replaced.clear();
    }
}

void on(Technician& t, const ClaimKept& e, Timestamp now) {
  for (auto& slot : t.agenda)
    if (slot.token == e.token) slot.check_at = now + claim_check_delay;
  for (auto& hold : t.holds)
    if (hold.token == e.token) hold.check_at = now + claim_check_delay;
}

void on(Technician& t, const AssignmentAcked& e, Timestamp) {
  for (auto& slot : t.agenda)
    if (slot.visit == e.visit) slot.is_acked = true;
}

void on(Technician& t, const TrailRecorded& e, Timestamp) {
  if (e.points.empty() || e.points.back().size() < 4) return;
  const auto& p = e.points.back();
  if (!(p[0] >= 0 && p[0] < point_time_max)) return;  // no command stored that
  const auto at = from_millis(static_cast<std::int64_t>(p[0]));
  if (t.position && at < t.position->at) return;  // sent late
  t.position = Position{at, p[1], p[2], p[3]};
}

}  // namespace

void apply(Technician& t, const Event& event, const Context& context) {
  std::visit([&](const auto& e) { on(t, e, context.now); }, event);
}

std::vector<Deadline> deadlines(const Technician& t) {
  std::optional<Timestamp> first;
  const auto see = [&](const auto& claim) {
    if (!claim.is_confirmed && (!first || claim.check_at < *first)) first = claim.check_at;
  };
  for (const auto& slot : t.agenda) see(slot);
  for (const auto& hold : t.holds) see(hold);
  if (!first) return {};
  return {{"verify_claims", *first}};
}

std::vector<std::pair<std::string, Id>> claims_to_verify(const Technician& t, Timestamp now) {
  std::vector<std::pair<std::string, Id>> claims;
  const auto see = [&](const auto& claim) {
    if (!claim.is_confirmed && claim.check_at <= now) claims.emplace_back(claim.token, claim.order);
  };
  for (const auto& slot : t.agenda) see(slot);
  for (const auto& hold : t.holds) see(hold);
  return claims;
}

Availability availability_from_holds(const Technician& t) {
  auto result = Availability::available;
  for (const auto& hold : t.holds) {
    if (hold.purpose == Purpose::work) return Availability::working;
    result = Availability::traveling;
  }
  return result;
}

bool exists(const Technician& t) { return t.created_at != Timestamp{}; }

}  // namespace mf::technician
