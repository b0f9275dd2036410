// What holds for every adapter of storage::Store.
#include <catch2/catch.hpp>

#include "storage/memory/memory_store.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

using test::Committer;
using test::state_key;
using test::trace_key;

struct RocksAdapter {
  test::TemporaryDirectory directory;
  std::unique_ptr<Store> store = open();
  std::unique_ptr<Store> open() const {
    auto opened = open_rocks({.data_dir = directory / "data", .shard_count = 4});
    if (!opened) FAIL(opened.error().message);
    return *std::move(opened);
  }
  void reopen() {
    store.reset();
    store = open();
  }
};

struct MemoryAdapter {
  std::unique_ptr<Store> store = std::make_unique<MemoryStore>(4, "e1");
  void reopen() {}  // it lives as long as its process
};

#define STORES RocksAdapter, MemoryAdapter

TEMPLATE_TEST_CASE("store: a new one is empty, and knows its shards and its era", "", STORES) {
  TestType adapter;
  CHECK(adapter.store->shard_count() == 4);
  CHECK_FALSE(adapter.store->era().empty());
  CHECK(adapter.store->applied(3).seq == 0);
  CHECK(adapter.store->applied(3).chain == Hash256{});
  CHECK(adapter.store->batch(3, 1).error().code == ErrorCode::not_found);
  CHECK_FALSE(adapter.store->get(Family::state, state_key(3)));
}

TEMPLATE_TEST_CASE("store: a committed batch, its changes and its position are there together", "",
                   STORES) {
  TestType adapter;
  Committer committer(*adapter.store);
  const auto commit = Committer::after({}, 2);
  const auto result = committer.commit(commit);
  CHECK(result.state == CommitState::committed);
  CHECK(result.seq == 1);
  CHECK(result.why.empty());
  const auto applied = adapter.store->applied(2);
  CHECK(applied.seq == 1);
  CHECK(applied.chain == chain_hash(commit.batch));
  CHECK(applied.epoch == commit.batch.epoch);
  CHECK(applied.time == commit.batch.time);
  CHECK(adapter.store->batch(2, 1).value() == commit.batch);
  CHECK(adapter.store->get(Family::state, state_key(2)) == "1");
  CHECK(adapter.store->applied(1).seq == 0);
}

TEMPLATE_TEST_CASE("store: commits of several shards that are given together are all made", "",
                   STORES) {
  TestType adapter;
  Committer committer(*adapter.store);
  std::vector<Commit> commits;
  for (const ShardId shard : {0, 1, 3}) commits.push_back(Committer::after({}, shard));
  adapter.store->commit_all(std::move(commits));
  for (const ShardId shard : {0, 1, 3}) {
    CHECK(committer.wait(shard).state == CommitState::committed);
    CHECK(adapter.store->applied(shard).seq == 1);
    CHECK(adapter.store->get(Family::state, state_key(shard)) == "1");
  }
  CHECK(adapter.store->applied(2).seq == 0);
}

TEMPLATE_TEST_CASE("store: what was committed is there after reopening", "", STORES) {
  TestType adapter;
  const auto era = adapter.store->era();
  {
    Committer committer(*adapter.store);
    for (int i = 0; i < 5; ++i) REQUIRE(committer.commit(1).state == CommitState::committed);
    auto last = Committer::after(adapter.store->applied(1), 1);
    last.batch.cursor = {.low = 4, .done = {{5, 0, 1}}};
    REQUIRE(committer.commit(last).state == CommitState::committed);
  }
  adapter.reopen();
  CHECK(adapter.store->era() == era);
  CHECK(adapter.store->applied(1).seq == 6);
  CHECK(adapter.store->applied(1).cursor == ReactionCursor{4, {{5, 0, 1}}});
  for (std::uint64_t seq = 1; seq <= 6; ++seq) {
    CHECK(adapter.store->batch(1, seq).value().seq == seq);
    CHECK(adapter.store->get(Family::index, trace_key(1, seq)) == std::to_string(seq));
  }
  Committer committer(*adapter.store);
  CHECK(committer.commit(1).seq == 7);
}

TEMPLATE_TEST_CASE("store: a change without a value deletes, and may do so twice", "", STORES) {
  TestType adapter;
  Committer committer(*adapter.store);
  committer.commit(1);
  for (int i = 0; i < 2; ++i) {
    auto commit = Committer::after(adapter.store->applied(1), 1);
    commit.changes = {{Family::state, state_key(1), std::nullopt}};
    CHECK(committer.commit(commit).state == CommitState::committed);
    CHECK_FALSE(adapter.store->get(Family::state, state_key(1)));
  }
}

TEMPLATE_TEST_CASE("store: a batch that does not follow the last one fails and changes nothing", "",
                   STORES) {
  TestType adapter;
  Committer committer(*adapter.store);
  committer.commit(1);
  const auto before = adapter.store->applied(1);

  auto gap = Committer::after(before, 1);
  gap.batch.seq += 1;
  CHECK(committer.commit(gap).state == CommitState::failed);

  auto other_chain = Committer::after(before, 1);
  other_chain.batch.previous.bytes[0] ^= 1;
  const auto refused = committer.commit(other_chain);
  CHECK(refused.state == CommitState::failed);
  CHECK_FALSE(refused.why.empty());

  CHECK(adapter.store->applied(1).seq == before.seq);
  CHECK(adapter.store->get(Family::state, state_key(1)) == "1");
  CHECK(committer.commit(1).state == CommitState::committed);
}

TEMPLATE_TEST_CASE("store: shards commit independently of each other", "", STORES) {
  TestType adapter;
  Committer committer(*adapter.store);
  for (int round = 1; round <= 20; ++round) {
    for (ShardId shard = 0; shard < 4; ++shard) committer.start(shard);
    for (ShardId shard = 0; shard < 4; ++shard) {
      const auto result = committer.wait(shard);
      CHECK(result.state == CommitState::committed);
      CHECK(result.seq == static_cast<std::uint64_t>(round));
    }
  }
}

TEMPLATE_TEST_CASE("store: the next commit may be handed over from within the results", "",
                   STORES) {
  TestType adapter;
  std::mutex mutex;
  std::condition_variable done;
  std::uint64_t last = 0;
  adapter.store->on_results([&](std::span<const CommitResult> results) {
    if (results.front().seq < 10) {
      adapter.store->commit(Committer::after(adapter.store->applied(0), 0));
    } else {
      const std::lock_guard lock(mutex);
      last = results.front().seq;
      done.notify_all();
    }
  });
  adapter.store->commit(Committer::after({}, 0));
  std::unique_lock lock(mutex);
  CHECK(done.wait_for(lock, std::chrono::seconds(30), [&] { return last == 10; }));
}

TEMPLATE_TEST_CASE("store: a walk is in order, inside its range, and under one snapshot", "",
                   STORES) {
  TestType adapter;
  Committer committer(*adapter.store);
  auto commit = Committer::after({}, 1);
  for (const char* key : {"b", "d", "a", "c", "e"})
    commit.changes.push_back({Family::timers, key, std::string("v") + key});
  committer.commit(commit);

  const auto scan = adapter.store->scan(Family::timers, "b", "e");
  auto later = Committer::after(adapter.store->applied(1), 1);
  later.changes = {{Family::timers, "bb", "new"}, {Family::timers, "c", std::nullopt}};
  committer.commit(later);

  std::string seen;
  for (; scan->valid(); scan->next()) seen += std::string(scan->key()) += scan->value();
  CHECK(seen == "bvbcvcdvd");
  scan->seek("c");
  REQUIRE(scan->valid());
  CHECK(scan->key() == "c");
  scan->seek("a");
  CHECK(scan->key() == "b");
  scan->seek("e");
  CHECK_FALSE(scan->valid());
  const auto fresh = adapter.store->scan(Family::timers, "", "z");
  std::string keys;
  for (; fresh->valid(); fresh->next()) keys += std::string(fresh->key()) + " ";
  CHECK(keys == "a b bb d e ");
}

/// Sees where the store stands when keys become durable; refuses what it is told to.
struct WatchingKeeper final : KeyKeeper {
  explicit WatchingKeeper(const Store& s) : store(s) {}
  Status stage(std::span<const KeyChange> changes) override {
    if (refuses == "stage") return fail(ErrorCode::already_exists, "another key");
    for (const auto& change : changes) staged.push_back(change.person);
    return {};
  }
  Status sync() override {
    if (refuses == "sync") return fail(ErrorCode::disk_full, "no room");
    position_at_sync = store.applied(2).seq;
    kept.insert(kept.end(), staged.begin(), staged.end());
    staged.clear();
    return {};
  }
  const Store& store;
  std::string refuses;
  std::vector<std::string> staged, kept;
  std::uint64_t position_at_sync = 99;
};

Commit commit_with_key(const Store& store, std::string person) {
  auto commit = Committer::after(store.applied(2), 2);
  commit.keys.push_back({std::move(person), PersonKey{}});
  return commit;
}

TEMPLATE_TEST_CASE("store: keys of persons are durable before the batch that needs them", "",
                   STORES) {
  TestType adapter;
  WatchingKeeper keeper(*adapter.store);
  adapter.store->keep_keys_with(keeper);
  Committer committer(*adapter.store);
  CHECK(committer.commit(commit_with_key(*adapter.store, "cli_1")).state == CommitState::committed);
  CHECK(keeper.kept == std::vector<std::string>{"cli_1"});
  CHECK(keeper.position_at_sync == 0);
  CHECK(committer.commit(2).state == CommitState::committed);
  CHECK(keeper.kept.size() == 1);
}

TEMPLATE_TEST_CASE("store: a commit whose keys can't be kept is certainly not made", "", STORES) {
  TestType adapter;
  WatchingKeeper keeper(*adapter.store);
  Committer committer(*adapter.store);
  CHECK(committer.commit(commit_with_key(*adapter.store, "cli_1")).state == CommitState::failed);
  adapter.store->keep_keys_with(keeper);
  for (const auto* step : {"stage", "sync"}) {
    keeper.refuses = step;
    const auto result = committer.commit(commit_with_key(*adapter.store, "cli_1"));
    CHECK(result.state == CommitState::failed);
    CHECK_FALSE(result.why.empty());
    CHECK(adapter.store->applied(2).seq == 0);
  }
  CHECK(committer.commit(2).state == CommitState::committed);
}

}  // namespace
}  // namespace mf::storage
