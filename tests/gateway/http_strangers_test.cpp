// Browsers, proxies and strangers at the door.
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>

#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("http: documents have an ETag, and whoever has them gets 304") {
  World world;
  for (const std::string path : {"/v1/openapi.json", "/v1/asyncapi.json"}) {
    const auto first = world.ask({.path = path});
    const auto etag = first.header("ETag");
    REQUIRE_FALSE(etag.empty());
    const auto again = world.ask({.path = path, .headers = {"If-None-Match: " + etag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
  }
}

TEST_CASE("http: a stranger pays for big documents by their bytes") {
  auto options = quiet_options();
  options.limits.commands_per_second = 20;
  World world(options);
  int taken = 0;
  while (taken < 40 && world.ask({.path = "/v1/openapi.json"}).status == 200) ++taken;
  CHECK(taken > 1);
  CHECK(taken < 20);  // 40 tokens of requests alone
}

TEST_CASE("http: a page from a listed origin may ask, others are told nothing") {
  auto options = quiet_options();
  options.allowed_origins = {"https://console.example.com"};
  World world(options);
  const std::vector<std::string> preflight{"Access-Control-Request-Method: POST",
                                           "Access-Control-Request-Headers: authorization"};
  auto headers = preflight;
  headers.push_back("Origin: https://console.example.com");
  const auto yes = world.ask({.method = "OPTIONS", .path = "/v1/orders", .headers = headers});
  CHECK(yes.status == 204);
  CHECK(yes.header("Access-Control-Allow-Origin") == "https://console.example.com");
  CHECK(yes.header("Access-Control-Allow-Methods").find("PATCH") != std::string::npos);
  CHECK(yes.header("Access-Control-Allow-Headers").find("Idempotency-Key") != std::string::npos);
  CHECK(yes.header("Vary") == "Origin");
  headers.back() = "Origin: https://evil.example.com";
  const auto no = world.ask({.method = "OPTIONS", .path = "/v1/orders", .headers = headers});
  CHECK(no.status == 401);
  CHECK(no.header("Access-Control-Allow-Origin").empty());
  CHECK(no.header("Vary") == "Origin");
  const auto read =
      world.ask({.path = "/v1/openapi.json", .headers = {"Origin: https://console.example.com"}});
  CHECK(read.status == 200);
  CHECK(read.header("Access-Control-Allow-Origin") == "https://console.example.com");
  CHECK(read.header("Access-Control-Expose-Headers").find("ETag") != std::string::npos);
}

TEST_CASE("http: behind a proxy that ends TLS, the public address decides cookie and HSTS") {
  auto options = quiet_options();
  options.public_url = "https://ops.example.com";
  World world(options);
  const auto page = world.ask({.path = "/v1/openapi.json"});
  CHECK_FALSE(page.header("Strict-Transport-Security").empty());
  const auto bearer = world.administrator();
  const auto with_cookie = [&](const std::string& name, const std::string& origin) {
    return world.ask({.method = "DELETE",
                      .path = "/v1/sessions/current",
                      .headers = {"Cookie: " + name + "=" + bearer, "Origin: " + origin}});
  };
  CHECK(with_cookie("microflow", "https://ops.example.com").status == 401);
  CHECK(with_cookie("__Host-microflow", "http://ops.example.com").status == 403);
  CHECK(with_cookie("__Host-microflow", "https://ops.example.com").status == 204);
  World plain;
  CHECK(plain.ask({.path = "/v1/openapi.json"}).header("Strict-Transport-Security").empty());
}

TEST_CASE("http: a stranger that says nothing more goes sooner than somebody who has logged in") {
  auto options = quiet_options();
  options.deadlines.stranger_idle = 300ms;
  World world(options);
  RawConnection stranger(world.bound.http), known(world.bound.http);
  stranger.send(to_bytes({.path = "/v1/openapi.json"}));
  const auto order_list = to_bytes({.path = "/v1/orders", .bearer = world.administrator()});
  known.send(order_list);
  CHECK(stranger.read().status == 200);
  CHECK(known.read().status == 200);
  CHECK(stranger.is_closed());
  known.send(order_list);
  CHECK(known.read().status == 200);
}

TEST_CASE("http: when the node is nearly full the oldest idle stranger makes room") {
  auto options = quiet_options();
  options.limits.connections = 10;
  World world(options);
  const auto request = to_bytes({.path = "/v1/orders", .bearer = world.administrator()});
  RawConnection known(world.bound.http);
  known.send(request);
  CHECK(known.read().status == 200);
  std::vector<std::unique_ptr<RawConnection>> strangers;
  for (int i = 0; i < 30; ++i) {
    strangers.push_back(std::make_unique<RawConnection>(world.bound.http));
    strangers.back()->send("GET / HT");
  }
  CHECK(world.ask({.path = "/v1/openapi.json"}).status == 200);
  known.send(request);
  CHECK(known.read().status == 200);
  CHECK(strangers.front()->is_reset());
}

TEST_CASE("http: newcomers are not let in one by one behind those who are served") {
  auto options = quiet_options();
  options.threads = 1;
  World world(options);
  const auto request = [&](int limit, const std::string& bearer) {
    return to_bytes({.path = "/v1/orders?limit=" + std::to_string(limit), .bearer = bearer});
  };
  const auto old = world.supervisor(), young = world.supervisor();
  constexpr int newcomers = 64, pipelined = 400;
  std::promise<void> all_have_come;
  auto gate = all_have_come.get_future().share();
  std::atomic<int> served{0}, let_in{0}, served_before_the_last{pipelined};
  std::promise<void> is_busy;
  world.runtime.on_list = [&](const views::ListQuery& query) {
    if (query.limit == 1 && ++served == 1) {
      is_busy.set_value();
      gate.wait();
    }
    if (query.limit == 2 && ++let_in == newcomers) served_before_the_last = served.load();
    return views::ListReply{};
  };
  std::string all;
  for (int i = 0; i < pipelined; ++i) all += request(1, old);
  RawConnection busy(world.bound.http);
  busy.send(all);
  is_busy.get_future().wait();
  std::vector<std::unique_ptr<RawConnection>> others;
  for (int i = 0; i < newcomers; ++i) {
    others.push_back(std::make_unique<RawConnection>(world.bound.http));
    others.back()->send(request(2, young));
  }
  all_have_come.set_value();
  for (const auto& other : others) CHECK(other->read().status == 200);
  CHECK(served_before_the_last < newcomers / 2);
}

TEST_CASE("http: the admin listener has a limit of its own, whatever the public one holds") {
  auto options = quiet_options();
  options.limits.admin_connections = 2;
  options.limits.connections = 10;
  World world(options);
  const auto asks = to_bytes({.path = "/livez"});
  RawConnection one(world.bound.admin), two(world.bound.admin);
  for (auto* admin : {&one, &two}) {
    admin->send(asks);
    CHECK(admin->read().status == 200);
  }
  RawConnection three(world.bound.admin);
  CHECK(three.read().status == 0);
  CHECK(world.ask({.path = "/v1/openapi.json"}).status == 200);
  one.send(asks);
  CHECK(one.read().status == 200);
}

}  // namespace
}  // namespace mf::test
