#include <catch2/catch.hpp>

#include "actors/account/account_codec.hpp"
#include "base/json.hpp"
#include "gateway/auth/login_guard.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/totp.hpp"
#include "gateway/routes/passwords.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using nlohmann::json;

TEST_CASE("routes: a broken, unknown or ended token is a 401") {
  World world;
  const auto bearer = world.supervisor();
  CHECK(world.ask({"GET", "/v1/orders", "nonsense", "", {}}).status == 401);
  auto forged = bearer;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  CHECK(world.ask({"GET", "/v1/orders", forged, "", {}}).status == 401);
  CHECK(world.ask({"GET", "/v1/orders", bearer, "", {}}).status == 200);
  world.runtime.end_session(bearer);
  CHECK(world.ask({"GET", "/v1/orders", bearer, "", {}}).status == 401);
}

TEST_CASE("routes: an account is asked once about its login, not for every request") {
  World world;
  const auto bearer = world.supervisor();
  for (int i = 0; i < 5; ++i) CHECK(world.ask({"GET", "/v1/orders", bearer, "", {}}).status == 200);
  CHECK(world.runtime.asked("principal") == 1);
}

TEST_CASE("routes: a login gives a token and a cookie that work, until the logout") {
  World world;
  world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana",
                            *gateway::auth::hash_password("correct horse", {1 << 20, 1}));
  const auto reply = world.ask(
      {"POST", "/v1/sessions", "", R"({"username":"Ana","password":"correct horse"})", {}});
  REQUIRE(reply.status == 201);
  const auto token = body_of(reply)["token"].get<std::string>();
  CHECK(body_of(reply).contains("expires_at"));
  CHECK(world.ask({"GET", "/v1/orders", token, "", {}}).status == 200);
  const auto cookie = reply.header("Set-Cookie");
  CHECK(cookie.starts_with("microflow=" + token + "; "));
  CHECK(cookie.find("HttpOnly") != cookie.npos);
  CHECK(cookie.find("SameSite=Strict") != cookie.npos);
  CHECK(world.ask({"GET", "/v1/orders", "", "", {"Cookie: a=b; microflow=" + token}}).status ==
        200);
  CHECK(world.ask({"DELETE", "/v1/sessions/current", token, "", {}}).status == 204);
  CHECK(world.ask({"GET", "/v1/orders", token, "", {}}).status == 401);
}

TEST_CASE("routes: whoever is logged in can ask who that is") {
  World world;
  world.runtime.add_account({"", {Role::supervisor, Role::operator_}, {zone}, {}, {}, {}}, "ana",
                            *gateway::auth::hash_password("correct horse", {1 << 20, 1}));
  const auto login = body_of(world.ask(
      {"POST", "/v1/sessions", "", R"({"username":"Ana","password":"correct horse"})", {}}));
  const auto token = login["token"].get<std::string>();
  const auto me =
      world.ask({"GET", "/v1/sessions/current", "", "", {"Cookie: microflow=" + token}});
  REQUIRE(me.status == 200);
  const auto said = body_of(me);
  CHECK(said["account"] == login["account"]);
  CHECK(said["username"] == "ana");
  CHECK(said["roles"] == json::array({"supervisor", "operator"}));
  CHECK(said["zones"] == json::array({zone}));
  CHECK(said["expires_at"] == login["expires_at"]);
  const auto phone = world.runtime.log_in({"", {Role::technician}, {}, tech, {}, {}});
  const auto technician = body_of(world.ask({"GET", "/v1/sessions/current", phone, "", {}}));
  CHECK(technician.value("technician", "") == tech);
  CHECK(technician["zones"] == json::array());
  CHECK_FALSE(technician.contains("client"));
  CHECK(world.ask({"GET", "/v1/sessions/current", "", "", {}}).status == 401);
}

TEST_CASE("routes: a cookie acts only from an allowed page") {
  auto options = quiet_options();
  options.allowed_origins = {"https://ops.example.com"};
  World world(options);
  const auto cookie = "Cookie: microflow=" + world.supervisor();
  const auto post = [&](std::vector<std::string> headers) {
    headers.push_back(cookie);
    return world.ask({"POST", "/v1/orders", "", "{}", headers}).status;
  };
  CHECK(post({}) == 403);
  CHECK(post({"Origin: https://evil.example.com"}) == 403);
  CHECK(post({"Origin: https://ops.example.com"}) == 201);
  CHECK(world.ask({"GET", "/v1/orders", "", "", {cookie}}).status == 200);
}

TEST_CASE("routes: a wrong password and an unknown name get the same answer, then both a lock") {
  World world;
  world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana",
                            *gateway::auth::hash_password("correct horse", {1 << 20, 1}));
  for (const std::string name : {"ana", "nobody"}) {
    const HttpRequest request{
        "POST", "/v1/sessions", "", to_text(json{{"username", name}, {"password", "wrong"}}), {}};
    for (int i = 0; i < 5; ++i) {
      const auto reply = world.ask(request);
      CHECK(reply.status == 401);
      CHECK(body_of(reply)["code"] == "wrong_credentials");
    }
    const auto locked = world.ask(request);
    CHECK(locked.status == 429);
    CHECK_FALSE(locked.header("Retry-After").empty());
  }
  const auto commands = world.runtime.commands();
  CHECK(std::ranges::count_if(commands, [](const auto& c) { return c.body.verb == "lock"; }) == 1);
}

TEST_CASE("routes: an account with an authenticator needs its code, each code once") {
  // The secret and codes of RFC 6238, appendix B (SHA-1; its eight digits cut to the last six).
  const std::string secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  using gateway::auth::totp_step;
  CHECK(totp_step(secret, "287082", from_millis(59'000)) == 1);
  CHECK(totp_step(secret, "081804", from_millis(1'111'111'109'000)) == 37'037'036);
  CHECK(totp_step(secret, "005924", from_millis(1'234'567'890'000)) == 41'152'263);
  CHECK(totp_step(secret, "005924", from_millis(1'234'567'890'000 + 30'000)) == 41'152'263);
  CHECK_FALSE(totp_step(secret, "005924", from_millis(1'234'567'890'000 + 90'000)));
  CHECK_FALSE(totp_step(secret, "", from_millis(59'000)));
  CHECK_FALSE(totp_step("", "287082", from_millis(59'000)));
  World world;
  const auto account =
      world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana",
                                *gateway::auth::hash_password("correct horse", {1 << 20, 1}));
  world.runtime.set_totp(account, secret);
  const auto log_in = [&](const json& body) {
    return body_of(world.ask({"POST", "/v1/sessions", "", to_text(body), {}}))["code"];
  };
  CHECK(log_in({{"username", "ana"}, {"password", "correct horse"}}) == "code_required");
  CHECK(log_in({{"username", "ana"}, {"password", "correct horse"}, {"code", "nonsense"}}) ==
        "wrong_credentials");
  CHECK(log_in({{"username", "ana"}, {"password", "wrong"}}) == "wrong_credentials");
}

TEST_CASE("routes: an invitation sets a password without a login") {
  World world;
  const auto account =
      world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana", "");
  world.runtime.put(EntityKind::account, "{\"id\":\"" + account + "\"}");
  const auto invited =
      world.ask({"POST", "/v1/accounts/" + account + "/invite", world.administrator(), "", {}});
  REQUIRE(invited.status == 200);
  const auto token = body_of(invited)["token"].get<std::string>();
  const auto sent = parse_json(world.runtime.commands().back().body.json);
  CHECK(sent["token_hash"] == to_hex(blake2b_256(token.substr(token.find('.') + 1)).view()));
  const auto redeem = [&](const std::string& with, const std::string& password) {
    return world
        .ask({"POST",
              "/v1/invitations",
              "",
              to_text(json{{"token", with}, {"password", password}}),
              {}})
        .status;
  };
  CHECK(redeem("inv_nonsense", "correct horse") == 401);
  CHECK(redeem(token, "short") == 422);
  CHECK(redeem(token, "correct horse") == 204);
  const auto last = world.runtime.commands().back();
  CHECK(last.body.verb == "redeem");
  CHECK(last.by.is_system());
  CHECK(gateway::auth::verify_password(
      parse_json(last.body.json)["password_hash"].get<std::string>(), "correct horse"));
}

TEST_CASE("routes: an invitation's password is held against the user name once its token is good") {
  World world;
  const auto account =
      world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana.perez", "");
  world.runtime.put(EntityKind::account, "{\"id\":\"" + account + "\"}");
  const auto redeem = [&](const std::string& token) {
    return world.ask({"POST",
                      "/v1/invitations",
                      "",
                      to_text(json{{"token", token}, {"password", "ana.perez12345"}}),
                      {}});
  };
  const auto token = body_of(world.ask(
      {"POST", "/v1/accounts/" + account + "/invite", world.administrator(), "", {}}))["token"]
                         .get<std::string>();
  CHECK(body_of(redeem(token))["errors"][0]["code"] == "is_user_name");
  world.runtime.on_command = [](const entity::Command& command) {
    return command.body.verb == "redeem"
               ? std::optional<entity::Reply>(reject("invitation_invalid").error())
               : std::nullopt;
  };
  const auto guessed = redeem("inv_" + account + "." + gateway::auth::make_token(account).secret);
  CHECK(guessed.status == 401);
}

TEST_CASE("routes: blanks around a user name are not part of it") {
  World world;
  world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana",
                            *gateway::auth::hash_password("correct horse", {1 << 20, 1}));
  for (const std::string name : {" ana", "Ana ", "\tana\r\n"}) {
    const json body{{"username", name}, {"password", "correct horse"}};
    CHECK(world.ask({"POST", "/v1/sessions", "", to_text(body), {}}).status == 201);
  }
}

TEST_CASE("routes: a good login makes a hash of another cost anew, at ours") {
  World world;
  const auto old = *gateway::auth::hash_password("correct horse", {2 << 20, 1});
  world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana", old);
  const json body{{"username", "ana"}, {"password", "correct horse"}};
  CHECK(world.ask({"POST", "/v1/sessions", "", to_text(body), {}}).status == 201);
  // Sent in the turn of the answer: a request behind it finds it there.
  CHECK(world.ask({"GET", "/v1/openapi.json", "", "", {}}).status == 200);
  const auto commands = world.runtime.commands();
  const auto made =
      std::ranges::find(commands, "rehash", [](const auto& c) { return c.body.verb; });
  REQUIRE(made != commands.end());
  const auto sent = parse_json(made->body.json);
  CHECK(sent["old_hash"] == old);
  const auto cost = gateway::auth::cost_of(sent["password_hash"].get<std::string>());
  CHECK(cost->memory_bytes == quiet_options().passwords.memory_bytes);
  CHECK(gateway::auth::verify_password(sent["password_hash"].get<std::string>(), "correct horse"));
}

TEST_CASE("routes: logins per name are limited") {
  auto options = quiet_options();
  options.limits.logins_per_minute = 2;
  World world(options);
  const HttpRequest request{"POST", "/v1/sessions", "", R"({"username":"x","password":"y"})", {}};
  CHECK(world.ask(request).status == 401);
  CHECK(world.ask(request).status == 401);
  CHECK(world.ask(request).status == 429);
}

TEST_CASE("routes: a new account's password reaches the entity only as a hash") {
  World world;
  const HttpRequest request{"POST",
                            "/v1/accounts",
                            world.administrator(),
                            R"({"username":"ben","password":"correct horse"})",
                            {"Idempotency-Key: k"}};
  CHECK(world.ask(request).status == 201);
  const auto body = parse_json(world.runtime.commands().back().body.json);
  CHECK_FALSE(body.contains("password"));
  CHECK(gateway::auth::verify_password(body["password_hash"].get<std::string>(), "correct horse"));
  // Another salt, yet the same request.
  CHECK(world.ask(request).header("Idempotent-Replayed") == "true");
  auto other = request;
  other.headers.clear();
  other.body = R"({"username":"ben","password":"short"})";
  CHECK(world.ask(other).status == 422);
}

TEST_CASE("routes: a password costs a hash only where the caller may set it") {
  World world;
  const auto target =
      world.runtime.add_account({"", {Role::supervisor}, {zone}, {}, {}, {}}, "ana", "");
  const HttpRequest request{"POST",
                            "/v1/accounts/" + target + "/set_password",
                            world.supervisor(),
                            R"({"password":"correct horse"})",
                            {}};
  CHECK(world.ask(request).status == 404);
  const auto body = parse_json(world.runtime.commands().back().body.json);
  CHECK(body["password_hash"] == "$argon2id$");
  CHECK_FALSE(body.contains("password"));
}

TEST_CASE("routes: one address redeems only so many invitations a minute") {
  auto options = quiet_options();
  options.limits.logins_per_minute = 1;
  World world(options);
  const auto redeem = [&] {
    const auto made = gateway::auth::make_token(random_id("acc"));
    const json body{{"token", "inv_" + made.entity + "." + made.secret},
                    {"password", "correct horse"}};
    return world.ask({"POST", "/v1/invitations", "", to_text(body), {}}).status;
  };
  CHECK(redeem() != 429);
  CHECK(redeem() == 429);
}

TEST_CASE("routes: a user name with a control character is wrong, and no entity hears of it") {
  World world;
  const auto name = GENERATE(std::string("a\0b", 3), std::string("a\nb"), std::string("\x7f"));
  const auto reply = world.ask(
      {"POST", "/v1/sessions", "", to_text(json{{"username", name}, {"password", "wrong"}}), {}});
  CHECK(reply.status == 401);
  CHECK(body_of(reply)["code"] == "wrong_credentials");
  CHECK(world.runtime.asked("owner") == 0);
}

TEST_CASE("routes: nobody sends a hash in place of what it is made of") {
  World world;
  const auto refused = GENERATE(
      std::pair(R"({"username":"ben","password_hash":"$argon2id$x"})", "password_hash"),
      std::pair(R"({"username":"ben","password":"correct horse","password_hash":"$argon2id$x"})",
                "password_hash"),
      std::pair(R"({"username":"ben","password":"correct horse","token_hash":"00"})",
                "token_hash"));
  const auto sent = world.runtime.commands().size();
  const auto reply = world.ask({"POST", "/v1/accounts", world.administrator(), refused.first, {}});
  CHECK(reply.status == 422);
  CHECK(body_of(reply)["errors"][0]["field"] == refused.second);
  CHECK(body_of(reply)["errors"][0]["code"] == "unknown_field");
  CHECK(world.runtime.commands().size() == sent);
}

TEST_CASE("routes: the schema of an account's bodies names the password, not its hash") {
  const auto kind = account::make_account_kind();
  for (const auto& verb : kind->public_verbs()) {
    if (verb.name != "create" && verb.name != "set_password") continue;
    const auto schema = parse_json(gateway::routes::with_password(verb.schema));
    INFO(verb.name);
    CHECK(schema["properties"]["password"]["type"] == "string");
    CHECK_FALSE(schema["properties"].contains("password_hash"));
    CHECK(to_text(schema.value("required", json::array())).find("password_hash") ==
          std::string::npos);
  }
}

}  // namespace
}  // namespace mf::test
