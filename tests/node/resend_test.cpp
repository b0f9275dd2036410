#include "node/resend.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "node/node.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/storage/temporary_directory.hpp"

using namespace mf;

namespace {

config::Config config_for(const std::filesystem::path& data_dir) {
  config::Config config;
  config.storage.data_dir = data_dir.string();
  config.storage.free_bytes_min = config::mib(1);
  config.storage.free_percent_min = 0;
  return config;
}

/// Of one shard. As that does it: with the batch that moves its cursor.
void write_letters(const std::filesystem::path& data_dir,
                   const std::vector<storage::DeadLetter>& letters) {
  const auto store = storage::open_rocks({.data_dir = data_dir}).value();
  std::mutex mutex;
  std::condition_variable changed;
  bool is_committed = false;
  store->on_results([&](std::span<const storage::CommitResult> results) {
    const std::scoped_lock lock(mutex);
    is_committed = results[0].state == storage::CommitState::committed;
    changed.notify_all();
  });
  const ShardId shard = letters.front().key.shard;
  const auto applied = store->applied(shard);
  storage::Commit commit;
  commit.batch.shard = shard;
  commit.batch.epoch = applied.epoch;
  commit.batch.seq = applied.seq + 1;
  commit.batch.era = store->era();
  commit.batch.time = applied.time;
  commit.batch.previous = applied.chain;
  commit.batch.cursor = applied.cursor;
  for (const auto& letter : letters)
    commit.changes.push_back(
        {storage::Family::meta,
         storage::keys::dead_letter(shard, letter.key.seq, letter.key.event, letter.key.reaction),
         encode(letter)});
  store->commit(std::move(commit));
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return is_committed; }));
}

}  // namespace

namespace {

/// A reaction that was done: where it comes from, and what its target remembers of it.
struct DoneReaction {
  storage::keys::DeadLetterKey key;
  EntityRef target;
  CommandId command;
};

/// The name that a client lets go of when its document changes. In the journal, of all shards.
std::optional<DoneReaction> done_reaction(const std::filesystem::path& data_dir) {
  const auto store = storage::open_rocks({.data_dir = data_dir}).value();
  for (ShardId shard = 0; shard < store->shard_count(); ++shard)
    for (std::uint64_t seq = 1; seq <= store->applied(shard).seq; ++seq) {
      const auto batch = store->batch(shard, seq).value();
      for (const auto& entry : batch.entries)
        if (entry.entity.kind == EntityKind::unique_name && !entry.cause.empty() &&
            entry.events.front().type.contains("released")) {
          DoneReaction found{{}, entry.entity, entry.command};
          REQUIRE(std::sscanf(entry.cause.c_str(), "evt_%hu-%lu-%u", &found.key.shard,
                              &found.key.seq, &found.key.event) == 3);
          return found;
        }
    }
  return {};
}

}  // namespace

TEST_CASE("dead letters: what is sent again and done is forgotten, what is refused stays") {
  test::TemporaryDirectory directory;
  const auto data_dir = directory / "data";
  const auto config = config_for(data_dir);
  std::optional<DoneReaction> works;
  {
    const auto node = node::Node::start(config, node::Doors::closed).value();
    const EntityRef client{EntityKind::client, random_id("cli")};
    auto door = node->door();
    REQUIRE(door.run(client, "create",
                     R"({"name":"Luis Mora","document_type":"CC","document_number":"10173"})"));
    REQUIRE(door.run(client, "edit", R"({"document_number":"10174"})"));
  }
  for (int i = 0; i < 10 && !works; ++i) {
    works = done_reaction(data_dir);
    if (!works) CHECK(node::Node::start(config, node::Doors::closed));
  }
  REQUIRE(works);
  const storage::DeadLetter again{works->key, works->target, "release_claim", "not_found",
                                  works->command};
  auto other = again;  // of an event that caused nothing like it
  other.key.reaction = 7;
  write_letters(data_dir, {again, other});
  const auto letters = storage::dead_letters(data_dir).value();
  REQUIRE(letters.size() == 2);

  const auto sent = node::resend_dead_letters(config, letters).value();
  REQUIRE(sent.size() == 2);
  INFO(sent[0].detail);
  CHECK(sent[0].outcome == "done");
  CHECK(sent[1].outcome == "failed");
  CHECK(sent[1].detail == "its event causes nothing of the kind");
  const auto left = storage::dead_letters(data_dir).value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].key == other.key);
}
