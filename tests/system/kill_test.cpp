// kill -9 under load, again and again, and what is there afterwards.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/environment.hpp"
#include "tests/seed.hpp"
#include "tests/system/callers.hpp"

using namespace mf::system_test;

namespace {

bool is_long() { return mf::environment_value("MF_LONG").has_value(); }

int cycles() {
  const auto given = mf::environment_value("MF_KILLS");
  return given ? std::stoi(*given) : is_long() ? 1000 : 20;
}

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

TEST_CASE("what was acknowledged is there exactly once, however often the node is killed") {
  const auto seed = mf::test::seed();
  std::mt19937_64 random(seed);
  // A small log is replayed in no time; an offer that nobody takes must not add events of its own.
  const std::vector<std::string> flags{"--storage.wal_bytes_max=4MiB",
                                       "--dispatch.offer_timeout_ms=86400000"};
  World world(flags);
  Load load(world, random());
  const auto begin = Clock::now();
  for (int cycle = 1; cycle <= cycles(); ++cycle) {
    INFO("seed " << seed << ", cycle " << cycle);
    load.begin();
    const bool is_under_load = load.wait_for_answers(1 + random() % 80);
    INFO(load.complaints());
    REQUIRE(is_under_load);
    // Anywhere between two answers, also in the middle of a commit.
    world.loop.io.run_for(std::chrono::microseconds(random() % 2000));
    world.node->kill();
    REQUIRE(load.wait_for_end());

    world.start_again(flags);
    load.connect();
    load.retry_unanswered();
    load.replay(5);
    load.recount_touched();
    INFO(load.complaints());
    REQUIRE(load.complaints().empty());
    if (is_long() && cycle % 50 == 0)
      std::cout << cycle << " kills, " << load.answered() << " answers, " << load.cut()
                << " retried, " << seconds_since(begin) / cycle << " s a cycle" << std::endl;
  }
  load.free_held_up();
  load.replay(2000);
  load.recount_all();
  INFO("seed " << seed << "\n" << load.complaints());
  CHECK(load.complaints().empty());
  CHECK(load.cut() > 0);
  std::cout << load.answered() << " answers, " << load.cut() << " retried, " << load.held_up()
            << " held up, " << load.orders() << " orders, " << seconds_since(begin) / cycles()
            << " s a kill" << std::endl;
}
