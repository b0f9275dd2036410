#pragma once
// The one description of every struct of the order: drives stored JSON, request bodies and schemas.
// Only codec files and tests include it.
#include <array>
#include <boost/describe.hpp>

#include "actors/work_order/work_order_commands.hpp"
#include "actors/work_order/work_order_events.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Skill, (), (skill, level))
BOOST_DESCRIBE_STRUCT(Window, (), (from, to))
}  // namespace mf

namespace mf {
BOOST_DESCRIBE_ENUM(Viewpoint, staff, technician, client, former)
}

namespace mf::work_order {

BOOST_DESCRIBE_ENUM(Status, NEW, TRIAGED, SCHEDULED, ASSIGNED, ACCEPTED, EN_ROUTE, ON_SITE,
                    IN_PROGRESS, PAUSED, COMPLETED, APPROVAL_REQUIRED, CLOSED, FAILED, CANCELLED,
                    REJECTED)
BOOST_DESCRIBE_ENUM(VisitStatus, offered, accepted, traveling, on_site, working, paused, done,
                    partial, failed, declined, expired, revoked, cancelled)
BOOST_DESCRIBE_ENUM(Visibility, internal, client)
BOOST_DESCRIBE_ENUM(Relation, reopened, follow_up)
BOOST_DESCRIBE_ENUM(Flag, override_used, out_of_geofence, late_report, time_over_limit,
                    approval_by_type, arrival_unverified, escalated, plan_broken,
                    possible_duplicate, clock_corrected)
BOOST_DESCRIBE_ENUM(Told, nothing, at_risk, breached)
BOOST_DESCRIBE_ENUM(ClockName, respond, arrive, resolve)

// State
BOOST_DESCRIBE_STRUCT(SlaClock, (), (limit_ms, due, met_at, told, wait, waited_ms))
BOOST_DESCRIBE_STRUCT(Sla, (), (respond, arrive, resolve, held_since, held))
BOOST_DESCRIBE_STRUCT(Plan, (), (technician, name, token))
BOOST_DESCRIBE_STRUCT(Eta, (), (at, told_at, times))
BOOST_DESCRIBE_STRUCT(TimeEntry, (), (from, to))
BOOST_DESCRIBE_STRUCT(Visit, (),
                      (id, status, technician, name, first_name, account, slot, assigned_at,
                       last_at, offer_expires_at, accepted_at, departed_at, arrived_at, ended_at,
                       agenda_token, travel_token, work_token, time, end_code, clock_offset_ms,
                       offer_left_ms, eta, at_site_at))
BOOST_DESCRIBE_STRUCT(Completion, (), (note, signature, signature_refusal_reason))
BOOST_DESCRIBE_STRUCT(TimeEdit, (), (visit, entry, from, to, by, justification, at))
BOOST_DESCRIBE_STRUCT(Refusal, (), (technician, at, reason, from))
BOOST_DESCRIBE_STRUCT(Refusals, (), (refused))
BOOST_DESCRIBE_STRUCT(Link, (), (relation, order))
BOOST_DESCRIBE_STRUCT(Order, (Refusals),
                      (status, code, title, description, type, type_name, priority,
                       requested_priority, priority_chosen, client, site, zone, lat, lon,
                       client_name, site_name, address, neighbourhood, created_at, updated_at,
                       created_by, tracking_hash, tracking_generation, duration_ms, skills, windows,
                       slot, slot_needed, is_slot_forced, window_confirmed_at, tags, sla, plan,
                       visits, flags, reason, completed_at, close_at, ended_at, offers_lost,
                       comments, signature_needed, approval_needed, is_pinned, rating, time_edit,
                       parent, successor, remark, parts, completion, twin))

/// In stored states, with the key of the order's client: who it is, and where it lives.
constexpr auto sealed_members(const Order*) {
  return std::array{"lat", "lon", "client_name", "site_name", "address", "neighbourhood"};
}

// Commands
BOOST_DESCRIBE_STRUCT(Create, (),
                      (id, type, client, site, title, description, priority, windows, skills,
                       duration_ms, tags))
BOOST_DESCRIBE_STRUCT(OpenLinked, (),
                      (parent, relation, type, client, site, title, description, priority, skills,
                       duration_ms, tags))
BOOST_DESCRIBE_STRUCT(Reject, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Triage, (),
                      (type, priority, duration_ms, skills, windows, confirmed_distinct))
BOOST_DESCRIBE_STRUCT(Schedule, (), (from, to, technician, override_, reason))
BOOST_DESCRIBE_STRUCT(Assign, (), (technician, from, to, override_, reason))
BOOST_DESCRIBE_STRUCT(Reassign, (Assign), ())
BOOST_DESCRIBE_STRUCT(Accept, (), ())
BOOST_DESCRIBE_STRUCT(Decline, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Unassign, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Depart, (), ())
BOOST_DESCRIBE_STRUCT(Arrive, (), (lat, lon, confirmed))
BOOST_DESCRIBE_STRUCT(Start, (), ())
BOOST_DESCRIBE_STRUCT(Pause, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Resume, (), ())
BOOST_DESCRIBE_STRUCT(FollowUp, (), (reason, note, parts))
BOOST_DESCRIBE_STRUCT(Complete, (), (note, signature, signature_refusal_reason))
BOOST_DESCRIBE_STRUCT(Fail, (), (reason, note))
BOOST_DESCRIBE_STRUCT(RequestApproval, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Approve, (), (note))
BOOST_DESCRIBE_STRUCT(Return, (), (remark))
BOOST_DESCRIBE_STRUCT(Retry, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Cancel, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Reopen, (), (reason, note, override_))
BOOST_DESCRIBE_STRUCT(Comment, (), (text, visibility))
BOOST_DESCRIBE_STRUCT(SetPriority, (), (priority, reason))
BOOST_DESCRIBE_STRUCT(Edit, (), (title, description, windows, skills, duration_ms, tags))
BOOST_DESCRIBE_STRUCT(Pin, (), (reason))
BOOST_DESCRIBE_STRUCT(Unpin, (), (reason))
BOOST_DESCRIBE_STRUCT(RefuseProposal, (), (technician, reason, note, from))
BOOST_DESCRIBE_STRUCT(WithdrawTracking, (), ())
BOOST_DESCRIBE_STRUCT(ConfirmWindow, (), ())
BOOST_DESCRIBE_STRUCT(Reschedule, (), (windows, note))
BOOST_DESCRIBE_STRUCT(Rate, (), (rating, text))
BOOST_DESCRIBE_STRUCT(RequestTimeEdit, (), (visit, entry, from, to))
BOOST_DESCRIBE_STRUCT(EditTime, (), (visit, entry, from, to, refuse))
BOOST_DESCRIBE_STRUCT(Revoke, (), (technician, code))
BOOST_DESCRIBE_STRUCT(Recheck, (), (technician))
BOOST_DESCRIBE_STRUCT(RefreshContact, (), (site))
BOOST_DESCRIBE_STRUCT(TwinEnded, (), (twin, next))
BOOST_DESCRIBE_STRUCT(Estimate, (), (visit, eta))
BOOST_DESCRIBE_STRUCT(ReachSite, (), (visit, lat, lon, at))
BOOST_DESCRIBE_STRUCT(OfferExpiry, (), ())
BOOST_DESCRIBE_STRUCT(SlaCheck, (), ())
BOOST_DESCRIBE_STRUCT(AutoClose, (), ())

BOOST_DESCRIBE_STRUCT(ReasonFact, (), (holds_clock))
BOOST_DESCRIBE_STRUCT(SiteFact, (),
                      (client, site, zone, lat, lon, active, client_name, site_name, address,
                       neighbourhood))
BOOST_DESCRIBE_STRUCT(Noted, (), (twin, site))

// Events
BOOST_DESCRIBE_STRUCT(SlaLimits, (), (respond_ms, arrive_ms, resolve_ms))
BOOST_DESCRIBE_STRUCT(HeldClaim, (), (technician, token))
BOOST_DESCRIBE_STRUCT(Created, (),
                      (code, type, type_name, title, description, priority, requested_priority,
                       client, site, zone, lat, lon, duration_ms, skills, windows, tags, sla,
                       signature_needed, approval_needed, created_by, tracking_hash, parent, twin,
                       client_name, site_name, address, neighbourhood, priority_chosen))
BOOST_DESCRIBE_STRUCT(Rejected, (), (reason, note, noted_by))
BOOST_DESCRIBE_STRUCT(Triaged, (),
                      (automatic, type, type_name, priority, duration_ms, skills, windows, sla,
                       signature_needed, approval_needed))
BOOST_DESCRIBE_STRUCT(Scheduled, (), (from, to, plan, override_, reason, released))
BOOST_DESCRIBE_STRUCT(Assignment, (),
                      (visit, technician, name, first_name, account, from, to, token,
                       offer_expires_at, override_, reason, released, offer_left_ms))
BOOST_DESCRIBE_STRUCT(Assigned, (Assignment), ())
BOOST_DESCRIBE_STRUCT(Reassigned, (Assignment), (previous_visit, previous_technician))
BOOST_DESCRIBE_STRUCT(Accepted, (), (visit, technician, at, late))
BOOST_DESCRIBE_STRUCT(Declined, (), (visit, technician, reason, note, at, late, released))
BOOST_DESCRIBE_STRUCT(Revoked, (), (visit, technician, code, reason, note, released))
BOOST_DESCRIBE_STRUCT(PlanBroken, (), (visit, technician, code))
BOOST_DESCRIBE_STRUCT(PlanRestored, (), (visit, technician))
BOOST_DESCRIBE_STRUCT(SlotChanged, (),
                      (visit, technician, from, to, token, released, override_, reason))
BOOST_DESCRIBE_STRUCT(Expired, (), (visit, technician, released))
BOOST_DESCRIBE_STRUCT(OfferChanged, (), (visit, technician, offer_expires_at, offer_left_ms))
BOOST_DESCRIBE_STRUCT(Escalated, (), (offers))
BOOST_DESCRIBE_STRUCT(TravelStarted, (), (visit, technician, token, at, late))
BOOST_DESCRIBE_STRUCT(Arrived, (),
                      (visit, technician, at, late, distance_m, out_of_geofence, unverified,
                       released))
BOOST_DESCRIBE_STRUCT(WorkStarted, (), (visit, technician, token, at, late))
BOOST_DESCRIBE_STRUCT(WorkPaused, (),
                      (visit, technician, reason, note, at, late, holds_clocks, released))
BOOST_DESCRIBE_STRUCT(WorkResumed, (), (visit, technician, token, at, late))
BOOST_DESCRIBE_STRUCT(FollowUpRequired, (),
                      (visit, technician, reason, note, parts, at, late, released))
BOOST_DESCRIBE_STRUCT(WorkCompleted, (),
                      (visit, technician, client, note, signature, signature_refusal_reason, at,
                       late, close_at, released))
BOOST_DESCRIBE_STRUCT(WorkFailed, (),
                      (visit, technician, reason, note, at, late, holds_clocks, released))
BOOST_DESCRIBE_STRUCT(ApprovalRequested, (), (automatic, rules, reason, note))
BOOST_DESCRIBE_STRUCT(Closed, (), (automatic, note, noted_by))
BOOST_DESCRIBE_STRUCT(Returned, (), (remark, technician))
BOOST_DESCRIBE_STRUCT(Retried, (), (reason, note))
BOOST_DESCRIBE_STRUCT(Cancelled, (),
                      (reason, note, by_client, visit, technician, released, noted_by))
BOOST_DESCRIBE_STRUCT(Reopened, (),
                      (order, reason, note, override_, type, client, site, title, description,
                       priority, skills, duration_ms, tags))
BOOST_DESCRIBE_STRUCT(Commented, (), (comment, text, visibility, author, author_as))
BOOST_DESCRIBE_STRUCT(PriorityChanged, (), (from, to, sla, reason))
BOOST_DESCRIBE_STRUCT(Edited, (), (title, description, windows, skills, duration_ms, tags))
BOOST_DESCRIBE_STRUCT(Pinned, (), (reason))
BOOST_DESCRIBE_STRUCT(Unpinned, (), (reason))
BOOST_DESCRIBE_STRUCT(ProposalRefused, (), (technician, reason, note, from))
BOOST_DESCRIBE_STRUCT(TrackingWithdrawn, (), (generation, tracking_hash))
BOOST_DESCRIBE_STRUCT(WindowConfirmed, (), (from, to))
BOOST_DESCRIBE_STRUCT(Rescheduled, (), (windows, note))
BOOST_DESCRIBE_STRUCT(Rated, (), (rating, text))
BOOST_DESCRIBE_STRUCT(TimeEditRequested, (), (visit, entry, from, to, technician, justification))
BOOST_DESCRIBE_STRUCT(TimeEdited, (),
                      (visit, entry, from, to, before, requested, justification, technician))
BOOST_DESCRIBE_STRUCT(TimeEditRefused, (), (visit, entry, technician))
BOOST_DESCRIBE_STRUCT(ContactChanged, (),
                      (client, client_name, site_name, address, neighbourhood, lat, lon, zone))
BOOST_DESCRIBE_STRUCT(TwinChanged, (), (twin, ended))
BOOST_DESCRIBE_STRUCT(EtaChanged, (), (visit, technician, eta, before, breaks_window))
BOOST_DESCRIBE_STRUCT(ArrivalProposed, (), (visit, technician, at, distance_m))
BOOST_DESCRIBE_STRUCT(SlaAtRisk, (), (clock, due))
BOOST_DESCRIBE_STRUCT(SlaBreached, (), (clock, due))

}  // namespace mf::work_order
