#pragma once
#include <stdexcept>
#include <string>

namespace mf {

/// A broken invariant. Thrown by MF_ASSERT, caught only by the shell of an actor: the actor dies,
/// the rest of the process lives.
class InvariantBroken : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void invariant_broken(const char* expression, const char* file, int line,
                                   const std::string& detail);

}  // namespace mf

/// Checks an invariant; on in release builds. `detail` is only evaluated on failure.
#define MF_ASSERT(condition, detail)                                    \
  do {                                                                  \
    if (!(condition)) [[unlikely]]                                      \
      ::mf::invariant_broken(#condition, __FILE__, __LINE__, (detail)); \
  } while (false)
