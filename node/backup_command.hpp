#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace CLI {
class App;
}
namespace mf::storage {
class RocksStore;
}

namespace mf::node {

/// Adds `backup` and `restore`; they run while `app` is being parsed and set `exit_code`: 0 done,
/// 1 failed. A directory that a node has open is backed up by that node, asked through its
/// control socket.
void add_backup_commands(CLI::App& app, int& exit_code);

/// What a node answers on its control socket: {"backup": "<directory>"} makes a backup of the
/// running store there and gives its report, or {"error","detail"}.
[[nodiscard]] std::string answer_control(storage::RocksStore& store,
                                         const std::filesystem::path& data_dir,
                                         std::string_view line);

}  // namespace mf::node
