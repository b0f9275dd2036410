// A zone that suggests, as its supervisor's screen sees it: proposals come as rows of the board,
// are accepted and refused by commands, and the zone is switched meanwhile.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/system/follower.hpp"

using namespace mf::system_test;

namespace {

void dispatch(Company& company, const std::string& mode) {
  const auto path = "/v1/zones/" + company.north_zone;
  const auto tag = company.admin.get(path).raw.header("ETag");
  const auto version = std::stoull(std::string(tag.substr(1, tag.size() - 2)));
  REQUIRE(company.admin.patch(path, {{"dispatch", mode}}, version).ok());
}

std::string triaged(Company& company, const std::string& title = "Sin internet") {
  const auto order = company.new_order(title);
  REQUIRE(company.supervisor()
              .post("/v1/orders/" + order + "/triage", {{"confirmed_distinct", true}})
              .ok());
  return order;
}

/// The board of the north on a supervisor's screen.
struct Console {
  explicit Console(World& world)
      : world_(world), follower_(world.loop, world.company->supervisor()) {
    follower_.follow(topic_);
    open();
  }
  void open() { follower_.connect(world_.node->http()); }
  /// What is proposed for this order; null: nothing.
  Json proposal(const std::string& order) {
    follower_.absorb();
    for (const auto& [id, row] : follower_.rows(topic_))
      if (row.at("kind") == "proposal" && row.at("order") == order) return row;
    return {};
  }
  Json wait_for(const std::string& order) {
    REQUIRE(world_.loop.wait([&] { return !proposal(order).is_null(); }));
    return proposal(order);
  }
  [[nodiscard]] bool is_gone(const std::string& id) {
    return world_.loop.wait([&] {
      follower_.absorb();
      return !follower_.rows(topic_).contains(id);
    });
  }

 private:
  World& world_;
  const std::string topic_ = "board:" + world_.company->north_zone;
  Follower follower_;
};

Answer accept(World& world, const Json& ids) {
  return world.company->supervisor().post(
      "/v1/zones/" + world.company->north_zone + "/accept_proposals", {{"proposals", ids}});
}

Json order_of(World& world, const std::string& order) {
  return world.company->supervisor().get("/v1/orders/" + order).json;
}

}  // namespace

TEST_CASE("proposals: accepted from the board, they are the supervisor's own commands") {
  World world;
  auto& company = *world.company;
  dispatch(company, "suggest");
  Console console(world);
  const auto first = triaged(company, "uno"), second = triaged(company, "dos");
  const auto one = console.wait_for(first), two = console.wait_for(second);
  CHECK(one.at("verb") == "assign");
  CHECK(one.at("why") == "no_technician");
  CHECK(one.at("tells") == Json{"client", "technician"});
  CHECK(one.at("order_version") == order_of(world, first).at("version"));
  CHECK(order_of(world, first).at("status") == "TRIAGED");

  // A person was faster with the second one; it and what was never proposed stop nobody.
  REQUIRE(company.supervisor().post("/v1/orders/" + second + "/pin", Json::object()).ok());
  const auto answer =
      accept(world, Json::array({"prp_00000000000000000000000000", two.at("id"), one.at("id")}));
  REQUIRE(answer.status == 200);
  const auto& results = answer.json.at("results");
  REQUIRE(results.size() == 3);
  CHECK(results.at(0).at("err").at("code") == "proposal_gone");
  CHECK(results.at(1).at("order") == second);
  CHECK(results.at(1).at("err").at("status") == 412);
  CHECK(results.at(2).at("proposal") == one.at("id"));
  CHECK(results.at(2).at("ok").at("status") == "ASSIGNED");
  CHECK(console.is_gone(one.at("id")));
  CHECK(console.is_gone(two.at("id")));
  const auto view = order_of(world, first);
  CHECK(view.at("technician") == one.at("technician"));
  const auto events = company.supervisor().get("/v1/orders/" + first + "/timeline").json.at("data");
  CHECK(mf::to_text(events.back()).find(company.supervisor().account) != std::string::npos);

  // Sent again, it comes to the same; to somebody else it is a conflict.
  const auto again = accept(world, Json::array({one.at("id")})).json.at("results").at(0);
  CHECK(again.at("ok") == results.at(2).at("ok"));
  const auto path = "/v1/zones/" + company.north_zone + "/accept_proposals";
  const auto other = company.admin.post(path, {{"proposals", Json::array({one.at("id")})}}).json;
  CHECK(other.at("results").at(0).at("err").at("status") == 412);

  CHECK(accept(world, Json::array()).status == 422);
  CHECK(company.admin.post(path, {{"proposals", Json::array({7})}}).status == 422);
  CHECK(company.admin.post(path, {{"proposal", Json::array({"x"})}}).status == 422);
}

TEST_CASE("proposals: refused, they don't come back that day, after a restart neither") {
  World world;
  auto& company = *world.company;
  dispatch(company, "suggest");
  Console console(world);
  const auto order = triaged(company);
  const auto first = console.wait_for(order);
  const auto refuse = [&](const Json& proposal) {
    return company.supervisor().post("/v1/orders/" + order + "/refuse_proposal",
                                     {{"technician", proposal.at("technician")},
                                      {"from", proposal.at("slot").at("from")},
                                      {"reason", "other_crew"},
                                      {"note", "el cliente pidió otra cuadrilla"}});
  };
  REQUIRE(refuse(first).ok());
  CHECK(console.is_gone(first.at("id")));
  const auto second = console.wait_for(order);
  CHECK(second.at("technician") != first.at("technician"));
  CHECK(order_of(world, order).at("refused").at(0).at("technician") == first.at("technician"));
  const auto last = [&] {
    return company.supervisor().get("/v1/orders/" + order + "/timeline").json.at("data").back();
  };
  CHECK(last().at("type") == "order.proposal_refused");
  CHECK(last().at("data").at("note") == "el cliente pidió otra cuadrilla");
  const auto for_client = company.laura().get("/v1/orders/" + order + "/timeline");
  CHECK(for_client.raw.body.find("refused") == std::string::npos);

  // The dispatcher forgets all, the order doesn't; and what it proposes is the same as before.
  world.node->kill();
  world.start_again();
  console.open();
  const auto again = console.wait_for(order);
  CHECK(again.at("technician") == second.at("technician"));
  REQUIRE(refuse(again).ok());
  CHECK(console.is_gone(again.at("id")));
  const auto report = [&] {
    return company.supervisor().get("/v1/zones/" + company.north_zone + "/dispatch").json;
  };
  REQUIRE(world.loop.wait([&] { return !report().at("waiting").empty(); }));
  CHECK(report().at("proposals").empty());
  // An automatic zone keeps to it, too; a person may do otherwise.
  dispatch(company, "automatic");
  REQUIRE(world.loop.wait([&] { return report().at("mode") == "automatic"; }));
  CHECK(order_of(world, order).at("status") == "TRIAGED");
  REQUIRE(company.supervisor()
              .post("/v1/orders/" + order + "/assign", {{"technician", first.at("technician")}})
              .ok());
  CHECK(order_of(world, order).at("refused").size() == 1);
}

TEST_CASE("proposals: a zone that is switched has them done, or has none") {
  World world;
  auto& company = *world.company;
  const auto order = triaged(company, "uno");
  dispatch(company, "suggest");
  Console console(world);
  const auto proposal = console.wait_for(order);
  dispatch(company, "off");
  CHECK(console.is_gone(proposal.at("id")));
  dispatch(company, "suggest");
  const auto again = console.wait_for(order);
  CHECK(again.at("technician") == proposal.at("technician"));
  dispatch(company, "automatic");
  CHECK(console.is_gone(again.at("id")));
  CHECK(world.loop.wait([&] { return order_of(world, order).at("status") == "ASSIGNED"; }));
  dispatch(company, "suggest");
  const auto next = triaged(company, "dos");
  CHECK(console.wait_for(next).at("order") == next);
  CHECK(order_of(world, next).at("status") == "TRIAGED");
}
