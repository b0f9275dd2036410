#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace mf {

/// How many characters (code points) valid UTF-8 has: what limits on the wire count, never bytes.
[[nodiscard]] inline std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// A length of time as people write it: "400ms", "0.4s", "90" (seconds), "2m", "1.5h". From a
/// millisecond to a year; fractions of a millisecond are dropped.
[[nodiscard]] std::optional<Duration> parse_length(std::string_view text);

}  // namespace mf
