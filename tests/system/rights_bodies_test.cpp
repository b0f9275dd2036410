// What the bodies show to whom: clients see the public part of their orders alone,
// operators see no client's data, and nobody finds in a list what could not be read alone.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {

/// An order of Laura's that Ana has worked on, with everything in it that is not for clients.
std::string worked_order(Company& c) {
  const auto order = c.assigned_order();
  const auto path = "/v1/orders/" + order + "/";
  const auto must = [&](Person& by, const std::string& verb, const Json& body = Json::object()) {
    const auto answer = by.post(path + verb, body);
    INFO(verb << ": " << answer.text());
    REQUIRE(answer.ok());
  };
  must(c.supervisor(), "comment", {{"text", "secreto de la empresa"}});
  must(c.ana(), "comment", {{"text", "nota del técnico"}});
  must(c.ana(), "comment", {{"text", "llego en media hora"}, {"visibility", "client"}});
  must(c.supervisor(), "set_priority", {{"priority", 1}, {"reason", "cliente importante"}});
  must(c.supervisor(), "pin", {{"reason", "lo miro yo"}});
  must(c.ana(), "depart");
  must(c.ana(), "arrive");
  must(c.ana(), "start");
  must(c.ana(), "pause", {{"reason", "break"}, {"note", "almuerzo del técnico"}});
  must(c.supervisor(), "resume",
       {{"on_behalf_of", c.ana().technician}, {"justification", "sin batería en el equipo"}});
  must(c.ana(), "complete", {{"note", "resumen interno"}});
  return order;
}

const std::vector<std::string> not_for_clients{"secreto de la empresa",
                                               "nota del técnico",
                                               "cliente importante",
                                               "lo miro yo",
                                               "almuerzo del técnico",
                                               "resumen interno",
                                               "sin batería en el equipo",
                                               "Gómez",
                                               "Restrepo",
                                               "supervisor.north",
                                               "\"sla\"",
                                               "\"priority\"",
                                               "\"flags\"",
                                               "\"pinned\"",
                                               "\"principal\"",
                                               "\"role\"",
                                               "\"justification\"",
                                               "\"phones\"",
                                               "arrival_unverified"};

void check_public(const std::string& what, const std::string& text, Company& c) {
  INFO(what << ": " << text);
  for (const auto& secret : not_for_clients) {
    INFO(secret);
    CHECK(text.find(secret) == text.npos);
  }
  CHECK(text.find(c.supervisor().account) == text.npos);
  CHECK(text.find(c.ana().account) == text.npos);
}

}  // namespace

TEST_CASE("rights: a client sees the public part of an order, wherever it looks") {
  World world;
  auto& c = *world.company;
  const auto order = worked_order(c);
  const auto path = "/v1/orders/" + order;

  const auto view = c.laura().get(path);
  check_public("view", view.raw.body, c);
  CHECK(view.json.at("technician_name") == "Ana");
  CHECK_FALSE(view.json.contains("technician"));
  CHECK((view.json.at("status") == "COMPLETED" || view.json.at("status") == "APPROVAL_REQUIRED"));
  check_public("list", c.laura().get("/v1/orders").raw.body, c);
  const auto timeline = c.laura().get(path + "/timeline");
  check_public("timeline", timeline.raw.body, c);
  CHECK(timeline.raw.body.find("llego en media hora") != std::string::npos);

  const auto token = view.json.at("tracking").at("token").get<std::string>();
  Person friend_of_laura(world.loop, world.node->http());
  const auto track =
      friend_of_laura.request("GET", "/v1/track", {}, {{"Authorization", "Tracking " + token}});
  CHECK(track.status == 200);
  check_public("track", track.raw.body, c);

  Live live(world.loop);
  live.open(world.node->http(), c.laura().token());
  check_public("order topic", mf::to_text(live.call("sub", {{"topic", "order:" + order}})), c);
  check_public("client topic",
               mf::to_text(live.call("sub", {{"topic", "client:" + c.laura().client}})), c);
}

TEST_CASE("rights: a client hears of an order live what its public part shows, and no more") {
  World world;
  auto& c = *world.company;
  Live live(world.loop);
  live.open(world.node->http(), c.laura().token());
  REQUIRE(live.call("sub", {{"topic", "client:" + c.laura().client}}).contains("ok"));
  const auto order = c.new_order();
  REQUIRE(live.call("sub", {{"topic", "order:" + order}}).contains("ok"));
  const auto path = "/v1/orders/" + order + "/";
  REQUIRE(c.supervisor().post(path + "triage", {{"confirmed_distinct", true}}).ok());
  REQUIRE(c.supervisor().post(path + "comment", {{"text", "secreto de la empresa"}}).ok());
  REQUIRE(c.supervisor().post(path + "assign", {{"technician", c.ana().technician}}).ok());
  REQUIRE(c.ana().post(path + "depart").ok());
  REQUIRE(c.ana().post(path + "fail", {{"reason", "other"}, {"note", "resumen interno"}}).ok());
  REQUIRE(world.loop.wait([&] {
    const auto events = live.events("order:" + order);
    return !events.empty() && events.back().at("type") == "tracking.work_failed";
  }));
  for (const auto& push : live.pushes()) check_public("push", mf::to_text(push), c);
}

TEST_CASE("rights: the technician's place is the client's while EN_ROUTE, rounded") {
  World world;
  auto& c = *world.company;
  const auto order = c.assigned_order();
  const auto place = "position:" + c.ana().technician;
  Live live(world.loop);
  live.open(world.node->http(), c.laura().token());
  CHECK(live.call("sub", {{"topic", place}})["err"]["status"] == 404);
  REQUIRE(c.ana().post("/v1/orders/" + order + "/depart").ok());
  REQUIRE(live.call("sub", {{"topic", place}}).contains("ok"));

  const auto at = mf::to_millis(mf::system_clock().now());
  REQUIRE(c.ana()
              .post("/v1/technicians/" + c.ana().technician + "/positions",
                    {{"positions", {{1, at, 6.3012345, -75.5612345, 4.0, 12.0, 90.0}}}})
              .ok());
  REQUIRE(world.loop.wait([&] { return !live.events(place).empty(); }));
  const auto event = live.events(place).front();
  CHECK(event.at("lat").get<double>() == Approx(6.301).epsilon(1e-9));
  CHECK(event.at("lon").get<double>() == Approx(-75.561).epsilon(1e-9));
  CHECK_FALSE(event.contains("speed"));
  Live other(world.loop);
  other.open(world.node->http(), c.clients[1].token());
  CHECK(other.call("sub", {{"topic", place}})["err"]["status"] == 404);

  REQUIRE(c.ana().post("/v1/orders/" + order + "/arrive").ok());
  REQUIRE(world.loop.wait([&] { return !live.pushed("unsub").empty(); }));
  CHECK(live.pushed("unsub").front().at("topic") == place);
  CHECK(live.call("sub", {{"topic", place}})["err"]["status"] == 404);
}

TEST_CASE("rights: lists hold what their reader may see alone") {
  World world;
  auto& c = *world.company;
  const auto order = worked_order(c);
  const auto finds = [](Person& by, const std::string& path, const std::string& id) {
    const auto list = by.get(path);
    INFO(list.text());
    REQUIRE(list.status == 200);
    for (const auto& row : list.json.at("data"))
      if (row.at("id") == id) return true;
    return false;
  };
  for (auto* by : {&c.laura(), &c.ana(), &c.supervisor(), &c.admin})
    CHECK(finds(*by, "/v1/orders", order));
  for (auto* by : {&c.clients[1], &c.ben(), &c.supervisors[1]}) {
    CHECK_FALSE(finds(*by, "/v1/orders", order));
    CHECK_FALSE(finds(*by, "/v1/orders?client=" + c.laura().client, order));
    CHECK_FALSE(finds(*by, "/v1/orders?technician=" + c.ana().technician, order));
    CHECK_FALSE(finds(*by, "/v1/orders?zone=" + c.north_zone, order));
    CHECK_FALSE(finds(*by, "/v1/orders?q=internet", order));
  }
  CHECK(finds(c.supervisor(), "/v1/technicians", c.ana().technician));
  CHECK_FALSE(finds(c.supervisors[1], "/v1/technicians", c.ana().technician));
}

TEST_CASE("rights: a person with several roles lists what each of them lists") {
  World world;
  auto& c = *world.company;
  c.assigned_order();
  const auto list_of = [&](const std::string& name, Json account, const std::string& query) {
    account["username"] = name;
    account["password"] = "contrasena-1";
    REQUIRE(c.admin.post("/v1/accounts", account).status == 201);
    auto person = log_in(world.loop, world.node->http(), name, "contrasena-1");
    return person.get("/v1/orders?" + query).json.at("data").size();
  };
  CHECK(list_of("ana.south",
                {{"roles", {"technician", "supervisor"}},
                 {"technician", c.ana().technician},
                 {"zones", {c.south_zone}}},
                "technician=" + c.ana().technician) == 1);
  CHECK(list_of("laura.ben",
                {{"roles", {"technician", "client"}},
                 {"technician", c.ben().technician},
                 {"client", c.laura().client}},
                "client=" + c.laura().client) == 1);
}

TEST_CASE("rights: a link to a client or a technician is nothing without the role") {
  World world;
  auto& c = *world.company;
  const auto order = c.assigned_order();
  REQUIRE(c.admin
              .post("/v1/accounts", {{"username", "nodes"},
                                     {"password", "contrasena-1"},
                                     {"roles", {"operator"}},
                                     {"client", c.laura().client},
                                     {"technician", c.ana().technician}})
              .status == 201);
  auto person = log_in(world.loop, world.node->http(), "nodes", "contrasena-1");
  const auto path = "/v1/orders/" + order;
  CHECK(person.get(path).status == 404);
  CHECK(person.post(path + "/accept").status == 404);
  CHECK(person.post(path + "/cancel", {{"reason", "other"}}).status == 404);
  CHECK(person.get("/v1/technicians/" + c.ana().technician).status == 404);
}

TEST_CASE("rights: operators see no client's data") {
  World world;
  auto& c = *world.company;
  const auto order = worked_order(c);
  std::string seen;
  const auto paths = c.admin.get("/v1/openapi.json").json.at("paths");
  for (const auto& [path, operations] : paths.items()) {
    if (!operations.contains("get") || path == "/v1/stream") continue;
    for (const auto& id : {order, c.laura().client, c.ana().technician, c.laura().account}) {
      auto filled = path;
      if (const auto at = filled.find("{id}"); at != filled.npos) filled.replace(at, 4, id);
      seen += c.operator_.get(filled).raw.body;
    }
  }
  CHECK(seen.find("Reparación") != seen.npos);
  for (const auto* secret : {"Laura", "Calle 10", "Ana Gómez", "300 555", "Sin internet"})
    CHECK(seen.find(secret) == seen.npos);
}
