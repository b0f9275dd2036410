// A repair with this program's entities: what it recognises as damaged, and makes anew.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "node/journal_fold.hpp"
#include "node/node.hpp"
#include "storage/records.hpp"
#include "storage/rocks/database.hpp"
#include "tests/storage/temporary_directory.hpp"

using namespace mf;

TEST_CASE("repair: a client whose state can't be decoded is named, and comes back whole") {
  const test::TemporaryDirectory directory;
  const EntityRef luz{EntityKind::client, "cli_00000000000000000000000001"};
  config::Config config;
  config.storage.data_dir = (directory / "data").string();
  config.storage.shard_count = 4;
  config.storage.free_bytes_min = config::mib(1);
  config.storage.free_percent_min = 0;
  const auto start = [&] { return node::Node::start(config, node::Doors::closed).value(); };
  const auto found = start()->door().run(luz, "create",
                                         to_text(nlohmann::json{{"name", "Luz"},
                                                                {"document_type", "CC"},
                                                                {"document_number", "1"},
                                                                {"phones", {"+573001234567"}}}));
  REQUIRE(found);
  const auto key = storage::keys::state(shard_of(luz, 4), luz);
  const auto with_state = [&](const auto& use) {
    const auto database = storage::Database::open({.data_dir = directory / "data"}).value();
    use(database->db(), database->family(storage::Family::state));
  };
  std::string whole;
  with_state([&](auto& db, auto* states) { REQUIRE(db.Get({}, states, key, &whole).ok()); });
  const auto body = storage::decode_state(whole).value().body;
  const auto head = whole.substr(0, whole.size() - body.size());
  const auto repair = [&](bool rebuilds) {
    storage::RepairOptions options{.rebuilds_all = rebuilds, .check = node::state_check()};
    if (rebuilds) options.rebuild = node::open_journal_fold(directory / "data/keys", {}).value();
    return storage::repair_journal(directory / "data", options).value();
  };
  CHECK(repair(false).derived_problems.empty());
  for (const std::string& damaged :
       {std::string("x"), whole.substr(0, whole.size() / 2), head + R"({"name":7})"}) {
    INFO(damaged);
    with_state([&](auto& db, auto* states) { REQUIRE(db.Put({}, states, key, damaged).ok()); });
    const auto told = repair(false).derived_problems;
    REQUIRE(told.size() == 1);
    CHECK_THAT(told[0], Catch::Contains("client/" + luz.id));
    CHECK(repair(true).changed);
    CHECK(repair(false).derived_problems.empty());
    std::string again;
    with_state([&](auto& db, auto* states) { REQUIRE(db.Get({}, states, key, &again).ok()); });
    CHECK(again == whole);
  }
  CHECK(start()->door().run(luz, "edit", R"({"name":"Luz María"})"));
}
