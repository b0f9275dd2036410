// Accounts end with the client that they name, whatever interrupts (decision 0016).
#include <catch2/catch.hpp>
#include <thread>

#include "base/json.hpp"
#include "storage/person_keys/personal_key_ring.hpp"
#include "tests/node/small_node.hpp"

namespace mf::node {
namespace {

using nlohmann::json;

const EntityRef luz{EntityKind::client, "cli_00000000000000000000000001"},
    eva{EntityKind::client, "cli_00000000000000000000000002"},
    first{EntityKind::account, "acc_00000000000000000000000001"},
    second{EntityKind::account, "acc_00000000000000000000000002"},
    others{EntityKind::account, "acc_00000000000000000000000003"};

struct Installation : SmallNode {
  /// Two clients; two accounts of Luz, and one of Eva.
  void found() const {
    const auto node = start().value();
    for (const auto& [client, number] : {std::pair{luz, "1"}, {eva, "2"}})
      REQUIRE(node->door().run(
          client, "create",
          to_text(json{{"name", "Luz"}, {"document_type", "CC"}, {"document_number", number}})));
    for (const auto& [account, client] :
         {std::pair{first, luz.id}, {second, luz.id}, {others, eva.id}})
      REQUIRE(node->door().run(
          account, "create",
          to_text(json{
              {"username", account.id.substr(20)}, {"roles", {"client"}}, {"client", client}})));
  }
};

bool is_disabled(Node& node, const EntityRef& account) {
  return parse_json(node.door().ask(account, "login").value())["disabled"] == true;
}
bool is_disabled_soon(Node& node, const EntityRef& account) {
  for (int tries = 0; tries < 500 && !is_disabled(node, account); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return is_disabled(node, account);
}

}  // namespace

TEST_CASE("accounts of an erased client: all are disabled, once, and nobody else's") {
  const Installation installation;
  installation.found();
  const auto node = installation.start().value();
  REQUIRE(node->door().run(luz, "erase", "{}"));
  CHECK(is_disabled_soon(*node, first));
  CHECK(is_disabled_soon(*node, second));
  CHECK_FALSE(is_disabled(*node, others));
  const auto again = node->door().run(first, "lose_client", to_text(json{{"client", luz.id}}));
  REQUIRE_FALSE(again);
  CHECK(again.error().message.find("already_done") != std::string::npos);
  CHECK(node->door().run(first, "edit", R"({"language":"en"})").value().version == 3);
}

TEST_CASE("accounts of an erased client: what a crash has left enabled ends at the next start") {
  const Installation installation;
  installation.found();
  {
    // As if the process had died with the key that it destroyed.
    const auto keys = storage::KeyStore::open(installation.keys).value();
    REQUIRE(keys->stage(std::vector<storage::KeyChange>{{luz.id, {}}}));
    REQUIRE(keys->sync());
  }
  for (int start = 0; start < 2; ++start) {
    const auto node = installation.start().value();
    CHECK(is_disabled_soon(*node, first));
    CHECK(is_disabled_soon(*node, second));
    CHECK_FALSE(is_disabled(*node, others));
  }
  const auto node = installation.start().value();
  CHECK(node->door().run(first, "edit", R"({"language":"en"})").value().version == 3);
}

TEST_CASE("accounts of an erased client: one whose key was lost is no erased one") {
  const Installation installation;
  installation.found();
  const auto keys = storage::KeyStore::open(installation.keys).value();
  storage::PersonalKeyRing ring(*keys);
  CHECK_FALSE(ring.is_destroyed(luz.id));
  CHECK_FALSE(ring.is_destroyed("cli_00000000000000000000000009"));
  REQUIRE(ring.stage(std::vector<storage::KeyChange>{{luz.id, {}}}));
  CHECK(ring.is_destroyed(luz.id));
  REQUIRE(ring.sync());
  CHECK(ring.is_destroyed(luz.id));
}

}  // namespace mf::node
