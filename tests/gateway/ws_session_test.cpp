// Verbs, limits, closing codes.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "base/metrics.hpp"
#include "gateway/ws/send_queue.hpp"
#include "tests/gateway/eventually.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test::ws_session_test {
namespace {

const Id order = numbered("ord", 1), zone = numbered("zon", 1);
const EntityRef order_ref{EntityKind::work_order, order};

void put_order(FakeRuntime& runtime) {
  runtime.put(EntityKind::work_order, to_text(json{{"id", order}, {"zone", zone}}));
}

json start_rpc(const std::string& key) {
  return {{"method", "orders.start"}, {"params", {{"id", order}, {"note", "x"}}}, {"key", key}};
}

TEST_CASE("connect answers with who, where and the limits") {
  StreamNode node;
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  Phone phone(node.port(), bearer, false);
  const auto ok = phone.ask("connect", json::object())["ok"];
  CHECK(ok["account"] == bearer.substr(3, 30));
  CHECK(ok["node"] == "local");
  CHECK(ok["ping_ms"] == 25000);
  CHECK(ok["limits"]["pending"] == 32);
  CHECK(ok["limits"]["topics"] == 128);
  CHECK(ok["limits"]["positions"] == 200);
  CHECK(ok.contains("server_time"));
  CHECK(phone.ask("connect", json::object())["err"]["code"] == "already_connected");
}

TEST_CASE("frames that break the rules close with their code") {
  struct Case {
    std::string what, frame;
    int code;
  };
  const auto joined = [](int count) {
    std::string frame = "{}";
    for (int i = 1; i < count; ++i) frame += "\n{}";
    return frame;
  };
  const std::string deep = "{\"id\":1,\"sub\":" + std::string(40, '[') + std::string(40, ']') + "}";
  const auto [what, frame, code] = GENERATE_COPY(values<Case>({
      {"not JSON", "hello", 4400},
      {"half an object", "{\"id\":1", 4400},
      {"an array", "[]", 4400},
      {"no id", "{\"sub\":{\"topic\":\"cluster\"}}", 4400},
      {"an id that is no number", "{\"id\":\"1\",\"sub\":{}}", 4400},
      {"a negative id", "{\"id\":-1,\"sub\":{}}", 4400},
      {"nested too deep", deep, 4400},
      {"17 messages", joined(17), 4400},
      {"invalid UTF-8", "{\"id\":1,\"auth\":{\"token\":\"\xff\"}}", 1007},
      {"too big", std::string(std::size_t{64} * 1024 + 1, ' '), 1009},
  }));
  INFO(what);
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  phone.say(frame);
  CHECK(phone.close_code() == code);
}

TEST_CASE("binary frames close with 4400") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  phone.say_binary("{}");
  CHECK(phone.close_code() == 4400);
}

TEST_CASE("messages with an id that break the rules are answered") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const auto code = [&](const std::string& verb, const json& body) {
    return phone.ask(verb, body)["err"].value("status", 0);
  };
  CHECK(code("dance", json::object()) == 422);
  CHECK(code("sub", json::object()) == 422);
  CHECK(code("sub", 7) == 422);
  CHECK(code("sub", {{"topic", "cluster"}, {"extra", 1}}) == 422);
  CHECK(code("sub", {{"topic", "cluster"}, {"since", 1}}) == 422);
  CHECK(code("rpc", {{"method", 1}}) == 422);
  CHECK(code("rpc", {{"method", "orders.fly"}}) == 404);
  CHECK(code("rpc", {{"method", "orders.start"}, {"params", 1}}) == 422);
  CHECK(code("rpc", {{"method", "orders.start"}, {"params", {{"id", "x"}}}}) == 404);
  CHECK(code("rpc", {{"method", "orders.start"}, {"key", std::string(256, 'k')}}) == 422);
  // As large as a body may be over HTTP, though the frame has room for more.
  const auto start_with = [&](std::size_t note) {
    return code("rpc", {{"method", "orders.start"},
                        {"params", {{"id", "x"}, {"note", std::string(note, 'n')}}}});
  };
  CHECK(start_with(std::size_t{61} * 1024) == 413);
  CHECK(start_with(std::size_t{59} * 1024) != 413);
  CHECK(code("ack", {{"n", "x"}}) == 403);
  CHECK(code("pos", 7) == 422);
  CHECK(code("pos", json::object()) == 422);
  CHECK(code("pos", {{1, 2, 3}}) == 403);
}

TEST_CASE("connect comes first, in time, and with a login") {
  StreamNode node;
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  SECTION("another verb before it") {
    Phone phone(node.port(), bearer, false);
    phone.say(R"({"id":1,"sub":{"topic":"cluster"}})");
    CHECK(phone.close_code() == 4400);
  }
  SECTION("nobody known") {
    Phone phone(node.port(), "", false);
    phone.say(R"({"id":1,"connect":{}})");
    CHECK(phone.close_code() == 4401);
  }
  SECTION("a wrong tracking link") {
    Phone phone(node.port(), "", false);
    phone.say(R"({"id":1,"connect":{"tracking":"trk_nonsense"}})");
    CHECK(phone.close_code() == 4401);
  }
}

TEST_CASE("a connection that does not connect in time closes with 4408") {
  auto options = stream_options();
  options.stream.connect = 300ms;
  StreamNode node(options);
  Phone phone(node.port(), node.runtime.log_in(supervisor_of(zone)), false);
  CHECK(phone.close_code() == 4408);
}

TEST_CASE("a ping is to be answered before the next one") {
  auto options = stream_options();
  options.stream.ping = 300ms;
  StreamNode node(options);
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  Phone awake(node, bearer), asleep(node, bearer);
  asleep.answers_pings = false;
  CHECK(awake.close_code(1s) == 0);
  CHECK(asleep.close_code() == 4408);
}

TEST_CASE("a tracking link follows its order without a login") {
  StreamNode node;
  put_order(node.runtime);
  const auto link = node.runtime.add_tracking(order);
  Phone phone(node.port(), "", false);
  const auto ok = phone.ask("connect", {{"tracking", link}})["ok"];
  CHECK(ok["order"] == order);
  CHECK(phone.ask("sub", {{"topic", "order:" + order}})["ok"]["snapshot"]["seen_as"] == 2);
  CHECK(phone.ask("sub", {{"topic", "order:" + numbered("ord", 2)}})["err"]["status"] == 404);
  CHECK(phone.ask("sub", {{"topic", "board:" + zone}})["err"]["status"] == 403);
}

TEST_CASE("an rpc is the command of its method, once per key") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const auto first = phone.ask("rpc", start_rpc("k1"))["ok"];
  CHECK(first["id"] == order);
  CHECK(first["version"] == 2);
  CHECK(first["status"] == "START");
  CHECK(phone.ask("rpc", start_rpc("k1"))["ok"] == first);
  CHECK(phone.ask("rpc", start_rpc("k2"))["ok"]["version"] == 3);
  CHECK(node.runtime.commands().front().body.json == R"({"note":"x"})");
}

TEST_CASE("the 33rd waiting command is refused with 429") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  node.runtime.hold();
  for (int i = 1; i <= 32; ++i)
    phone.say(to_text(json{{"id", i}, {"rpc", start_rpc(std::to_string(i))}}));
  const auto refused = phone.ask("rpc", start_rpc("33"))["err"];
  CHECK(refused["status"] == 429);
  CHECK(refused["retry"] == true);
  node.runtime.release();
  int answered = 0;
  while (phone.next().contains("ok") && ++answered < 32) {
  }
  CHECK(answered == 32);
}

TEST_CASE("commands of one turn reach the runtime together and are answered in few frames") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const auto before = phone.frames();
  std::string frame;
  for (int i = 1; i <= 16; ++i)
    frame += to_text(json{{"id", i}, {"rpc", start_rpc(std::to_string(i))}}) + (i < 16 ? "\n" : "");
  phone.say(frame);
  for (int i = 1; i <= 16; ++i) CHECK(phone.next()["id"] == i);
  CHECK(node.runtime.batch_sizes() == std::vector<std::size_t>{16});
  CHECK(phone.frames() - before == 1);
}

TEST_CASE("commands beyond the account's rate are refused with 429") {
  auto options = stream_options();
  options.limits.commands_per_second = 5;
  StreamNode node(options);
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  int refused = 0;
  for (int i = 1; i <= 30; ++i)
    refused += phone.ask("rpc", start_rpc(std::to_string(i))).contains("err");
  CHECK(refused > 10);
}

TEST_CASE("a flood of messages closes with 4429") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  for (int i = 0; i < 2000; ++i) phone.say("{}");
  CHECK(phone.close_code() == 4429);
}

TEST_CASE("a subscription names types of events, not pages of text") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  auto answer =
      phone.ask("sub", {{"topic", "order:" + order}, {"events", {std::string(1000, 'x')}}});
  CHECK(answer["err"]["status"] == 422);
  CHECK(answer["err"]["errors"][0]["field"] == "sub.events");
}

TEST_CASE("the 129th topic is refused") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  for (int i = 1; i <= 129; ++i) {
    node.runtime.put(EntityKind::work_order,
                     to_text(json{{"id", numbered("ord", i)}, {"zone", zone}}));
    const auto answer = phone.ask("sub", {{"topic", "order:" + numbered("ord", i)}});
    if (i <= 128) REQUIRE(answer.contains("ok"));
    else CHECK(answer["err"]["status"] == 429);
  }
}

TEST_CASE("a reader that is too slow is closed with 4508, never left with a hole") {
  auto options = stream_options();
  options.stream.close_grace = 60s;
  StreamNode node(options);
  put_order(node.runtime);
  const auto& closed = metrics::counter("microflow_stream_closed_total",
                                        "Streams closed by us, by code", {{"code", "4508"}});
  const auto before = closed.value();
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  REQUIRE(phone.ask("sub", {{"topic", "order:" + order}}).contains("ok"));
  const auto body = to_text(json{{"text", std::string(30'000, 'x')}});
  for (int i = 0; i < 500; ++i) node.runtime.change(order_ref, "comment", body);
  REQUIRE(eventually([&] { return closed.value() > before; }));
  CHECK(phone.close_code(30s) == 4508);
  int expected = 2;
  for (auto pub = phone.next("pub"); !pub.empty(); pub = phone.next("pub"))
    REQUIRE(pub["event"]["version"] == expected++);
  CHECK(expected < 500);
}

TEST_CASE("the session of a logout is closed with 4401 at once") {
  StreamNode node;
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  Phone phone(node, bearer);
  node.runtime.end_session(bearer);
  CHECK(phone.close_code() == 4401);
}

TEST_CASE("a login that ended between the upgrade and connect gets 4401, not a stream") {
  StreamNode node;
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  Phone phone(node.port(), bearer, false);
  const std::string connect = R"({"id":1,"connect":{}})";
  SECTION("before connect was asked for") {
    node.runtime.end_session(bearer);
    phone.say(connect);
  }
  SECTION("while the account's answer was on its way") {
    node.runtime.hold_answers();
    phone.say(connect);
    REQUIRE(eventually([&] { return node.runtime.asked("principal") >= 2; }));
    node.runtime.end_session(bearer);
    node.runtime.release_answers();
  }
  CHECK(phone.close_code(2s) == 4401);
  CHECK(phone.next("ok", 0ms).empty());
}

TEST_CASE("auth renews the token of the same account and of no other") {
  StreamNode node;
  auto by = supervisor_of(zone);
  by.account = numbered("acc", 7);
  const auto first = node.runtime.log_in(by, "ana"), second = node.runtime.log_in(by, "ana");
  Phone phone(node, first);
  CHECK(phone.ask("auth", {{"token", second}})["ok"].contains("expires_at"));
  node.runtime.end_session(first);
  CHECK(phone.close_code(300ms) == 0);
  const auto other = node.runtime.log_in(supervisor_of(zone), "ben");
  phone.say(to_text(json{{"id", 1}, {"auth", {{"token", other}}}}));
  CHECK(phone.close_code() == 4403);
  Phone again(node, second);
  again.say(R"({"id":1,"auth":{"token":"mf_nonsense"}})");
  CHECK(again.close_code() == 4401);
}

TEST_CASE("a role that is taken away ends what it allowed") {
  StreamNode node;
  node.runtime.catalogue_zones = to_text(json{{{"id", zone}}});
  put_order(node.runtime);
  auto by = supervisor_of(zone);
  by.account = numbered("acc", 7);
  Phone phone(node, node.runtime.log_in(by, "ana"));
  REQUIRE(phone.ask("sub", {{"topic", "board:" + zone}}).contains("ok"));
  REQUIRE(phone.ask("sub", {{"topic", "order:" + order}}).contains("ok"));
  by.zones = {numbered("zon", 2)};
  node.runtime.add_account(by, "ana", "");
  node.runtime.change({EntityKind::account, by.account}, "edit");
  std::set<std::string> ended{phone.next("unsub")["topic"], phone.next("unsub")["topic"]};
  CHECK(ended == std::set<std::string>{"board:" + zone, "order:" + order});
}

TEST_CASE("what a stranger sends before its link is known is counted, and not kept without end") {
  auto options = stream_options();
  const bool is_counted = GENERATE(true, false);
  if (is_counted) options.limits.stream_bytes_per_second = 32'000;
  StreamNode node(options);
  put_order(node.runtime);
  const auto link = node.runtime.add_tracking(order);
  Phone phone(node.port(), "", false);
  node.runtime.hold_answers();
  phone.say(to_text(json{{"id", 1}, {"connect", {{"tracking", link}}}}));
  for (int i = 0; i < 3; ++i) phone.say(std::string(30'000, ' '));
  CHECK(phone.close_code() == 4429);
  node.runtime.release_answers();
}

TEST_CASE(
    "who becomes an administrator without a second factor loses the stream, where one is due") {
  auto options = stream_options();
  options.passwords.administrators_need_totp = true;
  StreamNode node(options);
  auto by = supervisor_of(zone);
  by.account = numbered("acc", 7);
  const auto bearer = node.runtime.log_in(by, "ana");
  by.roles.push_back(Role::administrator);
  SECTION("of an open stream") {
    Phone phone(node, bearer);
    node.runtime.add_account(by, "ana", "");
    node.runtime.change({EntityKind::account, by.account}, "edit");
    CHECK(phone.close_code() == 4403);
  }
  SECTION("between the upgrade and connect") {
    Phone phone(node.port(), bearer, false);
    node.runtime.add_account(by, "ana", "");
    phone.say(R"({"id":1,"connect":{}})");
    CHECK(phone.close_code() == 4403);
    CHECK(phone.next("ok", 0ms).empty());
  }
  SECTION("with a renewed token") {
    Phone phone(node, bearer);
    const auto second = node.runtime.log_in(by, "ana");
    phone.say(to_text(json{{"id", 1}, {"auth", {{"token", second}}}}));
    CHECK(phone.close_code() == 4403);
    CHECK(phone.next("ok", 0ms).empty());
  }
}

TEST_CASE(
    "an administrator whose second factor is switched off loses the stream, where one is due") {
  auto options = stream_options();
  options.passwords.administrators_need_totp = true;
  StreamNode node(options);
  Principal by{numbered("acc", 7), {Role::administrator}, {}, {}, {}, {}};
  const auto bearer = node.runtime.log_in(by, "ana");
  node.runtime.set_totp(by.account, "GEZDGNBVGY3TQOJQ");
  Phone phone(node, bearer);
  node.runtime.set_totp(by.account, "");
  node.runtime.change({EntityKind::account, by.account}, "set_totp");
  CHECK(phone.close_code() == 4403);
}

TEST_CASE("a draining node says goodbye and closes with 4503") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  node.drain(1000ms);
  const auto bye = phone.next("bye");
  CHECK(bye["after_ms"] < 1000);
  CHECK(phone.close_code() == 4503);
}

TEST_CASE("a draining node answers what runs before it closes, and takes nothing new") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  node.runtime.hold();
  phone.say(to_text(json{{"id", 7}, {"rpc", start_rpc("k1")}}));
  phone.ask("unsub", {{"topic", "order:" + order}});  // what was sent before has been read
  node.drain(1ms);
  REQUIRE(phone.next("bye")["after_ms"] == 0);
  CHECK(phone.close_code(500ms) == 0);
  CHECK(phone.ask("rpc", start_rpc("k2"))["err"]["code"] == "draining");
  node.runtime.release();
  CHECK(phone.next("ok")["version"] > 0);
  CHECK(phone.close_code() == 4503);
}

TEST_CASE("a cut connection leaves nothing behind") {
  StreamNode node;
  put_order(node.runtime);
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  for (int i = 0; i < 20; ++i) {
    Phone phone(node, bearer);
    REQUIRE(phone.ask("sub", {{"topic", "order:" + order}}).contains("ok"));
    if (i % 2 == 0) phone.cut();
  }
  CHECK(eventually([&] { return node.connections() == 0; }));
  node.runtime.change(order_ref, "comment");
}

TEST_CASE("a send queue joins messages, and the latest value replaces the one before in place") {
  gateway::ws::SendQueue queue;
  const auto frame = [](const char* text) { return gateway::topics::make_frame(text); };
  queue.push(frame("a"));
  queue.push_latest(7, frame("old"));
  queue.push(frame("b"));
  queue.push_latest(7, frame("new!"));
  CHECK(queue.bytes() == 6);
  CHECK(*queue.take(100) == "a\nnew!\nb");
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
  queue.push(frame("12345"));
  queue.push(frame("6789"));
  CHECK(*queue.take(9) == "12345");
  CHECK(*queue.take(1) == "6789");
  CHECK(queue.take(100) == nullptr);
  for (int i = 0; i < 20; ++i) queue.push(frame("x"));
  CHECK(queue.take(100)->size() == 31);
  CHECK(queue.bytes() == 4);
}

}  // namespace
}  // namespace mf::test::ws_session_test
