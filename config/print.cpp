#include <fmt/format.h>

#include <algorithm>

#include "config/keys.hpp"
#include "config/load.hpp"

namespace mf::config {
namespace {

std::string_view section_of(const Key& key) { return key.name.substr(0, key.name.find('.')); }
std::string_view name_in_section(const Key& key) { return key.name.substr(key.name.find('.') + 1); }

constexpr std::size_t columns = 100;

/// The words of `text` in lines that begin with `indent` and end before `columns`.
std::string wrapped(std::string_view text, const std::string& indent) {
  std::string out, line = indent;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    if (line.size() > indent.size() && line.size() + 1 + blank > columns) {
      out += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + std::string(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return out + line + "\n";
}

}  // namespace

std::string print(const Resolved& resolved) {
  std::string out, section;
  for (const auto& key : keys()) {
    if (section_of(key) != section) {
      out += (section.empty() ? "[" : "\n[") + std::string(section_of(key)) + "]\n";
      section = section_of(key);
    }
    out += fmt::format("# {}\n{} = {}  # {}\n", key.doc, name_in_section(key),
                       value_text(key, resolved.config), resolved.origins.find(key.name)->second);
  }
  return out;
}

std::string reference() {
  const Config defaults;
  std::string out =
      "# Configuration\n\n"
      "Every key below is a line of the TOML file (`--config FILE` or `MICROFLOW_CONFIG`), an\n"
      "environment variable (`gateway.listen` is `MICROFLOW_GATEWAY_LISTEN`) and a flag\n"
      "(`--gateway.listen`). Flags win over the environment, the environment over the file. Names\n"
      "that do not exist are refused. `microflow serve --print-config` shows what a node would "
      "use\n"
      "and where each value came from.\n\n"
      "Durations (`_ms`) are milliseconds. Sizes are bytes or texts like `\"64KiB\"`, `\"1GiB\"`.\n"
      "Lists are comma-separated in the environment and in flags. \"container\" means: chosen "
      "from\n"
      "the CPU and memory limits of the container or machine (on two cores: 1 gateway thread, 2 "
      "for\n"
      "actors; a quarter of the memory for storage).\n\n"
      "This page is generated from `config/keys.cpp`; a test fails when it differs.\n";
  std::string section;
  for (const auto& key : keys()) {
    if (section_of(key) != section) {
      section = section_of(key);
      out += fmt::format("\n## {}\n\n| key | default | values | what it is |\n|---|---|---|---|\n",
                         section);
    }
    const auto flag = key.flag.empty() ? "" : fmt::format(" (`--{}`)", key.flag);
    out += fmt::format("| `{}`{} | {} | {} | {} |\n", key.name, flag,
                       key.is_fitted ? "container" : "`" + value_text(key, defaults) + "`",
                       type_text(key), key.doc);
  }
  return out;
}

std::string flags_help() {
  const Config defaults;
  std::string out = wrapped(
      "Every setting below is a flag, an environment variable, and a line of the TOML file that "
      "--config FILE or MICROFLOW_CONFIG names. Flags win over the environment, the environment "
      "over the file. Durations (_ms) are milliseconds; sizes are bytes or texts like 64KiB; lists "
      "are comma-separated. --print-config shows what would be used, and where it came from.",
      "");
  std::string section;
  for (const auto& key : keys()) {
    if (section_of(key) != section) {
      section = section_of(key);
      out += fmt::format("\n{}\n", section);
    }
    const auto flag = key.flag.empty() ? "" : fmt::format("--{}, ", key.flag);
    out += fmt::format("  {}--{}\n", flag, key.name);
    out += wrapped(key.doc, "      ");
    out += wrapped(
        fmt::format("{}; {}; default {}", environment_name(key.name), type_text(key),
                    key.is_fitted ? "from the container's limits" : value_text(key, defaults)),
        "      ");
  }
  return out;
}

}  // namespace mf::config
