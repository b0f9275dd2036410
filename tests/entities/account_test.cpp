#include <catch2/catch.hpp>

#include "actors/account/account_codec.hpp"
#include "actors/entity/index_keys.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const Id ana = id_of("acc", 'A');
const std::string hash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA";
const std::string token(64, 'a');

std::shared_ptr<const entity::Kind> kind() {
  static const std::shared_ptr<const entity::Kind> one = account::make_account_kind();
  return one;
}
json new_account() {
  return {{"username", "Ana"},
          {"password_hash", hash},
          {"roles", {"supervisor"}},
          {"zones", {id_of("zon", 'N')}}};
}
Driver created() {
  Driver driver(kind(), ana);
  driver.given("create", to_text(new_account()));
  return driver;
}
json session(char letter, std::string_view expires = "2026-11-25T13:00:00Z") {
  return {{"session", id_of("ses", letter)},
          {"token_hash", std::string(64, letter)},
          {"expires_at", expires}};
}
Driver logged_in() {
  auto driver = created();
  driver.as(Principal::system()).given("open_session", to_text(session('1')));
  return driver;
}
Driver invited() {
  auto driver = created();
  driver.given("invite",
               to_text(json{{"token_hash", token}, {"expires_at", "2026-11-25T13:00:00Z"}}));
  return driver;
}
Principal own() { return {ana, {Role::supervisor}, {}, {}, {}, {}}; }
std::string principal(const Driver& driver, char letter) {
  return driver.ask("principal", to_text(json{{"token_hash", std::string(64, letter)}}));
}
json redeem(const std::string& with) { return {{"token_hash", with}, {"password_hash", hash}}; }

}  // namespace

TEST_CASE("account: a user name belongs to one account, in upper or lower case") {
  Driver driver(kind(), ana);
  driver.answering([](const entity::Need&) { return reject("name_taken"); });
  CHECK(driver.does("create", to_text(new_account())).text() == "name_taken");
  CHECK(driver.asked().at(0).target == EntityRef{EntityKind::unique_name, "user:ana"});
  CHECK(driver.as(own()).does("create", to_text(new_account())).text() == "forbidden");
  CHECK(driver.asked().empty());
}

TEST_CASE("account: a repeated create is recognised though its password hash differs") {
  auto driver = created();
  auto again = new_account();
  again["password_hash"] = hash + "b";
  CHECK(driver.does("create", to_text(again)).text() == "already_exists_same");
  again["roles"] = {"administrator"};
  CHECK(driver.does("create", to_text(again)).text() == "already_exists");
}

TEST_CASE("account: a session's token gives the principal until it expires or is closed") {
  auto driver = logged_in();
  const auto answer = parse_json(principal(driver, '1'));
  CHECK(answer["account"] == ana);
  CHECK(answer["roles"] == json{"supervisor"});
  CHECK(answer["session"] == id_of("ses", '1'));
  CHECK(answer["expires_at"] == "2026-11-25T13:00:00.000Z");
  CHECK(principal(driver, '2') == "not_found");
  SECTION("closed") {
    driver.as(own()).given("close_session", to_text(json{{"session", id_of("ses", '1')}}));
    CHECK(principal(driver, '1') == "not_found");
  }
  SECTION("expired") {
    CHECK(principal(driver.now(at("2026-11-25T12:59:59.999Z")), '1') != "not_found");
    CHECK(principal(driver.now(at("2026-11-25T13:00:00Z")), '1') == "not_found");
  }
  SECTION("password changed") {
    driver.as(own()).given("set_password", to_text(json{{"password_hash", hash}}));
    CHECK(principal(driver, '1') == "not_found");
  }
  SECTION("role changed") {
    driver.as(administrator()).given("edit", R"({"roles":["client"]})");
    CHECK(principal(driver, '1') == "not_found");
  }
  SECTION("language changed: stays") {
    driver.as(own()).given("edit", R"({"language":"en"})");
    CHECK(principal(driver, '1') != "not_found");
  }
}

TEST_CASE("account: the seventeenth session drops the oldest") {
  auto driver = created();
  driver.as(Principal::system());
  const std::string letters = "0123456789ABCDEFG";
  for (const char letter : letters) driver.given("open_session", to_text(session(letter)));
  CHECK(principal(driver, '0') == "not_found");
  CHECK(principal(driver, '1') != "not_found");
  CHECK(principal(driver, 'G') != "not_found");
}

TEST_CASE("account: people open no sessions, lock nobody and see no hashes") {
  auto driver = logged_in();
  driver.as(administrator());
  CHECK(driver.does("open_session", to_text(session('2'))).text() == "not_found");
  CHECK(driver.does("lock", R"({"until":"2026-11-24T14:00:00Z"})").text() == "not_found");
  CHECK(driver.ask("login", "{}", administrator()) == "not_found");
  for (const auto& shown : {driver.entity().view(entity::Viewpoint::staff),
                            driver.entity().row(entity::Viewpoint::staff)}) {
    CHECK(shown.find("argon2") == std::string::npos);
    CHECK(shown.find(std::string(64, '1')) == std::string::npos);
  }
}

TEST_CASE("account: a lock is shown; opening a session or a new password ends it") {
  auto driver = created();
  driver.as(Principal::system()).given("lock", R"({"until":"2026-11-24T14:00:00Z"})");
  CHECK(parse_json(driver.entity().row(entity::Viewpoint::staff))["locked_until"] ==
        "2026-11-24T14:00:00.000Z");
  // Who tries a password is held back by the gateway alone, known names like unknown ones.
  const auto login = parse_json(driver.ask("login"));
  CHECK(login["password_hash"] == hash);
  CHECK_FALSE(login.contains("locked_until"));
  CHECK(login["totp"] == false);
  CHECK(driver.does("lock", R"({"until":"2026-11-24T13:30:00Z"})").text() == "already_done");
  driver.given("open_session", to_text(session('1')));
  CHECK_FALSE(parse_json(driver.entity().row(entity::Viewpoint::staff)).contains("locked_until"));
  // An administrator's unlock is always one: the gateway counts tries that brought no lock.
  driver.as(administrator()).given("unlock");
}

TEST_CASE("account: supervisors see who there is, not whom to attack") {
  auto driver = logged_in();
  driver.as(Principal::system()).given("lock", R"({"until":"2026-11-24T14:00:00Z"})");
  const auto as = driver.entity().viewpoint(supervisor_of({id_of("zon", 'N')}));
  REQUIRE(as == entity::Viewpoint::client);
  for (const auto& shown : {driver.entity().view(*as), driver.entity().row(*as)})
    for (const auto* name : {"sessions", "totp", "locked_until", "has_password"})
      CHECK_FALSE(parse_json(shown).contains(name));
  const auto own_view = parse_json(driver.entity().view(*driver.entity().viewpoint(own())));
  CHECK(own_view["sessions"].size() == 1);
  CHECK(own_view["totp"] == false);
}

TEST_CASE("account: a code works once, whatever it was for, also in what is stored") {
  auto driver = created();
  driver.given("set_totp", R"({"secret":"JBSWY3DPEHPK3PXP","totp_step":7})");
  driver.as(Principal::system());
  auto login = session('1');
  for (const auto& [step, said] : {std::pair{7, "code_used"},
                                   {6, "code_used"},
                                   {8, "account.session_opened"},
                                   {8, "code_used"}}) {
    login["totp_step"] = step;
    CHECK(driver.does("open_session", to_text(login)).text() == said);
  }
  driver.as(own());
  const json password{{"password_hash", hash}, {"totp_step", 8}};
  CHECK(driver.does("set_password", to_text(password)).text() == "code_used");
  CHECK(parse_json(driver.rebuilt_state())["totp_step"] == 8);
}

TEST_CASE("account: another second factor ends the sessions but the one that asks") {
  auto driver = logged_in();
  driver.given("open_session", to_text(session('2')));
  driver.as(own()).given(
      "set_totp", to_text(json{{"secret", "JBSWY3DPEHPK3PXP"}, {"session", id_of("ses", '2')}}));
  CHECK(principal(driver, '1') == "not_found");
  CHECK(parse_json(principal(driver, '2'))["totp"] == true);
  driver.as(administrator()).given("set_totp", "{}");
  CHECK(principal(driver, '2') == "not_found");
}

TEST_CASE("account: all other sessions end together, and there must be one") {
  auto driver = logged_in();
  const auto others = to_text(json{{"session", id_of("ses", '1')}});
  CHECK(driver.does("close_other_sessions", others).text() == "already_done");
  driver.given("open_session", to_text(session('2'))).given("open_session", to_text(session('3')));
  driver.given("close_other_sessions", others);
  CHECK(principal(driver, '1') != "not_found");
  CHECK(principal(driver, '2') == "not_found");
  CHECK(driver.as(own()).does("close_other_sessions", others).text() == "not_found");
}

TEST_CASE("account: a hash is only renewed while it is that password's") {
  auto driver = created();
  driver.as(Principal::system());
  const auto newer = hash + "B";
  CHECK(driver.does("rehash", to_text(json{{"old_hash", "$argon2id$x"}, {"password_hash", newer}}))
            .text() == "already_done");
  driver.given("open_session", to_text(session('1')));
  driver.given("rehash", to_text(json{{"old_hash", hash}, {"password_hash", newer}}));
  CHECK(parse_json(driver.ask("login"))["password_hash"] == newer);
  CHECK(principal(driver, '1') != "not_found");
}

TEST_CASE("account: a disabled one has no sessions and gets none; nobody disables oneself") {
  auto driver = logged_in();
  driver.as(own());
  CHECK(driver.does("edit", R"({"disabled":true})").text() == "forbidden");
  driver.as(administrator()).given("edit", R"({"disabled":true})");
  CHECK(principal(driver, '1') == "not_found");
  driver.as(Principal::system());
  CHECK(driver.does("open_session", to_text(session('2'))).text() == "disabled");
  CHECK(parse_json(driver.ask("login"))["disabled"] == true);
  driver.as(administrator()).given("edit", R"({"disabled":false})");
  driver.as(Principal::system()).given("open_session", to_text(session('2')));
  auto root = administrator();
  root.account = ana;
  driver.as(administrator()).given("edit", R"({"roles":["administrator"]})");
  CHECK(driver.as(root).does("edit", R"({"disabled":true})").text() == "own_rights");
}

TEST_CASE("account: the second factor's secret is stored only sealed, and read as it once was") {
  auto driver = invited();
  const std::string secret = "JBSWY3DPEHPK3PXP";
  const auto said = driver.does("set_totp", to_text(json{{"secret", secret}}));
  REQUIRE(said.stored.size() == 1);
  for (auto text : {said.stored[0], driver.stored_state()}) {
    const auto sealed = text.find("sealed(totp-secrets): ");
    REQUIRE(sealed != text.npos);
    CHECK(text.find(secret) > sealed);
    text.erase(sealed, text.find(secret) + secret.size() - sealed);
    CHECK(text.find(secret) == text.npos);
  }
  auto old = kind()->empty(id_of("acc", 'O'));
  const auto event = kind()->open(id_of("acc", 'O'), "account.totp_set", 1,
                                  R"({"secret":"JBSWY3DPEHPK3PXP"})", driver.keys());
  REQUIRE(event);
  old->apply(*event, {});
  CHECK(old->encode().find(secret) != std::string::npos);
}

TEST_CASE("account: a second factor is base32, or no code could ever be right") {
  auto driver = invited();
  for (const auto* secret :
       {"JBSWY3DPEHPK3PX1", "JBSWY3DPEHPK3PX=", "JBSWY3DP EHPK3PXP", "JBSWY3DPEHPK3PXÑ"}) {
    const auto said = driver.does("set_totp", to_text(json{{"secret", secret}}));
    INFO(secret);
    REQUIRE(said.no);
    CHECK(said.no->field == "secret");
    CHECK(said.no->code == "malformed");
  }
  driver.given("set_totp", R"({"secret":"jbswy3dpehpk3pxp"})");
  driver.given("set_totp", "{}");
  CHECK(parse_json(driver.as(Principal::system()).ask("login"))["totp"] == false);
}

TEST_CASE(
    "account: an invitation sets a password once, before it expires, and only with its token") {
  auto driver = invited();
  driver.as(Principal::system());
  CHECK(driver.does("redeem", to_text(redeem(std::string(64, 'b')))).text() ==
        "invitation_invalid");
  SECTION("in time") {
    driver.given("redeem", to_text(redeem(token)));
    CHECK(driver.does("redeem", to_text(redeem(token))).text() == "invitation_invalid");
  }
  SECTION("too late") {
    driver.now(at("2026-11-25T13:00:00Z"));
    CHECK(driver.does("redeem", to_text(redeem(token))).text() == "invitation_invalid");
  }
}

TEST_CASE("account: only administrators change rights, and none takes the role from itself") {
  auto driver = created();
  const auto promote = R"({"roles":["administrator"]})";
  CHECK(driver.as(own()).does("edit", promote).text() == "forbidden");
  CHECK(driver.as(client_named(id_of("cli", 'A'))).does("edit", promote).text() == "not_found");
  driver.as(administrator()).given("edit", promote);
  CHECK(driver.as({ana, {Role::administrator}, {}, {}, {}, {}})
            .does("edit", R"({"roles":[]})")
            .text() == "own_rights");
  CHECK(driver.as(administrator()).does("edit", R"({"roles":[]})").text() == "account.edited");
}

TEST_CASE("account: only an Argon2id hash is taken for a password") {
  auto driver = created();
  CHECK(driver.does("set_password", R"({"password_hash":"secret"})").text() == "malformed");
}

TEST_CASE("account: an account and the technician it names are linked, never re-linked") {
  Driver driver(kind(), ana);
  auto body = new_account();
  body["technician"] = id_of("tec", 'A');
  driver.given("create", to_text(body));
  REQUIRE(driver.reactions().size() == 1);
  CHECK(driver.reactions()[0].target == EntityRef{EntityKind::technician, id_of("tec", 'A')});
  CHECK(driver.reactions()[0].verb == "link");
  const auto other = to_text(json{{"technician", id_of("tec", 'B')}});
  CHECK(driver.as(Principal::system()).does("link", other).text() == "already_done");
}

TEST_CASE("account: one of a client that was erased is disabled, once, and its sessions end") {
  const Id luz = id_of("cli", 'A');
  const auto lose = to_text(json{{"client", luz}});
  const auto named = [&](const json& roles) {
    Driver driver(kind(), ana);
    auto body = new_account();
    body["roles"] = roles;
    body["client"] = luz;
    driver.given("create", to_text(body));
    driver.as(Principal::system()).given("open_session", to_text(session('1')));
    return driver;
  };
  const auto is_found_by_client = [&](const Driver& driver) {
    return std::ranges::any_of(driver.entity().index(), [&](const entity::IndexEntry& entry) {
      return entry.index == static_cast<std::uint8_t>(entity::Number::client) &&
             entry.key.starts_with(luz);
    });
  };
  auto driver = named({"client"});
  CHECK(is_found_by_client(driver));
  CHECK(driver.as(administrator()).does("lose_client", lose).text() == "not_found");
  driver.as(Principal::system());
  CHECK(driver.does("lose_client", to_text(json{{"client", id_of("cli", 'B')}})).text() ==
        "already_done");
  CHECK(driver.does("lose_client", lose).text() == "account.edited");
  CHECK(parse_json(driver.ask("login"))["disabled"] == true);
  CHECK(principal(driver, '1') == "not_found");
  CHECK_FALSE(is_found_by_client(driver));
  CHECK(driver.does("lose_client", lose).text() == "already_done");

  // Whoever also works for us goes on, as nobody's client.
  auto staff = named({"client", "supervisor"});
  CHECK(staff.does("lose_client", lose).text() == "account.edited");
  const auto login = parse_json(staff.ask("login"));
  CHECK(login["disabled"] == false);
  CHECK(login["roles"] == json{"supervisor"});
  CHECK(login["client"] == "");
  CHECK(principal(staff, '1') == "not_found");
  CHECK_FALSE(is_found_by_client(staff));
  CHECK(staff.does("lose_client", lose).text() == "already_done");
}

TEST_CASE("account: none is made for a client that was erased, or enabled again") {
  const Id luz = id_of("cli", 'A');
  const auto erased = [&](const entity::Need& need) -> std::expected<std::string, Rejection> {
    if (need.target.kind != EntityKind::client) return R"({"used":true})";
    CHECK(need.target.id == luz);
    return R"({"erased":true})";
  };
  auto body = new_account();
  body["client"] = luz;
  Driver driver(kind(), ana);
  const auto said = driver.answering(erased).does("create", to_text(body));
  CHECK(said.text() == "erased");
  CHECK(said.no->field == "client");
  driver.answering([](const entity::Need& need) -> std::expected<std::string, Rejection> {
    return need.target.kind == EntityKind::client ? R"({"erased":false})" : R"({"used":true})";
  });
  driver.given("create", to_text(body));
  driver.given("edit", R"({"disabled":true})");
  driver.answering(erased);
  CHECK(driver.does("edit", R"({"language":"en"})").text() == "account.edited");
  CHECK(driver.does("edit", R"({"disabled":false})").text() == "erased");
  CHECK(driver.does("edit", to_text(json{{"client", luz}})).text() == "erased");
  CHECK(driver.does("edit", R"({"disabled":false,"client":null})").text() == "account.edited");
}

TEST_CASE("account: every command in every state is in docs/states") {
  Driver nobody(kind(), ana);
  auto locked = created();
  locked.as(Principal::system()).given("lock", R"({"until":"2026-11-24T14:00:00Z"})");
  const auto system = Principal::system();
  const auto close = to_text(json{{"session", id_of("ses", '1')}});
  check_matrix(
      "account", "Accounts have no status; the columns are what else there may be.",
      {{"(none)", nobody},
       {"created", created()},
       {"with a session", logged_in()},
       {"invited", invited()},
       {"locked", locked}},
      {{"create (administrator)", "create", to_text(new_account()), administrator()},
       {"edit rights (administrator)", "edit", R"({"roles":["client"]})", administrator()},
       {"edit rights (itself)", "edit", R"({"roles":["client"]})", own()},
       {"edit language (itself)", "edit", R"({"language":"en"})", own()},
       {"set_password (itself)", "set_password", to_text(json{{"password_hash", hash}}), own()},
       {"open_session (gateway)", "open_session", to_text(session('2')), system},
       {"close_session (itself)", "close_session", close, own()},
       {"lock (gateway)", "lock", R"({"until":"2026-11-24T15:00:00Z"})", system},
       {"unlock (administrator)", "unlock", "{}", administrator()},
       {"invite (administrator)", "invite",
        to_text(json{{"token_hash", token}, {"expires_at", "2026-11-25T13:00:00Z"}}),
        administrator()},
       {"invite (itself)", "invite",
        to_text(json{{"token_hash", token}, {"expires_at", "2026-11-25T13:00:00Z"}}), own()},
       {"redeem (gateway)", "redeem", to_text(redeem(token)), system},
       {"rehash (gateway)", "rehash", to_text(json{{"old_hash", hash}, {"password_hash", hash}}),
        system},
       {"close_other_sessions (gateway)", "close_other_sessions",
        to_text(json{{"session", id_of("ses", '9')}}), system},
       {"set_totp (itself)", "set_totp", R"({"secret":"JBSWY3DPEHPK3PXP"})", own()},
       {"link (a technician)", "link", to_text(json{{"technician", id_of("tec", 'A')}}), system}});
}

TEST_CASE("account: the stored bytes of every event are pinned") {
  std::map<std::string, std::string> events;
  Driver driver(kind(), ana);
  const auto play = [&](const std::string& verb, const json& body) {
    const auto said = driver.does(verb, to_text(body));
    INFO(verb << ": " << said.text());
    REQUIRE(said.events.size() == 1);
    const auto schema = said.schemas[0];
    events.emplace(said.events[0] + (schema == 1 ? "" : ".v" + std::to_string(schema)),
                   said.stored[0]);
  };
  play("create", new_account());
  play("edit", {{"roles", {"technician"}}, {"zones", json::array()}, {"client", nullptr}});
  play("set_password", {{"password_hash", hash}});
  play("invite", {{"token_hash", token}, {"expires_at", "2026-11-25T13:00:00Z"}});
  play("set_totp", {{"secret", "JBSWY3DPEHPK3PXP"}});
  driver.as(Principal::system());
  play("redeem", redeem(token));
  play("open_session", session('1'));
  play("close_session", {{"session", id_of("ses", '1')}});
  play("lock", {{"until", "2026-11-24T15:00:00Z"}});
  play("unlock", json::object());
  play("link", {{"technician", id_of("tec", 'A')}});
  play("rehash", {{"old_hash", hash}, {"password_hash", hash}});
  CHECK(events.size() == 12);
  check_golden_events("account", events);
}

TEST_CASE("account: a zone that it is given must be there, and open to what is new") {
  for (const std::string code : {"unknown_zone", "zone_disabled"}) {
    INFO(code);
    const auto refusing = [&](const entity::Need& need) -> std::expected<std::string, Rejection> {
      if (need.target.kind == EntityKind::catalogue) return refuse_field("zone", code);
      return R"({"used":true})";
    };
    Driver driver(kind(), ana);
    const auto made = driver.answering(refusing).does("create", to_text(new_account()));
    CHECK(made.text() == code);
    CHECK(made.no->field == "zones");
    CHECK(made.no->kind == RejectionKind::invalid);

    auto there = created().answering(refusing);
    const Id north = id_of("zon", 'N'), south = id_of("zon", 'S');
    const auto edit = [&](const json& zones) {
      return there.does("edit", to_text(json{{"zones", zones}}));
    };
    CHECK(edit({north, south}).text() == code);
    REQUIRE(there.asked().size() == 1);
    CHECK(there.asked()[0].body == to_text(json{{"zone", south}}));
    // What it has it keeps, and may lose.
    CHECK(edit({north}).text() == "account.edited");
    CHECK(edit(json::array()).text() == "account.edited");
    CHECK(there.asked().empty());
    CHECK(there.does("edit", R"({"language":"en"})").text() == "account.edited");
    CHECK(there.as(own()).does("edit", to_text(json{{"zones", {south}}})).text() == "forbidden");
    CHECK(there.asked().empty());
  }
}
