#include <algorithm>
#include <iterator>

#include "actors/technician/technician_rules.hpp"

namespace mf::technician {
namespace {

std::optional<Rejection> guard_system(const Technician& t, const Context& context) {
  if (!exists(t) || !context.by.is_system()) return hide().error();
  return {};
}

bool overlaps(Interval a, Timestamp from, Timestamp to) { return a.from < to && from < a.to; }

bool is_taken(const Technician& t, const Id& order, Interval slot) {
  for (const auto& other : t.agenda) {
    if (other.order == order) continue;
    if (overlaps(slot, other.from, other.to)) return true;
    for (const auto& old : other.replaced)
      if (overlaps(slot, old.from, old.to)) return true;
  }
  return false;
}

/// Nobody books whom they don't see.
std::optional<Rejection> guard_seen(const Technician& t, const ClaimAgenda& c) {
  const auto is_seen = [&](const Id& zone) {
    return std::ranges::find(*c.seen_zones, zone) != c.seen_zones->end();
  };
  if (!c.seen_zones || std::ranges::any_of(t.zones, is_seen)) return {};
  return hide().error();
}

/// No override helps here.
std::optional<Rejection> guard_enabled(const Technician& t) {
  if (!t.disabled.value_or(false)) return {};
  return reject("technician_disabled", "the technician is not with us any more"_en).error();
}

/// What no time of the day would change; all of it.
std::vector<Rejection> unsuitable(const Technician& t, const VisitTerms& terms) {
  std::vector<Rejection> no;
  if (t.availability == Availability::off)
    no.push_back(reject("technician_off", "the technician is off duty"_en).error());
  if (std::ranges::find(t.zones, terms.zone) == t.zones.end())
    no.push_back(reject("wrong_zone", "the technician does not work in this zone"_en).error());
  for (const auto& needed : terms.skills)
    if (missing_skill(t.skills, {needed}))
      no.push_back(
          reject("skill_missing", "needs {skill} at level {level}"_en.with("skill", needed.skill)
                                      .with("level", needed.level))
              .error());
  return no;
}

/// The stretches that no other order has.
std::vector<Interval> free_of_others(const Technician& t, const Id& order,
                                     std::vector<Interval> pieces) {
  for (const auto& other : t.agenda) {
    if (other.order == order) continue;
    pieces = without(pieces, {other.from, other.to});
    for (const auto& old : other.replaced) pieces = without(pieces, {old.from, old.to});
  }
  return pieces;
}

std::optional<Interval> first_fit(const std::vector<Interval>& pieces, Timestamp latest_begin,
                                  Duration length) {
  for (const auto& piece : pieces)
    if (piece.from <= latest_begin && piece.to - piece.from >= length)
      return Interval{piece.from, piece.from + length};
  return {};
}

std::optional<Rejection> outside_window() {
  return reject("outside_window", "the client can't receive us then"_en).error();
}

/// When work may begin: the client's windows from now on, or the two weeks that we look ahead.
std::vector<Window> times_to_begin(const ClaimAgenda& c, Timestamp now) {
  if (c.windows.empty()) return {{now, now + duty_horizon}};
  std::vector<Window> times;
  for (const auto& window : c.windows) {
    if (window.to < now) continue;
    const auto from = std::max(window.from, now);
    times.push_back({from, std::min(window.to, from + duty_horizon)});
  }
  return times;
}

std::expected<Interval, Rejection> find_gap(const Technician& t, const ClaimAgenda& c,
                                            Timestamp now) {
  const auto times = times_to_begin(c, now);
  bool is_ever_on_duty = false;
  for (const auto& begin : times) {
    const auto duty = on_duty(duty_of(t), {begin.from, begin.to + c.duration_ms});
    if (const auto slot = first_fit(free_of_others(t, c.order, duty), begin.to, c.duration_ms))
      return *slot;
    is_ever_on_duty |= first_fit(duty, begin.to, c.duration_ms).has_value();
  }
  if (c.override_) {
    const Interval ahead{now, now + duty_horizon + c.duration_ms};
    if (const auto slot = first_fit(free_of_others(t, c.order, {ahead}), ahead.to, c.duration_ms))
      return *slot;
  }
  if (times.empty()) return std::unexpected(*outside_window());
  return is_ever_on_duty ? reject("agenda_full", "nothing is free in time"_en)
                         : reject("off_shift", "no shift in time is long enough"_en);
}

/// What speaks against that very time, but for what else is in the agenda.
std::vector<Rejection> against_time(const Technician& t, const VisitTerms& terms, Interval slot) {
  std::vector<Rejection> no;
  if (!allows_begin(terms.windows, slot.from)) no.push_back(*outside_window());
  if (on_duty(duty_of(t), slot) != std::vector{slot})
    no.push_back(reject("off_shift", "the time is not inside a shift"_en).error());
  return no;
}

void append(std::vector<Rejection>& to, std::vector<Rejection> more) {
  std::ranges::move(more, std::back_inserter(to));
}

/// What a change of the holds makes of the availability is an event of its own: people watch it.
Yes with_availability(const Technician& t, Event event, const Context& context) {
  auto after = t;
  apply(after, event, context);
  Yes events{std::move(event)};
  if (t.holds.empty() && after.holds.empty()) return events;
  const auto next = availability_from_holds(after);
  if (next != t.availability)
    events.push_back(
        AvailabilityChanged{t.availability, next, orders_with_offers(after, next, context.now)});
  return events;
}

/// Also as one that a newer claim has replaced.
bool is_held(const Technician& t, const std::string& token) {
  return std::ranges::any_of(t.agenda,
                             [&](const Slot& slot) {
                               return slot.token == token ||
                                      std::ranges::find(slot.replaced, token, &Replaced::token) !=
                                          slot.replaced.end();
                             }) ||
         std::ranges::any_of(t.holds, [&](const Hold& hold) {
           return hold.token == token ||
                  std::ranges::find(hold.replaced, token) != hold.replaced.end();
         });
}

}  // namespace

std::optional<Rejection> objection(const Technician& t, const VisitTerms& terms, Interval slot) {
  auto no = unsuitable(t, terms);
  append(no, against_time(t, terms, slot));
  return no.empty() ? std::nullopt : std::optional(std::move(no.front()));
}

std::expected<Interval, std::vector<Rejection>> slot_for(const Technician& t, const ClaimAgenda& c,
                                                         Timestamp now) {
  std::vector<Rejection> no;
  if (auto left = guard_enabled(t)) no.push_back(std::move(*left));
  const auto others = std::ranges::count_if(t.agenda, [&](auto& s) { return s.order != c.order; });
  const auto limit =
      c.override_ ? agenda_max : static_cast<std::size_t>(t.max_orders.value_or(agenda_max));
  if (static_cast<std::size_t>(others) >= limit)
    no.push_back(reject("agenda_full", "the agenda holds as many orders as it may"_en).error());
  if (!c.override_) append(no, unsuitable(t, c));
  if (!c.from) {
    auto gap = find_gap(t, c, now);
    if (gap && no.empty()) return *gap;
    if (!gap) no.push_back(std::move(gap.error()));
    return std::unexpected(std::move(no));
  }
  const Interval slot{*c.from, *c.from + c.duration_ms};
  if (!c.override_) append(no, against_time(t, c, slot));
  if (is_taken(t, c.order, slot))
    no.push_back(reject("agenda_overlap", "another order has that time already"_en).error());
  if (!no.empty()) return std::unexpected(std::move(no));
  return slot;
}

Decision<Event> on(const Technician& t, const ClaimAgenda& c, const Facts&,
                   const Context& context) {
  if (auto no = guard_system(t, context)) return std::unexpected(*no);
  if (auto no = guard_seen(t, c)) return std::unexpected(*no);
  if (auto no = guard_enabled(t)) return std::unexpected(*no);
  if (c.override_ && c.reason.value_or("").empty())
    return refuse_field("reason", "required", "overriding needs a reason"_en);
  if (c.duration_ms <= Duration{0})
    return refuse_field("duration_ms", "out_of_range", "more than nothing"_en);
  const auto slot = slot_for(t, c, context.now);
  if (!slot) return std::unexpected(slot.error().front());
  AgendaClaimed event{c.token, c.order, c.visit, slot->from, slot->to, {}, c.offer_ms};
  if (c.override_) event.override_reason = c.reason;
  return Yes{std::move(event)};
}

Decision<Event> on(const Technician& t, const ClaimWork& c, const Facts&, const Context& context) {
  if (auto no = guard_system(t, context)) return std::unexpected(*no);
  if (auto no = guard_enabled(t)) return std::unexpected(*no);
  if (t.availability == Availability::off)
    return reject("technician_off", "the technician is off duty"_en);
  const auto held = std::ranges::find(t.holds, c.purpose, &Hold::purpose);
  if (held != t.holds.end() && held->order != c.order)
    return reject("busy_with_another_order", "another order is under way"_en);
  return with_availability(t, WorkClaimed{c.token, c.order, c.visit, c.purpose}, context);
}

Decision<Event> on(const Technician& t, const ReleaseClaim& c, const Facts&,
                   const Context& context) {
  if (auto no = guard_system(t, context)) return std::unexpected(*no);
  if (!is_held(t, c.token)) return reject("claim_not_held", "this claim holds nothing"_en);
  return with_availability(t, ClaimReleased{c.token}, context);
}

Decision<Event> on(const Technician& t, const VerifyClaims&, const Facts& facts,
                   const Context& context) {
  if (auto no = guard_system(t, context)) return std::unexpected(*no);
  auto after = t;
  Yes events;
  const auto add = [&](std::vector<Event> more) {
    for (auto& event : more) {
      apply(after, event, context);
      events.push_back(std::move(event));
    }
  };
  for (const auto& [token, order] : claims_to_verify(t, context.now)) {
    const auto use = facts.uses.find(token);
    if (use == facts.uses.end()) continue;  // fell due after the questions were asked
    switch (use->second) {
      case ClaimUse::used: add({ClaimConfirmed{token}}); break;
      case ClaimUse::unused: add(with_availability(after, ClaimReleased{token}, context)); break;
      case ClaimUse::unknown: add({ClaimKept{token}}); break;
    }
  }
  if (events.empty()) return reject("already_done", "no claim waits to be verified"_en);
  return events;
}

}  // namespace mf::technician
