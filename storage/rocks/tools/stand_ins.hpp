#pragma once
// Tables that do not even open: what tells of a table stands at its end, and where that is damaged
// or cut off nobody finds anything in it any more. RocksDB then opens none of the others either.
// For a repair an empty table stands in for each of them, and the rest can be read.
#include <rocksdb/file_system.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace mf::storage {

/// Why each of these tables does not open, by the file's name.
using UnopenedTables = std::map<std::string, std::string>;
/// Reads the end of every table in the folder of a database. Opens nothing for writing.
[[nodiscard]] UnopenedTables unopened_tables(const std::filesystem::path& database);

/// The machine's files, in which each of these tables reads as an empty one of its size. The files
/// themselves stay as they are.
[[nodiscard]] Result<std::shared_ptr<rocksdb::FileSystem>> with_stand_ins(UnopenedTables tables);

}  // namespace mf::storage
