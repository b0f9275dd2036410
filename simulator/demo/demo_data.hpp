#pragma once
#include <string_view>

namespace mf::demo {

/// The files of demo/, as they were when the program was built.
extern const std::string_view zones_csv, names_json, order_types_json;

}  // namespace mf::demo
