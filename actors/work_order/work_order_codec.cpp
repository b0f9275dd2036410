#include "actors/work_order/work_order_codec.hpp"

#include <map>

#include "actors/entity/claims.hpp"
#include "actors/entity/index_keys.hpp"
#include "actors/entity/skills_json.hpp"
#include "actors/entity/typed_kind.hpp"
#include "actors/work_order/work_order_asked_fields.hpp"
#include "actors/work_order/work_order_fields.hpp"
#include "actors/work_order/work_order_views.hpp"
#include "base/json_member.hpp"

namespace mf::work_order {
namespace {

using namespace mf::entity;
using namespace asked;

constexpr std::string_view site_need = "site", terms_need = "terms", agenda_need = "agenda",
                           work_need = "work", reason_need = "reason", holds_need = "holds",
                           noted_need = "noted", offer_need = "offer";

Need fact(std::string_view name, EntityRef target, std::string query, std::string body) {
  return {Need::Type::fact, std::string(name), std::move(target),
          std::move(query), std::move(body),   {}};
}
Need claim(std::string_view name, EntityRef target, std::string verb, std::string body,
           std::string token) {
  return {Need::Type::claim, std::string(name), std::move(target),
          std::move(verb),   std::move(body),   std::move(token)};
}

std::vector<Need> needs_of(const Wants& wants, const Order& order) {
  std::vector<Need> needs;
  if (const auto& w = wants.site)
    needs.push_back(fact(site_need, {EntityKind::client, w->client}, "site",
                         json::to_text(SiteQuery{w->site})));
  if (const auto& w = wants.terms)
    needs.push_back(fact(terms_need, catalogue_ref, "order_terms",
                         json::to_text(TermsQuery{w->type, w->priority, w->is_new})));
  if (const auto& w = wants.reason)
    needs.push_back(
        fact(reason_need, catalogue_ref, "reason", json::to_text(ReasonQuery{w->verb, w->code})));
  if (const auto& w = wants.holds)
    needs.push_back(fact(
        holds_need, {EntityKind::technician, w->technician}, "visit_holds",
        json::to_text(VisitQuery{order.zone, w->skills, w->windows, w->slot.from, w->slot.to})));
  if (const auto& w = wants.offer)
    needs.push_back(fact(offer_need, {EntityKind::technician, w->technician}, "claim",
                         json::to_text(OfferQuery{w->token})));
  if (const auto& w = wants.note)
    needs.push_back(claim(
        noted_need, {EntityKind::client, w->client}, "note_order",
        json::to_text(NoteClaim{w->token, order.id, w->site, w->type, w->by_client}), w->token));
  if (const auto& w = wants.agenda) {
    AgendaClaim body{.token = w->token,
                     .order = order.id,
                     .visit = w->visit,
                     .zone = order.zone,
                     .skills = w->skills,
                     .windows = w->windows,
                     .duration_ms = w->duration,
                     .from = w->from,
                     .offer_ms = {},
                     .override_ = w->override_,
                     .reason = w->reason,
                     .seen_zones = w->seen_zones};
    if (w->offer > Duration{0}) body.offer_ms = w->offer;
    needs.push_back(claim(agenda_need, {EntityKind::technician, w->technician}, "claim_agenda",
                          json::to_text(body), w->token));
  }
  if (const auto& w = wants.work)
    needs.push_back(claim(work_need, {EntityKind::technician, w->technician}, "claim_work",
                          json::to_text(WorkClaim{w->token, order.id, w->visit, w->purpose}),
                          w->token));
  return needs;
}

/// What another entity of ours says is well-formed; anything else is a broken invariant.
template <class T>
T parsed_answer(const std::string& text) {
  auto value = json::from_stored<T>(text);
  MF_ASSERT(value.has_value(), "an answer that is not what was asked for");
  return std::move(*value);
}

Terms terms_of(TermsAnswer a) {
  const auto& evidence = a.type.required_evidence;
  return {.type = a.type.id,
          .type_name = a.type.name,
          .duration = a.type.duration_ms,
          .skills = std::move(a.type.skills),
          .priority = a.policy.priority,
          .is_auto_triage = a.type.auto_triage,
          .is_approval_needed = a.type.approval,
          .is_signature_needed = std::ranges::find(evidence, "signature") != evidence.end(),
          .limits = {a.policy.respond_ms, a.policy.arrive_ms, a.policy.resolve_ms},
          .disabled_zones = std::move(a.disabled_zones)};
}

/// There are few of them, and each is asked for again and again.
Terms terms_in(const std::string& text) {
  constexpr std::size_t remembered_max = 256;
  thread_local std::map<std::string, Terms> remembered;
  if (const auto known = remembered.find(text); known != remembered.end()) return known->second;
  if (remembered.size() >= remembered_max) remembered.clear();
  return remembered.emplace(text, terms_of(parsed_answer<TermsAnswer>(text))).first->second;
}

/// A client that does not exist is a client that is not visible; so is an unknown technician, but
/// that one is a field of the request.
Rejection in_our_words(const Answer& answer) {
  const auto& no = answer.value.error();
  if (answer.name == agenda_need && no.kind == RejectionKind::not_found)
    return refuse_field("technician", "unknown_technician", "there is no such technician"_en)
        .error();
  return no;
}

Facts facts_of(const Answers& answers, const WorkOrderPolicy& policy) {
  Facts facts{policy};
  for (const auto& answer : answers) {
    const auto take = [&](auto& into, auto&& read) {
      if (answer.value) into = read(*answer.value);
      else into = std::unexpected(in_our_words(answer));
    };
    if (answer.name == site_need) {
      take(facts.site, parsed_answer<SiteFact>);
    } else if (answer.name == terms_need) {
      take(facts.terms, terms_in);
    } else if (answer.name == agenda_need) {
      take(facts.agenda, [](auto& text) {
        auto a = parsed_answer<GrantAnswer>(text);
        return Grant{
            a.name, a.first_name, a.account, {a.from, a.to}, {a.offer_expires_at, a.offer_left_ms}};
      });
    } else if (answer.name == reason_need) {
      take(facts.reason, parsed_answer<ReasonFact>);
    } else if (answer.name == holds_need) {
      take(facts.holds, [](auto&) { return true; });
    } else if (answer.name == offer_need) {
      take(facts.offer, [](auto& text) {
        const auto a = parsed_answer<GrantAnswer>(text);
        return OfferTime{a.offer_expires_at, a.offer_left_ms};
      });
    } else if (answer.name == noted_need) {
      take(facts.noted, parsed_answer<Noted>);
    } else if (answer.name == work_need) {
      take(facts.work, [](auto&) { return true; });
    }
  }
  return facts;
}

Reaction reaction(const Id&, const ReleaseClaim& c) {
  std::string body = "{\"token\":";
  json::append_quoted(body, c.token);
  return {{EntityKind::technician, c.technician}, "release_claim", body + '}'};
}
Reaction reaction(const Id& parent, const OpenNew& c) {
  const auto& e = c.from;
  return {{EntityKind::work_order, c.order},
          "open_linked",
          json::to_text(OpenLinked{parent, Relation::reopened, e.type, e.client, e.site, e.title,
                                   e.description, e.priority, e.skills, e.duration_ms, e.tags})};
}

Reaction of_client(const Id& client, const Id& order, std::string verb) {
  std::string body = "{\"order\":";
  json::append_quoted(body, order);
  return {{EntityKind::client, client}, std::move(verb), body + '}'};
}
Reaction reaction(const Id& order, const Forget& c) {
  return of_client(c.client, order, "forget_order");
}
Reaction reaction(const Id& order, const Settle& c) {
  return of_client(c.client, order, "settle_order");
}

Reaction reaction(const Id& order, const JudgePlan&) {
  return {{EntityKind::work_order, order}, "recheck", "{}"};
}

/// What the agenda shows of a visit while it is alive, or of a plan: to whom the order is open.
std::expected<std::string, Rejection> agenda_row(const Order& order, std::string_view visit,
                                                 const Principal& by) {
  const auto* current = alive(order);
  const bool is_current = visit.empty() ? order.plan.has_value() : current && current->id == visit;
  const auto as = viewpoint_of(order, by);
  if (!is_current || (as != Viewpoint::staff && as != Viewpoint::technician)) return hide();
  return row_of(order, {*as, by});
}

struct Traits : KindDefaults {
  using State = Order;
  using Command = work_order::Command;
  using Event = work_order::Event;
  static constexpr EntityKind kind = EntityKind::work_order;
  static constexpr bool keeps_personal_data = true;
  static constexpr std::tuple verbs{
      Verb<Create>{"create"},
      Verb<Reject>{"reject", "Refuse a new order"},
      Verb<Triage>{"triage", "Make a new order ready to be planned"},
      Verb<Schedule>{"schedule", "Plan when it is done, and by whom"},
      Verb<Assign>{"assign", "Offer the order to a technician"},
      Verb<Reassign>{"reassign", "Give the visit to another technician, or another time"},
      Verb<Accept>{"accept", "Accept the offered visit"},
      Verb<Decline>{"decline", "Decline the offered visit"},
      Verb<Unassign>{"unassign", "Take the visit back"},
      Verb<Depart>{"depart", "Set out to the site"},
      Verb<Arrive>{"arrive", "Be at the site"},
      Verb<Start>{"start", "Begin the work"},
      Verb<Pause>{"pause", "Interrupt the work"},
      Verb<Resume>{"resume", "Go on with the work"},
      Verb<FollowUp>{"follow_up", "End the visit: another one is needed"},
      Verb<Complete>{"complete", "Finish the work"},
      Verb<Fail>{"fail", "End the visit without success"},
      Verb<RequestApproval>{"request_approval", "Have a supervisor look at finished work"},
      Verb<Approve>{"approve", "Close finished work"},
      Verb<Return>{"return", "Send finished work back"},
      Verb<Retry>{"retry", "Plan a failed order again"},
      Verb<Cancel>{"cancel", "Cancel the order"},
      Verb<Reopen>{"reopen", "Make a new order of one that has ended"},
      Verb<Comment>{"comment", "Write a comment"},
      Verb<SetPriority>{"set_priority", "Change the priority"},
      Verb<Edit>{"edit"},
      Verb<Pin>{"pin", "Keep planners from moving it"},
      Verb<Unpin>{"unpin", "Let planners move it again"},
      Verb<RefuseProposal>{"refuse_proposal",
                           "Not this technician for it today, whatever the dispatcher proposes"},
      Verb<WithdrawTracking>{"withdraw_tracking", "End the tracking link, and make a new one"},
      Verb<ConfirmWindow>{"confirm_window", "Agree to the planned time"},
      Verb<Reschedule>{"reschedule", "Ask for other times"},
      Verb<Rate>{"rate", "Rate the work"},
      Verb<RequestTimeEdit>{"request_time_edit", "Ask for a change of recorded time"},
      Verb<EditTime>{"edit_time", "Grant, refuse or make a change of recorded time"},
      Verb<OpenLinked>{"open_linked", Audience::system},
      Verb<Revoke>{"revoke", Audience::system},
      Verb<Recheck>{"recheck", Audience::system},
      Verb<RefreshContact>{"refresh_contact", Audience::system},
      Verb<TwinEnded>{"twin_ended", Audience::system},
      Verb<Estimate>{"estimate", Audience::system},
      Verb<ReachSite>{"reach_site", Audience::system},
      Verb<OfferExpiry>{"offer_expiry", Audience::system},
      Verb<SlaCheck>{"sla_check", Audience::system},
      Verb<AutoClose>{"auto_close", Audience::system}};
  static constexpr std::tuple events{EventType<Created>{"order.created"},
                                     EventType<Rejected>{"order.rejected"},
                                     EventType<Triaged>{"order.triaged"},
                                     EventType<Scheduled>{"order.scheduled"},
                                     EventType<Assigned>{"assignment.created"},
                                     EventType<Accepted>{"assignment.accepted"},
                                     EventType<Declined>{"assignment.declined"},
                                     EventType<Revoked>{"assignment.revoked"},
                                     EventType<PlanBroken>{"order.plan_broken"},
                                     EventType<PlanRestored>{"order.plan_restored"},
                                     EventType<SlotChanged>{"assignment.slot_changed"},
                                     EventType<Expired>{"assignment.expired"},
                                     EventType<OfferChanged>{"assignment.offer_changed"},
                                     EventType<Escalated>{"order.escalated"},
                                     EventType<Reassigned>{"assignment.reassigned"},
                                     EventType<TravelStarted>{"tracking.travel_started"},
                                     EventType<Arrived>{"tracking.arrived"},
                                     EventType<WorkStarted>{"tracking.work_started"},
                                     EventType<WorkPaused>{"tracking.work_paused"},
                                     EventType<WorkResumed>{"tracking.work_resumed"},
                                     EventType<FollowUpRequired>{"order.followup_required"},
                                     EventType<WorkCompleted>{"tracking.work_completed"},
                                     EventType<WorkFailed>{"tracking.work_failed"},
                                     EventType<ApprovalRequested>{"order.approval_requested"},
                                     EventType<Closed>{"order.closed"},
                                     EventType<Returned>{"order.returned"},
                                     EventType<Retried>{"order.retried"},
                                     EventType<Cancelled>{"order.cancelled"},
                                     EventType<Reopened>{"order.reopened"},
                                     EventType<Commented>{"order.commented"},
                                     EventType<PriorityChanged>{"order.priority_changed"},
                                     EventType<Edited>{"order.edited"},
                                     EventType<Pinned>{"order.pinned"},
                                     EventType<Unpinned>{"order.unpinned"},
                                     EventType<ProposalRefused>{"order.proposal_refused"},
                                     EventType<TrackingWithdrawn>{"order.tracking_withdrawn"},
                                     EventType<WindowConfirmed>{"order.window_confirmed"},
                                     EventType<Rescheduled>{"order.rescheduled"},
                                     EventType<Rated>{"order.rated"},
                                     EventType<TimeEditRequested>{"tracking.time_edit_requested"},
                                     EventType<TimeEdited>{"tracking.time_edited"},
                                     EventType<TimeEditRefused>{"tracking.time_edit_refused"},
                                     EventType<ContactChanged>{"order.contact_changed"},
                                     EventType<TwinChanged>{"order.twin_changed"},
                                     EventType<EtaChanged>{"tracking.eta_changed"},
                                     EventType<ArrivalProposed>{"tracking.arrival_proposed"},
                                     EventType<SlaAtRisk>{"order.sla_at_risk"},
                                     EventType<SlaBreached>{"order.sla_breached"}};

  WorkOrderPolicy policy;

  static bool exists(const Order& order) { return work_order::exists(order); }
  static std::string status(const Order& order) {
    return exists(order) ? std::string(json::enum_name(order.status)) : std::string{};
  }

  /// The steps of a visit, which must_hold_visit() guards.
  static std::optional<FieldError> refuses_on_behalf(std::string_view verb) {
    constexpr std::string_view steps[] = {"accept", "decline", "depart",    "arrive",   "start",
                                          "pause",  "resume",  "follow_up", "complete", "fail"};
    if (std::ranges::find(steps, verb) != std::end(steps)) return {};
    return FieldError{"on_behalf_of", "not_allowed",
                      "only steps of a visit are done for somebody else"_en};
  }

  static void prepare(nlohmann::json& body) { expand_skills(body); }
  static void check(const auto& command, std::vector<FieldError>& errors) {
    work_order::check(command, errors);
  }
  /// Windows are kept ascending, and as one where they touch.
  static void parsed(auto& command) {
    if constexpr (requires { command.windows.value; })
      command.windows.value = joined(std::move(command.windows.value));
    else if constexpr (requires { command.windows; })
      command.windows = joined(std::move(command.windows));
  }
  std::vector<Need> needs(const Order& order, const Command& command,
                          const Context& context) const {
    return needs_of(wants(order, command, policy, context), order);
  }
  Decision<Event> decide(const Order& order, const Command& command, const Answers& answers,
                         const Context& context) const {
    return work_order::decide(order, command, facts_of(answers, policy), context);
  }
  static void apply(Order& order, const Event& event, const Context& context) {
    work_order::apply(order, event, context);
  }
  static std::vector<Deadline> deadlines(const Order& order) {
    return work_order::deadlines(order);
  }
  static std::vector<Reaction> react(std::string_view id, const Event& event) {
    std::vector<Reaction> result;
    for (const auto& consequence : work_order::react(event))
      result.push_back(std::visit([&](const auto& c) { return reaction(Id(id), c); }, consequence));
    return result;
  }

  /// Views into the order.
  static entity::OrderKeys keys_of(const Order& order) {
    const auto status = json::enum_name(order.status);
    const auto* visit = shown_visit(order);
    const auto& resolve = order.sla.resolve;
    const bool is_running =
        resolve.limit_ms > Duration{0} && !resolve.met_at && !order.sla.held_since;
    return {.status = status,
            .zone = order.zone,
            .client = order.client,
            .technician = visit ? std::string_view(visit->technician) : std::string_view{},
            .priority = order.priority,
            .is_open = is_open(order.status),
            .created_at = order.created_at,
            .due = is_running ? std::optional(resolve.due) : std::nullopt,
            .type = order.type,
            .code = order.code,
            .title = order.title,
            .description = order.description,
            .tags = order.tags};
  }
  static std::vector<IndexEntry> index(const Order& order) {
    return entity::order_entries(keys_of(order));
  }
  static std::vector<IndexEntry> index_without_words(const Order& order) {
    return entity::order_entries(keys_of(order), entity::Words::left_out);
  }
  static bool has_same_index(const Order& a, const Order& b) { return keys_of(a) == keys_of(b); }
  static bool has_same_words(const Order& a, const Order& b) {
    return entity::has_same_words(keys_of(a), keys_of(b));
  }
  static std::string counter(const Order& order) { return order.zone + "|" + status(order); }
  static Concerns concerns(const Order& order) {
    const auto* visit = shown_visit(order);
    return {.zone = order.zone,
            .client = order.client,
            .technician = visit ? visit->technician : Id{},
            .is_open = exists(order) && is_open(order.status)};
  }

  static std::optional<Viewpoint> viewpoint(const Order& order, const Principal& by) {
    return viewpoint_of(order, by);
  }
  std::string view(const Order& order, const Viewer& as) const {
    return view_of(order, as, policy);
  }
  static std::string row(const Order& order, const Viewer& as) { return row_of(order, as); }
  static std::optional<std::string> event_view(const Event& event, const Viewer& as) {
    return view_of(event, as);
  }
  static std::vector<Shown> shown() {
    auto forms = forms_of_orders();
    std::apply(
        [&](const auto&... row) {
          (forms.push_back(
               without_secrets(json::shown<typename std::remove_cvref_t<decltype(row)>::Type>(
                   Shown::Use::event, std::string(row.name)))),
           ...);
        },
        events);
    return forms;
  }

  std::expected<std::string, Rejection> answer(const Order& order, std::string_view query,
                                               std::string_view body_json, const Principal& by,
                                               Timestamp now) const {
    if (!exists(order)) return hide();
    const auto body = query_body(body_json);
    if (query == "claim_in_use" && by.is_system())
      return holds_claim(order, text_member(body, "token")) ? "{\"used\":true}"
                                                            : "{\"used\":false}";
    if (query == "slot_wanted" && by.is_system()) {
      const auto kept = kept_slot(order, now);
      return json::to_text(
          kept ? SlotAnswer{kept->from, kept->to - kept->from, windows_of_kept(order)}
               : SlotAnswer{{}, order.duration_ms, order.windows});
    }
    if (query == "agenda_row") return agenda_row(order, text_member(body, "visit"), by);
    if (query == "track") {
      const auto end = tracking_ends_at(order, policy);
      if (order.tracking_hash.empty() || text_member(body, "secret_hash") != order.tracking_hash ||
          (end && now > *end))
        return hide();
      return link_view_of(order, policy);
    }
    if (query == "link_view" && by.tracked_order == order.id) return link_view_of(order, policy);
    return hide();
  }

  /// Personal members are sealed with the key of the order's client.
  static std::string subject(std::string_view id, const Event& event) {
    return std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.client; }) return e.client;
          else return std::string(id);
        },
        event);
  }
  static std::string stored_subject(std::string_view, std::string_view text) {
    return text_member(query_body(text), "client");
  }
  static std::string subject_of_state(const Order& order) { return order.client; }
};

}  // namespace

std::unique_ptr<Kind> make_work_order_kind(WorkOrderPolicy policy) {
  return std::make_unique<TypedKind<Traits>>(Traits{.policy = std::move(policy)});
}

}  // namespace mf::work_order
