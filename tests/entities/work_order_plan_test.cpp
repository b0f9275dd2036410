// A plan is checked when it is made, and again whenever something it rests on changes.
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

const Window far_day{start_time + 60h, start_time + 64h};

Step pinned() { return does(sofia, Pin{}); }
Step forced_to(const Principal& who) {
  return does(sofia,
              Assign{.technician = who.technician, .override_ = true, .reason = "the only one"});
}
bool is_flagged(const Order& order) {
  return std::ranges::count(order.flags, Flag::plan_broken) == 1;
}

TEST_CASE("plan: the client's new window takes back what lies outside it") {
  const Reschedule to_far_day{.windows = {far_day}};
  for (const auto status : {Status::SCHEDULED, Status::ASSIGNED, Status::ACCEPTED}) {
    auto then = given_in(status).when(to_far_day, clara);
    then.leads_to(Status::TRIAGED).happens<Rescheduled>();
    CHECK(then.event<Revoked>().code == "outside_window");
    CHECK_FALSE(then.order().slot);
    CHECK(then.world.held.empty());
  }
  auto kept = given_in(Status::ACCEPTED);
  kept.when(Reschedule{.windows = {{kept.order().slot->from, far_day.to}}}, clara)
      .leads_to(Status::ACCEPTED);
  CHECK(kept.world.held.size() == 1);
  given_in(Status::ACCEPTED)
      .when(Reschedule{.windows = {{start_time - 2h, start_time - 1h}}}, clara)
      .refuses_field("windows", "in_the_past");
}

TEST_CASE("plan: what is pinned or was forced is flagged, not taken back") {
  for (const auto& then : {given(created(), triaged(), assigned_to(ana), pinned()),
                           given(created(), triaged(), forced_to(ana))}) {
    auto moved = then;
    moved.when(Reschedule{.windows = {far_day}}, clara).leads_to(Status::ASSIGNED);
    CHECK(moved.event<PlanBroken>().code == "outside_window");
    CHECK(is_flagged(moved.order()));
    CHECK(moved.world.held.size() == 1);
    moved.when(Revoke{ana.technician, "technician_off"}, the_system).is_rejected("already_done");
    moved.when(Reassign{assign_to(ben)}, sofia);
    CHECK_FALSE(is_flagged(moved.order()));
  }
  auto planned = given(created(), triaged(),
                       does(sofia, Schedule{.from = start_time + 2h,
                                            .technician = ana.technician,
                                            .override_ = true,
                                            .reason = "agreed"}),
                       assigned_to(ana));
  CHECK(planned.order().is_slot_forced);
}

TEST_CASE("plan: an order asks its technician again, and gives the visit back when it must") {
  auto then = given_in(Status::ACCEPTED);
  then.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
  then.when(Recheck{ben.technician}, the_system).is_rejected("already_done");
  for (const auto* code : {"off_shift", "skill_missing", "wrong_zone"}) {
    auto changed = then;
    changed.world.holds_no = reject(code).error();
    auto pinned = changed;
    changed.when(Recheck{ana.technician}, the_system).leads_to(Status::TRIAGED);
    CHECK(changed.event<Revoked>().code == code);
    CHECK(changed.world.held.empty());
    pinned.when(Pin{}, sofia).when(Recheck{ana.technician}, the_system);
    pinned.leads_to(Status::ACCEPTED);
    CHECK(pinned.event<PlanBroken>().code == code);
    pinned.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
  }
  auto under_way = given_in(Status::EN_ROUTE);
  under_way.world.holds_no = reject("off_shift").error();
  under_way.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
  given_in(Status::ASSIGNED).when(Recheck{ana.technician}, sofia).is_hidden();
}

TEST_CASE("plan: an order that takes longer asks for as much time, at the time it has") {
  auto then = given_in(Status::ACCEPTED);
  const auto from = then.order().slot->from;
  const Id visit = then.order().visits.back().id;
  then.when(Edit{.duration_ms = {Duration(6h)}}, sofia).leads_to(Status::ACCEPTED);
  CHECK(then.world.agenda_asked.from == from);
  CHECK(then.world.agenda_asked.visit == visit);
  CHECK(then.order().slot == Window{from, from + 6h});
  CHECK(then.order().visits.back().slot == then.order().slot);
  CHECK(then.world.held.size() == 1);
  CHECK(holds_claim(then.order(), *then.world.held.begin()));

  auto refused = then;
  refused.world.agenda_no = reject("agenda_overlap").error();
  refused.when(Edit{.duration_ms = {Duration(7h)}}, sofia).leads_to(Status::TRIAGED);
  CHECK(refused.event<Revoked>().code == "agenda_overlap");
  CHECK(refused.order().duration_ms == 7h);

  auto skilled = then;
  skilled.world.agenda_no = reject("skill_missing").error();
  skilled.when(Edit{.skills = {{{"antenna", 1}}}}, sofia).leads_to(Status::TRIAGED);
  CHECK(skilled.world.agenda_asked.skills == std::vector<Skill>{{"antenna", 1}});

  then.world.agenda_asked = {};
  then.when(Edit{.title = {"No signal"}}, sofia);
  CHECK(then.world.agenda_asked.token.empty());

  auto time_alone = given(created(), triaged(), does(sofia, Schedule{.from = start_time + 2h}));
  time_alone.when(Edit{.duration_ms = {Duration(3h)}}, sofia).leads_to(Status::SCHEDULED);
  CHECK(time_alone.order().slot == Window{start_time + 2h, start_time + 5h});
  time_alone.when(Edit{.windows = {{far_day}}}, sofia).leads_to(Status::TRIAGED);
}

TEST_CASE("plan: assigning asks for a time in the client's windows, a kept time for none") {
  auto body = create_body();
  body.windows = {far_day};
  auto then = given(does(clara, body), triaged(), assigned_to(ana));
  CHECK(then.world.agenda_asked.windows == body.windows);
  CHECK_FALSE(then.world.agenda_asked.from);
  auto planned =
      given(does(clara, body), triaged(),
            does(sofia, Schedule{.from = start_time + 2h, .override_ = true, .reason = "agreed"}),
            assigned_to(ana));
  CHECK(planned.world.agenda_asked.windows.empty());
  CHECK(planned.world.agenda_asked.from == start_time + 2h);
}

TEST_CASE("plan: an offer waits as long as the technician's duty says") {
  auto then = given(with([](World& w) { w.offer_end = start_time + 14h; }), created(), triaged(),
                    assigned_to(ana));
  CHECK(then.world.agenda_asked.offer == 5min);
  CHECK(then.order().visits.back().offer_expires_at == start_time + 14h);
  then.after(13h);
  CHECK(then.order().status == Status::ASSIGNED);
  then.after(2h);
  CHECK(then.order().status == Status::TRIAGED);
}

TEST_CASE("plan: a clock waits for the first window the client has, and moves with it") {
  auto body = create_body();
  body.windows = {{start_time + 120h, start_time + 124h}};
  auto then = given(does(clara, body));
  const auto& sla = then.order().sla;
  CHECK(sla.respond.due == start_time + 120h + 60min);
  CHECK(sla.arrive.due == start_time + 120h + 240min);
  CHECK(sla.resolve.due == start_time + 120h + 480min);
  CHECK(sla.resolve.wait->to == start_time + 120h);

  then.after(10h).when(
      Reschedule{.windows = {{start_time + 216h, start_time + 220h}}, .note = "de viaje"}, clara);
  CHECK(sla.resolve.due == start_time + 216h + 480min);
  CHECK(sla.resolve.waited_ms == sla.resolve.due - then.order().created_at - 480min);
  CHECK(count_of<SlaAtRisk>(then.world) == 0);

  then.when(SetPriority{.priority = 1}, sofia);
  CHECK(sla.resolve.due == start_time + 216h + 240min);
  then.when(SetPriority{.priority = 2}, sofia);
  CHECK(sla.resolve.due == start_time + 216h + 480min);

  auto sooner = then;
  sooner.when(Reschedule{.windows = {{start_time + 11h, start_time + 12h}}}, clara);
  CHECK(sooner.order().sla.resolve.due < start_time + 21h);
  CHECK(sooner.order().sla.resolve.due > start_time + 17h);
}

TEST_CASE("plan: a window before the clock is due holds nothing, one of later does from then on") {
  auto body = create_body();
  body.windows = {{start_time + 30min, start_time + 2h}};
  auto then = given(does(clara, body));
  CHECK(then.order().sla.respond.due == then.order().created_at + 60min);
  CHECK_FALSE(then.order().sla.respond.wait);
  // Six of eight hours have gone when the client puts it off: two are left then.
  then.world.wait_until(then.order().created_at + 6h);
  then.when(Reschedule{.windows = {{start_time + 48h, start_time + 50h}}}, clara);
  CHECK(then.order().sla.resolve.due == start_time + 48h + 2h);
}

}  // namespace
}  // namespace mf::work_order::test
