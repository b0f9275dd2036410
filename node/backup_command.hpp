#pragma once

namespace CLI {
class App;
}

namespace mf::node {

/// Adds `backup` and `restore`; they run while `app` is being parsed and set `exit_code`: 0 done,
/// 1 failed. Both work on a directory that no node has open.
void add_backup_commands(CLI::App& app, int& exit_code);

}  // namespace mf::node
