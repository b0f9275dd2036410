// Who a client is, however people write it, and what it is found by.
#include <catch2/catch.hpp>

#include "actors/client/client.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/entity/index_keys.hpp"
#include "actors/entity/search_terms.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

using namespace mf;
using namespace mf::test;
using nlohmann::json;

namespace {

const Id luz = id_of("cli", 'A'), home = id_of("sit", 'H');

std::shared_ptr<const entity::Kind> the_kind() {
  static const std::shared_ptr<const entity::Kind> one = client::make_client_kind();
  return one;
}
json a_person() {
  return {{"name", "Luz Marina Gómez"},
          {"document_type", "CC"},
          {"document_number", "43.123.456"},
          {"phones", {"+57 300 123 4567"}},
          {"email", "luz@example.co"}};
}
json an_asset() {
  return {{"id", id_of("ast", '1')}, {"site", home}, {"kind", "ONT"}, {"serial", "HW-1"}};
}
Driver a_client() {
  Driver driver(the_kind(), luz);
  driver.given("create", to_text(a_person()));
  return driver;
}
Driver a_client_with_site() {
  auto driver = a_client();
  driver.given("add_site", to_text(json{{"id", home},
                                        {"name", "Casa"},
                                        {"address", "Calle 10 # 43-21"},
                                        {"neighbourhood", "Castilla"},
                                        {"contact", "Don Jairo 300 765 4321"},
                                        {"zone", id_of("zon", 'N')},
                                        {"lat", 6.2913},
                                        {"lon", -75.5736}}));
  return driver;
}
bool tells_who(const std::string& key) {
  return std::ranges::any_of(
      std::vector{"luz", "gomez", "43123456", "3001234567", "castilla", "jairo"},
      [&](const char* s) { return key.find(s) != key.npos; });
}

}  // namespace

TEST_CASE("client: a document is the same however it is written, a NIT without its check digit") {
  const auto name_of = [](const char* type, const char* number) {
    Driver driver(the_kind(), luz);
    auto body = a_person();
    body["document_type"] = type;
    body["document_number"] = number;
    const auto said = driver.does("create", to_text(body));
    return said.events.empty() ? said.text() : driver.asked().at(0).target.id;
  };
  const auto card = name_of("CC", "1037654321");
  for (const auto* same : {"1,037,654,321", "1\u00a0037\u00a0654\u00a0321", "1'037.654.321",
                           "1037654321\u200b", "１０３７６５４３２１", "0001037654321"})
    CHECK(name_of("C.C.", same) == card);
  CHECK(name_of("CE", "1037654321") != card);

  const auto nit = name_of("NIT", "900.123.456-8");
  for (const auto* same : {"900123456", "9001234568", "900123456 - 8", "900.123.456–8"})
    CHECK(name_of("Nit", same) == nit);
  CHECK(name_of("NIT", "900123456-1") == "wrong_check_digit");
  CHECK(name_of("NIT", "9001234561") == "wrong_check_digit");
  CHECK(name_of("NIT", "novecientos") == "malformed");
  CHECK(name_of("CC", "-.-") == "malformed");
  CHECK(name_of("PA", "00AB12") != name_of("PA", "AB12"));
}

TEST_CASE("client: a document's type in front of its number is taken off, another one refused") {
  const auto kept = [](const char* type, const char* number) {
    Driver driver(the_kind(), luz);
    auto body = a_person();
    body["document_type"] = type;
    body["document_number"] = number;
    const auto said = driver.does("create", to_text(body));
    if (said.no) return said.text();
    return parse_json(driver.entity().view(entity::Viewpoint::staff))
        .value("document_number", "")
        .append("|" + driver.asked().at(0).target.id);
  };
  const auto name = "|" + client::document_name("CC", "71234567");
  for (const auto* number : {"CC 71.234.567", "C.C. 71.234.567", "cédula No. 71.234.567"})
    CHECK(kept("CC", number) == "71.234.567" + name);
  CHECK(kept("C.C.", "\u202a71234567\u202c") == "71234567" + name);
  CHECK(kept("cédula", "71234567") == "71234567" + name);
  CHECK(kept("NIT", "nit900123456") == "900123456|" + client::document_name("NIT", "900123456-8"));
  CHECK(kept("NIT", "NIT 900.123.456-1") == "wrong_check_digit");
  CHECK(kept("CC", "NIT 900.123.456-8") == "other_document_type");
  CHECK(kept("NIT", "CC 71234567") == "other_document_type");
  CHECK(kept("PA", "CC123456") == "CC123456|" + client::document_name("PA", "CC123456"));

  auto driver = a_client();
  CHECK(driver.does("edit", R"({"document_number":"TI 43123456"})").text() ==
        "other_document_type");
  driver.given("edit", R"({"document_type":"TI","document_number":"T.I. 99"})");
  CHECK(parse_json(driver.entity().view(entity::Viewpoint::staff))["document_number"] == "99");
}

TEST_CASE("client: phones are kept in one notation") {
  auto driver = a_client();
  driver.given("edit", to_text(json{{"phones",
                                     {"００57 ３００ 123‐4567", "\u202a604 4441234 x12\u202c",
                                      "Tel: 001 305 555 1234"}}}));
  CHECK(parse_json(driver.entity().view(entity::Viewpoint::staff))["phones"] ==
        json{"+57 300 123-4567", "604 4441234 ext 12", "+1 305 555 1234"});
  CHECK(driver.does("edit", R"({"phones":["llamar a la vecina"]})").text() == "malformed");
}

TEST_CASE("client: it is found by what its sites and their equipment are called") {
  auto driver = a_client_with_site();
  driver.given("add_asset", to_text(an_asset()));
  std::vector<std::string> words;
  for (const auto& entry : driver.entity().index())
    if (entry.index == static_cast<std::uint8_t>(entity::Number::word))
      words.push_back(entry.key.substr(0, entry.key.find('\0')));
  for (const auto& q : {std::string("cl 10 43-21"), std::string("castilla hw-1"),
                        std::string("casa jairo"), std::string("3007654321"), luz, home,
                        std::string("CC 43 123 456 luz"), std::string("luz@example.co")}) {
    INFO(q);
    CHECK(entity::matches(entity::search_terms(q), words));
  }
  driver.as(administrator()).given("erase");
  for (const auto& entry : driver.entity().index()) CHECK_FALSE(tells_who(entry.key));
  CHECK(driver.entity().index().size() == 3);  // created, its zone, its id
}

TEST_CASE("client: names, e-mail addresses and phones are what they say") {
  const auto with = [](const char* field, const json& value) {
    Driver driver(the_kind(), luz);
    auto body = a_person();
    body[field] = value;
    const auto said = driver.does("create", to_text(body));
    return said.invalid.empty() ? said.text() : said.invalid[0].code;
  };
  for (const auto* name : {"   ", "\u200b", "\u00a0", "\u0301\ufe0f", "\U000e0041", "\u3164"})
    CHECK(with("name", name) == "too_short");
  for (const auto* name : {"Ana\r\nX-Header: 1", "Ana\u202eziuR"})
    CHECK(with("name", name) == "malformed");
  CHECK(with("name", std::string("Ana\0Ruiz", 8)) == "malformed");
  for (const auto* email : {"@", "ana@@x.co", "ana @x.co", "a@b\r\nBcc: x@y.com"})
    CHECK(with("email", email) == "malformed");
  for (const auto* phone : {"no tiene", "-----"})
    CHECK(with("phones", json::array({phone})) == "malformed");

  Driver driver(the_kind(), luz);
  auto body = a_person();
  body["name"] = "  Jose\u0301 ";
  driver.given("create", to_text(body));
  CHECK(parse_json(driver.entity().view(entity::Viewpoint::staff))["name"] == "Jos\u00e9");
}
