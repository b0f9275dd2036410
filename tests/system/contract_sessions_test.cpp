// Logins, cookies and limits.
#include <catch2/catch.hpp>

#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

Person somebody(World& world) { return {world.loop, world.node->http()}; }

std::string own_origin(World& world) {
  const auto& at = world.node->http();
  return "http://" + at.host + ":" + at.port;
}

Answer log_in_as(World& world, const std::string& name, const std::string& password) {
  return somebody(world).post("/v1/sessions", {{"username", name}, {"password", password}});
}

}  // namespace

TEST_CASE("contract: a login answers token, expiry and account, and sets a cookie for browsers") {
  auto& world = shared_world();
  const auto login = log_in_as(world, "laura", "contrasena-1");
  CHECK(login.status == 201);
  CHECK(login.json.size() == 3);
  CHECK(login.json.at("token").get<std::string>().starts_with("mf_"));
  CHECK(login.json.at("account") == world.company->laura().account);
  CHECK(mf::parse_rfc3339(login.json.at("expires_at").get<std::string>()).has_value());
  const auto cookie = login.raw.header("Set-Cookie");
  CHECK(cookie.starts_with("microflow="));
  for (const auto* part : {"HttpOnly", "SameSite=Strict", "Path=/"})
    CHECK(cookie.find(part) != cookie.npos);
  CHECK(cookie.find("Secure") == cookie.npos);
  CHECK(login.raw.header("Cache-Control") == "no-store");
}

TEST_CASE("contract: a wrong name and a wrong password look alike") {
  auto& world = shared_world();
  auto name = log_in_as(world, "nadie", "contrasena-1"), password = log_in_as(world, "mateo", "x");
  CHECK(name.status == 401);
  for (auto* answer : {&name, &password}) answer->json.erase("request_id");
  CHECK(name.json == password.json);
  CHECK(somebody(world).post("/v1/sessions", {{"username", "laura"}}).status == 422);
}

TEST_CASE("contract: a session ends with DELETE, at once and alone") {
  auto& world = shared_world();
  auto first = log_in(world.loop, world.node->http(), "laura", "contrasena-1");
  auto second = log_in(world.loop, world.node->http(), "laura", "contrasena-1");
  Live live(world.loop);
  live.open(world.node->http(), first.token());
  CHECK(first.request("DELETE", "/v1/sessions/current").status == 204);
  CHECK(first.get("/v1/orders").status == 401);
  CHECK(first.request("DELETE", "/v1/sessions/current").status == 401);
  CHECK(second.get("/v1/orders").status == 200);
  REQUIRE(world.loop.wait([&] { return !live.is_open(); }));
  CHECK(live.close_code() == 4401);
}

TEST_CASE("contract: a login is not replayed, whatever its key") {
  auto& world = shared_world();
  auto person = somebody(world);
  const Json body{{"username", "laura"}, {"password", "contrasena-1"}};
  const auto first = person.post("/v1/sessions", body, "la-misma");
  const auto second = person.post("/v1/sessions", body, "la-misma");
  CHECK(second.status == 201);
  CHECK_FALSE(second.is_replayed());
  CHECK(first.json.at("token") != second.json.at("token"));
}

TEST_CASE("contract: a cookie changes things only from a page of ours") {
  auto& world = shared_world();
  auto& c = *world.company;
  auto browser = somebody(world);
  const auto cookie = "microflow=" + c.laura().token();
  const auto path = "/v1/orders/" + c.new_order() + "/comment";
  const auto post = [&](mf::client::Headers headers) {
    headers.emplace_back("Cookie", cookie);
    return browser.request("POST", path, R"({"text":"hola"})", headers).status;
  };
  CHECK(browser.request("GET", "/v1/orders", {}, {{"Cookie", cookie}}).status == 200);
  CHECK(post({}) == 403);
  CHECK(post({{"Origin", "null"}}) == 403);
  CHECK(post({{"Origin", "http://evil.example"}}) == 403);
  CHECK(post({{"Origin", own_origin(world) + ".evil.example"}}) == 403);
  CHECK(post({{"Origin", own_origin(world)}}) == 200);
  const auto app =
      c.laura().request("POST", path, R"({"text":"hola"})", {{"Origin", "http://evil.example"}});
  CHECK(app.status == 200);
  CHECK(browser.request("GET", "/v1/orders", {}, {{"Cookie", "microflow=mf_x"}}).status == 401);
  const mf::client::Headers evil{{"Origin", "http://evil.example"}};
  CHECK(browser
            .request("POST", "/v1/sessions", R"({"username":"laura","password":"contrasena-1"})",
                     evil)
            .status == 403);
}

TEST_CASE("contract: another password or other roles end the sessions there were") {
  auto& world = shared_world();
  auto& c = *world.company;
  const auto make = [&](const std::string& name) {
    REQUIRE(c.admin
                .post("/v1/accounts", {{"username", name},
                                       {"password", "contrasena-1"},
                                       {"roles", {"supervisor"}},
                                       {"zones", {c.north_zone}}})
                .status == 201);
    return log_in(world.loop, world.node->http(), name, "contrasena-1");
  };
  auto one = make("cambia.clave"), other = make("cambia.rol");
  Live live(world.loop), second(world.loop);
  live.open(world.node->http(), one.token());
  second.open(world.node->http(), other.token());
  CHECK(one.post("/v1/accounts/" + one.account + "/set_password",
                 {{"password", "contrasena-2"}, {"current_password", "contrasena-1"}})
            .ok());
  const auto version = c.admin.get("/v1/accounts/" + other.account).json.at("version");
  CHECK(c.admin.patch("/v1/accounts/" + other.account, {{"roles", {"operator"}}}, version).ok());
  CHECK(one.get("/v1/orders").status == 401);
  CHECK(other.get("/v1/orders").status == 401);
  REQUIRE(world.loop.wait([&] { return !live.is_open() && !second.is_open(); }));
  CHECK(live.close_code() == 4401);
  CHECK(second.close_code() == 4401);
  CHECK(log_in_as(world, "cambia.clave", "contrasena-2").status == 201);
}

TEST_CASE("contract: a password or a secret never comes back") {
  auto& c = *shared_world().company;
  for (const auto& path : {std::string("/v1/accounts"), "/v1/accounts/" + c.laura().account}) {
    const auto body = c.admin.get(path).raw.body;
    for (const auto* secret : {"argon2", "\"password\"", "token_hash", "contrasena"}) {
      INFO(path << " " << secret);
      CHECK(body.find(secret) == body.npos);
    }
  }
}

TEST_CASE("contract: who is too fast gets 429 and Retry-After, and can go on after it") {
  World world;
  world.start_again({"--limits.commands_per_second=5", "--limits.logins_per_minute=3",
                     "--limits.subscriptions_per_second=5"});
  auto& c = *world.company;
  Answer answer;
  for (int i = 0; i < 100 && answer.status != 429; ++i)
    answer = c.laura().post("/v1/orders/ord_00000000000000000000000000/comment", {{"text", "x"}});
  CHECK(answer.status == 429);
  CHECK(answer.code() == "rate_limited");
  CHECK(std::stoi(answer.raw.header("Retry-After")) >= 1);
  CHECK(c.laura().get("/v1/orders").status == 200);
  REQUIRE(world.loop.wait([&] {
    return c.laura()
               .post("/v1/orders/ord_00000000000000000000000000/comment", {{"text", "x"}})
               .status == 404;
  }));
  Answer login;
  for (int i = 0; i < 10 && login.status != 429; ++i) login = log_in_as(world, "mateo", "falsa");
  CHECK(login.status == 429);
  CHECK(std::stoi(login.raw.header("Retry-After")) >= 1);
  Live live(world.loop);
  live.open(world.node->http(), c.supervisor().token());
  Json reply;
  for (int i = 0; i < 100 && !(reply.contains("err") && reply["err"]["status"] == 429); ++i)
    reply = live.call("sub", {{"topic", "order:ord_00000000000000000000000000"}});
  CHECK(reply["err"]["status"] == 429);
  CHECK(reply["err"]["retry"] == true);
}
