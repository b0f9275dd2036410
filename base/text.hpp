#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mf {

/// How many characters (code points) valid UTF-8 has: what limits on the wire count, never bytes.
[[nodiscard]] inline std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace mf
