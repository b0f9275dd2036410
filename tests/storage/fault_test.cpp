// Commit, recovery and checkpoint on a disk that misbehaves: what was acknowledged is there
// afterwards, what is unknown may be either, and damage ends in a clear message.
#include <catch2/catch.hpp>
#include <iostream>
#include <random>

#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/seed.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/faulty_file_system.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

using test::Committer;
using test::FaultyFileSystem;

constexpr std::uint16_t shard_count = 4;

/// What its caller knows of every shard.
struct Known {
  std::uint64_t acknowledged = 0;
  bool is_open_ended = false;  ///< the one after it may be there, too
};
using Knowledge = std::array<Known, shard_count>;

struct Disk {
  test::TemporaryDirectory directory;
  std::shared_ptr<FaultyFileSystem> system = std::make_shared<FaultyFileSystem>();
  std::atomic<int> stops{0};

  Result<std::unique_ptr<RocksStore>> open(std::size_t wal_bytes_max = 1u << 20) {
    return open_rocks({.data_dir = directory / "data",
                       .shard_count = shard_count,
                       .memory_bytes_max = 16u << 20,
                       .wal_bytes_max = wal_bytes_max,
                       .on_stopped = [this](const Error&) { ++stops; },
                       .file_system = system});
  }
};

void note(Known& known, const CommitResult& result) {
  if (result.state == CommitState::committed) known = {result.seq, false};
  if (result.state == CommitState::unknown) known.is_open_ended = true;
}

/// Everything up to applied is there, nothing behind it, and applied is what may be.
void check(const RocksStore& store, Knowledge& known) {
  for (ShardId shard = 0; shard < shard_count; ++shard) {
    const auto applied = store.applied(shard).seq;
    INFO("shard " << shard);
    REQUIRE(applied >= known[shard].acknowledged);
    REQUIRE(applied <= known[shard].acknowledged + (known[shard].is_open_ended ? 1 : 0));
    if (applied > 0)
      REQUIRE(store.get(Family::state, test::state_key(shard)) == std::to_string(applied));
    for (std::uint64_t seq = 1; seq <= applied; ++seq) {
      REQUIRE(store.batch(shard, seq).value().seq == seq);
      REQUIRE(store.get(Family::index, test::trace_key(shard, seq)) == std::to_string(seq));
    }
    REQUIRE_FALSE(store.get(Family::index, test::trace_key(shard, applied + 1)));
    REQUIRE(store.batch(shard, applied + 1).error().code == ErrorCode::not_found);
    known[shard] = {applied, false};
  }
}

/// Commits on random shards until the disk fails or `rounds` are over.
void commit_randomly(RocksStore& store, Knowledge& known, std::mt19937_64& random, int rounds) {
  Committer committer(store);
  for (int round = 0; round < rounds && !store.stopped(); ++round) {
    const auto shards = random();
    for (ShardId shard = 0; shard < shard_count; ++shard)
      if (shards >> shard & 1) committer.start(shard, random() % 20'000);
    for (ShardId shard = 0; shard < shard_count; ++shard)
      if (shards >> shard & 1) note(known[shard], committer.wait(shard));
  }
}

TEST_CASE("disk: what was acknowledged survives every power loss") {
  const auto seed = test::seed();
  std::mt19937_64 random(seed);
  Disk disk;
  Knowledge known{};
  for (int life = 0; life < 12; ++life) {
    INFO("seed " << seed << ", life " << life);
    auto store = disk.open();
    INFO((store ? "" : store.error().message));
    REQUIRE(store);
    check(**store, known);
    disk.system->fail_after(random() % 400, FaultyFileSystem::Fault::refuse);
    commit_randomly(**store, known, random, 60);
    disk.system->power_off();
    store->reset();
    disk.system->restart([&](std::size_t unsynced) { return random() % (unsynced + 1); });
  }
}

TEST_CASE("disk: a last write that was torn off is forgotten, a spoilt one is refused") {
  const bool is_spoilt = GENERATE(false, true);
  std::mt19937_64 random(7);
  for (int attempt = 0; attempt < 4; ++attempt) {
    Disk disk;
    Knowledge known{};
    auto store = disk.open().value();
    commit_randomly(*store, known, random, 10);
    disk.system->fail_after(1, FaultyFileSystem::Fault::refuse);  // appended, never synced
    commit_randomly(*store, known, random, 1000);
    disk.system->power_off();
    store.reset();
    disk.system->restart(
        [&](std::size_t unsynced) { return is_spoilt ? unsynced : random() % unsynced; },
        [&](std::string& tail) {
          if (is_spoilt) tail[tail.size() / 2] ^= 0x55;
        });
    auto later = disk.open();
    if (!is_spoilt) {
      INFO((later ? "" : later.error().message));
      REQUIRE(later);
      check(**later, known);
      continue;
    }
    // Nobody can tell an unacknowledged write from a damaged acknowledged one: people decide.
    REQUIRE_FALSE(later);
    CHECK(later.error().code == ErrorCode::corrupt);
    CHECK(later.error().message.find("journal repair") != std::string::npos);
    const auto refused = repair_journal(disk.directory / "data", {}).value();
    CHECK_FALSE(refused.changed);
    CHECK_FALSE(refused.log_problem.empty());
    const auto repaired = repair_journal(disk.directory / "data", {.accepts_loss = true}).value();
    CHECK(repaired.changed);
    CHECK_FALSE(std::filesystem::is_empty(repaired.kept_in / "log"));
    check(*disk.open().value(), known);
  }
}

TEST_CASE("disk: whichever operation fails, the next start has all that was acknowledged") {
  std::uint64_t last = 0;
  for (std::uint64_t operation = 0; operation <= last + 1; operation += 1 + operation / 12) {
    INFO("operation " << operation);
    Disk disk;
    Knowledge known{};
    const auto before = disk.system->operations();
    disk.system->fail_after(operation, FaultyFileSystem::Fault::refuse);
    if (auto store = disk.open()) {
      std::mt19937_64 random(1);
      commit_randomly(**store, known, random, 5);
    } else {
      CHECK_FALSE(store.error().message.empty());
    }
    last = std::min<std::uint64_t>(disk.system->operations() - before, 200);
    disk.system->power_off();
    disk.system->restart([](std::size_t) { return 0; });
    auto store = disk.open();
    INFO((store ? "" : store.error().message));
    REQUIRE(store);
    check(**store, known);
  }
  CHECK(last > 20);
}

TEST_CASE("disk: when it is full nothing is lost, and with new space it goes on") {
  Disk disk;
  Knowledge known{};
  std::mt19937_64 random(3);
  auto store = disk.open().value();
  commit_randomly(*store, known, random, 10);
  disk.system->fail_after(0, FaultyFileSystem::Fault::no_space);
  Committer committer(*store);
  const auto result = committer.commit(1);
  CHECK(result.state == CommitState::unknown);
  CHECK(result.why.find("No space") != std::string::npos);
  note(known[1], result);
  REQUIRE(store->stopped());
  CHECK(store->stopped()->code == ErrorCode::disk_full);

  // Nobody may believe that it goes on: later commits certainly fail, even when space is back.
  disk.system->heal();
  CHECK(committer.commit(2).state == CommitState::failed);
  store.reset();
  CHECK(disk.stops == 1);
  auto later = disk.open().value();
  check(*later, known);
  Committer again(*later);
  CHECK(again.commit(1).state == CommitState::committed);
}

TEST_CASE("disk: a failed sync is unknown, stops the store, and is told once") {
  Disk disk;
  auto store = disk.open().value();
  Committer committer(*store);
  REQUIRE(committer.commit(0).state == CommitState::committed);
  disk.system->fail_after(1, FaultyFileSystem::Fault::refuse);  // the append goes through
  CHECK(committer.commit(0).state == CommitState::unknown);
  CHECK(committer.commit(1).state == CommitState::failed);
  CHECK(committer.commit(1).state == CommitState::failed);
  store.reset();
  CHECK(disk.stops == 1);
}

TEST_CASE("disk: a checkpoint taken under load is a whole store of its own") {
  Disk disk;
  Knowledge known{};
  std::mt19937_64 random(5);
  auto store = disk.open().value();
  commit_randomly(*store, known, random, 30);
  const auto at_copy = known;
  std::filesystem::create_directories(disk.directory / "copy");
  FileCopier copier;
  REQUIRE(store->copy_to(disk.directory / "copy/db", copier));
  commit_randomly(*store, known, random, 10);
  auto copy = open_rocks({.data_dir = disk.directory / "copy"});
  REQUIRE(copy);
  auto expected = at_copy;
  check(**copy, expected);
  CHECK((*copy)->era() == store->era());
}

}  // namespace
}  // namespace mf::storage
