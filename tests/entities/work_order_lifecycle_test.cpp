#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

const Envelope for_ana{.on_behalf_of = ana.technician, .justification = "her phone is broken"};

// Row 1: create
TEST_CASE("triage: another type brings its priority, unless somebody of ours has chosen one") {
  const Id urgent = "typ_urgent";
  const auto as_urgent = [&](Then then, const Triage& triage) {
    then.world.terms.type = urgent;
    then.world.terms.priority = 1;
    then.when(triage, sofia).leads_to(Status::TRIAGED);
    CHECK(then.order().type == urgent);
    return then.order().priority;
  };
  auto wish = create_body();
  wish.priority = 4;
  CHECK(as_urgent(given(does(clara, wish)), Triage{.type = urgent}) == 1);
  CHECK(as_urgent(given(created()), Triage{.type = urgent, .priority = 3}) == 3);
  CHECK(as_urgent(given(does(sofia, wish)), Triage{.type = urgent}) == 4);
  CHECK(as_urgent(given(created(), does(sofia, SetPriority{.priority = 3})),
                  Triage{.type = urgent}) == 3);
}

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
TEST_CASE("work order: in a disabled zone no new order begins, whoever asks") {
  const auto closed = with([](World& w) { w.terms.disabled_zones = {zone_a}; });
  for (const auto& by : {clara, sofia, root})
    given(closed).when(create_body(), by).refuses_field("site", "zone_disabled");
  given(with([](World& w) { w.terms.disabled_zones = {"zon_other"}; }))
      .when(create_body(), clara)
      .leads_to(Status::NEW);
}
TEST_CASE("work order: a client without service gets no new order") {
  given(with([](World& w) { w.site.active = false; }))
      .when(create_body(), clara)
      .is_rejected("client_inactive");
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
      .when(create_body(), clara)
      .happens<Created>()
      .happens<Triaged>()
      .leads_to(Status::TRIAGED);
}

// The shortest way: create, triage, assign, start, complete
TEST_CASE(
    "work order: created, triaged, assigned, started, completed, without the optional steps") {
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
  auto then = given(created()).when(
      Triage{.priority = 1, .duration_ms = 90min, .skills = {{"antenna", 2}}}, sofia);
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
  open().when(Schedule{.from = start_time + 3h}, sofia).leads_to(Status::SCHEDULED);  // the begin
}
TEST_CASE("work order: a plan lies in the future") {
  given(created(), triaged())
      .when(Schedule{.from = start_time - 3h}, sofia)
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
      .when(assign_to(ana), sofia)
      .is_rejected("agenda_overlap");
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
  open().when(Complete{.signature_refusal_reason = ""}, ana).is_rejected("signature_missing");
  open().when(Complete{.signature = "data"}, ana).leads_to(Status::COMPLETED);
  open()
      .when(Complete{.signature_refusal_reason = "was in a hurry"}, ana)
      .leads_to(Status::COMPLETED);
}

// Rows 16–18: approval
TEST_CASE(
    "work order: an override, a far arrival, a late report or too much time asks for approval") {
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
  CHECK(given_in(Status::APPROVAL_REQUIRED).after(72h).order().status == Status::APPROVAL_REQUIRED);
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
    auto then = given_in(status).when(Fail{.reason = "no_access"}, ana);
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
  for (const auto status :
       {Status::NEW, Status::TRIAGED, Status::SCHEDULED, Status::ASSIGNED, Status::ACCEPTED}) {
    auto then = given_in(status).when(Cancel{.reason = "solved"}, clara);
    then.leads_to(Status::CANCELLED);
    CHECK(then.event<Cancelled>().by_client);
  }
  for (const auto status :
       {Status::EN_ROUTE, Status::ON_SITE, Status::IN_PROGRESS, Status::PAUSED, Status::FAILED})
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
  REQUIRE(next.send(OpenLinked{.parent = the_order,
                               .type = repair,
                               .client = the_client,
                               .site = the_site,
                               .title = "Router sin señal",
                               .priority = 2},
                    the_system));
  CHECK(next.order.parent->order == the_order);
  CHECK(next.order.status == Status::NEW);
}
TEST_CASE("work order: one that follows a reopened one may repeat another, too") {
  World next;
  next.order.id = id_of("ord", 'B');
  next.twin = id_of("ord", 'T');
  next.terms.is_auto_triage = true;
  REQUIRE(next.send(OpenLinked{.parent = the_order,
                               .type = repair,
                               .client = the_client,
                               .site = the_site,
                               .title = "Router sin señal"},
                    the_system));
  CHECK(next.order.twin == next.twin);
  CHECK(next.order.status == Status::NEW);
}
TEST_CASE("work order: nothing is reopened that would not be taken as new") {
  auto zone = given_in(Status::CLOSED);
  zone.world.terms.disabled_zones = {zone_a};
  zone.when(Reopen{.reason = "again", .override_ = true}, sofia).is_rejected("zone_disabled");
  auto type = given_in(Status::CANCELLED);
  type.world.terms_no = refuse_field("type", "type_disabled").error();
  type.when(Reopen{.reason = "again", .override_ = true}, sofia).is_rejected("type_disabled");
  const auto wanted =
      wants(type.order(), Reopen{.reason = "again"}, type.world.policy, type.world.context(sofia));
  REQUIRE(wanted.terms);
  CHECK(wanted.terms->is_new);
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
      .happens<Rescheduled>()
      .leads_to(Status::TRIAGED);
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
TEST_CASE("work order: the fortieth visit is the last") {
  auto then = given(created(), triaged());
  for (std::size_t i = 0; i < visits_max; ++i)
    then.when(assign_to(ana), sofia)
        .when(Unassign{.reason = "no"}, sofia)
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
