#include "base/metrics.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace mf;
using Catch::Contains;

TEST_CASE("metrics: the same name and labels are the same counter, other labels another") {
  auto& ok = metrics::counter("microflow_test_commands_total", "help", {{"outcome", "ok"}});
  auto& no = metrics::counter("microflow_test_commands_total", "help", {{"outcome", "no"}});
  ok.add();
  metrics::counter("microflow_test_commands_total", "help", {{"outcome", "ok"}}).add(2);
  CHECK(ok.value() == 3);
  CHECK(no.value() == 0);
  CHECK_THAT(metrics::expose(), Contains("# TYPE microflow_test_commands_total counter\n") &&
                                    Contains("microflow_test_commands_total{outcome=\"ok\"} 3\n"));
}

TEST_CASE("metrics: a histogram counts into every bucket at or above the value") {
  auto& sizes = metrics::histogram("microflow_test_batch_size", "help", {1, 2, 4});
  sizes.observe(2);
  sizes.observe(3);
  CHECK_THAT(metrics::expose(), Contains("microflow_test_batch_size_bucket{le=\"1\"} 0\n") &&
                                    Contains("microflow_test_batch_size_bucket{le=\"2\"} 1\n") &&
                                    Contains("microflow_test_batch_size_bucket{le=\"4\"} 2\n") &&
                                    Contains("microflow_test_batch_size_count 2\n") &&
                                    Contains("microflow_test_batch_size_sum 5\n"));
}

TEST_CASE("metrics: a collector runs at each exposition until its handle goes") {
  auto& actors = metrics::gauge("microflow_test_actors", "help");
  int runs = 0;
  auto handle = metrics::on_collect([&] { actors.set(++runs * 10); });
  CHECK_THAT(metrics::expose(), Contains("microflow_test_actors 10\n"));
  CHECK_THAT(metrics::expose(), Contains("microflow_test_actors 20\n"));
  handle.reset();
  CHECK_THAT(metrics::expose(), Contains("microflow_test_actors 20\n"));
  CHECK(runs == 2);
}

TEST_CASE("metrics: threads lose no count") {
  auto& hits = metrics::counter("microflow_test_hits_total", "help");
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) hits.add();
      });
  }
  CHECK(hits.value() == 40'000);
}

TEST_CASE("metrics: a name can't be used for two types of metric") {
  (void)metrics::counter("microflow_test_twice", "help");
  CHECK_THROWS_AS(metrics::gauge("microflow_test_twice", "help"), std::invalid_argument);
}
