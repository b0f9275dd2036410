// Idempotency, creation and what a command answers.
#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <set>

#include "base/json.hpp"
#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

std::string new_key() {
  static int last = 0;
  return "clave-" + std::to_string(++last);
}

Json order_body(Company& c) {
  return {{"type", c.type},
          {"client", c.laura().client},
          {"site", c.laura().site},
          {"title", "Sin internet"}};
}

/// What is the same in an outcome and its replay. Both are asked for in here, in this order.
template <class First, class Second>
void check_replay(First send_first, Second send_second) {
  const Answer first = send_first(), second = send_second();
  INFO(first.text() << " / " << second.text());
  CHECK(first.ok());
  CHECK_FALSE(first.is_replayed());
  CHECK(second.is_replayed());
  CHECK(second.status == first.status);
  CHECK(second.raw.body == first.raw.body);
  CHECK(second.raw.header("Location") == first.raw.header("Location"));
  CHECK(second.raw.header("ETag") == first.raw.header("ETag"));
}

}  // namespace

TEST_CASE("contract: the same key and body have the same outcome, another body is refused") {
  auto& c = *shared_world().company;
  const auto key = new_key();
  auto body = order_body(c);
  const auto send = [&] { return c.laura().post("/v1/orders", body, key); };
  check_replay(send, send);
  const auto first = send();
  body["title"] = "Otra cosa";
  const auto reused = c.laura().post("/v1/orders", body, key);
  CHECK(reused.status == 422);
  CHECK(reused.code() == "idempotency_key_reused");
  // Whoever else uses the same key means something else.
  const auto other = c.supervisor().post("/v1/orders", order_body(c), key);
  CHECK(other.status == 201);
  CHECK(other.id() != first.id());
}

TEST_CASE("contract: a body is the same however it is written") {
  auto& c = *shared_world().company;
  const auto send = [&](const std::string& path, const std::string& body, const std::string& key) {
    return c.admin.request("POST", path, body, {{"Idempotency-Key", key}});
  };
  const auto key = new_key(), order = "/v1/orders/" + c.new_order();
  const auto check = [&](const std::string& path, const std::string& one, const std::string& two) {
    INFO(path);
    check_replay([&] { return send(path, one, key); }, [&] { return send(path, two, key); });
  };
  check(order + "/triage", R"({"priority":2,"duration_ms":60000,"confirmed_distinct":true})",
        "{ \"confirmed_distinct\":true, \"duration_ms\" : 60000,\n\"priority\":2 }");
  check(order + "/pin", "{}", "");
  check("/v1/accounts", R"({"username":"escrita","password":"contrasena-4"})",
        R"({"password": "contrasena-4", "username": "escrita"})");
  CHECK(send("/v1/accounts", R"({"username":"escrita","password":"contrasena-5"})", key).code() ==
        "idempotency_key_reused");
}

TEST_CASE("contract: a key has 255 characters, not bytes") {
  auto& c = *shared_world().company;
  const auto key_of = [](int size) {
    std::string key;
    for (int i = 0; i < size; ++i) key += "ñ";
    return key;
  };
  CHECK(c.laura().post("/v1/orders", order_body(c), key_of(255)).status == 201);
  CHECK(c.laura().post("/v1/orders", order_body(c), key_of(256)).status == 422);
  CHECK(c.laura().post("/v1/orders", order_body(c), std::string(256, 'k')).status == 422);
  Live live(shared_world().loop);
  live.open(shared_world().node->http(), c.laura().token());
  CHECK(live.rpc("orders.create", order_body(c), key_of(254)).contains("ok"));
  CHECK(live.rpc("orders.create", order_body(c), key_of(256))["err"]["status"] == 422);
}

TEST_CASE("contract: every POST takes a key") {
  auto& c = *shared_world().company;
  const auto order = "/v1/orders/" + c.new_order();
  const auto key = new_key();
  const std::pair<std::string, Json> posts[] = {
      {"/orders", order_body(c)},
      {order + "/comment", {{"text", "hola"}}},
      {"/v1/zones", {{"name", "Otra"}}},
      {"/v1/order-types", {{"name", "Otra"}, {"duration_ms", 60'000}}},
      {"/v1/clients", {{"name", "Eva"}, {"document_type", "CC"}, {"document_number", "con-clave"}}},
      {"/v1/clients/" + c.laura().client + "/sites",
       {{"name", "Finca"}, {"address", "Km 4"}, {"zone", c.north_zone}, {"lat", 6}, {"lon", -75}}},
      {"/v1/clients/" + c.laura().client + "/assets",
       {{"site", c.laura().site}, {"kind", "router"}}},
      {"/v1/technicians", {{"name", "Eva"}, {"zones", {c.north_zone}}}},
      {"/v1/technicians/" + c.technicians[2].technician + "/availability",
       {{"availability", "break"}}},
      {"/v1/accounts", {{"username", "con.clave"}, {"password", "contrasena-6"}}},
      {"/v1/sla-policies",
       {{"priority", 4},
        {"respond_ms", 28'800'000},
        {"arrive_ms", 172'800'000},
        {"resolve_ms", 432'000'000}}},
      {"/v1/reason-codes",
       {{"code", "trafico"},
        {"verbs", {"pause"}},
        {"name_es", "Tráfico"},
        {"name_en", "Traffic"}}}};
  for (const auto& [path, body] : posts) {
    INFO(path);
    const auto send = [&] { return c.admin.post(path, body, key); };
    check_replay(send, send);
  }
}

TEST_CASE("contract: a duplicate that comes while the first runs waits for it") {
  auto& world = shared_world();
  auto& c = *world.company;
  for (int round = 0; round < 5; ++round) {
    const mf::client::Headers headers{{"Idempotency-Key", new_key()}};
    std::vector<std::unique_ptr<Person>> phones;
    std::vector<std::future<Answer>> answers;
    for (int i = 0; i < 6; ++i) {
      phones.push_back(std::make_unique<Person>(world.loop, world.node->http(), c.laura().token()));
      answers.push_back(asio::co_spawn(
          world.loop.io,
          phones.back()->send("POST", "/v1/orders", mf::to_text(order_body(c)), headers),
          asio::use_future));
    }
    REQUIRE(world.loop.wait([&] {
      return std::ranges::all_of(answers, [](auto& answer) {
        return answer.wait_for(Patience(0)) == std::future_status::ready;
      });
    }));
    int firsts = 0;
    std::set<std::string> ids;
    for (auto& future : answers) {
      const auto answer = future.get();
      CHECK(answer.status == 201);
      firsts += answer.is_replayed() ? 0 : 1;
      ids.insert(answer.raw.body);
    }
    CHECK(firsts == 1);
    CHECK(ids.size() == 1);
  }
}

TEST_CASE("contract: a rejection is decided anew under the same key") {
  auto& c = *shared_world().company;
  const auto order = c.new_order(), key = new_key(), path = "/v1/orders/" + order + "/pin";
  REQUIRE(c.supervisor().post(path).ok());
  CHECK(c.supervisor().post(path, Json::object(), key).code() == "already_pinned");
  REQUIRE(c.supervisor().post("/v1/orders/" + order + "/unpin").ok());
  const auto now = c.supervisor().post(path, Json::object(), key);
  CHECK(now.status == 200);
  CHECK_FALSE(now.is_replayed());
}

TEST_CASE("contract: both doors share their keys") {
  auto& world = shared_world();
  auto& c = *world.company;
  const auto key = new_key();
  Live live(world.loop);
  live.open(world.node->http(), c.laura().token());
  const auto first = c.laura().post("/v1/orders", order_body(c), key);
  CHECK(live.rpc("orders.create", order_body(c), key)["ok"] == first.json);
  const auto said = live.rpc("orders.comment", {{"id", first.id()}, {"text", "hola"}}, key);
  const auto again =
      c.laura().post("/v1/orders/" + first.id() + "/comment", {{"text", "hola"}}, key);
  CHECK(again.is_replayed());
  CHECK(again.json == said["ok"]);
}

TEST_CASE("contract: a command answers {id, version, status, position}, a create 201 and where") {
  auto& c = *shared_world().company;
  const auto created = c.laura().post("/v1/orders", order_body(c));
  CHECK(created.status == 201);
  CHECK(created.json.size() == 4);
  for (const auto* member : {"id", "version", "status", "position"})
    CHECK(created.json.contains(member));
  CHECK(created.json.at("status") == "NEW");
  CHECK(created.raw.header("Location") == "/v1/orders/" + created.id());
  const auto alias = c.laura().post("/orders", order_body(c));
  CHECK(alias.raw.header("Location") == "/v1/orders/" + alias.id());
  const auto triaged =
      c.supervisor().post("/v1/orders/" + created.id() + "/triage", {{"confirmed_distinct", true}});
  CHECK(triaged.status == 200);
  CHECK(triaged.json.at("status") == "TRIAGED");
  CHECK(triaged.json.at("version") > created.json.at("version"));
  CHECK(triaged.raw.header("Location").empty());

  const std::pair<std::string, Json> creates[] = {
      {"/v1/zones", {{"name", "Otra"}}},
      {"/v1/order-types", {{"name", "Otra"}, {"duration_ms", 60'000}}},
      {"/v1/clients", {{"name", "Eva"}, {"document_type", "CC"}, {"document_number", "donde"}}},
      {"/v1/clients/" + c.laura().client + "/sites",
       {{"name", "Finca"}, {"address", "Km 4"}, {"zone", c.north_zone}, {"lat", 6}, {"lon", -75}}},
      {"/v1/clients/" + c.laura().client + "/assets",
       {{"site", c.laura().site}, {"kind", "router"}}},
      {"/v1/technicians", {{"name", "Eva"}}},
      {"/v1/accounts", {{"username", "donde"}}}};
  for (const auto& [path, body] : creates) {
    INFO(path);
    const auto answer = c.admin.post(path, body);
    CHECK(answer.status == 201);
    const auto shown = c.admin.get(answer.raw.header("Location"));
    CHECK(shown.status == 200);
    CHECK(shown.id() == answer.id());
  }
}

TEST_CASE("contract: an order may bring its own id, once") {
  auto& c = *shared_world().company;
  auto body = order_body(c);
  body["id"] = "ord_0123456789ABCDEFGHJKMNPQRS";
  const auto first = c.laura().post("/v1/orders", body);
  CHECK(first.id() == body["id"].get<std::string>());
  CHECK(c.laura().post("/v1/orders", body).json.at("id") == body["id"]);
  body["title"] = "Otra cosa";
  CHECK(c.laura().post("/v1/orders", body).status == 409);
  body["id"] = "tec_0123456789ABCDEFGHJKMNPQRS";
  CHECK(c.laura().post("/v1/orders", body).status == 422);
}
