#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

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
    then.when(assign_to(ana), sofia)
        .when(Decline{.reason = "too far"}, ana)
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
    then.when(Fail{.reason = "unsafe"}, ana).when(Retry{.reason = "again"}, sofia);
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
  given_in(Status::ASSIGNED)
      .when(Revoke{ben.technician, "technician_off"}, the_system)
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
  given_in(Status::ASSIGNED)
      .when(Reassign{assign_to(ana)}, sofia)
      .is_rejected("already_assigned_to_technician");
  given_in(Status::IN_PROGRESS)
      .when(Reassign{assign_to(ben)}, sofia)
      .is_rejected("order_is_in_progress");
}
TEST_CASE("work order: its own technician's visit is moved in time, and stays as it is") {
  for (const auto status : {Status::ASSIGNED, Status::ACCEPTED}) {
    auto then = given_in(status);
    const auto visit = *alive(then.order());
    auto move = assign_to(ana);
    move.from = visit.slot.from + 2h;
    then.when(Reassign{move}, sofia).leads_to(status).happens<SlotChanged>();
    const auto& moved = *alive(then.order());
    CHECK(moved.id == visit.id);
    CHECK(moved.slot == Window{*move.from, *move.from + (visit.slot.to - visit.slot.from)});
    CHECK(then.order().slot == moved.slot);
    CHECK(moved.offer_expires_at == visit.offer_expires_at);
    CHECK(then.world.held.size() == 1);
    move.to = *move.from + 45min;
    then.when(Reassign{move}, sofia).happens<SlotChanged>();
    CHECK(alive(then.order())->slot == Window{*move.from, *move.to});
    CHECK_FALSE(then.order().is_slot_forced);
    then.when(Reassign{move}, sofia).is_rejected("already_assigned_to_technician");
  }
}
TEST_CASE("work order: a visit that was moved over a rule is flagged until it moves again") {
  auto then = given_in(Status::ACCEPTED);
  auto move = assign_to(ana);
  move.from = alive(then.order())->slot.from + 3h;
  move.override_ = true;
  move.reason = "the client insists";
  then.when(Reassign{move}, sofia).happens<SlotChanged>();
  CHECK(then.order().is_slot_forced);
  CHECK(std::ranges::count(then.order().flags, Flag::override_used) == 1);
  move.from = *move.from + 1h;
  move.override_ = false;
  then.when(Reassign{move}, sofia).happens<SlotChanged>();
  CHECK_FALSE(then.order().is_slot_forced);
}
TEST_CASE("work order: whoever is on the way is not moved, nor anybody by a stranger") {
  auto move = assign_to(ana);
  move.from = start_time + 5h;
  given_in(Status::EN_ROUTE).when(Reassign{move}, sofia).is_rejected("order_is_en_route");
  given_in(Status::ON_SITE).when(Reassign{move}, sofia).is_rejected("order_is_on_site");
  given_in(Status::ACCEPTED).when(Reassign{move}, ana).is_forbidden();
  auto no = given_in(Status::ACCEPTED);
  no.world.agenda_no = reject("agenda_overlap").error();
  no.when(Reassign{move}, sofia).is_rejected("agenda_overlap");
}
TEST_CASE("work order: a refused reassignment changes nothing") {
  auto then = given_in(Status::ACCEPTED);
  then.world.agenda_no = reject("skill_missing").error();
  then.when(Reassign{assign_to(ben)}, sofia).is_rejected("skill_missing");
  CHECK(alive(then.order())->technician == ana.technician);
}

}  // namespace
}  // namespace mf::work_order::test
