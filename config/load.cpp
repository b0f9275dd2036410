#include "config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <regex>

#include "config/keys.hpp"
#include "config/toml_file.hpp"

namespace mf::config {
namespace {

constexpr std::string_view environment_prefix = "MICROFLOW_";

/// Builds a Resolved from one source after the other and gathers what is wrong with them.
class Loading {
 public:
  explicit Loading(const Container& container) {
    fit(resolved_.config, container);
    for (const auto& key : keys())
      resolved_.origins.emplace(key.name, key.is_fitted ? "container" : "default");
  }

  void complain(const std::string& line) {
    complaints_ += (complaints_.empty() ? "" : "\n") + line;
  }
  void complain(const std::string& where, const std::string& what) {
    complain(where + ": " + what);
  }
  void refuse_unknown(const std::string& where, const std::string& what, std::string_view name,
                      const std::vector<std::string>& known) {
    const auto meant = nearest(name, known);
    complain(where, "there is no " + what + " " + std::string(name) +
                        (meant ? "; did you mean " + *meant + "?" : ""));
  }
  void take(const Key& key, const Value& value, const std::string& origin) {
    settle(key, assign(key, resolved_.config, value), origin);
  }
  void take_text(const Key& key, std::string_view text, const std::string& origin) {
    settle(key, assign_text(key, resolved_.config, text), origin);
  }
  [[nodiscard]] const std::string& origin(std::string_view key) const {
    return resolved_.origins.find(key)->second;
  }
  [[nodiscard]] const Config& config() const { return resolved_.config; }

  Result<Resolved> finish() && {
    if (!complaints_.empty()) return fail(ErrorCode::invalid_argument, std::move(complaints_));
    return std::move(resolved_);
  }

 private:
  void settle(const Key& key, const std::optional<std::string>& complaint,
              const std::string& origin) {
    if (complaint) return complain(origin, std::string(key.name) + " " + *complaint);
    resolved_.origins.find(key.name)->second = origin;
  }

  Resolved resolved_;
  std::string complaints_;
};

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const auto& key : keys()) names.emplace_back(key.name);
  return names;
}

void take_presets(Loading& loading, const Sources& sources) {
  for (const auto& [name, text] : sources.presets) {
    if (const auto* key = find_key(name)) loading.take_text(*key, text, "preset");
    else loading.refuse_unknown("preset", "key", name, key_names());
  }
}

void take_file(Loading& loading, const std::string& path) {
  const auto entries = read_toml_file(path);
  if (!entries) return loading.complain(entries.error().message);
  for (const auto& entry : *entries) {
    const auto where = path + ":" + std::to_string(entry.line);
    const auto* key = find_key(entry.key);
    if (!key) loading.refuse_unknown(where, "key", entry.key, key_names());
    else if (!entry.complaint.empty()) loading.complain(where, entry.key + " " + entry.complaint);
    else loading.take(*key, entry.value, where);
  }
}

/// Names that Kubernetes gives every container next to a service called "microflow…", and those of
/// ours that are no keys.
bool is_foreign_variable(const std::string& name) {
  static const std::regex service(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_.*)?)");
  return name == "MICROFLOW_CONFIG" || name == "MICROFLOW_ADMIN_PASSWORD" ||
         name == "MICROFLOW_PASSWORD" || std::regex_match(name, service);
}

std::optional<std::string> variable(const Sources& sources, std::string_view name) {
  for (const auto& line : sources.environment)
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
      return line.substr(name.size() + 1);
  return {};
}

void take_environment(Loading& loading, const Sources& sources) {
  std::vector<std::string> names;
  for (const auto& key : keys()) names.push_back(environment_name(key.name));
  for (const auto& line : sources.environment) {
    const auto name = line.substr(0, line.find('='));
    if (!name.starts_with(environment_prefix) || is_foreign_variable(name)) continue;
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) loading.refuse_unknown("environment", "variable", name, names);
    else
      loading.take_text(keys()[static_cast<std::size_t>(found - names.begin())],
                        line.substr(std::min(name.size() + 1, line.size())), name);
  }
}

const Key* key_of_flag(std::string_view flag) {
  if (!flag.starts_with("--")) return nullptr;
  flag.remove_prefix(2);
  for (const auto& key : keys())
    if (flag == key.name || (!key.flag.empty() && flag == key.flag)) return &key;
  return nullptr;
}

bool takes_no_value(const Key& key) {
  Config scratch;
  return std::holds_alternative<bool*>(key.slot(scratch));
}

/// One flag of a command line: "--listen", its value, and how many arguments it took.
struct Flag {
  std::string name;
  std::optional<std::string> value;
  std::size_t size = 1;
};

Flag flag_at(const std::vector<std::string>& args, std::size_t at) {
  const auto equals = args[at].find('=');
  Flag flag{.name = args[at].substr(0, equals)};
  const auto* key = key_of_flag(flag.name);
  if (equals != std::string::npos) {
    flag.value = args[at].substr(equals + 1);
  } else if (key && takes_no_value(*key)) {
    // `--node.trust-wall-clock` alone means true; a value is taken only where it can be one.
    const bool has_value =
        at + 1 < args.size() && (args[at + 1] == "true" || args[at + 1] == "false");
    flag.value = has_value ? args[at + 1] : "true";
    flag.size = has_value ? 2 : 1;
  } else if (at + 1 < args.size()) {
    flag.value = args[at + 1];
    flag.size = 2;
  }
  return flag;
}

std::optional<std::string> file_flag(const std::vector<std::string>& args) {
  std::optional<std::string> file;
  for (std::size_t at = 0; at < args.size();) {
    const auto flag = flag_at(args, at);
    if (flag.name == "--config" && flag.value) file = flag.value;
    at += flag.size;
  }
  return file;
}

std::vector<std::string> flag_names() {
  std::vector<std::string> names{"--config"};
  for (const auto& key : keys()) {
    names.push_back("--" + std::string(key.name));
    if (!key.flag.empty()) names.push_back("--" + std::string(key.flag));
  }
  return names;
}

void take_flags_of(Loading& loading, const Sources& sources) {
  const auto known = flag_names();
  const auto& args = sources.flags;
  for (std::size_t at = 0; at < args.size();) {
    const auto flag = flag_at(args, at);
    at += flag.size;
    const auto* key = key_of_flag(flag.name);
    if (!key && flag.name != "--config") loading.refuse_unknown("flags", "flag", flag.name, known);
    else if (!flag.value) loading.complain(flag.name, "needs a value");
    else if (key) loading.take_text(*key, *flag.value, flag.name);
  }
}

/// What no key can know alone.
void check_together(Loading& loading) {
  const auto& c = loading.config();
  const auto complain = [&](std::string_view key, const std::string& what) {
    loading.complain(loading.origin(key), std::string(key) + " " + what);
  };
  if (c.gateway.listen.empty()) complain("gateway.listen", "must not be empty");
  if (c.admin.listen.empty()) complain("admin.listen", "must not be empty");
  if (!c.gateway.tls_certificate.empty() && c.gateway.tls_key.empty())
    complain("gateway.tls_certificate", "needs gateway.tls_key too");
  if (!c.gateway.tls_key.empty() && c.gateway.tls_certificate.empty())
    complain("gateway.tls_key", "needs gateway.tls_certificate too");
  if (c.auth.lockout_max_ms < c.auth.lockout_ms)
    complain("auth.lockout_max_ms", "must not be less than auth.lockout_ms");
}

}  // namespace

Result<Resolved> resolve(const Sources& sources) {
  Loading loading(sources.container);
  take_presets(loading, sources);
  auto file = file_flag(sources.flags);
  if (!file) file = variable(sources, "MICROFLOW_CONFIG");
  if (!file) file = sources.file;
  if (file) take_file(loading, *file);
  take_environment(loading, sources);
  take_flags_of(loading, sources);
  check_together(loading);
  return std::move(loading).finish();
}

Result<Config> load(const Sources& sources) {
  auto resolved = resolve(sources);
  if (!resolved) return std::unexpected(std::move(resolved.error()));
  return std::move(resolved->config);
}

std::vector<std::string> take_flags(std::vector<std::string>& args) {
  std::vector<std::string> taken, left;
  for (std::size_t at = 0; at < args.size();) {
    const auto flag = flag_at(args, at);
    const bool is_ours = key_of_flag(flag.name) || flag.name == "--config";
    const auto size = is_ours ? flag.size : 1;
    auto& into = is_ours ? taken : left;
    for (std::size_t i = 0; i < size; ++i) into.push_back(args[at + i]);
    at += size;
  }
  args = std::move(left);
  return taken;
}

std::optional<std::string> flag_like(std::string_view flag,
                                     const std::vector<std::string>& others) {
  auto known = flag_names();
  known.insert(known.end(), others.begin(), others.end());
  return nearest(flag, known);
}

std::vector<std::string> process_environment() {
  std::vector<std::string> lines;
  for (char** line = environ; line && *line; ++line) lines.emplace_back(*line);
  return lines;
}

}  // namespace mf::config
