#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "base/json.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/tools/backup.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/storage/closed_directory.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using test::Committer;
using Directory = test::ClosedDirectory;
using test::everything_in;
using test::fold;

TEST_CASE("verify: a whole journal is proven from its first batch") {
  const Directory directory;
  const auto report = verify_journal(directory.data).value();
  CHECK(report.is_whole());
  CHECK(report.shard_count == 4);
  CHECK(report.shards.size() == 4);
  CHECK(report.shards[2].records == 10);
  CHECK(report.shards[2].proven == 10);
  CHECK(report.shards[3].records == 0);
  CHECK(verify_journal(directory.data, ShardId{1}).value().shards.size() == 1);
  CHECK(verify_journal(directory.data, ShardId{4}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("verify: a missing, a damaged and a foreign batch are each named") {
  const Directory directory;
  SECTION("missing") {
    directory.write(Family::journal, keys::journal(1, 4), std::nullopt);
    const auto report = verify_journal(directory.data).value();
    CHECK_FALSE(report.is_whole());
    CHECK_THAT(report.shards[1].problem, Contains("batch 4 is missing"));
    CHECK(report.shards[1].proven == 3);
    CHECK(report.shards[1].is_in_the_middle);
    CHECK(report.shards[0].problem.empty());
  }
  SECTION("damaged") {
    directory.write(Family::journal, keys::journal(1, 10), "not a batch, but long enough");
    const auto report = verify_journal(directory.data).value();
    CHECK_THAT(report.shards[1].problem, Contains("batch 10"));
    CHECK(report.shards[1].proven == 9);
    CHECK_FALSE(report.shards[1].is_in_the_middle);
  }
  SECTION("of another chain") {
    auto frame = encode(test::sample_batch(1, 5, blake2b_256("elsewhere")));
    directory.write(Family::journal, keys::journal(1, 5), frame + std::string(10, '\0'));
    CHECK_THAT(verify_journal(directory.data).value().shards[1].problem,
               Contains("batch 5 does not follow"));
  }
  SECTION("states behind the journal") {
    directory.write(Family::meta, keys::applied(1), std::nullopt);
    CHECK_THAT(verify_journal(directory.data).value().shards[1].problem,
               Contains("stand at 0") && Contains("goes on to 10"));
  }
}

TEST_CASE("verify: a directory in use is left alone, and says by whom") {
  const Directory directory;
  const auto store = directory.open();
  const auto report = verify_journal(directory.data);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::locked);
  CHECK_THAT(report.error().message, Contains("stop that node"));
  CHECK(verify_journal(directory.root / "none").error().code == ErrorCode::not_found);
}

TEST_CASE("dump: every batch is a line of JSON, and filters choose") {
  const Directory directory;
  std::vector<nlohmann::json> lines;
  const auto collect = [&](std::string_view line) {
    lines.push_back(parse_json(line));
    return true;
  };
  REQUIRE(dump_journal(directory.data, {}, DumpForm::batches, collect));
  CHECK(lines.size() == 30);
  lines.clear();
  REQUIRE(
      dump_journal(directory.data, {.shard = 2, .from = 3, .to = 4}, DumpForm::batches, collect));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["shard"] == 2);
  CHECK(lines[0]["seq"] == 3);
  CHECK(lines[1]["previous"] == lines[0]["chain"]);
  CHECK(lines[0]["entries"][0]["entity"] == "work_order/ord_00000000000000000000000001");
  CHECK(lines[0]["entries"][0]["events"][0]["type"] == "tracking.work_paused");
  CHECK(lines[0]["entries"][0]["events"][0]["data"]["x"] == "");
  lines.clear();
  REQUIRE(dump_journal(directory.data, {.entity = "ord_none"}, DumpForm::batches, collect));
  CHECK(lines.empty());
}

TEST_CASE("export: every event is a line of JSON with its own id and version") {
  const Directory directory(1);
  std::vector<std::string> lines;
  REQUIRE(dump_journal(directory.data, {.shard = 1}, DumpForm::events, [&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  }));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == R"({"id":"evt_1-1-0","type":"tracking.work_paused","schema":1,)"
                    R"("entity":"work_order/ord_00000000000000000000000001","version":1,)"
                    R"("recorded_at":"2026-09-21T14:13:20.001Z","status":"PAUSED","verb":"pause",)"
                    R"("principal":"acc_00000000000000000000000002","role":"technician",)"
                    R"("trace":"0123456789abcdef0123456789abcdef",)"
                    R"("occurred_at":"2026-09-21T14:13:20.000Z","data":{"x":""}})");
}

TEST_CASE("repair: a whole journal is left as it is") {
  const Directory directory;
  const auto report = repair_journal(directory.data, {.accepts_loss = true}).value();
  CHECK(report.was_whole);
  CHECK_FALSE(report.changed);
  CHECK_FALSE(fs::exists(directory.data / "cut"));
}

TEST_CASE("repair: without consent it only says what it would cut") {
  const Directory directory;
  directory.write(Family::journal, keys::journal(1, 8), std::nullopt);
  const auto report = repair_journal(directory.data, {.rebuild = fold}).value();
  CHECK_FALSE(report.changed);
  REQUIRE(report.cuts.size() == 1);
  CHECK(report.cuts[0].kept_to == 7);
  CHECK(verify_journal(directory.data).value().shards[1].applied == 10);
}

TEST_CASE("repair: without consent not even a file is written") {
  const Directory directory;
  directory.write(Family::journal, keys::journal(1, 8), std::nullopt);
  auto before = everything_in(directory.data);
  (void)repair_journal(directory.data, {.rebuild = fold}).value();
  auto after = everything_in(directory.data);
  for (auto* files : {&before, &after}) files->erase("LOCK");
  CHECK(before == after);
}

TEST_CASE("repair: what loses anything begins a new era, nothing else does") {
  const Directory directory;
  const auto era = verify_journal(directory.data).value().era;
  (void)repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold}).value();
  (void)repair_journal(directory.data, {.rebuilds_all = true, .rebuild = fold}).value();
  CHECK(verify_journal(directory.data).value().era == era);
  directory.write(Family::journal, keys::journal(1, 8), std::nullopt);
  (void)repair_journal(directory.data, {.rebuild = fold}).value();
  CHECK(verify_journal(directory.data).value().era == era);
  (void)repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold}).value();
  CHECK(verify_journal(directory.data).value().era != era);
}

TEST_CASE("repair: one that did not end has to be ended before anything starts, in a new era") {
  const Directory directory;
  const auto era = verify_journal(directory.data).value().era;
  std::ofstream(directory.data / "REPAIRING") << "x";
  const auto opened = open_rocks({.data_dir = directory.data});
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message, Contains("did not end"));
  (void)repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold}).value();
  CHECK(directory.open()->era() != era);
}

TEST_CASE("repair: what is cut is kept, and the shard is rebuilt from what stays") {
  const Directory directory;
  directory.write(Family::meta, keys::dead_letter(1, 2, 0, 0), "letter");
  directory.write(Family::meta, keys::dedup(1, test::command_id(9)), "of a batch that goes");
  directory.write(Family::journal, keys::journal(1, 8), std::nullopt);
  const auto report =
      repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold}).value();
  CHECK(report.changed);
  REQUIRE(report.cuts.size() == 1);
  CHECK(report.cuts[0].records == 2);
  std::ifstream kept(report.kept_in / "shard-1.jsonl");
  std::string line;
  REQUIRE(std::getline(kept, line));
  CHECK_THAT(line, Contains("\"key\":\"" + to_hex(keys::journal(1, 9)) + "\""));

  CHECK(verify_journal(directory.data).value().is_whole());
  const auto store = directory.open();
  CHECK(store->applied(1).seq == 7);
  CHECK(store->applied(0).seq == 10);
  CHECK(store->get(Family::state, test::state_key(1)) == "7");
  CHECK(store->get(Family::index, test::trace_key(1, 7)) == "7");
  CHECK_FALSE(store->get(Family::index, test::trace_key(1, 8)));
  CHECK(store->get(Family::state, test::state_key(2)) == "10");
  CHECK(store->get(Family::meta, keys::dead_letter(1, 2, 0, 0)) == "letter");
  CHECK_FALSE(store->get(Family::meta, keys::dedup(1, test::command_id(9))));
  CHECK(Committer(*store).commit(1).state == CommitState::committed);
}

TEST_CASE("repair: everything derived is made anew when asked, though the journal is whole") {
  const Directory directory;
  directory.write(Family::state, test::state_key(1), std::nullopt);
  directory.write(Family::index, test::trace_key(2, 3), "damaged");
  CHECK(repair_journal(directory.data, {.rebuilds_all = true}).error().code ==
        ErrorCode::unsupported);
  const auto report =
      repair_journal(directory.data, {.rebuilds_all = true, .rebuild = fold}).value();
  CHECK(report.was_whole);
  CHECK(report.changed);
  CHECK(report.cuts.empty());
  CHECK(report.rebuilt == std::vector<ShardId>{0, 1, 2});
  CHECK(verify_journal(directory.data).value().is_whole());
  const auto store = directory.open();
  CHECK(store->get(Family::state, test::state_key(1)) == "10");
  CHECK(store->get(Family::index, test::trace_key(2, 3)) == "3");
  CHECK(store->applied(1).seq == 10);
  CHECK(Committer(*store).commit(1).state == CommitState::committed);
}

TEST_CASE("repair: without the fold a shard that needs it is not touched") {
  const Directory directory;
  directory.write(Family::journal, keys::journal(1, 8), std::nullopt);
  CHECK(repair_journal(directory.data, {.accepts_loss = true}).error().code ==
        ErrorCode::unsupported);
  CHECK(verify_journal(directory.data).value().shards[1].applied == 10);
}

TEST_CASE("repair: states that fell behind the journal are brought up to it, nothing is cut") {
  const Directory directory;
  directory.write(Family::meta, keys::applied(1), std::nullopt);
  directory.write(Family::state, test::state_key(1), "1");
  CHECK(open_rocks({.data_dir = directory.data}).error().code == ErrorCode::corrupt);
  const auto repaired = repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold});
  INFO((repaired ? "" : repaired.error().message));
  REQUIRE(repaired);
  const auto& report = *repaired;
  REQUIRE(report.cuts.size() == 1);
  CHECK(report.cuts[0].records == 0);
  const auto store = directory.open();
  CHECK(store->applied(1).seq == 10);
  CHECK(store->get(Family::state, test::state_key(1)) == "10");
}

TEST_CASE("repair: a flipped bit in the journal's table loses its block, and ends in a start") {
  const Directory directory(400);
  test::flip_in_table(directory.data, Family::journal);
  const auto era = verify_journal(directory.data).value().era;
  auto before = everything_in(directory.data);
  const auto look = repair_journal(directory.data, {.rebuild = fold}).value();
  CHECK_FALSE(look.changed);
  CHECK_FALSE(look.was_whole);
  auto after = everything_in(directory.data);
  for (auto* files : {&before, &after}) files->erase("LOCK");
  CHECK(before == after);
  const auto report =
      repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold}).value();
  CHECK(report.changed);
  REQUIRE_FALSE(report.cuts.empty());
  std::uint64_t unreadable = 0;
  for (const auto& cut : report.cuts) {
    INFO("shard " << cut.shard);
    unreadable += cut.unreadable;
    CHECK(cut.kept_to + cut.records + cut.unreadable == 400);
    CHECK(directory.open()->applied(cut.shard).seq == cut.kept_to);
  }
  CHECK(unreadable > 0);
  CHECK_FALSE(fs::exists(report.kept_in / "journal.jsonl"));
  CHECK_FALSE(fs::is_empty(report.kept_in / "tables"));
  CHECK(verify_journal(directory.data).value().is_whole());
  CHECK(verify_journal(directory.data).value().era != era);
  const auto store = directory.open();
  for (ShardId shard = 0; shard < 3; ++shard) {
    const auto seq = store->applied(shard).seq;
    if (seq > 0) CHECK(store->get(Family::state, test::state_key(shard)) == std::to_string(seq));
    CHECK(Committer(*store).commit(shard).state == CommitState::committed);
  }
}

TEST_CASE("repair: a flipped bit in what derives is found, and mended without a loss") {
  const Directory directory;
  const auto era = verify_journal(directory.data).value().era;
  for (const auto family : {Family::state, Family::index})
    test::flip_in_table(directory.data, family);
  const auto look = repair_journal(directory.data, {}).value();
  CHECK(look.was_whole);
  CHECK(look.derived_problems.size() >= 2);
  CHECK_FALSE(look.changed);
  const auto report =
      repair_journal(directory.data, {.rebuilds_all = true, .rebuild = fold}).value();
  CHECK(report.changed);
  CHECK(report.rebuilt == std::vector<ShardId>{0, 1, 2});
  CHECK(repair_journal(directory.data, {}).value().derived_problems.empty());
  const auto store = directory.open();
  CHECK(store->era() == era);
  CHECK(store->get(Family::state, test::state_key(1)) == "10");
  CHECK(store->get(Family::index, test::trace_key(2, 3)) == "3");
}

TEST_CASE("repair: a rebuild that was cut off is run again, without consent to any loss") {
  const Directory directory;
  int left = 15;
  const Rebuild dies = [&](const Reader& reader,
                           const Batch& batch) -> Result<std::vector<Change>> {
    if (left-- == 0) return fail(ErrorCode::internal, "killed");
    return fold(reader, batch);
  };
  REQUIRE_FALSE(repair_journal(directory.data, {.rebuilds_all = true, .rebuild = dies}));
  const auto opened = open_rocks({.data_dir = directory.data});
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message, Contains("repair --rebuild"));
  const auto report =
      repair_journal(directory.data, {.rebuilds_all = true, .rebuild = fold}).value();
  CHECK(report.was_whole);
  CHECK(directory.open()->get(Family::state, test::state_key(2)) == "10");
}

TEST_CASE("repair: one that was cut off goes on from what it saved of the journal") {
  const Directory directory(400);
  test::flip_in_table(directory.data, Family::journal);
  const Rebuild dies = [](const Reader&, const Batch&) -> Result<std::vector<Change>> {
    return fail(ErrorCode::internal, "killed");
  };
  REQUIRE_FALSE(repair_journal(directory.data, {.accepts_loss = true, .rebuild = dies}));
  // As if it had been killed while the journal was being filled again.
  const auto saved = verify_journal(directory.data).value();
  {
    const auto database = Database::open({.data_dir = directory.data, .is_repair = true}).value();
    REQUIRE(database->empty(Family::journal));
  }
  REQUIRE(repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold}));
  const auto store = directory.open();
  for (ShardId shard = 0; shard < 3; ++shard)
    CHECK(store->applied(shard).seq == saved.shards[shard].proven);
}

TEST_CASE("repair: what only a backup gives back is said, and nothing is touched") {
  const Directory directory;
  SECTION("meta") { test::flip_in_table(directory.data, Family::meta); }
  SECTION("the list of tables") {
    for (const auto& entry : fs::directory_iterator(directory.data / "db"))
      if (entry.path().filename().string().starts_with("MANIFEST")) fs::resize_file(entry, 100);
  }
  auto before = everything_in(directory.data);
  for (const bool rebuilds : {false, true}) {
    const auto report = repair_journal(
        directory.data, {.accepts_loss = true, .rebuilds_all = rebuilds, .rebuild = fold});
    REQUIRE_FALSE(report);
    CHECK_THAT(report.error().message, Contains("restore a backup"));
  }
  auto after = everything_in(directory.data);
  for (auto* files : {&before, &after}) files->erase("LOCK");
  CHECK(before == after);
  CHECK_THAT(open_rocks({.data_dir = directory.data}).error().message,
             Contains("restore a backup"));
}

/// Keys of persons that are kept nowhere.
struct NoKeeper final : KeyKeeper {
  Status stage(std::span<const KeyChange>) override { return {}; }
  Status sync() override { return {}; }
};

TEST_CASE("erasure: what was deleted of somebody leaves every file, also when the process ends") {
  test::TemporaryDirectory root;
  const auto data = root / "data";
  NoKeeper keeper;
  const EntityRef luz{EntityKind::client, "cli_00000000000000000000000001"};
  const auto word = keys::index(1, luz.kind, 8, "castilla", luz.id);
  const auto has_word = [&] {
    for (const auto& [name, bytes] : everything_in(data))
      if (bytes.find("castilla") != std::string::npos) return true;
    return false;
  };
  const auto open = [&] {
    auto store = open_rocks({.data_dir = data,
                             .shard_count = 4,
                             .memory_bytes_max = 16u << 20,
                             .free_bytes_min = 1u << 20,
                             .free_percent_min = 0});
    if (!store) FAIL(store.error().message);
    (*store)->keep_keys_with(keeper);
    return *std::move(store);
  };
  const auto commit = [&](Store& store, std::optional<std::string> value, bool erases) {
    auto next = Committer::after(store.applied(1), 1);
    next.batch.entries[0].entity = luz;
    next.changes.push_back({Family::index, word, std::move(value)});
    if (erases) next.keys.push_back({luz.id, {}});
    REQUIRE(Committer(store).commit(std::move(next)).state == CommitState::committed);
  };
  const auto is_gone = [&] {
    for (int i = 0; i < 200 && has_word(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return !has_word();
  };
  auto store = open();
  commit(*store, "", false);
  store.reset();
  store = open();
  REQUIRE(has_word());
  SECTION("while it runs") {
    commit(*store, std::nullopt, true);
    CHECK(is_gone());
  }
  SECTION("at the next start, when the last process did not come to it") {
    commit(*store, std::nullopt, false);
    store.reset();
    REQUIRE(Database::open({.data_dir = data})
                .value()
                ->put_synced(keys::to_wipe(keys::state(1, luz)), ""));
    REQUIRE(has_word());
    store = open();
    CHECK(is_gone());
    store.reset();
    const auto later = Database::open({.data_dir = data, .access = Access::read_only}).value();
    CHECK_FALSE(later->get(Family::meta, keys::to_wipe(keys::state(1, luz))).value());
  }
}

TEST_CASE("dead letters: they are listed by shard and event, and forgotten when asked") {
  const Directory directory(1);
  const DeadLetter first{{1, 2, 0, 0}, {EntityKind::technician, "t"}, "release_claim", "no", {}};
  DeadLetter second = first;
  second.key = {1, 2, 0, 1};
  for (const auto& letter : {second, first})
    directory.write(Family::meta, keys::dead_letter(1, 2, 0, letter.key.reaction), encode(letter));
  const auto listed = dead_letters(directory.data).value();
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].key == first.key);
  CHECK(listed[1].verb == "release_claim");
  REQUIRE(forget_dead_letters(directory.data, {first.key}));
  const auto left = dead_letters(directory.data).value();
  REQUIRE(left.size() == 1);
  CHECK(left[0].key == second.key);
  CHECK(verify_journal(directory.data).value().is_whole());
}

}  // namespace
}  // namespace mf::storage
