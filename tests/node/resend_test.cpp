#include "node/resend.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
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

/// As a shard does it: with the batch that moves its cursor.
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
  const auto applied = store->applied(0);
  storage::Commit commit;
  commit.batch.epoch = applied.epoch;
  commit.batch.seq = applied.seq + 1;
  commit.batch.era = store->era();
  commit.batch.time = applied.time;
  commit.batch.previous = applied.chain;
  commit.batch.cursor = applied.cursor;
  for (const auto& letter : letters)
    commit.changes.push_back(
        {storage::Family::meta,
         storage::keys::dead_letter(0, letter.key.seq, letter.key.event, letter.key.reaction),
         encode(letter)});
  store->commit(std::move(commit));
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return is_committed; }));
}

}  // namespace

TEST_CASE("dead letters: what is sent again and done is forgotten, what is refused stays") {
  test::TemporaryDirectory directory;
  const auto data_dir = directory / "data";
  const auto config = config_for(data_dir);
  REQUIRE(node::Node::start(config, node::Doors::closed));
  const Id client = random_id("cli");
  const storage::DeadLetter works{
      {0, 7, 0, 0}, {EntityKind::client, client},
      "create",     R"({"name":"Luis Mora","document_type":"CC","document_number":"1017"})",
      "not_found",  blake2b_128({"one"})};
  const storage::DeadLetter hopeless{{0, 8, 0, 0},    {EntityKind::technician, random_id("tec")},
                                     "release_claim", "{}",
                                     "malformed",     blake2b_128({"two"})};
  write_letters(data_dir, {works, hopeless});
  const auto letters = storage::dead_letters(data_dir).value();
  REQUIRE(letters.size() == 2);

  const auto sent = node::resend_dead_letters(config, letters).value();
  REQUIRE(sent.size() == 2);
  INFO(sent[0].detail);
  CHECK(sent[0].outcome == "done");
  CHECK(sent[1].outcome == "refused");
  const auto left = storage::dead_letters(data_dir).value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].key == hopeless.key);
  const auto node = node::Node::start(config, node::Doors::closed).value();
  CHECK(node->door().list({.kind = EntityKind::client}).value().rows.size() == 1);
}
