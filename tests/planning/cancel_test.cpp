// Who cancels a search, or asks for one that makes no sense, doesn't wait.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <ctime>

#include "planning/random.hpp"
#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

/// Of this thread's own work: the machine may be busy with other things.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// 2,000 visits and 200 technicians in a town.
const Problem& big_problem() {
  static const Problem problem = [] {
    Features features{
        .visits_min = 2000, .visits_max = 2000, .technicians_min = 200, .technicians_max = 200};
    features.windows = features.due_dates = features.skills = true;
    auto result = random_problem_with_any_pins(1, features);
    Random random(1);
    for (auto& place : result.places) place = {0.12 * random.unit(), 0.12 * random.unit()};
    result.travel = GreatCircleTravel(result.places);
    return result;
  }();
  return problem;
}

/// The tables are large: giving their memory back is the kernel's work, not the search's.
double seconds_to_free_tables(const Problem& problem) {
  auto instance = std::make_unique<Instance>(problem, named("distance"));
  const double before = thread_seconds();
  instance.reset();
  return thread_seconds() - before;
}

}  // namespace

TEST_CASE(
    "solve: cancelled, it returns within ten milliseconds with a plan that keeps every rule") {
  const auto& problem = big_problem();
  const double freeing = seconds_to_free_tables(problem);
  const double bound = is_sanitized ? 0.5 : 0.01;
  Random random(7);
  for (const auto* name : {"distance", "dispatch", "vehicles_then_distance"}) {
    double silence = infinity, returning = infinity;
    // On a machine that does other things, too, once in three times is enough.
    for (int attempt = 0; attempt < 3 && (silence > bound || returning > bound + 2 * freeing);
         ++attempt) {
      const double patience = random.unit() * (is_sanitized ? 3 : 0.7);
      double planned = infinity, asked = -1, cancelled = -1, longest_silence = 0;
      const auto is_cancelled = [&] {
        const double now = thread_seconds();
        if (asked >= 0) longest_silence = std::max(longest_silence, now - asked);
        asked = now;
        if (cancelled < 0 && now > planned + patience) cancelled = now;
        return cancelled >= 0;
      };
      const auto on_progress = [&](const Progress&) {
        planned = std::min(planned, thread_seconds());
      };
      const auto plan = solved(problem, named(name),
                               {.time = 60,
                                .clock = thread_seconds,
                                .is_cancelled = is_cancelled,
                                .on_progress = on_progress});
      returning = std::min(returning, thread_seconds() - cancelled);
      silence = std::min(silence, longest_silence);
      REQUIRE(cancelled >= 0);
      REQUIRE(faults(problem, plan, named(name)) == "");
    }
    INFO(name << ": giving memory back took " << freeing << " s");
    CHECK(silence < bound);
    CHECK(returning < bound + 2 * freeing);
  }
}

TEST_CASE("solve: cancelled before there is a plan, it says so within ten milliseconds") {
  const auto& problem = big_problem();
  const double bound = (is_sanitized ? 0.5 : 0.01) + 2 * seconds_to_free_tables(problem);
  for (const int questions : {1, 100, 3'000}) {
    int asked = 0;
    double cancelled = -1;
    const auto is_cancelled = [&] {
      if (++asked == questions) cancelled = thread_seconds();
      return asked >= questions;
    };
    const auto plan = solve(problem, named("dispatch"),
                            {.time = 60, .clock = thread_seconds, .is_cancelled = is_cancelled});
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == ErrorCode::timeout);
    CHECK(asked == questions);
    CHECK(thread_seconds() - cancelled < bound);
  }
}

TEST_CASE("solve: a time that is no number of seconds is refused") {
  for (const double time : {-1.0, std::nan("")})
    CHECK(solve(big_problem(), named("distance"), {.time = time})
              .error()
              .message.starts_with("time: "));
}

TEST_CASE("solve: a search that is bounded by time needs a clock, and ends when it says so") {
  Features features{.visits_min = 20};
  const auto problem = random_problem(1, features);
  CHECK_THAT(solve(problem, named("distance"), {.time = 1}).error().message,
             Catch::StartsWith("time: "));
  CHECK_THAT(solve(problem, named("distance"), {}).error().message, Catch::StartsWith("time: "));
  double now = 100;
  std::uint64_t iterations = 0;
  const auto plan = solved(problem, named("distance"),
                           {.time = 5,
                            .clock = [&] { return now += 0.01; },
                            .on_progress = [&](const Progress& p) { iterations = p.iterations; }});
  CHECK(now < 106);
  CHECK(now > 104.9);
  CHECK(iterations > 5);
  CHECK(faults(problem, plan, named("distance")) == "");
}

}  // namespace mf::planning::search_test
