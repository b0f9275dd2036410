#pragma once
#include <string_view>

namespace mf {

/// "0.2.0": project(MicroFlow VERSION …) of CMakeLists.txt, the one place.
[[nodiscard]] std::string_view version();

}  // namespace mf
