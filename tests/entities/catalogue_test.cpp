#include <catch2/catch.hpp>
#include <fstream>

#include "actors/catalogue/catalogue_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"
#include "tests/source_dir.hpp"

namespace mf::test::catalogue_test {
using nlohmann::json;

namespace {

const Id north = id_of("zon", 'N'), south = id_of("zon", 'S'), repair = id_of("typ", 'R');

std::shared_ptr<const entity::Kind> kind() {
  static const std::shared_ptr<const entity::Kind> one = catalogue::make_catalogue_kind();
  return one;
}
Driver empty() { return Driver(kind(), "catalogue"); }
json zone() { return {{"id", north}, {"name", "Castilla"}, {"lat", 6.29}, {"lon", -75.57}}; }
json type() {
  return {{"id", repair},       {"name", "Reparación"}, {"duration_ms", 3'600'000},
          {"priority", 2},      {"skills", {"fibre"}},  {"required_evidence", {"signature"}},
          {"auto_triage", true}};
}
Driver filled() {
  auto driver = empty();
  return driver.given("create_zone", to_text(zone())).given("create_order_type", to_text(type()));
}
json policy(int priority) {
  return {{"priority", priority},
          {"respond_ms", 60'000},
          {"arrive_ms", 120'000},
          {"resolve_ms", 180'000}};
}
json reason() {
  return {{"code", "no_power"},
          {"verbs", {"pause"}},
          {"name_es", "Sin energía"},
          {"name_en", "No power"},
          {"holds_clock", true}};
}

}  // namespace

TEST_CASE("catalogue: it starts with an SLA policy for each priority") {
  const auto policies = parse_json(empty().ask("sla_policies"));
  // minutes to respond, arrive, resolve: 15/60/240, 60/240/480, 240/1440/2880, 480/2880/7200
  const std::int64_t minutes[4][3] = {
      {15, 60, 240}, {60, 240, 480}, {240, 1440, 2880}, {480, 2880, 7200}};
  REQUIRE(policies.size() == 4);
  for (int i = 0; i < 4; ++i) {
    CHECK(policies[i]["priority"] == i + 1);
    CHECK(policies[i]["respond_ms"] == minutes[i][0] * 60'000);
    CHECK(policies[i]["arrive_ms"] == minutes[i][1] * 60'000);
    CHECK(policies[i]["resolve_ms"] == minutes[i][2] * 60'000);
  }
}

TEST_CASE(
    "catalogue: it starts with the reasons to pause and to fail; only the client's holds the "
    "clock") {
  std::set<std::string> pause, fail, holding;
  for (const auto& reason : parse_json(empty().ask("reason_codes"))) {
    for (const auto& verb : reason["verbs"])
      (verb == "pause" ? pause : fail).insert(reason["code"]);
    if (reason["holds_clock"] == true) holding.insert(reason["code"]);
  }
  CHECK(pause ==
        std::set<std::string>{"break", "parts", "client_absent", "weather", "safety", "other"});
  CHECK(fail == std::set<std::string>{"client_absent", "no_access", "unsafe", "other"});
  CHECK(holding == std::set<std::string>{"client_absent", "no_access"});
}

TEST_CASE("catalogue: an order's terms are its type and the policy of the priority it has") {
  const auto driver = filled();
  const auto terms = parse_json(driver.ask("order_terms", to_text(json{{"type", repair}})));
  CHECK(terms["type"]["id"] == repair);
  CHECK(terms["type"]["skills"] == parse_json(R"([{"skill":"fibre","level":1}])"));
  CHECK(terms["policy"]["priority"] == 2);
  const auto urgent =
      parse_json(driver.ask("order_terms", to_text(json{{"type", repair}, {"priority", 1}})));
  CHECK(urgent["policy"]["resolve_ms"] == 240 * 60'000);
  CHECK(driver.ask("order_terms", R"({"type":"typ_no"})") == "unknown_type");
  CHECK(driver.ask("order_terms", R"({"type":7})") == "unknown_type");
  CHECK(driver.ask("order_terms", "{}", administrator()) == "not_found");
}

TEST_CASE("catalogue: in a disabled zone, of a disabled type, nothing new begins") {
  auto driver = filled();
  const auto terms = [&](bool is_new) {
    return driver.ask("order_terms", to_text(json{{"type", repair}, {"is_new", is_new}}));
  };
  driver.given("edit_order_type", to_text(json{{"id", repair}, {"disabled", true}}));
  CHECK(terms(true) == "type_disabled");
  // Orders that are of this type go on, and change their priority.
  CHECK(parse_json(terms(false))["type"]["id"] == repair);
  driver.given("edit_zone", to_text(json{{"id", north}, {"disabled", true}}));
  CHECK(driver.ask("zone", to_text(json{{"zone", north}})) == "zone_disabled");
  CHECK(parse_json(driver.ask("zones"))[0]["disabled"] == true);
  driver.given("edit_order_type", to_text(json{{"id", repair}, {"disabled", false}}));
  CHECK(terms(true) != "type_disabled");
}

TEST_CASE("catalogue: a zone is known by its id") {
  const auto driver = filled();
  CHECK(parse_json(driver.ask("zone", to_text(json{{"zone", north}}))) == json{{"id", north},
                                                                               {"name", "Castilla"},
                                                                               {"dispatch", "off"},
                                                                               {"lat", 6.29},
                                                                               {"lon", -75.57}});
  CHECK(driver.ask("zone", R"({"zone":"zon_no"})") == "unknown_zone");
}

TEST_CASE("catalogue: everybody reads types and reasons, only staff zones and policies") {
  const auto driver = filled();
  const auto client = client_named(id_of("cli", 'A'));
  CHECK(driver.entity().viewpoint(client) == entity::Viewpoint::client);
  const auto shown = parse_json(driver.entity().view(entity::Viewpoint::client));
  CHECK(shown.contains("order_types"));
  CHECK(shown.contains("reason_codes"));
  CHECK_FALSE(shown.contains("zones"));
  CHECK_FALSE(shown.contains("sla_policies"));
  CHECK(driver.ask("zones", "{}", client) == "not_found");
  CHECK(parse_json(driver.ask("zones", "{}", supervisor_of({}))).size() == 1);
}

TEST_CASE("catalogue: an edit changes what it names and keeps the rest") {
  auto driver = filled();
  driver.given(
      "edit_zone",
      to_text(json{{"id", north}, {"dispatch", "off"}, {"lat", nullptr}, {"lon", nullptr}}));
  const auto zones = parse_json(driver.ask("zones"));
  CHECK(zones[0] == json{{"id", north}, {"name", "Castilla"}, {"dispatch", "off"}});
  CHECK(driver.does("edit_zone", to_text(json{{"id", north}, {"lat", 6.2}})).text() == "required");
  CHECK(driver.does("edit_zone", to_text(json{{"id", id_of("zon", 'X')}})).text() == "not_found");
}

TEST_CASE("catalogue: who may not see a zone learns nothing by editing it") {
  auto driver = filled();
  const auto tries = [&](const Id& zone, const Principal& by) {
    return driver.as(by).does("edit_zone", to_text(json{{"id", zone}, {"name", "Otra"}})).text();
  };
  const auto missing = id_of("zon", 'X');
  const auto client = client_named(id_of("cli", 'A'));
  CHECK(tries(north, client) == "not_found");
  CHECK(tries(missing, client) == "not_found");
  CHECK(tries(north, supervisor_of({})) == "forbidden");
  CHECK(tries(missing, supervisor_of({})) == "not_found");
}

TEST_CASE("catalogue: clocks of a policy follow one another") {
  auto driver = empty();
  auto wrong = policy(1);
  wrong["arrive_ms"] = 1;
  CHECK(driver.does("put_sla_policy", to_text(wrong)).text() == "out_of_range");
  CHECK(driver.does("put_sla_policy", to_text(policy(5))).text() == "out_of_range");
  driver.given("put_sla_policy", to_text(policy(1)));
  CHECK(parse_json(driver.ask("sla_policies"))[0]["respond_ms"] == 60'000);
}

TEST_CASE("catalogue: what does not fit in 64 KiB is refused, and nothing has changed") {
  auto driver = empty();
  std::string refused, before;
  for (int i = 0; i < 200 && refused.empty(); ++i) {
    auto big = type();
    big["id"] = "typ_" + std::string(23, '0') + std::to_string(100 + i);
    big["skills"] = json::array();
    for (int k = 0; k < 32; ++k) big["skills"].push_back(std::string(60, 'x') + std::to_string(k));
    before = driver.entity().encode();
    const auto said = driver.does("create_order_type", to_text(big));
    if (said.no) refused = said.text();
  }
  CHECK(refused == "state_too_large");
  CHECK(driver.entity().encode() == before);
  CHECK(before.size() <= std::size_t{64} * 1024);
}

TEST_CASE("catalogue: every command in every state is in docs/states") {
  std::vector<MatrixCommand> commands;
  for (const auto& [name, by] : {std::pair{" (administrator)", administrator()},
                                 {" (supervisor)", supervisor_of({north})}}) {
    commands.push_back({"create_zone" + std::string(name), "create_zone", to_text(zone()), by});
    commands.push_back({"edit_zone" + std::string(name), "edit_zone",
                        to_text(json{{"id", north}, {"name", "12 de Octubre"}}), by});
    commands.push_back(
        {"create_order_type" + std::string(name), "create_order_type", to_text(type()), by});
    commands.push_back({"edit_order_type" + std::string(name), "edit_order_type",
                        to_text(json{{"id", repair}, {"priority", 1}}), by});
    commands.push_back(
        {"put_sla_policy" + std::string(name), "put_sla_policy", to_text(policy(1)), by});
    commands.push_back(
        {"put_reason_code" + std::string(name), "put_reason_code", to_text(reason()), by});
  }
  check_matrix("catalogue",
               "The catalogue has no life of its own: as it starts, and with a zone and a type.",
               {{"as it starts", empty()}, {"filled", filled()}}, commands);
}

TEST_CASE("catalogue: the stored bytes of every event are pinned") {
  std::map<std::string, std::string> events;
  auto driver = empty();
  for (const auto& [verb, body] :
       {std::pair{"create_zone", zone()},
        {"edit_zone",
         json{{"id", north}, {"name", "Castilla"}, {"lat", nullptr}, {"lon", nullptr}}},
        {"create_order_type", type()},
        {"edit_order_type", json{{"id", repair}, {"skills", {"router"}}, {"approval", true}}},
        {"put_sla_policy", policy(4)},
        {"put_reason_code", reason()}}) {
    const auto said = driver.does(verb, to_text(body));
    INFO(verb << ": " << said.text());
    REQUIRE(said.events.size() == 1);
    events.emplace(said.events[0], said.stored[0]);
  }
  CHECK(events.size() == 6);
  // Of before settings without an effect were refused: still read, and written as they were.
  MarkingKeys keys;
  for (const auto* type : {"catalogue.zone_edited", "catalogue.order_type_created"}) {
    events.erase(type);
    std::ifstream file(source_dir() / "tests/golden/events/catalogue" /
                       (std::string(type) + ".v1.json"));
    std::string stored;
    std::getline(file, stored);
    auto event = kind()->open("catalogue", type, 1, stored, keys);
    REQUIRE(event);
    REQUIRE(kind()->seal("catalogue", *event, keys));
    CHECK(event->json == stored);
  }
  check_golden_events("catalogue", events);
}

TEST_CASE("catalogue: a setting that has no effect yet is refused, not kept silently") {
  auto driver = filled();
  const auto refuses = [&](const std::string& verb, json body, const json& more) {
    body.update(more);
    const auto said = driver.does(verb, to_text(body));
    return said.no && said.no->kind == RejectionKind::invalid ? said.no->field + " " + said.no->code
                                                              : said.text();
  };
  const json other_type = {{"id", id_of("typ", 'T')}, {"name", "T"}, {"duration_ms", 60'000}};
  for (const auto& [field, value] :
       {std::pair{"checklist", json{"speed test"}},
        {"required_evidence", json{"signature", "photo"}},
        {"required_materials", json{{{"material", "ONT"}, {"quantity", 1}}}}}) {
    const auto no = std::string(field) + " not_supported_yet";
    CHECK(refuses("create_order_type", other_type, {{field, value}}) == no);
    CHECK(refuses("edit_order_type", {{"id", repair}}, {{field, value}}) == no);
    CHECK(refuses("edit_order_type", {{"id", repair}}, {{field, json::array()}}) ==
          "catalogue.order_type_edited");
  }
  CHECK(refuses("put_sla_policy", policy(1), {{"calendar", "weekdays"}}) ==
        "calendar not_supported_yet");
}

TEST_CASE("catalogue: a reason is told to whoever may give it") {
  auto driver = empty();
  const auto ask = [&](const char* verb, const char* code) {
    return driver.ask("reason", to_text(json{{"verb", verb}, {"code", code}}));
  };
  CHECK(ask("pause", "client_absent") == R"({"holds_clock":true})");
  CHECK(ask("pause", "weather") == R"({"holds_clock":false})");
  CHECK(ask("fail", "weather") == "unknown_value");
  CHECK(ask("pause", "lunch") == "unknown_value");
}

TEST_CASE("catalogue: a zone's centre is where people live, each axis in its place") {
  auto driver = filled();
  const auto at = [&](double lat, double lon) {
    return driver
        .does("create_zone",
              to_text(json{{"id", south}, {"name", "Sur"}, {"lat", lat}, {"lon", lon}}))
        .text();
  };
  CHECK(at(-75.57, 6.24) == "axes_swapped");
  CHECK(at(0, 0) == "null_island");
  CHECK(driver.does("edit_zone", to_text(json{{"id", north}, {"lat", -75.57}, {"lon", 6.24}}))
            .no->field == "lat");
  CHECK(at(6.24, -75.57) == "catalogue.zone_created");
}

}  // namespace mf::test::catalogue_test
