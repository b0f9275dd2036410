// A technician finds the job: who lives where, for as long as the visit is alive and for nobody
// else (decision 0021).
#include <catch2/catch.hpp>

#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {

/// What tells where Laura lives, and how to reach her.
const std::vector<std::string> traces = {"300 555 0101", "Calle 10 # 20-30", "Portón azul",
                                         "Pregunte por Nubia", "HW-4711"};

struct Job {
  World world;
  Company& c = *world.company;
  std::string order, path, agenda = "/v1/technicians/" + c.ana().technician + "/agenda";

  Job() {
    const auto client = "/v1/clients/" + c.laura().client;
    const auto version = [&] {
      return c.admin.get(client).json.at("version").get<std::uint64_t>();
    };
    must(c.admin.patch(client + "/sites/" + c.laura().site,
                       {{"access_notes", "Portón azul"}, {"contact", "Pregunte por Nubia"}},
                       version()));
    must(c.admin.post(client + "/assets",
                      {{"site", c.laura().site}, {"kind", "ONT"}, {"serial", "HW-4711"}}));
    order = c.assigned_order();
    path = "/v1/orders/" + order;
  }
  static void must(const Answer& answer) {
    INFO(answer.text());
    REQUIRE(answer.ok());
  }
  void must(Person& by, const std::string& verb, const Json& body = Json::object()) {
    must(by.post(path + "/" + verb, body));
  }
  /// Everything this person can read about the order, in one text.
  std::string read_by(Person& by) {
    std::string all;
    for (const auto& what : {path, path + "/timeline", agenda, std::string("/v1/orders?limit=100"),
                             "/v1/clients/" + c.laura().client,
                             "/v1/clients/" + c.laura().client + "/sites/" + c.laura().site})
      all += by.get(what).raw.body + "\n";
    Live live(world.loop);
    live.open(world.node->http(), by.token());
    all += live.call("sub", {{"topic", "order:" + order}}).dump();
    return all;
  }
  std::string told_to(Person& by) {
    const auto all = read_by(by);
    std::string found;
    for (const auto& word : traces)
      if (all.find(word) != all.npos) found += word + "; ";
    return found;
  }
};

}  // namespace

TEST_CASE("contact: the technician of a live visit finds the client, in every place") {
  Job job;
  auto& ana = job.c.ana();
  const auto is_complete = [](const Json& contact) {
    INFO(contact.dump());
    CHECK(contact.at("client").at("name") == "Laura Vélez");
    CHECK(contact.at("client").at("phones") == Json{"+57 300 555 0101"});
    CHECK(contact.at("site").at("address") == "Calle 10 # 20-30");
    CHECK(contact.at("site").at("access_notes") == "Portón azul");
    CHECK(contact.at("site").at("contact") == "Pregunte por Nubia");
    CHECK(contact.at("assets").at(0).at("serial") == "HW-4711");
  };
  const auto seen = ana.get(job.path);
  is_complete(seen.json.at("contact"));
  CHECK(seen.json.at("address") == "Calle 10 # 20-30");
  is_complete(job.c.supervisor().get(job.path).json.at("contact"));
  const auto line = ana.get(job.agenda).json.at("data").at(0);
  CHECK(line.at("order") == job.order);
  CHECK(line.at("row").at("client_name") == "Laura Vélez");
  is_complete(line.at("row").at("contact"));

  Live phone(job.world.loop);
  phone.open(job.world.node->http(), ana.token());
  is_complete(
      phone.call("sub", {{"topic", "order:" + job.order}}).at("ok").at("snapshot").at("contact"));
  REQUIRE(job.world.loop.wait([&] { return !phone.pushed("asg").empty(); }));
  is_complete(phone.pushed("asg").front().at("order").at("contact"));
}

TEST_CASE("contact: rows of lists and boards carry what a console shows") {
  Job job;
  const auto is_shown = [&](const Json& row) {
    INFO(row.dump());
    CHECK(row.at("client_name") == "Laura Vélez");
    CHECK(row.at("site_name") == "Casa");
    CHECK(row.at("address") == "Calle 10 # 20-30");
    CHECK(row.at("technician_name") == "Ana Gómez Restrepo");
    CHECK(row.at("slot").contains("from"));
    CHECK_FALSE(row.contains("contact"));
  };
  is_shown(job.c.supervisor().get("/v1/orders").json.at("data").at(0));
  is_shown(job.c.ana().get("/v1/orders").json.at("data").at(0));
  Live console(job.world.loop);
  console.open(job.world.node->http(), job.c.supervisor().token());
  const auto board = console.call("sub", {{"topic", "board:" + job.c.north_zone}});
  for (const auto& row : board.at("ok").at("rows"))
    if (row.at("id") == job.order) is_shown(row);

  // The client, by the way, reads which of the own sites it is, and no more than before.
  const auto own = job.c.laura().get("/v1/orders").json.at("data").at(0);
  CHECK(own.at("address") == "Calle 10 # 20-30");
  CHECK_FALSE(own.contains("client_name"));
  CHECK_FALSE(job.c.laura().get(job.path).json.contains("contact"));
}

TEST_CASE("contact: nobody but the visit's technician and the zone's staff is told anything") {
  Job job;
  for (auto* other : {&job.c.ben(), &job.c.technicians[2], &job.c.clients[1], &job.c.operator_,
                      &job.c.supervisors[1]}) {
    INFO(other->name << other->account);
    CHECK(job.told_to(*other) == "");
  }
  const auto token = job.c.laura().get(job.path).json.at("tracking").at("token").get<std::string>();
  Person anybody(job.world.loop, job.world.node->http());
  const auto tracked =
      anybody.request("GET", "/v1/track", {}, {{"Authorization", "Tracking " + token}});
  REQUIRE(tracked.status == 200);
  Live live(job.world.loop);
  live.open(job.world.node->http(), {}, {{"tracking", token}});
  const auto all = tracked.raw.body + live.call("sub", {{"topic", "order:" + job.order}}).dump();
  for (const auto& word : traces) CHECK(all.find(word) == all.npos);
  CHECK(all.find("Laura") == all.npos);
}

TEST_CASE("contact: with the visit it is gone, from order, agenda, timeline, lists and topics") {
  Job job;
  auto& c = job.c;
  CHECK(job.told_to(c.ana()) != "");
  SECTION("completed") {
    job.must(c.ana(), "start");
    job.must(c.ana(), "complete", {{"note", "listo"}});
  }
  SECTION("failed") {
    job.must(c.ana(), "depart");
    job.must(c.ana(), "fail", {{"reason", "no_access"}});
  }
  SECTION("unassigned") { job.must(c.supervisor(), "unassign", {{"reason", "other"}}); }
  SECTION("declined") { job.must(c.ana(), "decline", {{"reason", "other"}}); }
  SECTION("given to another") {
    job.must(c.supervisor(), "reassign", {{"technician", c.ben().technician}});
    CHECK(job.told_to(c.ben()) != "");
  }
  SECTION("cancelled") { job.must(c.supervisor(), "cancel", {{"reason", "other"}}); }
  SECTION("off duty") {
    Job::must(c.ana().post("/v1/technicians/" + c.ana().technician + "/availability",
                           {{"availability", "off"}}));
    REQUIRE(job.world.loop.wait(
        [&] { return c.supervisor().get(job.path).json.at("status") == "TRIAGED"; }));
  }
  CHECK(job.told_to(c.ana()) == "");
}

TEST_CASE("contact: an expired offer takes it away") {
  Job job;
  job.world.start_again({"--dispatch.offer_timeout_ms=1000"});
  auto& c = job.c;
  job.order = c.assigned_order();
  job.path = "/v1/orders/" + job.order;
  REQUIRE(job.world.loop.wait(
      [&] { return c.supervisor().get(job.path).json.at("status") == "TRIAGED"; }));
  CHECK(c.ana().get(job.path).status == 404);
}

TEST_CASE("contact: what is edited reaches row, board, client's view and contact by itself") {
  Job job;
  auto& c = job.c;
  const auto client = "/v1/clients/" + c.laura().client;
  Live phone(job.world.loop), console(job.world.loop), app(job.world.loop);
  phone.open(job.world.node->http(), c.ana().token());
  console.open(job.world.node->http(), c.supervisor().token());
  app.open(job.world.node->http(), c.laura().token());
  REQUIRE(phone.call("sub", {{"topic", "order:" + job.order}}).contains("ok"));
  REQUIRE(console.call("sub", {{"topic", "board:" + c.north_zone}}).contains("ok"));
  REQUIRE(app.call("sub", {{"topic", "client:" + c.laura().client}}).contains("ok"));
  const auto version = [&] { return c.admin.get(client).json.at("version").get<std::uint64_t>(); };
  Job::must(c.admin.patch(client, {{"name", "Laura Vélez Mora"}}, version()));
  Job::must(c.admin.patch(client + "/sites/" + c.laura().site,
                          {{"address", "Carrera 5 # 6-7"}, {"lat", 6.302}}, version()));
  Job::must(c.admin.patch(client, {{"phones", {"+57 300 999 9999"}}}, version()));

  const auto has_row = [](Live& live, const std::string& text) {
    for (const auto& view : live.pushed("view"))
      if (view.dump().find(text) != std::string::npos) return true;
    return false;
  };
  CHECK(job.world.loop.wait([&] { return has_row(console, "Carrera 5 # 6-7"); }));
  CHECK(job.world.loop.wait([&] { return has_row(app, "Carrera 5 # 6-7"); }));
  CHECK(job.world.loop.wait([&] {
    const auto events = phone.events("order:" + job.order);
    return std::ranges::count(events, "order.contact_changed",
                              [](const Json& e) { return e.at("type").get<std::string>(); }) == 3;
  }));
  const auto seen = c.ana().get(job.path).json;
  CHECK(seen.at("client_name") == "Laura Vélez Mora");
  CHECK(seen.at("address") == "Carrera 5 # 6-7");
  CHECK(seen.at("lat") == 6.302);
  CHECK(seen.at("contact").at("client").at("phones") == Json{"+57 300 999 9999"});
  const auto found = c.supervisor().get("/v1/orders").json.at("data").at(0);
  CHECK(found.at("client_name") == "Laura Vélez Mora");
}
