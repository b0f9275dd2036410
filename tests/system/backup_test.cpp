// Backups as an operator makes them: of a node that goes on working meanwhile.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/json.hpp"
#include "tests/system/company.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;

namespace {

Ended microflow(std::vector<std::string> arguments) {
  return run({.arguments = std::move(arguments), .environment = {}, .file_size_max = {}});
}

/// The node of this world, started anew where each sync of a file of the copy takes a second.
void start_with_slow_copies(World& world) {
  world.node->signal(SIGTERM);
  REQUIRE(world.node->wait_for_exit() == 0);
  auto launch = serve(world.directory / "data");
  launch.environment.emplace_back("LD_PRELOAD=" MF_SLOW_SYNC_LIBRARY);
  launch.environment.emplace_back("MF_SLOW_SYNC=copy.partial");
  world.start_as(launch);
}

Launch copying(const World& world) {
  return {.arguments = {"backup", "--data-dir", (world.directory / "data").string(),
                        (world.directory / "copy").string()},
          .environment = {},
          .file_size_max = {}};
}

bool wait_until(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return holds();
}

}  // namespace

TEST_CASE("backup: a node that is told to end gives up a backup on a slow disk, and leaves none") {
  World world;
  start_with_slow_copies(world);
  const auto partial = world.directory / "copy.partial";
  Process backup(copying(world));
  // Its files are synced one by one from here on, each for a second.
  REQUIRE(wait_until([&] { return std::filesystem::exists(partial / "backup.json"); }));
  // Another caller waits for nothing of that.
  const auto unlocked =
      microflow({"account", "unlock", "admin", "--data-dir", (world.directory / "data").string()});
  INFO(unlocked.output << unlocked.errors);
  CHECK(unlocked.status == 0);
  CHECK(std::filesystem::exists(partial));
  const auto files = std::distance(std::filesystem::recursive_directory_iterator(partial), {});
  CHECK(files > 10);
  world.node->signal(SIGTERM);
  CHECK(world.node->wait_for_exit(std::chrono::seconds(8)) == 0);
  CHECK_FALSE(std::filesystem::exists(partial));
  CHECK_FALSE(std::filesystem::exists(world.directory / "copy"));
  CHECK(backup.wait_for_exit() == 1);
}

TEST_CASE("backup: what a killed node left of one is gone once it has started again") {
  World world;
  start_with_slow_copies(world);
  const auto partial = world.directory / "copy.partial";
  const Process backup(copying(world));
  REQUIRE(wait_until([&] { return std::filesystem::exists(partial / "db" / "CURRENT"); }));
  world.node->kill();
  REQUIRE(std::filesystem::exists(partial));
  world.start_again();
  CHECK_FALSE(std::filesystem::exists(partial));
  CHECK_THAT(world.node->logged(), Catch::Contains("unfinished-backup-removed"));
}

TEST_CASE("backup: a running node's directory is copied by the node and restores whole") {
  World world;
  const auto before = world.company->new_order("Antes de la copia");
  const auto data = (world.directory / "data").string();
  const auto copy = (world.directory / "copy").string();

  const auto made = microflow({"backup", "--data-dir", data, "--json", copy});
  INFO(made.output << made.errors);
  REQUIRE(made.status == 0);
  CHECK(mf::parse_json(made.output).at("batches").get<int>() > 0);
  const auto after = world.company->new_order("Después de la copia");
  CHECK(world.company->supervisor().get("/v1/orders/" + after).status == 200);

  const auto again = microflow({"backup", "--data-dir", data, copy});
  CHECK(again.status == 1);
  CHECK_THAT(again.errors, Catch::Contains("exists already"));

  world.node.reset();
  std::filesystem::rename(world.directory / "data", world.directory / "lost");
  REQUIRE(microflow({"restore", "--data-dir", data, copy}).status == 0);
  // Keys of persons are in no backup: the operator keeps them elsewhere.
  std::filesystem::copy(world.directory.path() / "lost" / "keys",
                        world.directory.path() / "data" / "keys");
  world.start_again();
  const auto found = world.company->supervisor().get("/v1/orders/" + before);
  INFO(found.text());
  CHECK(found.status == 200);
  CHECK(world.company->supervisor().get("/v1/orders/" + after).status == 404);
}

TEST_CASE("backup: only the directory's owner reaches a running node's control socket") {
  World world;
  const auto socket = world.directory.path() / "data" / "control";
  REQUIRE(std::filesystem::is_socket(socket));
  using std::filesystem::perms;
  const auto mode = std::filesystem::status(socket).permissions();
  CHECK((mode & (perms::group_all | perms::others_all)) == perms::none);
}

TEST_CASE("backup: nothing that a node, a backup or a restore makes is for other users' eyes") {
  World world;
  const auto data = world.directory / "data", copy = world.directory / "copy",
             restored = world.directory / "restored";
  REQUIRE(microflow({"backup", "--data-dir", data.string(), copy.string()}).status == 0);
  REQUIRE(microflow({"restore", "--data-dir", restored.string(), copy.string()}).status == 0);
  using std::filesystem::perms;
  const auto is_private = [](const std::filesystem::path& path) {
    return (std::filesystem::symlink_status(path).permissions() &
            (perms::group_all | perms::others_all)) == perms::none;
  };
  for (const auto& directory : {data, copy, restored}) {
    CHECK(is_private(directory));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      INFO(entry.path().string());
      std::error_code gone;  // RocksDB removes what it no longer needs
      if (entry.exists(gone)) CHECK(is_private(entry.path()));
    }
  }
  world.node.reset();
  std::filesystem::permissions(data, perms::all);
  world.start_again();
  CHECK(is_private(data));
}
