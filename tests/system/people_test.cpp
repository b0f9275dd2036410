// What people may do with their own account, and what they see of others' work afterwards.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "base/id.hpp"
#include "base/json.hpp"
#include "tests/system/company.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;

namespace {

constexpr auto company_password = "contrasena-1";  // of everybody in Company
const std::string secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", key = "12345678901234567890";

/// RFC 6238 for the secret above, `steps` from now.
std::string code(int steps = 0) {
  auto step = static_cast<std::uint64_t>(mf::to_millis(mf::system_clock().now()) / 30'000 + steps);
  unsigned char message[8], mac[EVP_MAX_MD_SIZE];
  for (int i = 7; i >= 0; --i, step >>= 8) message[i] = static_cast<unsigned char>(step & 255);
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message, sizeof message, mac, &size);
  const unsigned at = mac[size - 1] & 15u;
  const auto number = ((mac[at] & 127u) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3]);
  auto text = std::to_string(number % 1'000'000);
  return std::string(6 - text.size(), '0') + text;
}

/// Codes are good for the step beside theirs: far enough from its end, what is sent next still is.
void wait_for_time_left(Loop& loop) {
  REQUIRE(loop.wait([] { return mf::to_millis(mf::system_clock().now()) % 30'000 < 20'000; }));
}

std::string account_path(const Person& person, const std::string& verb) {
  return "/v1/accounts/" + person.account + "/" + verb;
}

}  // namespace

TEST_CASE("people: who held a visit that has ended reads its own part, and writes nothing") {
  World world;
  auto& c = *world.company;
  const auto order = c.assigned_order(), path = "/v1/orders/" + order;
  const auto must = [&](Person& by, const std::string& verb, const Json& body = Json::object()) {
    const auto answer = by.post(path + "/" + verb, body);
    INFO(verb << ": " << answer.text());
    REQUIRE(answer.ok());
  };
  Live live(world.loop);
  live.open(world.node->http(), c.ana().token());
  REQUIRE(live.call("sub", {{"topic", "order:" + order}}).contains("ok"));
  must(c.ana(), "depart");
  must(c.ana(), "fail", {{"reason", "no_access"}});
  must(c.supervisor(), "comment", {{"text", "nota interna sobre la visita"}});
  must(c.supervisor(), "retry", {{"reason", "other"}});
  must(c.supervisor(), "assign", {{"technician", c.ben().technician}});
  must(c.ben(), "depart");

  for (const auto& text : {c.ana().get(path).raw.body, c.ana().get(path + "/timeline").raw.body}) {
    INFO(text);
    CHECK(text.find(c.ben().technician) == text.npos);
    CHECK(text.find("nota interna") == text.npos);
    CHECK(text.find(c.ana().technician) != text.npos);
  }
  CHECK(c.ana().get(path).json.at("status") == "FAILED");
  CHECK(c.ana().post(path + "/comment", {{"text", "hola"}}).status == 403);
  for (const auto& text : {c.ben().get(path).raw.body, c.ben().get(path + "/timeline").raw.body})
    CHECK(text.find(c.ana().technician) == text.npos);

  // A command of hers afterwards, so that what came before it has been pushed.
  REQUIRE(live.rpc("orders.comment", {{"id", order}, {"text", "x"}}).contains("err"));
  for (const auto& event : live.events("order:" + order)) {
    INFO(event.dump());
    CHECK(event.dump().find(c.ben().technician) == std::string::npos);
    CHECK(event.at("type") != "order.commented");
  }
}

TEST_CASE("people: an own password changes by who knows the present one") {
  World world;
  auto& laura = world.company->laura();
  const auto path = account_path(laura, "set_password");
  const auto set = [&](const Json& body) { return laura.post(path, body); };
  CHECK(set({{"password", "otra clave nueva"}}).status == 422);
  const auto wrong = set({{"password", "otra clave nueva"}, {"current_password", "no es esta"}});
  CHECK(wrong.status == 403);
  CHECK(wrong.code() == "wrong_credentials");
  for (const auto* bad : {"1234567890", "laura-laura", "aaaaaaaaaaaa"})
    CHECK(set({{"password", bad}, {"current_password", company_password}}).status == 422);
  const auto done = set({{"password", "otra clave nueva"}, {"current_password", company_password}});
  INFO(done.text());
  CHECK(done.ok());
  CHECK(laura.get("/v1/sessions/current").status == 401);
  // An administrator needs no password of others.
  CHECK(world.company->admin.post(path, {{"password", "y otra todavía"}}).ok());
}

TEST_CASE("people: a second factor needs the password and a code of its own, once each") {
  World world;
  auto& ana = world.company->ana();
  auto other = log_in(world.loop, world.node->http(), "ana", company_password);
  const auto path = account_path(ana, "set_totp");
  CHECK(ana.post(path, {{"secret", secret}, {"code", code()}}).status == 422);
  const Json without_code{{"secret", secret}, {"current_password", company_password}};
  CHECK(ana.post(path, without_code).status == 422);
  auto with_code = without_code;
  with_code["code"] = "000000";
  CHECK(ana.post(path, with_code).status == 422);
  wait_for_time_left(world.loop);
  const auto first = code(-1);
  with_code["code"] = first;
  const auto set = ana.post(path, with_code);
  INFO(set.text());
  REQUIRE(set.ok());
  CHECK(ana.get("/v1/sessions/current").json.at("totp") == true);
  CHECK(other.get("/v1/sessions/current").status == 401);

  Person phone(world.loop, world.node->http());
  const auto log_in_with = [&](const std::string& given) {
    return phone.post("/v1/sessions",
                      {{"username", "ana"}, {"password", company_password}, {"code", given}});
  };
  CHECK(log_in_with(first).status == 401);
  const auto second = code();
  CHECK(log_in_with(second).status == 201);
  world.start_again();
  phone.move_to(world.node->http());
  CHECK(log_in_with(second).status == 401);

  CHECK(ana.post(path, {{"current_password", company_password}}).code() == "code_required");
  CHECK(ana.post(path, {{"current_password", company_password}, {"code", second}}).status == 409);
  CHECK(ana.post(path, {{"current_password", company_password}, {"code", code(1)}}).ok());
  CHECK(phone.post("/v1/sessions", {{"username", "ana"}, {"password", company_password}}).status ==
        201);
}

TEST_CASE("people: an administrator who needs a second factor may only set one up") {
  World world;
  world.start_again({"--auth.administrators_need_totp=true"});
  auto& admin = world.company->admin;
  CHECK(admin.get("/v1/accounts").code() == "totp_required");
  CHECK(admin.post("/v1/zones", {{"name", "Otra"}}).status == 403);
  Live live(world.loop);
  CHECK_THROWS(live.open(world.node->http(), admin.token()));
  CHECK(world.company->supervisor().get("/v1/orders").status == 200);
  const auto me = admin.get("/v1/sessions/current");
  REQUIRE(me.status == 200);
  CHECK(me.json.at("totp_required") == true);
  admin.account = me.json.at("account").get<std::string>();
  const auto set =
      admin.post(account_path(admin, "set_totp"),
                 {{"secret", secret}, {"code", code()}, {"current_password", "administrator"}});
  INFO(set.text());
  REQUIRE(set.ok());
  CHECK(admin.get("/v1/accounts").status == 200);
  CHECK(admin
            .post(account_path(admin, "set_totp"),
                  {{"current_password", "administrator"}, {"code", code(1)}})
            .code() == "totp_required");
}

TEST_CASE("people: everybody learns who they are, and ends the sessions left elsewhere") {
  World world;
  auto& c = *world.company;
  const auto me = c.supervisor().get("/v1/sessions/current").json;
  CHECK(me.at("account") == c.supervisor().account);
  CHECK(me.at("roles") == Json{"supervisor"});
  CHECK(me.at("zones") == Json{c.north_zone});
  CHECK(me.contains("expires_at"));
  CHECK(c.ana().get("/v1/sessions/current").json.at("technician") == c.ana().technician);
  CHECK(c.laura().get("/v1/sessions/current").json.at("client") == c.laura().client);
  auto elsewhere = log_in(world.loop, world.node->http(), "laura", company_password);
  CHECK(c.laura().get("/v1/sessions/own").json.at("data").size() == 2);
  CHECK(c.laura().request("DELETE", "/v1/sessions/others").status == 204);
  CHECK(elsewhere.get("/v1/sessions/current").status == 401);
  CHECK(c.laura().get("/v1/sessions/own").json.at("data").size() == 1);
}

TEST_CASE("people: a disabled account is closed, and its history stays") {
  World world;
  auto& c = *world.company;
  const auto order = c.new_order();
  const auto path = "/v1/accounts/" + c.laura().account;
  const auto version = c.admin.get(path).json.at("version");
  REQUIRE(c.admin.patch(path, {{"disabled", true}}, version).ok());
  CHECK(c.laura().get("/v1/orders").status == 401);
  Person again(world.loop, world.node->http());
  const Json login{{"username", "laura"}, {"password", company_password}};
  CHECK(again.post("/v1/sessions", login).code() == "wrong_credentials");
  CHECK(c.supervisor().get("/v1/orders/" + order + "/timeline").status == 200);
  CHECK(c.admin.get(path).json.at("disabled") == true);
  CHECK(c.admin.patch(path, {{"disabled", false}}, version.get<std::uint64_t>() + 1).ok());
  CHECK(again.post("/v1/sessions", login).status == 201);
}

TEST_CASE("people: supervisors list the clients of their zones, and those without a site") {
  World world;
  auto& c = *world.company;
  const auto homeless =
      c.admin
          .post("/v1/clients",
                {{"name", "Sin Sitio"}, {"document_type", "CC"}, {"document_number", "998877"}})
          .id();
  const auto listed = [&](Person& by, const std::string& query) {
    std::set<std::string> ids;
    for (const auto& row : by.all("/v1/clients" + query)) ids.insert(row.at("id"));
    return ids;
  };
  const auto &north = c.clients[0].client, &south = c.clients[1].client;
  CHECK(listed(c.supervisors[0], "") == std::set<std::string>{north, homeless});
  CHECK(listed(c.supervisors[1], "") == std::set<std::string>{south, homeless});
  CHECK(listed(c.admin, "") == std::set<std::string>{north, south, homeless});
  CHECK(listed(c.supervisors[1], "?q=laura").empty());
  CHECK(listed(c.supervisors[0], "?q=laura") == std::set<std::string>{north});
}

TEST_CASE("people: a client orders only so much a day") {
  World world;
  world.start_again({"--limits.orders_per_client_per_day=3", "--limits.commands_per_second=100"});
  auto& c = *world.company;
  const Json body{
      {"type", c.type}, {"client", c.laura().client}, {"site", c.laura().site}, {"title", "Otra"}};
  for (int i = 0; i < 3; ++i) CHECK(c.laura().post("/v1/orders", body).status == 201);
  const auto refused = c.laura().post("/v1/orders", body);
  CHECK(refused.status == 429);
  CHECK(refused.code() == "too_many_orders");
  CHECK_FALSE(refused.raw.header("Retry-After").empty());
  CHECK(c.supervisor().post("/v1/orders", body).status == 201);
}

TEST_CASE("people: the tracking link shows status and times, and no home") {
  World world;
  auto& c = *world.company;
  const auto order = c.assigned_order(), path = "/v1/orders/" + order;
  const auto token = c.laura().get(path).json.at("tracking").at("token").get<std::string>();
  Person anybody(world.loop, world.node->http());
  const auto look = [&] {
    return anybody.request("GET", "/v1/track", {}, {{"Authorization", "Tracking " + token}}).json;
  };
  const auto seen = look();
  for (const auto* name : {"lat", "lon", "description", "client", "site", "type", "tracking",
                           "parent", "technician"}) {
    INFO(name);
    CHECK_FALSE(seen.contains(name));
  }
  CHECK(seen.at("status") == "ASSIGNED");
  REQUIRE(c.ana().post(path + "/depart").ok());
  const auto exact = c.supervisor().get(path).json;
  const auto traveling = look();
  CHECK(std::abs(traveling.at("lat").get<double>() - exact.at("lat").get<double>()) < 0.001);
  CHECK(traveling.at("technician") == c.ana().technician);
  Live live(world.loop);
  live.open(world.node->http(), {}, {{"tracking", token}});
  const auto snapshot = live.call("sub", {{"topic", "order:" + order}}).at("ok").at("snapshot");
  CHECK_FALSE(snapshot.contains("site"));
  CHECK_FALSE(snapshot.contains("description"));
}

TEST_CASE("people: a tracking link's stream tells what happened and when, and not what was said") {
  World world;
  auto& c = *world.company;
  const auto order = c.assigned_order(), path = "/v1/orders/" + order, topic = "order:" + order;
  const auto token = c.laura().get(path).json.at("tracking").at("token").get<std::string>();
  Live live(world.loop);
  live.open(world.node->http(), {}, {{"tracking", token}});
  const auto at = live.call("sub", {{"topic", topic}}).at("ok").at("at");
  const Json said{{"text", "la llave está bajo la matera"}, {"visibility", "client"}};
  REQUIRE(c.laura().post(path + "/comment", said).ok());
  const auto version = c.supervisor().get(path).json.at("version").get<std::uint64_t>();
  REQUIRE(c.supervisor().patch(path, {{"description", "casa azul"}}, version).ok());
  REQUIRE(c.ana().post(path + "/depart").ok());
  const auto check = [&](Live& stream) {
    REQUIRE(world.loop.wait([&] { return !stream.events(topic).empty(); }));
    const auto event = stream.events(topic).front();
    CHECK(event.at("type") == "tracking.travel_started");
    CHECK(event.at("data").size() == 1);
    CHECK(event.at("data").contains("at"));
  };
  check(live);
  Live resumed(world.loop);
  resumed.open(world.node->http(), {}, {{"tracking", token}});
  REQUIRE(resumed.call("sub", {{"topic", topic}, {"since", at}}).at("ok").at("recovered") == true);
  check(resumed);
}

TEST_CASE("people: the lines of a request carry its trace") {
  World world;
  auto& ana = world.company->ana();
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto answer = ana.request("GET", "/v1/orders/ord_00000000000000000000000000", {},
                                  {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
  REQUIRE(answer.status == 404);
  const auto log = world.node->logged();
  const auto line = log.rfind("hidden");
  REQUIRE(line != log.npos);
  CHECK(log.substr(line, log.find('\n', line) - line).find(trace.substr(0, 8)) != log.npos);
}

TEST_CASE(
    "people: the security log says of a password or second factor that it changed when it did") {
  World world;
  auto& admin = world.company->admin;
  const auto nobody = "/v1/accounts/" + mf::random_id("acc");
  CHECK(admin.post(nobody + "/set_password", {{"password", "otra clave nueva"}}).status == 404);
  CHECK(admin.post(nobody + "/set_totp").status == 404);
  auto& laura = world.company->laura();
  CHECK(world.company->ana().post(account_path(laura, "set_totp")).status >= 403);
  auto log = world.node->logged();
  CHECK(log.find("password-changed") == log.npos);
  CHECK(log.find("totp-changed") == log.npos);
  const Json body{{"password", "otra clave nueva"}};
  REQUIRE(admin.post(account_path(laura, "set_password"), body, "k1").ok());
  CHECK(admin.post(account_path(laura, "set_password"), body, "k1").is_replayed());
  REQUIRE(admin.post(account_path(laura, "set_totp")).ok());
  log = world.node->logged();
  const auto first = log.find("password-changed");
  CHECK(first != log.npos);
  CHECK(log.find("password-changed", first + 1) == log.npos);
  CHECK(log.find("totp-changed") != log.npos);
}

TEST_CASE("people: refusals are in the security log, and no secret is") {
  World world;
  auto& c = *world.company;
  Person stranger(world.loop, world.node->http());
  const std::string typed = "una clave escrita en el nombre";
  stranger.post("/v1/sessions", {{"username", typed}, {"password", "clave-secreta-9"}});
  for (int i = 0; i < 30; ++i) c.ana().post("/v1/zones", {{"name", "x"}});
  c.ana().get("/v1/orders/ord_00000000000000000000000000");
  const auto token = c.laura().token();
  c.laura().post(account_path(c.laura(), "set_password"),
                 {{"password", "otra clave nueva"}, {"current_password", "clave-secreta-9"}});
  CHECK(c.laura().request("DELETE", "/v1/sessions/current").status == 204);
  stranger.request("POST", "/v1/sessions", R"({"username":"ana","password":"clave-secreta-9"})",
                   {{"Origin", "http://evil.example"}});
  stranger.get("/v1/orders");
  const auto log = world.node->logged();
  for (const auto* event : {"login-refused", "forbidden", "hidden", "proof-refused", "logout",
                            "origin-refused", "unauthorized", "login-ok"}) {
    INFO(event);
    CHECK(log.find(event) != log.npos);
  }
  for (const auto& hidden : {typed, std::string("clave-secreta-9"), std::string("otra clave nueva"),
                             std::string(company_password), token.substr(token.find('.') + 1)}) {
    INFO(hidden);
    CHECK(log.find(hidden) == log.npos);
  }
  // Sampled: ten lines a minute of one kind from one place.
  std::size_t lines = 0;
  for (auto at = log.find("forbidden"); at != log.npos; at = log.find("zones.create", at + 1))
    ++lines;
  CHECK(lines <= 12);
}

TEST_CASE("people: the machine's owner lets somebody in again while the node serves") {
  World world;
  world.start_again({"--limits.logins_per_minute=5"});
  Person stranger(world.loop, world.node->http());
  const auto try_with = [&](const std::string& given) {
    return stranger.post("/v1/sessions", {{"username", "ana"}, {"password", given}}).status;
  };
  for (int i = 0; i < 5; ++i) CHECK(try_with("no es la clave") == 401);
  CHECK(try_with(company_password) == 429);
  const auto unlocked = run({.arguments = {"account", "unlock", "--data-dir",
                                           (world.directory / "data").string(), " ANA "},
                             .environment = {},
                             .file_size_max = {}});
  INFO(unlocked.output << unlocked.errors);
  CHECK(unlocked.status == 0);
  CHECK(world.loop.wait([&] { return try_with(company_password) == 201; }));
}

TEST_CASE("people: the machine's owner sets a password by the name as people type it") {
  World world;
  world.node->kill();
  const auto set = [&](const std::string& name, const std::string& password) {
    return run({.arguments = {"account", "passwd", "--data-dir",
                              (world.directory / "data").string(), name},
                .environment = {"MICROFLOW_PASSWORD=" + password},
                .file_size_max = {}});
  };
  const auto done = set(" ANA ", "otra clave nueva");
  INFO(done.output << done.errors);
  CHECK(done.status == 0);
  CHECK(set("ana", "anaanaanaana").status == 1);
  CHECK(set("nadie", "otra clave nueva").status == 1);
  world.start_again();
  CHECK_NOTHROW(log_in(world.loop, world.node->http(), "ana", "otra clave nueva"));
}
