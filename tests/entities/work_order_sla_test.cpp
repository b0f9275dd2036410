#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

// The World's policy is that of priority 2: 60/240/480 minutes to respond, arrive, resolve.

TEST_CASE("SLA: a clock tells once at 80 % and once at 100 %") {
  auto then = given(created()).after(48min - 1ms);
  CHECK(count_of<SlaAtRisk>(then.world) == 0);
  then.after(1ms);
  CHECK(count_of<SlaAtRisk>(then.world) == 1);
  CHECK(count_of<SlaBreached>(then.world) == 0);
  then.after(12min);
  CHECK(count_of<SlaBreached>(then.world) == 1);
  then.after(100h);
  CHECK(count_of<SlaAtRisk>(then.world) == 3);  // respond, arrive, resolve
  CHECK(count_of<SlaBreached>(then.world) == 3);
}
TEST_CASE("SLA: the first assignment meets the respond clock, completion the others") {
  auto then = given_in(Status::COMPLETED).after(23h);
  CHECK(count_of<SlaAtRisk>(then.world) == 0);
  for (const auto* clock :
       {&then.order().sla.respond, &then.order().sla.arrive, &then.order().sla.resolve}) {
    CHECK(clock->met_at);
    CHECK_FALSE(is_breached(*clock));
  }
}
TEST_CASE("SLA: the client's absence holds the clocks, a break does not") {
  const auto paused_for = [](const std::string& reason) {
    return given(created(), triaged(), assigned_to(ana), started(), paused(reason));
  };
  auto absent = paused_for("client_absent");
  const auto due = absent.order().sla.resolve.due;
  CHECK(deadlines(absent.order()).empty());
  absent.after(100h).when(Resume{}, ana).leads_to(Status::IN_PROGRESS);
  CHECK(absent.order().sla.resolve.due == due + 100h);
  CHECK(count_of<SlaAtRisk>(absent.world) == 0);
  REQUIRE(absent.order().sla.held.size() == 1);
  CHECK(absent.order().sla.held[0].to - absent.order().sla.held[0].from == 100h);

  auto resting = paused_for("break");
  resting.after(8h).when(Resume{}, ana);
  CHECK(resting.order().sla.resolve.due == due);
  CHECK(count_of<SlaBreached>(resting.world) == 1);
}
TEST_CASE("SLA: a visit that failed for the client's reasons holds the clocks until the retry") {
  auto then = given(created(), triaged(), assigned_to(ana), departed(), failed("client_absent"));
  const auto due = then.order().sla.resolve.due;
  then.after(24h).when(Retry{.reason = "tomorrow"}, sofia).leads_to(Status::TRIAGED);
  CHECK(then.order().sla.resolve.due == due + 24h);

  auto unsafe = given_in(Status::FAILED);
  unsafe.after(24h);
  CHECK(count_of<SlaBreached>(unsafe.world) == 2);  // arrive, resolve
}
TEST_CASE("SLA: clocks that were met before a hold keep their due") {
  auto then = given(created(), triaged(), assigned_to(ana), started(), paused("client_absent"));
  const auto due = then.order().sla.respond.due;
  then.after(1h).when(Resume{}, ana);
  CHECK(then.order().sla.respond.due == due);
}
TEST_CASE("SLA: a new priority moves the clocks that still run") {
  auto then = given_in(Status::ASSIGNED);
  const auto respond = then.order().sla.respond.due;
  then.when(SetPriority{.priority = 1}, sofia).happens<PriorityChanged>();
  CHECK(then.order().priority == 1);
  CHECK(then.order().sla.respond.due == respond);
  CHECK(then.order().sla.arrive.due == then.order().created_at + 60min);
  CHECK(then.order().sla.resolve.due == then.order().created_at + 240min);
  then.when(SetPriority{.priority = 1}, sofia).is_rejected("same_priority");
}
TEST_CASE("SLA: finished work keeps its priority, or a return would run by the old policy") {
  given_in(Status::COMPLETED)
      .when(SetPriority{.priority = 1}, sofia)
      .is_rejected("order_is_completed");
  given_in(Status::APPROVAL_REQUIRED)
      .when(SetPriority{.priority = 1}, sofia)
      .is_rejected("order_is_approval_required");
  auto then = given_in(Status::APPROVAL_REQUIRED).when(Return{"the photo is blurred"}, sofia);
  then.when(SetPriority{.priority = 1}, sofia).happens<PriorityChanged>();
  CHECK(then.order().sla.resolve.due == then.order().created_at + 240min);
}
TEST_CASE("SLA: what was told is not told again after the priority changed") {
  auto then = given(created()).after(61min);
  CHECK(count_of<SlaBreached>(then.world) == 1);
  then.when(SetPriority{.priority = 1}, sofia).after(1ms);
  then.when(SetPriority{.priority = 2}, sofia).after(10min);
  const auto respond_told = std::ranges::count_if(then.world.happened, [](const Event& e) {
    const auto* breached = std::get_if<SlaBreached>(&e);
    return breached && breached->clock == ClockName::respond;
  });
  CHECK(respond_told == 1);
}
TEST_CASE("SLA: what was told of a slip of priority is taken back with it, the true due is told") {
  auto then = given(created()).after(20min).when(SetPriority{.priority = 1}, sofia).after(1ms);
  CHECK(is_breached(then.order().sla.respond));
  then.when(SetPriority{.priority = 2}, sofia);
  const auto& respond = then.order().sla.respond;
  CHECK(respond.due == then.order().created_at + 60min);
  CHECK_FALSE(is_breached(respond));
  const auto told = count_of<SlaBreached>(then.world), warned = count_of<SlaAtRisk>(then.world);
  then.after(30min);
  CHECK(count_of<SlaAtRisk>(then.world) == warned + 1);
  CHECK_FALSE(is_breached(respond));
  then.after(20min);
  CHECK(count_of<SlaBreached>(then.world) == told + 1);
  CHECK(is_breached(respond));
}
TEST_CASE("SLA: an arrival in time that was reported late keeps the promise") {
  auto then = given(created(), triaged(), assigned_to(ana), departed());
  then.after(239min);  // the clock has told its breach meanwhile
  CHECK(count_of<SlaBreached>(then.world) == 1);
  then.when(Arrive{}, ana, {.said_at = 200min}).leads_to(Status::ON_SITE);
  CHECK_FALSE(is_breached(then.order().sla.arrive));
}
TEST_CASE("SLA: an order that has ended tells nothing any more") {
  for (const auto status : {Status::CLOSED, Status::CANCELLED, Status::REJECTED})
    CHECK(deadlines(given_in(status).order()).empty());
}
TEST_CASE("SLA: a check that finds nothing to tell says so") {
  given(created()).when(SlaCheck{}, the_system).is_rejected("already_done");
}
TEST_CASE("tracking: the link ends one hour after the order has") {
  auto then = given_in(Status::CLOSED);
  CHECK(tracking_ends_at(then.order(), then.world.policy) == *then.order().ended_at + 1h);
  CHECK_FALSE(tracking_ends_at(given_in(Status::COMPLETED).order(), then.world.policy));
}

}  // namespace
}  // namespace mf::work_order::test
