// Who may try a password, how often, and what a password may be.
#include "gateway/auth/login_guard.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "gateway/auth/password_pool.hpp"

namespace mf::gateway::auth {
namespace {

using namespace std::chrono_literals;

const Timestamp noon = from_millis(1'800'000'000'000);

LoginAttempt from(const std::string& address, const std::string& name = "ana") {
  return {.name = name, .address = address, .device = {}, .is_local = address == "127.0.0.1"};
}

GatewayOptions::Limits no_limits() { return {.logins_per_minute = 0}; }

TEST_CASE("login guard: wrong passwords from elsewhere lock that place, not the person's") {
  LoginGuard guard(no_limits(), {});
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(guard.must_wait(from("9.9.9.9"), noon));
    static_cast<void>(guard.failed(from("9.9.9.9"), noon));
  }
  CHECK(guard.must_wait(from("9.9.9.9"), noon) == 31);
  CHECK_FALSE(guard.must_wait(from("10.1.1.1"), noon));
  CHECK_FALSE(guard.must_wait(from("9.9.9.9"), noon + 31s));
  CHECK(guard.failed(from("9.9.9.9"), noon + 31s) == noon + 31s + 60s);
  guard.let_in("ana");
  CHECK_FALSE(guard.must_wait(from("9.9.9.9"), noon + 32s));
}

TEST_CASE("login guard: a lock of this machine's own door does not grow") {
  LoginGuard guard(no_limits(), {});
  std::optional<Timestamp> end;
  for (int i = 0; i < 12; ++i) end = guard.failed(from("127.0.0.1"), noon);
  CHECK(end == noon + 30s);
}

TEST_CASE("login guard: many places together only slow a name down, and not where it is known") {
  LoginGuard guard({.logins_per_minute = 5}, {});
  guard.succeeded(from("10.1.1.1"), noon);
  int passed = 0;
  for (int i = 0; i < 100; ++i)
    passed += !guard.must_wait(from("9.9.9." + std::to_string(i)), noon);
  CHECK(passed == 20);
  CHECK_FALSE(guard.must_wait(from("10.1.1.1"), noon));
  CHECK_FALSE(guard.must_wait(from("127.0.0.1"), noon));
  CHECK(guard.must_wait(from("10.1.1.2"), noon));
  CHECK_FALSE(guard.must_wait(from("10.1.1.2"), noon + 1min));
  // Other names have nothing to do with it.
  CHECK_FALSE(guard.must_wait(from("10.1.1.2", "ben"), noon));
}

TEST_CASE(
    "login guard: one address guesses twenty names a minute, and logs in as often as it likes") {
  LoginGuard guard({.logins_per_minute = 5}, {});
  int passed = 0;
  for (int i = 0; i < 100; ++i)
    passed += !guard.must_wait(from("9.9.9.9", "user" + std::to_string(i)), noon);
  CHECK(passed == 20);
  for (int i = 0; i < 100; ++i) {
    const auto good = from("8.8.8.8", "user" + std::to_string(i));
    CHECK_FALSE(guard.must_wait(good, noon));
    guard.succeeded(good, noon);
  }
}

TEST_CASE("login guard: when there are too many addresses, newcomers share one") {
  LoginGuard guard({.logins_per_minute = 5}, {});
  const auto tries = [&](int first, int count, Timestamp now) {
    int passed = 0;
    for (int i = first; i < first + count; ++i)
      passed +=
          !guard.must_wait(from("a" + std::to_string(i), "name" + std::to_string(i % 9'000)), now);
    return passed;
  };
  CHECK(tries(0, 50'000, noon) == 50'000);
  CHECK(tries(50'000, 100, noon) == 20);
  CHECK(tries(60'000, 100, noon + 2min) == 100);
}

TEST_CASE("login guard: invented names push out the oldest, not those that are tried now") {
  LoginGuard guard(no_limits(), {});
  const auto invent = [&](int first, Timestamp now) {
    for (int i = first; i < first + 10'001; ++i)
      static_cast<void>(guard.failed(from("8.8.8.8", "name" + std::to_string(i)), now));
  };
  for (int i = 0; i < 4; ++i) static_cast<void>(guard.failed(from("9.9.9.9", "old"), noon));
  invent(0, noon + 1s);
  for (int i = 0; i < 4; ++i) static_cast<void>(guard.failed(from("9.9.9.9"), noon + 2s));
  invent(10'001, noon + 3s);
  CHECK(guard.failed(from("9.9.9.9"), noon + 4s));
  CHECK_FALSE(guard.failed(from("9.9.9.9", "old"), noon + 4s));
}

TEST_CASE("login guard: a device that has logged in is known by its cookie, and to one name only") {
  const GatewayOptions::Passwords options{.device_key = std::string(32, 'k')};
  LoginGuard guard({.logins_per_minute = 5}, options), after_a_restart({}, options);
  const auto cookie = guard.device_cookie("ana");
  const auto device = after_a_restart.device_of("ana", cookie);
  CHECK_FALSE(device.empty());
  CHECK(guard.device_of("ben", cookie).empty());
  CHECK(guard.device_of("ana", cookie + "0").empty());
  CHECK(guard.device_of("ana", "").empty());
  CHECK(LoginGuard({}, {}).device_of("ana", cookie).empty());
  for (int i = 0; i < 9; ++i) static_cast<void>(guard.failed(from("9.9.9.9"), noon));
  auto known = from("9.9.9.9");
  CHECK(guard.must_wait(known, noon));
  known.device = device;
  CHECK_FALSE(guard.must_wait(known, noon));
}

TEST_CASE("login names: blanks around them are nobody's") {
  CHECK(folded_username("  Ana.Perez\t\r\n") == "ana.perez");
  CHECK(folded_username("\xC2\xA0"
                        "ana\xC2\xA0 ") == "ana");
  CHECK(folded_username("a b") == "a b");
  CHECK(folded_username(" ").empty());
}

TEST_CASE("password pool: the newest of the busiest place is shed, and who is known goes first") {
  PasswordPool pool(4, 1);
  std::promise<void> go, started;
  const auto gate = go.get_future().share();
  pool.run({"busy", false}, [&started, gate](PasswordPool::Turn) {
    started.set_value();
    gate.wait();
  });
  started.get_future().wait();
  std::mutex mutex;
  std::vector<std::string> ran, shed;
  std::promise<void> last;
  const auto ask = [&](const std::string& name, const std::string& place, bool is_proven) {
    pool.run({place, is_proven}, [&, name](PasswordPool::Turn turn) {
      const std::lock_guard lock(mutex);
      (turn == PasswordPool::Turn::run ? ran : shed).push_back(name);
      if (ran.size() == 4) last.set_value();
    });
  };
  for (const auto* name : {"b1", "b2", "b3", "b4"}) ask(name, "busy", false);
  CHECK(shed.empty());
  ask("honest", "home", false);
  CHECK(shed == std::vector<std::string>{"b4"});
  ask("known", "office", true);
  CHECK(shed == std::vector<std::string>{"b4", "b3"});
  ask("b5", "busy", false);
  CHECK(shed == std::vector<std::string>{"b4", "b3", "b5"});
  go.set_value();
  last.get_future().wait();
  CHECK(ran == std::vector<std::string>{"known", "b1", "b2", "honest"});
}

TEST_CASE("decoys: an unknown name costs what some account's hash costs, each time the same") {
  Decoys decoys({std::uint64_t{8} << 20, 1});
  const auto old = *hash_password("whatever it is", {std::uint64_t{16} << 20, 1});
  for (int i = 0; i < 3; ++i) decoys.seen(old);
  int old_ones = 0;
  for (int i = 0; i < 40; ++i) {
    const auto name = "user" + std::to_string(i);
    const auto cost = cost_of(decoys.for_name(name));
    REQUIRE(cost);
    CHECK(cost_of(decoys.for_name(name))->memory_bytes == cost->memory_bytes);
    old_ones += cost->memory_bytes == std::uint64_t{16} << 20;
  }
  CHECK(old_ones > 20);
  CHECK(old_ones < 40);
  CHECK_FALSE(cost_of("$2b$12$x"));
}

TEST_CASE("passwords: what everybody tries first, and what everybody knows, is refused") {
  const auto why = [](std::string_view password) {
    const auto no = check_new_password(password, 10, "laura.gomez@example.com");
    return no ? no->code : "";
  };
  for (const auto* common :
       {"1234567890", "0987654321", "abcdefghijk", "aaaaaaaaaa", "abababababab", "qwertyuiop",
        "Password123", "contraseña123", "1111111112", "asdfghjklasdf", "12345612345612"})
    CHECK(why(common) == "too_common");
  for (const auto* own : {"laura.gomez", "Laura.Gomez1", "laura.gomez@example.com", "1laura.gomez!",
                          "laura.gomez-laura.gomez", "laura.gomez12345"})
    CHECK(why(own) == "is_user_name");
  for (const auto* small :
       {"short", "123456789", "a         b", "a\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200Bb"})
    CHECK(why(small) == "too_short");
  CHECK(why(std::string(300, 'x') + "yzw") == "too_long");
  for (const auto* good : {"contrasena-1", "correct horse", "ñandú volador",
                           "laura.gomez y su perro", "trzv-9081-kq", "administrator"})
    CHECK(why(good) == "");
}

}  // namespace
}  // namespace mf::gateway::auth
