#pragma once
#include <string>
#include <vector>

#include "node/system_door.hpp"
#include "storage/store.hpp"

namespace mf::node {

/// Runs the erasure for every client whose key was destroyed but whose state does not know of it:
/// a restored backup from before (decision 0016). At every start, so that none is missed whatever
/// interrupts; it reads one state per erased person. What can't be done now is logged.
void erase_again(const std::vector<std::string>& persons, const storage::Store& store,
                 const entity::Kinds& kinds, SystemDoor& door);

}  // namespace mf::node
