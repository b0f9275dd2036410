// What the next start says about a directory that is not what we wrote.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "storage/disk_guard.hpp"
#include "storage/records.hpp"
#include "storage/rocks/dedup_filter.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/last_cycle.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/faulty_file_system.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using test::Committer;

RocksOptions options(const fs::path& data_dir, std::uint16_t shard_count = 4) {
  return {.data_dir = data_dir, .shard_count = shard_count, .memory_bytes_max = 16u << 20};
}

/// What a kill -9 at this moment would leave.
void copy_as_is(const fs::path& from, const fs::path& to) {
  fs::create_directories(to / "db");
  fs::copy_file(from / "last", to / "last");
  std::error_code gone;  // RocksDB removes what it no longer needs meanwhile
  for (const auto& entry : fs::directory_iterator(from / "db"))
    fs::copy_file(entry.path(), to / "db" / entry.path().filename(), gone);
}

std::vector<fs::path> logs_of(const fs::path& data_dir) {
  std::vector<fs::path> logs;
  for (const auto& entry : fs::directory_iterator(data_dir / "db"))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) logs.push_back(entry.path());
  std::ranges::sort(logs);
  return logs;
}

void flip_byte(const fs::path& file, std::uintmax_t at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  const auto byte = static_cast<char>(stream.get() ^ 0x55);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(byte);
}

TEST_CASE("start: a second one on the same directory is refused, naming directory and process") {
  test::TemporaryDirectory directory;
  const auto store = open_rocks(options(directory / "data")).value();
  const auto second = open_rocks(options(directory / "data"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::locked);
  CHECK_THAT(second.error().message, Contains((directory / "data").string()));
  CHECK_THAT(second.error().message, Contains("process " + std::to_string(::getpid())));
}

TEST_CASE("start: another number of shards is refused, naming both numbers") {
  test::TemporaryDirectory directory;
  REQUIRE(open_rocks(options(directory / "data", 4)));
  const auto other = open_rocks(options(directory / "data", 8));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(other.error().message, Contains("4 shards") && Contains("says 8"));
  CHECK(open_rocks(options(directory / "data", 0)).value()->shard_count() == 4);
}

TEST_CASE("start: a new directory has 64 shards and an era of its own") {
  test::TemporaryDirectory directory;
  const auto one = open_rocks(options(directory / "one", 0)).value();
  const auto two = open_rocks(options(directory / "two", 0)).value();
  CHECK(one->shard_count() == 64);
  CHECK(one->era() != two->era());
}

TEST_CASE("start: a missing directory is only made when that was asked for") {
  test::TemporaryDirectory directory;
  auto only_open = options(directory / "none");
  only_open.create_if_missing = false;
  CHECK(open_rocks(only_open).error().code == ErrorCode::not_found);
  CHECK_FALSE(fs::exists(directory / "none"));
}

TEST_CASE("start: what a killed process had acknowledged is there") {
  test::TemporaryDirectory directory;
  const auto store = open_rocks(options(directory / "data")).value();
  Committer committer(*store);
  for (int i = 0; i < 20; ++i) committer.commit(static_cast<ShardId>(i % 3));
  copy_as_is(directory / "data", directory / "killed");
  const auto later = open_rocks(options(directory / "killed")).value();
  for (ShardId shard = 0; shard < 4; ++shard)
    CHECK(later->applied(shard).chain == store->applied(shard).chain);
}

TEST_CASE("start: a log that ends within a record loses only what was not whole") {
  test::TemporaryDirectory directory;
  const auto store = open_rocks(options(directory / "data")).value();
  Committer committer(*store);
  for (int i = 0; i < 5; ++i) committer.commit(0);
  copy_as_is(directory / "data", directory / "cut");
  const auto log = logs_of(directory / "cut").back();
  fs::resize_file(log, fs::file_size(log) - 3);
  const auto later = open_rocks(options(directory / "cut")).value();
  CHECK(later->applied(0).seq == 4);
  CHECK(later->get(Family::state, test::state_key(0)) == "4");
}

TEST_CASE("start: a log damaged in its middle is refused, and says what to do") {
  test::TemporaryDirectory directory;
  const auto store = open_rocks(options(directory / "data")).value();
  Committer committer(*store);
  for (int i = 0; i < 20; ++i) committer.commit(0);
  copy_as_is(directory / "data", directory / "bad");
  const auto log = logs_of(directory / "bad").back();
  flip_byte(log, fs::file_size(log) / 2);
  const auto later = open_rocks(options(directory / "bad"));
  REQUIRE_FALSE(later);
  CHECK(later.error().code == ErrorCode::corrupt);
  CHECK_THAT(later.error().message,
             Contains((directory / "bad").string()) && Contains("microflow journal repair"));
}

/// A copy of a killed node that had noted what it acknowledged last.
struct Noted {
  test::TemporaryDirectory directory;
  fs::path killed = directory / "killed";
  explicit Noted(int commits = 20) {
    REQUIRE(open_rocks(options(directory / "data")));  // its era is in a table, then
    const auto store = open_rocks(options(directory / "data")).value();
    Committer committer(*store);
    for (int i = 0; i < commits; ++i) committer.commit(static_cast<ShardId>(i % 3));
    const auto is_noted = [&] {
      const auto note = LastCycle::read(directory / "data");
      return note && note->cycle == static_cast<std::uint64_t>(commits);
    };
    for (int i = 0; i < 400 && !is_noted(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    REQUIRE(is_noted());
    copy_as_is(directory / "data", killed);
  }
  /// Refused until the loss is accepted, which begins a new era.
  void check_refused(const std::string& why) const {
    const auto opened = open_rocks(options(killed));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::corrupt);
    CHECK_THAT(opened.error().message, Contains(why) && Contains("--accept-loss"));
    const auto looked = verify_journal(killed).value();
    CHECK_FALSE(looked.is_whole());
    RepairOptions repair{.accepts_loss = true};
    repair.rebuild = [](const Reader&, const Batch&) { return std::vector<Change>{}; };
    CHECK(repair_journal(killed, repair).value().changed);
    CHECK(open_rocks(options(killed)).value()->era() != looked.era);
  }
};

TEST_CASE("start: without the newest file of the log it is refused, until the loss is accepted") {
  const Noted noted;
  REQUIRE(open_rocks(options(noted.killed)));  // as it was
  Noted again;
  fs::remove(logs_of(again.killed).back());
  again.check_refused("is gone");
}

TEST_CASE("start: a log whose batches stand in tables may be gone") {
  const Noted noted;
  REQUIRE(open_rocks(options(noted.killed)));  // as a start that power leaves at its end
  for (const auto& log : logs_of(noted.killed)) fs::remove(log);
  CHECK(verify_journal(noted.killed).value().is_whole());
  const auto store = open_rocks(options(noted.killed));
  REQUIRE(store);
  CHECK((*store)->applied(0).seq == 7);  // of 20 commits on three shards
}

TEST_CASE("start: a log emptied behind our back is refused, until the loss is accepted") {
  const Noted noted;
  fs::resize_file(logs_of(noted.killed).back(), 0);
  noted.check_refused("had been acknowledged");
}

TEST_CASE("start: a directory that has lost all it ever had is not begun anew") {
  test::TemporaryDirectory directory;
  const auto store = open_rocks(options(directory / "data")).value();
  Committer(*store).commit(1);
  copy_as_is(directory / "data", directory / "killed");
  fs::resize_file(logs_of(directory / "killed").back(), 0);
  LastCycle::open(directory / "killed").value()->write({1, 1});
  CHECK(open_rocks(options(directory / "killed")).error().code == ErrorCode::corrupt);
  CHECK(verify_journal(directory / "killed").error().code == ErrorCode::corrupt);
}

TEST_CASE("start: a note of the last cycle that is gone or damaged keeps nobody from starting") {
  const Noted noted(3);
  SECTION("gone") { fs::remove(noted.killed / "last"); }
  SECTION("damaged") { flip_byte(noted.killed / "last", 7); }
  SECTION("cut") { fs::resize_file(noted.killed / "last", 5); }
  CHECK(open_rocks(options(noted.killed)).value()->applied(0).seq == 1);
}

/// Two logs of which the older one is still needed, because no table file can be made meanwhile.
struct TwoLogs {
  test::TemporaryDirectory directory;
  std::shared_ptr<test::FaultyFileSystem> system = std::make_shared<test::FaultyFileSystem>();

  /// `shard_of_round` says who commits; ends one round after the second log was begun.
  void make(std::uint16_t shard_count, const std::function<ShardId(int)>& shard_of_round) {
    auto with = options(directory / "data", shard_count);
    with.wal_bytes_max = 64u << 10;
    with.file_system = system;
    const auto store = open_rocks(with).value();
    system->hold_tables(true);
    Committer committer(*store);
    int round = 0;
    while (logs_of(directory / "data").size() < 2 && round < 60)
      committer.commit(shard_of_round(round++), 4000);
    committer.commit(shard_of_round(round++), 4000);
    copy_as_is(directory / "data", directory / "killed");
    system->hold_tables(false);
  }
  void cut_older_log() {
    const auto logs = logs_of(directory / "killed");
    REQUIRE(logs.size() >= 2);
    const auto& older = logs[logs.size() - 2];
    fs::resize_file(older, fs::file_size(older) - 10);
  }
};

TEST_CASE("start: an older log without its tail is noticed as a gap in the chain") {
  TwoLogs two;
  two.make(4, [](int) { return ShardId{2}; });
  REQUIRE(open_rocks(options(two.directory / "killed")));
  fs::remove_all(two.directory / "killed");
  TwoLogs again;
  again.make(4, [](int) { return ShardId{2}; });
  again.cut_older_log();
  const auto opened = open_rocks(options(again.directory / "killed"));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::corrupt);
  CHECK_THAT(opened.error().message,
             Contains("shard 2") && Contains("is missing") && Contains("microflow journal verify"));
}

TEST_CASE("start: a lost commit is noticed even when its shard never wrote again") {
  TwoLogs two;
  two.make(64, [](int round) { return static_cast<ShardId>(round); });
  two.cut_older_log();
  const auto opened = open_rocks(options(two.directory / "killed", 64));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::corrupt);
  CHECK_THAT(opened.error().message, Contains("write cycle") && Contains("is missing"));
}

TEST_CASE("start: data files without the one that names them are not written over") {
  test::TemporaryDirectory directory;
  {
    const auto store = open_rocks(options(directory / "data")).value();
    Committer(*store).commit(0);
  }
  fs::remove(directory / "data/db/CURRENT");
  const auto opened = open_rocks(options(directory / "data"));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::corrupt);
  CHECK_THAT(opened.error().message, Contains("CURRENT"));
}

TEST_CASE("start: after a clean end only the last batch of every shard is looked at again") {
  test::TemporaryDirectory directory;
  {
    const auto store = open_rocks(options(directory / "data")).value();
    Committer committer(*store);
    for (int i = 0; i < 40; ++i) committer.commit(static_cast<ShardId>(i % 2));
  }
  const auto database =
      Database::open({.data_dir = directory / "data", .access = Access::read_only}).value();
  const auto mark = database->proof(4).value();
  const auto tail = prove_journal(*database, mark, ProofScope::tail).value();
  CHECK(tail.is_whole());
  CHECK(tail.shards[0].records == 1);
  CHECK(tail.shards[2].records == 0);
  CHECK(prove_journal(*database, mark, ProofScope::all).value().shards[0].records == 20);
}

TEST_CASE("start: while it runs, flushes move the mark, so that little is left to prove") {
  test::TemporaryDirectory directory;
  auto with = options(directory / "data");
  with.wal_bytes_max = 1u << 20;
  const auto store = open_rocks(with).value();
  Committer committer(*store);
  for (int i = 0; i < 80; ++i) committer.commit(0, 200'000);
  fs::create_directories(directory / "killed");
  FileCopier copier;
  REQUIRE(store->copy_to(directory / "killed/db", copier));
  const auto database =
      Database::open({.data_dir = directory / "killed", .access = Access::read_only}).value();
  const auto mark = database->proof(4).value();
  CHECK(mark.shards[0].seq > 20);
  const auto tail = prove_journal(*database, mark, ProofScope::tail).value();
  CHECK(tail.is_whole());
  CHECK(tail.shards[0].proven.seq == 80);
}

TEST_CASE("store: small commits wait in memory for one flush, also with little memory") {
  test::TemporaryDirectory directory;
  const auto tables = [&] {
    return std::ranges::count_if(fs::directory_iterator(directory / "data/db"),
                                 [](const auto& e) { return e.path().extension() == ".sst"; });
  };
  const auto store = open_rocks(options(directory / "data")).value();
  Committer committer(*store);
  for (int i = 0; i < 50; ++i) committer.commit(0, 1000);
  CHECK(tables() == 0);
}

TEST_CASE("disk guard: there is no room below the wanted share of free space") {
  test::TemporaryDirectory directory;
  auto all_free = options(directory / "data");
  all_free.free_percent_min = 100;
  CHECK_FALSE(open_rocks(all_free).value()->has_room());
  auto some_free = options(directory / "data");
  some_free.free_bytes_min = 1;
  some_free.free_percent_min = 0;
  CHECK(open_rocks(some_free).value()->has_room());
}

TEST_CASE("disk guard: files that may not grow to what has to be free are a full disk") {
  test::TemporaryDirectory directory;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit low{64u << 20, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  const bool below = DiskGuard(directory.path(), 65u << 20, 0).has_room();
  const bool above = DiskGuard(directory.path(), 63u << 20, 0).has_room();
  ::setrlimit(RLIMIT_FSIZE, &before);
  CHECK_FALSE(below);
  CHECK(above);
  CHECK(DiskGuard(directory.path(), 65u << 20, 0).has_room());
}

TEST_CASE("dedup: an outcome goes once its batch is old, and none before") {
  const auto key = keys::dedup(1, test::command_id(1));
  const auto value = [&](std::uint8_t origin, std::uint64_t seq) {
    return encode(OutcomeRecord{
        .origin = origin, .time = from_millis(0), .version = 300, .seq = seq, .status = "NEW"});
  };
  const Forgotten forgotten{.people = {0, 40}, .others = {0, 30}};
  CHECK(is_forgotten(key, value(0, 40), forgotten));
  CHECK_FALSE(is_forgotten(key, value(0, 41), forgotten));
  for (std::uint8_t origin : {1, 2}) {
    CHECK(is_forgotten(key, value(origin, 30), forgotten));
    CHECK_FALSE(is_forgotten(key, value(origin, 31), forgotten));
  }
  CHECK_FALSE(is_forgotten(keys::dedup(0, test::command_id(1)), value(0, 1), forgotten));
}

TEST_CASE("dedup: nothing but remembered outcomes is ever dropped") {
  const Forgotten all{.people = std::vector<std::uint64_t>(8, 1000),
                      .others = std::vector<std::uint64_t>(8, 1000)};
  const auto outcome = encode(OutcomeRecord{.status = "NEW"});
  CHECK(is_forgotten(keys::dedup(3, test::command_id(1)), outcome, all));
  CHECK_FALSE(is_forgotten(keys::applied(3), outcome, all));
  CHECK_FALSE(is_forgotten(keys::counter(3, "sixteen-bytes-xx"), outcome, all));
  CHECK_FALSE(is_forgotten(keys::dead_letter(3, 1, 2, 3), outcome, all));
  CHECK_FALSE(is_forgotten(keys::dedup(3, test::command_id(1)), "", all));
  CHECK_FALSE(is_forgotten(keys::dedup(3, test::command_id(1)), "\x02 another format", all));
  CHECK_FALSE(is_forgotten(keys::dedup(3, test::command_id(1)), outcome, {}));
}

}  // namespace
}  // namespace mf::storage
