#include "base/assert.hpp"

namespace mf {

void invariant_broken(const char* expression, const char* file, int line,
                      const std::string& detail) {
  throw InvariantBroken(std::string(file) + ":" + std::to_string(line) + ": " + expression +
                        (detail.empty() ? "" : " (" + detail + ")"));
}

}  // namespace mf
