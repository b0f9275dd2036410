#pragma once
// What people, timers and other entities may want of an order. Bodies: see /v1/openapi.json;
// `occurred_at`, `on_behalf_of` and `justification` come in the Context.
#include <variant>

#include "actors/work_order/work_order.hpp"
#include "actors/work_order/work_order_events.hpp"
#include "base/patch.hpp"

namespace mf::work_order {

struct Create {
  std::optional<Id> id;  ///< the client's own (offline creation); must be the addressed one
  Id type, client, site;
  std::string title;
  std::optional<std::string> description;
  std::optional<int> priority;  ///< of a client: a wish
  std::vector<Window> windows;
  std::vector<Skill> skills;  ///< none: those of the type
  std::optional<Duration> duration_ms;
  std::vector<std::string> tags;
  std::string fingerprint;
};
/// The new order that a reopened one asks for.
struct OpenLinked {
  Id parent;
  Relation relation = Relation::reopened;
  Id type, client, site;
  std::string title, description;
  int priority = 3;
  std::vector<Skill> skills;
  std::optional<Duration> duration_ms;
  std::vector<std::string> tags;
};
struct Reject {
  std::string reason;
  std::optional<std::string> note;
};
/// What is given replaces what the order has.
struct Triage {
  std::optional<Id> type;
  std::optional<int> priority;
  std::optional<Duration> duration_ms;
  std::vector<Skill> skills;
  std::vector<Window> windows;
  bool confirmed_distinct = false;  ///< it repeats no other order
};
struct Schedule {
  Timestamp from{};
  std::optional<Timestamp> to;  ///< none: after the estimated duration
  std::optional<Id> technician;
  bool override_ = false;
  std::optional<std::string> reason;
};
struct Assign {
  Id technician;
  std::optional<Timestamp> from, to;  ///< without `to` it lasts the estimated duration
  bool override_ = false;
  std::optional<std::string> reason;
};
/// To another technician; or, with a time, to another time of the technician who has it.
struct Reassign : Assign {};
struct Accept {};
struct Decline {
  std::string reason;
  std::optional<std::string> note;
};
struct Unassign {
  std::string reason;
  std::optional<std::string> note;
};
struct Depart {};
/// Without coordinates the arrival is flagged as unverified; far from the site it must be
/// confirmed.
struct Arrive {
  std::optional<double> lat, lon;
  bool confirmed = false;
};
struct Start {};
/// The reason is a code of the catalogue; so is a failure's.
struct Pause {
  std::string reason = "other";
  std::optional<std::string> note;
};
struct Resume {};
struct FollowUp {
  std::string reason;
  std::optional<std::string> note;
  std::vector<std::string> parts;
};
struct Complete {
  std::optional<std::string> note, signature, signature_refusal_reason;
};
struct Fail {
  std::string reason = "other";
  std::optional<std::string> note;
};
struct RequestApproval {
  std::string reason;
  std::optional<std::string> note;
};
struct Approve {
  std::optional<std::string> note;
};
struct Return {
  std::string remark;
};
struct Retry {
  std::string reason;
  std::optional<std::string> note;
};
struct Cancel {
  std::string reason;
  std::optional<std::string> note;
};
struct Reopen {
  std::string reason;
  std::optional<std::string> note;
  bool override_ = false;
};
struct Comment {
  std::string text;
  std::optional<Visibility> visibility;
};
struct SetPriority {
  int priority = 3;
  std::optional<std::string> reason;
};
struct Edit {
  Patch<std::string> title, description;
  Patch<std::vector<Window>> windows;
  Patch<std::vector<Skill>> skills;
  Patch<Duration> duration_ms;
  Patch<std::vector<std::string>> tags;
};
struct Pin {
  std::optional<std::string> reason;
};
/// For a link that came into wrong hands: it ends, and the order has a new one.
struct WithdrawTracking {};
struct Unpin {
  std::optional<std::string> reason;
};
/// Of a dispatcher's proposal: this technician is not proposed for it again that day. The reason is
/// a code or a few words.
struct RefuseProposal {
  Id technician;
  std::string reason;
  std::optional<std::string> note;
  std::optional<Timestamp> from;  ///< when the proposed visit would have begun
};
struct ConfirmWindow {};
struct Reschedule {
  std::vector<Window> windows;
  std::optional<std::string> note;
};
struct Rate {
  int rating = 0;
  std::optional<std::string> text;
};
struct RequestTimeEdit {
  std::optional<Id> visit;   ///< none: the latest one with recorded time
  std::optional<int> entry;  ///< none: its last
  Timestamp from{}, to{};
};
/// A supervisor grants (or, `refuse`, turns down) what was asked for; an administrator may also
/// give the times, with a justification.
struct EditTime {
  std::optional<Id> visit;
  std::optional<int> entry;
  std::optional<Timestamp> from, to;
  bool refuse = false;
};
/// The technician is not there any more (`technician_off`).
struct Revoke {
  Id technician;
  std::string code;
};
/// Something its plan rests on has changed.
struct Recheck {
  std::optional<Id> technician;  ///< of a plan with this one; none: with whomever it is
};
/// Its client or a site of that client was edited, or the client erased.
struct RefreshContact {
  std::optional<Id> site;  ///< none: the client itself
};
/// The order that it may repeat has ended.
struct TwinEnded {
  Id twin;
  std::optional<Id> next;  ///< another one that it may repeat
};
/// When the visit's technician is expected, as the road and the day look now. Rejects with
/// `eta_is_known` when that is no news.
struct Estimate {
  Id visit;
  Timestamp eta{};
};
/// The device of the technician who is on the way has been at the site for a while.
struct ReachSite {
  Id visit;
  double lat = 0, lon = 0;
  Timestamp at{};
};
struct OfferExpiry {};
struct SlaCheck {};
struct AutoClose {};

using Command =
    std::variant<Create, OpenLinked, Reject, Triage, Schedule, Assign, Reassign, Accept, Decline,
                 Unassign, Depart, Arrive, Start, Pause, Resume, FollowUp, Complete, Fail,
                 RequestApproval, Approve, Return, Retry, Cancel, Reopen, Comment, SetPriority,
                 Edit, Pin, Unpin, RefuseProposal, WithdrawTracking, ConfirmWindow, Reschedule,
                 Rate, RequestTimeEdit, EditTime, Revoke, Recheck, RefreshContact, TwinEnded,
                 OfferExpiry, SlaCheck, AutoClose, Estimate, ReachSite>;

/// What others answered. Absent: not asked (yet).
template <class T>
using Asked = std::optional<std::expected<T, Rejection>>;

struct SiteFact {
  Id client, site, zone;
  std::optional<double> lat, lon;
  bool active = true;
  std::optional<std::string> client_name = {}, site_name = {}, address = {}, neighbourhood = {};
};
struct Terms {
  Id type;
  std::string type_name;
  Duration duration{};
  std::vector<Skill> skills;
  int priority = 3;
  bool is_auto_triage = false, is_approval_needed = false, is_signature_needed = false;
  SlaLimits limits;
  std::vector<Id> disabled_zones;  ///< of a new order: where none may begin
};
/// How an offer's time stands with its technician: until when it runs, or what is left while it
/// waits. Neither: the technician knows of none.
struct OfferTime {
  std::optional<Timestamp> expires_at;
  std::optional<Duration> left;
};
/// The granted agenda slot.
struct Grant {
  std::string name, first_name;
  Id account;
  Window slot;
  OfferTime offer = {};
};
/// What the catalogue says of a pause's or failure's reason.
struct ReasonFact {
  bool holds_clock = false;  ///< the client's cause
};
/// The client has noted the order, and tells it from now on what changes; `twin`: another open one
/// of late that is the same; `site`: as it is at this moment.
struct Noted {
  std::optional<Id> twin;
  std::optional<SiteFact> site = {};
};
struct Facts {
  const WorkOrderPolicy& policy;
  Asked<SiteFact> site = {};
  Asked<Terms> terms = {};
  Asked<ReasonFact> reason = {};
  Asked<bool> holds = {};  ///< the plan, as its technician sees it
  Asked<OfferTime> offer = {};
  Asked<Noted> noted = {};   ///< claim on the client
  Asked<Grant> agenda = {};  ///< claim
  Asked<bool> work = {};     ///< claim for travel or work
};

/// What has to be asked before a command can be decided.
struct Wants {
  struct Site {
    Id client, site;
  };
  struct OrderTerms {
    Id type;
    std::optional<int> priority;
    bool is_new = false;  ///< the order isn't of this type yet: refused for a disabled one
  };
  struct Agenda {
    Id technician, visit;
    std::string token;
    std::vector<Skill> skills;
    std::vector<Window> windows;
    std::optional<Timestamp> from;
    Duration duration{}, offer{};
    bool override_ = false;
    std::optional<std::string> reason;
    /// Of the technicians whom the asking person sees; none: sees all.
    std::optional<std::vector<Id>> seen_zones;
  };
  struct Reason {
    std::string verb, code;
  };
  struct Holds {
    Id technician;
    std::vector<Skill> skills;
    std::vector<Window> windows;
    Window slot;
  };
  struct Offer {
    Id technician;
    std::string token;  ///< of the visit's claim
  };
  struct Note {
    Id client, site, type;
    std::string token;
    bool by_client = false;
  };
  struct Work {
    Id technician, visit;
    std::string token, purpose;  ///< "travel" or "work"
  };
  std::optional<Site> site;
  std::optional<OrderTerms> terms;
  std::optional<Reason> reason;
  std::optional<Holds> holds;
  std::optional<Offer> offer;
  std::optional<Note> note;
  std::optional<Agenda> agenda;
  std::optional<Work> work;
};

/// Values that no state could accept, as fields of the body.
void check(const Command&, std::vector<FieldError>& errors);
/// Nothing when the command would be refused anyway: no claim is taken in vain.
[[nodiscard]] Wants wants(const Order&, const Command&, const WorkOrderPolicy&, const Context&);
/// Guards in the order: not visible (not_found), not allowed (forbidden), state (conflict).
/// Conflicts are named after the state that refuses (`order_is_closed`) or the rule
/// (`offer_expired`, `offered_to_another`, `outside_geofence`, `too_late_to_cancel` …).
/// docs/states/work_order.md lists them for every state and command.
[[nodiscard]] Decision<Event> decide(const Order&, const Command&, const Facts&, const Context&);

/// The time that whoever gets the order next keeps, when none is named: of a plan until it is over,
/// of an offer until it begins. None: the technician's agenda decides.
[[nodiscard]] std::optional<Window> kept_slot(const Order&, Timestamp now);
/// The client's windows that this time must still lie in: none while its plan holds, for then it
/// was held against them when it was made.
[[nodiscard]] std::vector<Window> windows_of_kept(const Order&);

/// The new visit's id: the same for every run of a command.
[[nodiscard]] Id visit_id(const Order&, const Context&);

}  // namespace mf::work_order
