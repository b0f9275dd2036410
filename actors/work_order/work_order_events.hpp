#pragma once
// What can happen to an order. Stored for ever: a field is only ever added, and optional.
// `at` is when it happened (device time where that counts), `late` that it was reported late.
#include <variant>

#include "actors/work_order/work_order.hpp"
#include "base/patch.hpp"

namespace mf::work_order {

struct SlaLimits {
  Duration respond_ms{}, arrive_ms{}, resolve_ms{};
};
/// A claim that nobody needs any more; released by a reaction.
struct HeldClaim {
  Id technician;
  std::string token;
};
using Released = std::vector<HeldClaim>;

struct Created {
  std::string code;
  Id type;
  std::string type_name, title;
  std::optional<std::string> description;
  int priority = 3;
  std::optional<int> requested_priority;
  Id client, site, zone;
  Personal<double> lat, lon;
  Duration duration_ms{};
  std::vector<Skill> skills;
  std::vector<Window> windows;
  std::vector<std::string> tags;
  SlaLimits sla;
  bool signature_needed = false, approval_needed = false;
  std::optional<std::string> created_by;
  std::optional<std::string> tracking_hash;
  std::optional<Link> parent;
  std::optional<Id> twin = {};
  Personal<std::string> client_name = {}, site_name = {}, address = {}, neighbourhood = {};
  std::optional<bool> priority_chosen = {};  ///< somebody of ours gave it; else it is the type's
};
struct Rejected {
  std::string reason;
  std::optional<std::string> note;
  std::optional<Id> noted_by = {};  ///< the client that counts it among its open orders
};
/// What is given replaces what the order had.
struct Triaged {
  bool automatic = false;
  std::optional<Id> type;
  std::optional<std::string> type_name;
  std::optional<int> priority;
  std::optional<Duration> duration_ms;
  std::vector<Skill> skills;
  std::vector<Window> windows;
  std::optional<SlaLimits> sla;
  std::optional<bool> signature_needed, approval_needed;
};
struct Scheduled {
  Timestamp from{}, to{};
  std::optional<Plan> plan;
  bool override_ = false;
  std::optional<std::string> reason;
  Released released;
};
struct Assignment {
  Id visit, technician;
  std::string name, first_name;
  Id account;
  Timestamp from{}, to{};
  std::optional<std::string> token;  ///< of the claim; not shown
  std::optional<Timestamp> offer_expires_at;
  bool override_ = false;
  std::optional<std::string> reason;
  Released released;
  std::optional<Duration> offer_left_ms = {};  ///< instead of the end, while it waits
};
struct Assigned : Assignment {};
struct Reassigned : Assignment {
  Id previous_visit, previous_technician;
};
struct Accepted {
  Id visit, technician;
  Timestamp at{};
  bool late = false;
};
struct Declined {
  Id visit, technician;
  std::string reason;
  std::optional<std::string> note;
  Timestamp at{};
  bool late = false;
  Released released;
};
/// `code`: unassigned, technician_off, or what speaks against the plan now (off_shift, wrong_zone,
/// skill_missing, outside_window, agenda_overlap …). No visit when only a plan was lost, no
/// technician when that was a time alone.
struct Revoked {
  std::optional<Id> visit;
  Id technician;
  std::string code;
  std::optional<std::string> reason, note;
  Released released;
};
/// What Revoked would be told, of a plan that is pinned or was forced.
struct PlanBroken {
  std::optional<Id> visit;
  Id technician;
  std::string code;
};
/// A plan that was broken holds again.
struct PlanRestored {
  std::optional<Id> visit, technician;
};
/// The same plan with another length; or a visit that somebody moved to another time.
struct SlotChanged {
  std::optional<Id> visit, technician;
  Timestamp from{}, to{};
  std::optional<std::string> token;  ///< of the claim; not shown
  Released released;
  std::optional<bool> override_ = {};  ///< of one that was moved: over a rule?
  std::optional<std::string> reason = {};
};
struct Expired {
  Id visit, technician;
  Released released;
};
/// The offer's time stands still while its technician is off or on a break, with what is left of
/// it; or it goes on, until then.
struct OfferChanged {
  Id visit, technician;
  std::optional<Timestamp> offer_expires_at;
  std::optional<Duration> offer_left_ms;
};
struct Escalated {
  int offers = 0;
};
struct TravelStarted {
  Id visit, technician;
  std::optional<std::string> token;  ///< of the claim; not shown
  Timestamp at{};
  bool late = false;
};
struct Arrived {
  Id visit, technician;
  Timestamp at{};
  bool late = false;
  std::optional<std::int64_t> distance_m;
  bool out_of_geofence = false, unverified = false;
  Released released;
};
struct WorkStarted {
  Id visit, technician;
  std::optional<std::string> token;  ///< of the claim; not shown
  Timestamp at{};
  bool late = false;
};
struct WorkPaused {
  Id visit, technician;
  std::string reason = "other";
  std::optional<std::string> note;
  Timestamp at{};
  bool late = false;
  bool holds_clocks = false;
  Released released;
};
struct WorkResumed {
  Id visit, technician;
  std::optional<std::string> token;  ///< of the claim; not shown
  Timestamp at{};
  bool late = false;
};
struct FollowUpRequired {
  Id visit, technician;
  std::string reason;
  std::optional<std::string> note;
  std::vector<std::string> parts;
  Timestamp at{};
  bool late = false;
  Released released;
};
struct WorkCompleted {
  Id visit, technician, client;
  std::optional<std::string> note;
  Personal<std::string> signature;
  std::optional<std::string> signature_refusal_reason;
  Timestamp at{};
  bool late = false;
  std::optional<Timestamp> close_at;
  Released released;
};
struct WorkFailed {
  Id visit, technician;
  std::string reason = "other";
  std::optional<std::string> note;
  Timestamp at{};
  bool late = false;
  bool holds_clocks = false;
  Released released;
};
struct ApprovalRequested {
  bool automatic = false;
  std::vector<Flag> rules;
  std::optional<std::string> reason, note;
};
struct Closed {
  bool automatic = false;
  std::optional<std::string> note;
  std::optional<Id> noted_by = {};
};
struct Returned {
  std::string remark;
  std::optional<Id> technician;
};
struct Retried {
  std::string reason;
  std::optional<std::string> note;
};
struct Cancelled {
  std::string reason;
  std::optional<std::string> note;
  bool by_client = false;
  std::optional<Id> visit, technician;
  Released released;
  std::optional<Id> noted_by = {};
};
/// Carries all that the new order is made of.
struct Reopened {
  Id order;
  std::string reason;
  std::optional<std::string> note;
  bool override_ = false;
  Id type, client, site;
  std::string title, description;
  int priority = 3;
  std::vector<Skill> skills;
  Duration duration_ms{};
  std::vector<std::string> tags;
};
struct Commented {
  Id comment;
  std::string text;
  Visibility visibility = Visibility::internal;
  Id author;              ///< account
  Viewpoint author_as{};  ///< staff, technician or client
};
struct PriorityChanged {
  int from = 3, to = 3;
  SlaLimits sla;
  std::optional<std::string> reason;
};
struct Edited {
  Patch<std::string> title, description;
  Patch<std::vector<Window>> windows;
  Patch<std::vector<Skill>> skills;
  Patch<Duration> duration_ms;
  Patch<std::vector<std::string>> tags;
};
struct Pinned {
  std::optional<std::string> reason;
};
struct Unpinned {
  std::optional<std::string> reason;
};
/// A dispatcher's proposal was not wanted: not this technician for it that day.
struct ProposalRefused {
  Id technician;
  std::string reason;
  std::optional<std::string> note;
  std::optional<Timestamp> from;  ///< when the proposed visit would have begun
};
struct WindowConfirmed {
  Timestamp from{}, to{};
};
struct Rescheduled {
  std::vector<Window> windows;
  std::optional<std::string> note;
};
struct Rated {
  int rating = 0;
  std::optional<std::string> text;
};
struct TimeEditRequested {
  Id visit;
  int entry = 0;
  Timestamp from{}, to{};
  Id technician;
  std::string justification;
};
struct TimeEdited {
  Id visit;
  int entry = 0;
  Timestamp from{}, to{};
  Window before;
  bool requested = false;
  std::string justification;
  std::optional<Id> technician;  ///< whose time it is
};
struct TimeEditRefused {
  Id visit;
  int entry = 0;
  std::optional<Id> technician;
};
/// The link that was handed out is dead; the hash is not shown.
struct TrackingWithdrawn {
  int generation = 0;
  std::string tracking_hash;
};
/// Its client or its site was edited: what rows show is this now, and what its contact says may be
/// something else. Nothing at all: the client was erased. `zone`: the site lies in another one now,
/// and who dispatches the order is who dispatches there.
struct ContactChanged {
  Id client;
  Personal<std::string> client_name, site_name, address, neighbourhood;
  Personal<double> lat, lon;
  std::optional<Id> zone = {};
};
/// What it may have repeated has ended; `twin`: what it may repeat now.
struct TwinChanged {
  std::optional<Id> twin;
  Id ended;
};
/// The technician is expected at another time than the client knows.
struct EtaChanged {
  Id visit, technician;
  Timestamp eta{};
  std::optional<Timestamp> before;  ///< as it was told; none: as planned
  bool breaks_window = false;       ///< too late for the planned window
};
/// The technician's device is at the site.
struct ArrivalProposed {
  Id visit, technician;
  Timestamp at{};
  std::int64_t distance_m = 0;
};
enum class ClockName : std::uint8_t { respond, arrive, resolve };
struct SlaAtRisk {
  ClockName clock{};
  Timestamp due{};
};
struct SlaBreached {
  ClockName clock{};
  Timestamp due{};
};

using Event =
    std::variant<Created, Rejected, Triaged, Scheduled, Assigned, Accepted, Declined, Revoked,
                 Expired, Escalated, Reassigned, TravelStarted, Arrived, WorkStarted, WorkPaused,
                 WorkResumed, FollowUpRequired, WorkCompleted, WorkFailed, ApprovalRequested,
                 Closed, Returned, Retried, Cancelled, Reopened, Commented, PriorityChanged, Edited,
                 Pinned, Unpinned, WindowConfirmed, Rescheduled, Rated, TimeEditRequested,
                 TimeEdited, TimeEditRefused, TrackingWithdrawn, SlaAtRisk, SlaBreached, PlanBroken,
                 SlotChanged, ContactChanged, PlanRestored, OfferChanged, TwinChanged,
                 ProposalRefused, EtaChanged, ArrivalProposed>;

/// Total: never refuses.
void apply(Order&, const Event&, const Context&);

/// What an event causes elsewhere.
struct ReleaseClaim {
  Id technician;
  std::string token;
};
struct OpenNew {
  Id order;
  Reopened from;
};
/// The order has ended: the client need not tell it anything any more.
struct Forget {
  Id client;
};
/// Its work is done: nothing repeats it any more.
struct Settle {
  Id client;
};
/// What the order's plan rests on has changed: it is judged again.
struct JudgePlan {};
using Consequence = std::variant<ReleaseClaim, OpenNew, Forget, Settle, JudgePlan>;
[[nodiscard]] std::vector<Consequence> react(const Event&);

}  // namespace mf::work_order
