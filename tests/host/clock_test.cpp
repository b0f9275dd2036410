// A clock that jumps: set back by an operator or a virtual machine, or far ahead.
#include <catch2/catch.hpp>

#include "actors/work_order/work_order_policy.hpp"
#include "tests/host/house.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;

namespace {

const auto offer_timeout = work_order::WorkOrderPolicy{}.offer_timeout;

}  // namespace

TEST_CASE("runtime: a clock that is set back never makes time run backwards in a history") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.yes(order, "comment", {{"text", "uno"}}, house.client);
  const bool restarts = GENERATE(false, true);
  house.clock.advance(-24h);
  if (restarts) house.restart();
  house.yes(order, "comment", {{"text", "dos"}}, house.client);
  house.clock.advance(1h);
  house.yes(order, "comment", {{"text", "tres"}}, house.client);
  const auto told = house.timeline(order, house.admin);
  REQUIRE(told.events.size() == 4);
  CHECK(std::ranges::is_sorted(told.events, {}, &shard::EventRecord::recorded_at));
}

TEST_CASE("runtime: a repeated command gets its outcome again, though the clock was set back") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  const auto first = house.yes(order, "comment", {{"text", "uno"}}, house.client, "key");
  house.clock.advance(-48h);
  house.restart();
  const auto again = house.yes(order, "comment", {{"text", "uno"}}, house.client, "key");
  CHECK(again.replayed);
  CHECK(again.version == first.version);
  CHECK(house.timeline(order, house.admin).version == first.version);
}

TEST_CASE("runtime: an offer expires once and not early, though the clock was set back") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.offer(order);
  house.pass(-1h);
  CHECK(house.view(order, house.admin)["status"] == "ASSIGNED");
  house.pass(1h + offer_timeout - 1s);
  CHECK(house.view(order, house.admin)["status"] == "ASSIGNED");
  house.pass(2s);
  REQUIRE(house.follower.saw("assignment.expired"));
  house.pass(-1h);
  house.pass(2h);
  CHECK(house.view(order, house.admin)["status"] == "TRIAGED");
  const auto told = house.timeline(order, house.admin);
  CHECK(std::ranges::count(told.events, "assignment.expired",
                           [](const auto& event) { return event.body.type; }) == 1);
}

TEST_CASE("runtime: a clock that jumps years ahead fires what is due once, and time goes on") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.offer(order);
  house.pass(24h * 365 * 5);
  REQUIRE(house.follower.saw("assignment.expired"));
  house.clock.advance(-24h * 365 * 5);
  house.yes(order, "comment", {{"text", "dos"}}, house.client);
  house.yes(order, "assign", {{"technician", house.technician}}, house.supervisor);
  CHECK(house.view(order, house.admin)["status"] == "ASSIGNED");
  // What is promised now is not held up by where the clock once was.
  house.pass(offer_timeout - 1s);
  CHECK(house.view(order, house.admin)["status"] == "ASSIGNED");
  house.pass(2s);
  REQUIRE(house.follower.saw("assignment.expired", 2));
  const auto told = house.timeline(order, house.admin);
  CHECK(std::ranges::is_sorted(told.events, {}, &shard::EventRecord::recorded_at));
}

TEST_CASE("runtime: a clock that has jumped years ahead and back keeps nobody from logging in") {
  House house;
  const EntityRef account{EntityKind::account, random_id("acc")};
  const auto hash = "$argon2id$" + std::string(40, 'h');
  const auto open = [&](char letter) {
    house.yes(account, "open_session",
              {{"session", random_id("ses")},
               {"token_hash", std::string(64, letter)},
               {"expires_at", format_rfc3339(house.clock.now() + 12h)}},
              Principal::system());
  };
  const auto is_in = [&](char letter) {
    return !house.ask(account, "principal", {{"token_hash", std::string(64, letter)}}).no;
  };
  house.yes(account, "create",
            {{"username", "sara"}, {"password_hash", hash}, {"roles", {"supervisor"}}},
            house.admin);
  open('a');
  house.clock.advance(24h * 365 * 5);
  house.yes(account, "edit", {{"language", "en"}}, house.admin);
  CHECK_FALSE(is_in('a'));
  house.clock.advance(-24h * 365 * 5);
  open('b');
  CHECK(is_in('a'));
  CHECK(is_in('b'));
  house.yes(account, "invite",
            {{"token_hash", std::string(64, 'i')},
             {"expires_at", format_rfc3339(house.clock.now() + 72h)}},
            house.admin);
  house.clock.advance(13h);
  CHECK_FALSE(is_in('b'));
  house.yes(account, "redeem",
            {{"token_hash", std::string(64, 'i')},
             {"password_hash", hash},
             {"at", format_rfc3339(house.clock.now())}},
            Principal::system());
}
