#pragma once
#include <rocksdb/env.h>

#include <memory>

namespace mf::storage {

/// RocksDB's own warnings and errors in our log. Its file beside the data fails an assertion, and
/// ends the process, when the disk is full just as it writes there (7.8).
[[nodiscard]] std::shared_ptr<rocksdb::Logger> make_rocks_log();

}  // namespace mf::storage
