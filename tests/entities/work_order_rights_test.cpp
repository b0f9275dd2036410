#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

const Envelope for_ana{.on_behalf_of = ana.technician, .justification = "her phone is broken"};

Principal watcher() {
  auto by = Principal{.account = "tracking"};
  by.tracked_order = the_order;
  return by;
}

struct RightsAttempt {
  const char* name;
  Status in;
  Command command;
};

const std::vector<RightsAttempt> supervision{
    {"reject", Status::NEW, Reject{.reason = "x"}},
    {"triage", Status::NEW, Triage{}},
    {"set_priority", Status::NEW, SetPriority{.priority = 1}},
    {"schedule", Status::TRIAGED, Schedule{.from = start_time + 2h}},
    {"assign", Status::TRIAGED, assign_to(ana)},
    {"reassign", Status::ASSIGNED, Reassign{assign_to(ben)}},
    {"unassign", Status::ASSIGNED, Unassign{.reason = "x"}},
    {"edit", Status::ASSIGNED, Edit{.title = {"x"}}},
    {"pin", Status::ASSIGNED, Pin{}},
    {"refuse_proposal", Status::TRIAGED,
     RefuseProposal{.technician = ben.technician, .reason = "x"}},
    {"request_approval", Status::COMPLETED, RequestApproval{.reason = "x"}},
    {"approve", Status::COMPLETED, Approve{}},
    {"return", Status::APPROVAL_REQUIRED, Return{"the photo is blurred"}},
    {"retry", Status::FAILED, Retry{.reason = "x"}},
    {"reopen", Status::CLOSED, Reopen{.reason = "x"}}};

const std::vector<RightsAttempt> field_work{
    {"accept", Status::ASSIGNED, Accept{}}, {"decline", Status::ASSIGNED, Decline{.reason = "x"}},
    {"depart", Status::ACCEPTED, Depart{}}, {"arrive", Status::EN_ROUTE, Arrive{}},
    {"start", Status::ON_SITE, Start{}},    {"pause", Status::IN_PROGRESS, Pause{}},
    {"resume", Status::PAUSED, Resume{}},   {"complete", Status::IN_PROGRESS, Complete{}},
    {"fail", Status::PAUSED, Fail{}}};

const std::vector<RightsAttempt> client_talk{
    {"cancel", Status::ACCEPTED, Cancel{.reason = "x"}},
    {"confirm_window", Status::SCHEDULED, ConfirmWindow{}},
    {"reschedule", Status::SCHEDULED, Reschedule{.windows = {{start_time, start_time + 1h}}}}};

const std::vector<RightsAttempt> internal_ones{
    {"revoke", Status::ASSIGNED, Revoke{ana.technician, "x"}},
    {"offer_expiry", Status::ASSIGNED, OfferExpiry{}},
    {"sla_check", Status::NEW, SlaCheck{}},
    {"auto_close", Status::COMPLETED, AutoClose{}}};

bool is_visible_to_ana(Status status) {
  return viewpoint_of(given_in(status).order(), ana).has_value();
}

TEST_CASE("rights: who supervises the zone, and an administrator, may steer an order") {
  for (const auto& attempt : supervision) {
    INFO(attempt.name);
    CHECK(given_in(attempt.in).when(attempt.command, sofia).world.last);
    CHECK(given_in(attempt.in).when(attempt.command, root).world.last);
    given_in(attempt.in).when(attempt.command, clara).is_forbidden();
    given_in(attempt.in).when(attempt.command, foreign_supervisor).is_hidden();
    given_in(attempt.in).when(attempt.command, other_client).is_hidden();
    given_in(attempt.in).when(attempt.command, oscar).is_hidden();
    given_in(attempt.in).when(attempt.command, ben).is_hidden();
    auto by_technician = given_in(attempt.in).when(attempt.command, ana);
    is_visible_to_ana(attempt.in) ? by_technician.is_forbidden() : by_technician.is_hidden();
  }
}
TEST_CASE("rights: a visit's work is its technician's, or a supervisor's on behalf") {
  for (const auto& attempt : field_work) {
    INFO(attempt.name);
    CHECK(given_in(attempt.in).when(attempt.command, ana).world.last);
    CHECK(given_in(attempt.in).when(attempt.command, sofia, for_ana).world.last);
    if (!std::holds_alternative<Pause>(attempt.command))
      given_in(attempt.in).when(attempt.command, sofia).is_forbidden();
    given_in(attempt.in).when(attempt.command, root).is_forbidden();
    given_in(attempt.in).when(attempt.command, root, for_ana).is_forbidden();
    given_in(attempt.in).when(attempt.command, clara).is_forbidden();
    given_in(attempt.in).when(attempt.command, clara, for_ana).is_forbidden();
    given_in(attempt.in).when(attempt.command, ana, for_ana).is_forbidden();
    given_in(attempt.in).when(attempt.command, foreign_supervisor, for_ana).is_hidden();
    given_in(attempt.in).when(attempt.command, ben).is_hidden();
    given_in(attempt.in).when(attempt.command, oscar).is_hidden();
  }
}
TEST_CASE("rights: a supervisor of the zone pauses work in their own name") {
  given_in(Status::IN_PROGRESS).when(Pause{.reason = "weather"}, sofia).leads_to(Status::PAUSED);
  given_in(Status::IN_PROGRESS).when(Pause{}, foreign_supervisor).is_hidden();
  given_in(Status::IN_PROGRESS).when(Pause{}, root).is_forbidden();
}
TEST_CASE("rights: whose visit has ended writes nothing more") {
  auto then = given_in(Status::FAILED);
  then.when(Comment{.text = "x"}, ana).is_forbidden();
  then.when(Retry{.reason = "x"}, sofia).happens<Retried>();
  then.when(Comment{.text = "x"}, ana).is_forbidden();
  then.when(assign_to(ben), sofia).happens<Assigned>();
  then.when(Comment{.text = "x"}, ana).is_forbidden();
  CHECK(viewpoint_of(then.order(), ana) == Viewpoint::former);
  CHECK(viewpoint_of(then.order(), ben) == Viewpoint::technician);
}
TEST_CASE("rights: cancelling and windows are the client's and the supervisors'") {
  for (const auto& attempt : client_talk) {
    INFO(attempt.name);
    CHECK(given_in(attempt.in).when(attempt.command, clara).world.last);
    CHECK(given_in(attempt.in).when(attempt.command, sofia).world.last);
    given_in(attempt.in).when(attempt.command, other_client).is_hidden();
    given_in(attempt.in).when(attempt.command, foreign_supervisor).is_hidden();
    given_in(attempt.in).when(attempt.command, watcher()).is_forbidden();
  }
  given_in(Status::ACCEPTED).when(Cancel{.reason = "x"}, ana).is_forbidden();
}
TEST_CASE("rights: only the client rates") {
  for (const auto& by : {sofia, root, ana, watcher()})
    given_in(Status::CLOSED).when(Rate{5}, by).is_forbidden();
  given_in(Status::CLOSED).when(Rate{5}, other_client).is_hidden();
}
TEST_CASE("rights: everybody who sees an order may comment on it, a tracking link may not") {
  for (const auto& by : {sofia, root, ana, clara})
    CHECK(given_in(Status::ASSIGNED).when(Comment{.text = "x"}, by).world.last);
  given_in(Status::ASSIGNED).when(Comment{.text = "x"}, watcher()).is_forbidden();
  given_in(Status::ASSIGNED).when(Comment{.text = "x"}, ben).is_hidden();
}
TEST_CASE("rights: technicians and operators make no orders") {
  given().when(create_body(), ana).is_forbidden();
  given().when(create_body(), oscar).is_forbidden();
}
TEST_CASE("rights: timers' and reactions' commands don't exist for people") {
  for (const auto& attempt : internal_ones) {
    INFO(attempt.name);
    for (const auto& by : {sofia, root, ana, clara})
      given_in(attempt.in).when(attempt.command, by).is_hidden();
  }
  given().when(OpenLinked{}, root).is_hidden();
}
TEST_CASE("rights: nobody can do anything to an order that does not exist") {
  for (const auto* list : {&supervision, &field_work, &client_talk, &internal_ones})
    for (const auto& attempt : *list) {
      INFO(attempt.name);
      for (const auto& by : {sofia, root, ana, clara, the_system})
        given().when(attempt.command, by).is_hidden();
    }
}
TEST_CASE("rights: a technician sees an order while and after having it, not after losing it") {
  CHECK(viewpoint_of(given_in(Status::ASSIGNED).order(), ana) == Viewpoint::technician);
  CHECK(viewpoint_of(given_in(Status::CLOSED).order(), ana) == Viewpoint::former);
  CHECK_FALSE(viewpoint_of(given_in(Status::SCHEDULED).order(), ana));
  auto lost = given_in(Status::ASSIGNED).when(Decline{.reason = "x"}, ana);
  CHECK_FALSE(viewpoint_of(lost.order(), ana));
  CHECK_FALSE(viewpoint_of(lost.order(), ben));
}
TEST_CASE("rights: who is both supervisor and client of an order supervises it") {
  auto both = sofia;
  both.roles.push_back(Role::client);
  both.client = the_client;
  CHECK(viewpoint_of(given_in(Status::NEW).order(), both) == Viewpoint::staff);
}
TEST_CASE("rights: a claim is only taken when the command would be allowed") {
  auto then = given_in(Status::TRIAGED);
  const auto asked = [&](const Principal& by) {
    return wants(then.order(), assign_to(ana), then.world.policy, then.world.context(by))
        .agenda.has_value();
  };
  CHECK(asked(sofia));
  CHECK_FALSE(asked(foreign_supervisor));
  CHECK_FALSE(asked(clara));
}

}  // namespace
}  // namespace mf::work_order::test
