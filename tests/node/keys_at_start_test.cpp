// What a node does at its start about keys of persons that do not fit its journal (decision 0016).
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "node/journal_fold.hpp"
#include "storage/person_keys/key_store.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/tools/backup.hpp"
#include "tests/node/small_node.hpp"

namespace mf::node::keys_at_start_test {
namespace {

namespace fs = std::filesystem;

const EntityRef luz{EntityKind::client, "cli_00000000000000000000000001"},
    eva{EntityKind::client, "cli_00000000000000000000000002"};

std::string person(const char* name, const char* number) {
  return to_text(nlohmann::json{{"name", name},
                                {"document_type", "CC"},
                                {"document_number", number},
                                {"phones", {"+57 300 123 4567"}}});
}

struct House : SmallNode {
  /// Makes the clients that are named, and stops.
  void found(const std::vector<std::pair<EntityRef, std::string>>& clients) const {
    auto node = start().value();
    for (const auto& [ref, body] : clients) REQUIRE(node->door().run(ref, "create", body));
  }
  /// Erases a client, and waits until the key is gone.
  void erase(const EntityRef& client) const {
    const auto node = start().value();
    REQUIRE(node->door().run(client, "erase", "{}"));
    for (int tries = 0; tries < 500; ++tries) {
      const auto again = node->door().run(client, "destroy_key", "{}");
      if (!again && again.error().message.find("already_done") != std::string::npos) return;
    }
    FAIL("the key is not destroyed");
  }
  std::string refused() const {
    const auto node = start();
    return node ? "" : node.error().message;
  }
};

}  // namespace

TEST_CASE("keys at a start: an older copy of them is refused, as a repair with it is") {
  House house;
  house.found({{luz, person("Luz", "1")}});
  fs::copy(house.keys, house.directory / "copy");
  house.found({{eva, person("Eva", "2")}});
  fs::rename(house.keys, house.directory / "right");
  fs::rename(house.directory / "copy", house.keys);
  CHECK_THAT(house.refused(), Catch::Contains("--new-keys"));
  const auto noted = storage::keys_noted_in(house.data).value();
  CHECK_FALSE(open_journal_fold(house.keys, noted));
  fs::remove_all(house.keys);
  fs::rename(house.directory / "right", house.keys);
  CHECK(house.refused() == "");
  CHECK(open_journal_fold(house.keys, noted));
}

TEST_CASE("keys at a start: a copy from before an erasure is refused, and brings nobody back") {
  House house;
  house.found({{luz, person("Luz", "1")}, {eva, person("Eva", "2")}});
  fs::copy(house.keys, house.directory / "copy");
  house.erase(luz);
  fs::remove_all(house.keys);
  fs::rename(house.directory / "copy", house.keys);
  CHECK_THAT(house.refused(), Catch::Contains("before") && Catch::Contains("--new-keys"));
  CHECK(storage::KeyStore::open(house.keys).value()->get(luz.id));
  REQUIRE(house.start(Doors::closed, PersonKeys::accept_loss));
  {
    const auto keys = storage::KeyStore::open(house.keys).value();
    CHECK(keys->get(luz.id).error().code == ErrorCode::unavailable);
    CHECK(keys->get(eva.id));
  }
  CHECK(house.refused() == "");
}

TEST_CASE("keys at a start: whoever accepts their loss can give a person a new one") {
  House house;
  house.found({{luz, person("Luz", "1")}});
  fs::remove_all(house.keys);
  {
    REQUIRE(house.start(Doors::closed, PersonKeys::accept_loss));
  }
  const auto node = house.start().value();
  CHECK(node->door().run(luz, "edit", person("Luz again", "1")));
}

TEST_CASE("keys at a start: those of persons without a journal are refused") {
  House house;
  house.found({{luz, person("Luz", "1")}});
  fs::remove_all(house.data);
  for (int tries = 0; tries < 2; ++tries)
    CHECK_THAT(house.refused(), Catch::Contains("has no journal"));
  CHECK(house.start(Doors::closed, PersonKeys::accept_loss));
}

TEST_CASE("keys at a start: whom a restored backup brings back is erased again") {
  House house;
  house.found({{luz, person("Luz", "1")}, {eva, person("Eva", "2")}});
  REQUIRE(storage::back_up(house.data, house.directory / "backup"));
  house.erase(luz);
  fs::remove_all(house.data);
  REQUIRE(storage::restore(house.directory / "backup", house.data));
  const auto node = house.start(Doors::open).value();
  auto door = node->door();
  const auto refused = door.run(luz, "edit", person("Luz", "1"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("erased") != std::string::npos);
  CHECK(door.run(eva, "edit", R"({"name":"Eva María"})"));
  // Her document's name is free again, as it was before the restore.
  const EntityRef next{EntityKind::client, "cli_00000000000000000000000003"};
  Result<entity::Outcome> made = fail(ErrorCode::internal, "");
  for (int tries = 0; tries < 100 && !made; ++tries)
    made = door.run(next, "create", person("Luz the other", "1"));
  CHECK(made);
}

}  // namespace mf::node::keys_at_start_test
