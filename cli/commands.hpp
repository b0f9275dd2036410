#pragma once
// The subcommands of `microflow`, each added to the command line by its own file.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace CLI {
class App;
}

namespace mf::cli {

/// What a subcommand sets before file, environment and flags are read (presets), or as if it had
/// been a flag.
struct Settings {
  std::vector<std::pair<std::string, std::string>> presets;
  std::vector<std::string> flags;
};

/// How a subcommand runs: with_config() loads the configuration, and calls `body` unless it is
/// wrong; body's result is the exit status (0 ok, 1 failed, 2 usage).
struct Command {
  std::function<void(Settings, const std::function<int(const config::Config&)>& body)> with_config;
};

void add_serve_command(CLI::App& app, const Command& command);
void add_account_command(CLI::App& app, const Command& command);
void add_demo_command(CLI::App& app, const Command& command);
void add_simulate_command(CLI::App& app, const Command& command);

}  // namespace mf::cli
