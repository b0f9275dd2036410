// What a tool reports as done has reached the disk. This binary's fsync stands before the library's
// and remembers what was synced.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <mutex>
#include <set>

#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/tools/backup.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;

std::mutex mutex;
std::set<fs::path> synced;

std::set<fs::path> take_synced() {
  const std::scoped_lock lock(mutex);
  return std::exchange(synced, {});
}

}  // namespace

extern "C" int fsync(int file) {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/fd/" + std::to_string(file), error);
  const auto result = static_cast<int>(::syscall(SYS_fsync, file));
  const std::scoped_lock lock(mutex);
  if (result == 0 && !error) synced.insert(path);
  return result;
}

namespace mf::storage::durable_test {
namespace {

/// A closed data directory with ten batches in a shard and a blob.
struct Directory {
  test::TemporaryDirectory root;
  fs::path data = fs::canonical(root.path()) / "data";
  Directory() {
    const auto store =
        open_rocks({.data_dir = data, .shard_count = 4, .memory_bytes_max = 16u << 20}).value();
    test::Committer committer(*store);
    for (int i = 0; i < 10; ++i) committer.commit(1);
    fs::create_directories(data / "blobs/ab");
    std::ofstream(data / "blobs/ab/cdef") << "photo";
  }
};

/// All files and directories below `at`, as they were called below `then` when they were written.
void check_synced(const std::set<fs::path>& paths, const fs::path& at, const fs::path& then) {
  for (const auto& entry : fs::recursive_directory_iterator(at)) {
    INFO(entry.path());
    CHECK(paths.contains(then / fs::relative(entry.path(), at)));
  }
  CHECK(paths.contains(then));
  CHECK(paths.contains(then.parent_path()));
}

TEST_CASE("durable: a backup and what is restored from it, before success is reported") {
  const Directory directory;
  const auto root = directory.data.parent_path();
  take_synced();
  REQUIRE(back_up(directory.data, root / "first"));
  const auto by_backup = take_synced();
  check_synced(by_backup, root / "first", root / "first.partial");
  CHECK(by_backup.contains(root));
  REQUIRE(restore(root / "first", root / "new"));
  const auto by_restore = take_synced();
  check_synced(by_restore, root / "first/db", root / "new/db");
  check_synced(by_restore, root / "first/blobs", root / "new/blobs");
  CHECK(by_restore.contains(root));
}

TEST_CASE("durable: what a repair cuts is kept on the disk first") {
  const Directory directory;
  {
    const auto database = Database::open({.data_dir = directory.data}).value();
    REQUIRE(database->db().Delete({}, database->family(Family::journal), keys::journal(1, 8)).ok());
  }
  take_synced();
  const auto fold = [](const Reader&, const Batch& batch) -> Result<std::vector<Change>> {
    Applied before;
    before.seq = batch.seq - 1;
    return test::Committer::after(before, batch.shard).changes;
  };
  const auto report =
      repair_journal(directory.data / "", {.accepts_loss = true, .rebuild = fold}).value();
  const auto paths = take_synced();
  CHECK(paths.contains(report.kept_in / "shard-1.jsonl"));
  for (auto at = report.kept_in; at != directory.data.parent_path(); at = at.parent_path())
    CHECK(paths.contains(at));
}

TEST_CASE("durable: a new data directory is its owner's alone, those around it are not touched") {
  const test::TemporaryDirectory root;
  const auto before = ::umask(022);
  const auto lock = DirectoryLock::take(root / "around" / "data", /*create=*/true);
  const auto again = DirectoryLock::take(root / "around" / "other/", /*create=*/true);
  ::umask(before);
  REQUIRE(lock);
  REQUIRE(again);
  const auto rights = [](const fs::path& path) { return fs::status(path).permissions(); };
  CHECK(rights(root / "around" / "data") == fs::perms::owner_all);
  CHECK(rights(root / "around" / "other") == fs::perms::owner_all);
  CHECK(rights(root / "around") == fs::perms{0755});
}

}  // namespace
}  // namespace mf::storage::durable_test
