#pragma once
// How an order and its events look from outside, as JSON objects. Through staff's eyes everything;
// the technician's lack supervision (flags, ratings, other technicians' visits); the client's are
// the public part of protocol.md §5. Claim tokens and hashes are shown to nobody.
#include <optional>
#include <string>

#include "actors/work_order/work_order_events.hpp"

namespace mf::work_order {

[[nodiscard]] std::string view_of(const Order&, Eyes, const WorkOrderPolicy&);
/// For lists and boards.
[[nodiscard]] std::string row_of(const Order&, Eyes);
/// nullopt: these eyes don't see such an event.
[[nodiscard]] std::optional<std::string> view_of(const Event&, Eyes);

}  // namespace mf::work_order
