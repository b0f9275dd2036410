#pragma once
#include <optional>
#include <string>

namespace mf {

/// A variable of the process's environment. Any thread: nothing here ever changes one.
[[nodiscard]] std::optional<std::string> environment_value(const char* name);

}  // namespace mf
