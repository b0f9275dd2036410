#include "gateway/api/trace_id.hpp"

#include <cstdint>
#include <cstdio>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace mf::gateway {
namespace {

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string trace_id(std::string_view traceparent) {
  // 00-<32 hex>-<16 hex>-<2 hex>
  if (traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' &&
      traceparent[52] == '-' && traceparent.substr(0, 2) != "ff") {
    const auto id = traceparent.substr(3, 32);
    if (is_lower_hex(id) && id.find_first_not_of('0') != id.npos) return std::string(id);
  }
  thread_local const std::string start = to_hex(random_bytes(8));
  thread_local std::uint64_t count = 0;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(++count));
  return start + text;
}

}  // namespace mf::gateway
