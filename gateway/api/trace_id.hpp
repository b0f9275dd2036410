#pragma once
#include <string>
#include <string_view>

namespace mf::gateway {

/// The trace id of a W3C traceparent, or a new random one: 32 hexadecimal digits.
[[nodiscard]] std::string trace_id(std::string_view traceparent = {});

}  // namespace mf::gateway
