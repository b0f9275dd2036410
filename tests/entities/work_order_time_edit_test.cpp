#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

TEST_CASE(
    "work order: a technician asks for a time correction, a supervisor grants or refuses it") {
  auto then = given_in(Status::COMPLETED);
  const auto from = then.order().visits.back().time[0].from;
  const RequestTimeEdit ask{.from = from - 2min, .to = from};
  const Envelope why{.justification = "forgot to press start"};
  then.when(ask, ana).refuses_field("justification", "too_short");
  then.when(ask, ana, why).happens<TimeEditRequested>();
  then.when(EditTime{.from = from, .to = from + 1min}, sofia, why).is_forbidden();
  auto refused = then;
  refused.when(EditTime{.refuse = true}, sofia).happens<TimeEditRefused>();
  refused.when(EditTime{}, sofia).is_rejected("no_time_edit_requested");
  then.when(EditTime{}, sofia).happens<TimeEdited>();
  CHECK(then.order().visits.back().time[0].from == from - 2min);
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
  const RequestTimeEdit ask{.from = start_time + 1min, .to = start_time + 2min};
  const Envelope why{.justification = "forgot to press start"};
  then.when(ask, ben, why).happens<TimeEditRequested>();
  then.when(ask, ana, why).is_rejected("time_edit_pending");
  then.when(RequestTimeEdit{.from = start_time + 1min, .to = start_time + 3min}, ben, why)
      .happens<TimeEditRequested>();
  then.when(EditTime{}, sofia).when(ask, ana, why).happens<TimeEditRequested>();
}
TEST_CASE("work order: a request for a correction is refused before the order ends") {
  const auto asked = [] {
    return given_in(Status::COMPLETED)
        .when(RequestTimeEdit{.from = start_time + 1min, .to = start_time + 2min}, ana,
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
TEST_CASE("work order: nobody worked before the order, in the future, all day or twice at a time") {
  auto then =
      given(with([](World& w) { w.policy.auto_close_after = Duration{0}; }), created(), triaged(),
            assigned_to(ana), started(), paused(), does(ana, Resume{}), completed());
  then.after(50h);
  const auto& visit = then.order().visits.back();
  const auto first = visit.time[0], second = visit.time[1];
  const auto tries = [&](Timestamp from, Timestamp to) {
    auto asked = then;
    asked.when(RequestTimeEdit{.entry = 0, .from = from, .to = to}, ana,
               {.justification = "forgot to press start"});
    then.when(EditTime{.entry = 0, .from = from, .to = to}, root,
              {.justification = "agreed with Ana"});
    REQUIRE(asked.world.last.has_value() == then.world.last.has_value());
    return then.world.last ? "yes" : then.world.last.error().code;
  };
  const auto created_at = then.order().created_at;
  CHECK(tries(created_at - 1ms, first.from) == "before_the_order");
  CHECK(tries(first.from, then.world.now + 1ms) == "in_the_future");
  CHECK(tries(*second.to, *second.to + 24h + 1ms) == "too_long");
  CHECK(tries(first.from, second.from + 1ms) == "time_entries_overlap");
  CHECK(tries(*second.to, *second.to + 24h) == "yes");
  CHECK(tries(created_at, second.from) == "yes");
}
TEST_CASE("work order: a correction that a cancelled order is asked for is turned down before") {
  auto then = given(created(), triaged(), assigned_to(ana), started(), paused(),
                    does(ana, RequestTimeEdit{.from = start_time + 1min, .to = start_time + 2min},
                         {.justification = "forgot to press start"}));
  then.when(Cancel{.reason = "solved"}, sofia).leads_to(Status::CANCELLED);
  then.happens<TimeEditRefused>();
  CHECK_FALSE(then.order().time_edit);
}
TEST_CASE("work order: who supervises may ask for the own visit's time, not grant it") {
  auto both = ana;
  both.roles.push_back(Role::supervisor);
  both.zones = {zone_a};
  auto then = given_in(Status::COMPLETED);
  const RequestTimeEdit ask{.from = start_time + 1min, .to = start_time + 2min};
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
  given_in(Status::TRIAGED)
      .after(1h)
      .when(edit, root, {.justification = "agreed with Ana"})
      .is_rejected("no_recorded_time");
  auto running = given_in(Status::IN_PROGRESS);
  running.after(1h)
      .when(edit, root, {.justification = "agreed with Ana"})
      .is_rejected("time_entry_open");
}

}  // namespace
}  // namespace mf::work_order::test
