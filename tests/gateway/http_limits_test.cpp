#include <catch2/catch.hpp>
#include <thread>

#include "base/json.hpp"
#include "tests/gateway/eventually.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using namespace std::chrono_literals;

HttpReply send_raw(const World& world, const std::string& bytes) {
  RawConnection connection(world.bound.http);
  connection.send(bytes);
  return connection.read();
}

TEST_CASE(
    "http: a request that proxies could read differently is refused and the connection closed") {
  World world;
  const std::string cases[] = {
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: \r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\n{}",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}",
      "GET / HTTP/1.1\r\nHost: a\r\nX-Folded: a\r\n b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-Folded:\r\n b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\t2\r\n\r\n{}",
      "GET / HTTP/1.1\r\nHost: <script>\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a:b:c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a:99999999\r\n\r\n",
      "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "NONSENSE\r\n\r\n",
  };
  for (const auto& bytes : cases) {
    INFO(bytes);
    RawConnection connection(world.bound.http);
    connection.send(bytes);
    const auto reply = connection.read();
    CHECK(reply.status == 400);
    CHECK(reply.header("Content-Type") == "application/problem+json");
    CHECK_FALSE(reply.header("Request-Id").empty());
    CHECK(connection.is_closed());
  }
}

TEST_CASE("http: any Transfer-Encoding is 411 and the end of the connection") {
  World world;
  const std::string post = "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ";
  for (const std::string rest :
       {"chunked\r\n\r\n0\r\n\r\n", "gzip\r\n\r\n", "identity\r\nContent-Length: 2\r\n\r\n{}"}) {
    INFO(rest);
    RawConnection connection(world.bound.http);
    connection.send(post + rest);
    const auto reply = connection.read();
    CHECK(reply.status == 411);
    CHECK(reply.has("\"code\":\"length_required\""));
    CHECK(connection.is_closed());
  }
}

TEST_CASE("http: a host with a port, an address or in the target is one") {
  World world;
  for (const std::string head :
       {"GET /v1/openapi.json HTTP/1.1\r\nHost: ops.example.com:8443\r\n",
        "GET /v1/openapi.json HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n",
        "GET http://ops.example.com/v1/openapi.json HTTP/1.1\r\nHost: other\r\n",
        "GET HTTPS://ops.example.com:443/v1/openapi.json HTTP/1.1\r\nHost: a\r\n"}) {
    INFO(head);
    CHECK(send_raw(world, head + "\r\n").status == 200);
  }
}

TEST_CASE("http: an error behind a HEAD is told whole, and names of the path are text") {
  World world;
  RawConnection connection(world.bound.http);
  connection.send("HEAD /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(connection.read(true).status == 200);
  connection.send("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto reply = connection.read();
  CHECK(reply.status == 414);
  CHECK(reply.has("uri_too_long"));
  const auto raw = send_raw(world, "GET /\xff\xfe?a HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_FALSE(parse_json(raw.body).is_discarded());
  const auto named = send_raw(world, "GET /v1/openapi.json?%ff%fe=1 HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(named.status == 422);
  CHECK_FALSE(parse_json(named.body).is_discarded());
}

TEST_CASE("http: a member that stands twice is refused, whichever of the two was meant") {
  World world;
  const auto reply = world.ask({.method = "POST",
                                .path = "/v1/sessions",
                                .bearer = {},
                                .body = R"({"username":"a","username":"b","password":"x"})",
                                .headers = {}});
  CHECK(reply.status == 422);
  CHECK(reply.has("duplicate_member"));
  CHECK(reply.has("\"field\":\"username\""));
}

TEST_CASE("http: what hides behind a refused request is never answered") {
  World world;
  RawConnection connection(world.bound.http);
  connection.send(
      "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(connection.read().status == 411);
  CHECK(connection.read().status == 0);
}

TEST_CASE("http: only HTTP/1.x is spoken") {
  World world;
  CHECK(send_raw(world, "GET / HTTP/3.0\r\nHost: a\r\n\r\n").status == 505);
}

TEST_CASE("http: a header over 8 KiB is 431, a target over 4 KiB is 414") {
  World world;
  CHECK(send_raw(world, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n")
            .status == 431);
  CHECK(send_raw(world, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'x')).status ==
        431);
  CHECK(send_raw(world, "GET /" + std::string(5000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n").status ==
        414);
  CHECK(send_raw(world, "GET /" + std::string(40'000, 'x')).status == 414);
  CHECK(send_raw(world, "GET /" + std::string(3000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n").status ==
        401);
}

TEST_CASE("http: a body over 60 KiB is refused before it is sent") {
  World world;
  RawConnection connection(world.bound.http);
  connection.send("POST /v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                  world.supervisor() +
                  "\r\nContent-Type: application/json\r\nContent-Length: 61441\r\n\r\n");
  CHECK(connection.read().status == 413);
  CHECK(connection.is_closed());
}

TEST_CASE("http: a body of exactly 60 KiB is read") {
  World world;
  const std::string start = "{\"title\":\"", end = "\"}";
  const auto body =
      start + std::string(std::size_t{60} * 1024 - start.size() - end.size(), 'x') + end;
  CHECK(world.ask({"POST", "/v1/orders", world.supervisor(), body, {}}).status == 201);
}

TEST_CASE("http: a login is checked before the body is read") {
  World world;
  RawConnection connection(world.bound.http);
  connection.send(
      "POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 50\r\n\r\n");
  CHECK(connection.read().status == 401);
  CHECK(connection.is_closed());
}

TEST_CASE("http: who expects 100-continue gets it, and only when the body is wanted") {
  World world;
  const auto head = "POST /v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                    world.supervisor() + "\r\nExpect: 100-continue\r\nContent-Length: 2\r\n";
  RawConnection wanted(world.bound.http);
  wanted.send(head + "Content-Type: application/json\r\n\r\n");
  CHECK(wanted.read().status == 100);
  wanted.send("{}");
  CHECK(wanted.read().status == 201);
  RawConnection unwanted(world.bound.http);
  unwanted.send(head + "Content-Type: text/plain\r\n\r\n");
  CHECK(unwanted.read().status == 415);
}

TEST_CASE("http: pipelined requests are answered in their order, one at a time") {
  World world;
  const auto bearer = world.supervisor();
  std::string bytes;
  for (int i = 0; i < 5; ++i)
    bytes += to_bytes({"POST", "/v1/orders", bearer, "{\"n\":" + std::to_string(i) + "}", {}});
  bytes += to_bytes({"GET", "/v1/nothing", bearer, "", {}});
  RawConnection connection(world.bound.http);
  connection.send(bytes);
  for (int i = 0; i < 5; ++i) CHECK(connection.read().status == 201);
  CHECK(connection.read().status == 404);
  const auto commands = world.runtime.commands();
  REQUIRE(commands.size() == 5);
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(commands[i].body.json.find("\"n\":" + std::to_string(i)) != std::string::npos);
}

TEST_CASE("http: a request may arrive byte by byte") {
  World world;
  RawConnection connection(world.bound.http);
  for (const char c : to_bytes({"POST", "/v1/orders", world.supervisor(), "{\"a\":1}", {}}))
    connection.send(std::string(1, c));
  CHECK(connection.read().status == 201);
}

TEST_CASE("http: a connection stays open for the next request, and closes when asked to") {
  World world;
  RawConnection connection(world.bound.http);
  connection.send(to_bytes({"GET", "/v1/openapi.json", "", "", {}}));
  CHECK(connection.read().status == 200);
  connection.send(to_bytes({"GET", "/v1/openapi.json", "", "", {"Connection: close"}}));
  const auto last = connection.read();
  CHECK(last.status == 200);
  CHECK(last.header("Connection") == "close");
  CHECK(connection.is_closed());
  RawConnection old(world.bound.http);
  old.send("GET /v1/openapi.json HTTP/1.0\r\n\r\n");
  CHECK(old.read().status == 200);
  CHECK(old.is_closed());
}

TEST_CASE("http: HEAD is GET without the body") {
  World world;
  const auto reply = world.ask({"HEAD", "/v1/openapi.json", "", "", {}});
  CHECK(reply.status == 200);
  CHECK(std::stoul(reply.header("Content-Length")) > 1000);
}

TEST_CASE("http: who is too slow with a header, a body or the next request is cut off") {
  auto options = quiet_options();
  options.deadlines.header = options.deadlines.body = options.deadlines.idle = 300ms;
  World world(options);
  RawConnection silent(world.bound.http), half_header(world.bound.http),
      half_body(world.bound.http), idle(world.bound.http);
  half_header.send("GET / HTTP/1.1\r\nHost:");
  half_body.send("POST /v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                 world.supervisor() +
                 "\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
  idle.send(to_bytes({"GET", "/v1/openapi.json", "", "", {}}));
  CHECK(idle.read().status == 200);
  CHECK(silent.is_closed());
  CHECK(half_header.is_closed());
  CHECK(half_body.is_closed());
  CHECK(idle.is_closed());
}

TEST_CASE("http: who does not read the answers is cut off") {
  auto options = quiet_options();
  options.deadlines.write = 300ms;
  options.limits.connections_per_address = 1;
  World world(options);
  RawConnection deaf(world.bound.http);
  std::string bytes;
  for (int i = 0; i < 500; ++i) bytes += to_bytes({"GET", "/v1/openapi.json", "", "", {}});
  deaf.send(bytes);
  // Its place is free only once it has been closed.
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < deadline)
    status = world.ask({"GET", "/v1/openapi.json", "", "", {}}).status;
  CHECK(status == 200);
  int answered = 0;
  while (deaf.read().status == 200) ++answered;
  CHECK(answered < 500);
}

TEST_CASE("http: what a cut-off reader has not read is dropped, not kept by the kernel") {
  auto options = quiet_options();
  options.deadlines.write = 300ms;
  World world(options);
  RawConnection deaf(world.bound.http, 4096);
  std::string bytes;
  for (int i = 0; i < 500; ++i) bytes += to_bytes({"GET", "/v1/openapi.json", "", "", {}});
  deaf.send(bytes);
  CHECK(deaf.is_reset());
}

TEST_CASE("http: who closes its side first still gets its answer") {
  World world;
  RawConnection polite(world.bound.http);
  polite.send(to_bytes({"GET", "/v1/openapi.json", "", "", {}}));
  polite.finish_sending();
  CHECK(polite.read().status == 200);
  CHECK(polite.is_closed());
}

TEST_CASE("http: one address may hold only so many connections") {
  auto options = quiet_options();
  options.limits.connections_per_address = 2;
  World world(options);
  RawConnection one(world.bound.http), two(world.bound.http);
  one.send(to_bytes({"GET", "/v1/openapi.json", "", "", {}}));
  CHECK(one.read().status == 200);
  two.send(to_bytes({"GET", "/v1/openapi.json", "", "", {}}));
  CHECK(two.read().status == 200);
  RawConnection three(world.bound.http);
  CHECK(three.read().status == 0);
}

TEST_CASE("http: an account that is too fast gets 429 and when to come back; others go on") {
  auto options = quiet_options();
  options.limits.commands_per_second = 1;  // a burst of two
  World world(options);
  const auto ana = world.supervisor(), ben = world.supervisor();
  CHECK(world.ask({"POST", "/v1/orders", ana, "{}", {}}).status == 201);
  CHECK(world.ask({"POST", "/v1/orders", ana, "{}", {}}).status == 201);
  const auto refused = world.ask({"POST", "/v1/orders", ana, "{}", {}});
  CHECK(refused.status == 429);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(world.ask({"POST", "/v1/orders", ben, "{}", {}}).status == 201);
}

TEST_CASE("http: an account that reads too fast gets 429; its commands go on") {
  auto options = quiet_options();
  options.limits.reads_per_second = 1;  // a burst of two
  World world(options);
  const auto ana = world.supervisor(), ben = world.supervisor();
  CHECK(world.ask({"GET", "/v1/orders", ana, "", {}}).status == 200);
  CHECK(world.ask({"HEAD", "/v1/orders", ana, "", {}}).status == 200);
  const auto refused = world.ask({"GET", "/v1/orders", ana, "", {}});
  CHECK(refused.status == 429);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(world.ask({"POST", "/v1/orders", ana, "{}", {}}).status == 201);
  CHECK(world.ask({"GET", "/v1/orders", ben, "", {}}).status == 200);
}

TEST_CASE("http: who brings wrong logins too often is refused before an account is asked") {
  auto options = quiet_options();
  options.limits.commands_per_second = 0.01;  // a burst of one
  World world(options);
  const auto known = world.supervisor();
  CHECK(world.ask({"GET", "/v1/orders", known, "", {}}).status == 200);
  auto forged = world.supervisor();
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  CHECK(world.ask({"GET", "/v1/orders", forged, "", {}}).status == 401);
  const auto asked = world.runtime.asked("principal");
  CHECK(world.ask({"GET", "/v1/orders", forged, "", {}}).status == 429);
  CHECK(world.runtime.asked("principal") == asked);
  // Who has shown a login that holds goes on.
  CHECK(world.ask({"GET", "/v1/orders", known, "", {}}).status == 200);
}

TEST_CASE("http: forwarded addresses count only behind a trusted proxy") {
  auto options = quiet_options();
  options.limits.commands_per_second = 1;
  const auto statuses = [](World& world) {
    std::vector<int> result;
    result.reserve(4);
    for (int i = 0; i < 4; ++i)
      result.push_back(
          world
              .ask({"GET", "/v1/nothing", "", "", {"X-Forwarded-For: 10.0.0." + std::to_string(i)}})
              .status);
    return result;
  };
  World strict(options);
  CHECK(statuses(strict) == std::vector{401, 401, 429, 429});
  options.trusted_proxies = {GENERATE("127.0.0.1", "127.0.0.0/8")};
  options.limits.connections_per_address = 1;
  World trusting(options);
  // All of the proxy's connections come from one address.
  RawConnection other(trusting.bound.http);
  other.send(to_bytes({"GET", "/v1/openapi.json", "", "", {"X-Forwarded-For: 10.1.0.1"}}));
  CHECK(other.read().status == 200);
  CHECK(statuses(trusting) == std::vector{401, 401, 401, 401});
}

TEST_CASE("http: a drain lets a running request finish and closes idle connections") {
  World world;
  RawConnection idle(world.bound.http), busy(world.bound.http);
  idle.send(to_bytes({"GET", "/v1/openapi.json", "", "", {}}));
  CHECK(idle.read().status == 200);
  world.runtime.hold();
  busy.send(to_bytes({"POST", "/v1/orders", world.supervisor(), "{}", {}}));
  REQUIRE(eventually([&] { return !world.runtime.commands().empty(); }));
  std::thread drain([&] { world.gateway.drain(5s); });
  CHECK(idle.is_closed());
  world.runtime.release();
  const auto reply = busy.read();
  CHECK(reply.status == 201);
  CHECK(reply.header("Connection") == "close");
  CHECK(busy.is_closed());
  drain.join();
  CHECK_THROWS(RawConnection(world.bound.http));
}

TEST_CASE("http: two gateways cannot share an address") {
  auto options = quiet_options();
  options.threads = 2;
  World world(options);
  options.listen = world.bound.http;
  FakeRuntime runtime;
  gateway::Gateway second(options, runtime);
  CHECK_FALSE(second.start());
}

}  // namespace
}  // namespace mf::test
