#pragma once
namespace CLI {
class App;
}

namespace mf::cli {

/// Adds `backup` and `restore`; they run while `app` is being parsed and set `exit_code`: 0 done,
/// 1 failed. A directory that a node has open is backed up by that node, asked through its
/// control socket.
void add_backup_commands(CLI::App& app, int& exit_code);

}  // namespace mf::cli
