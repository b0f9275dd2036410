#include "tests/house/include_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>

namespace mf::house {
namespace {

using Names = std::vector<std::string_view>;

/// A part of the tree and what it may include of ours. The first row that matches counts.
struct Part {
  std::string_view folder;
  /// Folders with everything below; "storage/*" means only storage's own headers; "a/b.hpp" that
  /// header alone. A file may always include those of its own folder.
  Names may;
};

const Part parts[] = {
    {"base", {}},
    {"config", {"base"}},
    {"storage/rocks/tools", {"base", "storage/*", "storage/rocks"}},
    {"storage/rocks", {"base", "storage/*"}},
    {"storage", {"base", "storage/*"}},
    {"planning/files", {"base", "planning/*"}},
    {"planning/drawing", {"base", "planning/*", "planning/files"}},
    {"planning", {"base", "planning/*"}},
    // Inside actors/, from the ground: entity, kinds, shard, views, host, dispatch.
    {"actors/entity", {"base", "storage/*"}},
    {"actors/shard", {"base", "storage/*", "actors/entity"}},
    {"actors/views",
     {"base", "storage/*", "actors/entity", "actors/views", "actors/shard/committed_batch.hpp"}},
    {"actors/host", {"base", "storage/*", "actors/entity", "actors/shard", "actors/views"}},
    {"actors/dispatch",
     {"base", "planning/*", "actors/entity", "actors/views", "actors/host/runtime.hpp",
      "actors/shard/committed_batch.hpp", "actors/technician/duty.hpp",
      "actors/technician/technician.hpp", "actors/work_order/arrival.hpp"}},
    // actors/<kind>: see why_not_kind
    {"cluster", {"base", "storage/*"}},
    {"gateway",
     {"base", "config", "gateway", "actors/entity", "actors/views", "actors/host/runtime.hpp",
      "actors/shard/committed_batch.hpp"}},
    {"client", {"base"}},
    {"simulator", {"base", "client", "simulator"}},
    {"node", {"base", "config", "storage", "cluster", "actors", "gateway", "client"}},
    {"cli",
     {"base", "config", "planning", "storage", "cluster", "actors", "gateway", "node", "client",
      "simulator"}},
    {"bench/planner", {"base", "planning", "bench/*"}},
    {"bench/days", {"base", "planning", "storage", "actors"}},
    {"bench/dispatch",
     {"base", "planning", "storage", "actors", "gateway", "node", "client", "bench/*",
      "bench/days"}},
    {"bench",
     {"base", "config", "planning", "storage", "cluster", "actors", "gateway", "node", "client",
      "simulator"}},
    {"tests",
     {"base", "config", "planning", "storage", "cluster", "actors", "gateway", "node", "cli",
      "client", "simulator", "tests", "bench"}},
};

/// Folders whose code is pure beside the kinds': functions of their arguments alone.
constexpr std::string_view pure_folders[] = {"actors/shard", "planning", "cluster/protocol",
                                             "cluster/placement"};

/// What the standard library has of threads, files, clocks and chance, and ours of the same.
constexpr std::string_view impure[] = {"thread",
                                       "mutex",
                                       "shared_mutex",
                                       "condition_variable",
                                       "future",
                                       "atomic",
                                       "fstream",
                                       "iostream",
                                       "filesystem",
                                       "random",
                                       "ctime",
                                       "csignal",
                                       "unistd.h",
                                       "base/log.hpp",
                                       "base/metrics.hpp",
                                       "base/environment.hpp",
                                       "base/node_time.hpp",
                                       "base/guarded_thread.hpp"};

/// A library and the folders that may see it.
struct Library {
  std::string_view prefix;
  Names may;
};

const Library libraries[] = {
    {"caf/", {"actors/host"}},
    {"rocksdb/", {"storage/rocks", "tests/storage", "bench"}},
    {"boost/beast", {"gateway", "client", "tests"}},
    {"boost/asio", {"gateway", "client", "simulator", "tests"}},
    {"grpc", {"cluster", "tests/cluster"}},
    {"google/protobuf", {"cluster", "tests/cluster"}},
    {"prometheus/", {"base"}},
    {"spdlog/", {"base"}},
    {"xxhash.h", {"base"}},
    {"utf8proc.h", {"base"}},
    {"sodium.h", {"base", "storage", "actors/views", "gateway"}},
    {"openssl/", {"gateway", "tests"}},
    {"toml++/", {"config"}},
    {"CLI/", {"cli", "bench"}},
    {"catch2/", {"tests"}},
    {"rapidcheck", {"tests"}},
};

/// Libraries that no header of ours may show: whoever includes the header would see them too.
constexpr std::string_view hidden_in_headers[] = {"nlohmann/",   "toml++/",  "spdlog/",
                                                  "prometheus/", "sodium.h", "utf8proc.h"};

/// Everything the table allows one file more than its folder. Each needs a reason.
struct Exception {
  std::string_view path, target, reason;
};
const Exception exceptions[] = {
    {"base/json.hpp", "nlohmann/", "declares our own parse and print; only sources include it"},
    {"base/described_json.hpp", "base/json.hpp", "the same"},
    {"base/described_schema.hpp", "base/described_json.hpp", "the same"},
    {"base/json_member.hpp", "base/json.hpp", "the same"},
    {"base/described_json.hpp", "nlohmann/",
     "templates over described structs; only codecs and routes include it (decision 0003)"},
    {"actors/entity/typed_kind.hpp", "base/described_",
     "the template behind every codec; included by codecs alone (decision 0003)"},
    {"actors/entity/typed_kind.hpp", "actors/entity/kind_traits.hpp", "the same"},
    {"actors/entity/kind_traits.hpp", "base/described_", "the same"},
    {"actors/entity/claims.hpp", "base/described_json.hpp", "the same"},
    {"actors/entity/skills_json.hpp", "base/json.hpp", "the same"},
    {"actors/entity/skills_json.hpp", "nlohmann/", "the same"},
    {"actors/views/advice_fields.hpp", "base/described_",
     "what two codecs of its folder have in common; included by those alone (decision 0003)"},
    {"gateway/topics/position_json.hpp", "base/json.hpp", "the same; both doors read positions"},
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

/// Folders of actors/ that are no kind of entity.
constexpr std::string_view rooms[] = {"actors/entity", "actors/shard", "actors/views",
                                      "actors/host", "actors/dispatch"};

bool is_kind_file(const SourceFile& file) {
  return file.is_in("actors") &&
         std::ranges::none_of(rooms, [&](auto room) { return file.is_in(room); });
}
/// The border of a kind to JSON; all else of it is pure.
bool is_codec(const SourceFile& file) {
  return file.stem().ends_with("_codec") || file.stem().ends_with("_fields");
}

std::optional<std::string> why_not_kind(const SourceFile& file, std::string_view target) {
  const bool may = is_below(target, "base") || is_below(target, folder_of(file.path)) ||
                   (is_codec(file) && is_below(target, "actors/entity"));
  if (may) return {};
  return is_codec(file) ? "a kind's codec sees base, actors/entity and its own kind"
                        : "a pure file of a kind sees base and its own kind";
}

std::optional<std::string> why_not_ours(const SourceFile& file, std::string_view target) {
  if (is_kind_file(file)) return why_not_kind(file, target);
  for (const auto& part : parts) {
    if (!file.is_in(part.folder)) continue;
    const auto allows = [&](std::string_view place) {
      return target == place || is_below(target, place);
    };
    if (folder_of(target) == folder_of(file.path) || std::ranges::any_of(part.may, allows))
      return {};
    return std::string(part.folder) + "/ may not include it";
  }
  return "the table has no row for this folder";
}

std::optional<std::string> why_not_library(const SourceFile& file, std::string_view target) {
  if (is_pure(file) && target.find('/') != target.npos && !target.starts_with("fmt/"))
    return "pure code knows the standard library and fmt alone";
  for (const auto& library : libraries) {
    if (!target.starts_with(library.prefix)) continue;
    if (std::ranges::none_of(library.may, [&](auto place) { return file.is_in(place); }))
      return "this library belongs elsewhere";
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
    if (is_pure(file)) return "pure code knows no library";
    if (file.is_header() && !file.is_in("tests") && !file.is_in("bench"))
      return "no header shows this library";
    return {};
  }
  constexpr std::string_view shows_json[] = {
      "base/described_json.hpp",       "base/described_schema.hpp", "actors/entity/typed_kind.hpp",
      "actors/entity/kind_traits.hpp", "actors/entity/claims.hpp",  "actors/entity/skills_json.hpp",
      "actors/views/advice_fields.hpp"};
  if (std::ranges::find(shows_json, target) == std::end(shows_json)) return {};
  const bool may = file.path == "base/described_json.cpp" ||
                   file.path == "base/described_schema.cpp" || file.is_in("tests") ||
                   (!file.is_header() &&
                    (file.stem().ends_with("_codec") || file.is_in("gateway") ||
                     file.is_in("planning/files") || file.is_in("node") || file.is_in("cli")));
  if (may) return {};
  return "only codecs and sources at the border include it";
}

}  // namespace

bool is_pure(const SourceFile& file) {
  if (is_kind_file(file)) return !is_codec(file);
  if (file.is_in("planning/files") || file.is_in("planning/drawing")) return false;
  return std::ranges::any_of(pure_folders, [&](auto folder) { return file.is_in(folder); });
}

std::vector<std::string> include_faults(const SourceFile& file) {
  std::vector<std::string> faults;
  const auto check = [&](const Include& include, const std::optional<std::string>& why) {
    if (why && !is_excepted(file, include.target))
      faults.push_back(file.path + ":" + std::to_string(include.line) + ": " + include.target +
                       ": " + *why);
  };
  for (const auto& include : file.includes) {
    if (is_pure(file) && std::ranges::find(impure, include.target) != std::end(impure))
      check(include, "pure code is a function of its arguments alone");
    if (include.is_ours) {
      check(include, why_not_ours(file, include.target));
      check(include, why_not_json(file, include.target));
    } else {
      check(include, why_not_library(file, include.target));
    }
  }
  return faults;
}

std::vector<std::string> unused_allowances(const std::vector<SourceFile>& files) {
  std::vector<std::string> unused;
  for (const auto& library : libraries)
    for (const auto place : library.may) {
      const auto stands_there = [&](const SourceFile& file) { return file.is_in(place); };
      const auto includes_it = [&](const SourceFile& file) {
        return stands_there(file) && std::ranges::any_of(file.includes, [&](const Include& i) {
                 return !i.is_ours && i.target.starts_with(library.prefix);
               });
      };
      if (std::ranges::any_of(files, stands_there) && std::ranges::none_of(files, includes_it))
        unused.push_back(std::string(place) + " may see " + std::string(library.prefix));
    }
  return unused;
}

std::vector<std::string> folder_cycles(const std::vector<SourceFile>& files) {
  // Where two paths part, their next folders are the pair; "." are the files of the parent itself.
  std::map<std::pair<std::string, std::string>, std::string> edges;
  const auto part_at = [](std::string_view folder, std::size_t from) {
    if (from >= folder.size()) return std::string(".");
    return std::string(folder.substr(from, folder.find('/', from) - from));
  };
  for (const auto& file : files) {
    for (const auto& include : file.includes) {
      if (!include.is_ours) continue;
      const auto a = std::string(folder_of(file.path)) + "/";
      const auto b = std::string(folder_of(include.target)) + "/";
      if (a == b) continue;
      std::size_t from = 0;
      for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i)
        if (a[i] == '/') from = i + 1;
      const auto parent = a.substr(0, from);
      edges.emplace(std::pair(parent + part_at(a, from), parent + part_at(b, from)),
                    file.path + " includes " + include.target);
    }
  }
  std::vector<std::string> cycles;
  for (const auto& [pair, why] : edges)
    if (const auto back = edges.find({pair.second, pair.first});
        pair.first < pair.second && back != edges.end())
      cycles.push_back(pair.first + " and " + pair.second + ": " + why + ", " + back->second);
  return cycles;
}

}  // namespace mf::house
