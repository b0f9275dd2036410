// A zone that dispatches itself, seen from outside.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {

void dispatch(Company& company, const std::string& mode) {
  const auto path = "/v1/zones/" + company.north_zone;
  const auto zone = company.admin.get(path);
  const auto tag = zone.raw.header("ETag");
  const auto version = std::stoull(std::string(tag.substr(1, tag.size() - 2)));
  REQUIRE(company.admin.patch(path, {{"dispatch", mode}}, version).ok());
}

Json report(World& world, const char* language = "en") {
  const auto answer = world.company->supervisor().request(
      "GET", "/v1/zones/" + world.company->north_zone + "/dispatch", {},
      {{"Accept-Language", language}});
  REQUIRE(answer.status == 200);
  return answer.json;
}

bool waits_with(const Json& report, const std::string& order, const std::string& reason) {
  return std::ranges::any_of(report.at("waiting"), [&](const Json& row) {
    return row.at("order") == order && row.at("reason") == reason;
  });
}

}  // namespace

TEST_CASE(
    "dispatch: an order of an automatic zone is on a technician's phone without anybody's hand") {
  World world;
  auto& company = *world.company;
  CHECK(report(world).at("mode") == "off");
  dispatch(company, "automatic");
  Live ana(world.loop), ben(world.loop);
  ana.open(world.node->http(), company.ana().token());
  ben.open(world.node->http(), company.ben().token());

  const auto order = company.new_order();
  REQUIRE(company.supervisor()
              .post("/v1/orders/" + order + "/triage", {{"confirmed_distinct", true}})
              .ok());
  REQUIRE(
      world.loop.wait([&] { return !ana.pushed("asg").empty() || !ben.pushed("asg").empty(); }));
  const bool is_anas = !ana.pushed("asg").empty();
  auto& first = is_anas ? company.ana() : company.ben();
  auto& second_phone = is_anas ? ben : ana;
  CHECK((is_anas ? ana : ben).pushed("asg").front().at("order").at("id") == order);
  const auto timeline = company.supervisor().get("/v1/orders/" + order + "/timeline").json;
  CHECK(mf::to_text(timeline.at("data").back()).find("system") != std::string::npos);

  // Declined: the other one has it next, and it is told who did what.
  REQUIRE(first.post("/v1/orders/" + order + "/decline", {{"reason", "vehicle"}}).ok());
  REQUIRE(world.loop.wait([&] { return !second_phone.pushed("asg").empty(); }));
  REQUIRE(world.loop.wait([&] { return report(world).at("runs").size() >= 2; }));
  const auto told = report(world);
  CHECK(told.at("state") == "ready");
  CHECK(told.at("runs").at(0).at("did") == "offered");
  CHECK(told.at("runs").at(0).at("order") == order);

  // And the second one declines, too: nobody is left, and why is said in words.
  auto& second = is_anas ? company.ben() : company.ana();
  REQUIRE(second.post("/v1/orders/" + order + "/decline", {{"reason", "vehicle"}}).ok());
  REQUIRE(world.loop.wait([&] { return waits_with(report(world), order, "asked_already"); }));
  const auto spanish = report(world, "es").at("waiting").at(0).at("text").get<std::string>();
  CHECK(spanish.find("nadie puede atenderla") != std::string::npos);
  CHECK(report(world).at("waiting").at(0).at("text").get<std::string>().find("nobody can do it") !=
        std::string::npos);
}

TEST_CASE("dispatch: a zone that suggests says what it would do, and does nothing") {
  World world;
  auto& company = *world.company;
  dispatch(company, "suggest");
  const auto order = company.new_order();
  REQUIRE(company.supervisor()
              .post("/v1/orders/" + order + "/triage", {{"confirmed_distinct", true}})
              .ok());
  REQUIRE(world.loop.wait([&] { return !report(world).at("proposals").empty(); }));
  const auto proposal = report(world).at("proposals").at(0);
  CHECK(proposal.at("order") == order);
  CHECK(proposal.at("verb") == "assign");
  const auto view = company.supervisor().get("/v1/orders/" + order).json;
  CHECK(view.at("status") == "TRIAGED");
  REQUIRE(company.supervisor()
              .post("/v1/orders/" + order + "/assign", {{"technician", proposal.at("technician")},
                                                        {"from", proposal.at("slot").at("from")}})
              .ok());
  CHECK(world.loop.wait([&] { return report(world).at("proposals").empty(); }));
}

TEST_CASE("dispatch: a node that was killed goes on with what waits") {
  World world;
  auto& company = *world.company;
  const auto order = company.new_order();
  REQUIRE(company.supervisor()
              .post("/v1/orders/" + order + "/triage", {{"confirmed_distinct", true}})
              .ok());
  dispatch(company, "automatic");
  world.node->kill();
  world.start_again();
  CHECK(world.loop.wait([&] {
    return world.company->supervisor().get("/v1/orders/" + order).json.at("status") == "ASSIGNED";
  }));
}

TEST_CASE("dispatch: in a zone that is off, too, one is told what a command would do") {
  World world;
  auto& company = *world.company;
  const auto order = company.new_order();
  const auto path = "/v1/orders/" + order;
  REQUIRE(company.supervisor().post(path + "/triage", {{"confirmed_distinct", true}}).ok());
  const auto preview = [&](Json body, const char* language = "en") {
    return company.supervisor().request("POST", path + "/preview", mf::to_text(body),
                                        {{"Accept-Language", language}});
  };
  auto answer = preview({{"verb", "assign"}, {"technician", company.ana().technician}});
  REQUIRE(answer.status == 200);
  CHECK(answer.json.at("accepted") == true);
  CHECK(answer.json.at("rules").empty());
  CHECK(answer.json.at("technician") == company.ana().technician);
  const auto slot = answer.json.at("slot");
  CHECK(company.supervisor().get(path).json.at("status") == "TRIAGED");

  REQUIRE(company.supervisor()
              .post(path + "/assign",
                    {{"technician", company.ana().technician}, {"from", slot.at("from")}})
              .ok());
  CHECK(company.supervisor().get(path).json.at("slot") == slot);
  answer = preview({{"verb", "assign"}, {"technician", company.ben().technician}}, "es");
  CHECK(answer.json.at("accepted") == false);
  CHECK(answer.json.at("override_helps") == false);
  CHECK(answer.json.at("rules").at(0).at("code") == "order_is_assigned");
  CHECK(answer.raw.header("Content-Language") == "es");

  const auto from = *mf::parse_rfc3339(slot.at("from").get<std::string>()) + std::chrono::hours(2);
  const Json move{{"technician", company.ana().technician}, {"from", mf::format_rfc3339(from)}};
  auto asked = move;
  asked["verb"] = "reassign";
  answer = preview(asked);
  CHECK(answer.json.at("accepted") == true);
  CHECK(answer.json.at("slot").at("from") == mf::format_rfc3339(from));
  REQUIRE(company.supervisor().post(path + "/reassign", move).ok());
  CHECK(company.supervisor().get(path).json.at("slot").at("from") == mf::format_rfc3339(from));

  CHECK(preview({{"verb", "cancel"}}).status == 422);
  CHECK(preview({{"verb", "assign"}}).status == 422);
  CHECK(preview({{"verb", "assign"}, {"technician", company.ana().technician}, {"so", 1}}).status ==
        422);
}
