#include <algorithm>

#include "actors/work_order/work_order_rules.hpp"

namespace mf::work_order {
namespace {

struct Entry {
  const Visit* visit;
  int index;
};

/// The time entry that a command means: the named one, or the last of the latest visit that has
/// any.
std::optional<Entry> find_entry(const Order& order, const std::optional<Id>& visit,
                                std::optional<int> entry, std::string_view technician) {
  for (auto v = order.visits.rbegin(); v != order.visits.rend(); ++v) {
    if ((visit && v->id != *visit) || v->time.empty()) continue;
    if (!technician.empty() && v->technician != technician) continue;
    const int index = entry.value_or(static_cast<int>(v->time.size()) - 1);
    if (index < 0 || index >= static_cast<int>(v->time.size())) return {};
    return Entry{&*v, index};
  }
  return {};
}

No must_be_over(const std::optional<Entry>& entry) {
  if (!entry) return reject("no_recorded_time", "there is no such time entry"_en).error();
  if (!entry->visit->time[entry->index].to)
    return reject("time_entry_open", "the work is still going on"_en).error();
  return {};
}

/// What somebody can have worked: after the order was there, until now, a day at most.
No must_be_plausible(const Order& order, Timestamp from, Timestamp to, const Context& context) {
  constexpr Duration length_max = std::chrono::hours(24);
  if (to > context.now)
    return refuse_field("to", "in_the_future", "this time has not come yet"_en).error();
  if (from < order.created_at)
    return refuse_field("from", "before_the_order", "the order was not there yet"_en).error();
  if (to - from > length_max)
    return refuse_field("to", "too_long", "at most 24 hours after from"_en).error();
  return {};
}

/// A technician is in one place at a time.
No must_not_overlap(const Order& order, const Entry& edited, Timestamp from, Timestamp to) {
  for (const auto& visit : order.visits) {
    if (visit.technician != edited.visit->technician) continue;
    for (std::size_t i = 0; i < visit.time.size(); ++i) {
      const bool is_itself = &visit == edited.visit && static_cast<int>(i) == edited.index;
      const auto& other = visit.time[i];
      if (!is_itself && from < other.to.value_or(Timestamp::max()) && other.from < to)
        return reject("time_entries_overlap", "another time entry has that time already"_en)
            .error();
    }
  }
  return {};
}

TimeEdited time_edited(const Visit& visit, int entry, Timestamp from, Timestamp to) {
  const auto& before = visit.time[entry];
  return {.visit = visit.id,
          .entry = entry,
          .from = from,
          .to = to,
          .before = {before.from, before.to.value_or(before.from)},
          .technician = visit.technician};
}

bool has_visit(const Order& order, const Principal& by) {
  return !by.technician.empty() && std::ranges::any_of(order.visits, [&](const Visit& visit) {
    return visit.technician == by.technician && !is_lost(visit);
  });
}

Decision<Event> settle_request(const Order& order, const EditTime& c, const Context& context) {
  if (!order.time_edit) return reject("no_time_edit_requested", "nobody asked for a correction"_en);
  const auto& asked = *order.time_edit;
  if (asked.by == context.by.technician && !context.by.is_administrator())
    return forbid("somebody else grants what you asked for"_en);
  if (c.visit.value_or(asked.visit) != asked.visit || c.entry.value_or(asked.entry) != asked.entry)
    return reject("time_edit_changed", "the request is about another time entry now"_en);
  if (c.refuse) return Yes{TimeEditRefused{asked.visit, asked.entry, asked.by}};
  const auto entry = find_entry(order, asked.visit, asked.entry, {});
  if (auto no = must_be_over(entry)) return refuse(no);
  if (auto no = must_not_overlap(order, *entry, asked.from, asked.to)) return refuse(no);
  auto e = time_edited(*entry->visit, entry->index, asked.from, asked.to);
  e.requested = true;
  e.justification = asked.justification;
  return Yes{std::move(e)};
}

}  // namespace

Decision<Event> on(const Order& order, const Comment& c, const Facts&, const Context& context) {
  if (auto no = must_see(order, context)) return refuse(no);
  if (!context.by.tracked_order.empty()) return forbid("a tracking link only shows"_en);
  const auto as = *viewpoint_of(order, context.by);
  if (as == Viewpoint::former) return forbid("your visit has ended"_en);
  const bool is_client = as == Viewpoint::client;
  if (is_client && c.visibility == Visibility::internal)
    return forbid("internal comments are the company's"_en);
  if (auto no = must_not_be_final(order)) return refuse(no);
  if (order.comments >= static_cast<int>(comments_max))
    return reject("too_many_comments", "this order has its share of comments"_en);
  return Yes{Commented{derive_id("cmt", order.id, "comment", to_hex(context.command.view())),
                       c.text,
                       c.visibility.value_or(is_client ? Visibility::client : Visibility::internal),
                       context.by.account, as}};
}

Decision<Event> on(const Order& order, const WithdrawTracking&, const Facts& facts,
                   const Context& context) {
  if (auto no = must_dispatch(order, context)) return refuse(no);
  const auto generation = order.tracking_generation.value_or(0) + 1;
  const auto secret = tracking_secret(facts.policy.tracking_key, order.id, generation);
  if (order.tracking_hash.empty() || secret.empty())
    return reject("no_tracking_link", "this order has no link that could be withdrawn"_en);
  return Yes{TrackingWithdrawn{generation, tracking_hash(secret)}};
}

Decision<Event> on(const Order& order, const ConfirmWindow&, const Facts&, const Context& context) {
  if (auto no = must_be_client_or_dispatch(order, context)) return refuse(no);
  if (!is_before_travel(order.status)) return refuse(order_is(order));
  if (!order.slot) return reject("no_window", "nothing is planned that could be confirmed"_en);
  if (order.window_confirmed_at) return reject("already_confirmed", "the window is confirmed"_en);
  return Yes{WindowConfirmed{order.slot->from, order.slot->to}};
}

Decision<Event> on(const Order& order, const Reschedule& c, const Facts& facts,
                   const Context& context) {
  if (auto no = must_be_client_or_dispatch(order, context)) return refuse(no);
  if (!is_before_travel(order.status)) return refuse(order_is(order));
  if (auto no = must_lie_ahead(c.windows, context)) return refuse(no);
  Yes events{Rescheduled{c.windows, c.note}};
  if (!has_open_plan(order)) return events;
  const bool is_moved_out = !allows_begin(c.windows, order.slot->from);
  if (!is_moved_out && !has_broken_plan(order)) return events;
  auto after = order;
  apply(after, events.front(), context);
  return and_judge(std::move(events), std::move(after), facts, context);
}

Decision<Event> on(const Order& order, const Rate& c, const Facts&, const Context& context) {
  if (auto no = first_of(
          must_be_client(order, context),
          must_be_in(order, {Status::COMPLETED, Status::APPROVAL_REQUIRED, Status::CLOSED})))
    return refuse(no);
  if (order.rating) return reject("already_rated", "an order is rated once"_en);
  return Yes{Rated{c.rating, c.text}};
}

Decision<Event> on(const Order& order, const RequestTimeEdit& c, const Facts&,
                   const Context& context) {
  const auto& technician = context.by.technician;
  if (auto no = must_see(order, context)) return refuse(no);
  if (!has_visit(order, context.by)) return forbid("only the technician of the visit asks"_en);
  if (auto no = first_of(must_justify(context), must_be_plausible(order, c.from, c.to, context),
                         must_not_be_final(order)))
    return refuse(no);
  const auto entry = find_entry(order, c.visit, c.entry, technician);
  if (auto no = must_be_over(entry)) return refuse(no);
  if (auto no = must_not_overlap(order, *entry, c.from, c.to)) return refuse(no);
  if (order.time_edit && order.time_edit->by != technician)
    return reject("time_edit_pending", "another technician's request waits for the supervisor"_en);
  return Yes{TimeEditRequested{entry->visit->id, entry->index, c.from, c.to, technician,
                               context.justification}};
}

Decision<Event> on(const Order& order, const EditTime& c, const Facts&, const Context& context) {
  if (auto no = must_dispatch(order, context)) return refuse(no);
  const bool is_administrator = context.by.is_administrator();
  const bool is_own_word = c.from && c.to;
  if (is_own_word && !is_administrator)
    return forbid("a supervisor grants what the technician asked for"_en);
  if (is_own_word)
    if (auto no =
            first_of(must_justify(context), must_be_plausible(order, *c.from, *c.to, context)))
      return refuse(no);
  if (order.status == Status::CANCELLED || order.status == Status::REJECTED ||
      (order.status == Status::CLOSED && !is_administrator))
    return refuse(order_is(order));
  if (!is_own_word) return settle_request(order, c, context);
  const auto entry = find_entry(order, c.visit, c.entry, {});
  if (auto no = must_be_over(entry)) return refuse(no);
  if (auto no = must_not_overlap(order, *entry, *c.from, *c.to)) return refuse(no);
  auto e = time_edited(*entry->visit, entry->index, *c.from, *c.to);
  e.justification = context.justification;
  return Yes{std::move(e)};
}

}  // namespace mf::work_order
