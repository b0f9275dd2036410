#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "base/json.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/tools/backup.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "storage/rocks/tools/unfinished_backup.hpp"
#include "tests/storage/closed_directory.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using test::Committer;
using Directory = test::ClosedDirectory;
using test::everything_in;
using test::is_private;

TEST_CASE("backup: a backup restores to the same journal under a new era") {
  const Directory directory;
  const auto made = back_up(directory.data, directory.root / "backup").value();
  CHECK(made.batches == 30);
  CHECK(made.files > 0);
  const auto restored = restore(directory.root / "backup", directory.root / "new").value();
  CHECK(restored.batches == 30);
  CHECK(restored.era != made.era);
  const auto old_store = directory.open();
  const auto store = open_rocks({.data_dir = directory.root / "new", .shard_count = 4}).value();
  CHECK(store->era() == restored.era);
  CHECK(store->applied(2).chain == old_store->applied(2).chain);
  CHECK(store->get(Family::state, test::state_key(2)) == "10");
  CHECK(Committer(*store).commit(2).state == CommitState::committed);
}

TEST_CASE("backup: of a running store, while it goes on") {
  const Directory directory;
  const auto store = directory.open();
  REQUIRE(back_up(*store, directory.data, directory.root / "backup"));
  CHECK(Committer(*store).commit(0).state == CommitState::committed);
  CHECK(back_up(directory.data, directory.root / "other").error().code == ErrorCode::locked);
  CHECK(restore(directory.root / "backup", directory.root / "new").value().batches == 30);
}

TEST_CASE("backup: no key of a person is in it") {
  const Directory directory;
  fs::create_directories(directory.data / "keys");
  std::ofstream(directory.data / "keys/persons") << "secret";
  fs::create_directories(directory.data / "blobs/ab");
  std::ofstream(directory.data / "blobs/ab/cdef") << "photo";
  REQUIRE(back_up(directory.data, directory.root / "backup"));
  CHECK_FALSE(fs::exists(directory.root / "backup/keys"));
  REQUIRE(restore(directory.root / "backup", directory.root / "new"));
  CHECK_FALSE(fs::exists(directory.root / "new/keys"));
  CHECK(fs::file_size(directory.root / "new/blobs/ab/cdef") == 5);
}

TEST_CASE("backup: directory, copy and what is restored are for nobody's eyes but the owner's") {
  const Directory directory;
  CHECK(is_private(directory.data));
  fs::permissions(directory.data, fs::perms::all);
  (void)directory.open();
  CHECK(is_private(directory.data));
  REQUIRE(back_up(directory.data, directory.root / "backup"));
  CHECK(is_private(directory.root / "backup"));
  fs::create_directories(directory.root / "new");
  fs::permissions(directory.root / "new", fs::perms::all);
  REQUIRE(restore(directory.root / "backup", directory.root / "new"));
  CHECK(is_private(directory.root / "new"));
}

TEST_CASE("backup: only an unfinished backup of ours is ever replaced") {
  const Directory directory;
  const auto partial = directory.root / "backup.partial";
  fs::create_directories(partial);
  std::ofstream(partial / "precious") << "x";
  CHECK(back_up(directory.data, directory.root / "backup").error().code ==
        ErrorCode::already_exists);
  CHECK(fs::exists(partial / "precious"));
  fs::remove_all(partial);
  const std::atomic<bool> cancelled{true};
  {
    const auto store = directory.open();
    CHECK(back_up(*store, directory.data, directory.root / "backup", {.cancelled = &cancelled})
              .error()
              .code == ErrorCode::unavailable);
  }
  CHECK_FALSE(fs::exists(partial));
  fs::create_directories(partial);
  std::ofstream(partial / "UNFINISHED") << "x";
  CHECK(back_up(directory.data, directory.root / "backup"));
  CHECK_FALSE(fs::exists(partial));
}

TEST_CASE("backup: the index is not in it, and is made from the states when that is restored") {
  const Directory directory;
  const auto word = keys::index(1, EntityKind::client, 8, "castilla", "cli_1");
  directory.write(Family::index, word, "");
  const auto has_word = [](const fs::path& where) {
    for (const auto& [name, bytes] : everything_in(where))
      if (bytes.find("castilla") != std::string::npos) return true;
    return false;
  };
  REQUIRE(has_word(directory.data));
  {
    const auto store = directory.open();
    CHECK_FALSE(store->is_index_missing());
    REQUIRE(back_up(*store, directory.data, directory.root / "backup"));
    CHECK(store->get(Family::index, word));
  }
  CHECK_FALSE(has_word(directory.root / "backup"));
  REQUIRE(restore(directory.root / "backup", directory.root / "new"));
  CHECK_FALSE(has_word(directory.root / "new"));
  const auto open = [&] { return open_rocks({.data_dir = directory.root / "new"}).value(); };
  REQUIRE(open()->is_index_missing());
  const IndexOf index_of = [](const keys::StateKey& key,
                              std::string_view value) -> Result<std::vector<Change>> {
    return std::vector{Change{Family::index, test::trace_key(key.shard, 1), std::string(value)}};
  };
  REQUIRE(open()->make_index(index_of));
  const auto store = open();
  CHECK_FALSE(store->is_index_missing());
  CHECK(store->get(Family::index, test::trace_key(2, 1)) == "10");
  CHECK_FALSE(store->get(Family::index, test::trace_key(2, 2)));
}

TEST_CASE("backup: it shares no file with the directory, whatever becomes of that one") {
  const Directory directory;
  fs::create_directories(directory.data / "blobs");
  std::ofstream(directory.data / "blobs/cd") << "photo";
  const auto store = directory.open();
  REQUIRE(back_up(*store, directory.data, directory.root / "backup"));
  for (const auto& path : {directory.data, directory.root / "backup"})
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      INFO(entry.path().string());
      if (entry.is_regular_file()) CHECK(entry.hard_link_count() == 1);
    }
}

/// What a process leaves that is killed while it makes a backup.
void leave_unfinished(const Directory& directory, const fs::path& partial) {
  const auto unfinished = directory.data / "unfinished", kept = directory.root / "kept";
  {
    const auto begun = UnfinishedBackup::begin(directory.data, partial);
    REQUIRE(begun);
    std::ofstream(partial / "table.sst") << "words in clear";
    fs::copy(partial, kept / "partial", fs::copy_options::recursive);
    fs::copy(unfinished, kept / "unfinished", fs::copy_options::recursive);
  }
  CHECK_FALSE(fs::exists(partial));
  CHECK(fs::is_empty(unfinished));
  fs::copy(kept / "partial", partial, fs::copy_options::recursive);
  fs::copy(kept / "unfinished", unfinished, fs::copy_options::recursive);
  fs::remove_all(kept);
}

TEST_CASE("backup: what a killed one left goes with the next one, wherever that is made") {
  const Directory directory;
  const auto partial = directory.root / "old.partial";
  fs::create_directories(directory.root / "kept");
  leave_unfinished(directory, partial);
  REQUIRE(back_up(directory.data, directory.root / "new"));
  CHECK_FALSE(fs::exists(partial));
  CHECK(fs::is_empty(directory.data / "unfinished"));
  CHECK_FALSE(fs::exists(directory.root / "new/UNFINISHED"));
}

TEST_CASE("backup: nothing is removed in the name of a killed one but what bears its mark") {
  const Directory directory;
  const auto partial = directory.root / "old.partial";
  fs::create_directories(directory.root / "kept");
  leave_unfinished(directory, partial);
  SECTION("the mark is another one") { std::ofstream(partial / "UNFINISHED") << "other\n"; }
  SECTION("there is none") { fs::remove(partial / "UNFINISHED"); }
  SECTION("a link stands there") {
    fs::rename(partial, directory.root / "elsewhere");
    fs::create_directory_symlink(directory.root / "elsewhere", partial);
  }
  remove_unfinished_backups(directory.data);
  CHECK(fs::exists(partial / "table.sst"));
  CHECK(fs::is_empty(directory.data / "unfinished"));
}

TEST_CASE("backup: what a killed one left on a disk that is away is removed when it is back") {
  const Directory directory;
  const auto disk = directory.root / "disk", away = directory.root / "away";
  fs::create_directories(directory.root / "kept");
  fs::create_directories(disk);
  leave_unfinished(directory, disk / "old.partial");
  fs::rename(disk, away);
  remove_unfinished_backups(directory.data);
  fs::rename(away, disk);
  remove_unfinished_backups(directory.data);
  CHECK(fs::is_empty(disk));
}

TEST_CASE(
    "backup: a target in one of the node's directories is refused, however links lead there") {
  const Directory directory;
  const auto keys = directory.root / "elsewhere/keys", blobs = directory.root / "elsewhere/blobs";
  fs::create_directories(keys);
  fs::create_directories(blobs);
  fs::create_directory_symlink(blobs, directory.data / "blobs");
  fs::create_directory_symlink(keys, directory.root / "to-keys");
  const auto before = everything_in(directory.root / "elsewhere");
  for (const auto& target : {keys / "backup", blobs / "backup", directory.root / "to-keys/backup",
                             directory.root / "to-keys/../keys/a/b", directory.data / "db/x"}) {
    INFO(target.string());
    const auto made = back_up(directory.data, target, {.apart_from = {keys}});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::invalid_argument);
  }
  CHECK(everything_in(directory.root / "elsewhere") == before);
  CHECK(back_up(directory.data, directory.root / "elsewhere/backup", {.apart_from = {keys}}));
}

TEST_CASE("backup: an existing target and a directory that is not empty are refused") {
  const Directory directory;
  fs::create_directories(directory.root / "there");
  CHECK(back_up(directory.data, directory.root / "there").error().code ==
        ErrorCode::already_exists);
  REQUIRE(back_up(directory.data, directory.root / "backup"));
  CHECK(restore(directory.root / "backup", directory.data).error().code ==
        ErrorCode::already_exists);
  CHECK(restore(directory.root / "there", directory.root / "new").error().code ==
        ErrorCode::not_found);
}

TEST_CASE("restore: a damaged file is found, and what is left behind does not start") {
  const Directory directory;
  REQUIRE(back_up(directory.data, directory.root / "backup"));
  for (const auto& entry : fs::directory_iterator(directory.root / "backup/db"))
    if (entry.path().extension() == ".sst") {
      std::ofstream(entry.path(), std::ios::app) << "x";
      break;
    }
  const auto restored = restore(directory.root / "backup", directory.root / "new");
  REQUIRE_FALSE(restored);
  CHECK(restored.error().code == ErrorCode::corrupt);
  const auto opened = open_rocks({.data_dir = directory.root / "new"});
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message, Contains("did not end"));
}

TEST_CASE("backup: a slash at the end is none of the name, and the data directory is no target") {
  const Directory directory;
  REQUIRE(back_up(directory.data, (directory.root / "backup").string() + "/"));
  CHECK(fs::exists(directory.root / "backup/backup.json"));
  CHECK(back_up(directory.data, directory.data / "blobs").error().code ==
        ErrorCode::invalid_argument);
  fs::create_symlink(directory.root / "nowhere", directory.root / "link");
  CHECK(back_up(directory.data, directory.root / "link").error().code == ErrorCode::already_exists);
}

TEST_CASE("backup: tables that can't be read are no backup, and nothing is left of it") {
  const Directory directory;
  test::flip_in_table(directory.data, Family::state);
  const auto made = back_up(directory.data, directory.root / "backup");
  REQUIRE_FALSE(made);
  CHECK(made.error().code == ErrorCode::corrupt);
  CHECK_FALSE(fs::exists(directory.root / "backup"));
  CHECK_FALSE(fs::exists(directory.root / "backup.partial"));
}

TEST_CASE("restore: a backup that names what no backup holds is refused") {
  const Directory directory;
  REQUIRE(back_up(directory.data, directory.root / "backup"));
  for (const char* name :
       {"keys/persons", "clock", "db/../keys/persons", "/etc/passwd", "../x", "", "."}) {
    INFO(name);
    const auto copy = directory.root / "altered", target = directory.root / "new";
    fs::remove_all(copy);
    fs::copy(directory.root / "backup", copy, fs::copy_options::recursive);
    std::ifstream in(copy / "backup.json");
    auto manifest = nlohmann::json::parse(in);
    manifest["files"][0]["path"] = name;
    std::ofstream(copy / "backup.json") << manifest.dump();
    const auto restored = restore(copy, target);
    REQUIRE_FALSE(restored);
    CHECK(restored.error().code == ErrorCode::corrupt);
    CHECK_FALSE(fs::exists(target / "keys"));
    CHECK_FALSE(fs::exists(target / "clock"));
    fs::remove_all(target);
  }
}

}  // namespace
}  // namespace mf::storage
