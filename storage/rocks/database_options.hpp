#pragma once
#include <rocksdb/options.h>

#include <atomic>
#include <memory>

#include "storage/rocks/database.hpp"

namespace mf::storage {

/// How we run RocksDB 7.8; every choice is explained where it is made.
[[nodiscard]] rocksdb::DBOptions database_options(const DatabaseSettings& settings,
                                                  const std::shared_ptr<rocksdb::Cache>& cache,
                                                  rocksdb::Env* env);
[[nodiscard]] rocksdb::ColumnFamilyOptions family_options(Family family,
                                                          const DatabaseSettings& settings,
                                                          std::shared_ptr<rocksdb::Cache> cache,
                                                          std::shared_ptr<const SharedAge> age);

}  // namespace mf::storage
