#include <fmt/format.h>
#include <atomic>
#include <catch2/catch.hpp>
#include <future>

#include "gateway/api/rate_limit.hpp"
#include "gateway/auth/authenticate.hpp"
#include "gateway/auth/hash_beside.hpp"
#include "gateway/auth/principal_cache.hpp"
#include "gateway/http/address.hpp"
#include "gateway/http/headers.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::gateway {
namespace {

using namespace std::chrono_literals;

const Id account = "acc_00000000000000000000000001";

auth::IdentityPtr identity(Timestamp expires) {
  auto result = std::make_shared<auth::Identity>();
  result->principal.account = account;
  result->token_hash = blake2b_256("secret");
  result->expires_at = expires;
  return result;
}

TEST_CASE("a bearer token names its account and carries a secret") {
  const auto made = auth::make_token(account);
  const auto read = auth::parse_bearer(auth::bearer_text(made));
  REQUIRE(read);
  CHECK(read->entity == account);
  CHECK(read->hash() == made.hash());
  CHECK_FALSE(auth::parse_bearer("mf_" + account + ".short"));
  CHECK_FALSE(auth::parse_bearer("mf_ord_00000000000000000000000001." + made.secret));
  CHECK_FALSE(auth::parse_bearer(auth::tracking_text(made)));
}

TEST_CASE("a cached login is forgotten after its time, at its end and when its account changes") {
  const Timestamp start = from_millis(1'000'000);
  auth::PrincipalCache cache(30s);
  cache.put(identity(start + 10min), start, cache.drops());
  const auto hash = blake2b_256("secret");
  CHECK(cache.find(hash, start + 29s));
  CHECK_FALSE(cache.find(hash, start + 30s));
  cache.put(identity(start + 10s), start, cache.drops());
  CHECK_FALSE(cache.find(hash, start + 10s));
  cache.put(identity(start + 10min), start, cache.drops());
  cache.drop_account(account);
  CHECK_FALSE(cache.find(hash, start));
}

TEST_CASE("an answer from before the account's last event is not cached") {
  const Timestamp start = from_millis(1'000'000);
  auth::PrincipalCache cache(30s);
  const auto asked = cache.drops();
  cache.drop_account(account);
  cache.put(identity(start + 10min), start, asked);
  CHECK_FALSE(cache.find(blake2b_256("secret"), start));
}

TEST_CASE("an origin is allowed when it is on the list, or with no list when it is the host") {
  CHECK(auth::is_origin_allowed("https://ops.example.com", "x", true, {"https://ops.example.com"}));
  CHECK_FALSE(auth::is_origin_allowed("https://ops.example.com.evil.org", "x", true,
                                      {"https://ops.example.com"}));
  CHECK(auth::is_origin_allowed("http://127.0.0.1:8080", "127.0.0.1:8080", false, {}));
  CHECK_FALSE(auth::is_origin_allowed("https://127.0.0.1:8080", "127.0.0.1:8080", false, {}));
  CHECK_FALSE(auth::is_origin_allowed("", "", false, {}));
}

TEST_CASE("a bucket gives its burst at once and then its rate") {
  RateLimiter limiter(10, 3);
  RateLimiter::Time now{};
  for (int i = 0; i < 3; ++i) CHECK(limiter.take("ana", 1, now));
  CHECK_FALSE(limiter.take("ana", 1, now));
  CHECK(limiter.take("ben", 1, now));
  CHECK_FALSE(limiter.take("ana", 1, now + 50ms));
  CHECK(limiter.take("ana", 1, now + 151ms));
}

TEST_CASE("looking whether a bucket has a token takes none") {
  RateLimiter limiter(1, 1);
  RateLimiter::Time now{};
  CHECK(limiter.has("ana", now));
  CHECK(limiter.has("ana", now));
  CHECK(limiter.take("ana", 1, now));
  CHECK_FALSE(limiter.has("ana", now));
  CHECK(limiter.has("ben", now));
  CHECK(limiter.has("ana", now + 1s));
}

/// Counts its deaths, also of copies, on other threads than the one that made the first.
struct Mortal {
  std::atomic<int>& elsewhere;
  std::thread::id own = std::this_thread::get_id();
  ~Mortal() { elsewhere += std::this_thread::get_id() != own; }
};

TEST_CASE("what waits for a hash dies on its own thread, also when it was captured as const") {
  test::StreamNode node;
  std::atomic<int> elsewhere = 0;
  std::promise<void> done;
  node.on_thread([&](IoThread& thread) {
    const Mortal mortal{elsewhere};
    const auto& given = mortal;
    auth::hash_beside(
        thread, {}, [] { return 7; }, [given](std::optional<int> result) { CHECK(result == 7); });
    // The pool has one thread here: when this one runs, the first job is gone.
    auth::hash_beside(
        thread, {}, [] { return 0; }, [&done](std::optional<int>) { done.set_value(); });
  });
  done.get_future().wait();
  CHECK(elsewhere == 0);
}

TEST_CASE("who waits for a hash that fails is answered, on its own thread") {
  test::StreamNode node;
  std::atomic<int> elsewhere = 0;
  auto done = std::make_shared<std::promise<bool>>();
  auto answered = done->get_future();
  node.on_thread([&](IoThread& thread) {
    const Mortal mortal{elsewhere};
    auth::hash_beside(
        thread, {}, []() -> int { throw std::bad_alloc(); },
        [mortal, done](std::optional<int> result) { done->set_value(result.has_value()); });
    done.reset();
  });
  bool has_result = true;
  REQUIRE_NOTHROW(has_result = answered.get());
  CHECK_FALSE(has_result);
  CHECK(elsewhere == 0);
}

TEST_CASE("keys that a stranger chose to collide have a bucket each") {
  // XXH3 multiplies the halves of 16 bytes after mixing in a known secret: this half makes it zero,
  // whatever the other one is.
  const std::string half = "\xb8\xfe\x6c\x39\x23\xa4\x4b\xbe", rest(16, 'x');
  const auto one = half + "aaaaaaaa" + rest, other = half + "bbbbbbbb" + rest;
  REQUIRE(xxh3_64(one) == xxh3_64(other));
  RateLimiter limiter(1, 1);
  RateLimiter::Time now{};
  CHECK(limiter.take(one, 1, now));
  CHECK(limiter.take(other, 1, now));
}

TEST_CASE("an address belongs to a network, IPv4 also when it comes mapped") {
  using http::is_in_network;
  const std::vector<std::string> proxies{"10.0.0.0/8", "192.168.1.7", "2001:db8::/33", "fe80::1"};
  for (const auto* in : {"10.0.0.1", "10.255.255.255", "::ffff:10.1.2.3", "192.168.1.7",
                         "2001:db8:7fff::1", "fe80::1", "fe80::1%eth0"}) {
    INFO(in);
    CHECK(is_in_network(in, proxies));
  }
  for (const auto* out : {"11.0.0.0", "9.255.255.255", "192.168.1.8", "2001:db8:8000::1", "::a00:1",
                          "fe80::2", "unknown", "", "10.0.0.1:80", "10.0.0.1, 10"}) {
    INFO(out);
    CHECK_FALSE(is_in_network(out, proxies));
  }
  CHECK(is_in_network("8.8.8.8", {"0.0.0.0/0"}));
  CHECK_FALSE(is_in_network("::1", {"0.0.0.0/0"}));
  CHECK(is_in_network("2001::1", {"::/0"}));
  CHECK_FALSE(is_in_network("8.8.8.8", {"::/0"}));
  CHECK_FALSE(is_in_network("10.0.0.1", {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10/8"}));
}

TEST_CASE("a client behind proxies of a trusted network is the first address outside it") {
  const std::vector<std::string> proxies{"10.0.0.0/8"};
  CHECK(http::client_address("10.0.0.1", "1.1.1.1, 2.2.2.2, 10.9.9.9", proxies) == "2.2.2.2");
  CHECK(http::client_address("::ffff:10.0.0.1", "2.2.2.2", proxies) == "2.2.2.2");
  CHECK(http::client_address("11.0.0.1", "2.2.2.2", proxies) == "11.0.0.1");
}

TEST_CASE("limits count an IPv4 address, mapped or not, and the /64 of an IPv6 address") {
  using http::limit_key;
  CHECK(limit_key("10.0.0.1") == "10.0.0.1");
  CHECK(limit_key("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(limit_key("2001:db8:0:1::1") == limit_key("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  CHECK(limit_key("2001:db8:0:1::1") != limit_key("2001:db8:0:2::1"));
  CHECK(limit_key("unknown") == "unknown");
}

TEST_CASE("a forwarded address comes with a port or in brackets; what is none is the proxy's") {
  const std::vector<std::string> proxies{"10.0.0.0/8"};
  const auto of = [&](const std::string& entry) {
    return http::limit_key(http::client_address("10.0.0.1", entry, proxies));
  };
  CHECK(of("9.9.9.8:4711") == "9.9.9.8");
  CHECK(of("9.9.9.8:1") == of("9.9.9.8:2"));
  CHECK(of("[2001:db8::1]:4711") == of("2001:db8::1"));
  CHECK(of("[2001:db8::1]") == of("2001:db8::1"));
  for (const auto* junk : {"unknown1", "unknown2", "_hidden", "9.9.9.8:x", "[2001:db8::1", "9.9.9",
                           "[2001:db8::1]4711", ""}) {
    INFO(junk);
    CHECK(of(junk) == "10.0.0.1");
  }
  CHECK(of("1.1.1.1, 9.9.9.8:4711, 10.2.3.4:80") == "9.9.9.8");
}

TEST_CASE("connections count in steps: an address, and the network it can move about in") {
  const auto keys = [](const std::string& address) { return http::limit_keys(address); };
  CHECK(keys("192.0.2.7") == std::vector<std::string>{"192.0.2.7", "192.0.2.0/24"});
  CHECK(keys("2001:db8:0:1::9") == std::vector<std::string>{"2001:db8:0:1::/64", "2001:db8::/56"});
  ConnectionCount count(2, 0);
  int entered = 0;
  for (int i = 0; i < 256; ++i)
    for (int j = 0; j < 4; ++j)
      entered += count.enter(keys("2001:db8:0:" + fmt::format("{:x}", i) + "::1"));
  CHECK(entered == 2 * ConnectionCount::widening);
  CHECK(count.enter(keys("2001:db8:0:100::1")));
}

TEST_CASE("what something cost is charged afterwards, down to one burst of debt") {
  RateLimiter limiter(10, 10);
  RateLimiter::Time now{};
  limiter.charge("ana", 1000, now);
  CHECK_FALSE(limiter.take("ana", 1, now + 1s));
  CHECK(limiter.take("ana", 1, now + 1200ms));
  CHECK(limiter.take("ben", 25, now));
  CHECK_FALSE(limiter.take("ben", 1, now));
}

TEST_CASE("a limit of zero is no limit") {
  RateLimiter limiter(0, 0);
  for (int i = 0; i < 1000; ++i) CHECK(limiter.take("ana", 1, {}));
}

TEST_CASE("strangers with endless new names share what is left, and nobody is forgotten early") {
  RateLimiter limiter(1, 2, 64);
  RateLimiter::Time now{};
  int granted = 0;
  for (int i = 0; i < 10'000; ++i) granted += limiter.take("name" + std::to_string(i), 1, now);
  CHECK(granted < 150);
}

TEST_CASE("one address may hold only so many connections") {
  ConnectionCount count(2, 3);
  CHECK(count.enter({"a"}));
  CHECK(count.enter({"a"}));
  CHECK_FALSE(count.enter({"a"}));
  CHECK(count.enter({"b"}));
  CHECK_FALSE(count.enter({"c"}));
  count.leave({"a"});
  CHECK(count.enter({"c"}));
  CHECK(count.total() == 3);
}

}  // namespace
}  // namespace mf::gateway
