#pragma once
// From defaults < presets < file < environment < flags to one checked Config.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/container.hpp"

namespace mf::config {

/// Where settings come from, weakest first.
struct Sources {
  /// What a subcommand sets for itself ("demo"), as key and text; weaker than any file.
  std::vector<std::pair<std::string, std::string>> presets;
  /// A TOML file; `--config FILE` and MICROFLOW_CONFIG win over it.
  std::optional<std::string> file;
  /// "NAME=value" lines, as in environ(7). Only names that start with MICROFLOW_ are looked at.
  std::vector<std::string> environment;
  /// `--gateway.listen X`, `--gateway.listen=X`, and the short ones (`--listen`, `--data-dir` …).
  std::vector<std::string> flags;
  Container container = read_container();
};

/// A Config and, per key, where its value came from: "default", "container",
/// "microflow.toml:3", "MICROFLOW_GATEWAY_LISTEN", "--listen".
struct Resolved {
  Config config;
  std::map<std::string, std::string, std::less<>> origins;
};

/// All complaints at once, one per line, each naming its source. An unknown name is refused and
/// the nearest known one suggested.
[[nodiscard]] Result<Resolved> resolve(const Sources& sources);
[[nodiscard]] Result<Config> load(const Sources& sources);

/// Takes the configuration's flags (and `--config`) out of `args` and gives them as they were; what
/// stays belongs to the subcommand. Flags that nobody knows stay.
[[nodiscard]] std::vector<std::string> take_flags(std::vector<std::string>& args);

/// The flag that is most like one that nobody knows: of a key, or one of `others`.
[[nodiscard]] std::optional<std::string> flag_like(std::string_view flag,
                                                   const std::vector<std::string>& others);

/// This process's environment, for Sources.
[[nodiscard]] std::vector<std::string> process_environment();

/// `--print-config`: a TOML file that gives this configuration again, with a line on each key and
/// where its value came from.
[[nodiscard]] std::string print(const Resolved& resolved);
/// docs/configuration.md.
[[nodiscard]] std::string reference();
/// The same for a terminal, at most 100 columns wide: what `serve --help` says after its own flags.
[[nodiscard]] std::string flags_help();

}  // namespace mf::config
