// An order created, triaged, assigned, started, completed: watched live by everybody concerned.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {

std::vector<std::string> types(const std::vector<Json>& events) {
  std::vector<std::string> all;
  all.reserve(events.size());
  for (const auto& event : events) all.push_back(event.at("type"));
  return all;
}

/// The newest row of an order in what a keyed view showed; null when it is gone or was never there.
Json row_of(const Json& snapshot, const std::vector<Json>& views, const std::string& id) {
  Json newest;
  const auto see = [&](const Json& row) {
    if (row.at("id") == id && (newest.is_null() || row.at("version") >= newest.at("version")))
      newest = row;
  };
  for (const auto& row : snapshot.at("rows")) see(row);
  for (const auto& view : views)
    for (const auto& row : view.at("rows")) see(row);
  return newest;
}

bool mentions(const std::vector<Json>& messages, const std::string& word) {
  return std::ranges::any_of(messages, [&](const Json& message) {
    return mf::to_text(message).find(word) != std::string::npos;
  });
}

}  // namespace

TEST_CASE(
    "an order's way is seen live by dispatcher, technician and client, each only their part") {
  World world;
  auto& company = *world.company;
  auto& loop = world.loop;
  const auto at = world.node->http();

  Live dispatcher(loop), phone(loop), browser(loop);
  dispatcher.open(at, company.supervisor().token());
  phone.open(at, company.ana().token());
  browser.open(at, company.laura().token());
  const auto board = dispatcher.call("sub", {{"topic", "board:" + company.north_zone}});
  REQUIRE(board.contains("ok"));
  const auto mine = browser.call("sub", {{"topic", "client:" + company.laura().client}});
  REQUIRE(mine.contains("ok"));

  const auto created = company.laura().post("/orders", {{"type", company.type},
                                                        {"client", company.laura().client},
                                                        {"site", company.laura().site},
                                                        {"title", "Sin internet desde ayer"}});
  REQUIRE(created.status == 201);
  const auto order = created.id();
  CHECK(created.raw.header("Location") == "/v1/orders/" + order);
  CHECK(created.json.at("status") == "NEW");
  CHECK(created.json.at("version") == 1);
  const auto path = "/v1/orders/" + order;
  const auto topic = "order:" + order;
  for (auto* live : {&dispatcher, &browser})
    REQUIRE(live->call("sub", {{"topic", topic}}).contains("ok"));
  CHECK(phone.call("sub", {{"topic", topic}}).at("err").at("status") == 404);

  REQUIRE(company.supervisor()
              .post(path + "/comment",
                    {{"text", "Cliente difícil, paciencia"}, {"visibility", "internal"}})
              .ok());
  REQUIRE(company.supervisor()
              .post(path + "/triage", {{"confirmed_distinct", true}})
              .json.at("status") == "TRIAGED");
  REQUIRE(company.supervisor()
              .post(path + "/assign", {{"technician", company.ana().technician}})
              .json.at("status") == "ASSIGNED");

  REQUIRE(loop.wait([&] { return !phone.pushed("asg").empty(); }));
  const auto assignment = phone.pushed("asg").front();
  CHECK(assignment.at("order").at("id") == order);
  CHECK(assignment.at("offer_expires_at").is_string());
  CHECK(phone.call("ack", {{"n", assignment.at("n")}}).contains("ok"));
  REQUIRE(phone.call("sub", {{"topic", topic}}).contains("ok"));

  CHECK(phone.rpc("orders.start", {{"id", order}}, "start").at("ok").at("status") == "IN_PROGRESS");
  REQUIRE(
      company.ana()
          .post(path + "/comment", {{"text", "Llego con el repuesto"}, {"visibility", "client"}})
          .ok());
  CHECK(phone.rpc("orders.complete", {{"id", order}, {"note", "Equipo cambiado"}}, "complete")
            .at("ok")
            .at("status") == "COMPLETED");

  const auto has_all = [&](Live& live, std::size_t n) { return live.events(topic).size() >= n; };
  REQUIRE(loop.wait([&] { return has_all(dispatcher, 6) && has_all(browser, 5); }));
  CHECK(types(dispatcher.events(topic)) ==
        std::vector<std::string>{"order.commented", "order.triaged", "assignment.created",
                                 "tracking.work_started", "order.commented",
                                 "tracking.work_completed"});
  CHECK(types(browser.events(topic)) ==
        std::vector<std::string>{"order.triaged", "assignment.created", "tracking.work_started",
                                 "order.commented", "tracking.work_completed"});
  REQUIRE(loop.wait([&] { return has_all(phone, 3); }));
  CHECK(types(phone.events(topic)) == std::vector<std::string>{"tracking.work_started",
                                                               "order.commented",
                                                               "tracking.work_completed"});

  const auto status_is = [&](Live& live, const Json& snapshot, const std::string& status) {
    const auto row = row_of(snapshot.at("ok"), live.pushed("view"), order);
    return !row.is_null() && row.at("status") == status;
  };
  CHECK(loop.wait([&] { return status_is(dispatcher, board, "COMPLETED"); }));
  CHECK(loop.wait([&] { return status_is(browser, mine, "COMPLETED"); }));

  // The client's part: the technician's first name, client-visible comments, no one's secrets.
  const std::vector<Json> told(browser.pushes().begin(), browser.pushes().end());
  CHECK(mentions(told, "\"Ana\""));
  CHECK(mentions(told, "Llego con el repuesto"));
  for (const auto* secret : {"Cliente difícil", "Gómez", "Restrepo", "priority", "flags",
                             "Equipo cambiado", "\"principal\""})
    CHECK_FALSE(mentions(told, secret));
  CHECK_FALSE(mentions(told, company.ana().technician));  // only while she is on her way
  const auto seen = company.laura().get(path);
  CHECK(seen.raw.body.find("Gómez") == std::string::npos);
  const auto timeline = company.laura().get(path + "/timeline").json.at("data");
  CHECK(types(timeline) == std::vector<std::string>{"order.created", "order.triaged",
                                                    "assignment.created", "tracking.work_started",
                                                    "order.commented", "tracking.work_completed"});

  CHECK(company.supervisor().post(path + "/approve").json.at("status") == "CLOSED");
  const auto is_gone = [&] {
    return std::ranges::any_of(dispatcher.pushed("view"), [&](const Json& view) {
      return std::ranges::any_of(view.at("gone"),
                                 [&](const Json& gone) { return gone.at("id") == order; });
    });
  };
  CHECK(loop.wait(is_gone));
  CHECK(loop.wait([&] { return status_is(browser, mine, "CLOSED"); }));
}

TEST_CASE("an assignment comes again until it is acknowledged, also on a new connection") {
  World world({"--websocket.resend_ms=200"});
  auto& company = *world.company;
  const auto order = company.assigned_order();

  Live phone(world.loop);
  phone.open(world.node->http(), company.ana().token());
  REQUIRE(world.loop.wait([&] { return phone.pushed("asg").size() >= 2; }));
  CHECK(phone.pushed("asg")[0].at("n") == phone.pushed("asg")[1].at("n"));
  phone.cut();
  phone.pushes().clear();
  phone.open(world.node->http(), company.ana().token());
  REQUIRE(world.loop.wait([&] { return !phone.pushed("asg").empty(); }));
  const auto delivery = phone.pushed("asg").front();
  CHECK(delivery.at("order").at("id") == order);
  REQUIRE(phone.call("ack", {{"n", delivery.at("n")}}).contains("ok"));

  phone.cut();
  phone.pushes().clear();
  phone.open(world.node->http(), company.ana().token());
  // The next assignment's push shows that none of the acknowledged one is still to come.
  REQUIRE(company.ana().post("/v1/orders/" + order + "/accept").ok());
  const auto next = company.assigned_order();
  REQUIRE(world.loop.wait([&] { return !phone.pushed("asg").empty(); }));
  CHECK(phone.pushed("asg").front().at("order").at("id") == next);
}
