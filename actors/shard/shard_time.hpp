#pragma once
#include <algorithm>
#include <chrono>

#include "base/time.hpp"

namespace mf::shard {

/// How far back a clock may be and time still stands still for it: clocks of nodes differ a little,
/// and a takeover must not turn a history around.
inline constexpr Duration set_back_max = std::chrono::minutes(1);

/// The time by which is decided, when `last` is the latest one known. It does not run backwards by
/// small steps. A clock that is further back is right and `last` was not: waiting for it to come
/// there again would hold up every deadline for as long as it had been wrong.
[[nodiscard]] inline Timestamp shard_time(Timestamp last, Timestamp clock,
                                          Duration back_max = set_back_max) {
  return clock < last && last - clock <= back_max ? last : clock;
}

}  // namespace mf::shard
