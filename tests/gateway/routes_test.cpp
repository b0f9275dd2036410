#include <catch2/catch.hpp>
#include <future>

#include "base/json.hpp"
#include "base/version.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using nlohmann::json;

std::string path_of(const Id& id, const std::string& rest = "") {
  return "/v1/orders/" + id + rest;
}

void put_order(World& world) {
  world.runtime.put(
      EntityKind::work_order,
      to_text(json{{"id", order}, {"zone", zone}, {"client", client}, {"technician", tech}}));
}

TEST_CASE("routes: a stranger learns only what is open to everybody") {
  World world;
  put_order(world);
  for (const std::string path : {"/v1/orders", "/v1/nothing", "/v1", "/nothing.ico", "/orders"}) {
    const auto reply = world.ask({"GET", path, "", "", {}});
    CHECK(reply.status == 401);
    CHECK(body_of(reply)["code"] == "unauthorized");
    CHECK(reply.header("WWW-Authenticate") == "Bearer");
  }
  const auto there = world.ask({"GET", path_of(order), "", "", {}});
  const auto absent = world.ask({"GET", path_of("ord_00000000000000000000000009"), "", "", {}});
  CHECK(there.status == 401);
  CHECK(absent.status == 401);
  CHECK(world.ask({"GET", "/v1/openapi.json", "", "", {}}).status == 200);
  CHECK(world.ask({"GET", "/v1/asyncapi.json", "", "", {}}).status == 200);
}

TEST_CASE("routes: checks come in the order of the contract") {
  World world;
  put_order(world);
  const auto bearer = world.supervisor(), stranger = world.customer();
  const std::string bad = "{\"nope\":1}";
  // 401 before 404 and 405
  CHECK(world.ask({"DELETE", "/v1/orders", "", "", {}}).status == 401);
  // 405 before 415
  const auto no_method =
      world.ask({"DELETE", "/v1/orders", bearer, bad, {"Content-Type: text/plain"}});
  CHECK(no_method.status == 405);
  CHECK(no_method.header("Allow").find("POST") != std::string::npos);
  CHECK(no_method.header("Allow").find("GET") != std::string::npos);
  CHECK(world.ask({"POST", "/v1/nothing", bearer, bad, {"Content-Type: text/plain"}}).status ==
        404);
  // 415 before 422
  CHECK(world.ask({"POST", "/v1/orders", bearer, bad, {"Content-Type: text/plain"}}).status == 415);
  // 422 before 404
  CHECK(world.ask({"POST", path_of("ord_00000000000000000000000009", "/start"), bearer, bad, {}})
            .status == 422);
  CHECK(world.ask({"POST", path_of("ord_00000000000000000000000009", "/start"), bearer, "{}", {}})
            .status == 404);
  // a foreign one looks missing
  world.runtime.put(EntityKind::work_order,
                    R"({"id":"ord_00000000000000000000000002","zone":"zon_2","client":"cli_2"})");
  CHECK(world.ask({"GET", path_of("ord_00000000000000000000000002"), stranger, "", {}}).status ==
        404);
  CHECK(world.ask({"GET", path_of("ord_nonsense"), bearer, "", {}}).status == 404);
}

TEST_CASE("routes: a rejection's kind chooses the status and its name is the code") {
  World world;
  put_order(world);
  const auto bearer = world.supervisor();
  const std::tuple<entity::Reply, int, std::string> cases[] = {
      {Rejection{RejectionKind::not_found, "not_found", {}, ""}, 404, "not_found"},
      {Rejection{RejectionKind::forbidden, "forbidden", {}, ""}, 403, "forbidden"},
      {Rejection{RejectionKind::conflict, "offer_expired", "too late"_en, ""}, 409,
       "offer_expired"},
      {Rejection{RejectionKind::precondition, "version_mismatch", {}, ""}, 412, "version_mismatch"},
      {Rejection{RejectionKind::invalid, "unknown_type", {}, "type"}, 422, "unknown_type"},
      {entity::Fault{entity::Fault::Code::outcome_unknown, "", Duration{2500}}, 503,
       "outcome_unknown"},
      {entity::Fault{entity::Fault::Code::unavailable, "", Duration{1000}}, 503, "unavailable"},
      {entity::Fault{entity::Fault::Code::overloaded, "", Duration{1000}}, 429, "overloaded"},
      {entity::Fault{entity::Fault::Code::idempotency_key_reused, "", {}}, 422,
       "idempotency_key_reused"},
      {entity::Fault{entity::Fault::Code::internal, "", {}}, 500, "internal"},
  };
  for (const auto& [reply, status, code] : cases) {
    world.runtime.on_command = [&](const entity::Command&) { return std::optional(reply); };
    const auto answer = world.ask({"POST", path_of(order, "/accept"), bearer, "{}", {}});
    CHECK(answer.status == status);
    CHECK(answer.header("Content-Type") == "application/problem+json");
    const auto body = body_of(answer);
    CHECK(body["code"] == code);
    CHECK(body["status"] == status);
    CHECK(body["instance"] == path_of(order, "/accept"));
    CHECK(body["request_id"] == answer.header("Request-Id"));
    CHECK(answer.header("Retry-After").empty() == (status != 503 && status != 429));
  }
}

TEST_CASE("routes: a create answers 201, where it is, and the fixed reply") {
  World world;
  const auto reply = world.ask({"POST", "/orders", world.supervisor(), R"({"title":"x"})", {}});
  CHECK(reply.status == 201);
  const auto body = body_of(reply);
  CHECK(is_id("ord", body["id"].get<std::string>()));
  CHECK(reply.header("Location") == "/v1/orders/" + body["id"].get<std::string>());
  CHECK(reply.header("ETag") == "\"1\"");
  CHECK(body.size() == 4);
  CHECK(body["version"] == 1);
  CHECK(body["status"] == "NEW");
  CHECK(body.contains("position"));
}

TEST_CASE("routes: the same key and body give the same outcome, another body is refused") {
  World world;
  const auto bearer = world.supervisor();
  const HttpRequest request{
      "POST", "/v1/orders", bearer, R"({"title":"x"})", {"Idempotency-Key: k1"}};
  const auto first = world.ask(request), again = world.ask(request);
  CHECK(first.status == 201);
  CHECK(again.status == 201);
  CHECK(first.body == again.body);
  CHECK(first.header("Idempotent-Replayed").empty());
  CHECK(again.header("Idempotent-Replayed") == "true");
  auto other = request;
  other.body = "{ \"title\" : \"x\" }\n";
  CHECK(world.ask(other).body == first.body);
  other.body = R"({"title":"y"})";
  const auto reused = world.ask(other);
  CHECK(reused.status == 422);
  CHECK(body_of(reused)["code"] == "idempotency_key_reused");
  other.headers = {"Idempotency-Key: " + std::string(256, 'k')};
  CHECK(world.ask(other).status == 422);
  std::string wide;
  for (int i = 0; i < 255; ++i) wide += "ñ";
  other.headers = {"Idempotency-Key: " + wide};
  CHECK(world.ask(other).status == 201);
  // The key belongs to its account.
  auto foreign = request;
  foreign.bearer = world.supervisor();
  CHECK(body_of(world.ask(foreign))["id"] != body_of(first)["id"]);
}

TEST_CASE("routes: a create takes the client's own id when it is well-formed") {
  World world;
  const auto bearer = world.supervisor();
  const auto made = world.ask({"POST", "/v1/orders", bearer, "{\"id\":\"" + order + "\"}", {}});
  CHECK(made.status == 201);
  CHECK(body_of(made)["id"] == order);
  const auto wrong = world.ask({"POST", "/v1/orders", bearer, R"({"id":"ord_1"})", {}});
  CHECK(wrong.status == 422);
  CHECK(body_of(wrong)["errors"][0]["field"] == "id");
}

TEST_CASE("routes: an unknown field or parameter is named") {
  World world;
  const auto bearer = world.supervisor();
  const auto body = world.ask({"POST", "/v1/orders", bearer, R"({"nope":1})", {}});
  CHECK(body.status == 422);
  CHECK(body_of(body)["errors"][0]["field"] == "nope");
  CHECK(body_of(body)["errors"][0]["code"] == "unknown_field");
  const auto query = world.ask({"GET", "/v1/orders?nope=1", bearer, "", {}});
  CHECK(query.status == 422);
  CHECK(body_of(query)["errors"][0]["field"] == "nope");
  for (const std::string bad : {"limit=0", "limit=101", "limit=x", "status=LOST", "sort=name",
                                "zone=ord_1", "priority=5", "due_before=soon", "q=%zz"})
    CHECK(world.ask({"GET", "/v1/orders?" + bad, bearer, "", {}}).status == 422);
  const auto deep = std::string(40, '[') + std::string(40, ']');
  CHECK(world.ask({"POST", "/v1/orders", bearer, "{\"a\":" + deep + "}", {}}).status == 422);
  CHECK(world.ask({"POST", "/v1/orders", bearer, "{", {}}).status == 422);
}

TEST_CASE("routes: a client neither filters nor sorts by what it is not shown") {
  World world;
  const auto customer = world.customer();
  for (const auto& hidden :
       std::vector<std::string>{"priority=1", "due_before=2026-01-01T00:00:00.000Z", "zone=" + zone,
                                "technician=" + tech}) {
    CHECK(world.ask({"GET", "/v1/orders?" + hidden, customer, "", {}}).status == 200);
    CHECK(world.runtime.lists().back().client == "none");
  }
  for (const auto& hidden : std::vector<std::string>{"sort=due", "sort=priority"}) {
    const auto refused = world.ask({"GET", "/v1/orders?" + hidden, customer, "", {}});
    CHECK(refused.status == 422);
    CHECK(body_of(refused)["errors"][0]["field"] == hidden.substr(0, hidden.find('=')));
    CHECK(world.ask({"GET", "/v1/orders?" + hidden, world.supervisor(), "", {}}).status == 200);
  }
  for (const auto& shown :
       std::vector<std::string>{"status=NEW", "sort=created_at", "client=" + client, "q=router"})
    CHECK(world.ask({"GET", "/v1/orders?" + shown, customer, "", {}}).status == 200);
}

TEST_CASE("routes: reads carry the version as ETag and answer 304 to who has it") {
  World world;
  put_order(world);
  const auto bearer = world.supervisor();
  const auto reply = world.ask({"GET", path_of(order), bearer, "", {}});
  CHECK(reply.status == 200);
  CHECK(reply.header("ETag") == "\"1\"");
  CHECK(body_of(reply)["version"] == 1);
  CHECK(body_of(reply)["id"] == order);
  const auto same = world.ask({"GET", path_of(order), bearer, "", {"If-None-Match: \"1\""}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
}

TEST_CASE("routes: an edit needs If-Match, a merge patch, and the right version") {
  World world;
  put_order(world);
  const auto bearer = world.supervisor();
  HttpRequest edit{"PATCH", path_of(order), bearer, R"({"title":"y"})", {}};
  CHECK(world.ask(edit).status == 428);
  edit.headers = {"If-Match: \"7\""};
  CHECK(world.ask(edit).status == 412);
  edit.headers = {"If-Match: nonsense"};
  CHECK(world.ask(edit).status == 400);
  edit.headers = {"If-Match: \"1\"", "Content-Type: application/json"};
  CHECK(world.ask(edit).status == 415);
  edit.headers = {"If-Match: \"1\""};
  const auto done = world.ask(edit);
  CHECK(done.status == 200);
  CHECK(done.header("ETag") == "\"2\"");
}

TEST_CASE("routes: lists are cut to what the role may see, or refused") {
  World world;
  put_order(world);
  world.runtime.put(EntityKind::catalogue,
                    to_text(json{{"id", "catalogue"}, {"zone", zone}, {"client", client}}));
  const auto list = [&](const std::string& bearer, const std::string& path) {
    return world.ask({"GET", path, bearer, "", {}}).status;
  };
  CHECK(list(world.customer(), "/v1/orders") == 200);
  CHECK(world.runtime.lists().back().client == client);
  CHECK(list(world.customer(), "/v1/orders?client=cli_00000000000000000000000009") == 200);
  CHECK(world.runtime.lists().back().client == "none");
  CHECK(list(world.technician(), "/v1/orders") == 200);
  CHECK(world.runtime.lists().back().technician == tech);
  CHECK(list(world.supervisor(), "/v1/orders?status=NEW,ASSIGNED&sort=due&limit=7") == 200);
  CHECK(world.runtime.lists().back().zones == std::vector{zone});
  CHECK(world.runtime.lists().back().status == std::vector<std::string>{"NEW", "ASSIGNED"});
  CHECK(world.runtime.lists().back().limit == 7);
  CHECK(list(world.administrator(), "/v1/orders") == 200);
  CHECK(world.runtime.lists().back().zones.empty());
  CHECK(list(world.operator_(), "/v1/orders") == 403);
  for (const std::string path : {"/v1/clients", "/v1/technicians", "/v1/accounts", "/v1/zones"}) {
    CHECK(list(world.customer(), path) == 403);
    CHECK(list(world.technician(), path) == 403);
    CHECK(list(world.operator_(), path) == 403);
    CHECK(list(world.supervisor(), path) == 200);
  }
  CHECK(list(world.customer(), "/v1/order-types") == 200);
  CHECK(list(world.supervisor(), "/v1/cluster") == 403);
  CHECK(list(world.operator_(), "/v1/cluster") == 200);
}

TEST_CASE("routes: a supervisor without zones sees no orders") {
  World world;
  const auto bearer = world.runtime.log_in({"", {Role::supervisor}, {}, {}, {}, {}});
  CHECK(world.ask({"GET", "/v1/orders", bearer, "", {}}).status == 200);
  CHECK(world.runtime.lists().back().zones == std::vector<Id>{"none"});
}

TEST_CASE("routes: a timeline shows the events the caller may see, oldest first") {
  World world;
  put_order(world);
  world.runtime.change({EntityKind::work_order, order}, "comment", R"({"visibility":"internal"})");
  world.runtime.change({EntityKind::work_order, order}, "start", "{}");
  const auto staff =
      body_of(world.ask({"GET", path_of(order, "/timeline"), world.supervisor(), "", {}}));
  REQUIRE(staff["data"].size() == 3);
  CHECK(staff["data"][0]["type"] == "order.created");
  CHECK(staff["data"][2]["type"] == "order.start");
  CHECK(staff["data"][0].contains("principal"));
  const auto own =
      body_of(world.ask({"GET", path_of(order, "/timeline"), world.customer(), "", {}}));
  REQUIRE(own["data"].size() == 2);
  CHECK_FALSE(own["data"][0].contains("principal"));
  const auto page =
      body_of(world.ask({"GET", path_of(order, "/timeline?limit=2"), world.supervisor(), "", {}}));
  CHECK(page["data"].size() == 2);
  CHECK(page["next_cursor"] == "2");
  const auto rest =
      body_of(world.ask({"GET", path_of(order, "/timeline?cursor=2"), world.supervisor(), "", {}}));
  CHECK(rest["data"].size() == 1);
  CHECK(rest["next_cursor"].is_null());
}

TEST_CASE("routes: an id that nothing can have is a 404, and no entity is asked") {
  World world;
  // It would be found if somebody looked.
  for (const auto kind : {EntityKind::work_order, EntityKind::technician})
    world.runtime.put(kind, R"({"id":"x"})");
  const std::string path = GENERATE("/v1/orders/x", "/v1/orders/x/timeline", "/v1/technicians/x");
  CHECK(world.ask({"GET", path, world.administrator(), "", {}}).status == 404);
}

TEST_CASE("routes: the cluster's page tells which shards are closed") {
  World world;
  world.runtime.health_now.closed = {{5, "its journal ends in the middle"}};
  const auto shards =
      body_of(world.ask({"GET", "/v1/cluster", world.operator_(), "", {}}))["shards"];
  CHECK(shards[4]["state"] == "owned");
  CHECK(shards[5]["state"] == "closed");
  CHECK(shards[5]["shard"] == 5);
}

TEST_CASE("routes: a tracking link shows its order to its holder and to nobody else") {
  World world;
  put_order(world);
  const auto token = world.runtime.add_tracking(order);
  const auto shown = world.ask({"GET", "/v1/track", "", "", {"Authorization: Tracking " + token}});
  CHECK(shown.status == 200);
  CHECK(body_of(shown)["id"] == order);
  CHECK(body_of(shown)["seen_as"] == static_cast<int>(entity::Viewpoint::client));
  CHECK(world.ask({"GET", "/v1/track", "", "", {}}).status == 401);
  CHECK(
      world.ask({"GET", "/v1/track", "", "", {"Authorization: Tracking " + token + "x"}}).status ==
      401);
  CHECK(world.ask({"GET", "/v1/orders", "", "", {"Authorization: Tracking " + token}}).status ==
        401);
}

TEST_CASE("routes: a site and a zone get an id that a retry finds again") {
  World world;
  world.runtime.put(EntityKind::client, "{\"id\":\"" + client + "\"}");
  const auto bearer = world.administrator();
  for (const std::string& path : {"/v1/clients/" + client + "/sites", std::string("/v1/zones")}) {
    const HttpRequest request{"POST", path, bearer, R"({"name":"x"})", {"Idempotency-Key: k"}};
    const auto first = world.ask(request), again = world.ask(request);
    CHECK(first.status == 201);
    const auto id = body_of(first)["id"].get<std::string>();
    CHECK(id.substr(0, 4) == (path == "/v1/zones" ? "zon_" : "sit_"));
    CHECK(first.header("Location") == path + "/" + id);
    CHECK(again.body == first.body);
    CHECK(parse_json(world.runtime.commands().back().body.json)["id"] == id);
  }
}

TEST_CASE("routes: every response carries a Request-Id of its own, and traceparent is honoured") {
  World world;
  const auto bearer = world.supervisor();
  const auto one =
      world.ask({"POST",
                 "/v1/orders",
                 bearer,
                 "{}",
                 {"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  const auto two = world.ask({"POST", "/v1/orders", bearer, "{}", {"traceparent: nonsense"}});
  CHECK(one.header("Request-Id") != two.header("Request-Id"));
  const auto commands = world.runtime.commands();
  CHECK(commands[0].trace == "0af7651916cd43dd8448eb211c80319c");
  CHECK(commands[1].trace.size() == 32);
}

TEST_CASE("routes: commands of one turn reach the runtime together") {
  World world;
  const auto bearer = world.supervisor();
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 50; ++i) {
    auto& connection = connections.emplace_back(std::make_unique<RawConnection>(world.bound.http));
    connection->send(to_bytes({"GET", "/v1/orders", bearer, "", {}}));
    CHECK(connection->read().status == 200);
  }
  // The gateway's thread is held in a list while the commands arrive.
  std::promise<void> arrived, reached;
  world.runtime.on_list = [&](const views::ListQuery&) -> std::optional<views::ListReply> {
    reached.set_value();
    arrived.get_future().wait();
    return {};
  };
  RawConnection holder(world.bound.http);
  holder.send(to_bytes({"GET", "/v1/orders", bearer, "", {}}));
  reached.get_future().wait();
  for (auto& connection : connections)
    connection->send(to_bytes({"POST", "/v1/orders", bearer, "{}", {}}));
  arrived.set_value();
  for (auto& connection : connections) CHECK(connection->read().status == 201);
  CHECK(world.runtime.batch_sizes() == std::vector<std::size_t>{50});
}

TEST_CASE("routes: dead letters are for operators and administrators") {
  World world;
  const auto ask = [&](const std::string& bearer, const std::string& query = {}) {
    return world.ask({"GET", "/v1/letters" + query, bearer, "", {}});
  };
  const auto seen = ask(world.operator_());
  CHECK(seen.status == 200);
  CHECK(seen.has("1-2-0-0"));
  CHECK(ask(world.administrator()).status == 200);
  CHECK(ask(world.operator_(), "?limit=1").has(R"("next_cursor":"1-2-0-0")"));
  for (const auto& bearer : {world.supervisor(), world.technician(), world.customer()})
    CHECK(ask(bearer).status == 403);
  for (const auto* wrong : {"?limit=0", "?limit=101", "?limit=x", "?limit="})
    CHECK(ask(world.operator_(), wrong).status == 422);
  CHECK(ask(world.supervisor(), "?limit=0").status == 422);
}

TEST_CASE("routes: GET of the stream without an upgrade says what is needed") {
  World world;
  CHECK(world.ask({"GET", "/v1/stream", world.supervisor(), "", {}}).status == 426);
}

TEST_CASE("routes: the admin listener tells health and numbers, and the public one does not") {
  World world;
  const auto admin = [&](const std::string& path) {
    return exchange(world.bound.admin, {"GET", path, "", "", {}});
  };
  CHECK(admin("/livez").status == 200);
  CHECK(admin("/readyz").status == 200);
  CHECK(admin("/startupz").status == 200);
  CHECK(admin("/metrics").has("microflow_http_responses_total"));
  CHECK(
      admin("/metrics").has("microflow_build_info{version=\"" + std::string(version()) + "\"} 1"));
  CHECK(admin("/v1/orders").status == 404);
  CHECK(world.ask({"GET", "/metrics", world.administrator(), "", {}}).status == 404);
  world.runtime.health_now = {false, "no owner for 3 shards", 61, 64, 0};
  CHECK(admin("/livez").status == 200);
  CHECK(admin("/readyz").status == 503);
  CHECK(admin("/readyz").has("no owner for 3 shards"));
  CHECK(admin("/startupz").status == 503);
  // A closed shard is no reason to start the node again and again.
  world.runtime.health_now = {false, "shard 5 is closed: bad timers", 63, 64, 0, true};
  CHECK(admin("/startupz").status == 200);
  CHECK(admin("/readyz").has("shard 5 is closed: bad timers"));
}

}  // namespace
}  // namespace mf::test
