// Problem texts follow Accept-Language (es, en), seen from outside.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/system/raw_socket.hpp"
#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

/// The same wrong request with this header; no header at all for a null.
Answer wrong_name(Person& by, const char* accept_language) {
  mf::client::Headers headers;
  if (accept_language) headers.emplace_back("Accept-Language", accept_language);
  return by.request("POST", "/v1/zones", R"({"name":""})", headers);
}

std::string field_detail(const Answer& answer) {
  return answer.json.at("errors").at(0).at("detail").get<std::string>();
}

void is_in_spanish(const Answer& answer) {
  CHECK(answer.json.at("title") == "Contenido no procesable");
  CHECK(field_detail(answer) == "entre 1 y 100 caracteres");
  CHECK(answer.raw.header("Content-Language") == "es");
}

void is_in_english(const Answer& answer) {
  CHECK(answer.json.at("title") == "Unprocessable Content");
  CHECK(field_detail(answer) == "between 1 and 100 characters");
  CHECK(answer.raw.header("Content-Language") == "en");
}

}  // namespace

TEST_CASE("language: the same wrong request is explained in the language the client prefers") {
  auto& admin = shared_world().company->admin;
  for (const auto* header : {"es", "es-CO", "es-CO,es;q=0.9,en;q=0.8", "fr, es;q=0.2"}) {
    INFO(header);
    is_in_spanish(wrong_name(admin, header));
  }
  for (const auto* header : {"en", "en-US,en;q=0.5", "es-CO;q=0.8,en", "fr, en;q=0.2"}) {
    INFO(header);
    is_in_english(wrong_name(admin, header));
  }
  const auto answer = wrong_name(admin, "es");
  CHECK(answer.status == 422);
  CHECK(answer.code() == "too_short");
  CHECK(answer.json.at("errors").at(0).at("field") == "name");
  CHECK(answer.raw.header("Vary").find("Accept-Language") != std::string::npos);
}

TEST_CASE("language: who prefers neither is told in the account's language") {
  auto& c = *shared_world().company;
  const auto account = c.admin.get("/v1/sessions/current");
  REQUIRE(account.json.at("language") == "es");
  for (const auto* header : {static_cast<const char*>(nullptr), "fr", "*", ";;q=x,,", "%00"})
    is_in_spanish(wrong_name(c.admin, header));
}

TEST_CASE("language: a stranger is told in English, if not in what it prefers") {
  auto& world = shared_world();
  Person stranger(world.loop, world.node->http());
  CHECK(stranger.get("/v1/orders").json.at("detail") == "log in first");
  const auto refused =
      stranger.request("POST", "/v1/sessions", R"({"username":"nadie","password":"nada"})",
                       {{"Accept-Language", "es-CO"}});
  CHECK(refused.status == 401);
  CHECK(refused.json.at("detail") == "usuario o contraseña incorrectos");
  CHECK(refused.json.at("title") == "Sin autenticación");
}

TEST_CASE("language: a header that is too long for us is refused in English, and nothing breaks") {
  auto& world = shared_world();
  RawSocket socket(world.node->http());
  std::string languages = "es";
  while (languages.size() < std::size_t{10} * 1024) languages += ", es-CO;q=0.9";
  socket.send(request_bytes("GET /v1/orders", {"Accept-Language: " + languages}));
  const auto refused = socket.read_response();
  CHECK(refused.status == 431);
  CHECK(refused.header("Content-Language") == "en");
  RawSocket shorter(world.node->http());
  shorter.send(request_bytes("GET /v1/orders", {"Accept-Language: " + languages.substr(0, 7'000)}));
  const auto stranger = shorter.read_response();
  CHECK(stranger.status == 401);
  CHECK(stranger.header("Content-Language") == "es");
}

TEST_CASE("language: a rejection of the domain carries its values into both languages") {
  auto& c = *shared_world().company;
  const auto order = "/v1/orders/" + c.new_order();
  const auto edit = [&](const char* language) {
    return c.supervisor().request("PATCH", order, R"({"title":"otro"})",
                                  {{"Content-Type", "application/merge-patch+json"},
                                   {"If-Match", "\"99\""},
                                   {"Accept-Language", language}});
  };
  CHECK(edit("en").json.at("detail") == "the version is 1");
  CHECK(edit("es").json.at("detail") == "la versión actual es 1: actualice y vuelva a editar");
}

TEST_CASE("language: the verdicts of a sync are in the language of its request") {
  auto& c = *shared_world().company;
  const auto verdict = [&](const char* language) {
    const auto answer = c.ana().request(
        "POST", "/v1/sync", R"({"commands":[{"method":"orders.nonsense","key":"k","params":{}}]})",
        {{"Accept-Language", language}});
    CHECK(answer.status == 200);
    CHECK(answer.raw.header("Content-Language") == language);
    return answer.json.at("results").at(0).at("err").at("detail").get<std::string>();
  };
  CHECK(verdict("en") == "there is no such method");
  CHECK(verdict("es") == "no existe ese método");
}

TEST_CASE("language: the stream speaks the one that its upgrade asked for") {
  auto& world = shared_world();
  const auto said = [&](std::vector<std::string> headers) {
    headers.push_back("Authorization: Bearer " + world.company->supervisor().token());
    RawStream stream(world.node->http(), headers);
    REQUIRE(stream.upgrade().status == 101);
    REQUIRE(stream.send(R"({"id":1,"connect":{}})"));
    static_cast<void>(stream.read_text());
    REQUIRE(stream.send(R"({"id":2,"sub":{"topic":"nonsense"}})"));
    const auto reply = mf::parse_json(stream.read_text());
    CHECK(reply.at("err").at("code") == "unknown_topic");
    return reply.at("err").at("detail").get<std::string>();
  };
  CHECK(said({"Accept-Language: en"}) == "there is no such topic");
  CHECK(said({"Accept-Language: es-CO, en;q=0.3"}) == "no existe ese tema");
  CHECK(said({}) == "no existe ese tema");
}

TEST_CASE("language: who may not have an order, and why the others may, is said in words") {
  auto& c = *shared_world().company;
  const auto path = "/v1/orders/" + c.new_order() + "/candidates";
  const auto listed = [&](const char* language) {
    return c.supervisor().request("GET", path, {}, {{"Accept-Language", language}});
  };
  // The technicians are read when somebody asks for the first time.
  REQUIRE(shared_world().loop.wait([&] {
    const auto there = listed("en");
    return there.status == 200 && !there.json.at("candidates").empty();
  }));
  const auto english = listed("en"), spanish = listed("es");
  CHECK(english.raw.header("Content-Language") == "en");
  const auto& first = spanish.json.at("candidates").at(0);
  REQUIRE(first.at("reasons").size() == first.at("reason_texts").size());
  for (std::size_t i = 0; i < first.at("reasons").size(); ++i)
    if (first.at("reasons")[i] == "has_skills") {
      CHECK(first.at("reason_texts")[i] == "tiene las habilidades");
      CHECK(english.json.at("candidates").at(0).at("reason_texts")[i] == "has the skills");
    }
}
