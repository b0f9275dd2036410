// The first administrator of a directory, wherever an earlier start was cut off.
#include "node/first_administrator.hpp"

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "gateway/auth/password.hpp"
#include "node/node.hpp"
#include "node/system_door.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::node {
namespace {

/// A node without listeners on a directory of its own.
struct Directory {
  Directory() {
    config::Config config;
    config.storage.data_dir = (directory / "data").string();
    config.storage.shard_count = 4;
    config.storage.free_bytes_min = config::mib(1);
    config.storage.free_percent_min = 0;
    auto started = Node::start(config, Doors::closed);
    if (!started) throw std::runtime_error(started.error().message);
    node = *std::move(started);
    door = std::make_unique<SystemDoor>(node->door());
  }

  Status ensure(FirstPassword password = {}) {
    if (!password.announce)
      password.announce = [this](const std::string& text) {
        shown.push_back(text);
        return Status{};
      };
    return ensure_administrator(*door, password);
  }
  /// What the account of the name says about its login; an error when there is none.
  Result<nlohmann::json> login() {
    const auto owner = door->ask({EntityKind::unique_name, "user:admin"}, "owner");
    if (!owner) return std::unexpected(owner.error());
    const auto reference = parse_json(*owner).at("owner").get<std::string>();
    const auto answer =
        door->ask({EntityKind::account, reference.substr(reference.find('/') + 1)}, "login");
    if (!answer) return std::unexpected(answer.error());
    return parse_json(*answer);
  }
  bool opens(const std::string& password) {
    const auto found = login();
    return found &&
           gateway::auth::verify_password(found->at("password_hash").get<std::string>(), password);
  }

  test::TemporaryDirectory directory;
  std::unique_ptr<Node> node;
  std::unique_ptr<SystemDoor> door;
  std::vector<std::string> shown;
};

}  // namespace

TEST_CASE("first administrator: made once, with the password that was shown") {
  Directory empty;
  REQUIRE(empty.ensure());
  REQUIRE(empty.shown.size() == 1);
  CHECK(empty.opens(empty.shown[0]));
  REQUIRE(empty.ensure());
  CHECK(empty.shown.size() == 1);
}

TEST_CASE(
    "first administrator: a start cut off between name and account is made good by the next") {
  Directory directory;
  const Id account = "acc_00000000000000000000000001";
  REQUIRE(directory.door->run({EntityKind::unique_name, "user:admin"}, "claim_name",
                              R"({"token":"cut off","owner":"account/)" + account + "\"}"));
  REQUIRE_FALSE(directory.login());
  REQUIRE(directory.ensure());
  REQUIRE(directory.shown.size() == 1);
  CHECK(directory.opens(directory.shown[0]));
  CHECK(directory.door->ask({EntityKind::account, account}, "login"));
}

TEST_CASE("first administrator: the password is told before there is an account with it") {
  Directory directory;
  FirstPassword password;
  password.announce = [&](const std::string&) -> Status {
    CHECK_FALSE(directory.login());
    return fail(ErrorCode::io, "the terminal is gone");
  };
  const auto ended = directory.ensure(std::move(password));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().message.find("the terminal is gone") != std::string::npos);
  CHECK_FALSE(directory.login());
}

TEST_CASE(
    "first administrator: a given password is taken as it is, told to nobody, if the rule allows") {
  Directory directory;
  const auto refused = directory.ensure({.given = "short-one"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK_FALSE(directory.login());
  REQUIRE(directory.ensure({.given = "sin-prisa-ni-pausa"}));
  CHECK(directory.shown.empty());
  CHECK(directory.opens("sin-prisa-ni-pausa"));
}

}  // namespace mf::node
