#pragma once
// The stored history of one entity, oldest first.
#include <cstdint>

#include "actors/views/read_reply.hpp"
#include "storage/store.hpp"

namespace mf::views {

/// Events with version > `after`, at most `limit`. Blocks on the disk. Hidden or missing entities
/// give the rejection not_found; unreadable bytes a fault, logged here.
[[nodiscard]] TimelineReply read_timeline(const storage::Store& store, const entity::Kinds& kinds,
                                          entity::KeyRing& keys, const EntityRef& ref,
                                          std::uint64_t after, int limit, const Principal& by);

}  // namespace mf::views
