// HTTP that proxies could read differently, that is too big or too slow: refused and cut off.
#include <catch2/catch.hpp>

#include "tests/system/raw_socket.hpp"
#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

int status_of(World& world, const std::string& bytes) {
  RawSocket socket(world.node->http());
  socket.send(bytes);
  return socket.read_response().status;
}

}  // namespace

TEST_CASE("http contract: what could be read in two ways is a 400 and the end of the connection") {
  auto& world = shared_world();
  const std::string post = "POST /v1/sessions HTTP/1.1\r\nHost: a\r\n";
  const std::string cases[] = {post + "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
                               post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                               post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
                               post + "Content-Length: 2,2\r\n\r\n{}",
                               post + "Content-Length: +2\r\n\r\n{}",
                               post + "Content-Length: 0x2\r\n\r\n{}",
                               post + "Host: b\r\n\r\n",
                               "GET / HTTP/1.1\r\n\r\n",
                               "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
                               "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
                               "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n b\r\n\r\n",
                               "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
                               "NONSENSE\r\n\r\n"};
  for (const auto& bytes : cases) {
    INFO(bytes);
    RawSocket socket(world.node->http());
    socket.send(bytes + "GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto response = socket.read_response();
    CHECK(response.status == 400);
    CHECK(response.header("Content-Type") == "application/problem+json");
    CHECK(socket.is_closed());
  }
}

TEST_CASE("http contract: a body without its length is 411 and the end of the connection") {
  auto& world = shared_world();
  const std::string post = "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ";
  for (const std::string rest : {"chunked\r\n\r\n0\r\n\r\n",
                                 "chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "gzip\r\n\r\n"}) {
    INFO(rest);
    RawSocket socket(world.node->http());
    socket.send(post + rest + "GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(socket.read_response().status == 411);
    CHECK(socket.is_closed());
  }
}

TEST_CASE("http contract: long headers are 431, a long target is 414, other versions 505") {
  auto& world = shared_world();
  const auto with = [](const std::string& header) {
    return "GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n" + header + "\r\n";
  };
  CHECK(status_of(world, with("X: " + std::string(7'000, 'x') + "\r\n")) == 200);
  CHECK(status_of(world, with("X: " + std::string(9'000, 'x') + "\r\n")) == 431);
  CHECK(status_of(world, with("X: " + std::string(100'000, 'x'))) == 431);
  CHECK(status_of(world, "GET /" + std::string(5'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n") ==
        414);
  CHECK(status_of(world, "GET /" + std::string(100'000, 'x')) == 414);
  CHECK(status_of(world, "GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
}

TEST_CASE("http contract: a body that is too big is refused before it is sent") {
  auto& world = shared_world();
  const auto head = [&](const std::string& length) {
    return "POST /v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
           world.company->laura().token() +
           "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
  };
  CHECK(status_of(world, head("61441")) == 413);
  CHECK(status_of(world, head("999999999999999999")) == 413);
  CHECK(status_of(world, head("99999999999999999999")) == 400);
}

TEST_CASE("http contract: a compressed body is 415, and told how to come") {
  auto& world = shared_world();
  RawSocket socket(world.node->http());
  socket.send(
      "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}");
  const auto refused = socket.read_response();
  CHECK(refused.status == 415);
  CHECK(refused.header("Accept-Encoding") == "identity");
}

TEST_CASE("http contract: pipelined requests are answered in order") {
  auto& world = shared_world();
  RawSocket socket(world.node->http());
  std::string bytes;
  for (int i = 0; i < 8; ++i) {
    bytes += request_bytes("GET /v1/openapi.json");
    bytes += request_bytes("GET /v1/orders");
  }
  socket.send(bytes);
  for (int i = 0; i < 8; ++i) {
    CHECK(socket.read_response().status == 200);
    CHECK(socket.read_response().status == 401);
  }
}

TEST_CASE("http contract: a request may come byte by byte, and HEAD has no body") {
  auto& world = shared_world();
  RawSocket slow(world.node->http());
  for (const char c : request_bytes("GET /v1/openapi.json")) slow.send({&c, 1});
  CHECK(slow.read_response().status == 200);
  RawSocket head(world.node->http());
  head.send(request_bytes("HEAD /v1/openapi.json") + request_bytes("GET /v1/orders"));
  const auto first = head.read(12);
  CHECK(first == "HTTP/1.1 200");
  std::string rest = head.read(1);
  while (rest.find("\r\n\r\n") == rest.npos && rest.size() < 4'096) rest += head.read(1);
  CHECK(head.read(12) == "HTTP/1.1 401");
}

TEST_CASE("http contract: who never finishes a header is cut off and leaves room for others") {
  auto& world = shared_world();
  std::vector<std::unique_ptr<RawSocket>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<RawSocket>(world.node->http()));
    slow.back()->patience = std::chrono::seconds(20);
    slow.back()->send("GET /v1/orders HTTP/1.1\r\nHost:");
  }
  CHECK(world.company->laura().get("/v1/orders").status == 200);
  for (auto& socket : slow) CHECK(socket->is_closed());
}
