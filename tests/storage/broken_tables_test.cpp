// Tables that do not even open, and values that no block's checksum accuses: what a repair saves.
#include <algorithm>
#include <catch2/catch.hpp>

#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/storage/closed_directory.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using test::Committer;
using test::everything_in;
using test::fold;

/// The tables of a family, oldest first.
std::vector<fs::path> tables_of(const fs::path& data, Family family) {
  std::vector<rocksdb::LiveFileMetaData> all;
  Database::open({.data_dir = data, .access = Access::read_only})
      .value()
      ->db()
      .GetLiveFilesMetaData(&all);
  std::vector<fs::path> found;
  for (const auto& table : all)
    if (table.column_family_name == to_string(family))
      found.push_back(fs::path(table.directory) / table.relative_filename);
  std::ranges::sort(found);
  return found;
}

enum class Damage { flipped, cut_off };
void break_end(const fs::path& table, Damage damage) {
  const auto size = fs::file_size(table);
  if (damage == Damage::cut_off) return fs::resize_file(table, size - 100);
  std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size) - 8);
  file << "nothing!";
}

/// With batches 1 to 10 of three shards in one table of the journal, 11 to 20 in another.
struct TwoTables : test::ClosedDirectory {
  TwoTables() {
    const auto store = open();
    Committer committer(*store);
    for (int i = 0; i < 10; ++i)
      for (ShardId shard = 0; shard < 3; ++shard) committer.commit(shard);
  }
  [[nodiscard]] std::map<std::string, std::string> files() const {
    auto all = everything_in(data);
    all.erase("LOCK");
    return all;
  }
};

TEST_CASE("repair: behind a table that does not open the journal is saved from the others") {
  const TwoTables directory;
  const auto tables = tables_of(directory.data, Family::journal);
  REQUIRE(tables.size() == 2);
  const auto damage = GENERATE(Damage::flipped, Damage::cut_off);
  const bool is_newer = GENERATE(false, true);
  const auto& broken = tables[is_newer ? 1 : 0];
  break_end(broken, damage);
  const auto opened = open_rocks({.data_dir = directory.data});
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message, Contains("journal repair"));

  const auto before = directory.files();
  const auto look = repair_journal(directory.data, {.rebuild = fold}).value();
  CHECK_FALSE(look.changed);
  CHECK_FALSE(look.was_whole);
  REQUIRE(look.derived_problems.size() == 1);
  CHECK_THAT(look.derived_problems[0], Contains(broken.filename().string()) && Contains("journal"));
  CHECK(directory.files() == before);

  const auto repaired = repair_journal(directory.data, {.accepts_loss = true, .rebuild = fold});
  INFO((repaired ? "" : repaired.error().message));
  REQUIRE(repaired);
  REQUIRE(repaired->cuts.size() == 3);
  for (const auto& cut : repaired->cuts) {
    CHECK(cut.kept_to == (is_newer ? 10 : 0));
    CHECK(cut.records == (is_newer ? 0 : 10));  // behind the hole, and set aside
    CHECK(cut.unreadable == 10);
  }
  CHECK(fs::exists(repaired->kept_in / "tables" / broken.filename()));
  CHECK(verify_journal(directory.data).value().is_whole());
  const auto store = directory.open();
  for (ShardId shard = 0; shard < 3; ++shard) {
    CHECK(store->applied(shard).seq == (is_newer ? 10 : 0));
    CHECK(store->get(Family::state, test::state_key(shard)) ==
          (is_newer ? std::optional<std::string>("10") : std::nullopt));
    CHECK(Committer(*store).commit(shard).state == CommitState::committed);
  }
}

TEST_CASE("repair: a table of what derives that does not open is made anew without a loss") {
  const TwoTables directory;
  const auto era = verify_journal(directory.data).value().era;
  const auto states = tables_of(directory.data, Family::state),
             words = tables_of(directory.data, Family::index);
  for (const auto& table : {states.front(), words.front()}) break_end(table, Damage::flipped);
  const auto look = repair_journal(directory.data, {}).value();
  CHECK(look.was_whole);
  CHECK(look.derived_problems.size() == 2);
  const auto repaired =
      repair_journal(directory.data, {.rebuilds_all = true, .rebuild = fold}).value();
  CHECK(repaired.cuts.empty());
  const auto store = directory.open();
  CHECK(store->era() == era);
  CHECK(store->applied(1).seq == 20);
  CHECK(store->get(Family::state, test::state_key(1)) == "20");
  CHECK(store->get(Family::index, test::trace_key(2, 3)) == "3");
}

TEST_CASE("repair: where the directory's own records do not open, nothing is touched") {
  const TwoTables directory;
  break_end(tables_of(directory.data, Family::meta).front(), Damage::flipped);
  const auto before = directory.files();
  for (const bool accepts : {false, true}) {
    const auto report = repair_journal(directory.data, {.accepts_loss = accepts, .rebuild = fold});
    REQUIRE_FALSE(report);
    CHECK_THAT(report.error().message, Contains("restore a backup"));
  }
  CHECK(directory.files() == before);
}

/// States of Committer are numbers.
Status is_number(const keys::StateKey&, std::string_view value) {
  if (value.find_first_not_of("0123456789") == value.npos) return {};
  return fail(ErrorCode::corrupt, "no number");
}

TEST_CASE("repair: a damaged value in a sound block is named, and made anew from the journal") {
  const test::ClosedDirectory directory;
  const EntityRef order{EntityKind::work_order, "ord_00000000000000000000000001"};
  directory.write(Family::state, test::state_key(1), "x");
  CHECK(repair_journal(directory.data, {}).value().derived_problems.empty());
  const auto look = repair_journal(directory.data, {.check = is_number}).value();
  CHECK(look.was_whole);
  CHECK_FALSE(look.changed);
  CHECK(look.derived_problems ==
        std::vector<std::string>{"the state of work_order/" + order.id + ": no number"});
  for (const bool accepts : {true, false}) {
    directory.write(Family::state, test::state_key(1), "x");
    const auto mended = repair_journal(directory.data, {.accepts_loss = accepts,
                                                        .rebuilds_all = !accepts,
                                                        .rebuild = fold,
                                                        .check = is_number})
                            .value();
    CHECK(mended.changed);
    CHECK(mended.cuts.empty());
    CHECK(mended.derived_problems.size() == 1);
    CHECK(directory.open()->get(Family::state, test::state_key(1)) == "10");
  }
  CHECK(repair_journal(directory.data, {.check = is_number}).value().derived_problems.empty());
}

TEST_CASE("repair: histories, outcomes and counts that can't be read are found, and counted") {
  const test::ClosedDirectory directory;
  const auto find = [&] {
    return repair_journal(directory.data, {.check = is_number}).value().derived_problems;
  };
  SECTION("one of each") {
    const EntityRef order{EntityKind::work_order, "ord_00000000000000000000000007"};
    directory.write(Family::timeline, keys::timeline(1, order, 3), "\xff\xff");
    directory.write(Family::meta, keys::dedup(2, test::command_id(9)), "\x09");
    directory.write(Family::meta, keys::counter(3, "c"), "\xff");
    const auto found = find();
    REQUIRE(found.size() == 3);
    CHECK_THAT(found[0], Contains("the history of work_order/" + order.id));
    CHECK_THAT(found[1], Contains("shard 2") && Contains("an outcome"));
    CHECK_THAT(found[2], Contains("shard 3") && Contains("a count"));
  }
  SECTION("many") {
    for (int i = 10; i < 60; ++i)
      directory.write(
          Family::state,
          keys::state(1, {EntityKind::client, "cli_000000000000000000000000" + std::to_string(i)}),
          "x");
    const auto found = find();
    REQUIRE(found.size() == 21);
    CHECK(found.back() == "and 30 more that can't be read");
  }
}

}  // namespace
}  // namespace mf::storage
