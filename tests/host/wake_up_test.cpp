#include "actors/host/wake_up.hpp"

#include <catch2/catch.hpp>

using namespace mf;
using namespace std::chrono_literals;

namespace {
const Timestamp nine = from_millis(1'764'000'000'000);
}

TEST_CASE("wake-up: only a nearer time asks for another mail") {
  host::WakeUp wake_up;
  CHECK_FALSE(wake_up.set({}, nine));
  CHECK(wake_up.set(nine + 60s, nine) == Duration{60s});
  CHECK_FALSE(wake_up.set(nine + 90s, nine));
  CHECK_FALSE(wake_up.set(nine + 60s, nine));
  CHECK(wake_up.set(nine + 20s, nine) == Duration{20s});
  CHECK(wake_up.set(nine - 20s, nine) == Duration{1});
}

TEST_CASE("wake-up: however many nearer times were asked for, one mail goes on") {
  host::WakeUp wake_up;
  for (int s = 60; s > 0; --s) REQUIRE(wake_up.set(nine + s * 1s, nine));
  // What each arrival sets, when the next time is always a minute away.
  int sent_again = 0;
  for (int s = 1; s <= 60; ++s)
    if (wake_up.arrived(nine + s * 1s) && wake_up.set(nine + s * 1s + 60s, nine + s * 1s))
      ++sent_again;
  CHECK(sent_again == 1);
  CHECK(wake_up.set_for() == nine + 61s);
}

TEST_CASE("wake-up: no wait is longer than an hour, however far the time asked for") {
  host::WakeUp wake_up;
  const auto far = nine + std::chrono::hours(24 * 365 * 300);
  CHECK(wake_up.set(far, nine) == Duration{1h});
  CHECK(wake_up.arrived(far));  // too early: its actor looks, and asks again
  CHECK(wake_up.set(far, nine + 1h) == Duration{1h});
}

TEST_CASE("wake-up: a mail counts once") {
  host::WakeUp wake_up;
  REQUIRE(wake_up.set(nine + 60s, nine));
  CHECK(wake_up.arrived(nine + 60s));
  CHECK_FALSE(wake_up.arrived(nine + 60s));
}

TEST_CASE("wake-up: a mail that waits for a clock which jumped ahead is superseded") {
  host::WakeUp wake_up;
  REQUIRE(wake_up.set(nine + 1h, nine));
  wake_up.looks(nine + 30min);
  CHECK(wake_up.set_for() == nine + 1h);
  wake_up.looks(nine + 2h);
  CHECK(wake_up.set(nine + 3h, nine + 2h) == Duration{1h});
  CHECK_FALSE(wake_up.arrived(nine + 1h));
}
