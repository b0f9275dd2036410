#include "base/guarded_thread.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "base/metrics.hpp"

using namespace mf;

TEST_CASE("guarded: an exception ends the piece of work, is counted, and goes no further") {
  bool is_done = false;
  CHECK(guarded("tidy", [&] { is_done = true; }));
  CHECK(is_done);
  CHECK_FALSE(guarded("broken", [] { throw std::runtime_error("no memory"); }));
  CHECK_FALSE(guarded("broken", [] { throw 7; }));
  const auto text = metrics::expose();
  CHECK_THAT(text,
             Catch::Matchers::Contains("microflow_thread_failures_total{thread=\"broken\"} 2"));
  CHECK_THAT(text, !Catch::Matchers::Contains("thread=\"tidy\""));
}
