// What derives from the journal is made anew when a release makes it by other rules.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "storage/rocks/rocks_records.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

/// The rules of a later release: one row per batch.
Result<std::vector<Change>> later_fold(const Reader&, const Batch& batch) {
  return std::vector<Change>{{Family::index,
                              keys::shard_prefix(batch.shard) + "later" + std::to_string(batch.seq),
                              std::string("row")}};
}

struct OldDirectory {
  test::TemporaryDirectory root;
  int rebuilds = 0;
  bool is_cut_off = false;

  Result<std::unique_ptr<RocksStore>> open(std::uint32_t derived_format) {
    RocksOptions options{
        .data_dir = root / "data", .shard_count = 2, .memory_bytes_max = 16u << 20};
    options.derived_format = derived_format;
    options.open_rebuild = [this](const std::optional<KeyMark>&) -> Result<Rebuild> {
      ++rebuilds;
      return [this](const Reader& reader, const Batch& batch) -> Result<std::vector<Change>> {
        if (is_cut_off && batch.seq == 3) return fail(ErrorCode::io, "the power is gone");
        return later_fold(reader, batch);
      };
    };
    return open_rocks(options);
  }
};

std::size_t rows_of(const Store& store, Family family, ShardId shard) {
  const auto prefix = keys::shard_prefix(shard);
  std::size_t n = 0;
  for (auto row = store.scan(family, prefix, keys::end_of(prefix)); row->valid(); row->next()) ++n;
  return n;
}

TEST_CASE("derived format: a directory of other rules is rebuilt when it is opened, once") {
  OldDirectory directory;
  {
    const auto store = directory.open(1).value();
    test::Committer committer(*store);
    for (int i = 0; i < 5; ++i) committer.commit(1);
  }
  CHECK(directory.rebuilds == 0);
  for (int start = 0; start < 2; ++start) {
    const auto store = directory.open(2).value();
    CHECK(directory.rebuilds == 1);
    CHECK(store->applied(1).seq == 5);
    CHECK(rows_of(*store, Family::index, 1) == 5);
    CHECK(rows_of(*store, Family::state, 1) == 0);
    CHECK(store->batch(1, 5));
  }
}

TEST_CASE("derived format: what older rules stored in clear is in no file after the rebuild") {
  OldDirectory directory;
  const auto has_word = [&] {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.root.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (bytes.find("castilla") != std::string::npos) return true;
    }
    return false;
  };
  {
    const auto store = directory.open(1).value();
    auto commit = test::Committer::after({}, 1);
    commit.changes.push_back({Family::state, test::state_key(1), "lives in castilla"});
    commit.changes.push_back({Family::index, test::trace_key(1, 9) + "castilla", ""});
    test::Committer(*store).commit(std::move(commit));
  }
  CHECK(has_word());
  const auto store = directory.open(2).value();
  CHECK_FALSE(has_word());
}

TEST_CASE("derived format: a rebuild that was cut off is begun again") {
  OldDirectory directory;
  {
    const auto store = directory.open(1).value();
    test::Committer committer(*store);
    for (int i = 0; i < 5; ++i) committer.commit(1);
  }
  directory.is_cut_off = true;
  CHECK_FALSE(directory.open(2));
  directory.is_cut_off = false;
  const auto store = directory.open(2).value();
  CHECK(directory.rebuilds == 2);
  CHECK(rows_of(*store, Family::index, 1) == 5);
}

TEST_CASE("derived format: a directory from before there was a number has the first") {
  NodeRecord record{.shard_count = 8, .era = "era", .created_at = from_millis(5)};
  auto bytes = encode(record);
  bytes.pop_back();
  CHECK(decode_node(bytes).value() == record);
  record.derived_format = 300;
  CHECK(decode_node(encode(record)).value() == record);
}

}  // namespace
}  // namespace mf::storage
