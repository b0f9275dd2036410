// The real binary on a machine whose wall clock is wrong for a while, by hours and days.
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "base/environment.hpp"
#include "base/time.hpp"
#include "tests/system/company.hpp"

using namespace mf::system_test;
using namespace std::chrono_literals;

namespace {

/// Offers end soon, so that a deadline is seen to be kept.
const std::vector<std::string> flags{"--dispatch.offer_timeout_ms=2000"};

/// A world whose node has a wall clock that the test sets.
struct ClockWorld : World {
  ClockWorld() : World(flags) { start_shifted(0s); }

  void set_clock(std::chrono::seconds wrong) const {
    std::ofstream(shift_file) << wrong.count() << "\n";
  }
  void start_shifted(std::chrono::seconds wrong) {
    set_clock(wrong);
    auto launch = serve(directory / "data", flags);
    launch.environment.push_back("LD_PRELOAD=" + std::string(MF_SHIFTED_CLOCK));
    launch.environment.push_back("MF_CLOCK_SHIFT=" + shift_file);
    start_as(launch);
  }
  void stop() {
    node->signal(SIGTERM);
    REQUIRE(node->wait_for_exit() == 0);
  }
  bool until(const std::function<bool()>& holds, Patience patience = 60s) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop.wait([] { return false; }, 100ms);
    }
    return true;
  }
  double metric(const std::string& name) {
    const auto text = Person(loop, node->admin()).get("/metrics").raw.body;
    const auto at = text.find("\n" + name + " ");
    return at == text.npos ? -1e9 : std::stod(text.substr(at + name.size() + 2));
  }
  std::string status(const std::string& order) {
    return company->supervisor().get("/v1/orders/" + order).json.value("status", "");
  }
  Answer comment(const std::string& order, const std::string& text, const std::string& key) {
    return company->supervisor().post("/v1/orders/" + order + "/comment", {{"text", text}}, key);
  }

  std::string shift_file = (directory.path() / "shift").string();
};

}  // namespace

TEST_CASE("clock: a wall clock that jumps while the node runs holds nothing up, and is told") {
  ClockWorld world;
  const auto wrong = GENERATE(240h, -240h);
  world.set_clock(wrong);
  const auto is_told = [&] {
    return std::abs(world.metric("microflow_clock_skew_seconds") -
                    static_cast<double>(std::chrono::seconds(wrong).count())) < 5;
  };
  REQUIRE(world.until(is_told));
  CHECK_THAT(world.node->logged(), Catch::Contains("clock-skewed"));

  const auto during = world.company->assigned_order();
  CHECK(world.until([&] { return world.status(during) == "TRIAGED"; }));
  const auto armed = world.company->assigned_order();
  world.set_clock(0s);
  CHECK(world.until([&] { return world.status(armed) == "TRIAGED"; }));
  const auto after = world.company->assigned_order();
  CHECK(world.status(after) == "ASSIGNED");  // and not early
  CHECK(world.until([&] { return world.status(after) == "TRIAGED"; }));
  CHECK(world.metric("microflow_shard_time_ahead_seconds") < 5);
  CHECK(world.until([&] { return !is_told(); }));
}

TEST_CASE("clock: whatever it says at starts, no command runs twice and no deadline moves") {
  ClockWorld world;
  const auto order = world.company->new_order();
  const auto first = world.comment(order, "una vez", "key-one");
  REQUIRE(first.ok());
  world.stop();
  // Each start leaves table files behind, enough of them for a compaction.
  for (int start = 0; start < 6; ++start) {
    world.start_shifted(start % 3 == 2 ? -240h : 240h);
    REQUIRE(world.comment(order, "más " + std::to_string(start), "").ok());
    world.stop();
  }
  world.start_shifted(240h);
  const auto armed = world.company->assigned_order();
  world.stop();

  world.start_shifted(0s);
  const auto again = world.comment(order, "una vez", "key-one");
  CHECK(again.is_replayed());
  CHECK(again.json["version"] == first.json["version"]);
  CHECK(world.until([&] { return world.status(armed) == "TRIAGED"; }));
  const auto now = mf::system_clock().now();
  const auto told = world.company->supervisor().get("/v1/orders/" + order + "/timeline");
  REQUIRE(told.json["data"].size() == 8);
  for (const auto& event : told.json["data"])
    CHECK(std::chrono::abs(now - *mf::parse_rfc3339(event["recorded_at"].get<std::string>())) < 1h);
}
