#pragma once
// Guards and small answers shared by the decide files of the order; nobody else includes it.
#include <initializer_list>

#include "actors/work_order/work_order_commands.hpp"
#include "base/claim.hpp"
#include "base/text.hpp"

namespace mf::work_order {

using No = std::optional<Rejection>;
using Yes = std::vector<Event>;

/// The first no of guards that were all evaluated: each must bear any state.
template <class... Rest>
[[nodiscard]] No first_of(No first, Rest... rest) {
  if constexpr (sizeof...(Rest) > 0)
    if (!first) return first_of(std::move(rest)...);
  return first;
}
[[nodiscard]] inline std::unexpected<Rejection> refuse(No no) {
  return std::unexpected(std::move(*no));
}

/// A fact is missing: wants() turns this into the question; nobody outside sees it.
inline constexpr std::string_view unasked_code = "unasked";
[[nodiscard]] inline std::unexpected<Rejection> unasked() {
  return reject(std::string(unasked_code));
}
/// The answer of a claim or fact; `unasked` while there is none.
template <class T>
[[nodiscard]] No missing(const Asked<T>& asked) {
  if (!asked) return unasked().error();
  if (!*asked) return asked->error();
  return {};
}

[[nodiscard]] No must_see(const Order&, const Context&);
[[nodiscard]] No must_be_system(const Order&, const Context&);
/// Supervisor of its zone, administrator, or the system (the dispatcher).
[[nodiscard]] No must_dispatch(const Order&, const Context&);
/// Its own client.
[[nodiscard]] No must_be_client(const Order&, const Context&);
[[nodiscard]] No must_be_client_or_dispatch(const Order&, const Context&);
/// The technician of the visit that is alive, or a supervisor on that technician's behalf, with a
/// justification. `offered_to_another` when somebody else has it now.
[[nodiscard]] No must_hold_visit(const Order&, const Context&);
/// `order_is_<status>` in any other state.
[[nodiscard]] No must_be_in(const Order&, std::initializer_list<Status>);
/// Not CLOSED, CANCELLED or REJECTED.
[[nodiscard]] No must_not_be_final(const Order&);
/// `offer_expired`, judged at `at`; also when the timer was faster than the technician.
[[nodiscard]] No must_be_in_time(const Order&, const Context&, Timestamp at);
[[nodiscard]] No must_justify(const Context&);
/// None of the windows that somebody gives has ended: it would promise what cannot be kept. Judged
/// by when it was said, for what was written offline.
[[nodiscard]] No must_lie_ahead(const std::vector<Window>&, const Context&);
[[nodiscard]] No order_is(const Order&);

/// NEW … ACCEPTED: nobody is on the way yet.
[[nodiscard]] bool is_before_travel(Status);

/// When it happened: the device's word where it counts, never before the visit's last event.
struct Moment {
  Timestamp at;
  bool is_late = false;
};
[[nodiscard]] Moment moment(const Order&, const Context&, const WorkOrderPolicy&);

/// The claims that end with the visit that is alive (and those of a plan).
[[nodiscard]] Released held_claims(const Order&);
/// Who the open plan is with; nullopt: a time alone.
[[nodiscard]] std::optional<Id> planned_technician(const Order&);
/// What becomes of the open plan, the same whatever has changed: with an objection it is taken back
/// with that code, or flagged where it is pinned or was forced; without one a flag is dropped.
/// Nothing: all stays as it is.
[[nodiscard]] std::optional<Event> judged_plan(const Order&, const No& objection);
/// The judgement of the open plan, after these events: first the client's windows, then the time
/// that it lacks since an edit, which is asked for again, then what its technician answers
/// (`unasked` until it has).
[[nodiscard]] Decision<Event> and_judge(Yes events, Order after, const Facts&, const Context&);
/// Does that judgement ask the technician's agenda for other time?
[[nodiscard]] bool asks_for_other_slot(const Order&);
/// A new order of these terms may be made for the site: orders that are there go on, also in a zone
/// that was disabled.
[[nodiscard]] No must_take_orders(const SiteFact&, const Terms&);
/// The priority counts that the new type has, until somebody of ours has chosen one.
[[nodiscard]] bool takes_priority_of_type(const Order&, const Triage&);
[[nodiscard]] Edited edited(const Edit&);
/// Does the open plan need other time of the agenda, or an answer about other skills?
[[nodiscard]] bool needs_other_slot(const Order& before, const Order& after);
/// The order after an edit; `slot_needed` is also what has to be granted for other skills.
[[nodiscard]] Order after_edit(const Order&, const Edit&, const Context&);
/// The claim of an offer that waits for an answer within some time; nothing: there is none.
[[nodiscard]] std::optional<std::string> offer_to_ask_about(const Order&);
/// Declined or expired: the event, and the escalation when it was one too many.
[[nodiscard]] Yes lose_offer(const Order&, Event event, const WorkOrderPolicy&);

Decision<Event> on(const Order&, const Create&, const Facts&, const Context&);
Decision<Event> on(const Order&, const OpenLinked&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Reject&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Triage&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Schedule&, const Facts&, const Context&);
Decision<Event> on(const Order&, const SetPriority&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Edit&, const Facts&, const Context&);
Decision<Event> on(const Order&, const RefreshContact&, const Facts&, const Context&);
Decision<Event> on(const Order&, const TwinEnded&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Pin&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Unpin&, const Facts&, const Context&);
Decision<Event> on(const Order&, const RefuseProposal&, const Facts&, const Context&);
Decision<Event> on(const Order&, const WithdrawTracking&, const Facts&, const Context&);

Decision<Event> on(const Order&, const Assign&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Reassign&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Accept&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Decline&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Unassign&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Revoke&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Recheck&, const Facts&, const Context&);
Decision<Event> on(const Order&, const OfferExpiry&, const Facts&, const Context&);

Decision<Event> on(const Order&, const Depart&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Arrive&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Estimate&, const Facts&, const Context&);
Decision<Event> on(const Order&, const ReachSite&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Start&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Pause&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Resume&, const Facts&, const Context&);
Decision<Event> on(const Order&, const FollowUp&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Complete&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Fail&, const Facts&, const Context&);

Decision<Event> on(const Order&, const RequestApproval&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Approve&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Return&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Retry&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Cancel&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Reopen&, const Facts&, const Context&);
Decision<Event> on(const Order&, const SlaCheck&, const Facts&, const Context&);
Decision<Event> on(const Order&, const AutoClose&, const Facts&, const Context&);

Decision<Event> on(const Order&, const Comment&, const Facts&, const Context&);
Decision<Event> on(const Order&, const ConfirmWindow&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Reschedule&, const Facts&, const Context&);
Decision<Event> on(const Order&, const Rate&, const Facts&, const Context&);
Decision<Event> on(const Order&, const RequestTimeEdit&, const Facts&, const Context&);
Decision<Event> on(const Order&, const EditTime&, const Facts&, const Context&);

}  // namespace mf::work_order
