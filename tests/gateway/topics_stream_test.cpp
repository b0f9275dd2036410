// Entity streams: none lost, none twice, in order.
#include <atomic>
#include <catch2/catch.hpp>
#include <random>

#include "base/json.hpp"
#include "gateway/topics/topic_name.hpp"
#include "tests/gateway/eventually.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test::topics_stream_test {
namespace {

const Id order = numbered("ord", 1), zone = numbered("zon", 1), other_zone = numbered("zon", 2);
const Id ana = numbered("tec", 1), ben = numbered("tec", 2), client = numbered("cli", 1);
const EntityRef order_ref{EntityKind::work_order, order};
const std::string topic = "order:" + order;

void put_order(FakeRuntime& runtime) {
  runtime.put(
      EntityKind::work_order,
      to_text(json{{"id", order}, {"zone", zone}, {"client", client}, {"technician", ana}}));
}

TEST_CASE("a stream starts with a snapshot and goes on with every event behind it") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const auto ok = phone.ask("sub", {{"topic", topic}})["ok"];
  CHECK(ok["at"] == "era1.1");
  CHECK(ok["snapshot"]["id"] == order);
  CHECK(ok["snapshot"]["version"] == 1);
  CHECK_FALSE(ok.contains("recovered"));
  node.runtime.change(order_ref, "triage", R"({"note":1})");
  node.runtime.change(order_ref, "comment", R"({"note":2})");
  auto pub = phone.next("pub");
  CHECK(pub["topic"] == topic);
  CHECK(pub["at"] == "era1.2");
  CHECK(pub["event"]["type"] == "order.triage");
  CHECK(pub["event"]["data"]["note"] == 1);
  CHECK(phone.next("pub")["at"] == "era1.3");
}

TEST_CASE("a resumed stream brings what was missed, echoing the token") {
  StreamNode node;
  put_order(node.runtime);
  for (int i = 2; i <= 350; ++i) node.runtime.change(order_ref, "comment", R"({"text":"x"})");
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const auto ok = phone.ask("sub", {{"topic", topic}, {"since", "era1.5"}})["ok"];
  CHECK(ok["recovered"] == true);
  CHECK(ok["at"] == "era1.5");
  for (int version = 6; version <= 350; ++version)
    REQUIRE(phone.next("pub")["event"]["version"] == version);
  node.runtime.change(order_ref, "comment");
  CHECK(phone.next("pub")["event"]["version"] == 351);
}

TEST_CASE("a token of another era, of the future or malformed gets a snapshot, and what follows") {
  StreamNode node;
  put_order(node.runtime);
  int version = 1;
  for (const std::string since :
       {"era0.1", "era1.99", "era1.18446744073709551615", "", "era1.", "era1.x", "era1.-1", "1"}) {
    Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
    const auto ok = phone.ask("sub", {{"topic", topic}, {"since", since}})["ok"];
    INFO(since);
    CHECK(ok["recovered"] == false);
    CHECK(ok["at"] == "era1." + std::to_string(version));
    CHECK(ok["snapshot"]["id"] == order);
    node.runtime.change(order_ref, "comment");
    const auto next = phone.next();
    REQUIRE(next.contains("pub"));
    CHECK(next["pub"]["event"]["version"] == ++version);
  }
}

TEST_CASE("what is committed while a token of the future is looked at is not lost") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  node.runtime.hold_answers();
  phone.say(to_text(json{{"id", 1}, {"sub", {{"topic", topic}, {"since", "era1.99"}}}}));
  REQUIRE(eventually([&] { return node.runtime.held_answers() > 0; }));
  node.runtime.change(order_ref, "comment");
  node.on_thread([](auto&) {});
  node.runtime.release_answers();
  const auto ok = phone.next()["ok"];
  CHECK(ok["recovered"] == false);
  CHECK(ok["at"] == "era1.2");
  node.runtime.change(order_ref, "comment");
  CHECK(phone.next()["pub"]["at"] == "era1.3");
}

TEST_CASE("events limits a stream to those types") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  REQUIRE(phone.ask("sub", {{"topic", topic}, {"events", {"order.accept"}}}).contains("ok"));
  node.runtime.change(order_ref, "comment");
  node.runtime.change(order_ref, "accept");
  CHECK(phone.next("pub")["at"] == "era1.3");
}

TEST_CASE("a client sees neither internal events nor who acted") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(client_as(client)));
  REQUIRE(phone.ask("sub", {{"topic", topic}})["ok"]["snapshot"]["seen_as"] == 2);
  node.runtime.change(order_ref, "comment", R"({"visibility":"internal"})");
  node.runtime.change(order_ref, "comment", R"({"visibility":"client"})");
  const auto event = phone.next("pub")["event"];
  CHECK(event["version"] == 3);
  CHECK_FALSE(event.contains("principal"));
}

TEST_CASE("a link's holder is pushed less than the client, also on a resumed stream") {
  StreamNode node;
  put_order(node.runtime);
  const auto link = node.runtime.add_tracking(order);
  const auto bearer = node.runtime.log_in(client_as(client));
  const bool is_resumed = GENERATE(true, false);
  const auto tell = [&] {
    node.runtime.change(order_ref, "comment", R"({"visibility":"client"})");
    node.runtime.change(order_ref, "start", R"({"note":"x"})");
  };
  if (is_resumed) tell();
  json sub{{"topic", topic}};
  if (is_resumed) sub["since"] = "era1.1";
  Phone own(node, bearer), holder(node.port(), "", false);
  REQUIRE(holder.ask("connect", {{"tracking", link}}).contains("ok"));
  for (auto* phone : {&own, &holder}) REQUIRE(phone->ask("sub", sub).contains("ok"));
  if (!is_resumed) tell();
  CHECK(own.next("pub")["event"]["version"] == 2);
  CHECK(holder.next("pub")["event"]["version"] == 3);
}

TEST_CASE("what one may not see looks like what does not exist") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(other_zone)));
  const auto foreign = phone.ask("sub", {{"topic", topic}})["err"];
  const auto missing = phone.ask("sub", {{"topic", "order:" + numbered("ord", 9)}})["err"];
  CHECK(foreign["status"] == 404);
  CHECK(foreign["code"] == "not_found");
  CHECK(foreign["retry"] == false);
  CHECK(foreign == missing);
  CHECK(phone.ask("sub", {{"topic", topic}, {"since", "era1.1"}})["err"] == foreign);
}

TEST_CASE("a right that is lost ends the stream before the event that took it") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  REQUIRE(phone.ask("sub", {{"topic", topic}}).contains("ok"));
  node.runtime.change(order_ref, "reassign", to_text(json{{"technician", ben}}));
  const auto lost = phone.next();
  REQUIRE(lost.contains("unsub"));
  CHECK(lost["unsub"]["topic"] == topic);
  CHECK(lost["unsub"]["code"] == "not_found");
  node.runtime.change(order_ref, "comment");
  CHECK(phone.next(200ms).empty());
}

TEST_CASE("after unsub nothing more comes, and the topic may be taken again") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  REQUIRE(phone.ask("sub", {{"topic", topic}}).contains("ok"));
  CHECK(phone.ask("sub", {{"topic", topic}})["err"]["code"] == "already_subscribed");
  CHECK(phone.ask("unsub", {{"topic", topic}}).contains("ok"));
  CHECK(phone.ask("unsub", {{"topic", topic}})["err"]["status"] == 404);
  node.runtime.change(order_ref, "comment");
  CHECK(phone.next(200ms).empty());
  CHECK(phone.ask("sub", {{"topic", topic}})["ok"]["at"] == "era1.2");
}

TEST_CASE("subs and unsubs that do not wait for each other are each answered once, in order") {
  StreamNode node;
  put_order(node.runtime);
  const auto [name, snapshot] = GENERATE(table<std::string, std::string>(
      {{topic, "snapshot"}, {"board:" + zone, "rows"}, {"position:" + ana, "snapshot"}}));
  INFO(name);
  node.runtime.put(EntityKind::technician, to_text(json{{"id", ana}, {"zone", zone}}));
  node.runtime.catalogue_zones = to_text(json::array({{{"id", zone}}}));
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  node.runtime.hold_answers();
  constexpr int pairs = 30;
  for (int i = 0; i < pairs; ++i) {
    phone.say(to_text(json{{"id", 2 * i}, {"sub", {{"topic", name}}}}));
    phone.say(to_text(json{{"id", 2 * i + 1}, {"unsub", {{"topic", name}}}}));
  }
  phone.say(to_text(json{{"id", 2 * pairs}, {"sub", {{"topic", name}}}}));
  for (int i = 0; i < pairs; ++i) {
    const auto sub = phone.next(), unsub = phone.next();
    REQUIRE(sub["id"] == 2 * i);
    CHECK(sub["err"]["code"] == "unsubscribed");
    CHECK(sub["err"]["status"] == 409);
    REQUIRE(unsub["id"] == 2 * i + 1);
    CHECK(unsub.contains("ok"));
  }
  node.runtime.release_answers();
  const auto last = phone.next();
  CHECK(last["id"] == 2 * pairs);
  CHECK(last["ok"].contains(snapshot));
  CHECK(phone.next(200ms).empty());
}

TEST_CASE("a sub that was answered before its unsub keeps its answer") {
  StreamNode node;
  put_order(node.runtime);
  for (int i = 2; i <= 350; ++i) node.runtime.change(order_ref, "comment", R"({"text":"x"})");
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  REQUIRE(phone.ask("sub", {{"topic", topic}, {"since", "era1.1"}}).contains("ok"));
  const auto ended = phone.ask("unsub", {{"topic", topic}});
  CHECK(ended.contains("ok"));
  while (!phone.next("pub", 200ms).empty()) continue;
  CHECK(phone.next(100ms).empty());
}

TEST_CASE("events that were read from the timeline do not come again when their batch arrives") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  node.runtime.hold_batches();
  for (int i = 0; i < 3; ++i) node.runtime.change(order_ref, "comment");
  const bool is_resumed = GENERATE(true, false);
  json sub{{"topic", topic}};
  if (is_resumed) sub["since"] = "era1.1";
  REQUIRE(phone.ask("sub", sub).contains("ok"));
  if (is_resumed)
    for (int version = 2; version <= 4; ++version)
      CHECK(phone.next("pub")["event"]["version"] == version);
  node.runtime.release_batches();
  CHECK(phone.next("pub", 200ms).empty());
  node.runtime.change(order_ref, "comment");
  CHECK(phone.next("pub")["event"]["version"] == 5);
}

TEST_CASE("events committed while a subscription is being answered are not lost") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const bool is_resumed = GENERATE(true, false);
  json sub{{"topic", topic}};
  if (is_resumed) sub["since"] = "era1.1";
  node.runtime.hold_answers();
  phone.say(to_text(json{{"id", 1}, {"sub", sub}}));
  REQUIRE(eventually([&] { return node.runtime.held_answers() > 0; }));
  node.runtime.change(order_ref, "comment");
  node.on_thread([](auto&) {});
  node.runtime.release_answers();
  CHECK(phone.next()["ok"]["at"] == "era1.1");
  CHECK(phone.next("pub")["event"]["version"] == 2);
}

TEST_CASE("30 random disconnects during 2,000 transitions lose and double nothing") {
  StreamNode node;
  put_order(node.runtime);
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  const auto seed = Catch::rngSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  constexpr int last = 2001;
  std::thread writer([&] {
    for (int version = 2; version <= last; ++version) {
      node.runtime.change(order_ref, "comment", R"({"text":"x"})");
      if (version % 4 == 0) std::this_thread::sleep_for(1ms);
    }
  });
  std::string token = "era1.1";
  int expected = 2, cuts = 0;
  auto phone = std::make_unique<Phone>(node, bearer);
  REQUIRE(phone->ask("sub", {{"topic", topic}, {"since", token}})["ok"]["recovered"] == true);
  int until_cut = 1 + static_cast<int>(random() % 60);
  while (expected <= last) {
    const auto pub = phone->next("pub");
    if (pub.empty() || pub["event"]["version"] != expected) break;
    token = pub["at"];
    ++expected;
    if (--until_cut > 0 || cuts == 30) continue;
    ++cuts;
    until_cut = 1 + static_cast<int>(random() % 60);
    if (random() % 2 == 0) phone->cut();
    phone = std::make_unique<Phone>(node, bearer);
    const auto ok = phone->ask("sub", {{"topic", topic}, {"since", token}})["ok"];
    if (ok["at"] != token || ok["recovered"] != true) break;
  }
  writer.join();
  CHECK(expected == last + 1);
  CHECK(cuts == 30);
  CHECK(phone->next("pub", 100ms).empty());
}

TEST_CASE("topics that do not exist are refused by name") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  for (const std::string& name :
       {"inbox:" + numbered("acc", 1), std::string("orders"), std::string("order:x"),
        "order:" + zone, std::string("cluster:1")}) {
    INFO(name);
    CHECK(phone.ask("sub", {{"topic", name}})["err"]["code"] == "unknown_topic");
  }
}

TEST_CASE("tokens are read back only in their own era") {
  using gateway::topics::make_token;
  using gateway::topics::parse_token;
  CHECK(parse_token("e", make_token("e", 7)) == 7);
  CHECK(parse_token("e", "e.18446744073709551615") == 18446744073709551615ULL);
  CHECK_FALSE(parse_token("e", "e.18446744073709551616"));
  CHECK_FALSE(parse_token("e", "f.7"));
  CHECK_FALSE(parse_token("e", "e.7 "));
  CHECK_FALSE(parse_token("e", "e7"));
}

}  // namespace
}  // namespace mf::test::topics_stream_test
