#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/unique_name/unique_name_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

namespace mf::test::unique_name_test {
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string ana = "account/" + id_of("acc", 'A'), ben = "account/" + id_of("acc", 'B');

std::shared_ptr<const entity::Kind> kind() {
  static const std::shared_ptr<const entity::Kind> one = unique_name::make_unique_name_kind();
  return one;
}
std::string claim(const std::string& token, const std::string& owner) {
  return to_text(json{{"token", token}, {"owner", owner}});
}
std::string release(const std::string& token) { return to_text(json{{"token", token}}); }
Driver a_name() { return Driver(kind(), "user:ana").as(Principal::system()); }
Driver claimed() { return a_name().given("claim_name", claim("t1", ana)); }
const Driver::Responder unused = [](const entity::Need&) {
  return std::string(R"({"used":false})");
};
const Driver::Responder busy = [](const entity::Need&) { return reject("busy"); };
const Driver::Responder missing = [](const entity::Need&) { return hide(); };

}  // namespace

TEST_CASE("unique name: one owner bears it; the same owner may claim again, another may not") {
  auto name = claimed();
  CHECK(name.ask("owner") == to_text(json{{"owner", ana}}));
  CHECK(name.does("claim_name", claim("t2", ben)).text() == "name_taken");
  CHECK(name.does("claim_name", claim("t2", ana)).text() == "unique_name.claimed");
}

TEST_CASE("unique name: a late release of an earlier claim frees nothing newer") {
  auto name = claimed();
  name.given("claim_name", claim("t2", ana));
  name.given("release_claim", release("t1"));
  CHECK(name.ask("owner") == to_text(json{{"owner", ana}}));
  CHECK(name.does("release_claim", release("t1")).text() == "claim_not_held");
  name.given("release_claim", release("t2"));
  CHECK(name.ask("owner") == "not_found");
  CHECK(name.does("claim_name", claim("t3", ben)).text() == "unique_name.claimed");
}

TEST_CASE("unique name: a newer claim that comes to nothing leaves the used one in place") {
  auto name = claimed();
  const bool is_confirmed = GENERATE(false, true);
  if (is_confirmed) name.later(30s).given("verify_claims");
  name.given("claim_name", claim("t2", ana)).given("release_claim", release("t2"));
  CHECK(name.ask("owner") == to_text(json{{"owner", ana}}));
  CHECK(name.does("claim_name", claim("t3", ben)).text() == "name_taken");
  // Asked about again, by its own token: the owner may have given it up meanwhile.
  REQUIRE(name.entity().deadlines().size() == 1);
  name.later(30s).given("verify_claims");
  CHECK(parse_json(name.asked()[0].body)["token"] == "t1");
  CHECK(name.entity().deadlines().empty());
  name.given("release_claim", release("t1"));
  CHECK(name.ask("owner") == "not_found");
}

TEST_CASE("unique name: a used claim replaces the one before for good") {
  auto name = claimed();
  name.given("claim_name", claim("t2", ana)).later(30s).given("verify_claims");
  CHECK(name.does("release_claim", release("t1")).text() == "claim_not_held");
  name.given("release_claim", release("t2"));
  CHECK(name.ask("owner") == "not_found");
}

TEST_CASE("unique name: the owner is asked after 30 s; only its word frees the name") {
  auto name = claimed();
  REQUIRE(name.entity().deadlines().size() == 1);
  CHECK(name.entity().deadlines()[0] == Deadline{"verify_claims", at("2026-11-24T13:00:30Z")});
  name.later(30s);
  SECTION("it uses the name") {
    name.given("verify_claims");
    CHECK(name.asked()[0].target == EntityRef{EntityKind::account, id_of("acc", 'A')});
    CHECK(parse_json(name.asked()[0].body) == json{{"token", "t1"}, {"holder", "user:ana"}});
    CHECK(name.entity().deadlines().empty());
    CHECK(name.does("verify_claims").text() == "already_done");
  }
  SECTION("it does not use it") {
    name.answering(unused).given("verify_claims");
    CHECK(name.ask("owner") == "not_found");
  }
  SECTION("it does not exist") {
    name.answering(missing).given("verify_claims");
    CHECK(name.ask("owner") == "not_found");
  }
  SECTION("it does not answer") {
    for (int i = 1; i <= 3; ++i) {
      CHECK(name.answering(busy).does("verify_claims").text() == "unique_name.kept");
      CHECK(name.entity().deadlines()[0].due == at("2026-11-24T13:00:30Z") + 30s * i);
      name.later(30s);
    }
    CHECK(name.ask("owner") == to_text(json{{"owner", ana}}));
  }
}

TEST_CASE("unique name: to people it does not exist") {
  auto name = claimed();
  name.as(administrator());
  CHECK(name.does("claim_name", claim("t2", ana)).text() == "not_found");
  CHECK(name.ask("owner", "{}", administrator()) == "not_found");
  CHECK_FALSE(name.entity().viewpoint(administrator()));
}

TEST_CASE(
    "unique name: whatever comes, it never passes from one owner to another without a release") {
  REQUIRE(rc::check([] {
    auto name = a_name();
    std::string owner;
    const auto steps = *rc::gen::inRange(1, 25);
    for (int i = 0; i < steps; ++i) {
      const auto who = *rc::gen::element(ana, ben);
      const auto token = "t" + std::to_string(*rc::gen::inRange(0, 6));
      const auto answer = *rc::gen::inRange(0, 3);
      name.answering(answer == 0 ? busy
                     : answer == 1
                         ? unused
                         : [](const entity::Need&) { return std::string(R"({"used":true})"); });
      const auto step = *rc::gen::inRange(0, 3);
      const auto said = step == 0   ? name.does("claim_name", claim(token, who))
                        : step == 1 ? name.does("release_claim", release(token))
                                    : name.later(30s).does("verify_claims");
      const auto now = name.ask("owner");
      if (!owner.empty() && now != owner) RC_ASSERT(said.text() == "unique_name.released");
      owner = now == "not_found" ? "" : now;
    }
  }));
}

TEST_CASE("unique name: every command in every state is in docs/states") {
  auto confirmed = claimed().later(30s);
  auto waiting = confirmed.copy();
  confirmed.given("verify_claims");
  auto freed = claimed().given("release_claim", release("t1"));
  const auto system = Principal::system();
  check_matrix(
      "unique_name", "Names have one owner at a time; `t1` is the token of its claim.",
      {{"(none)", a_name()}, {"claimed", waiting}, {"confirmed", confirmed}, {"free again", freed}},
      {{"claim_name by the owner", "claim_name", claim("t2", ana), system},
       {"claim_name by another", "claim_name", claim("t2", ben), system},
       {"release_claim t1", "release_claim", release("t1"), system},
       {"release_claim, another token", "release_claim", release("t9"), system},
       {"verify_claims, used", "verify_claims", "{}", system},
       {"verify_claims, not used", "verify_claims", "{}", system, unused},
       {"verify_claims, no answer", "verify_claims", "{}", system, busy}});
}

TEST_CASE("unique name: the stored bytes of every event are pinned") {
  std::map<std::string, std::string> events;
  auto name = a_name();
  const auto play = [&](const std::string& verb, const std::string& body) {
    const auto said = name.does(verb, body);
    REQUIRE(said.events.size() == 1);
    events.emplace(said.events[0], said.stored[0]);
  };
  play("claim_name", claim("t1", ana));
  name.later(30s).answering(busy);
  play("verify_claims", "{}");
  name.later(30s).answering([](const entity::Need&) { return std::string(R"({"used":true})"); });
  play("verify_claims", "{}");
  play("release_claim", release("t1"));
  CHECK(events.size() == 4);
  check_golden_events("unique_name", events);
}

}  // namespace mf::test::unique_name_test
