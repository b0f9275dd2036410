#include <catch2/catch.hpp>

#include "base/node_time.hpp"

using namespace mf;
using namespace std::chrono_literals;
using Trust = NodeTime::Trust;
using Change = NodeTime::Change;

namespace {

const Timestamp nine = from_millis(1'790'000'000'000);

/// A machine: true time goes on, its wall clock may be wrong by `wrong`.
struct Machine {
  std::chrono::nanoseconds up = 5min;
  Duration wrong{0};
  [[nodiscard]] Timestamp truth() const {
    return nine + std::chrono::duration_cast<Duration>(up - 5min);
  }
  [[nodiscard]] ClockReading read() const { return {up, truth() + wrong}; }
  /// How far the node's time is off after looking each second for so long.
  Duration run(NodeTime& time, Duration for_so_long) {
    for (auto left = for_so_long; left > 0s; left -= 1s) {
      up += 1s;
      time.look(read());
    }
    return time.at(up) - truth();
  }
};

}  // namespace

TEST_CASE("node time: a wall clock that jumps is not followed, and skew is told") {
  for (const auto jump : {Duration(24h * 10), Duration(-24h * 10), Duration(2h), Duration(-61s)}) {
    Machine machine;
    NodeTime time(machine.read(), nine, Trust::proven);
    machine.wrong = jump;
    CHECK(time.look(machine.read()) == Change::became_skewed);
    CHECK(time.skew() == jump);
    CHECK(time.look(machine.read()) == Change::none);
    CHECK(machine.run(time, 23h) == 0ms);
    CHECK(time.is_skewed());
    machine.wrong = 0ms;
    CHECK(time.look(machine.read()) == Change::became_right);
    CHECK(machine.run(time, 1h) == 0ms);
  }
}

TEST_CASE("node time: a wall clock that is off by little draws it, by at most 1.8 s an hour") {
  for (const auto off : {Duration(10s), Duration(-10s)}) {
    Machine machine;
    NodeTime time(machine.read(), nine, Trust::proven);
    machine.wrong = off;
    const auto sign = off > 0s ? 1 : -1;
    CHECK(static_cast<double>(machine.run(time, 1h).count() * sign) == Approx(1800).margin(2));
    CHECK(machine.run(time, 6h) == off);
    CHECK_FALSE(time.is_skewed());
  }
}

TEST_CASE("node time: a wall clock that says the same for a day is believed") {
  Machine machine;  // paused as a whole, and set right afterwards: the steady clock saw nothing
  NodeTime time(machine.read(), nine, Trust::proven);
  machine.wrong = 8h;
  CHECK(machine.run(time, 24h - 1s) == 0ms);
  CHECK(machine.run(time, 5s) == 8h);
  CHECK_FALSE(time.is_skewed());
}

TEST_CASE("node time: a wall clock that keeps jumping is never believed") {
  Machine machine;
  NodeTime time(machine.read(), nine, Trust::proven);
  for (int day = 0; day < 4; ++day) {
    machine.wrong = day % 2 == 0 ? Duration(5h) : Duration(-5h);
    CHECK(machine.run(time, 20h) == 0ms);
  }
}

TEST_CASE("node time: in one boot of the machine the next life goes on where the last one stood") {
  Machine machine;
  machine.wrong = 24h * 10;
  const ClockRecord last{"boot-1", machine.up - 30s, nine - 30s, {}};
  const TimeAtStart known{.now = machine.read(), .boot = "boot-1", .last = last, .newest = nine};
  const auto time = time_at_start(known);
  CHECK(time.at(machine.up) == nine);
  CHECK(time.is_proven());
  auto trusting = known;
  trusting.trusts_wall = true;
  CHECK(time_at_start(trusting).at(machine.up) == nine + 24h * 10);
}

TEST_CASE("node time: after a boot the wall clock counts, unless the journal makes it doubtful") {
  Machine machine;
  const auto start = [&](Timestamp newest) {
    return time_at_start({.now = machine.read(),
                          .boot = "boot-2",
                          .last = ClockRecord{"boot-1", 1h, nine, {}},
                          .newest = newest});
  };
  CHECK(start(Timestamp{}).is_proven());            // a new directory
  CHECK(start(nine - 24h).at(machine.up) == nine);  // down for a day
  CHECK_FALSE(start(nine - 24h).is_proven());
  CHECK(start(nine + 30s).at(machine.up) == nine);
  CHECK_FALSE(start(nine - 25h).is_proven());
  CHECK(start(nine - 25h).at(machine.up) == nine);
  CHECK_FALSE(start(nine + 2min).is_proven());
  CHECK(start(nine + 2min).at(machine.up) == nine + 2min);  // never before the journal
}

TEST_CASE("node time: one boot with a clock that was ahead spoils no later one") {
  Machine machine;
  const auto start = [&](Timestamp newest, Timestamp noted) {
    return time_at_start({.now = machine.read(),
                          .boot = "boot-3",
                          .last = ClockRecord{"boot-2", 1h, noted, {}},
                          .newest = newest});
  };
  // Batches were written 20 hours ahead; then the clock was set right, and the life's end noted.
  auto time = start(nine + 20h, nine - 10min);
  CHECK(time.at(machine.up) == nine);
  machine.run(time, 2min);
  CHECK(time.is_settled());
  CHECK(machine.run(time, 1h) == 0ms);
  // And a machine without a battery does not begin before what was noted.
  machine.wrong = -24h * 365 * 30;
  const auto before = machine.up;
  CHECK(start(nine + 20h, nine - 10min).at(before) == nine - 10min);
  CHECK(start(nine - 2min, nine - 3min).at(before) == nine - 2min);  // killed between two notes
}

TEST_CASE("node time: a time in doubt follows a wall clock that is set right soon after") {
  Machine machine;
  machine.wrong = -24h * 365 * 30;  // a machine without a battery
  auto time = time_at_start({.now = machine.read(), .boot = "b", .last = {}, .newest = nine - 1h});
  CHECK(time.at(machine.up) == nine - 1h);
  machine.run(time, 40s);
  machine.wrong = 0ms;
  CHECK(machine.run(time, 5s) == -1h);
  CHECK(machine.run(time, 10s) == 0ms);
  CHECK(time.is_proven());
  machine.wrong = 5h;  // from now on no more
  CHECK(machine.run(time, 1h) == 0ms);
}

TEST_CASE("node time: a doubt ends after ten minutes") {
  Machine machine;
  auto time = time_at_start({.now = machine.read(), .boot = "b", .last = {}, .newest = nine - 30h});
  CHECK_FALSE(time.is_proven());
  machine.run(time, 11min);
  machine.wrong = 5h;
  CHECK(machine.run(time, 1h) == 0ms);
}

TEST_CASE("node time: a wall clock out of its mind is only wrong") {
  for (const auto wall : {Timestamp::min(), Timestamp::max()}) {
    Machine machine;
    NodeTime time(machine.read(), nine, Trust::proven);
    for (int second = 0; second < 100; ++second) time.look({machine.up += 1s, wall});
    CHECK(time.at(machine.up) == machine.truth());
    CHECK(time.is_skewed());
  }
}

TEST_CASE("node time: nothing fires by a time that a boot has not yet set right") {
  Machine machine;
  const auto start = [&](Timestamp newest) {
    return time_at_start({.now = machine.read(), .boot = "b", .last = {}, .newest = newest});
  };
  CHECK(start(Timestamp{}).is_settled());  // a new directory has nothing that could fire

  auto plausible = start(nine - 1h);
  CHECK_FALSE(plausible.is_settled());
  machine.run(plausible, 59s);
  CHECK_FALSE(plausible.is_settled());
  machine.run(plausible, 2s);
  CHECK(plausible.is_settled());

  machine.wrong = 5h;  // a hardware clock in local time, set right after two seconds
  auto local = start(nine - 1h);
  machine.run(local, 2s);
  machine.wrong = 0ms;
  CHECK(machine.run(local, 9s) == 5h);
  CHECK_FALSE(local.is_settled());
  CHECK(machine.run(local, 5s) == 0ms);
  CHECK(local.is_settled());
  CHECK(local.is_proven());

  machine.wrong = 240h;
  auto doubtful = start(nine - 1h);
  machine.run(doubtful, 9min);
  CHECK_FALSE(doubtful.is_settled());
  machine.wrong = 0ms;
  CHECK(machine.run(doubtful, 15s) == 0ms);
  CHECK(doubtful.is_settled());
}

TEST_CASE("node time: how long a wall clock has said the same is remembered over restarts") {
  Machine machine;
  NodeTime time(machine.read(), nine, Trust::proven);
  machine.wrong = 5h;
  for (int hour = 0; hour < 23; ++hour) {
    CHECK(machine.run(time, 1h) == 0ms);
    const ClockRecord last{"b", machine.up, time.at(machine.up), time.wall()};
    machine.up += 5s;
    time = time_at_start(
        {.now = machine.read(), .boot = "b", .last = last, .newest = machine.truth()});
    CHECK(time.at(machine.up) == machine.truth());
  }
  CHECK(machine.run(time, 1h) == 5h);
}
