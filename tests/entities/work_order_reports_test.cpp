// What phones report and when it happened, what is said about the work, and orders that repeat
// others.
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

TEST_CASE("work order: a late report is flagged and asks for approval") {
  auto then = given_in(Status::IN_PROGRESS).after(20min);
  const auto said = std::chrono::duration_cast<Duration>(then.world.now - start_time) - 6min;
  then.when(Complete{}, ana, {.said_at = said}).leads_to(Status::APPROVAL_REQUIRED);
  CHECK(then.order().completed_at == start_time + said);
  CHECK(then.event<ApprovalRequested>().rules == std::vector<Flag>{Flag::late_report});
}
TEST_CASE(
    "work order: a device time before the visit's previous event is moved to it and flagged") {
  auto then = given_in(Status::IN_PROGRESS);
  const auto began = then.order().visits.back().last_at;
  then.after(10min).when(Complete{}, ana, {.said_at = 1min});
  CHECK(then.order().completed_at == began);
  CHECK(std::ranges::count(then.order().flags, Flag::clock_corrected) == 1);
}
TEST_CASE("work order: what a phone measured keeps its length, however wrong its clock is") {
  for (const Duration wrong : {Duration(-180s), Duration(-5h), Duration(-80h), Duration(0s)}) {
    INFO(wrong.count());
    auto then = given(created(), triaged(), assigned_to(ana));
    const auto assigned = std::chrono::duration_cast<Duration>(then.world.now - start_time);
    then.world.now += 10s;
    const auto said = [&](Duration after) {
      then.world.now += 3ms;  // one batch is recorded within moments
      return Envelope{.said_at = assigned + after + wrong};
    };
    then.when(Accept{}, ana, said(1s)).when(Start{}, ana, said(2s));
    then.when(Complete{}, ana, said(5s)).happens<WorkCompleted>();
    const auto& time = then.order().visits.back().time;
    REQUIRE(time.size() == 1);
    CHECK(*time[0].to - time[0].from == 3s);
    CHECK(time[0].from >= then.order().visits.back().assigned_at);
    CHECK(*time[0].to <= then.world.now);
    CHECK(std::ranges::count(then.order().flags, Flag::clock_corrected) == (wrong != 0s));
  }
}
TEST_CASE("work order: a clock whose error the phone told is right, and flagged") {
  auto then = given(created(), triaged(), assigned_to(ana)).after(1min);
  const auto now = std::chrono::duration_cast<Duration>(then.world.now - start_time);
  then.when(Accept{}, ana, {.said_at = now - 5h, .device_clock = DeviceClock{5h - 30s, true}});
  CHECK(then.order().visits.back().accepted_at == then.world.now - 30s);
  CHECK(then.order().flags == std::vector{Flag::clock_corrected});
  auto right = given(created(), triaged(), assigned_to(ana)).after(1min);
  right.when(Accept{}, ana, {.said_at = now - 2s});
  CHECK(right.order().flags.empty());
}
TEST_CASE("work order: a phone that is online keeps its lengths, one report after the other") {
  for (const Duration wrong : {Duration(-5h), Duration(-180s), Duration(0s), Duration(5h)})
    for (const bool tells_its_time : {true, false}) {
      INFO(wrong.count() << (tells_its_time ? " measured" : " unknown"));
      auto then = given(created(), triaged(), assigned_to(ana)).after(10s);
      const auto says = [&] {
        Envelope e{.said_at =
                       std::chrono::duration_cast<Duration>(then.world.now - start_time) + wrong};
        if (tells_its_time) e.device_clock = DeviceClock{-wrong, true};  // no road: exactly now
        return e;
      };
      then.when(Accept{}, ana, says()).after(2min).when(Start{}, ana, says());
      then.after(78s).when(Complete{}, ana, says()).happens<WorkCompleted>();
      const auto& time = then.order().visits.back().time;
      REQUIRE(time.size() == 1);
      CHECK(*time[0].to - time[0].from == 78s);
      if (tells_its_time) CHECK(time[0].from == then.world.now - 78s);
      const auto& flags = then.order().flags;
      CHECK(std::ranges::count(flags, Flag::clock_corrected) == (wrong != 0s));
      if (tells_its_time || wrong < 0s) CHECK(std::ranges::count(flags, Flag::late_report) == 0);
    }
}
TEST_CASE("work order: what the gateway supposes of a clock gives way to what the visit knows") {
  auto then = given(created(), triaged(), assigned_to(ana)).after(10s);
  const auto now = [&] {
    return std::chrono::duration_cast<Duration>(then.world.now - start_time);
  };
  then.when(Accept{}, ana, {.said_at = now()}).after(20min);
  const DeviceClock supposed{-10min, false};  // of another command's odd stamp
  then.when(Start{}, ana, {.said_at = now() - 145s, .device_clock = supposed});
  then.when(Complete{}, ana, {.said_at = now() - 5s, .device_clock = supposed});
  const auto& time = then.order().visits.back().time;
  REQUIRE(time.size() == 1);
  CHECK(time[0].from == then.world.now - 145s);
  CHECK(time[0].to == then.world.now - 5s);
  CHECK(then.order().flags.empty());
}
TEST_CASE("work order: an odd stamp is judged alone, and a clock that is set right is believed") {
  auto odd = given(created(), triaged(), assigned_to(ana)).after(10s);
  const auto now = [](const Then& then) {
    return std::chrono::duration_cast<Duration>(then.world.now - start_time);
  };
  odd.when(Start{}, ana, {.said_at = now(odd)}).after(10min);
  odd.when(Pause{.reason = "break"}, ana, {.said_at = now(odd) - 20 * 365 * 24h});
  CHECK(odd.order().visits.back().last_at == odd.order().visits.back().time[0].from);
  odd.after(1min).when(Resume{}, ana, {.said_at = now(odd) - 2s});
  CHECK(odd.order().visits.back().last_at == odd.world.now - 2s);

  auto set = given(created(), triaged(), assigned_to(ana)).after(10s);
  set.when(Accept{}, ana, {.said_at = now(set) - 5h}).after(5min);
  set.when(Start{}, ana, {.said_at = now(set) - 1s});
  CHECK(set.order().visits.back().last_at == set.world.now - 1s);
  set.after(5min).when(Complete{}, ana, {.said_at = now(set) - 3min});
  CHECK(set.order().completed_at == set.world.now - 3min);
}
TEST_CASE("work order: a supervisor's clock says nothing of the technician's") {
  auto then = given(created(), triaged(), assigned_to(ana)).after(10s);
  const auto now = [&] {
    return std::chrono::duration_cast<Duration>(then.world.now - start_time);
  };
  then.when(Accept{}, ana, {.said_at = now() - 180s}).after(1min);
  const auto known = then.order().visits.back().clock_offset_ms;
  CHECK(known);
  then.when(Start{}, sofia,
            {.said_at = now() - 5s,
             .on_behalf_of = ana.technician,
             .justification = "her phone is broken"});
  CHECK(then.order().visits.back().last_at == then.world.now - 5s);
  CHECK(then.order().visits.back().clock_offset_ms == known);
}
TEST_CASE("work order: a second order for the same waits until somebody has looked") {
  const Id twin = id_of("ord", 'T');
  const auto second = [&](bool is_auto) {
    return given(with([=](World& w) {
                   w.twin = twin;
                   w.terms.is_auto_triage = is_auto;
                 }),
                 created());
  };
  CHECK(second(true).order().status == Status::NEW);
  auto then = second(false);
  CHECK(then.order().twin == twin);
  CHECK(then.order().flags == std::vector{Flag::possible_duplicate});
  then.when(Triage{}, sofia).is_rejected("possible_duplicate");
  CHECK(then.world.last.error().detail.in_english().find(twin) != std::string::npos);
  then.when(Triage{.confirmed_distinct = true}, sofia).leads_to(Status::TRIAGED);
  CHECK(then.order().flags.empty());
  given(created()).when(Triage{}, sofia).leads_to(Status::TRIAGED);
}
TEST_CASE("work order: what it may repeat ends, and it goes on as if it had been the first") {
  const Id first = id_of("ord", 'T'), other = id_of("ord", 'U');
  const auto second = [&](bool is_auto) {
    return given(with([=](World& w) {
                   w.twin = first;
                   w.terms.is_auto_triage = is_auto;
                 }),
                 created());
  };
  auto by_itself = second(true);
  by_itself.when(TwinEnded{first, {}}, the_system).leads_to(Status::TRIAGED);
  CHECK(by_itself.event<TwinChanged>().ended == first);
  CHECK(by_itself.event<Triaged>().automatic);
  CHECK(by_itself.order().flags.empty());
  CHECK_FALSE(by_itself.order().twin);
  auto by_hand = second(false);
  by_hand.when(TwinEnded{first, {}}, the_system).leads_to(Status::NEW);
  CHECK(by_hand.order().flags.empty());
  by_hand.when(Triage{}, sofia).leads_to(Status::TRIAGED);

  auto of_three = second(true);
  of_three.when(TwinEnded{other, {}}, the_system).is_rejected("already_done");
  of_three.when(TwinEnded{first, other}, the_system).leads_to(Status::NEW);
  CHECK(of_three.order().twin == other);
  CHECK(of_three.order().flags == std::vector{Flag::possible_duplicate});
  of_three.when(TwinEnded{first, {}}, the_system).is_rejected("already_done");
  of_three.when(TwinEnded{other, {}}, sofia).is_hidden();
  of_three.when(Triage{.confirmed_distinct = true}, sofia)
      .when(TwinEnded{other, {}}, the_system)
      .is_rejected("already_done");
  given().when(TwinEnded{first, {}}, the_system).is_rejected("already_done");
}
TEST_CASE("work order: finished work tells the client that nothing repeats it") {
  const auto then = given(created(), triaged(), assigned_to(ana), started(), completed());
  const auto consequences = react(then.world.happened.back());
  const auto settles = [](const Consequence& c) {
    const auto* settle = std::get_if<Settle>(&c);
    return settle && settle->client == the_client;
  };
  CHECK(std::ranges::count_if(consequences, settles) == 1);
}
TEST_CASE("work order: an order that ends is forgotten by its client, however old it is") {
  const auto forgets = [](const Then& then) {
    int count = 0;
    for (const auto& event : *then.world.last)
      for (const auto& consequence : react(event))
        if (const auto* forget = std::get_if<Forget>(&consequence)) {
          CHECK(forget->client == the_client);
          ++count;
        }
    return count;
  };
  CHECK(forgets(given(created()).when(Cancel{.reason = "solved"}, clara)) == 1);
  CHECK(forgets(given(created()).when(Reject{.reason = "twice"}, sofia)) == 1);
  CHECK(forgets(given_in(Status::COMPLETED).when(Approve{}, sofia)) == 1);
  CHECK(forgets(given(created()).after(31min).when(Cancel{.reason = "solved"}, clara)) == 1);
}
TEST_CASE(
    "work order: reasons to pause and to fail are the catalogue's, and so is what they hold") {
  given_in(Status::IN_PROGRESS)
      .when(Pause{.reason = "lunch"}, ana)
      .refuses_field("reason", "unknown_value");
  auto then = given_in(Status::IN_PROGRESS).when(Pause{.reason = "client_absent"}, ana);
  CHECK(then.order().sla.held_since);
  CHECK_FALSE(given_in(Status::PAUSED).order().sla.held_since);
}
TEST_CASE("work order: who approves sees what was said at the end, and what is still wanted") {
  auto then = given(created(), triaged(), assigned_to(ana), started());
  then.when(FollowUp{.reason = "parts", .parts = {"ONT"}}, ana);
  CHECK(then.order().parts == std::vector<std::string>{"ONT"});
  then.when(assign_to(ana), sofia).when(Start{}, ana);
  then.when(Complete{.note = "listo", .signature = "Clara"}, ana);
  REQUIRE(then.order().completion);
  CHECK(then.order().completion->note == "listo");
  CHECK(then.order().completion->signature.value == "Clara");
  CHECK(then.order().parts.empty());
  then.when(RequestApproval{.reason = "check"}, sofia).when(Return{"the photo is blurred"}, sofia);
  CHECK(then.order().remark == "the photo is blurred");
}

}  // namespace
}  // namespace mf::work_order::test
