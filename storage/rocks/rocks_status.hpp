#pragma once
// The one place where RocksDB's statuses become our errors.
#include <rocksdb/status.h>

#include <string_view>

#include "base/result.hpp"

namespace mf::storage {

/// `status` must not be ok.
[[nodiscard]] Error to_error(const rocksdb::Status& status, std::string_view doing);
/// ok → ok.
[[nodiscard]] Status to_result(const rocksdb::Status& status, std::string_view doing);

}  // namespace mf::storage
