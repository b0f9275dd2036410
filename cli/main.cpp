#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/version.hpp"
#include "cli/backup_command.hpp"
#include "cli/commands.hpp"
#include "cli/journal_command.hpp"
#include "cli/plan_command.hpp"
#include "cli/serve_command.hpp"
#include "config/load.hpp"
#include "node/journal_fold.hpp"
#include "node/options.hpp"

namespace mf::cli {
namespace {

constexpr int exit_usage = 2;

constexpr auto about =
    "MicroFlow runs a field technical-support company: orders, technicians, clients, live.\n"
    "Every key of the configuration is also a flag (--gateway.listen) and an environment variable\n"
    "(MICROFLOW_GATEWAY_LISTEN): microflow serve --help lists them.";

/// The configuration for a command, or nullopt after saying what is wrong.
std::optional<config::Config> configure(Settings settings, bool print) {
  const auto resolved = config::resolve({.presets = std::move(settings.presets),
                                         .file = {},
                                         .environment = config::process_environment(),
                                         .flags = std::move(settings.flags)});
  if (!resolved) {
    fmt::print(stderr, "microflow: {}\n", resolved.error().message);
    return {};
  }
  if (print) fmt::print("{}", config::print(*resolved));
  node::configure_log(resolved->config);
  return resolved->config;
}

/// Names what the command line has too much. A word behind an unknown flag may be its value.
void complain_of(const std::string& argument, const CLI::App& app) {
  if (!argument.starts_with("-")) {
    fmt::print(stderr, "microflow: nobody knows what \"{}\" is for\n", argument);
    return;
  }
  std::vector<std::string> known;
  for (const CLI::App* at = &app; at;
       at = at->get_subcommands().empty() ? nullptr : at->get_subcommands().front())
    for (const auto* option : at->get_options()) known.push_back(option->get_name());
  const auto flag = argument.substr(0, argument.find('='));
  const auto meant = config::flag_like(flag, known);
  fmt::print(stderr, "microflow: there is no flag {}{}\n", flag,
             meant ? "; did you mean " + *meant + "?" : "");
}

/// Ends what did not parse: help and version were asked for, or something is wrong. A word that
/// nobody knows is wrong also before --help: the general help would look like an answer.
int refuse(const CLI::ParseError& error, const CLI::App& app) {
  const auto unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty()) return app.exit(error) == 0 ? 0 : exit_usage;
  complain_of(unknown.front(), app);
  fmt::print(stderr, "Run with --help for more information.\n");
  return exit_usage;
}

int run(std::vector<std::string> args) {
  // These work on a directory, not on a node: they need no configuration but --data-dir.
  static constexpr std::array<std::string_view, 4> offline = {"journal", "backup", "restore",
                                                              "plan"};
  const bool is_offline =
      !args.empty() && std::ranges::find(offline, std::string_view(args[0])) != offline.end();
  const auto flags = is_offline ? std::vector<std::string>{} : config::take_flags(args);
  CLI::App app{about, "microflow"};
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "microflow " + std::string(version()), "print the version");
  bool print_config = false;
  app.add_flag("--print-config", print_config,
               "print the configuration that would be used, and end");

  int result = 0;
  Command command{[&](Settings settings, const std::function<int(const config::Config&)>& body) {
    settings.flags.insert(settings.flags.end(), flags.begin(), flags.end());
    const auto config = configure(std::move(settings), print_config);
    result = !config ? exit_usage : print_config ? 0 : body(*config);
  }};
  add_serve_command(app, command);
  add_account_command(app, command);
  add_journal_command(
      app, result,
      [](const auto& keys, const auto& noted) { return node::open_journal_fold(keys, noted); },
      node::state_check());
  add_backup_commands(app, result);
  add_plan_command(app, result);
  add_demo_command(app, command);
  add_simulate_command(app, command);

  std::ranges::reverse(args);  // as CLI11 wants them
  try {
    app.parse(args);
  } catch (const CLI::ParseError& error) {
    return refuse(error, app);
  }
  return result;
}

}  // namespace

void add_serve_command(CLI::App& app, const Command& command) {
  auto* serving = app.add_subcommand("serve",
                                     "run a node until SIGTERM; --data-dir, --listen, "
                                     "--admin-listen and all other configuration flags");
  const auto new_keys = std::make_shared<bool>(false);
  serving->add_flag("--new-keys", *new_keys,
                    "Go on without keys of persons that are lost: what they sealed stays closed");
  serving->footer([] { return config::flags_help(); });
  serving->callback([&command, new_keys] {
    const auto keys = *new_keys ? node::PersonKeys::accept_loss : node::PersonKeys::must_be_whole;
    command.with_config({}, [keys](const config::Config& config) { return serve(config, keys); });
  });
}

}  // namespace mf::cli

int main(int count, char** values) {
  // Whatever file this program ever makes is for its own user.
  ::umask(077);
  // A file that may not grow any more is a full disk, not an end without a word.
  std::signal(SIGXFSZ, SIG_IGN);
  return mf::cli::run(std::vector<std::string>(values + 1, values + count));
}
