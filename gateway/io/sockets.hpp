#pragma once
// What Linux keeps of a connection when its other side does not read.

#include "base/time.hpp"

namespace mf::gateway {

/// A connection's share of kernel memory: `bytes` to send, not the megabytes that it grows to by
/// itself, and its end when the other side acknowledges nothing for `patience`.
void bound_socket(int descriptor, int bytes, Duration patience);
/// Bytes written that the other side has not acknowledged.
[[nodiscard]] int unsent_bytes(int descriptor);
/// The close that follows drops them (RST). Otherwise the kernel keeps them as long as the other
/// side answers, in memory that nobody counts, beyond the end of this process.
void drop_unsent(int descriptor);

}  // namespace mf::gateway
