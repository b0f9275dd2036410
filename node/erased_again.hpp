#pragma once
#include <string>
#include <vector>

#include "node/system_door.hpp"
#include "storage/person_keys/personal_key_ring.hpp"
#include "storage/store.hpp"

namespace mf::node {

/// Runs the erasure for every client whose key was destroyed but whose state does not know of it:
/// a restored backup from before (decision 0016). At every start, so that none is missed whatever
/// interrupts; it reads one state per erased person. What can't be done now is logged.
void erase_again(const std::vector<std::string>& persons, const storage::Store& store,
                 const entity::Kinds& kinds, SystemDoor& door);

/// Destroys the keys of all clients whose state says that they were erased: a copy of the keys from
/// before brings theirs back. Reads the state of every client. Before anybody asks for a key.
[[nodiscard]] Status destroy_again(const storage::Store& store, storage::PersonalKeyRing& ring);

}  // namespace mf::node
