// The WebSocket's own contract: frames, limits and closing codes.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/system/raw_socket.hpp"
#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

const std::string hello = R"({"id":1,"connect":{}})";

std::vector<std::string> as(const Person& person, std::vector<std::string> more = {}) {
  more.push_back("Authorization: Bearer " + person.token());
  return more;
}

/// Connected, the answer read.
RawStream connected(World& world) {
  RawStream stream(world.node->http(), as(world.company->supervisor()));
  REQUIRE(stream.upgrade().status == 101);
  REQUIRE(stream.send(hello));
  const auto reply = mf::parse_json(stream.read_text());
  REQUIRE(reply.at("ok").is_object());
  return stream;
}

int upgrade(World& world, const std::vector<std::string>& headers) {
  return RawStream(world.node->http(), headers).upgrade().status;
}

}  // namespace

TEST_CASE("stream contract: the subprotocol is microflow.v1, chosen from what is offered") {
  auto& world = shared_world();
  const auto chosen = [&](const std::string& offer) {
    RawStream stream(world.node->http(),
                     as(world.company->laura(), {"Sec-WebSocket-Protocol: " + offer}));
    return std::to_string(stream.upgrade().status) + " " +
           stream.upgrade().header("Sec-WebSocket-Protocol");
  };
  CHECK(chosen("microflow.v1") == "101 microflow.v1");
  CHECK(chosen("other, microflow.v1") == "101 microflow.v1");
  CHECK(chosen("other") == "400 ");
  CHECK(upgrade(world, as(world.company->laura())) == 101);
}

TEST_CASE("stream contract: bad credentials are a 401 before the upgrade, never in the URL") {
  auto& world = shared_world();
  auto& c = *world.company;
  CHECK(upgrade(world, {"Authorization: Bearer nonsense"}) == 401);
  CHECK(upgrade(world, {"Authorization: Bearer mf_acc_00000000000000000000000000."
                        "00000000000000000000000000000000"}) == 401);
  CHECK(upgrade(world, {"Cookie: microflow=nonsense"}) == 401);
  CHECK(upgrade(world, {"Authorization: Basic bGF1cmE6eA=="}) == 401);
  RawSocket in_url(world.node->http());
  in_url.send(
      request_bytes("GET /v1/stream?token=" + c.laura().token(),
                    {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}));
  CHECK(in_url.read_response().status == 422);
  CHECK(c.laura().get("/v1/stream").status == 426);
}

TEST_CASE("stream contract: a browser's page must be one of ours") {
  auto& world = shared_world();
  const auto& at = world.node->http();
  const auto ours = "Origin: http://" + at.host + ":" + at.port;
  const auto cookie = "Cookie: microflow=" + world.company->laura().token();
  const std::string host = "Host: " + at.host + ":" + at.port;
  const auto try_as = [&](std::vector<std::string> headers) {
    RawSocket socket(at);
    std::string bytes = "GET /v1/stream HTTP/1.1\r\n" + host + "\r\n";
    for (const auto* line :
         {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="})
      headers.emplace_back(line);
    for (const auto& line : headers) bytes += line + "\r\n";
    socket.send(bytes + "\r\n");
    return socket.read_response().status;
  };
  CHECK(try_as({cookie, ours}) == 101);
  CHECK(try_as({cookie, "Origin: http://evil.example"}) == 403);
  CHECK(try_as({cookie}) == 403);
  CHECK(try_as({"Authorization: Bearer " + world.company->laura().token(),
                "Origin: http://evil.example"}) == 403);
}

TEST_CASE("stream contract: connect comes first, and names who, where and the limits") {
  auto& world = shared_world();
  auto& c = *world.company;
  RawStream stream(world.node->http(), as(c.laura()));
  stream.send(hello);
  const auto ok = mf::parse_json(stream.read_text()).at("ok");
  CHECK(ok.at("account") == c.laura().account);
  CHECK(ok.at("ping_ms") == 25'000);
  CHECK(ok.at("limits").at("pending") == 32);
  CHECK(ok.at("limits").at("topics") == 128);
  for (const auto* member : {"connection", "node", "server_time"}) CHECK(ok.contains(member));
  RawStream hasty(world.node->http(), as(c.laura()));
  hasty.send(R"({"id":1,"sub":{"topic":"cluster"}})");
  CHECK(hasty.close_code() == 4400);
  RawStream nobody(world.node->http(), {});
  REQUIRE(nobody.upgrade().status == 101);
  nobody.send(hello);
  CHECK(nobody.close_code() == 4401);
  RawStream wrong(world.node->http(), {});
  wrong.send(R"({"id":1,"connect":{"tracking":"trk_ord_00000000000000000000000000.)" +
             std::string(52, '0') + "\"}}");
  CHECK(wrong.close_code() == 4401);
}

TEST_CASE("stream contract: what breaks a frame's rules closes with the code that says so") {
  auto& world = shared_world();
  const auto closes = [&](std::string_view payload, int first = 0x81, bool is_masked = true) {
    auto stream = connected(world);
    stream.send(payload, first, is_masked);
    return stream.close_code();
  };
  const auto lines = [](int count) {
    std::string text = "{}";
    for (int i = 1; i < count; ++i) text += "\n{}";
    return text;
  };
  CHECK(closes("hello") == 4400);
  CHECK(closes("[]") == 4400);
  CHECK(closes("{\"id\":2") == 4400);
  CHECK(closes("{\"sub\":{\"topic\":\"cluster\"}}") == 4400);
  CHECK(closes("{\"id\":2,\"sub\":" + std::string(40, '[') + std::string(40, ']') + "}") == 4400);
  CHECK(closes(lines(17)) == 4400);
  CHECK(closes("{}", 0x82) == 4400);  // binary
  CHECK(closes("{\"a\":\"\xff\"}") == 1007);
  CHECK(closes(std::string(std::size_t{64} * 1024 + 1, ' ')) == 1009);
  CHECK(closes("{}", 0x81, false) == 1002);            // not masked
  CHECK(closes("{}", 0xC1) == 1002);                   // a reserved bit
  CHECK(closes("{}", 0x83) == 1002);                   // an opcode that does not exist
  CHECK(closes(std::string(126, 'p'), 0x89) == 1002);  // a long ping
  CHECK(closes("x", 0x80) == 1002);                    // goes on with nothing
}

TEST_CASE("stream contract: 16 joined messages and 64 KiB are fine, in one piece or in several") {
  auto& world = shared_world();
  auto stream = connected(world);
  std::string text = R"({"id":2,"sub":{"topic":"cluster"}})";
  for (int i = 1; i < 16; ++i) text += "\n{}";
  stream.send(text);
  CHECK(mf::parse_json(stream.read_text()).at("id") == 2);
  auto big = std::string(R"({"id":3,"unsub":{"topic":"cluster"}})");
  big += std::string(std::size_t{64} * 1024 - big.size(), ' ');
  stream.send(big);
  CHECK(mf::parse_json(stream.read_text()).at("id") == 3);
  stream.send(R"({"id":4,"unsub":)", 0x01);
  stream.send("a ping in between", 0x89);
  stream.send(R"({"topic":"cluster"}})", 0x80);
  CHECK(mf::parse_json(stream.read_text()).at("id") == 4);
}

TEST_CASE("stream contract: a message that can't be taken is answered, and the stream goes on") {
  auto& world = shared_world();
  auto stream = connected(world);
  const auto code = [&](const std::string& verb) {
    stream.send("{\"id\":9," + verb + "}");
    return mf::parse_json(stream.read_text()).at("err").at("code").get<std::string>();
  };
  CHECK(code(R"("nonsense":{})") == "unknown_verb");
  CHECK(code(R"("connect":{})") == "already_connected");
  CHECK(code(R"("sub":{"topic":"nonsense:1"})") == "unknown_topic");
  CHECK(code(R"("sub":{"topic":"cluster","x":1})") == "invalid");
  CHECK(code(R"("unsub":{"topic":"cluster"})") == "not_subscribed");
  CHECK(code(R"("rpc":{"method":"orders.nonsense"})") == "unknown_method");
  CHECK(code(R"("rpc":{"method":"orders.start","params":{"id":"x"}})") == "not_found");
  CHECK(code(R"("sub":{},"unsub":{})") == "bad_frame");
}

TEST_CASE("stream contract: who does not connect in time is closed with 4408") {
  World world({"--websocket.connect_timeout_ms=300"});
  RawStream stream(world.node->http(), as(world.company->laura()));
  CHECK(stream.close_code() == 4408);
}

TEST_CASE("stream contract: pings must be answered, once each") {
  World world({"--websocket.ping_interval_ms=1000"});
  RawStream dead(world.node->http(), as(world.company->laura()));
  auto alive = connected(world);
  dead.send(hello);
  CHECK(mf::parse_json(dead.read_text()).contains("ok"));
  CHECK(dead.read_text() == "{}");
  for (int i = 0; i < 3; ++i) {
    CHECK(alive.read_text() == "{}");
    REQUIRE(alive.send("{}"));
  }
  CHECK(dead.close_code() == 4408);
  alive.send(R"({"id":2,"unsub":{"topic":"cluster"}})");
  CHECK(mf::parse_json(alive.read_text()).contains("err"));
}

TEST_CASE("stream contract: 32 commands may wait, more get 429") {
  auto& world = shared_world();
  auto stream = connected(world);
  const auto order = world.company->new_order();
  for (int i = 0; i < 400; ++i) {
    const Json rpc{
        {"id", 100 + i},
        {"rpc", {{"method", "orders.comment"}, {"params", {{"id", order}, {"text", "hola"}}}}}};
    REQUIRE(stream.send(mf::to_text(rpc)));
  }
  int ok = 0, refused = 0;
  while (ok + refused < 400) {
    const auto text = stream.read_text();
    REQUIRE_FALSE(text.empty());
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = std::min(text.find('\n', begin), text.size());
      const auto reply = mf::parse_json(text.substr(begin, end - begin));
      begin = end + 1;
      if (!reply.contains("id")) continue;
      if (reply.contains("ok")) ++ok;
      else refused += reply.at("err").at("status") == 429 ? 1 : 1000;
    }
  }
  CHECK(ok >= 32);
  CHECK(refused > 0);
  CHECK(refused < 400);
}

TEST_CASE("stream contract: 128 topics may be followed, and each once") {
  auto& world = shared_world();
  auto& c = *world.company;
  Live live(world.loop);
  live.open(world.node->http(), c.laura().token());
  std::vector<std::string> topics;
  topics.reserve(129);
  for (int i = 0; i < 129; ++i) topics.push_back("order:" + c.new_order());
  for (int i = 0; i < 128; ++i) REQUIRE(live.call("sub", {{"topic", topics[i]}}).contains("ok"));
  CHECK(live.call("sub", {{"topic", topics[128]}})["err"]["status"] == 429);
  CHECK(live.call("sub", {{"topic", topics[0]}})["err"]["status"] == 409);
  CHECK(live.call("unsub", {{"topic", topics[0]}}).contains("ok"));
  CHECK(live.call("sub", {{"topic", topics[128]}}).contains("ok"));
}

TEST_CASE("stream contract: auth renews the own login; another account's closes with 4403") {
  auto& world = shared_world();
  auto& c = *world.company;
  auto again = log_in(world.loop, world.node->http(), "laura", "contrasena-1");
  Live live(world.loop);
  live.open(world.node->http(), c.laura().token());
  CHECK(live.call("auth", {{"token", again.token()}})["ok"].contains("expires_at"));
  REQUIRE(again.request("DELETE", "/v1/sessions/current").status == 204);
  REQUIRE(world.loop.wait([&] { return !live.is_open(); }));
  CHECK(live.close_code() == 4401);
  live.open(world.node->http(), c.laura().token());
  CHECK(live.call("auth", {{"token", c.clients[1].token()}}) == Json::object());
  CHECK(live.close_code() == 4403);
}

TEST_CASE("stream contract: who reads too slowly is closed with 4508, never left with a hole") {
  World world({"--websocket.queue_bytes_max=16KiB"});
  auto& c = *world.company;
  RawStream deaf(world.node->http(), as(c.laura()), 4'096);
  deaf.send(hello);
  REQUIRE(mf::parse_json(deaf.read_text()).contains("ok"));
  std::vector<std::string> orders;
  for (int i = 0; i < 4; ++i) {
    orders.push_back(c.new_order());
    deaf.send(mf::to_text(Json{{"id", i + 2}, {"sub", {{"topic", "order:" + orders.back()}}}}));
    REQUIRE(mf::parse_json(deaf.read_text()).contains("ok"));
  }
  const Json comment{{"text", std::string(2'000, 'x')}};
  for (int i = 0; i < 600; ++i)
    REQUIRE(c.laura().post("/v1/orders/" + orders[i % 4] + "/comment", comment).ok());
  // Everything before the overflow comes in order; then the code.
  CHECK(deaf.close_code() == 4508);
}
