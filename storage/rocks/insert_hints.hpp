#pragma once
#include <rocksdb/slice_transform.h>

#include <memory>

#include "storage/keys.hpp"

namespace mf::storage {

/// For the memtable of a family: which keys come one behind the other, or again. The place of the
/// last one is remembered per group, so that the next is put there without a search from the top
/// (a third of the journal thread's time went into those). nullptr where keys come in no order.
[[nodiscard]] std::shared_ptr<const rocksdb::SliceTransform> make_insert_hints(Family family);

}  // namespace mf::storage
