#include "tests/domain/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

const Envelope for_ana{.on_behalf_of = ana.technician, .justification = "her phone is broken"};

// Row 1: create
TEST_CASE("work order: a client orders for an own site") {
  auto then = given().when(create_body(), clara);
  then.leads_to(Status::NEW).happens<Created>();
  CHECK(then.order().code == order_code(the_order));
  CHECK(then.order().client == the_client);
  CHECK(then.order().zone == zone_a);
  CHECK(then.order().duration_ms == 60min);
}
TEST_CASE("work order: an order for an unknown or foreign site looks like a missing one") {
  auto body = create_body();
  body.site = id_of("sit", 'Z');
  given().when(body, clara).is_hidden();
  given().when(create_body(), other_client).is_hidden();
  given().when(create_body(), foreign_supervisor).is_hidden();
}
TEST_CASE("work order: a client without service gets no new order") {
  given(with([](World& w) { w.site.active = false; }))
      .when(create_body(), clara).is_rejected("client_inactive");
}
TEST_CASE("work order: a client's priority is a wish, a supervisor's counts") {
  auto body = create_body();
  body.priority = 1;
  auto wished = given().when(body, clara);
  CHECK(wished.order().priority == 2);
  CHECK(wished.order().requested_priority == 1);
  auto decided = given().when(body, sofia);
  CHECK(decided.order().priority == 1);
  CHECK(decided.order().sla.resolve.limit_ms == 240min);
}
TEST_CASE("work order: clients don't plan skills, duration or tags") {
  auto body = create_body();
  body.duration_ms = 10min;
  given().when(body, clara).is_forbidden();
  given().when(body, sofia).leads_to(Status::NEW);
}
TEST_CASE("work order: who supervises elsewhere and is the client here orders as a client") {
  auto both = foreign_supervisor;
  both.roles.push_back(Role::client);
  both.client = the_client;
  given().when(create_body(), both).leads_to(Status::NEW);
  const auto with = [](auto change) {
    auto body = create_body();
    change(body);
    return body;
  };
  const Create bodies[] = {with([](Create& c) { c.priority = 1; }),
                           with([](Create& c) { c.duration_ms = 10min; }),
                           with([](Create& c) { c.skills = {{"antenna", 2}}; }),
                           with([](Create& c) { c.tags = {"vip"}; })};
  auto root_too = both;
  root_too.roles.push_back(Role::administrator);
  for (const auto& body : bodies) {
    given().when(body, both).is_forbidden();
    given().when(body, sofia).leads_to(Status::NEW);
    given().when(body, root_too).leads_to(Status::NEW);
  }
}
TEST_CASE("work order: creating the same again is the same, another one is refused") {
  auto other = create_body();
  other.fingerprint = "g";
  given(created()).when(create_body(), clara).is_rejected("already_exists_same");
  given(created()).when(other, clara).is_rejected("already_exists");
  given(created()).when(create_body(), sofia).is_rejected("already_exists");
}
TEST_CASE("work order: a type with automatic triage goes to the dispatch pool at once") {
  given(with([](World& w) { w.terms.is_auto_triage = true; }))
      .when(create_body(), clara).happens<Created>().happens<Triaged>().leads_to(Status::TRIAGED);
}

// The seeds' short flow: rows 1, 3, 5, 11, 15
TEST_CASE("work order: created, triaged, assigned, started, completed, without the optional steps") {
  auto then = given(created(), triaged(), assigned_to(ana), started()).when(Complete{}, ana);
  then.leads_to(Status::COMPLETED).happens<WorkCompleted>();
  CHECK(count_of<ApprovalRequested>(then.world) == 0);
  CHECK(then.world.held.empty());
}

// Rows 2–4
TEST_CASE("work order: only a new order is rejected, and its clocks stop") {
  auto then = given(created()).when(Reject{.reason = "out of area"}, sofia);
  then.leads_to(Status::REJECTED);
  CHECK(deadlines(then.order()).empty());
  given_in(Status::TRIAGED).when(Reject{.reason = "x"}, sofia).is_rejected("order_is_triaged");
}
TEST_CASE("work order: triage may correct priority, duration and skills") {
  auto then = given(created())
                  .when(Triage{.priority = 1, .duration_ms = 90min, .skills = {{"antenna", 2}}},
                        sofia);
  then.leads_to(Status::TRIAGED);
  CHECK(then.order().priority == 1);
  CHECK(then.order().duration_ms == 90min);
  CHECK(then.order().skills == std::vector<Skill>{{"antenna", 2}});
  CHECK(then.order().sla.respond.due == then.order().created_at + 15min);
}
TEST_CASE("work order: a slot outside the client's windows needs an override with a reason") {
  auto body = create_body();
  body.windows = {{start_time + 1h, start_time + 3h}};
  const auto later = start_time + 5h;
  const auto open = [&] { return given(does(clara, body), triaged()); };
  open().when(Schedule{.from = later}, sofia).is_rejected("outside_window");
  auto then = open().when(Schedule{.from = later, .override_ = true, .reason = "agreed"}, sofia);
  then.leads_to(Status::SCHEDULED);
  CHECK(then.order().flags == std::vector<Flag>{Flag::override_used});
  open().when(Schedule{.from = start_time + 1h}, sofia).leads_to(Status::SCHEDULED);
}
TEST_CASE("work order: a plan lies in the future") {
  given(created(), triaged()).when(Schedule{.from = start_time - 3h}, sofia)
      .refuses_field("from", "in_the_past");
}
TEST_CASE("work order: a plan with a technician holds the agenda until it is replaced") {
  auto then = given(created(), triaged(), scheduled());
  CHECK(then.world.held.size() == 1);
  then.when(Schedule{.from = start_time + 4h}, sofia).leads_to(Status::SCHEDULED);
  CHECK(then.world.held.empty());
}
TEST_CASE("work order: what the technician's agenda refuses is refused") {
  given(created(), triaged(),
        with([](World& w) { w.agenda_no = reject("agenda_overlap").error(); }))
      .when(assign_to(ana), sofia).is_rejected("agenda_overlap");
}

// Rows 5–8: offers
TEST_CASE("work order: assigning makes a visit with an offer that expires") {
  auto then = given(created(), triaged()).when(assign_to(ana), sofia);
  then.leads_to(Status::ASSIGNED);
  const auto& visit = then.order().visits.back();
  CHECK(visit.offer_expires_at == then.world.now + 5min);
  CHECK(then.order().sla.respond.met_at == then.world.now);
  CHECK(holds_claim(then.order(), *visit.agenda_token));
}
TEST_CASE("work order: assigning after a plan keeps the planned time") {
  auto then = given(created(), triaged(), scheduled()).when(assign_to(ana), sofia);
  then.leads_to(Status::ASSIGNED);
  CHECK(then.order().slot == Window{start_time + 2h, start_time + 3h});
  CHECK(then.world.held.size() == 1);
}
TEST_CASE("work order: whoever gets it, the planned time keeps its length and its confirmation") {
  const Window planned{start_time + 2h, start_time + 4h};  // the type's estimate is one hour
  const auto plan = Schedule{.from = planned.from, .to = planned.to, .technician = ana.technician};
  auto then = given(created(), triaged(), does(sofia, plan), does(clara, ConfirmWindow{}));
  const auto confirmed = then.order().window_confirmed_at;
  REQUIRE(confirmed);
  const auto is_kept = [&] {
    CHECK(then.order().slot == planned);
    CHECK(then.order().window_confirmed_at == confirmed);
  };
  then.when(plan, sofia);
  is_kept();
  then.when(assign_to(ana), sofia).leads_to(Status::ASSIGNED);
  is_kept();
  then.when(Reassign{assign_to(ben)}, sofia).leads_to(Status::ASSIGNED);
  is_kept();
  then.when(Accept{}, ben).when(Reassign{assign_to(ana)}, sofia).leads_to(Status::ASSIGNED);
  is_kept();
  CHECK(then.world.held.size() == 1);

  auto moved = then;
  moved.when(Reassign{{.technician = ben.technician, .from = start_time + 5h}}, sofia);
  CHECK(moved.order().slot == Window{start_time + 5h, start_time + 6h});
  CHECK_FALSE(moved.order().window_confirmed_at);

  then.when(Accept{}, ana).after(3h).when(Reassign{assign_to(ben)}, sofia);
  CHECK(then.order().slot == Window{then.world.now, then.world.now + 1h});
  CHECK_FALSE(then.order().window_confirmed_at);
}
TEST_CASE("work order: nobody is assigned to a time that is over") {
  const auto at = [](const Principal& who, Duration from) {
    return Assign{.technician = who.technician, .from = start_time + from};
  };
  given(created(), triaged()).when(at(ana, -1h), sofia).refuses_field("from", "in_the_past");
  given(created(), triaged()).when(at(ana, -50min), sofia).leads_to(Status::ASSIGNED);
  given_in(Status::ASSIGNED)
      .when(Reassign{at(ben, -1h)}, sofia)
      .refuses_field("from", "in_the_past");
  given_in(Status::IN_PROGRESS)
      .when(Reassign{at(ben, 1h)}, sofia)
      .is_rejected("order_is_in_progress");
}
TEST_CASE("work order: only the technician who got the offer may accept it") {
  auto then = given(created(), triaged(), assigned_to(ben), does(sofia, Unassign{.reason = "sick"}),
                    assigned_to(ana));
  then.when(Accept{}, ben).is_rejected("offered_to_another");
  then.when(Accept{}, ana).leads_to(Status::ACCEPTED);
}
TEST_CASE("work order: to a technician who never had it the order does not exist") {
  given_in(Status::ASSIGNED).when(Accept{}, ben).is_hidden();
}
TEST_CASE("work order: an accepted offer expires no more") {
  auto then = given_in(Status::ACCEPTED).after(10min);
  CHECK(count_of<Expired>(then.world) == 0);
}
TEST_CASE("work order: an offer nobody accepts goes back to the pool after five minutes") {
  auto then = given_in(Status::ASSIGNED).after(5min - 1ms);
  CHECK(then.order().status == Status::ASSIGNED);
  then.after(1ms);
  CHECK(then.order().status == Status::TRIAGED);
  CHECK(count_of<Expired>(then.world) == 1);
  CHECK(then.world.held.empty());
  then.when(Accept{}, ana).is_rejected("offer_expired");
}
TEST_CASE("work order: an expired offer does not restart the respond clock") {
  auto then = given_in(Status::ASSIGNED);
  const auto met = then.order().sla.respond.met_at;
  then.after(6min).when(assign_to(ben), sofia);
  CHECK(then.order().sla.respond.met_at == met);
}
TEST_CASE("work order: accepting in time counts although the message came late") {
  auto then = given_in(Status::ASSIGNED);
  const auto offered = std::chrono::duration_cast<Duration>(then.world.now - start_time);
  then.world.now += 8min;  // the timer has not come round yet
  auto late = then;
  late.when(Accept{}, ana).is_rejected("offer_expired");
  then.when(Accept{}, ana, {.said_at = offered + 2min}).leads_to(Status::ACCEPTED);
  CHECK(then.order().visits.back().accepted_at == start_time + offered + 2min);
}
TEST_CASE("work order: after three lost offers it is escalated, then the count starts anew") {
  auto then = given(created(), triaged());
  for (int i = 0; i < 3; ++i)
    then.when(assign_to(ana), sofia).when(Decline{.reason = "too far"}, ana)
        .leads_to(Status::TRIAGED);
  CHECK(count_of<Escalated>(then.world) == 1);
  CHECK(then.order().offers_lost == 0);
  then.when(assign_to(ana), sofia).after(5min);
  CHECK(count_of<Escalated>(then.world) == 1);
}
TEST_CASE("work order: offers lost before somebody set out or worked don't count any more") {
  const auto lose = [](Then& then) {
    then.when(assign_to(ana), sofia)
        .when(Decline{.reason = "too far"}, ana)
        .leads_to(Status::TRIAGED);
  };
  for (const Command& begin : {Command(Depart{}), Command(Start{})}) {
    auto then = given(created(), triaged());
    lose(then);
    lose(then);
    then.when(assign_to(ana), sofia).when(begin, ana);
    CHECK(then.order().offers_lost == 0);
    then.when(Fail{.reason = FailReason::unsafe}, ana).when(Retry{.reason = "again"}, sofia);
    lose(then);
    CHECK(count_of<Escalated>(then.world) == 0);
  }
}
TEST_CASE("work order: declining and unassigning give the agenda back") {
  auto declined = given_in(Status::ACCEPTED).when(Decline{.reason = "sick"}, ana);
  declined.leads_to(Status::TRIAGED).happens<Declined>();
  CHECK(declined.world.held.empty());
  auto unassigned = given_in(Status::ACCEPTED).when(Unassign{.reason = "sick"}, sofia);
  unassigned.leads_to(Status::TRIAGED).happens<Revoked>();
  CHECK(unassigned.world.held.empty());
}
TEST_CASE("work order: a technician who goes off loses offers and plans, not work that has begun") {
  const Revoke off{ana.technician, "technician_off"};
  for (const auto status : {Status::SCHEDULED, Status::ASSIGNED, Status::ACCEPTED}) {
    auto then = given_in(status).when(off, the_system);
    then.leads_to(Status::TRIAGED).happens<Revoked>();
    CHECK(then.world.held.empty());
    CHECK_FALSE(then.order().slot);
  }
  given_in(Status::EN_ROUTE).when(off, the_system).is_rejected("already_done");
  given_in(Status::ASSIGNED).when(Revoke{ben.technician, "technician_off"}, the_system)
      .is_rejected("already_done");
}
TEST_CASE("work order: reassigning goes to another technician, until work is in progress") {
  for (const auto status :
       {Status::ASSIGNED, Status::ACCEPTED, Status::EN_ROUTE, Status::ON_SITE}) {
    auto then = given_in(status).when(Reassign{assign_to(ben)}, sofia);
    then.leads_to(Status::ASSIGNED);
    CHECK(then.event<Reassigned>().previous_technician == ana.technician);
    CHECK(alive(then.order())->technician == ben.technician);
    CHECK(then.world.held.size() == 1);
    then.when(Start{}, ana).is_rejected("offered_to_another");
  }
  given_in(Status::ASSIGNED).when(Reassign{assign_to(ana)}, sofia)
      .is_rejected("already_assigned_to_technician");
  given_in(Status::IN_PROGRESS).when(Reassign{assign_to(ben)}, sofia)
      .is_rejected("order_is_in_progress");
}
TEST_CASE("work order: a refused reassignment changes nothing") {
  auto then = given_in(Status::ACCEPTED);
  then.world.agenda_no = reject("skill_missing").error();
  then.when(Reassign{assign_to(ben)}, sofia).is_rejected("skill_missing");
  CHECK(alive(then.order())->technician == ana.technician);
}

// Rows 9–11: travel and arrival
TEST_CASE("work order: departing accepts, and claims the one travel") {
  auto then = given_in(Status::ASSIGNED).when(Depart{}, ana);
  then.leads_to(Status::EN_ROUTE);
  CHECK(then.order().visits.back().accepted_at == then.world.now);
  CHECK(then.world.held.size() == 2);
  CHECK(then.after(30min).order().status == Status::EN_ROUTE);
}
TEST_CASE("work order: a technician who travels to another order can't depart") {
  auto then = given_in(Status::ACCEPTED);
  then.world.work_no = reject("busy_with_another_order").error();
  then.when(Depart{}, ana).is_rejected("busy_with_another_order");
  then.when(Start{}, ana).is_rejected("busy_with_another_order");
}
TEST_CASE("work order: an expired offer can't be departed or started on") {
  auto then = given_in(Status::ASSIGNED);
  then.world.now += 6min;
  then.when(Depart{}, ana).is_rejected("offer_expired");
  then.when(Start{}, ana).is_rejected("offer_expired");
}
TEST_CASE("work order: arriving within the fence stops the arrival clock and ends the travel") {
  auto then = given_in(Status::EN_ROUTE).when(Arrive{.lat = 6.2443, .lon = -75.5812}, ana);
  then.leads_to(Status::ON_SITE);
  CHECK(then.event<Arrived>().distance_m == 11);  // 0.0001 degrees of latitude
  CHECK(then.order().sla.arrive.met_at == then.world.now);
  CHECK(then.order().flags.empty());
  CHECK(then.world.held.size() == 1);
}
TEST_CASE("work order: far from the site an arrival must be confirmed, and is flagged") {
  const Arrive far{.lat = 6.2542, .lon = -75.5812};
  given_in(Status::EN_ROUTE).when(far, ana).is_rejected("outside_geofence");
  auto then = given_in(Status::EN_ROUTE)
                  .when(Arrive{.lat = far.lat, .lon = far.lon, .confirmed = true}, ana);
  then.leads_to(Status::ON_SITE);
  CHECK(then.order().flags == std::vector<Flag>{Flag::out_of_geofence});
}
TEST_CASE("work order: an arrival without a position is flagged as unverified") {
  auto then = given_in(Status::EN_ROUTE).when(Arrive{}, ana);
  then.leads_to(Status::ON_SITE);
  CHECK(then.order().flags == std::vector<Flag>{Flag::arrival_unverified});
}
TEST_CASE("work order: starting without an arrival meets the arrival clock") {
  auto then = given_in(Status::ACCEPTED).when(Start{}, ana);
  then.leads_to(Status::IN_PROGRESS);
  CHECK(then.order().sla.arrive.met_at == then.world.now);
}

// Rows 12–15: work
TEST_CASE("work order: a pause closes the time entry, resuming opens the next") {
  auto then = given_in(Status::PAUSED);
  CHECK(then.world.held.size() == 1);
  then.after(30min).when(Resume{}, ana).leads_to(Status::IN_PROGRESS);
  CHECK(then.world.held.size() == 2);
  CHECK(then.order().visits.back().time.size() == 2);
  CHECK(worked(then.order().visits.back(), then.world.now) == 1min);
}
TEST_CASE("work order: a follow-up ends the visit in part and asks for another") {
  for (const auto status : {Status::IN_PROGRESS, Status::PAUSED}) {
    auto then = given_in(status).when(FollowUp{.reason = "needs a new ONT", .parts = {"ONT"}}, ana);
    then.leads_to(Status::TRIAGED);
    CHECK(then.order().visits.back().status == VisitStatus::partial);
    CHECK(then.world.held.empty());
    given_in(status).when(FollowUp{.reason = "tomorrow"}, sofia).leads_to(Status::TRIAGED);
  }
}
TEST_CASE("work order: a type that asks for a signature takes one, or why it was refused") {
  const auto open = [] {
    return given(with([](World& w) { w.terms.is_signature_needed = true; }), created(), triaged(),
                 assigned_to(ana), started());
  };
  open().when(Complete{}, ana).is_rejected("signature_missing");
  open().when(Complete{.signature = ""}, ana).is_rejected("signature_missing");
  open().when(Complete{.signature_refusal_reason = " "}, ana).is_rejected("signature_missing");
  open().when(Complete{.signature = "data"}, ana).leads_to(Status::COMPLETED);
  open().when(Complete{.signature_refusal_reason = "was in a hurry"}, ana)
      .leads_to(Status::COMPLETED);
}

// Rows 16–18: approval
TEST_CASE("work order: an override, a far arrival, a late report or too much time asks for approval") {
  const auto approval = [](Then then) {
    then.when(Complete{}, ana).leads_to(Status::APPROVAL_REQUIRED);
    return then.event<ApprovalRequested>().rules;
  };
  const auto forced = Assign{.technician = ana.technician, .override_ = true, .reason = "urgent"};
  CHECK(approval(given(created(), triaged(), does(sofia, forced), started())) ==
        std::vector<Flag>{Flag::override_used});
  CHECK(approval(given(created(), triaged(), assigned_to(ana), departed(),
                       does(ana, Arrive{.lat = 7, .lon = -75, .confirmed = true}), started())) ==
        std::vector<Flag>{Flag::out_of_geofence});
  CHECK(approval(given(created(), triaged(), assigned_to(ana), started(), passes(121min))) ==
        std::vector<Flag>{Flag::time_over_limit});
  CHECK(approval(given(with([](World& w) { w.terms.is_approval_needed = true; }), created(),
                       triaged(), assigned_to(ana), started())) ==
        std::vector<Flag>{Flag::approval_by_type});
}
TEST_CASE("work order: a late report is flagged and asks for approval") {
  auto then = given_in(Status::IN_PROGRESS).after(20min);
  const auto said = std::chrono::duration_cast<Duration>(then.world.now - start_time) - 6min;
  then.when(Complete{}, ana, {.said_at = said}).leads_to(Status::APPROVAL_REQUIRED);
  CHECK(then.order().completed_at == start_time + said);
  CHECK(then.event<ApprovalRequested>().rules == std::vector<Flag>{Flag::late_report});
}
TEST_CASE("work order: a device time before the visit's previous event does not count") {
  auto then = given_in(Status::IN_PROGRESS);
  then.when(Complete{}, ana, {.said_at = 1min});
  CHECK(then.order().completed_at == then.world.now);
}
TEST_CASE("work order: twice the estimated time is still within the limit") {
  auto then = given_in(Status::IN_PROGRESS).after(120min).when(Complete{}, ana);
  then.leads_to(Status::COMPLETED);
}
TEST_CASE("work order: the time limit is the order's, over all its visits") {
  auto then = given_in(Status::IN_PROGRESS).after(70min).when(FollowUp{.reason = "parts"}, ana);
  then.when(assign_to(ben), sofia).when(Start{}, ben).after(51min);
  then.when(Complete{}, ben).leads_to(Status::APPROVAL_REQUIRED);
  CHECK(then.event<ApprovalRequested>().rules == std::vector<Flag>{Flag::time_over_limit});
}
TEST_CASE("work order: a completed order closes by itself after a day, one to approve does not") {
  auto then = given_in(Status::COMPLETED).after(24h - 1ms);
  CHECK(then.order().status == Status::COMPLETED);
  then.after(1ms);
  CHECK(then.order().status == Status::CLOSED);
  CHECK(given_in(Status::APPROVAL_REQUIRED).after(72h).order().status ==
        Status::APPROVAL_REQUIRED);
}
TEST_CASE("work order: a supervisor closes a completed order and one to approve") {
  given_in(Status::COMPLETED).when(Approve{}, sofia).leads_to(Status::CLOSED);
  given_in(Status::APPROVAL_REQUIRED).when(Approve{}, sofia).leads_to(Status::CLOSED);
}
TEST_CASE("work order: returned work needs a new visit, and the resolve clock goes on") {
  auto then = given_in(Status::APPROVAL_REQUIRED).when(Return{"the photo is blurred"}, sofia);
  then.leads_to(Status::TRIAGED);
  CHECK(then.event<Returned>().technician == ana.technician);
  CHECK_FALSE(then.order().sla.resolve.met_at);
  CHECK(then.order().flags.empty());
}

// Rows 19–21
TEST_CASE("work order: a failed visit gives everything back and waits for a supervisor") {
  for (const auto status :
       {Status::EN_ROUTE, Status::ON_SITE, Status::IN_PROGRESS, Status::PAUSED}) {
    auto then = given_in(status).when(Fail{.reason = FailReason::no_access}, ana);
    then.leads_to(Status::FAILED);
    CHECK(then.world.held.empty());
    then.when(Retry{.reason = "tomorrow"}, sofia).leads_to(Status::TRIAGED);
  }
}
TEST_CASE("work order: cancelling recalls the technician") {
  for (const auto status : {Status::SCHEDULED, Status::ACCEPTED, Status::IN_PROGRESS}) {
    auto then = given_in(status).when(Cancel{.reason = "moved away"}, sofia);
    then.leads_to(Status::CANCELLED);
    CHECK(then.world.held.empty());
    CHECK(deadlines(then.order()).empty());
  }
  given_in(Status::COMPLETED).when(Cancel{.reason = "x"}, sofia).is_rejected("order_is_completed");
}
TEST_CASE("work order: its client cancels until a technician is on the way") {
  for (const auto status : {Status::NEW, Status::TRIAGED, Status::SCHEDULED, Status::ASSIGNED,
                            Status::ACCEPTED}) {
    auto then = given_in(status).when(Cancel{.reason = "solved"}, clara);
    then.leads_to(Status::CANCELLED);
    CHECK(then.event<Cancelled>().by_client);
  }
  for (const auto status : {Status::EN_ROUTE, Status::ON_SITE, Status::IN_PROGRESS,
                            Status::PAUSED, Status::FAILED})
    given_in(status).when(Cancel{.reason = "solved"}, clara).is_rejected("too_late_to_cancel");
}
TEST_CASE("work order: reopening makes one new order, linked both ways") {
  for (const auto status : {Status::CLOSED, Status::CANCELLED}) {
    auto then = given_in(status).when(Reopen{.reason = "fails again"}, sofia);
    const auto& e = then.event<Reopened>();
    CHECK(is_id("ord", e.order));
    CHECK(then.order().successor->order == e.order);
    const auto consequences = react(Event(e));
    REQUIRE(consequences.size() == 1);
    CHECK(std::get<OpenNew>(consequences[0]).order == e.order);
    then.when(Reopen{.reason = "again"}, sofia).is_rejected("already_reopened");
  }
  World next;
  next.order.id = id_of("ord", 'B');
  REQUIRE(next.send(OpenLinked{.parent = the_order, .type = repair, .client = the_client,
                               .site = the_site, .title = "Router sin señal", .priority = 2},
                    the_system));
  CHECK(next.order.parent->order == the_order);
  CHECK(next.order.status == Status::NEW);
}
TEST_CASE("work order: for a client or a site without service nothing is reopened") {
  auto then = given_in(Status::CLOSED);
  then.world.site.active = false;
  then.when(Reopen{.reason = "fails again"}, sofia).is_rejected("client_inactive");
  then.world.site_no = hide().error();
  then.when(Reopen{.reason = "fails again", .override_ = true}, sofia)
      .is_rejected("client_inactive");
}
TEST_CASE("work order: after the warranty only an override reopens") {
  auto then = given_in(Status::CLOSED).after(std::chrono::days(30) + 1ms);
  then.when(Reopen{.reason = "fails again"}, sofia).is_rejected("out_of_warranty");
  then.when(Reopen{.reason = "fails again", .override_ = true}, sofia).happens<Reopened>();
}

// Without changing state
TEST_CASE("work order: comments are internal unless said otherwise, a client's never") {
  auto then = given_in(Status::NEW).when(Comment{.text = "llamar antes"}, sofia);
  CHECK(then.event<Commented>().visibility == Visibility::internal);
  then.when(Comment{.text = "gracias"}, clara);
  CHECK(then.event<Commented>().visibility == Visibility::client);
  CHECK(then.order().comments == 2);
  then.when(Comment{.text = "x", .visibility = Visibility::internal}, clara).is_forbidden();
}
TEST_CASE("work order: what has ended is not commented or edited") {
  for (const auto status : {Status::CLOSED, Status::CANCELLED, Status::REJECTED}) {
    REQUIRE_FALSE(given_in(status).when(Comment{.text = "x"}, sofia).world.last);
    REQUIRE_FALSE(given_in(status).when(Edit{.title = {"x"}}, sofia).world.last);
  }
}
TEST_CASE("work order: an edit replaces what is given and keeps the rest") {
  auto then = given_in(Status::TRIAGED).when(Edit{.title = {"Sin internet"}}, sofia);
  CHECK(then.order().title == "Sin internet");
  CHECK(then.order().duration_ms == 60min);
}
TEST_CASE("work order: pinning is a switch") {
  auto then = given_in(Status::ASSIGNED).when(Pin{}, sofia);
  CHECK(then.order().is_pinned);
  then.when(Pin{}, sofia).is_rejected("already_pinned");
  then.when(Unpin{}, sofia);
  CHECK_FALSE(then.order().is_pinned);
  then.when(Unpin{}, sofia).is_rejected("not_pinned");
}
TEST_CASE("work order: the client confirms the planned window once, and may ask for another") {
  given_in(Status::TRIAGED).when(ConfirmWindow{}, clara).is_rejected("no_window");
  auto then = given_in(Status::SCHEDULED).when(ConfirmWindow{}, clara);
  then.happens<WindowConfirmed>();
  then.when(ConfirmWindow{}, clara).is_rejected("already_confirmed");
  then.when(Reschedule{.windows = {{start_time + 24h, start_time + 26h}}}, clara)
      .happens<Rescheduled>().leads_to(Status::SCHEDULED);
  CHECK_FALSE(then.order().window_confirmed_at);
  given_in(Status::EN_ROUTE).when(ConfirmWindow{}, clara).is_rejected("order_is_en_route");
  given_in(Status::EN_ROUTE)
      .when(Reschedule{.windows = {{start_time, start_time + 1h}}}, clara)
      .is_rejected("order_is_en_route");
}
TEST_CASE("work order: the client rates once, after completion") {
  given_in(Status::IN_PROGRESS).when(Rate{5}, clara).is_rejected("order_is_in_progress");
  auto then = given_in(Status::CLOSED).when(Rate{5}, clara);
  CHECK(then.order().rating == 5);
  then.when(Rate{1}, clara).is_rejected("already_rated");
}
TEST_CASE("work order: a technician asks for a time correction, a supervisor grants or refuses it") {
  auto then = given_in(Status::COMPLETED);
  const auto from = then.order().visits.back().time[0].from;
  const RequestTimeEdit ask{.from = from - 5min, .to = from};
  const Envelope why{.justification = "forgot to press start"};
  then.when(ask, ana).refuses_field("justification", "too_short");
  then.when(ask, ana, why).happens<TimeEditRequested>();
  then.when(EditTime{.from = from, .to = from + 1min}, sofia, why).is_forbidden();
  auto refused = then;
  refused.when(EditTime{.refuse = true}, sofia).happens<TimeEditRefused>();
  refused.when(EditTime{}, sofia).is_rejected("no_time_edit_requested");
  then.when(EditTime{}, sofia).happens<TimeEdited>();
  CHECK(then.order().visits.back().time[0].from == from - 5min);
  CHECK(then.event<TimeEdited>().before.from == from);
}
TEST_CASE("work order: a correction is granted as it was asked for, not for another entry") {
  auto then = given(created(), triaged(), assigned_to(ana), started(), paused(),
                    does(ana, Resume{}), completed());
  const auto& visit = then.order().visits.back();
  const auto first = visit.time[0].from;
  then.when(RequestTimeEdit{.entry = 0, .from = first - 1s, .to = first + 1s}, ana,
            {.justification = "forgot to press start"});
  for (const bool refuse : {false, true}) {
    then.when(EditTime{.entry = 1, .refuse = refuse}, sofia).is_rejected("time_edit_changed");
    then.when(EditTime{.visit = id_of("vis", 'Z'), .refuse = refuse}, sofia)
        .is_rejected("time_edit_changed");
  }
  then.when(EditTime{.visit = visit.id, .entry = 0}, sofia).happens<TimeEdited>();
}
TEST_CASE("work order: one technician's request is not replaced by another's") {
  auto then =
      given(created(), triaged(), assigned_to(ben), does(ben, Start{}),
            does(ben, FollowUp{.reason = "parts"}), assigned_to(ana), started(), completed());
  const RequestTimeEdit ask{.from = start_time, .to = start_time + 1min};
  const Envelope why{.justification = "forgot to press start"};
  then.when(ask, ben, why).happens<TimeEditRequested>();
  then.when(ask, ana, why).is_rejected("time_edit_pending");
  then.when(RequestTimeEdit{.from = start_time, .to = start_time + 2min}, ben, why)
      .happens<TimeEditRequested>();
  then.when(EditTime{}, sofia).when(ask, ana, why).happens<TimeEditRequested>();
}
TEST_CASE("work order: a request for a correction is refused before the order ends") {
  const auto asked = [] {
    return given_in(Status::COMPLETED)
        .when(RequestTimeEdit{.from = start_time, .to = start_time + 1min}, ana,
              {.justification = "forgot to press start"});
  };
  const auto is_told = [](const Then& then) {
    const auto& events = *then.world.last;
    REQUIRE(events.size() == 2);
    CHECK(std::holds_alternative<TimeEditRefused>(events[0]));
    CHECK(std::holds_alternative<Closed>(events[1]));
    CHECK_FALSE(then.order().time_edit);
  };
  is_told(asked().when(Approve{}, sofia).leads_to(Status::CLOSED));
  auto by_itself = asked();
  by_itself.after(24h);
  is_told(by_itself);
}
TEST_CASE("work order: who supervises may ask for the own visit's time, not grant it") {
  auto both = ana;
  both.roles.push_back(Role::supervisor);
  both.zones = {zone_a};
  auto then = given_in(Status::COMPLETED);
  const RequestTimeEdit ask{.from = start_time, .to = start_time + 1min};
  const Envelope why{.justification = "forgot to press start"};
  then.when(ask, sofia, why).is_forbidden();
  then.when(ask, both, why).happens<TimeEditRequested>();
  then.when(EditTime{}, both).is_forbidden();
  then.when(EditTime{.refuse = true}, both).is_forbidden();
  auto root_too = both;
  root_too.roles.push_back(Role::administrator);
  auto by_root = then;
  by_root.when(EditTime{}, root_too).happens<TimeEdited>();
  then.when(EditTime{}, sofia).happens<TimeEdited>();
}
TEST_CASE("work order: an administrator edits times with a justification") {
  auto then = given_in(Status::CLOSED);
  const auto from = then.order().visits.back().time[0].from;
  const EditTime edit{.from = from, .to = from + 1s};
  then.when(edit, root).refuses_field("justification", "too_short");
  then.when(edit, root, {.justification = "agreed with Ana"}).happens<TimeEdited>();
  given_in(Status::TRIAGED).after(1h).when(edit, root, {.justification = "agreed with Ana"})
      .is_rejected("no_recorded_time");
  auto running = given_in(Status::IN_PROGRESS);
  running.after(1h).when(edit, root, {.justification = "agreed with Ana"})
      .is_rejected("time_entry_open");
}
TEST_CASE("work order: the fortieth visit is the last") {
  auto then = given(created(), triaged());
  for (std::size_t i = 0; i < visits_max; ++i)
    then.when(assign_to(ana), sofia).when(Unassign{.reason = "no"}, sofia)
        .leads_to(Status::TRIAGED);
  then.when(assign_to(ana), sofia).is_rejected("too_many_visits");
}
TEST_CASE("work order: time entries are bounded") {
  auto then = given_in(Status::IN_PROGRESS);
  for (std::size_t i = 1; i < time_entries_max; ++i)
    then.when(Pause{}, ana).when(Resume{}, ana).leads_to(Status::IN_PROGRESS);
  then.when(Pause{}, ana).when(Resume{}, ana).is_rejected("too_many_time_entries");
}

// Supervisors on behalf of technicians
TEST_CASE("work order: a supervisor acts for the technician of the visit, with a justification") {
  given_in(Status::ASSIGNED).when(Start{}, sofia).is_forbidden();
  given_in(Status::ASSIGNED).when(Start{}, sofia, for_ana).leads_to(Status::IN_PROGRESS);
  given_in(Status::ASSIGNED)
      .when(Start{}, sofia, {.on_behalf_of = ana.technician, .justification = "too short"})
      .refuses_field("justification", "too_short");
  given_in(Status::ASSIGNED)
      .when(Start{}, sofia, {.on_behalf_of = ben.technician, .justification = "long enough"})
      .is_rejected("offered_to_another");
}

}  // namespace
}  // namespace mf::work_order::test
