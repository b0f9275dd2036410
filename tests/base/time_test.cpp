#include "base/time.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace mf;
using namespace std::chrono_literals;

TEST_CASE("time: a timestamp is written in UTC with exactly three decimals") {
  CHECK(format_rfc3339(from_millis(1795525500123)) == "2026-11-24T13:05:00.123Z");
  CHECK(format_rfc3339(from_millis(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_rfc3339(from_millis(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("time: any RFC 3339 offset is read as the same moment") {
  const auto moment = from_millis(1795525500000);
  CHECK(parse_rfc3339("2026-11-24T13:05:00Z") == moment);
  CHECK(parse_rfc3339("2026-11-24t13:05:00z") == moment);
  CHECK(parse_rfc3339("2026-11-24T08:05:00-05:00") == moment);
  CHECK(parse_rfc3339("2026-11-24T18:35:00+05:30") == moment);
  CHECK(parse_rfc3339("2026-11-25T00:05:00+11:00") == moment);
}

TEST_CASE("time: decimals beyond milliseconds are cut off, not rounded") {
  CHECK(parse_rfc3339("2026-11-24T13:05:00.1Z") == from_millis(1795525500100));
  CHECK(parse_rfc3339("2026-11-24T13:05:00.123999999Z") == from_millis(1795525500123));
}

TEST_CASE("time: a leap second counts as the second after it") {
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST_CASE("time: what is not RFC 3339 is refused") {
  const auto* text = GENERATE(
      "", "2026", "2026-11-24", "2026-11-24T13:05:00", "2026-11-24 13:05:00Z",
      "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z",
      "2026-11-24T13:60:00Z", "2026-11-24T13:05:61Z", "2026-11-24T13:05:00.Z",
      "2026-11-24T13:05:00.1234567890Z", "2026-11-24T13:05:00+24:00", "2026-11-24T13:05:00+0500",
      "2026-11-24T13:05:00+05", "2026-11-24T13:05:00Zx", "2026-11-24T13:05:00.123",
      "2026/11/24T13:05:00Z", "+026-11-24T13:05:00Z", "2026-11-24T13:05:-1Z");
  INFO(text);
  CHECK_FALSE(parse_rfc3339(text).has_value());
}

TEST_CASE("time: an offset can't lead outside the years that can be written") {
  CHECK_FALSE(parse_rfc3339("0000-01-01T00:00:00+01:00").has_value());
  CHECK_FALSE(parse_rfc3339("9999-12-31T23:59:59-01:00").has_value());
  CHECK(parse_rfc3339("0000-01-01T00:00:00Z").has_value());
}

TEST_CASE("time: what is written reads back as itself") {
  CHECK(rc::check([] {
    // 0000-01-01 to 9999-12-31, in milliseconds around 1970
    const auto ms = *rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000);
    RC_ASSERT(parse_rfc3339(format_rfc3339(from_millis(ms))) == from_millis(ms));
  }));
}
