#include <catch2/catch.hpp>
#include <future>

#include "gateway/auth/authenticate.hpp"
#include "gateway/auth/hash_beside.hpp"
#include "gateway/auth/principal_cache.hpp"
#include "gateway/rate_limit.hpp"
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
  for (int i = 0; i < 3; ++i) CHECK(limiter.take("ana", now));
  CHECK_FALSE(limiter.take("ana", now));
  CHECK(limiter.take("ben", now));
  CHECK_FALSE(limiter.take("ana", now + 50ms));
  CHECK(limiter.take("ana", now + 151ms));
}

TEST_CASE("what waits for a hash dies on its own thread, also when it was captured as const") {
  test::StreamNode node;
  std::promise<std::pair<std::thread::id, std::thread::id>> died;
  node.on_thread([&](IoThread& thread) {
    const auto own = std::this_thread::get_id();
    const std::shared_ptr<void> connection(
        nullptr, [&died, own](void*) { died.set_value({own, std::this_thread::get_id()}); });
    const auto& given = connection;
    CHECK(auth::hash_beside(
        thread, [] { return 7; }, [given](int result) { CHECK(result == 7); }));
  });
  const auto [own, last] = died.get_future().get();
  CHECK(own == last);
}

TEST_CASE("a limit of zero is no limit") {
  RateLimiter limiter(0, 0);
  for (int i = 0; i < 1000; ++i) CHECK(limiter.take("ana", {}));
}

TEST_CASE("strangers with endless new names share what is left, and nobody is forgotten early") {
  RateLimiter limiter(1, 2, 64);
  RateLimiter::Time now{};
  int granted = 0;
  for (int i = 0; i < 10'000; ++i) granted += limiter.take("name" + std::to_string(i), now);
  CHECK(granted < 150);
}

TEST_CASE("one address may hold only so many connections") {
  ConnectionCount count(2, 3);
  CHECK(count.enter("a"));
  CHECK(count.enter("a"));
  CHECK_FALSE(count.enter("a"));
  CHECK(count.enter("b"));
  CHECK_FALSE(count.enter("c"));
  count.leave("a");
  CHECK(count.enter("c"));
  CHECK(count.total() == 3);
}

}  // namespace
}  // namespace mf::gateway
