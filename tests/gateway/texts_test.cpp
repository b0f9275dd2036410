#include "gateway/texts/texts.hpp"

#include <catch2/catch.hpp>

#include "gateway/api/problem.hpp"

using namespace mf;
using gateway::texts::Language;
using gateway::texts::language_for;
using gateway::texts::preferred;

namespace {
constexpr auto english = Language::english, spanish = Language::spanish;
}

TEST_CASE("languages: the one of Accept-Language with the greater weight is preferred") {
  CHECK(preferred("es") == spanish);
  CHECK(preferred("en") == english);
  CHECK(preferred("es-CO") == spanish);
  CHECK(preferred("ES-419") == spanish);
  CHECK(preferred("es-CO,es;q=0.9,en;q=0.8") == spanish);
  CHECK(preferred("es-CO;q=0.8,en") == english);
  CHECK(preferred("en-US;q=0.7, es;q=0.701") == spanish);
  CHECK(preferred("fr, de;q=0.9, en;q=0.1") == english);
  CHECK(preferred(" es ; q=0.5 ,\ten;Q=0.4") == spanish);
  CHECK(preferred("est, english, en-GB") == english);
}

TEST_CASE("languages: of two that are liked alike the first is preferred") {
  CHECK(preferred("es, en") == spanish);
  CHECK(preferred("en, es") == english);
  CHECK(preferred("fr, en;q=0.5, es;q=0.5") == english);
}

TEST_CASE("languages: * stands for those that are not named, and 0 for never") {
  CHECK(preferred("en;q=0, *") == spanish);
  CHECK(preferred("es;q=0.5, *") == english);
  CHECK(preferred("es, *") == spanish);
  CHECK(preferred("es, *;q=0.1") == spanish);
  CHECK_FALSE(preferred("*"));
  CHECK_FALSE(preferred("fr, *;q=0.5"));
  CHECK_FALSE(preferred("es;q=0"));
  CHECK_FALSE(preferred("es;q=0, en;q=0.000"));
}

TEST_CASE("languages: what is no Accept-Language says nothing") {
  for (const auto* text :
       {"",         " ",           ",",       ";",      ";;,,",    "q=1",     "fr",
        "español",  "es_CO",       "e",       "=",      "*;q=2",   "es;q=",   "es;q=x",
        "es;q=1.1", "es;q=0.1234", "es;q=-1", "es;r=1", "es;q=00", "\x01\xff"})
    CHECK_FALSE(preferred(text));
  CHECK(preferred("es;q=9, nonsense;;, en;q=0.1") == english);
  CHECK(preferred(std::string(8'000, ',') + "es") == spanish);
}

TEST_CASE("languages: without a preference it is the account's language, and English for nobody") {
  CHECK(language_for(spanish, "en") == spanish);
  CHECK(language_for({}, "es") == spanish);
  CHECK(language_for({}, "en") == english);
  CHECK(language_for({}, "") == english);
}

TEST_CASE("texts: a sentence is said in both languages, and in English where Spanish lacks it") {
  using gateway::texts::say;
  const auto limit = "at most {max} characters"_en.with("max", 200);
  CHECK(say(limit, english) == "at most 200 characters");
  CHECK(say(limit, spanish) == "a lo sumo 200 caracteres");
  CHECK(say("nobody has translated this"_en, spanish) == "nobody has translated this");
  CHECK(gateway::texts::say_in(spanish)("retry later"_en) == "intente más tarde");
  CHECK(gateway::texts::say_in(english)("retry later"_en) == "retry later");
}

TEST_CASE("texts: of a problem title and details are translated, code and fields never") {
  const auto wrong = gateway::problem({{"title", "too_long", "at most {max}"_en.with("max", 3)}});
  CHECK(gateway::members_of(wrong, "/v1/orders", "req_1", spanish).text() ==
        R"({"type":"urn:microflow:problem:invalid","title":"Contenido no procesable","status":422,)"
        R"("detail":"la solicitud tiene campos incorrectos: corríjalos y envíela de nuevo",)"
        R"("instance":"/v1/orders","code":"invalid","errors":[{"field":"title","code":"too_long",)"
        R"("detail":"a lo sumo 3"}],"request_id":"req_1"})");
  CHECK(gateway::members_of(wrong, {}, {}, english).text() ==
        R"({"type":"urn:microflow:problem:invalid","title":"Unprocessable Content","status":422,)"
        R"("detail":"the request has wrong fields","code":"invalid",)"
        R"("errors":[{"field":"title","code":"too_long","detail":"at most 3"}]})");
}
