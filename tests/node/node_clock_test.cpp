#include "node/node_clock.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/storage/temporary_directory.hpp"

using namespace mf;
using namespace mf::node;
using namespace std::chrono_literals;

namespace {

const ClockRecord record{"boot", 90s, from_millis(1'790'000'000'000), {-5s, 30s}};

}  // namespace

TEST_CASE("node clock: a record is read as it was written, and not when a digit has changed") {
  const auto text = to_text(record);
  CHECK(parse_clock_record(text) == record);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto altered = text;
    altered[i] = altered[i] == '7' ? '8' : '7';
    INFO(altered);
    CHECK_FALSE(parse_clock_record(altered));
  }
  for (const char* none : {"", "boot", "boot 1 2\n", "boot 1 9223372036854775807\n"})
    CHECK_FALSE(parse_clock_record(none));
}

TEST_CASE("node clock: a file that is none is only no record") {
  test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "clock");
  const NodeClock clock({.data_dir = directory.path(), .newest = {}});
  CHECK(std::chrono::abs(clock.now() - system_clock().now()) < 1min);
}

TEST_CASE("node clock: for a command that only looks no timer fires") {
  test::TemporaryDirectory directory;
  CHECK(NodeClock({.data_dir = directory.path(), .newest = {}}).is_settled());
  CHECK_FALSE(
      NodeClock({.data_dir = directory.path(), .newest = {}, .fires_timers = false}).is_settled());
}
