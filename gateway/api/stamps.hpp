#pragma once
// Times that one device stamped, read together: what they say of its clock.
#include <vector>

#include "base/time.hpp"

namespace mf::gateway {

/// The newest of those within three days of the middle one (of an even number, of the earlier). A
/// stamp that lies farther off is odd, and says nothing of the others. Requires some.
[[nodiscard]] Timestamp newest_stamp(std::vector<Timestamp> stamps);

}  // namespace mf::gateway
