// The time of offers. It is kept here and not by their orders, because only here is it known what
// duty was until now: whoever asks after a change can't tell any more how much had run before it.
#include <algorithm>

#include "actors/technician/technician_rules.hpp"

namespace mf::technician {
namespace {

bool stands_still(Availability availability) {
  return availability == Availability::off || availability == Availability::break_;
}

/// Nothing for an offer that is over.
std::optional<Duration> left_of(const Technician& t, Timestamp now, const OfferTime& offer) {
  if (offer.left_ms) return offer.left_ms;
  if (!offer.expires_at || *offer.expires_at <= now) return {};
  Duration on{0};
  for (const auto& piece : on_duty(duty_of(t), {now, *offer.expires_at}))
    on += piece.to - piece.from;
  // No duty in sight when it was made: then any time counts (offer_from).
  return on > Duration{0} ? on : *offer.expires_at - now;
}

void for_each_offer(Technician& t, const std::function<void(OfferTime&)>& look) {
  for (auto& slot : t.agenda) {
    if (slot.offer) look(*slot.offer);
    for (auto& old : slot.replaced)
      if (old.offer) look(*old.offer);
  }
}

}  // namespace

Duty duty_of(const Technician& t) { return {t.shifts, t.breaks, t.absences}; }

OfferTime offer_from(const Technician& t, Timestamp now, Duration left) {
  if (stands_still(t.availability)) return {.expires_at = {}, .left_ms = left};
  return {.expires_at = after_time_on_duty(duty_of(t), now, left).value_or(now + left),
          .left_ms = {}};
}

void keep_offers(Technician& t, Timestamp now, const std::function<void()>& change) {
  std::vector<std::optional<Duration>> left;
  for_each_offer(t, [&](OfferTime& offer) { left.push_back(left_of(t, now, offer)); });
  change();
  auto next = left.begin();
  for_each_offer(t, [&](OfferTime& offer) {
    if (*next) offer = offer_from(t, now, **next);
    ++next;
  });
}

std::vector<Id> orders_with_offers(const Technician& t, Availability next, Timestamp now) {
  std::vector<Id> orders;
  if (stands_still(t.availability) == stands_still(next)) return orders;
  for (const auto& slot : t.agenda)
    if (slot.offer && left_of(t, now, *slot.offer)) orders.push_back(slot.order);
  return orders;
}

}  // namespace mf::technician
