#pragma once
#include "gateway/http/call.hpp"

namespace mf::gateway::routes {

/// A technician's agenda: {order, visit, from, to, acked, row} each. `row` is the order's row with
/// its `contact`, as the caller may see them while the visit is alive; else null.
void agenda(const http::CallPtr& call);

}  // namespace mf::gateway::routes
