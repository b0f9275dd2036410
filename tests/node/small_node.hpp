#pragma once
// A node of four shards in a directory of its own, in this process: a test starts it as often as it
// likes.
#include <filesystem>

#include "node/node.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::node {

struct SmallNode {
  test::TemporaryDirectory directory;
  std::filesystem::path data = directory / "data", keys = directory / "keys";

  [[nodiscard]] Result<std::unique_ptr<Node>> start(
      Doors doors = Doors::closed, PersonKeys accepted = PersonKeys::must_be_whole) const {
    config::Config config;
    config.storage.data_dir = data.string();
    config.storage.keys_dir = keys.string();
    config.storage.shard_count = 4;
    config.storage.free_bytes_min = config::mib(1);
    config.storage.free_percent_min = 0;
    config.gateway.listen = config.admin.listen = "127.0.0.1:0";
    config.auth.hash_memory = config::mib(1);
    config.auth.hash_passes = 1;
    FirstPassword password;
    password.announce = [](const std::string&) { return Status{}; };
    return Node::start(config, doors, password, accepted);
  }
};

}  // namespace mf::node
