// Backups as an operator makes them: of a node that goes on working meanwhile.
#include <catch2/catch.hpp>
#include <filesystem>

#include "base/json.hpp"
#include "tests/system/company.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;

namespace {

Ended microflow(std::vector<std::string> arguments) {
  return run({.arguments = std::move(arguments), .environment = {}, .file_size_max = {}});
}

}  // namespace

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
