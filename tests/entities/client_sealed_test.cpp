// What an older program wrote of a client in clear is sealed since, and read as it was.
#include <catch2/catch.hpp>
#include <fstream>

#include "actors/client/client_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"
#include "tests/source_dir.hpp"

using namespace mf;
using namespace mf::test;
using nlohmann::json;

namespace {

const Id luz = id_of("cli", 'A'), home = id_of("sit", 'H'), north = id_of("zon", 'N'),
         modem = id_of("ast", '1');

std::shared_ptr<const entity::Kind> kind() {
  static const std::shared_ptr<const entity::Kind> one = client::make_client_kind();
  return one;
}
json person() {
  return {{"name", "Luz Marina Gómez"},
          {"document_type", "CC"},
          {"document_number", "43.123.456"},
          {"phones", {"+57 300 123 4567"}},
          {"consents", {{{"purpose", "volante"}, {"granted", true}}}}};
}
json site() {
  return {{"id", home},      {"name", "Quinta"},   {"address", "Calle 10 # 43-21"},
          {"zone", north},   {"lat", 6.2913},      {"neighbourhood", "Castilla"},
          {"lon", -75.5736}, {"hours", "domingos"}};
}
json asset() {
  return {{"id", modem}, {"site", home}, {"kind", "ONT"}, {"serial", "HW-1"}, {"model", "EG8145"}};
}
const std::vector<std::string> words = {"volante", "encuesta", "Quinta", "Finca", "Castilla",
                                        "Doce",    "domingos", "lunes",  "HW-1",  "EG8145"};
std::string told(const std::string& text) {
  std::string found;
  for (const auto& word : words)
    if (text.find(word) != text.npos) found += word + " ";
  return found;
}
/// The stored form with what is sealed cut out.
std::string open_part(const std::string& stored) {
  auto body = parse_json(stored);
  const std::function<void(json&)> cut = [&](json& node) {
    if (node.is_object()) node.erase("sealed");
    if (node.is_structured())
      for (auto& child : node) cut(child);
  };
  cut(body);
  return to_text(body);
}
struct Step {
  const char* verb;
  json body;
  const char* tells;
};
const std::vector<Step>& steps() {
  static const std::vector<Step> all = {
      {"create", person(), "volante "},
      {"edit", {{"consents", {{{"purpose", "encuesta"}, {"granted", false}}}}}, "encuesta "},
      {"add_site", site(), "Quinta Castilla domingos "},
      {"edit_site",
       {{"site", home}, {"name", "Finca"}, {"neighbourhood", "Doce"}, {"hours", "lunes"}},
       "Finca Doce lunes "},
      {"add_asset", asset(), "HW-1 EG8145 "}};
  return all;
}
Driver furnished() {
  Driver driver(kind(), luz);
  for (const auto& [verb, body, tells] : steps()) driver.given(verb, to_text(body));
  return driver;
}
json stored_before(const std::string& name) {
  std::ifstream file(source_dir() / "tests/golden/events/client" / (name + ".json"));
  std::string stored;
  REQUIRE(std::getline(file, stored));
  return parse_json(stored);
}
entity::EventBody opened(const std::string& type, const json& stored, MarkingKeys& keys) {
  auto event = kind()->open(luz, type, 1, to_text(stored), keys);
  REQUIRE(event);
  return *event;
}

TEST_CASE("client: consents, names of sites, their hours and serials of assets are sealed") {
  Driver driver(kind(), luz);
  std::map<std::string, std::string> events;
  for (const auto& [verb, body, tells] : steps()) {
    const auto said = driver.does(verb, to_text(body));
    INFO(verb << ": " << said.text());
    REQUIRE(said.stored.size() == 1);
    CHECK(told(said.stored[0]) == tells);
    CHECK(told(open_part(said.stored[0])) == "");
    events.emplace(said.events[0] + ".v1.sealed", said.stored[0]);
  }
  check_golden_events("client", events);
  CHECK(told(driver.stored_state()) == "encuesta Finca Doce lunes HW-1 EG8145 ");
  CHECK(told(open_part(driver.stored_state())) == "");
  CHECK(driver.rebuilt_state() == driver.entity().encode());
  REQUIRE(driver.keys().erase(luz));
  CHECK(told(driver.rebuilt_state()) == "");
}

TEST_CASE("client: an event tells whoever watches what it told before it was sealed") {
  Driver driver(kind(), luz);
  const auto view = [&](const char* verb, const json& body) {
    const auto said = driver.does(verb, to_text(body));
    REQUIRE(said.stored.size() == 1);
    return parse_json(
        *kind()->event_view(opened(said.events[0], parse_json(said.stored[0]), driver.keys()),
                            entity::Viewpoint::staff));
  };
  auto created = person();
  created["language"] = "es";
  CHECK(view("create", person()) == created);
  auto added = site();
  added.erase("id");
  added["site"] = home;
  CHECK(view("add_site", site()) == added);
  const json changed{{"site", home}, {"name", "Finca"}, {"neighbourhood", nullptr}};
  CHECK(view("edit_site", changed) == changed);
  auto bare = asset();
  bare.erase("site");
  CHECK(view("add_asset", asset()) == json{{"site", home}, {"asset", bare}});
  CHECK(view("edit", {{"consents", json::array()}}) == json{{"consents", json::array()}});
}

TEST_CASE(
    "client: erasing blanks consents, names, hours and assets, and the words it is found by") {
  auto driver = furnished();
  CHECK(driver.entity().index().size() > 10);
  driver.given("erase");
  CHECK(told(driver.entity().encode()) == "");
  CHECK(told(driver.entity().view(entity::Viewpoint::staff)) == "");
  CHECK(parse_json(driver.entity().encode())["sites"] == json{{{"id", home},
                                                               {"name", ""},
                                                               {"address", ""},
                                                               {"zone", north},
                                                               {"lat", 0.0},
                                                               {"lon", 0.0},
                                                               {"active", false}}});
  for (const auto& entry : driver.entity().index())
    for (const auto* word : {"quinta", "finca", "castilla", "doce", "hw-1"})
      CHECK(entry.key.find(word) == std::string::npos);
}

TEST_CASE("client: what older programs stored of it in clear is read as it is") {
  MarkingKeys keys;
  keys.persons.insert(luz);
  auto entity = kind()->empty(luz);
  const Context then{.by = Principal::system(), .now = at("2026-11-24T13:00:00Z")};
  const auto replay = [&](const std::string& type, const std::string& name) {
    entity->apply(opened(type, stored_before(name), keys), then);
    return parse_json(entity->encode());
  };
  CHECK(replay("client.created", "client.created.v1.clear")["consents"] ==
        json{{{"purpose", "volante"}, {"granted", true}}});
  CHECK(replay("client.edited", "client.edited.v1.clear")["consents"] ==
        json{{{"purpose", "encuesta"}, {"granted", false}}});
  const auto added = replay("client.site_added", "client.site_added.v1")["sites"][0];
  CHECK(added["name"] == "Casa");
  CHECK(added["neighbourhood"] == "Castilla");
  CHECK(added["address"] == "Calle 10 # 43-21");
  const auto edited = replay("client.site_edited", "client.site_edited.v1.clear")["sites"][0];
  CHECK(edited["name"] == "Finca");
  CHECK_FALSE(edited.contains("neighbourhood"));
  CHECK(edited["hours"] == "lunes");
  const auto equipped = replay("client.asset_added", "client.asset_added.v1")["sites"][0];
  CHECK(equipped["assets"] == json{{{"id", modem}, {"kind", "ONT"}, {"serial", "HW-1"}}});

  const auto stored = entity->clone()->seal(keys);
  CHECK(told(open_part(stored)) == "");
  entity->apply(opened("client.erased", json::object(), keys), then);
  CHECK(told(entity->encode()) == "");
}

TEST_CASE("client: a state that an older program stored in clear is read, and sealed by the next") {
  auto driver = furnished();
  auto old = parse_json(driver.entity().encode());
  const auto opened = kind()->unseal(luz, to_text(old), driver.keys());
  REQUIRE(opened);
  CHECK((*opened)->encode() == driver.entity().encode());
  CHECK(told(open_part((*opened)->clone()->seal(driver.keys()))) == "");
}

TEST_CASE("client: a text in clear is never taken for a sealed one, nor the other way round") {
  MarkingKeys keys;
  keys.persons.insert(luz);
  const std::string text = R"({"sealed":"sealed()" + luz + R"(): \"Otra\""})";
  auto clear = stored_before("client.site_added.v1");
  clear["name"] = text;
  auto equipped = stored_before("client.asset_added.v1");
  equipped["asset"]["serial"] = text;
  auto entity = kind()->empty(luz);
  entity->apply(opened("client.site_added", clear, keys), {});
  entity->apply(opened("client.asset_added", equipped, keys), {});
  const auto site = parse_json(entity->encode())["sites"][0];
  CHECK(site["name"] == text);
  CHECK(site["assets"][0]["serial"] == text);
  // Sealed for somebody else, or by a key that is gone: nothing, and no text.
  clear["name"] = {{"sealed", "sealed(" + id_of("cli", 'B') + "): \"Otra\""}};
  entity = kind()->empty(luz);
  entity->apply(opened("client.site_added", clear, keys), {});
  CHECK(parse_json(entity->encode())["sites"][0]["name"] == "");
  clear["name"] = {{"sealed", "x"}, {"more", 1}};
  CHECK_FALSE(kind()->open(luz, "client.site_added", 1, to_text(clear), keys));
}

TEST_CASE("client: whoever asks hears whether it was erased, also of one that is not there") {
  auto driver = furnished();
  CHECK(Driver(kind(), luz).ask("is_erased") == "not_found");
  CHECK(driver.ask("is_erased") == R"({"erased":false})");
  CHECK(driver.ask("is_erased", "{}", administrator()) == "not_found");
  driver.given("erase");
  CHECK(driver.ask("is_erased") == R"({"erased":true})");
}

}  // namespace
