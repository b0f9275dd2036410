#include "base/environment.hpp"

#include <cstdlib>

namespace mf {

std::optional<std::string> environment_value(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody writes
  return value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace mf
