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

TEST_CASE("plan: a window that has ended is refused wherever it is given") {
  const Window over{start_time - 2h, start_time - 1h};
  for (const auto& windows : {std::vector{over}, std::vector{over, far_day}}) {
    auto body = create_body();
    body.windows = windows;
    given().when(body, clara).refuses_field("windows", "in_the_past");
    given().when(body, sofia).leads_to(Status::NEW);  // the desk writes down what was wished for
    given(created())
        .when(Triage{.windows = windows}, sofia)
        .refuses_field("windows", "in_the_past");
    for (const auto status : {Status::TRIAGED, Status::ACCEPTED}) {
      given_in(status)
          .when(Edit{.windows = {windows}}, sofia)
          .refuses_field("windows", "in_the_past");
      given_in(status).when(Reschedule{windows, {}}, clara).refuses_field("windows", "in_the_past");
    }
  }
}

TEST_CASE(
    "plan: windows that were ahead when they were said, or are there already, are no mistake") {
  auto body = create_body();
  body.windows = {{start_time + 30min, start_time + 1h}};
  auto offline = given(passes(3h));
  offline.when(body, clara).refuses_field("windows", "in_the_past");
  offline.when(body, clara, {.said_at = 50min}).leads_to(Status::NEW);
  auto known = given(does(clara, body), passes(3h));
  known.when(Edit{.title = {"No signal"}, .windows = {body.windows}}, sofia).happens<Edited>();
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

TEST_CASE("plan: a flag goes with its reason, whoever takes that back") {
  const Reschedule to_far_day{.windows = {far_day}};
  auto then = given(created(), triaged(), assigned_to(ana), pinned());
  const Reschedule back{.windows = {{then.order().slot->from, far_day.to}}};
  SECTION("the technician, who is back, has the skill, the zone or the shift again") {
    then.world.holds_no = reject("technician_off").error();
    then.when(Revoke{ana.technician, "technician_off"}, the_system).happens<PlanBroken>();
    then.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
    then.world.holds_no.reset();
    then.when(Recheck{ana.technician}, the_system).happens<PlanRestored>();
    CHECK_FALSE(is_flagged(then.order()));
    then.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
  }
  SECTION("the client, who can receive us then after all") {
    then.when(to_far_day, clara).happens<PlanBroken>();
    then.when(to_far_day, clara).happens<Rescheduled>();
    CHECK(count_of<PlanBroken>(then.world) == 1);
    then.when(back, clara).happens<PlanRestored>();
    CHECK_FALSE(is_flagged(then.order()));
  }
  SECTION("an edit of the windows") {
    then.when(to_far_day, clara);
    then.when(Edit{.windows = {std::vector<Window>{}}}, sofia).happens<PlanRestored>();
  }
  SECTION("but not the client, while something else speaks against it") {
    then.world.holds_no = reject("skill_missing").error();
    then.when(Recheck{ana.technician}, the_system).when(back, clara).happens<Rescheduled>();
    CHECK(is_flagged(then.order()));
  }
  SECTION("and a time alone asks nobody") {
    then = given(created(), triaged(), does(sofia, Schedule{.from = start_time + 2h}), pinned());
    then.when(to_far_day, clara);
    CHECK(is_flagged(then.order()));
    then.world.holds_no = reject("nobody_asks").error();
    then.when(Reschedule{.windows = {{start_time + 1h, start_time + 3h}}}, clara);
    then.happens<PlanRestored>().leads_to(Status::SCHEDULED);
  }
}

TEST_CASE("plan: unpinning a broken plan takes it back with what speaks against it by then") {
  auto broken = given(created(), triaged(), assigned_to(ana), accepted(), pinned());
  broken.world.holds_no = reject("off_shift").error();
  broken.when(Recheck{ana.technician}, the_system).happens<PlanBroken>();
  auto then = broken;
  then.world.holds_no = reject("wrong_zone").error();
  then.when(Unpin{}, sofia).happens<Unpinned>().leads_to(Status::TRIAGED);
  CHECK(then.event<Revoked>().code == "wrong_zone");
  CHECK(then.world.held.empty());
  auto good = broken;
  good.world.holds_no.reset();
  good.when(Unpin{}, sofia).happens<PlanRestored>().leads_to(Status::ACCEPTED);
  auto whole = given(created(), triaged(), assigned_to(ana), pinned());
  whole.world.holds_no = reject("nobody_asks").error();
  whole.when(Unpin{}, sofia).leads_to(Status::ASSIGNED);

  auto forced = given(created(), triaged(), forced_to(ana), pinned());
  forced.when(Revoke{ana.technician, "technician_off"}, the_system).happens<PlanBroken>();
  forced.world.holds_no = reject("technician_off").error();
  forced.when(Unpin{}, sofia).happens<Unpinned>().leads_to(Status::ASSIGNED);
  CHECK(is_flagged(forced.order()));

  auto time_alone =
      given(created(), triaged(), does(sofia, Schedule{.from = start_time + 2h}), pinned());
  time_alone.when(Reschedule{.windows = {far_day}}, clara).when(Unpin{}, sofia);
  time_alone.leads_to(Status::TRIAGED);
  CHECK(time_alone.event<Revoked>().code == "outside_window");
}

TEST_CASE("plan: a longer visit that nobody but an override holds stays flagged") {
  auto then = given(created(), triaged(), forced_to(ana));
  then.world.holds_no = reject("technician_off").error();
  then.when(Revoke{ana.technician, "technician_off"}, the_system).happens<PlanBroken>();
  then.when(Edit{.duration_ms = {Duration(2h)}}, sofia).happens<SlotChanged>();
  CHECK(is_flagged(then.order()));
  then.world.holds_no.reset();
  then.when(Edit{.duration_ms = {Duration(3h)}}, sofia).happens<SlotChanged>();
  CHECK_FALSE(is_flagged(then.order()));
}

TEST_CASE("plan: a pinned visit without time for its longer work stays flagged until it finds it") {
  auto then = given(created(), triaged(), assigned_to(ana), accepted(), pinned());
  const auto from = then.order().slot->from;
  then.world.agenda_no = reject("agenda_overlap").error();
  then.when(Edit{.duration_ms = {Duration(6h)}}, sofia).happens<PlanBroken>();
  // Nothing speaks against the time that it has, but that is too short.
  then.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
  CHECK(then.world.agenda_asked.duration == 6h);
  then.when(Reschedule{.windows = {{from, far_day.to}}}, clara).happens<Rescheduled>();
  CHECK(is_flagged(then.order()));
  CHECK(then.order().slot == Window{from, from + 60min});

  auto loose = then;
  loose.when(Unpin{}, sofia).leads_to(Status::TRIAGED);
  CHECK(loose.event<Revoked>().code == "agenda_overlap");
  CHECK_FALSE(loose.order().slot_needed);
  auto shorter = then;
  shorter.world.agenda_no.reset();
  shorter.when(Edit{.duration_ms = {Duration(60min)}}, sofia).happens<SlotChanged>();
  CHECK_FALSE(is_flagged(shorter.order()));
  auto other = then;
  other.world.agenda_no.reset();
  other.when(Reassign{assign_to(ben)}, sofia);
  CHECK(other.world.agenda_asked.duration == 6h);

  then.world.agenda_no.reset();
  then.when(Recheck{ana.technician}, the_system).happens<SlotChanged>();
  CHECK(then.order().slot == Window{from, from + 6h});
  CHECK_FALSE(is_flagged(then.order()));
  CHECK(then.world.held.size() == 1);
  then.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
}

TEST_CASE("plan: what was forced is judged after an edit as at any other time") {
  const auto forced = given(created(), triaged(), forced_to(ana));
  for (const auto& edit :
       {Edit{.skills = {{{"antenna", 5}}}}, Edit{.duration_ms = {Duration(6h)}}}) {
    auto then = forced;
    then.world.holds_no = reject("skill_missing").error();
    then.when(edit, sofia).happens<SlotChanged>();
    CHECK(then.event<PlanBroken>().code == "skill_missing");
    then.when(Recheck{ana.technician}, the_system).is_rejected("already_done");
    CHECK(is_flagged(then.order()));
    auto good = forced;
    good.when(edit, sofia).happens<SlotChanged>();
    CHECK_FALSE(is_flagged(good.order()));
    auto outside = forced;
    outside.when(Reschedule{.windows = {far_day}}, clara).when(edit, sofia).happens<SlotChanged>();
    CHECK(outside.event<PlanBroken>().code == "outside_window");
  }
}

TEST_CASE("plan: a broken time that somebody gets is held against the windows again") {
  auto then = given(created(), triaged(), scheduled(), pinned());
  then.when(Reschedule{.windows = {far_day}}, clara).happens<PlanBroken>();
  then.when(assign_to(ana), sofia);
  CHECK(then.world.agenda_asked.from == start_time + 2h);
  CHECK(then.world.agenda_asked.windows == std::vector{far_day});
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
  auto then = given(with([](World& w) { w.offer.expires_at = start_time + 14h; }), created(),
                    triaged(), assigned_to(ana));
  CHECK(then.world.agenda_asked.offer == 5min);
  CHECK(then.order().visits.back().offer_expires_at == start_time + 14h);
  then.after(13h);
  CHECK(then.order().status == Status::ASSIGNED);
  then.after(2h);
  CHECK(then.order().status == Status::TRIAGED);
}

TEST_CASE(
    "plan: an offer waits while its technician is on a break, and goes on with what is left") {
  auto then = given_in(Status::ASSIGNED);
  const auto visit = [&]() -> const Visit& { return then.order().visits.back(); };
  const Recheck recheck{ana.technician};
  then.world.offer = {.expires_at = visit().offer_expires_at, .left = {}};
  then.when(recheck, the_system).is_rejected("already_done");
  then.world.offer = {.expires_at = {}, .left = 2min};
  then.when(recheck, the_system).happens<OfferChanged>();
  CHECK_FALSE(visit().offer_expires_at);
  CHECK(visit().offer_left_ms == 2min);
  then.when(recheck, the_system).is_rejected("already_done");
  then.after(1h);
  CHECK(then.order().status == Status::ASSIGNED);

  auto taken = then;
  taken.when(Accept{}, ana).leads_to(Status::ACCEPTED);
  CHECK_FALSE(taken.order().visits.back().offer_left_ms);
  taken.when(recheck, the_system).is_rejected("already_done");

  then.world.offer = {.expires_at = then.world.now + 2min, .left = {}};
  then.when(recheck, the_system).happens<OfferChanged>();
  CHECK_FALSE(visit().offer_left_ms);
  then.after(2min - 1ms);
  CHECK(then.order().status == Status::ASSIGNED);
  then.after(1ms);
  CHECK(then.order().status == Status::TRIAGED);
  CHECK(count_of<Expired>(then.world) == 1);
}

TEST_CASE("plan: an offer made on a break waits from the beginning") {
  auto then = given(with([](World& w) { w.offer = {.expires_at = {}, .left = 5min}; }), created(),
                    triaged(), assigned_to(ana));
  CHECK_FALSE(then.order().visits.back().offer_expires_at);
  CHECK(then.order().visits.back().offer_left_ms == 5min);
  then.after(24h);
  CHECK(then.order().status == Status::ASSIGNED);
}

TEST_CASE("plan: a pinned offer whose technician goes off is flagged, and waits") {
  auto then = given(created(), triaged(), assigned_to(ana), pinned());
  then.world.offer = {.expires_at = {}, .left = 1min};
  then.when(Revoke{ana.technician, "technician_off"}, the_system);
  then.happens<PlanBroken>().happens<OfferChanged>();
  then.after(1h);
  CHECK(then.order().status == Status::ASSIGNED);
  then.world.offer = {.expires_at = then.world.now + 1min, .left = {}};
  then.when(Recheck{ana.technician}, the_system);
  then.happens<PlanRestored>().happens<OfferChanged>();
  then.after(1min);
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

TEST_CASE(
    "plan: windows that are said again, and a slip of priority, leave a waiting clock alone") {
  auto body = create_body();
  body.windows = {{start_time + 120h, start_time + 124h}};
  const auto dues = [](const Order& order) {
    return std::array{order.sla.respond.due, order.sla.arrive.due, order.sla.resolve.due};
  };
  auto then = given(does(clara, body), triaged());
  const auto before = dues(then.order());
  then.world.wait_until(start_time + 119h + 30min);
  then.when(Edit{.windows = {body.windows}}, sofia).when(Reschedule{body.windows, {}}, clara);
  CHECK(dues(then.order()) == before);
  then.when(SetPriority{.priority = 1}, sofia).when(SetPriority{.priority = 2}, sofia);
  CHECK(dues(then.order()) == before);

  // Also one that was held meanwhile: nothing is held twice.
  auto paused_once = given(does(clara, body), triaged(),
                           does(sofia, Assign{.technician = ana.technician,
                                              .from = start_time + 1h,
                                              .override_ = true,
                                              .reason = "agreed"}),
                           started(), paused("client_absent"));
  paused_once.after(4h).when(Resume{}, ana);
  const auto due = paused_once.order().sla.resolve.due;
  CHECK(due == before[2]);
  paused_once.when(SetPriority{.priority = 1}, sofia).when(SetPriority{.priority = 2}, sofia);
  CHECK(paused_once.order().sla.resolve.due == due);
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
