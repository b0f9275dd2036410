#include "base/text.hpp"

#include <catch2/catch.hpp>

namespace mf {
namespace {

using namespace std::chrono_literals;

TEST_CASE("text: a length of time is a number with a unit, or seconds") {
  CHECK(parse_length("400ms") == 400ms);
  CHECK(parse_length("0.4s") == 400ms);
  CHECK(parse_length(".5s") == 500ms);
  CHECK(parse_length("0.3") == 300ms);
  CHECK(parse_length("90") == 90s);
  CHECK(parse_length("90s") == 90s);
  CHECK(parse_length("10m") == 10min);
  CHECK(parse_length("1.5h") == 90min);
  CHECK(parse_length("0.29s") == 290ms);
  CHECK(parse_length("8760h") == 8760h);
}

TEST_CASE("text: what is no length of time, or one of no use, is none") {
  for (const auto* wrong : {"", "s", "ms", "-1s", "0", "0s", "0.5ms", "5d", "1e3s", "1 s", "s5",
                            "5s ", "nan", "inf", "infs", "99999999999h", "8760.1h", "0x10"}) {
    INFO(wrong);
    CHECK_FALSE(parse_length(wrong));
  }
}

}  // namespace
}  // namespace mf
