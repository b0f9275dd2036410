// The contact of a live visit: joined to whatever shows one order, for those whom the order lets.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/gateway/http_world.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test::contact_test {
namespace {

const Id the_order = numbered("ord", 1), the_zone = numbered("zon", 1), luz = numbered("cli", 1),
         site = numbered("sit", 1), ana = numbered("tec", 1), ben = numbered("tec", 2),
         visit = numbered("vis", 1);
const EntityRef order_ref{EntityKind::work_order, the_order};
const json card{{"client", {{"name", "Luz Gómez"}}}, {"site", {{"access_notes", "Portón verde"}}}};

void answer_contact(FakeRuntime& runtime) {
  runtime.on_ask = [](const EntityRef& ref, const std::string& query) {
    const bool is_meant = ref == EntityRef{EntityKind::client, luz} && query == "contact";
    return is_meant ? std::optional(to_text(card)) : std::nullopt;
  };
}
void put_order(FakeRuntime& runtime, const json& more = json::object()) {
  json body{{"id", the_order}, {"zone", the_zone}, {"client", luz}, {"site", site}};
  body.update(more);
  runtime.put(EntityKind::work_order, to_text(body), "TRIAGED");
  for (const Id& id : {ana, ben})
    runtime.put(EntityKind::technician, to_text(json{{"id", id}, {"zone", the_zone}}), "available");
  answer_contact(runtime);
}
void assign(FakeRuntime& runtime, const Id& technician,
            const std::string& event = "assignment.created") {
  runtime.change(
      order_ref, event,
      to_text(json{{"visit", visit}, {"technician", technician}, {"status", "ASSIGNED"}}));
}
gateway::GatewayOptions fast_resends() {
  auto options = stream_options();
  options.stream.resend_after = 300ms;
  return options;
}
const std::string path = "/v1/orders/" + the_order;

TEST_CASE("contact: an order that is read has it for its staff and the visit's technician") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  for (const auto& by : {supervisor_of(the_zone), technician_as(ana)}) {
    const auto reply = world.ask({"GET", path, world.runtime.log_in(by), "", {}});
    CHECK(reply.header("ETag") == "\"1\"");
    CHECK(body_of(reply)["contact"] == card);
    CHECK(body_of(reply)["version"] == 1);
  }
}

TEST_CASE("contact: nobody else reads it, and the client is not even asked") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  for (const auto& by :
       {client_as(luz), technician_as(ben), client_as(numbered("cli", 2)),
        Principal{"", {Role::operator_}, {}, {}, {}, {}}, supervisor_of(numbered("zon", 2))}) {
    const auto reply = world.ask({"GET", path, world.runtime.log_in(by), "", {}});
    CHECK(reply.body.find("contact") == std::string::npos);
    CHECK(reply.body.find("Luz") == std::string::npos);
  }
  const auto link = world.runtime.add_tracking(the_order);
  const auto reply = world.ask({"GET", "/v1/track", "", "", {"Authorization: Tracking " + link}});
  CHECK(reply.status == 200);
  CHECK(reply.body.find("Luz") == std::string::npos);
  CHECK(world.runtime.asked("contact") == 0);
}

TEST_CASE("contact: an order is answered without it when its client can't be asked") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  world.runtime.failing_query = "contact";
  const auto bearer = world.runtime.log_in(technician_as(ana));
  const auto reply = world.ask({"GET", path, bearer, "", {}});
  CHECK(reply.status == 200);
  CHECK(body_of(reply)["contact"].is_null());
  CHECK(body_of(reply).contains("contact"));
  // With an ETag it would be kept for as long as the order stays as it is.
  CHECK(reply.header("ETag").empty());
}

TEST_CASE("contact: who has the order's version is told so without asking the client") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  const auto bearer = world.runtime.log_in(technician_as(ana));
  CHECK(world.ask({"GET", path, bearer, "", {"If-None-Match: \"1\""}}).status == 304);
  CHECK(world.runtime.asked("contact") == 0);
}

TEST_CASE("contact: commands, lists and reads of other things never ask for it") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  const auto bearer = world.runtime.log_in(supervisor_of(the_zone));
  CHECK(world.ask({"POST", path + "/comment", bearer, R"({"text":"hola"})", {}}).status == 200);
  CHECK(world.ask({"GET", "/v1/orders", bearer, "", {}}).status == 200);
  CHECK(world.ask({"GET", path + "/timeline", bearer, "", {}}).status == 200);
  CHECK(world.ask({"GET", "/v1/technicians/" + ana, bearer, "", {}}).status == 200);
  CHECK(world.runtime.asked("contact") == 0);
}

TEST_CASE("contact: each line of an agenda has the order's row with it, where it may be seen") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  const Id hidden = numbered("ord", 2);
  world.runtime.put(
      EntityKind::work_order,
      to_text(json{{"id", hidden}, {"zone", numbered("zon", 2)}, {"technician", ben}}), "ASSIGNED");
  const json lines{{{"order", the_order}, {"visit", visit}, {"from", "a"}, {"acked", true}},
                   {{"order", hidden}, {"visit", numbered("vis", 2)}, {"from", "b"}}};
  world.runtime.on_ask = [&](const EntityRef& ref, const std::string& query) {
    if (query == "agenda") return std::optional(to_text(json{{"agenda", lines}}));
    return query == "contact" && ref.id == luz ? std::optional(to_text(card)) : std::nullopt;
  };
  for (const auto& by : {technician_as(ana), supervisor_of(the_zone)}) {
    const auto reply =
        world.ask({"GET", "/v1/technicians/" + ana + "/agenda", world.runtime.log_in(by), "", {}});
    INFO(reply.body);
    const auto data = body_of(reply)["data"];
    REQUIRE(data.size() == 2);
    CHECK(data[0]["order"] == the_order);
    CHECK(data[0]["visit"] == visit);
    CHECK(data[0]["acked"] == true);
    CHECK(data[0]["row"]["id"] == the_order);
    CHECK(data[0]["row"]["version"] == 1);
    CHECK(data[0]["row"]["contact"] == card);
    CHECK(data[1]["order"] == hidden);
    CHECK(data[1]["row"].is_null());
  }
}

TEST_CASE("contact: an agenda whose rows can't be read is no agenda without rows") {
  World world;
  put_order(world.runtime, {{"technician", ana}});
  world.runtime.on_ask = [&](const EntityRef&, const std::string& query) {
    return query == "agenda"
               ? std::optional(R"({"agenda":[{"order":")" + the_order + R"(","visit":"v"}]})")
               : std::nullopt;
  };
  const auto bearer = world.runtime.log_in(technician_as(ana));
  const auto agenda = "/v1/technicians/" + ana + "/agenda";
  world.runtime.failing_query = "agenda_row";
  CHECK(world.ask({"GET", agenda, bearer, "", {}}).status == 503);
  world.runtime.failing_query = "contact";
  const auto reply = world.ask({"GET", agenda, bearer, "", {}});
  CHECK(reply.status == 200);
  CHECK(body_of(reply)["data"][0]["row"]["contact"].is_null());
}

TEST_CASE("contact: an empty agenda is an empty list") {
  World world;
  put_order(world.runtime);
  world.runtime.on_ask = [](const EntityRef&, const std::string& query) {
    return query == "agenda" ? std::optional<std::string>(R"({"agenda":[]})") : std::nullopt;
  };
  const auto reply = world.ask({"GET",
                                "/v1/technicians/" + ana + "/agenda",
                                world.runtime.log_in(technician_as(ana)),
                                "",
                                {}});
  CHECK(body_of(reply)["data"] == json::array());
}

TEST_CASE("contact: an order topic's snapshot has it for staff and technician, not for others") {
  StreamNode node;
  put_order(node.runtime, {{"technician", ana}});
  const json sub{{"topic", "order:" + the_order}};
  for (const auto& by : {supervisor_of(the_zone), technician_as(ana)}) {
    Phone phone(node, node.runtime.log_in(by));
    CHECK(phone.ask("sub", sub)["ok"]["snapshot"]["contact"] == card);
  }
  Phone watcher(node, node.runtime.log_in(client_as(luz)));
  CHECK_FALSE(watcher.ask("sub", sub)["ok"]["snapshot"].contains("contact"));
}

TEST_CASE("contact: a pushed assignment has it") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  CHECK(phone.next("asg")["order"]["contact"] == card);
  CHECK(node.runtime.asked("contact") == 1);
}

TEST_CASE("contact: an assignment is pushed without it when the client can't be asked") {
  StreamNode node;
  put_order(node.runtime);
  node.runtime.failing_query = "contact";
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  const auto asg = phone.next("asg");
  CHECK(asg["n"] == visit);
  CHECK(asg["order"]["contact"].is_null());
  CHECK(asg["order"].contains("contact"));
}

TEST_CASE("contact: an assignment that is sent again tells what the client says by then") {
  StreamNode node(fast_resends());
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  CHECK(phone.next("asg")["order"]["contact"] == card);
  node.on_thread([&](auto&) {
    node.runtime.on_ask = [](const EntityRef&, const std::string& query) {
      return query == "contact" ? std::optional<std::string>(R"({"client":{"name":"Luz"}})")
                                : std::nullopt;
    };
  });
  CHECK(phone.next("asg", 3s)["order"]["contact"]["client"]["name"] == "Luz");
}

TEST_CASE("contact: an offer that is over before the client has answered is not pushed") {
  StreamNode node(fast_resends());
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  CHECK(phone.ask("unsub", {{"topic", "cluster"}}).contains("err"));  // it has joined
  node.runtime.hold_answers();
  assign(node.runtime, ana);
  SECTION("given to another") { assign(node.runtime, ben, "assignment.reassigned"); }
  SECTION("taken back") {
    node.runtime.change(order_ref, "assignment.revoked",
                        to_text(json{{"technician", nullptr}, {"status", "TRIAGED"}}));
  }
  SECTION("acknowledged elsewhere") {
    node.runtime.change({EntityKind::technician, ana}, "technician.assignment_acked",
                        to_text(json{{"visit", visit}}));
  }
  node.on_thread([](auto&) {});
  node.runtime.release_answers();
  CHECK(phone.next("asg", 1s).empty());
}

}  // namespace
}  // namespace mf::test::contact_test
