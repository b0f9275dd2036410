// What a client's open orders show of it, and how they hear that it has changed.
#include <catch2/catch.hpp>
#include <fstream>

#include "actors/client/client_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"
#include "tests/source_dir.hpp"

namespace mf::test::client_orders_test {
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

const Id luz = id_of("cli", 'A'), home = id_of("sit", 'H'), north = id_of("zon", 'N');

Driver with_site() {
  Driver driver(std::shared_ptr(client::make_client_kind()), luz);
  driver.given("create", to_text(json{{"name", "Luz Marina Gómez"},
                                      {"document_type", "CC"},
                                      {"document_number", "43.123.456"},
                                      {"phones", {"+57 300 123 4567"}},
                                      {"email", "luz@example.co"}}));
  driver.given("add_site", to_text(json{{"id", home},
                                        {"name", "Casa"},
                                        {"address", "Calle 10 # 43-21"},
                                        {"zone", north},
                                        {"lat", 6.2913},
                                        {"lon", -75.5736},
                                        {"access_notes", "Portón verde"},
                                        {"hours", "8 a 12"},
                                        {"contact", "Don Jairo"}}));
  return driver;
}
Id order(int number) { return "ord_" + std::string(23, '0') + std::to_string(100 + number); }
void note(Driver& driver, int number) {
  driver.as(Principal::system())
      .given("note_order", to_text(json{{"token", "t" + std::to_string(number)},
                                        {"order", order(number)},
                                        {"site", home},
                                        {"type", id_of("typ", 'R')},
                                        {"by_client", true}}));
}
/// The orders that a command makes read their contact anew.
std::vector<Id> told(Driver& driver, const std::string& verb, const json& body) {
  const auto before = driver.reactions().size();
  driver.as(administrator()).given(verb, to_text(body));
  std::vector<Id> orders;
  for (auto i = before; i < driver.reactions().size(); ++i) {
    const auto& reaction = driver.reactions()[i];
    if (reaction.verb != "refresh_contact") continue;
    CHECK(reaction.target.kind == EntityKind::work_order);
    orders.push_back(reaction.target.id);
  }
  return orders;
}

TEST_CASE("client: open orders hear of what they show, however old they are, until they end") {
  auto driver = with_site();
  note(driver, 1);
  note(driver, 2);
  driver.later(24h * 30);
  const std::vector<Id> both{order(1), order(2)};
  CHECK(told(driver, "edit", {{"name", "Luz Gómez"}}) == both);
  CHECK(told(driver, "edit", {{"phones", {"+57 300 000 0000"}}}) == both);
  for (const json& change :
       {json{{"name", "Finca"}}, json{{"address", "Calle 11"}}, json{{"access_notes", nullptr}},
        json{{"contact", "Ana"}}, json{{"hours", "9"}}, json{{"lat", 6.2914}},
        json{{"zone", id_of("zon", 'S')}}}) {
    auto body = change;
    body["site"] = home;
    INFO(to_text(body));
    CHECK(told(driver, "edit_site", body) == both);
    CHECK(driver.reactions().back().body == to_text(json{{"site", home}}));
  }
  CHECK(told(driver, "add_asset", {{"id", id_of("ast", '1')}, {"site", home}, {"kind", "ONT"}}) ==
        both);
  driver.as(Principal::system()).given("forget_order", to_text(json{{"order", order(1)}}));
  CHECK(told(driver, "edit", {{"name", "Luz"}}) == std::vector{order(2)});
}

TEST_CASE("client: what no order shows is told to none") {
  auto driver = with_site();
  note(driver, 1);
  CHECK(told(driver, "edit", {{"email", "luz@otra.co"}}).empty());
  CHECK(told(driver, "edit", {{"document_number", "77"}}).empty());
  CHECK(told(driver, "edit_site", {{"site", home}, {"active", false}}).empty());
}

TEST_CASE("client: a reaction to an edit tells nothing of the person, also as a dead letter") {
  auto driver = with_site();
  note(driver, 1);
  told(driver, "edit", {{"name", "Luz Gómez"}});
  told(driver, "edit_site", {{"site", home}, {"address", "Calle 11"}});
  for (const auto& reaction : driver.reactions()) {
    INFO(reaction.body);
    CHECK(reaction.body.find("Luz") == std::string::npos);
    CHECK(reaction.body.find("Calle") == std::string::npos);
  }
}

TEST_CASE("client: erasing is told to the open orders, and ends the list") {
  auto driver = with_site();
  note(driver, 1);
  CHECK(told(driver, "erase", json::object()) == std::vector{order(1)});
  CHECK(driver.as(Principal::system())
            .does("forget_order", to_text(json{{"order", order(1)}}))
            .text() == "already_done");
}

TEST_CASE("client: of more open orders than it counts, the oldest hears nothing any more") {
  auto driver = with_site();
  for (int number = 0; number < 66; ++number) {
    note(driver, number);
    driver.later(1h);
  }
  const auto heard = told(driver, "edit", {{"name", "Luz Gómez"}});
  CHECK(heard.size() == 64);
  CHECK(heard.front() == order(2));
  CHECK(heard.back() == order(65));
  CHECK(driver.as(Principal::system())
            .does("forget_order", to_text(json{{"order", order(0)}}))
            .text() == "already_done");
}

TEST_CASE("client: an order that came to nothing is told nothing") {
  auto driver = with_site();
  note(driver, 1);
  driver.given("release_claim", R"({"token":"t1"})");
  CHECK(told(driver, "edit", {{"name", "Luz Gómez"}}).empty());
}

TEST_CASE("client: orders noted by an older program are not counted again when it is replayed") {
  const auto kind = client::make_client_kind();
  auto entity = kind->empty(luz);
  auto driver = with_site();
  const auto replay = [&](const std::string& type) {
    std::ifstream file(source_dir() / "tests/golden/events/client" / (type + ".v1.json"));
    std::string stored;
    REQUIRE(std::getline(file, stored));
    const auto event = kind->open(luz, type, 1, stored, driver.keys());
    REQUIRE(event);
    entity->apply(*event, {.by = Principal::system(), .now = at("2026-11-24T13:00:00Z")});
    return entity->encode();
  };
  const auto noted = replay("client.order_noted");
  CHECK(noted.find("open_orders") == std::string::npos);
  CHECK(noted.find("recent_orders") != std::string::npos);
  CHECK(replay("client.order_forgotten").find("recent_orders") == std::string::npos);
}

/// What orders that may repeat another hear when a command of the system is done.
std::vector<std::pair<Id, json>> twins_told(Driver& driver, const std::string& verb,
                                            const json& body) {
  const auto before = driver.reactions().size();
  driver.as(Principal::system()).given(verb, to_text(body));
  std::vector<std::pair<Id, json>> told;
  for (auto i = before; i < driver.reactions().size(); ++i)
    if (const auto& reaction = driver.reactions()[i]; reaction.verb == "twin_ended") {
      CHECK(reaction.target.kind == EntityKind::work_order);
      told.emplace_back(reaction.target.id, parse_json(reaction.body));
    }
  return told;
}
using TwinsTold = std::vector<std::pair<Id, json>>;

TEST_CASE("client: an order hears when the one that it may repeat ends, however late that is") {
  auto driver = with_site();
  for (int number = 1; number <= 3; ++number) note(driver, number);
  driver.later(24h * 30);
  note(driver, 4);  // by now nobody counts the others as of late
  CHECK(twins_told(driver, "forget_order", {{"order", order(1)}}) ==
        TwinsTold{{order(2), {{"twin", order(1)}}},
                  {order(3), {{"twin", order(1)}, {"next", order(2)}}}});
  CHECK(twins_told(driver, "settle_order", {{"order", order(2)}}) ==
        TwinsTold{{order(3), {{"twin", order(2)}}}});
  CHECK(twins_told(driver, "forget_order", {{"order", order(3)}}).empty());
  CHECK(twins_told(driver, "forget_order", {{"order", order(4)}}).empty());
}

TEST_CASE("client: an order that may repeat several asks for the others when one ends first") {
  auto driver = with_site();
  for (int number = 1; number <= 3; ++number) note(driver, number);
  CHECK(twins_told(driver, "forget_order", {{"order", order(2)}}) ==
        TwinsTold{{order(3), {{"twin", order(2)}, {"next", order(1)}}}});
  CHECK(twins_told(driver, "forget_order", {{"order", order(1)}}) ==
        TwinsTold{{order(3), {{"twin", order(1)}}}});
}

TEST_CASE("client: an order that was not made after all is repeated by none") {
  auto driver = with_site();
  note(driver, 1);
  note(driver, 2);
  CHECK(twins_told(driver, "release_claim", {{"token", "t1"}}) ==
        TwinsTold{{order(2), {{"twin", order(1)}}}});
}

TEST_CASE("client: finished work is repeated by none, and goes on hearing what changes") {
  auto driver = with_site();
  note(driver, 1);
  twins_told(driver, "settle_order", {{"order", order(1)}});
  note(driver, 2);
  CHECK_FALSE(parse_json(driver.ask("claim", R"({"token":"t2"})")).contains("twin"));
  CHECK(told(driver, "edit", {{"name", "Luz Gómez"}}) == std::vector{order(1), order(2)});
  driver.later(31min);
  CHECK(driver.as(Principal::system())
            .does("settle_order", to_text(json{{"order", order(2)}}))
            .text() == "already_done");
  CHECK(
      driver.as(administrator()).does("settle_order", to_text(json{{"order", order(2)}})).text() ==
      "not_found");
}

TEST_CASE("client: pairs outlive an erasure, and are not counted without end") {
  auto driver = with_site();
  note(driver, 1);
  note(driver, 2);
  driver.as(administrator()).given("erase");
  CHECK(twins_told(driver, "forget_order", {{"order", order(1)}}) ==
        TwinsTold{{order(2), {{"twin", order(1)}}}});

  auto busy = with_site();
  for (int number = 0; number < 40; ++number) note(busy, number);
  CHECK(parse_json(busy.entity().encode())["twins"].size() == 64);
  CHECK(busy.rebuilt_state() == busy.entity().encode());
}

TEST_CASE("client: who notes an order is told the site as it is then") {
  auto driver = with_site();
  note(driver, 1);
  const auto answer = parse_json(driver.ask("claim", R"({"token":"t1"})"));
  CHECK(answer["site"]["address"] == "Calle 10 # 43-21");
  CHECK(answer["site"]["client_name"] == "Luz Marina Gómez");
}

TEST_CASE("client: whoever goes there needs its name, phones, address, notes and assets") {
  auto driver = with_site();
  told(driver, "add_asset",
       {{"id", id_of("ast", '1')}, {"site", home}, {"kind", "ONT"}, {"serial", "HW-1"}});
  const auto body = to_text(json{{"site", home}});
  CHECK(parse_json(driver.ask("contact", body)) ==
        json{{"client",
              {{"name", "Luz Marina Gómez"}, {"phones", {"+57 300 123 4567"}}, {"language", "es"}}},
             {"site",
              {{"name", "Casa"},
               {"address", "Calle 10 # 43-21"},
               {"access_notes", "Portón verde"},
               {"hours", "8 a 12"},
               {"contact", "Don Jairo"}}},
             {"assets", {{{"id", id_of("ast", '1')}, {"kind", "ONT"}, {"serial", "HW-1"}}}}});
  for (const auto& by : {administrator(), supervisor_of({north}), client_named(luz),
                         technician_named(id_of("tec", 'A'))})
    CHECK(driver.ask("contact", body, by) == "not_found");
  CHECK(driver.ask("contact", R"({"site":"sit_other"})") == "not_found");
  driver.given("erase");
  CHECK(driver.ask("contact", body) == "not_found");
}

TEST_CASE("client: of an erased one an order learns nothing but its zone") {
  auto driver = with_site();
  driver.as(administrator()).given("erase");
  CHECK(
      parse_json(driver.ask("site", to_text(json{{"site", home}}))) ==
      json{
          {"client", luz}, {"site", home}, {"zone", north}, {"language", "es"}, {"active", false}});
}

}  // namespace

}  // namespace mf::test::client_orders_test
