#include "tests/house/include_table.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace mf::house {
namespace {

using Names = std::vector<std::string_view>;

/// A part of the tree and what it may include of ours. The first row that matches counts.
struct Part {
  std::string_view folder;
  Names may;  ///< folders with everything below; "storage/*" means only storage's own headers
};

const Part parts[] = {
    {"base", {"base"}},
    {"config", {"base", "config"}},
    {"planning", {"base", "planning"}},
    {"storage/rocks", {"base", "storage/*", "storage/tools", "storage/rocks"}},
    {"storage/memory", {"base", "storage/*", "storage/memory"}},
    {"storage", {"base", "storage"}},
    {"cluster", {"base", "storage/*", "cluster"}},
    {"actors/runtime",
     {"base", "storage/*", "cluster/*", "actors/runtime", "actors/index", "actors/zone_view"}},
    {"actors/index", {"base", "storage/*", "actors/runtime", "actors/index"}},
    {"actors/zone_view",
     {"base", "storage/*", "actors/runtime", "actors/index", "actors/zone_view"}},
    {"actors/dispatch",
     {"base", "planning", "actors/runtime", "actors/zone_view", "actors/dispatch"}},
    // actors/<entity>: see entity_faults
    {"gateway", {"base", "config", "actors/runtime", "gateway"}},
    {"node",
     {"base", "config", "planning", "storage", "cluster", "actors", "gateway", "node", "bench"}},
    {"tests",
     {"base", "config", "planning", "storage", "cluster", "actors", "gateway", "node", "tests",
      "bench"}},
    {"bench",
     {"base", "config", "planning", "storage", "cluster", "actors", "gateway", "node", "bench"}},
};

/// A library and the places that may see it. Places are folders, or "*_suffix" for files of
/// actors/.
struct Library {
  std::string_view prefix;
  Names may;
};

const Library libraries[] = {
    {"caf/", {"*_actor", "*_messages", "actors/runtime", "node", "tests", "bench"}},
    {"rocksdb/", {"storage/rocks", "tests/storage", "bench"}},
    {"boost/beast", {"gateway", "node", "tests", "bench"}},
    {"boost/asio", {"gateway", "node", "tests", "bench"}},
    {"grpc", {"cluster", "tests/cluster"}},
    {"google/protobuf", {"cluster", "tests/cluster"}},
    {"prometheus/", {"base"}},
    {"spdlog/", {"base"}},
    {"xxhash.h", {"base"}},
    {"sodium.h", {"base", "storage", "actors/index", "gateway", "node", "tests"}},
    {"openssl/", {"gateway", "node", "tests", "bench"}},
    {"toml++/", {"config"}},
    {"CLI/", {"node", "bench"}},
    {"benchmark/", {"bench"}},
    {"libpq", {"bench", "node"}},
    {"catch2/", {"tests"}},
    {"rapidcheck", {"tests"}},
};

/// Libraries that no header of ours may show: whoever includes the header would see them too.
constexpr std::string_view hidden_in_headers[] = {"nlohmann/", "toml++/", "spdlog/", "prometheus/",
                                                  "sodium.h"};

/// Everything the table allows one file more than its folder. Each needs a reason.
struct Exception {
  std::string_view path, target, reason;
};
const Exception exceptions[] = {
    {"base/json.hpp", "nlohmann/", "declares our own parse and print; only sources include it"},
    {"base/described_json.hpp", "base/json.hpp", "the same"},
    {"base/described_json.hpp", "nlohmann/",
     "templates over described structs; only codecs and routes include it (decision 0003)"},
    {"actors/runtime/typed_kind.hpp", "base/described_json.hpp",
     "the template behind every codec; included by codecs alone (decision 0003)"},
};

bool is_excepted(const SourceFile& file, std::string_view target) {
  return std::ranges::any_of(exceptions, [&](const Exception& e) {
    return file.path == e.path && target.starts_with(e.target);
  });
}

bool is_below(std::string_view target, std::string_view folder) {
  if (folder.ends_with("/*")) {  // the folder's own headers, none deeper
    folder.remove_suffix(1);
    return target.starts_with(folder) && target.find('/', folder.size()) == target.npos;
  }
  return target.size() > folder.size() && target.starts_with(folder) &&
         target[folder.size()] == '/';
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

/// Files of actors/<entity>: "pure" ones see base and themselves, the shell also the runtime.
bool is_entity_file(const SourceFile& file) {
  return file.is_in("actors") && !file.is_in("actors/runtime") && !file.is_in("actors/index") &&
         !file.is_in("actors/zone_view") && !file.is_in("actors/dispatch");
}
bool is_shell(const SourceFile& file) {
  const auto name = file.stem();
  return name.ends_with("_codec") || name.ends_with("_messages") || name.ends_with("_actor") ||
         name.ends_with("_fields");  // described members, for the codec alone
}

std::optional<std::string> why_not_ours(const SourceFile& file, std::string_view target) {
  if (is_entity_file(file)) {
    const bool may = is_below(target, "base") || is_below(target, folder_of(file.path)) ||
                     (is_shell(file) &&
                      (is_below(target, "actors/runtime") || is_below(target, "actors/index")));
    if (may) return {};
    return is_shell(file) ? "an entity's shell sees base, the runtime and its own entity"
                          : "a pure entity file sees base and its own entity";
  }
  for (const auto& part : parts) {
    if (!file.is_in(part.folder)) continue;
    if (std::ranges::any_of(part.may, [&](auto folder) { return is_below(target, folder); }))
      return {};
    return std::string(part.folder) + "/ may not include it";
  }
  return "the table has no row for this folder";
}

std::optional<std::string> why_not_library(const SourceFile& file, std::string_view target) {
  if (is_entity_file(file) && !is_shell(file) && target.find('/') != target.npos)
    return "a pure entity file knows no library";
  if (target.starts_with("caf/") && file.stem().ends_with("_core"))
    return "cores are pure step functions, also in actors/runtime/";
  for (const auto& library : libraries) {
    if (!target.starts_with(library.prefix)) continue;
    const bool may = std::ranges::any_of(library.may, [&](std::string_view place) {
      return place.starts_with('*') ? file.is_in("actors") && file.stem().ends_with(place.substr(1))
                                    : file.is_in(place);
    });
    if (!may) return "this library belongs elsewhere";
  }
  const bool is_test = file.is_in("tests") || file.is_in("bench");
  if (file.is_header() && !is_test &&
      std::ranges::any_of(hidden_in_headers, [&](auto p) { return target.starts_with(p); }))
    return "no header shows this library";
  return {};
}

/// Headers of ours that show nlohmann are for sources alone.
std::optional<std::string> why_not_json(const SourceFile& file, std::string_view target) {
  if (target == "base/json.hpp") {
    if (is_entity_file(file) && !is_shell(file)) return "a pure entity file knows no library";
    if (file.is_header() && !file.is_in("tests") && !file.is_in("bench"))
      return "no header shows this library";
    return {};
  }
  if (target != "base/described_json.hpp" && target != "actors/runtime/typed_kind.hpp") return {};
  const bool may = file.path == "base/described_json.cpp" || file.is_in("tests") ||
                   (!file.is_header() && (file.stem().ends_with("_codec") ||
                                          file.is_in("gateway") || file.is_in("node")));
  if (may) return {};
  return "only codecs and sources at the border include it";
}

}  // namespace

std::vector<std::string> include_faults(const SourceFile& file) {
  std::vector<std::string> faults;
  const auto check = [&](const Include& include, const std::optional<std::string>& why) {
    if (why && !is_excepted(file, include.target))
      faults.push_back(file.path + ":" + std::to_string(include.line) + ": " + include.target +
                       ": " + *why);
  };
  for (const auto& include : file.includes) {
    if (include.is_ours) {
      check(include, why_not_ours(file, include.target));
      check(include, why_not_json(file, include.target));
    } else {
      check(include, why_not_library(file, include.target));
    }
  }
  return faults;
}

}  // namespace mf::house
