// The seeded simulation: what must hold holds whatever happens. MF_SEED=<n> replays one run (with
// MF_TRACE=1 it prints the journal); MF_SIM_SECONDS: how long to look for violations (default 20).
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/environment.hpp"
#include "tests/shard/world.hpp"

using namespace mf;

namespace {

double seconds_to_run() {
  const auto given = environment_value("MF_SIM_SECONDS");
  return given ? std::stod(*given) : 20;
}

std::string first_violation(const sim::Report& report) {
  return report.violations.empty() ? "" : report.violations.front();
}

/// How many seeds it takes to see something wrong; 0 when `most` show nothing.
std::uint64_t seeds_until_found(const sim::Mutations& mutations, std::uint64_t most) {
  for (std::uint64_t seed = 1; seed <= most; ++seed)
    if (const auto report = sim::simulate(seed, mutations); !report.violations.empty()) {
      std::printf("  found with seed %llu: %s\n", static_cast<unsigned long long>(seed),
                  first_violation(report).c_str());
      return seed;
    }
  return 0;
}

}  // namespace

TEST_CASE("simulation: whatever crashes, is lost or comes late, the invariants hold") {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  if (const auto seed = environment_value("MF_SEED")) {
    const auto report = sim::simulate(std::stoull(*seed));
    INFO("MF_SEED=" << *seed);
    REQUIRE(first_violation(report) == "");
    return;
  }
  std::uint64_t seed = 0;
  sim::Report total;
  while (elapsed() < seconds_to_run()) {
    const auto report = sim::simulate(++seed);
    INFO("replay with MF_SEED=" << seed);
    REQUIRE(first_violation(report) == "");
    REQUIRE(report.acknowledged > 0);
    total.steps += report.steps;
    total.commits += report.commits;
    total.crashes += report.crashes;
    total.takeovers += report.takeovers;
    total.acknowledged += report.acknowledged;
    total.jumps += report.jumps;
    total.throws += report.throws;
    total.failed_reads += report.failed_reads;
  }
  std::printf(
      "simulation: %llu seeds (%.0f/s), %llu steps, %llu commits, %llu crashes, "
      "%llu takeovers, %llu clocks set, %llu commands thrown, %llu reads failed, "
      "%llu acknowledged\n",
      static_cast<unsigned long long>(seed), static_cast<double>(seed) / elapsed(),
      static_cast<unsigned long long>(total.steps), static_cast<unsigned long long>(total.commits),
      static_cast<unsigned long long>(total.crashes),
      static_cast<unsigned long long>(total.takeovers),
      static_cast<unsigned long long>(total.jumps), static_cast<unsigned long long>(total.throws),
      static_cast<unsigned long long>(total.failed_reads),
      static_cast<unsigned long long>(total.acknowledged));
}

TEST_CASE("simulation: the company's own kinds hold under the same storms") {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  if (const auto seed = environment_value("MF_SEED")) {
    const auto report = sim::simulate(std::stoull(*seed), {}, sim::Play::company);
    INFO("MF_SEED=" << *seed);
    REQUIRE(first_violation(report) == "");
    return;
  }
  std::uint64_t seed = 0, acknowledged = 0;
  while (elapsed() < seconds_to_run() / 4) {
    const auto report = sim::simulate(++seed, {}, sim::Play::company);
    INFO("replay with MF_SEED=" << seed);
    REQUIRE(first_violation(report) == "");
    acknowledged += report.acknowledged;
  }
  CHECK(acknowledged > seed);
  std::printf("simulation of the company: %llu seeds (%.0f/s), %llu acknowledged\n",
              static_cast<unsigned long long>(seed), static_cast<double>(seed) / elapsed(),
              static_cast<unsigned long long>(acknowledged));
}

TEST_CASE("simulation: the same seed plays the same run") {
  const auto a = sim::simulate(7), b = sim::simulate(7);
  CHECK(a.steps == b.steps);
  CHECK(a.commits == b.commits);
  CHECK(a.acknowledged == b.acknowledged);
}

TEST_CASE("simulation: finds a claim freed by a clock") {
  CHECK(seeds_until_found({.toy = {.holder_frees_by_clock = true}}, 200) > 0);
}

TEST_CASE("simulation: finds a late release that frees a newer claim") {
  CHECK(seeds_until_found({.toy = {.token_without_attempt = true}}, 3000) > 0);
}

TEST_CASE("simulation: finds an unused re-claim that takes the used claim with it") {
  CHECK(seeds_until_found({.toy = {.release_frees_whole_claim = true}}, 1000) > 0);
}

TEST_CASE("simulation: finds a reaction re-run after its dedup is gone") {
  CHECK(seeds_until_found({.reactions_forgotten = true}, 200) > 0);
}

TEST_CASE("simulation: finds a reply before durability") {
  CHECK(seeds_until_found({.reply_before_commit = true}, 20) > 0);
}

TEST_CASE("simulation: finds a duplicate command id answered twice") {
  CHECK(seeds_until_found({.people_forgotten = true}, 200) > 0);
}

TEST_CASE("simulation: finds an uncertain commit treated as failed") {
  CHECK(seeds_until_found({.uncertain_is_failed = true}, 200) > 0);
}

TEST_CASE("simulation: finds a replaced owner that still answers for the shard") {
  CHECK(seeds_until_found({.replaced_owner_answers = true}, 3000) > 0);
}

TEST_CASE("simulation: finds a batch that is durable before the key it needs") {
  CHECK(seeds_until_found({.keys_follow_batch = true}, 20) > 0);
}

TEST_CASE("simulation: finds a reaction that counts as done when it is sent") {
  CHECK(seeds_until_found({.cursor_runs_ahead = true}, 200) > 0);
}

TEST_CASE("simulation: finds a node that follows its wall clock") {
  CHECK(seeds_until_found({.node_follows_wall = true}, 200) > 0);
}

TEST_CASE("simulation: finds outcomes that are forgotten by a clock") {
  CHECK(seeds_until_found({.forgets_by_clock = true}, 200) > 0);
}

TEST_CASE("simulation: finds reactions that grow old by a clock") {
  CHECK(seeds_until_found({.reactions_age_by_clock = true}, 200) > 0);
}

TEST_CASE("simulation: finds a shard whose time waits for the clock that was ahead") {
  CHECK(seeds_until_found({.shard_time_freezes = true}, 200) > 0);
}

TEST_CASE("simulation: finds a failed read that is taken for the command's fault") {
  CHECK(seeds_until_found({.failed_read_is_an_answer = true}, 200) > 0);
}
