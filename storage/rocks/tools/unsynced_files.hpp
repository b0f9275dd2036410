#pragma once
// The files of a database that is made to be synced as a whole once it is ready.
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

namespace mf::storage {

/// The machine's files, but nothing is made durable, and once `cancelled` is set (nullptr: never)
/// nothing is written any more: on a slow disk a single sync takes seconds, and there are dozens.
[[nodiscard]] std::shared_ptr<rocksdb::FileSystem> unsynced_files(
    const std::atomic<bool>* cancelled);

}  // namespace mf::storage
