#pragma once
// A data directory with a journal in it that nobody serves, for tests of the tools.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/rocks/database.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::test {

namespace fs = std::filesystem;

/// The fold that belongs to Committer::after.
inline Result<std::vector<storage::Change>> fold(const storage::Reader&,
                                                 const storage::Batch& batch) {
  storage::Applied before;
  before.seq = batch.seq - 1;
  return Committer::after(before, batch.shard).changes;
}

/// With `batches` batches in each of the shards 0 to 2 of 4.
struct ClosedDirectory {
  TemporaryDirectory root;
  fs::path data = root / "data";
  explicit ClosedDirectory(int batches = 10) {
    const auto store =
        storage::open_rocks({.data_dir = data, .shard_count = 4, .memory_bytes_max = 16u << 20})
            .value();
    Committer committer(*store);
    for (int i = 0; i < batches; ++i)
      for (ShardId shard = 0; shard < 3; ++shard) committer.commit(shard);
  }
  std::unique_ptr<storage::RocksStore> open() const {
    auto store = storage::open_rocks({.data_dir = data,
                                      .memory_bytes_max = 16u << 20,
                                      .free_bytes_min = 1u << 20,
                                      .free_percent_min = 0});
    if (!store) FAIL(store.error().message);
    return *std::move(store);
  }
  /// Changes a record behind the store's back.
  void write(storage::Family family, const std::string& key,
             const std::optional<std::string>& value) const {
    const auto database = storage::Database::open({.data_dir = data}).value();
    const auto status = value ? database->db().Put({}, database->family(family), key, *value)
                              : database->db().Delete({}, database->family(family), key);
    REQUIRE(status.ok());
  }
};

/// Flips a bit of a data block, in the middle of every table of the family.
inline void flip_in_table(const fs::path& data, storage::Family family) {
  std::vector<rocksdb::LiveFileMetaData> tables;
  storage::Database::open({.data_dir = data, .access = storage::Access::read_only})
      .value()
      ->db()
      .GetLiveFilesMetaData(&tables);
  int flipped = 0;
  for (const auto& table : tables) {
    if (table.column_family_name != storage::to_string(family)) continue;
    // Blocks of data come first; what tells of them takes some KiB at the end.
    const auto at = table.size > std::uint64_t{64} * 1024 ? table.size / 2 : 20;
    std::fstream file(fs::path(table.directory) / table.relative_filename,
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    ++flipped;
  }
  REQUIRE(flipped > 0);
}

inline bool is_private(const fs::path& path) {
  constexpr auto others = fs::perms::group_all | fs::perms::others_all;
  return (fs::status(path).permissions() & others) == fs::perms::none;
}

/// Every file below, as far as its name and bytes go.
inline std::map<std::string, std::string> everything_in(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().lexically_relative(directory)] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

}  // namespace mf::test
