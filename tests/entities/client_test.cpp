#include <catch2/catch.hpp>

#include "actors/client/client.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/entity/index_keys.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

namespace mf::test::client_test {
using nlohmann::json;

namespace {

const Id luz = id_of("cli", 'A'), home = id_of("sit", 'H'), north = id_of("zon", 'N'),
         south = id_of("zon", 'S');

std::shared_ptr<const entity::Kind> kind() {
  static const std::shared_ptr<const entity::Kind> one = client::make_client_kind();
  return one;
}
json person() {
  return {{"name", "Luz Marina Gómez"},
          {"document_type", "CC"},
          {"document_number", "43.123.456"},
          {"phones", {"+57 300 123 4567"}},
          {"email", "luz@example.co"}};
}
json site() {
  return {{"id", home},
          {"name", "Casa"},
          {"address", "Calle 10 # 43-21"},
          {"neighbourhood", "Castilla"},
          {"zone", north},
          {"lat", 6.2913},
          {"lon", -75.5736},
          {"access_notes", "Portón verde"},
          {"contact", "Don Jairo"}};
}
json asset() {
  return {{"id", id_of("ast", '1')}, {"site", home}, {"kind", "ONT"}, {"serial", "HW-1"}};
}
json note(const char* token, char order, const Id& at_site = home) {
  return {{"token", token},
          {"order", id_of("ord", order)},
          {"site", at_site},
          {"type", id_of("typ", 'R')},
          {"by_client", true}};
}
Driver created() {
  Driver driver(kind(), luz);
  driver.given("create", to_text(person()));
  return driver;
}
Driver with_site() {
  auto driver = created();
  driver.given("add_site", to_text(site()));
  return driver;
}
const std::vector<std::string> secrets = {"Luz",    "43.123.456", "300 123", "luz@", "Calle 10",
                                          "6.2913", "75.5736",    "verde",   "Jairo"};
bool tells(const std::string& text) {
  return std::ranges::any_of(secrets, [&](const auto& s) { return text.find(s) != text.npos; });
}
/// The stored form with what is sealed cut out, as the journal's reader without a key sees it.
std::string unsealed_part(const std::string& stored) {
  auto body = parse_json(stored);
  std::function<void(json&)> cut = [&](json& node) {
    if (node.is_object() && node.contains("sealed")) node = nullptr;
    else if (node.is_structured())
      for (auto& child : node) cut(child);
  };
  cut(body);
  return to_text(body);
}

std::string unsealed_state(const std::string& stored) {
  auto body = parse_json(stored);
  body.erase("sealed");
  for (auto& one : body["sites"]) one.erase("sealed");
  return to_text(body);
}

}  // namespace

TEST_CASE("client: what tells who a person is leaves for the journal only sealed") {
  Driver driver(kind(), luz);
  for (const auto& [verb, body] :
       {std::pair{"create", person()},
        {"add_site", site()},
        {"edit", json{{"name", "Luz G."}, {"email", "luz@g.co"}}},
        {"edit_site", json{{"site", home}, {"lat", 6.29135}, {"contact", "Jairo"}}}}) {
    const auto said = driver.does(verb, to_text(body));
    REQUIRE(said.stored.size() == 1);
    CHECK(tells(said.stored[0]));
    CHECK_FALSE(tells(unsealed_part(said.stored[0])));
  }
}

TEST_CASE("client: what tells who a person is stands in the stored state only sealed") {
  auto driver = with_site();
  driver.given("add_asset", to_text(asset()));
  const auto stored = driver.stored_state();
  CHECK(tells(stored));
  CHECK_FALSE(tells(unsealed_state(stored)));
  CHECK(parse_json(stored)["sites"][0]["zone"] == north);
  REQUIRE(driver.keys().erase(luz));
  for (const auto& text : {stored, driver.stored_state()}) {
    const auto opened = kind()->unseal(luz, text, driver.keys());
    REQUIRE(opened);
    CHECK_FALSE(tells((*opened)->encode()));
    CHECK((*opened)->exists());
  }
}

TEST_CASE("client: what did not change keeps its sealed text, without a look at the key") {
  auto driver = with_site();
  const auto stored = driver.stored_state();
  auto opened = kind()->unseal(luz, stored, driver.keys());
  REQUIRE(opened);
  MarkingKeys no_keys;
  REQUIRE(no_keys.erase(luz));
  CHECK((*opened)->clone()->seal(no_keys) == stored);
}

TEST_CASE("client: erasing blanks the state, frees the document and then destroys the key") {
  auto driver = with_site();
  CHECK(driver.as(supervisor_of({north})).does("erase").text() == "forbidden");
  driver.as(administrator()).given("erase");
  CHECK(driver.entity().status() == "ERASED");
  CHECK_FALSE(tells(driver.entity().encode()));
  CHECK_FALSE(tells(driver.entity().view(entity::Viewpoint::staff)));
  CHECK(driver.keys().erased.empty());
  REQUIRE(driver.reactions().size() == 2);
  CHECK(driver.reactions()[0].target.kind == EntityKind::unique_name);
  CHECK(driver.reactions()[0].verb == "release_claim");
  CHECK(driver.reactions()[1].target == EntityRef{EntityKind::client, luz});
  CHECK(driver.reactions()[1].verb == "destroy_key");
  driver.as(Principal::system()).given("destroy_key");
  CHECK(driver.keys().erased.contains(luz));
  CHECK(driver.does("destroy_key").text() == "already_done");
}

TEST_CASE("client: a document is let go also when its number can't be read any more") {
  auto driver = created();
  const auto stored = driver.stored_state();
  const auto name = client::document_name("CC", "43.123.456");
  CHECK(stored.find(name) != stored.npos);
  // As a backup from before the erasure, restored beside the keys from after it.
  REQUIRE(driver.keys().erase(luz));
  driver.reload(stored);
  driver.as(Principal::system()).given("erase");
  REQUIRE(driver.reactions().size() == 2);
  CHECK(driver.reactions()[0].target == EntityRef{EntityKind::unique_name, name});
}

TEST_CASE("client: without the key the journal rebuilds a state that tells nothing") {
  auto driver = with_site();
  CHECK(tells(driver.rebuilt_state()));
  REQUIRE(driver.keys().erase(luz));
  CHECK_FALSE(tells(driver.rebuilt_state()));
}

TEST_CASE("client: an erased client stays as it is, and its site is not active") {
  auto driver = with_site();
  driver.given("erase");
  CHECK(driver.does("edit", R"({"name":"X"})").text() == "erased");
  CHECK(driver.does("add_site", to_text(site())).text() == "erased");
  CHECK(driver.does("erase").text() == "already_done");
  CHECK(parse_json(driver.ask("site", to_text(json{{"site", home}})))["active"] == false);
}

TEST_CASE("client: a document number belongs to one client, however it is written") {
  Driver driver(kind(), luz);
  driver.answering([](const entity::Need&) { return reject("name_taken"); });
  CHECK(driver.does("create", to_text(person())).text() == "name_taken");
  const auto first = driver.asked().at(0);
  CHECK(first.type == entity::Need::Type::claim);
  CHECK(first.verb == "claim_name");
  CHECK(parse_json(first.body) == json{{"token", first.token}, {"owner", "client/" + luz}});
  auto same = person();
  same["document_type"] = "cc";
  same["document_number"] = "43 123 456";
  driver.does("create", to_text(same));
  CHECK(driver.asked().at(0).target == first.target);
  CHECK(driver.asked().at(0).token != first.token);
  CHECK(first.target.id.find("43123456") == std::string::npos);
}

TEST_CASE("client: a create for a client that is there claims no document") {
  auto driver = created();
  auto other = person();
  other["name"] = "Luz";
  CHECK(driver.does("create", to_text(other)).text() == "already_exists");
  CHECK(driver.asked().empty());
}

TEST_CASE(
    "client: another document number is claimed, the old one let go; the same one is neither") {
  auto driver = created();
  driver.given("edit", R"({"document_number":"43123456"})");
  CHECK(driver.asked().empty());
  CHECK(driver.reactions().empty());
  driver.given("edit", R"({"document_number":"99"})");
  CHECK(driver.asked().size() == 1);
  REQUIRE(driver.reactions().size() == 1);
  CHECK(driver.reactions()[0].verb == "release_claim");
}

TEST_CASE("client: it tells the holder whether it bears a name") {
  auto driver = created();
  driver.does("create", to_text(person()));
  Driver other(kind(), luz);
  CHECK(other.ask("claim_in_use", R"({"token":"t"})") == R"({"used":false})");
  other.given("create", to_text(person()));
  CHECK(other.ask("claim_in_use", to_text(json{{"token", other.asked()[0].token}})) ==
        R"({"used":true})");
  CHECK(other.ask("claim_in_use", R"({"token":"t"})") == R"({"used":false})");
}

TEST_CASE("client: without a site all supervisors see it, else those of its sites' zones") {
  auto driver = created();
  const auto of_south = supervisor_of({south}), of_north = supervisor_of({north});
  CHECK(driver.entity().viewpoint(of_south) == entity::Viewpoint::staff);
  CHECK(driver.entity().concerns().zones == std::vector<Id>{Id(entity::no_zone)});
  driver.given("add_site", to_text(site()));
  CHECK(driver.entity().viewpoint(of_north) == entity::Viewpoint::staff);
  CHECK_FALSE(driver.entity().viewpoint(of_south));
  CHECK(driver.entity().concerns().zones == std::vector<Id>{north});
  driver.as(of_south);
  CHECK(driver.does("edit", R"({"language":"en"})").text() == "not_found");
  CHECK(driver.does("edit_site", to_text(json{{"site", home}, {"name", "x"}})).text() ==
        "not_found");
}

TEST_CASE("client: supervisors write, the client reads its own, nobody else sees it") {
  auto driver = with_site();
  const auto edit = R"({"language":"en"})";
  CHECK(driver.as(supervisor_of({north})).does("edit", edit).text() == "client.edited");
  CHECK(driver.as(client_named(luz)).does("edit", edit).text() == "forbidden");
  CHECK(driver.as(client_named(id_of("cli", 'B'))).does("edit", edit).text() == "not_found");
  CHECK(driver.as(technician_named(id_of("tec", 'A'))).does("edit", edit).text() == "not_found");
  CHECK(driver.entity().viewpoint(client_named(luz)) == entity::Viewpoint::client);
  CHECK_FALSE(driver.entity().viewpoint(technician_named(id_of("tec", 'A'))));
  CHECK_FALSE(driver.entity().viewpoint({id_of("acc", 'O'), {Role::operator_}, {}, {}, {}, {}}));
}

TEST_CASE("client: whoever moves a site supervises the zone it leaves and the one it comes to") {
  const Id south = id_of("zon", 'S'), shop = id_of("sit", 'S');
  auto driver = with_site();
  auto second = site();
  second["id"] = shop;
  second["zone"] = south;
  driver.given("add_site", to_text(second));
  const auto edit = [&](const Principal& by, json body) {
    body["site"] = home;
    return driver.copy().as(by).does("edit_site", to_text(body)).text();
  };
  const auto northern = supervisor_of({north}), southern = supervisor_of({south});
  // Its open orders would go along.
  CHECK(edit(southern, {{"zone", south}}) == "forbidden");
  CHECK(edit(northern, {{"zone", south}}) == "forbidden");
  CHECK(edit(supervisor_of({north, south}), {{"zone", south}}) == "client.site_edited");
  CHECK(edit(administrator(), {{"zone", south}}) == "client.site_edited");
  CHECK(edit(northern, {{"zone", north}, {"hours", "9"}}) == "client.site_edited");
  CHECK(edit(southern, {{"hours", "9"}}) == "client.site_edited");
}

TEST_CASE("client: a site stands in a zone that exists, with coordinates on Earth") {
  auto driver = created();
  auto wrong = site();
  wrong["lat"] = 91;
  CHECK(driver.does("add_site", to_text(wrong)).text() == "out_of_range");
  driver.answering([](const entity::Need&) { return refuse_field("zone", "unknown_zone"); });
  CHECK(driver.does("add_site", to_text(site())).text() == "unknown_zone");
}

TEST_CASE("client: orders learn of a site where it is, whose, and no more") {
  const auto driver = with_site();
  CHECK(parse_json(driver.ask("site", to_text(json{{"site", home}}))) ==
        json{{"client", luz},
             {"site", home},
             {"zone", north},
             {"lat", 6.2913},
             {"lon", -75.5736},
             {"language", "es"},
             {"active", true},
             {"client_name", "Luz Marina Gómez"},
             {"site_name", "Casa"},
             {"address", "Calle 10 # 43-21"},
             {"neighbourhood", "Castilla"}});
  CHECK(driver.ask("site", R"({"site":"sit_other"})") == "not_found");
  CHECK(driver.ask("site", to_text(json{{"site", home}}), administrator()) == "not_found");
}

TEST_CASE("client: an unknown field of a body is named") {
  auto driver = created();
  const auto said = driver.does("edit", R"({"nickname":"L"})");
  REQUIRE(said.invalid.size() == 1);
  CHECK(said.invalid[0].field == "nickname");
  CHECK(said.invalid[0].code == "unknown_field");
}

TEST_CASE("client: more sites than fit are refused") {
  auto driver = created();
  std::string last;
  for (int i = 0; i < 101 && last.empty(); ++i) {
    auto one = site();
    one["id"] = "sit_" + std::string(23, '0') + std::to_string(100 + i);
    const auto said = driver.does("add_site", to_text(one));
    if (said.no) last = said.text();
  }
  CHECK((last == "too_many_sites" || last == "state_too_large"));
}

TEST_CASE("client: every command in every state is in docs/states") {
  Driver nobody(kind(), luz);
  auto erased = with_site();
  erased.given("erase");
  auto gone = erased.copy();
  gone.as(Principal::system()).given("destroy_key");
  const auto staff = supervisor_of({north});
  auto other = person();
  other["name"] = "Other";
  check_matrix("client", "Without a site, with one, erased, and erased with its key destroyed.",
               {{"(none)", nobody},
                {"active", created()},
                {"with a site", with_site()},
                {"erased", erased},
                {"key destroyed", gone}},
               {{"create", "create", to_text(person()), staff},
                {"create, another body", "create", to_text(other), staff},
                {"edit", "edit", R"({"name":"Luz"})", staff},
                {"edit (the client)", "edit", R"({"name":"Luz"})", client_named(luz)},
                {"add_site", "add_site", to_text(site()), staff},
                {"edit_site", "edit_site", to_text(json{{"site", home}, {"active", false}}), staff},
                {"add_asset", "add_asset", to_text(asset()), staff},
                {"erase (supervisor)", "erase", "{}", staff},
                {"erase (administrator)", "erase", "{}", administrator()},
                {"destroy_key (reaction)", "destroy_key", "{}", Principal::system()}});
}

TEST_CASE("client: the stored bytes of every event are pinned") {
  std::map<std::string, std::string> events;
  Driver driver(kind(), luz);
  const auto pin = [&](const Said& said) {
    REQUIRE(said.events.size() == 1);
    auto old = parse_ordered_json(said.stored[0]);
    // Events of before it was said which document is claimed are read, too.
    if (old.erase("document_claim") > 0)
      events.emplace(said.events[0] + ".v1.claim", said.stored[0]);
    events.emplace(said.events[0], to_text(old));
  };
  // What sites and assets have was stored in clear (client_sealed_test.cpp); those files stay.
  const std::set<std::string> sealed_since{"client.site_added", "client.asset_added",
                                           "client.asset_added.v1.with_orders"};
  for (const auto& [verb, body] :
       {std::pair{"create", person()},
        {"add_site", site()},
        {"edit", json{{"email", nullptr}, {"document_number", "77"}, {"phones", {"604 444 5566"}}}},
        {"edit_site", json{{"site", home},
                           {"address", "Calle 11"},
                           {"access_notes", nullptr},
                           {"active", false}}},
        {"add_asset", asset()},
        {"erase", json::object()}}) {
    pin(driver.does(verb, to_text(body)));
  }
  const auto said = driver.as(Principal::system()).does("destroy_key");
  events.emplace(said.events.at(0), said.stored.at(0));
  auto other = created().as(Principal::system());
  const auto since_0021 = [&](const char* verb, const json& body) {
    const auto done = other.does(verb, to_text(body));
    events.emplace(done.events.at(0) + ".v1.with_orders", done.stored.at(0));
  };
  other.given("add_site", to_text(site()));
  since_0021("note_order", note("t1", '1'));
  since_0021("edit", {{"name", "Luz G."}});
  since_0021("edit_site", {{"site", home}, {"contact", "Jairo"}});
  since_0021("add_asset", asset());
  auto ended = other.copy();
  const auto forgotten = ended.does("forget_order", to_text(json{{"order", id_of("ord", '1')}}));
  events.emplace("client.order_forgotten.v1.with_orders", forgotten.stored.at(0));
  auto paired = other.copy();
  const auto with_twins = [&](const char* verb, const json& body) {
    const auto done = paired.does(verb, to_text(body));
    events.emplace(done.events.at(0) + ".v1.with_twins", done.stored.at(0));
  };
  with_twins("note_order", note("t2", '2'));
  auto settled = paired.copy();
  with_twins("forget_order", {{"order", id_of("ord", '1')}});
  events.emplace(
      "client.order_settled",
      settled.does("settle_order", to_text(json{{"order", id_of("ord", '1')}})).stored.at(0));
  other.as(administrator());
  since_0021("erase", json::object());
  CHECK(events.size() == 18);
  std::erase_if(events, [&](const auto& event) { return sealed_since.contains(event.first); });
  check_golden_events("client", events);
}

TEST_CASE("client: a site's coordinates lie in its zone, or say so") {
  const auto at = [](double lat, double lon, bool has_centre = true) {
    auto driver = created();
    driver.answering([=](const entity::Need&) -> std::expected<std::string, Rejection> {
      return has_centre ? R"({"lat":6.25,"lon":-75.57})" : "{}";
    });
    auto body = site();
    body["lat"] = lat;
    body["lon"] = lon;
    return driver.does("add_site", to_text(body)).text();
  };
  CHECK(at(6.26, -75.58) == "client.site_added");
  CHECK(at(-75.57, 6.25) == "axes_swapped");
  CHECK(at(-75.57, 6.25, false) == "axes_swapped");
  CHECK(at(6.25, 75.57) == "sign_missing");
  CHECK(at(-6.25, -75.57) == "sign_missing");
  CHECK(at(0, 0) == "null_island");
  CHECK(at(0, 0, false) == "null_island");
  CHECK(at(4.6, -74.08) == "far_from_zone");
  CHECK(at(4.6, -74.08, false) == "client.site_added");

  auto driver = with_site();
  driver.answering([](const entity::Need&) { return R"({"lat":6.25,"lon":-75.57})"; });
  const auto quality = [&] {
    const auto view = parse_json(driver.entity().view(entity::Viewpoint::staff));
    return view["sites"][0].value("quality", "");
  };
  driver.given("edit_site", to_text(json{{"site", home}, {"lat", 6.85}}));
  CHECK(quality() == "far_from_zone");
  CHECK(driver.does("edit_site", to_text(json{{"site", home}, {"lon", 75.57}})).text() ==
        "sign_missing");
  driver.given("edit_site", to_text(json{{"site", home}, {"lat", 6.27}}));
  CHECK(quality().empty());
}

TEST_CASE("client: two orders for the same site and type within half an hour are twins") {
  using namespace std::chrono_literals;
  auto driver = created().as(Principal::system());
  const auto twin = [&](const char* token) {
    return parse_json(driver.ask("claim", to_text(json{{"token", token}}))).value("twin", "");
  };
  driver.given("note_order", to_text(note("t1", '1')));
  CHECK(twin("t1").empty());
  driver.later(29min).given("note_order", to_text(note("t2", '2')));
  CHECK(twin("t2") == id_of("ord", '1'));
  driver.given("note_order", to_text(note("t3", '3', id_of("sit", 'X'))));
  CHECK(twin("t3").empty());
  driver.given("note_order", to_text(note("t2b", '2')));  // another run of the same command
  CHECK(twin("t2b") == id_of("ord", '1'));
  driver.given("forget_order", to_text(json{{"order", id_of("ord", '1')}}));
  driver.given("release_claim", R"({"token":"t2b"})");
  CHECK(driver.does("release_claim", R"({"token":"t2b"})").text() == "claim_not_held");
  driver.given("note_order", to_text(note("t4", '4')));
  CHECK(twin("t4").empty());
  driver.later(31min).given("note_order", to_text(note("t5", '5')));
  CHECK(twin("t5").empty());
  auto by_staff = note("t7", '7');
  by_staff["by_client"] = false;
  driver.given("note_order", to_text(by_staff));
  CHECK(twin("t7") == id_of("ord", '5'));
  driver.given("forget_order", to_text(json{{"order", id_of("ord", '5')}}));
  CHECK(twin("t7").empty());
  by_staff["token"] = "t8";
  by_staff["order"] = id_of("ord", '8');
  driver.given("note_order", to_text(by_staff));
  CHECK(twin("t8").empty());
  CHECK(driver.as(administrator()).does("note_order", to_text(note("t6", '6'))).text() ==
        "not_found");
}

}  // namespace mf::test::client_test
