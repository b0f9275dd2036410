#pragma once
#include "actors/entity/kind.hpp"
#include "actors/work_order/work_order_codec.hpp"

namespace mf::node {

/// Every entity kind of this program. The policy matters to decisions and views only, not to what
/// is derived from the journal.
void add_kinds(entity::Kinds& kinds, work_order::WorkOrderPolicy orders);

}  // namespace mf::node
