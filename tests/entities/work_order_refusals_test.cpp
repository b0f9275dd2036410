// What a supervisor says to a dispatcher's proposal.
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

TEST_CASE("order refusals: a supervisor refuses a technician for it, and its row says so") {
  const auto refuses_ben = [](const std::string& reason) {
    return RefuseProposal{.technician = ben.technician, .reason = reason, .from = start_time + 2h};
  };
  for (const auto status :
       {Status::TRIAGED, Status::SCHEDULED, Status::ASSIGNED, Status::ACCEPTED}) {
    auto then = given_in(status);
    then.when(refuses_ben("other_crew"), sofia).leads_to(status).happens<ProposalRefused>();
    REQUIRE(then.order().refused.size() == 1);
    CHECK(then.order().refused[0].technician == ben.technician);
    CHECK(then.order().refused[0].from == start_time + 2h);
  }
  auto triaged = given_in(Status::TRIAGED);
  triaged.when(refuses_ben("other_crew"), sofia);
  triaged.when(refuses_ben("knows_nobody_there"), sofia);
  REQUIRE(triaged.order().refused.size() == 1);
  CHECK(triaged.order().refused[0].reason == "knows_nobody_there");
  given_in(Status::IN_PROGRESS)
      .when(refuses_ben("other_crew"), sofia)
      .is_rejected("order_is_in_progress");
}

TEST_CASE("order refusals: whoever gets it all the same is not refused any more") {
  auto order = given_in(Status::TRIAGED);
  order.when(RefuseProposal{.technician = ben.technician, .reason = "other_crew"}, sofia);
  order.when(RefuseProposal{.technician = ana.technician, .reason = "other_crew"}, sofia);
  order.when(assign_to(ben), sofia).leads_to(Status::ASSIGNED);
  REQUIRE(order.order().refused.size() == 1);
  CHECK(order.order().refused[0].technician == ana.technician);
  order.when(Unassign{.reason = "sick"}, sofia);
  order.when(Schedule{.from = start_time + 5h, .technician = ana.technician}, sofia)
      .leads_to(Status::SCHEDULED);
  CHECK(order.order().refused.empty());
}

TEST_CASE("order refusals: there is an end to them") {
  auto order = given_in(Status::TRIAGED);
  const auto refuse = [&](std::size_t i) -> decltype(auto) {
    return order.when(
        RefuseProposal{.technician = derive_id("tec", "refused", "", std::to_string(i)),
                       .reason = "other_crew"},
        sofia);
  };
  for (std::size_t i = 0; i < refused_max; ++i) refuse(i);
  CHECK(order.order().refused.size() == refused_max);
  refuse(refused_max).is_rejected("too_many_refusals");
  refuse(0).leads_to(Status::TRIAGED);
}

}  // namespace
}  // namespace mf::work_order::test
